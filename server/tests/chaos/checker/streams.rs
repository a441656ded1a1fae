//! Event streams: each event is a state that the game had, and no older state follows a newer one.

use super::{Findings, game_history::GameHistory, quiet_time::QuietTime, violation::Kind};
use crate::{
    clock::Tick,
    history::{Action, Call, Game, Outcome},
    record::{Connection, Page, PageEvent, Record},
    rules,
};
use domain::{ids::PlayerName, status::GameResult, views::LobbyEvent};
use std::collections::BTreeMap;

/// The player of an event, which anybody may see.
const ANYBODY: &str = "(event stream)";

/// The pages of each game and of each player.
pub struct Audience<'a> {
    games: BTreeMap<&'a str, Vec<&'a Page>>,
    lists: BTreeMap<&'a str, Vec<ListStream<'a>>>,
    /// The undisturbed time of the instances.
    pub quiet: QuietTime,
}

/// A stream with the events of a player's lists.
pub struct ListStream<'a> {
    pub connection: &'a Connection,
    /// The events by the id of their game.
    games: BTreeMap<String, Vec<(Tick, &'a LobbyEvent)>>,
    /// The events that ask for the lists to be loaded again.
    pub stale: Vec<Tick>,
}

impl<'a> Audience<'a> {
    pub fn new(record: &'a Record) -> Self {
        let mut audience = Self {
            games: BTreeMap::new(),
            lists: BTreeMap::new(),
            quiet: QuietTime::new(record),
        };
        for page in &record.pages {
            if let Some(game) = &page.game {
                audience.games.entry(game).or_default().push(page);
            }
            if let Some(viewer) = &page.viewer {
                let connections = page.connections.iter();
                let streams = connections.map(ListStream::new);
                audience.lists.entry(viewer).or_default().extend(streams);
            }
        }
        audience
    }

    /// The pages that show a game.
    pub fn of_game(&self, game: &str) -> &[&'a Page] {
        self.games.get(game).map_or(&[], Vec::as_slice)
    }

    /// The streams with the events of a player's lists.
    pub fn of_player(&self, player: &str) -> &[ListStream<'a>] {
        self.lists.get(player).map_or(&[], Vec::as_slice)
    }
}

impl<'a> ListStream<'a> {
    fn new(connection: &'a Connection) -> Self {
        let mut stream = Self {
            connection,
            games: BTreeMap::new(),
            stale: Vec::new(),
        };
        for (tick, event) in &connection.events {
            let PageEvent::Lobby(event) = event else {
                continue;
            };
            let game = match event {
                LobbyEvent::Moved { game, .. } => game.game_id,
                LobbyEvent::Removed { game_id } => *game_id,
                LobbyEvent::Stale => {
                    stream.stale.push(*tick);
                    continue;
                }
            };
            let events = stream.games.entry(game.to_string()).or_default();
            events.push((*tick, event));
        }
        stream
    }

    /// The events about a game.
    pub fn about(&self, game: &str) -> &[(Tick, &'a LobbyEvent)] {
        self.games.get(game).map_or(&[], Vec::as_slice)
    }
}

/// The games on pages as reads of the game. The checks of responses then apply to them.
pub fn sightings(record: &Record) -> Vec<Call> {
    let mut sightings = Vec::new();
    for page in &record.pages {
        for connection in &page.connections {
            for (tick, event) in &connection.events {
                let Some(game) = event.game() else { continue };
                let (player, began) = match event {
                    PageEvent::Loaded(_) => (
                        page.viewer.as_deref(),
                        connection.since.map(|(began, _)| began),
                    ),
                    // A stream may begin with earlier states.
                    _ => (None, None),
                };
                sightings.push(Call {
                    game: game.game_id.clone(),
                    player: player.unwrap_or(ANYBODY).to_owned(),
                    action: Action::Read,
                    instance: connection.instance,
                    began: began.unwrap_or_default(),
                    ended: *tick,
                    outcome: Outcome::Game(game.clone()),
                });
            }
        }
    }
    sightings
}

pub fn check(history: &GameHistory<'_>, audience: &Audience<'_>, findings: &mut Findings<'_>) {
    for page in audience.of_game(history.game) {
        for connection in &page.connections {
            check_game_events(history, connection, findings);
        }
    }
    let Some((host, opponent)) = history.players() else {
        return;
    };
    for player in [host, opponent] {
        for stream in audience.of_player(player) {
            check_list_events(history, player, stream, findings);
        }
    }
}

/// The position of a state in the history of a game: an invitation can be made again after its removal.
type Position<'a> = (u64, &'a str);

