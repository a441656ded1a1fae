//! What `server seed` can be told.

use super::TablesPlace;
use crate::seed::spec::{GameSpec, SpecError, player};
use app::{error::AppError, ids::PlayerName, ssr::auth::Password};
use clap::Args;

/// What `server seed` can be told.
#[derive(Clone, Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct SeedArgs {
    /// A player who gets an account, may be given several times; unless given, the players of the games
    #[arg(long = "player", value_name = "NAME", value_parser = parse_player)]
    pub players: Vec<PlayerName>,

    /// The password of new accounts; who has an account keeps their own
    #[arg(long, value_name = "TEXT", default_value = "correct horse 1", value_parser = parse_password)]
    pub password: String,

    /// A game, may be given several times, the newest first; one with the same id is replaced
    #[arg(long = "game", value_name = "HOST:OPPONENT:STATE[:SQUARES][@ID]")]
    pub games: Vec<GameSpec>,

    /// Say what is there then as JSON
    #[arg(long)]
    pub json: bool,

    /// Which tables
    #[command(flatten)]
    pub place: TablesPlace,
}

const AFTER_HELP: &str = "Without players and games: ada and bob with a game in each state.

States: pending, expired (an invitation that nobody can accept any more), in-progress, finished, and \
older (in progress as AWS's example application leaves a game, also a won one).

Squares are named in order of play, TopLeft,MiddleMiddle, or numbered from 1 to 9 in reading order, 15. \
The host plays O and moves first; in an older game the opponent does. Without an id a game gets the same one \
every time.";

fn parse_player(text: &str) -> Result<PlayerName, SpecError> {
    player(text)
}

fn parse_password(text: &str) -> Result<String, AppError> {
    Password::parse(text).map(|_| text.to_owned())
}
