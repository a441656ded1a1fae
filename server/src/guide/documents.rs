//! The project's documents, compiled into the program.

macro_rules! documents {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../../docs/", $path)))),*]
    };
}

/// The document that `/guide` shows.
pub const START_PAGE: &str = "data-model.md";

/// The documents: the path below `docs` and the text.
const ALL: &[(&str, &str)] = documents![
    "data-model.md",
    "architecture.md",
    "benchmarks.md",
    "cost.md",
    "deploy.md",
    "operations.md",
    "other-engines.md",
    "testing.md",
    "protocol-model.md",
    "decisions/README.md",
    "decisions/browser-size.md",
    "decisions/change-feed.md",
    "decisions/date-based-cursors.md",
    "decisions/cached-games.md",
    "decisions/embedded-engine-without-a-port.md",
    "decisions/errors-without-free-text.md",
    "decisions/event-driven-lists.md",
    "decisions/limits.md",
    "decisions/lost-connection.md",
    "decisions/release-profile-for-tests.md",
    "decisions/resume-tokens.md",
    "decisions/static-bundle.md",
    "decisions/the-board-decides.md",
    "decisions/inspector-in-the-server.md",
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
