//! The report of seeding, for people and for programs.

use super::spec::{GameSpec, State};
use domain::{
    ids::PlayerName,
    status::{GameResult, Status},
    views::GameView,
};
use serde::Serialize;
use std::fmt;

/// The players and games, in the order of the arguments.
#[derive(Debug, Default, Serialize)]
pub(super) struct Report {
    pub(super) players: Vec<SeededPlayer>,
    pub(super) games: Vec<SeededGame>,
}

/// A player with an account.
#[derive(Debug, Serialize)]
pub(super) struct SeededPlayer {
    pub(super) name: PlayerName,
    /// The password, or null if an existing account has another one.
    pub(super) password: Option<String>,
    /// True if the account is new.
    pub(super) created: bool,
}

/// A game.
#[derive(Debug, Serialize)]
pub(super) struct SeededGame {
    /// The path of its page.
    path: String,
    /// The notation in its normal form.
    spec: String,
    /// The state in the notation.
    state: &'static str,
    /// The game as in the JSON API, which reports an expired invitation as not found.
    #[serde(flatten)]
    game: GameView,
}

impl SeededGame {
    pub(super) fn new(spec: &GameSpec, game: GameView) -> Self {
        Self {
            path: game.game_id.path(),
            spec: spec.to_string(),
            state: spec.state.as_str(),
            game,
        }
    }

    /// The state of the game in words.
    fn summary(&self) -> String {
        let Self { game, state, .. } = self;
        let is = |other: State| *state == other.as_str();
        let summary = match (game.status, &game.turn, &game.result) {
            (Status::Pending, ..) if is(State::Expired) => {
                "an expired invitation, which its page reports as not found".to_owned()
            }
            (Status::Pending, ..) => format!("{} is invited", game.opponent),
            (Status::InProgress, Some(turn), _) => {
                let mark = if *turn == game.host { "O" } else { "X" };
                format!(
                    "{turn} ({mark}) to move, {} on the board",
                    marks(game.board.len())
                )
            }
            (_, _, Some(GameResult::Won(winner))) => {
                format!("{winner} won with {}", marks(game.board.len()))
            }
            _ => "a draw".to_owned(),
        };
        if is(State::Older) {
            format!("{summary}, as AWS's example leaves it: IN_PROGRESS, without Moves")
        } else {
            summary
        }
    }
}

fn marks(number: usize) -> String {
    match number {
        0 => "no marks".to_owned(),
        1 => "1 mark".to_owned(),
        number => format!("{number} marks"),
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for SeededPlayer {
            name,
            password,
            created,
        } in &self.players
        {
            let state = match (created, password) {
                (true, _) => "new",
                (false, Some(_)) => "already exists",
                (false, None) => "already exists with another password",
            };
            let password = password
                .as_ref()
                .map(|password| format!(", password {password:?}"));
            writeln!(
                f,
                "/ player {name}: {state}{}",
                password.unwrap_or_default()
            )?;
        }
        for seeded in &self.games {
            let GameView { host, opponent, .. } = &seeded.game;
            writeln!(
                f,
                "{} {host} vs {opponent}: {}",
                seeded.path,
                seeded.summary()
            )?;
        }
        Ok(())
    }
}
