//! Markdown documents as HTML pages. Headings get ids, links lead to the pages of the guide, and a comment
//! `<!-- try: … -->` becomes the form of an example.

use super::{documents, escape::escape, source};
use crate::inspector::{capture::pattern::Pattern, view};
use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};
use std::collections::HashMap;

/// A rendered document.
pub struct Page {
    /// The text of the first heading.
    pub title: String,
    /// The content as HTML.
    pub html: String,
}

/// The form in which examples appear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExampleMode {
    /// A button runs the example.
    Runnable,
    /// A link asks the reader to log in.
    LogInRequired,
    /// The examples are left out, because the server has no inspector.
    Omitted,
}

/// Renders the document with this path.
pub fn page(path: &str, text: &str, examples: ExampleMode) -> Page {
    let mut title = String::new();
    let mut ids = HeadingIds::default();
    let mut events: Vec<Event<'_>> = Vec::new();
    let mut contents = String::new();
    // The index of the current heading's first event, and the heading's text so far.
    let mut heading: Option<(usize, String)> = None;
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match &event {
            Event::Start(Tag::Heading { .. }) => heading = Some((events.len(), String::new())),
            Event::Text(text) | Event::Code(text) => {
                if let Some((_, so_far)) = &mut heading {
                    so_far.push_str(text);
                }
            }
            _ => {}
        }
        match event {
            Event::End(TagEnd::Heading(level)) => {
                if let Some((start, text)) = heading.take() {
                    let heading_id = ids.unique(&text);
                    if level == HeadingLevel::H2 {
                        let text = escape(&text);
                        contents += &format!("<li><a href=\"#{heading_id}\">{text}</a></li>");
                    }
                    if let Event::Start(Tag::Heading { id, .. }) = &mut events[start] {
                        *id = Some(heading_id.into());
                    }
                    if level == HeadingLevel::H1 && title.is_empty() {
                        title = text;
                    }
                }
                events.push(Event::End(TagEnd::Heading(level)));
            }
            Event::Start(Tag::Link {
                link_type,
                dest_url,
                title,
                id,
            }) => {
                let dest_url = resolve_link(path, &dest_url).into();
                events.push(Event::Start(Tag::Link {
                    link_type,
                    dest_url,
                    title,
                    id,
                }));
            }
            // A wide table scrolls in its own box.
            Event::Start(Tag::Table(alignments)) => {
                events.push(Event::Html("<div class=\"scrolls\" tabindex=\"0\">".into()));
                events.push(Event::Start(Tag::Table(alignments)));
            }
            Event::End(TagEnd::Table) => {
                events.push(Event::End(TagEnd::Table));
                events.push(Event::Html("</div>".into()));
            }
            // The documents contain no HTML except comments, some of which are instructions.
            Event::Html(comment) | Event::InlineHtml(comment) => {
                events.extend(render_comment(&comment, examples));
            }
            event => events.push(event),
        }
    }
    let mut html = String::with_capacity(text.len() * 2);
    html::push_html(&mut html, events.into_iter());
    // The content security policy forbids style attributes.
    let html = html
        .replace("style=\"text-align: right\"", "class=\"right\"")
        // Keyboard users scroll a box by focusing it. An empty cell heads nothing.
        .replace("<pre>", "<pre tabindex=\"0\">")
        .replace("<th></th>", "<td></td>")
        .replace("<th class=\"right\"></th>", "<td></td>");
    let html = match html.split_once("</h1>") {
        Some((heading, rest)) => {
            format!("{heading}</h1><nav aria-label=\"Contents\"><ul>{contents}</ul></nav>{rest}")
        }
        None => html,
    };
    Page { title, html }
}

fn render_comment(comment: &str, examples: ExampleMode) -> Option<Event<'static>> {
    let comment = comment
        .trim()
        .strip_prefix("<!--")?
        .strip_suffix("-->")?
        .trim();
    let html = if let Some(id) = comment.strip_prefix("try:") {
        let pattern: Pattern = id.trim().parse().ok()?;
        match examples {
            ExampleMode::Runnable => view::html(view::example_form(pattern)),
            ExampleMode::LogInRequired => {
                "<p class=\"try\"><a href=\"/\">Log in</a> to run this here.</p>".to_owned()
            }
            ExampleMode::Omitted => return None,
        }
    } else {
        let (path, name) = comment.strip_prefix("source:")?.trim().rsplit_once(' ')?;
        let file = path
            .strip_prefix(source::STORE_DIR)
            .filter(|file| source::find(file).is_some());
        match file {
            Some(file) => {
                format!("<p><a href=\"/guide/source/{file}#{name}\">{path}: {name}</a></p>")
            }
            None => format!("<p><code>{path}: {name}</code></p>"),
        }
    };
    Some(Event::Html(CowStr::from(html)))
}

