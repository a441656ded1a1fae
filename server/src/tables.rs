//! The commands about the tables.

use crate::{
    cli::{DatabaseArgs, TablesCommand},
    database::{self, Database, DatabaseError, DatabaseOptions},
    startup::{self, StartError},
};
use app::ssr::store::{
    Store, StoreError,
    tables::{Deleted, TableDescription, TableOptions},
};
use std::io::{self, BufRead, IsTerminal, Write};

/// Why a command about the tables did not do what was asked, in sentences for whoever gave it.
#[derive(Debug, thiserror::Error)]
pub enum TablesError {
    /// The database can't be opened.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// A request failed; the log has the cause.
    #[error(transparent)]
    Failed(#[from] StartError),
    /// Tables that the service does not delete.
    #[error(
        "nothing was deleted: {0} is protected from deletion; lift that with \
         `aws dynamodb update-table --table-name {0} --no-deletion-protection-enabled` and try again"
    )]
    Protected(String),
    /// Nobody said yes.
    #[error("nothing was deleted: answer yes, or give --yes where nobody can answer")]
    NotConfirmed,
    /// Nobody could be told or asked.
    #[error("the terminal failed: {0}")]
    Terminal(#[from] io::Error),
}

/// Does what was asked, and says what it does on standard output.
///
/// # Errors
///
/// [`TablesError`].
pub async fn run(command: TablesCommand) -> Result<(), TablesError> {
    match command {
        TablesCommand::Create {
            place,
            provisioned,
            point_in_time_recovery,
            deletion_protection,
        } => {
            let options = TableOptions {
                billing: provisioned.unwrap_or_default(),
                point_in_time_recovery,
                deletion_protection,
            };
            let tables = Tables::open(place.database).await?;
            let tell = |what| println!("{what}");
            tables.answer(tables.store.create_tables(options, tell).await)
        }
        TablesCommand::Describe { place } => Tables::open(place.database).await?.describe().await,
        TablesCommand::Delete { place, yes } => {
            Tables::open(place.database).await?.delete(yes).await
        }
    }
}

/// The tables that a command is about.
struct Tables {
    store: Store,
    options: DatabaseOptions,
    // Kept open while the store is used.
    _database: Database,
}

impl Tables {
    async fn open(arguments: DatabaseArgs) -> Result<Self, TablesError> {
        let prefix = arguments.table_prefix.clone();
        let options = arguments.into();
        let database = database::open(&options).await?;
        let store =
            Store::new(database.client.clone(), &prefix).with_streams(database.streams.clone());
        Ok(Self {
            store,
            options,
            _database: database,
        })
    }

    /// What the store says, in a sentence if it is an error.
    fn answer<T>(&self, result: Result<T, StoreError>) -> Result<T, TablesError> {
        result.map_err(|error| {
            tracing::error!(%error, "a request about the tables failed");
            startup::why(error, &self.options).into()
        })
    }

    async fn look(&self, name: &str) -> Result<Option<TableDescription>, TablesError> {
        self.answer(self.store.describe_table(name).await)
    }

    async fn describe(&self) -> Result<(), TablesError> {
        for name in self.store.tables().all() {
            match self.look(name).await? {
                Some(table) => print(&table),
                None => println!("{name}: there is none; `server tables create` creates it"),
            }
        }
        Ok(())
    }

    async fn delete(&self, yes: bool) -> Result<(), TablesError> {
        let mut there = Vec::new();
        for name in self.store.tables().all() {
            match self.look(name).await? {
                Some(table) if table.is_protected => {
                    return Err(TablesError::Protected(table.name));
                }
                Some(table) => there.push(table),
                None => println!("{name}: there is none"),
            }
        }
        if there.is_empty() {
            return Ok(());
        }
        if !yes && !confirmed(&there)? {
            return Err(TablesError::NotConfirmed);
        }
        for table in there {
            println!("{}: being deleted", table.name);
            match self.answer(self.store.delete_table(&table.name).await)? {
                Deleted::Now => println!("{}: gone", table.name),
                Deleted::Before => println!("{}: there is none any more", table.name),
            }
        }
        Ok(())
    }
}

fn print(table: &TableDescription) {
    let billing = match table.provisioned {
        None => "on demand".to_owned(),
        Some((read, write)) => format!("{read} read and {write} write units a second"),
    };
    let stream = if table.has_stream { ", stream" } else { "" };
    let protection = if table.is_protected {
        ", protected from deletion"
    } else {
        ""
    };
    println!(
        "{}: {}, {}, {} bytes, {billing}{stream}{protection}",
        table.name,
        table.status,
        count(table.items, "item", "items"),
        table.bytes
    );
    for index in &table.indexes {
        println!(
            "  {}: {}, {}, {} bytes",
            index.name,
            index.status,
            count(index.items, "entry", "entries"),
            index.bytes
        );
    }
}

fn count(number: i64, one: &str, several: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { several })
}

/// Asks whoever sits at the terminal.
fn confirmed(tables: &[TableDescription]) -> io::Result<bool> {
    if !io::stdin().is_terminal() {
        return Ok(false);
    }
    let names: Vec<_> = tables.iter().map(|table| table.name.as_str()).collect();
    print!(
        "Delete {} with all that is in them? yes/no: ",
        names.join(", ")
    );
    io::stdout().flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(answer.trim() == "yes")
}
