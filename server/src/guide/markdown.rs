//! A document as a page: headings that can be linked to, links that lead to the other documents' pages, and
//! where the text says `<!-- try: … -->`, something to try.

use super::{documents, source};
use app::ssr::inspector::{examples::Example, view};
use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};
use std::collections::HashMap;

/// A document as a page.
pub struct Page {
    /// Its first heading.
    pub title: String,
    /// Its content.
    pub html: String,
}

/// Whether the reader can run the examples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trying {
    /// Yes.
    On,
    /// Once they are logged in.
    LogIn,
    /// Not on this server.
    Off,
}

/// Makes a page of the document with this path.
pub fn page(path: &str, text: &str, trying: Trying) -> Page {
    let mut title = String::new();
    let mut ids = Ids::default();
    let mut events: Vec<Event<'_>> = Vec::new();
    let mut contents = String::new();
    // Where the heading began that is being read, and its text so far.
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
                    let own = ids.of(&text);
                    if level == HeadingLevel::H2 {
                        let text = source::escaped(&text);
                        contents += &format!("<li><a href=\"#{own}\">{text}</a></li>");
                    }
                    if let Event::Start(Tag::Heading { id, .. }) = &mut events[start] {
                        *id = Some(own.into());
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
                let dest_url = address(path, &dest_url).into();
                events.push(Event::Start(Tag::Link {
                    link_type,
                    dest_url,
                    title,
                    id,
                }));
            }
            // A wide table scrolls by itself.
            Event::Start(Tag::Table(alignments)) => {
                events.push(Event::Html("<div class=\"scrolls\" tabindex=\"0\">".into()));
                events.push(Event::Start(Tag::Table(alignments)));
            }
            Event::End(TagEnd::Table) => {
                events.push(Event::End(TagEnd::Table));
                events.push(Event::Html("</div>".into()));
            }
            // Of HTML the documents hold nothing but remarks, which are for us.
            Event::Html(remark) | Event::InlineHtml(remark) => {
                events.extend(read_remark(&remark, trying))
            }
            event => events.push(event),
        }
    }
    let mut html = String::with_capacity(text.len() * 2);
    html::push_html(&mut html, events.into_iter());
    // No style in attributes: the page's policy forbids it.
    let html = html
        .replace("style=\"text-align: right\"", "class=\"right\"")
        // What scrolls can be scrolled by the keyboard; an empty head is none.
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

fn read_remark(remark: &str, trying: Trying) -> Option<Event<'static>> {
    let remark = remark
        .trim()
        .strip_prefix("<!--")?
        .strip_suffix("-->")?
        .trim();
    let html = if let Some(id) = remark.strip_prefix("try:") {
        let example: Example = id.trim().parse().ok()?;
        match trying {
            Trying::On => view::html(view::try_it(example)),
            Trying::LogIn => {
                "<p class=\"try\"><a href=\"/\">Log in</a> to run this here.</p>".to_owned()
            }
            Trying::Off => return None,
        }
    } else {
        let (path, name) = remark.strip_prefix("source:")?.trim().rsplit_once(' ')?;
        let file = path
            .strip_prefix(source::FOLDER)
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

/// Where a link of the document at `path` leads to here.
fn address(path: &str, link: &str) -> String {
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
    match target.strip_prefix(source::FOLDER) {
        Some(file) if outside && source::find(file).is_some() => {
            format!("/guide/source/{file}{fragment}")
        }
        // Only in the repository.
        _ => "/guide".to_owned(),
    }
}

/// The ids of a document's headings, as GitHub makes them.
#[derive(Default)]
struct Ids(HashMap<String, usize>);

impl Ids {
    fn of(&mut self, text: &str) -> String {
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
            again => format!("{id}-{}", again - 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::ssr::inspector::pattern::Pattern;

    fn guide() -> Page {
        let text = documents::find(documents::FIRST).unwrap();
        page(documents::FIRST, text, Trying::On)
    }

    #[test]
    fn every_pattern_has_its_heading() {
        let html = guide().html;
        for pattern in Pattern::ALL {
            let id = format!("id=\"{}\"", pattern.heading());
            assert!(html.contains(&id), "{pattern:?}: no heading with {id}");
        }
    }

    #[test]
    fn every_example_can_be_tried_once() {
        let html = guide().html;
        for example in Example::ALL {
            let field = format!("name=\"example\" value=\"{}\"", example.as_str());
            assert_eq!(html.matches(&field).count(), 1, "{example:?}");
        }
        let text = documents::find(documents::FIRST).unwrap();
        let for_visitors = page(documents::FIRST, text, Trying::LogIn).html;
        assert_eq!(
            for_visitors.matches("to run this here").count(),
            Example::ALL.len()
        );
        assert!(
            !page(documents::FIRST, text, Trying::Off)
                .html
                .contains("class=\"try\"")
        );
    }

    #[test]
    fn links_lead_somewhere() {
        let pages: HashMap<&str, Page> = documents::all()
            .map(|(path, text)| (path, page(path, text, Trying::Off)))
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
    fn nothing_is_styled_where_the_policy_forbids_it() {
        for (path, text) in documents::all() {
            assert!(
                !page(path, text, Trying::On).html.contains("style="),
                "{path}"
            );
        }
    }

    #[test]
    fn links_are_those_of_the_application() {
        for (path, link, expected) in [
            ("data-model.md", "cost.md", "/guide/cost.md"),
            (
                "data-model.md",
                "decisions/cursor-is-a-moment.md",
                "/guide/decisions/cursor-is-a-moment.md",
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
                "../app/src/ssr/store/games.rs",
                "/guide/source/games.rs",
            ),
            ("data-model.md", "../README.md", "/guide"),
        ] {
            assert_eq!(address(path, link), expected, "{path} {link}");
        }
    }
}
