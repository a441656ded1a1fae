//! News: each change is on every open stream in time, unless the stream broke or its instance was disturbed.
//!
//! Nobody knows when a change without a response was made. The time counts from the first proof of it: a response or an
//! event that shows it.

use super::{
    Findings,
    game_history::GameHistory,
    quiet_time::QuietTime,
    streams::{Audience, ListStream},
    violation::Kind,
};
use crate::{
    clock::{self, Tick},
    history::{Action, Call, Outcome},
    record::{Connection, Page, PageEvent, Record},
};
use domain::views::LobbyEvent;
use std::collections::BTreeMap;

/// A change of a game: the version that it led to, or the removal. Later changes compare as greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Change {
    Version(u64),
    Removal,
}

/// The times between which a change was made.
#[derive(Clone, Copy)]
struct Made {
    /// The first request for it.
    sent: Tick,
    /// The first proof of it.
    known: Tick,
}

/// Reports changes that a stream did not tell in time. Returns the longest time that one took.
pub fn check(
    history: &GameHistory<'_>,
    record: &Record,
    audience: &Audience<'_>,
    findings: &mut Findings<'_>,
) -> Tick {
    let mut deadlines = Deadlines {
        game: history.game,
        quiet: &audience.quiet,
        bound: record.bounds.told,
        slowest: 0,
        findings,
    };
    let changes = changes(history);
    for page in audience.of_game(history.game) {
        for &(change, made) in &changes {
            let told = told_on_page(page, change);
            for connection in &page.connections {
                deadlines.check(connection, page.viewer.as_deref(), change, made, told);
            }
        }
    }
    for player in history
        .players()
        .map_or(vec![], |(host, opponent)| vec![host, opponent])
    {
        for stream in audience.of_player(player) {
            let connection = stream.connection;
            let since = connection.since.map(|(_, latest)| latest);
            let since = since.unwrap_or(connection.opened);
            // The lists may have been loaded with earlier changes.
            for &(change, made) in changes.iter().filter(|(_, made)| made.sent >= since) {
                if made.known < connection.closed {
                    let told = told_in_lists(history.game, stream, change);
                    deadlines.check(connection, Some(player), change, made, told);
                }
            }
        }
    }
    deadlines.slowest
}

/// The times by which changes of a game must be told.
struct Deadlines<'a, 'b> {
    game: &'a str,
    quiet: &'a QuietTime,
    bound: Tick,
    /// The longest time that a change took.
    slowest: Tick,
    findings: &'a mut Findings<'b>,
}

impl Deadlines<'_, '_> {
    /// Reports the change if it was not told on an unbroken stream in time.
    fn check(
        &mut self,
        connection: &Connection,
        viewer: Option<&str>,
        change: Change,
        made: Made,
        told: Option<Tick>,
    ) {
        let start = made.known.max(connection.opened);
        let deadline = self.quiet.after(connection.instance, start, self.bound);
        let told = told.unwrap_or(Tick::MAX);
        if told <= deadline.min(connection.closed) {
            let delay = self
                .quiet
                .between(connection.instance, start, told.max(start));
            self.slowest = self.slowest.max(delay);
        } else if deadline <= connection.closed {
            let viewer = viewer.unwrap_or("a watcher");
            let known = clock::seconds(made.known);
            let connection = connection.about(self.game);
            let explanation = format!("{change:?}, known at {known}, for {viewer}: {connection}");
            self.findings.add(Kind::Untold, explanation);
        }
    }
}

/// The changes of a game that certainly happened.
fn changes(history: &GameHistory<'_>) -> Vec<(Change, Made)> {
    let mut known: BTreeMap<Change, Tick> = BTreeMap::new();
    for call in &history.calls {
        let change = match (&call.action, &call.outcome) {
            (_, Outcome::Game(game)) => Change::Version(game.version),
            (Action::Invite { .. }, Outcome::Done) => Change::Version(1),
            (Action::Accept, Outcome::Done) => Change::Version(2),
            _ if proves_removal(history, call) => Change::Removal,
            _ => continue,
        };
        let earliest = known.entry(change).or_insert(call.ended);
        *earliest = call.ended.min(*earliest);
    }
    let with_sent = |(change, known)| {
        let sent = first_sent(history, change)?;
        Some((change, Made { sent, known }))
    };
    known.into_iter().filter_map(with_sent).collect()
}

/// Whether the game is certainly gone for good after this call.
fn proves_removal(history: &GameHistory<'_>, call: &Call) -> bool {
    let found_nothing = match &call.outcome {
        Outcome::Removed => history.is_entitled(call),
        Outcome::Rejected { code, .. } => code == "no_such_game",
        _ => false,
    };
    let was_there = |earlier: &&Call| earlier.precedes(call) && earlier.shows_existence();
    found_nothing
        && history.stored.is_none()
        && !history.may_be_created_after(call)
        && history.calls.iter().any(was_there)
}

/// The first time that a change was requested by a call that may have made it.
fn first_sent(history: &GameHistory<'_>, change: Change) -> Option<Tick> {
    let first = |is_request: &dyn Fn(&Call) -> bool| {
        let calls = history.calls.iter().filter(|call| call.may_have_acted());
        let requests = calls.filter(|call| is_request(call));
        requests.map(|call| call.began).min()
    };
    match change {
        Change::Version(1) => first(&|call| matches!(call.action, Action::Invite { .. })),
        Change::Version(2) => first(&|call| call.action == Action::Accept),
        Change::Version(version) => {
            // The last move makes two versions at once.
            let last = history.moves().len().checked_sub(1)?;
            history.first_sent(last.min(version as usize - 3))
        }
        Change::Removal => first(&Call::is_removal),
    }
}

/// The first time that a page showed a change, or a later one.
fn told_on_page(page: &Page, change: Change) -> Option<Tick> {
    let connections = page.connections.iter();
    let events = connections.flat_map(|connection| &connection.events);
    let shows = |event: &PageEvent| match event {
        PageEvent::Loaded(game) | PageEvent::Game(game) => Change::Version(game.version) >= change,
        PageEvent::Gone => true,
        PageEvent::Lobby(_) => false,
    };
    let told = events.filter(|(_, event)| shows(event));
    told.map(|(tick, _)| *tick).min()
}

/// The first time that a stream told a change in the lists, or a later one, or that they have to be loaded again.
fn told_in_lists(game: &str, stream: &ListStream<'_>, change: Change) -> Option<Tick> {
    let shows = |event: &LobbyEvent| match event {
        LobbyEvent::Moved { version, .. } => Change::Version(u64::from(*version)) >= change,
        LobbyEvent::Removed { .. } | LobbyEvent::Stale => true,
    };
    let told = stream.about(game).iter().filter(|(_, event)| shows(event));
    let stale = stream.stale.iter().copied();
    told.map(|(tick, _)| *tick).chain(stale).min()
}
