//! What is there after seeding, for people and for programs.

use super::spec::{GameSpec, State};
use app::{
    ids::PlayerName,
    view_model::{GameResult, GameView, Status},
};
use serde::Serialize;
use std::fmt;

/// All of it, in the order in which it was asked for.
#[derive(Debug, Default, Serialize)]
pub(super) struct Report {
    pub(super) players: Vec<SeededPlayer>,
    pub(super) games: Vec<SeededGame>,
}

/// Somebody with an account.
#[derive(Debug, Serialize)]
pub(super) struct SeededPlayer {
    pub(super) name: PlayerName,
    /// What they log in with; null where an account was there that has another one.
    pub(super) password: Option<String>,
    /// Whether the account is new.
    pub(super) created: bool,
}

/// A game.
#[derive(Debug, Serialize)]
pub(super) struct SeededGame {
    /// Where its page is.
    path: String,
    /// What was asked for, in the form in which it is always written.
    spec: String,
    /// The state that was asked for.
    state: &'static str,
    /// As the JSON API answers it, but for an expired one, of which that says that there is none.
    #[serde(flatten)]
    game: GameView,
}

impl SeededGame {
    pub(super) fn new(spec: &GameSpec, game: GameView) -> Self {
        Self {
            path: format!("/games/{}", game.game_id),
            spec: spec.to_string(),
            state: spec.state.as_str(),
            game,
        }
    }

    /// Where it stands, in words.
    fn standing(&self) -> String {
        let Self { game, state, .. } = self;
        let is = |wanted: State| *state == wanted.as_str();
        let standing = match (game.status, &game.turn, &game.result) {
            (Status::Pending, ..) if is(State::Expired) => {
                "an invitation that has expired: its page says that there is no such game"
                    .to_owned()
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
            format!("{standing}, as AWS's example leaves it: IN_PROGRESS, without Moves")
        } else {
            standing
        }
    }
}

fn marks(number: usize) -> String {
    match number {
        0 => "no mark".to_owned(),
        1 => "1 mark".to_owned(),
        more => format!("{more} marks"),
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
            let how = match (created, password) {
                (true, _) => "new",
                (false, Some(_)) => "there already",
                (false, None) => "there already, and keeps a password of their own",
            };
            let password = password
                .as_ref()
                .map(|password| format!(", password {password:?}"));
            writeln!(f, "/ player {name}: {how}{}", password.unwrap_or_default())?;
        }
        for seeded in &self.games {
            let GameView { host, opponent, .. } = &seeded.game;
            writeln!(
                f,
                "{} {host} vs {opponent}: {}",
                seeded.path,
                seeded.standing()
            )?;
        }
        Ok(())
    }
}
