//! The source code of the store, compiled into the program.

use super::escape::escape;
use std::{collections::HashSet, fmt::Write};

macro_rules! sources {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../../backend/src/store/", $path)))),*]
    };
}

/// The files: the path below [`STORE_DIR`] and the text.
const ALL: &[(&str, &str)] = sources![
    "attributes.rs",
    "batch.rs",
    "changes.rs",
    "error.rs",
    "fixtures.rs",
    "games.rs",
    "index.rs",
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

/// The directory of the store in the repository.
pub const STORE_DIR: &str = "backend/src/store/";

/// The text of a file.
pub fn find(path: &str) -> Option<&'static str> {
    let found = ALL.iter().find(|(known, _)| *known == path);
    found.map(|(_, text)| *text)
}

/// Renders a file. The first line of a function has the function's name as its id.
pub fn html(path: &str, text: &str) -> String {
    let mut html = format!("<h1>{STORE_DIR}{path}</h1><pre class=\"source\" tabindex=\"0\"><code>");
    let mut seen = HashSet::new();
    for line in text.lines() {
        let id = function(line).filter(|name| seen.insert(*name));
        let line = escape(line);
        // Writing to a string never fails.
        let _ = match id {
            Some(id) => writeln!(html, "<span id=\"{id}\">{line}</span>"),
            None => writeln!(html, "{line}"),
        };
    }
    html + "</code></pre>"
}

/// The name of the function that a line declares.
pub fn function(line: &str) -> Option<&str> {
    let (before, rest) = line.split_once("fn ")?;
    let is_declaration = before
        .split_whitespace()
        .all(|word| matches!(word, "async" | "const") || word.starts_with("pub"));
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_')?;
    (is_declaration && end > 0).then(|| &rest[..end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspector::capture::pattern::Pattern;

    #[test]
    fn every_pattern_names_an_existing_function() {
        for pattern in Pattern::ALL {
            let (file, name) = pattern.source();
            let text = find(file).unwrap_or_else(|| panic!("no {file}"));
            let mut functions = text.lines().filter_map(function);
            let exists = functions.any(|function| function == name);
            assert!(exists, "{pattern:?}: no {name} in {file}");
        }
    }

    #[test]
    fn functions_have_ids() {
        let html = html(
            "x.rs",
            "    pub async fn play(\n// fn no\nlet s = \"fn x(\";\n<b>",
        );
        assert!(html.contains("<span id=\"play\">    pub async fn play(</span>"));
        assert!(!html.contains("id=\"no\"") && !html.contains("id=\"x\""));
        assert!(html.contains("&lt;b&gt;"));
    }
}