fn position(game: &Game) -> Position<'_> {
    (game.version, &game.updated_at)
}

fn check_game_events(
    history: &GameHistory<'_>,
    connection: &Connection,
    findings: &mut Findings<'_>,
) {
    let mut newest: Option<Position<'_>> = None;
    for (tick, event) in &connection.events {
        match event {
            // The page drops the stream's first events if they are older.
            PageEvent::Loaded(_) | PageEvent::Lobby(_) => {}
            PageEvent::Game(game) => {
                if newest > Some(position(game)) {
                    findings.add(
                        Kind::OlderAfterNewer,
                        connection.about(history.game).to_string(),
                    );
                }
                newest = newest.max(Some(position(game)));
            }
            PageEvent::Gone if !may_be_gone(history, *tick) => {
                findings.add(
                    Kind::FalselyGone,
                    connection.about(history.game).to_string(),
                );
            }
            PageEvent::Gone => {}
        }
    }
}

/// Whether the game may have been missing at some time before `tick`. A game that never existed may be told as removed:
/// an instance that does not find a game need not know why.
fn may_be_gone(history: &GameHistory<'_>, tick: Tick) -> bool {
    let existed = |call: &Call| call.ended < tick && call.shows_existence();
    let was_missing =
        |call: &Call| call.began < tick && (history.may_have_removed(call) || call.finds_nothing());
    let mut calls = history.calls.iter().copied();
    !calls.clone().any(existed) || calls.any(was_missing)
}

fn check_list_events(
    history: &GameHistory<'_>,
    player: &str,
    stream: &ListStream<'_>,
    findings: &mut Findings<'_>,
) {
    let explain = || stream.connection.about(history.game).to_string();
    let mut newest = None;
    let mut stale = stream.stale.iter().peekable();
    for (tick, event) in stream.about(history.game) {
        // An instance that may have missed changes forgets what it has told, and its clients load the lists again.
        while stale.next_if(|stale| *stale < tick).is_some() {
            newest = None;
        }
        match event {
            LobbyEvent::Moved { game, version, .. } => {
                let position = (*version, game.updated_at.as_str());
                if newest > Some(position) {
                    findings.add(Kind::OlderAfterNewer, explain());
                }
                newest = newest.max(Some(position));
                if !is_possible(history, player, event) {
                    findings.add(Kind::WrongListing, format!("for {player}: {event:?}"));
                }
            }
            LobbyEvent::Removed { .. } if !may_be_gone(history, *tick) => {
                findings.add(Kind::FalselyGone, explain());
            }
            LobbyEvent::Removed { .. } | LobbyEvent::Stale => {}
        }
    }
}

/// Whether the game had such a state, and was then in that list of the player.
fn is_possible(history: &GameHistory<'_>, player: &str, event: &LobbyEvent) -> bool {
    let (
        LobbyEvent::Moved {
            list,
            game,
            version,
        },
        Some((host, opponent)),
    ) = (event, history.players())
    else {
        return true;
    };
    // Acceptance and the end of the game have versions of their own.
    let other_changes = 2 + usize::from(game.result.is_some());
    let marks = (*version as usize).saturating_sub(other_changes);
    let Some(moves) = history.moves().get(..marks) else {
        return false;
    };
    let result = rules::result(host, opponent, moves);
    let (status, list_name) = match (version, result) {
        (1, _) if player == host => ("PENDING", "outgoing"),
        (1, _) => ("PENDING", "invitations"),
        (_, None) => ("IN_PROGRESS", "in_progress"),
        (_, Some(_)) => ("FINISHED", "finished"),
    };
    let turn = (status == "IN_PROGRESS").then(|| rules::mover(host, opponent, moves.len()));
    let shown_result = game.result.as_ref().map(GameResult::as_str);
    (game.host.as_str(), game.opponent.as_str()) == (host, opponent)
        && game.status.as_str() == status
        && list.as_str() == list_name
        && game.turn.as_ref().map(PlayerName::as_str) == turn
        && shown_result == result
}