/// The address in the application for a link in the document at `path`.
fn resolve_link(path: &str, link: &str) -> String {
    if link.starts_with('#') || link.contains("://") || link.starts_with("mailto:") {
        return link.to_owned();
    }
    let (target, fragment) = match link.split_once('#') {
        Some((target, fragment)) => (target, format!("#{fragment}")),
        None => (link, String::new()),
    };
    let mut folders: Vec<&str> = path.split('/').collect();
    folders.pop();
    let mut outside = false;
    for part in target.split('/') {
        match part {
            "." | "" => {}
            ".." => outside |= folders.pop().is_none(),
            part => folders.push(part),
        }
    }
    let target = folders.join("/");
    if !outside && documents::find(&target).is_some() {
        return format!("/guide/{target}{fragment}");
    }
    match target.strip_prefix(source::STORE_DIR) {
        Some(file) if outside && source::find(file).is_some() => {
            format!("/guide/source/{file}{fragment}")
        }
        // The target exists only in the repository.
        _ => "/guide".to_owned(),
    }
}

/// The ids of a document's headings, which follow GitHub's scheme.
#[derive(Default)]
struct HeadingIds(HashMap<String, usize>);

impl HeadingIds {
    fn unique(&mut self, text: &str) -> String {
        let id: String = text
            .to_lowercase()
            .chars()
            .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
            .map(|c| if c == ' ' { '-' } else { c })
            .collect();
        let seen = self.0.entry(id.clone()).or_default();
        *seen += 1;
        match *seen {
            1 => id,
            count => format!("{id}-{}", count - 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspector::examples::description;

    fn guide() -> Page {
        let text = documents::find(documents::START_PAGE).unwrap();
        page(documents::START_PAGE, text, ExampleMode::Runnable)
    }

    #[test]
    fn every_pattern_has_a_heading() {
        let html = guide().html;
        for pattern in Pattern::ALL {
            let id = format!("id=\"{}\"", pattern.heading());
            assert!(html.contains(&id), "{pattern:?}: no heading with {id}");
        }
    }

    #[test]
    fn every_example_appears_once() {
        let html = guide().html;
        let (patterns, without_example): (Vec<_>, Vec<_>) = Pattern::ALL
            .into_iter()
            .partition(|pattern| description(*pattern).is_some());
        assert_eq!(
            without_example,
            [
                Pattern::Register,
                Pattern::PlayerExists,
                Pattern::BeginSession,
                Pattern::ChangePassword,
                Pattern::DeleteAccount
            ]
        );
        for pattern in &patterns {
            let field = format!("name=\"example\" value=\"{}\"", pattern.as_str());
            assert_eq!(html.matches(&field).count(), 1, "{pattern:?}");
        }
        let text = documents::find(documents::START_PAGE).unwrap();
        let for_visitors = page(documents::START_PAGE, text, ExampleMode::LogInRequired).html;
        assert_eq!(
            for_visitors.matches("to run this here").count(),
            patterns.len()
        );
        assert!(
            !page(documents::START_PAGE, text, ExampleMode::Omitted)
                .html
                .contains("class=\"try\"")
        );
    }

    #[test]
    fn links_have_targets() {
        let pages: HashMap<&str, Page> = documents::all()
            .map(|(path, text)| (path, page(path, text, ExampleMode::Omitted)))
            .collect();
        for (path, page) in &pages {
            for link in page.html.split("href=\"").skip(1) {
                let link = link.split('"').next().unwrap();
                let (target, fragment) = link.split_once('#').unwrap_or((link, ""));
                let target = match target.strip_prefix("/guide/") {
                    Some(target) => target,
                    None if target.is_empty() => path,
                    None => continue,
                };
                if let Some(file) = target.strip_prefix("source/") {
                    let text = source::find(file).unwrap_or_else(|| panic!("{path}: {link}"));
                    assert!(
                        fragment.is_empty()
                            || source::html(file, text).contains(&format!("id=\"{fragment}\""))
                            || text.contains(fragment),
                        "{path}: {link}"
                    );
                    continue;
                }
                let page = pages
                    .get(target)
                    .unwrap_or_else(|| panic!("{path}: {link}"));
                let id = format!("id=\"{fragment}\"");
                assert!(
                    fragment.is_empty() || page.html.contains(&id),
                    "{path}: {link}"
                );
            }
        }
    }

    #[test]
    fn pages_have_no_style_attributes() {
        for (path, text) in documents::all() {
            assert!(
                !page(path, text, ExampleMode::Runnable)
                    .html
                    .contains("style="),
                "{path}"
            );
        }
    }

    #[test]
    fn links_lead_to_pages_of_the_guide() {
        for (path, link, expected) in [
            ("data-model.md", "cost.md", "/guide/cost.md"),
            (
                "data-model.md",
                "decisions/date-based-cursors.md",
                "/guide/decisions/date-based-cursors.md",
            ),
            (
                "decisions/README.md",
                "../cost.md#prices",
                "/guide/cost.md#prices",
            ),
            ("data-model.md", "#move", "#move"),
            (
                "data-model.md",
                "https://example.org/a",
                "https://example.org/a",
            ),
            (
                "data-model.md",
                "../backend/src/store/games.rs",
                "/guide/source/games.rs",
            ),
            ("data-model.md", "../README.md", "/guide"),
        ] {
            assert_eq!(resolve_link(path, link), expected, "{path} {link}");
        }
    }
}
