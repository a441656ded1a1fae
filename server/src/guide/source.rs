//! The source of the store, as it was when the program was built.

use std::{collections::HashSet, fmt::Write};

macro_rules! sources {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../../app/src/ssr/store/", $path)))),*]
    };
}

/// Path below the folder of the store, and text.
const ALL: &[(&str, &str)] = sources![
    "batch.rs",
    "changes.rs",
    "error.rs",
    "games.rs",
    "item.rs",
    "lists/cursor.rs",
    "lists/entry.rs",
    "lists/mod.rs",
    "lists/neighbours.rs",
    "mod.rs",
    "players.rs",
    "sessions.rs",
    "status_date.rs",
    "stream.rs",
    "tables/create.rs",
    "tables/delete.rs",
    "tables/describe.rs",
    "tables/mod.rs",
    "tables/schema.rs",
];

/// The folder of the store in the repository.
pub const FOLDER: &str = "app/src/ssr/store/";

/// The text of a file.
pub fn find(path: &str) -> Option<&'static str> {
    let found = ALL.iter().find(|(known, _)| *known == path);
    found.map(|(_, text)| *text)
}

/// A file with its lines; a function's line can be linked to by the function's name.
pub fn html(path: &str, text: &str) -> String {
    let mut html = format!("<h1>{FOLDER}{path}</h1><pre class=\"source\" tabindex=\"0\"><code>");
    let mut seen = HashSet::new();
    for line in text.lines() {
        let id = function(line).filter(|name| seen.insert(*name));
        let line = escaped(line);
        // Writing to a string can't fail.
        let _ = match id {
            Some(id) => writeln!(html, "<span id=\"{id}\">{line}</span>"),
            None => writeln!(html, "{line}"),
        };
    }
    html + "</code></pre>"
}

/// The name of the function that a line begins.
pub fn function(line: &str) -> Option<&str> {
    let (before, rest) = line.split_once("fn ")?;
    let is_declaration = before
        .split_whitespace()
        .all(|word| matches!(word, "async" | "const") || word.starts_with("pub"));
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_')?;
    (is_declaration && end > 0).then(|| &rest[..end])
}

/// Text as HTML.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::ssr::inspector::pattern::Pattern;

    #[test]
    fn every_pattern_names_a_function_that_there_is() {
        for pattern in Pattern::ALL {
            let (file, name) = pattern.source();
            let text = find(file).unwrap_or_else(|| panic!("no {file}"));
            let there = text.lines().filter_map(function).any(|there| there == name);
            assert!(there, "{pattern:?}: no {name} in {file}");
        }
    }

    #[test]
    fn functions_can_be_linked_to() {
        let html = html(
            "x.rs",
            "    pub async fn play(\n// fn no\nlet s = \"fn x(\";\n<b>",
        );
        assert!(html.contains("<span id=\"play\">    pub async fn play(</span>"));
        assert!(!html.contains("id=\"no\"") && !html.contains("id=\"x\""));
        assert!(html.contains("&lt;b&gt;"));
    }
}
