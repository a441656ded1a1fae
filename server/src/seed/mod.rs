//! `server seed`: test players and games in any state.
//!
//! | file | subject |
//! |---|---|
//! | [`spec`] | the notation of a game, checked by the rules |
//! | `defaults` | the default games |
//! | [`plan`] | all players and games, with their keys |
//! | `writer` | writes them with the writes of normal play |
//! | `report` | the output |

mod defaults;
pub mod plan;
mod report;
pub mod spec;
mod writer;

use crate::{
    cli::SeedArgs,
    database::{self, DatabaseError, DatabaseKind, DatabaseOptions},
    lifecycle::start::StartError,
};
use backend::store::Store;
use domain::{
    error::AppError,
    ids::{GameId, PlayerName},
};
use jiff::Timestamp;
use plan::Plan;
use report::Report;
use writer::Writer;

/// An error of seeding. Its text tells the operator what to do.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// The database is Amazon DynamoDB.
    #[error(
        "test players do not belong on Amazon DynamoDB, where people play; use --database embedded or local"
    )]
    Production,
    /// A game is invalid.
    #[error(transparent)]
    Spec(#[from] spec::SpecError),
    /// Two games have the same id.
    #[error("two games can't both have the id {0}; change or remove one of the ids")]
    SameId(GameId),
    /// The id belongs to a game of other players.
    #[error(
        "nothing was written: game {id} already exists, between {host} and {opponent}; choose another id"
    )]
    OtherPlayers {
        /// The id of the game.
        id: GameId,
        /// The host of the existing game.
        host: String,
        /// The opponent in the existing game.
        opponent: String,
    },
    /// The condition of a write failed, because another process changed the game.
    #[error("game {0} was changed at the same time; run the command again while nobody plays it")]
    Conflict(GameId),
    /// The password of a player was rejected or could not be hashed.
    #[error("the account {player} can't be created: {cause}")]
    Password {
        /// The player.
        player: PlayerName,
        /// The error of hashing.
        cause: AppError,
    },
    /// The database could not be opened.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// A request failed. The log has the cause.
    #[error(transparent)]
    Failed(#[from] StartError),
    /// The report can't be written as JSON.
    #[error("the report can't be written as JSON ({0}); run the command without --json")]
    Json(#[from] serde_json::Error),
}

/// Writes the players and games, and prints a report. Invalid arguments are reported before the database is
/// opened.
///
/// # Errors
///
/// [`SeedError`].
pub async fn run(arguments: SeedArgs) -> Result<(), SeedError> {
    let SeedArgs {
        players,
        password,
        games,
        json,
        tables,
    } = arguments;
    if tables.database.kind == DatabaseKind::Aws {
        return Err(SeedError::Production);
    }
    let plan = Plan::new(players, games)?;
    let prefix = tables.database.table_prefix.clone();
    let options = DatabaseOptions::from(tables.database);
    let database = database::open(&options).await?;
    let store = Store::new(database.client.clone(), &prefix).with_streams(database.streams.clone());
    let writer = Writer::new(store, options, Timestamp::now());
    let result = write(&writer, &plan, &password).await;
    drop(writer);
    database.close().await;
    let report = result?;
    if json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print!("{report}");
    }
    Ok(())
}

async fn write(writer: &Writer, plan: &Plan, password: &str) -> Result<Report, SeedError> {
    writer.ensure_tables().await?;
    writer.reject_games_of_other_players(plan).await?;
    let mut report = Report::default();
    for player in &plan.players {
        report.players.push(writer.player(player, password).await?);
    }
    for (index, (id, spec)) in plan.games.iter().enumerate() {
        report.games.push(writer.game(*id, spec, index).await?);
    }
    Ok(report)
}
