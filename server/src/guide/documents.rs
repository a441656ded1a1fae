//! The project's documents, as they were when the program was built.

macro_rules! documents {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../../docs/", $path)))),*]
    };
}

/// The one that `/guide` shows.
pub const FIRST: &str = "data-model.md";

/// Path below `docs`, and text.
const ALL: &[(&str, &str)] = documents![
    "data-model.md",
    "architecture.md",
    "cost.md",
    "deploy.md",
    "operations.md",
    "other-engines.md",
    "testing.md",
    "decisions/README.md",
    "decisions/browser-size.md",
    "decisions/change-feed.md",
    "decisions/cursor-is-a-moment.md",
    "decisions/decide-on-what-is-remembered.md",
    "decisions/embedded-engine-without-a-port.md",
    "decisions/errors-without-free-text.md",
    "decisions/lists-change-by-events.md",
    "decisions/lost-connection.md",
    "decisions/release-profile-for-tests.md",
    "decisions/resume-tokens.md",
    "decisions/static-bundle.md",
    "decisions/the-board-decides.md",
    "decisions/the-panel-is-the-servers.md",
];

/// The text of a document.
pub fn find(path: &str) -> Option<&'static str> {
    let found = ALL.iter().find(|(known, _)| *known == path);
    found.map(|(_, text)| *text)
}

#[cfg(test)]
pub fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    ALL.iter().copied()
}
