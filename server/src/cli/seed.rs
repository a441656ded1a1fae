//! The options of `server seed`.

use super::TablesArgs;
use crate::seed::spec::{GameSpec, parse_player};
use backend::accounts::Password;
use clap::Args;
use domain::{error::AppError, ids::PlayerName};

/// The options of `server seed`.
#[derive(Clone, Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct SeedArgs {
    /// Player who gets an account, may be given several times; defaults to the players of the games
    #[arg(long = "player", value_name = "NAME", value_parser = parse_player)]
    pub players: Vec<PlayerName>,

    /// Password of new accounts; existing accounts keep theirs
    #[arg(long, value_name = "TEXT", default_value = "correct horse 1", value_parser = parse_password)]
    pub password: String,

    /// Game to create, may be given several times, the newest first; replaces the game with the same id
    #[arg(long = "game", value_name = "HOST:OPPONENT:STATE[:SQUARES][@ID]")]
    pub games: Vec<GameSpec>,

    /// Print the report as JSON
    #[arg(long)]
    pub json: bool,

    /// The tables
    #[command(flatten)]
    pub tables: TablesArgs,
}

const AFTER_HELP: &str = "Without players and games: ada and bob with a game in each state.

States: pending, expired (an invitation that can no longer be accepted), in-progress, finished, and \
older (in progress as AWS's example application leaves a game, even a won one).

Squares are named in order of play, TopLeft,MiddleMiddle, or numbered from 1 to 9 in reading order, 15. \
The host plays O and moves first. In an older game, the opponent moves first. A game without an id gets the \
same id every time.";

fn parse_password(text: &str) -> Result<String, AppError> {
    Password::parse("password", text).map(|_| text.to_owned())
}
