//! `server seed`: made-up players and games in any state, for tests and for looking around.
//!
//! | file | subject |
//! |---|---|
//! | [`spec`] | one game, as somebody writes it, and whether it can be |
//! | `defaults` | the games when nobody says which |
//! | [`plan`] | all of it, with the keys of the games |
//! | `writer` | writes it, by what the store does when people play |
//! | `report` | says what is there now |

mod defaults;
pub mod plan;
mod report;
pub mod spec;
mod writer;

use crate::{
    cli::SeedArgs,
    database::{self, DatabaseError, DatabaseKind, DatabaseOptions},
    startup::StartError,
};
use app::{
    error::AppError,
    ids::{GameId, PlayerName},
    ssr::store::Store,
};
use jiff::Timestamp;
use plan::Plan;
use report::Report;
use writer::Writer;

/// Why not all of it was written, in sentences for whoever asked for it.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// The tables are those that people play on.
    #[error(
        "made-up players have no place on Amazon DynamoDB, where people play; use --database embedded or local"
    )]
    Production,
    /// A game that can't be.
    #[error(transparent)]
    Spec(#[from] spec::SpecError),
    /// Two games with one key.
    #[error("two games can't both have the id {0}; give one of them another, or none")]
    SameId(GameId),
    /// Somebody else's game.
    #[error(
        "nothing was written: the game {id} is there already, between {host} and {opponent}; give another id"
    )]
    Theirs {
        /// Which.
        id: GameId,
        /// Who invited.
        host: String,
        /// Who was invited.
        opponent: String,
    },
    /// A write was refused that nobody else should have come before.
    #[error(
        "somebody changed the game {0} at the same moment; run this again while nobody plays it"
    )]
    Meanwhile(GameId),
    /// A password could not be hashed; the log has the cause.
    #[error("the password of {player} could not be hashed (the log says more); try again")]
    Password {
        /// Whose.
        player: PlayerName,
        /// What is said of it elsewhere.
        cause: AppError,
    },
    /// The database can't be opened.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// A request failed; the log has the cause.
    #[error(transparent)]
    Failed(#[from] StartError),
    /// The report can't be written as JSON.
    #[error("what was written can't be told as JSON ({0}); leave --json out")]
    Json(#[from] serde_json::Error),
}

/// Writes what was asked for, and says what is there then on standard output. What is wrong with the arguments
/// is said before anything is opened.
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
        place,
    } = arguments;
    if place.database.kind == DatabaseKind::Aws {
        return Err(SeedError::Production);
    }
    let plan = Plan::new(players, games)?;
    let prefix = place.database.table_prefix.clone();
    let options = DatabaseOptions::from(place.database);
    let database = database::open(&options).await?;
    let store = Store::new(database.client.clone(), &prefix).with_streams(database.streams.clone());
    let writer = Writer::new(store, database.client.clone(), options, Timestamp::now());
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
    writer.have_tables().await?;
    writer.refuse_others_games(plan).await?;
    let mut report = Report::default();
    for player in &plan.players {
        report.players.push(writer.player(player, password).await?);
    }
    for (place, (id, spec)) in plan.games.iter().enumerate() {
        report.games.push(writer.game(*id, spec, place).await?);
    }
    Ok(report)
}
