//! The `tables` commands: create, describe and delete.

use crate::{
    cli::{DatabaseArgs, TablesCommand},
    database::{self, Database, DatabaseError, DatabaseOptions},
    lifecycle::start::{self, StartError},
};
use backend::store::{
    Store, StoreError,
    tables::{TableDeletion, TableDescription, TableOptions},
};
use std::io::{self, BufRead, IsTerminal, Write};

/// An error of a `tables` command. Its text tells the operator what to do.
#[derive(Debug, thiserror::Error)]
pub enum TablesError {
    /// The database could not be opened.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// A request failed. The log has the cause.
    #[error(transparent)]
    Failed(#[from] StartError),
    /// A table is protected from deletion.
    #[error(
        "nothing was deleted: {0} is protected from deletion; turn the protection off with \
         `aws dynamodb update-table --table-name {0} --no-deletion-protection-enabled` and try again"
    )]
    Protected(String),
    /// The operator did not confirm the deletion.
    #[error("nothing was deleted: answer yes, or pass --yes if there is no terminal")]
    NotConfirmed,
    /// The terminal could not be read or written.
    #[error("the terminal failed: {0}")]
    Terminal(#[from] io::Error),
}

/// Runs a command and reports its progress on standard output.
///
/// # Errors
///
/// [`TablesError`].
pub async fn run(command: TablesCommand) -> Result<(), TablesError> {
    match command {
        TablesCommand::Create {
            tables,
            provisioned,
            point_in_time_recovery,
            deletion_protection,
        } => {
            let options = TableOptions {
                billing: provisioned.unwrap_or_default(),
                point_in_time_recovery,
                deletion_protection,
            };
            let tables = Tables::open(tables.database).await?;
            let report = |line| println!("{line}");
            tables.explain(tables.store.create_tables(options, report).await)
        }
        TablesCommand::Describe { tables } => Tables::open(tables.database).await?.describe().await,
        TablesCommand::Delete { tables, yes } => {
            Tables::open(tables.database).await?.delete(yes).await
        }
    }
}

/// The tables of a command and the open database that has them.
struct Tables {
    store: Store,
    options: DatabaseOptions,
    // Stays open while the store is used.
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

    /// Logs an error of the store and turns it into a sentence for the operator.
    fn explain<T>(&self, result: Result<T, StoreError>) -> Result<T, TablesError> {
        result.map_err(|error| {
            tracing::error!(%error, "a request for the tables failed");
            start::start_error(error, &self.options).into()
        })
    }

    async fn description(&self, name: &str) -> Result<Option<TableDescription>, TablesError> {
        self.explain(self.store.describe_table(name).await)
    }

    async fn describe(&self) -> Result<(), TablesError> {
        for name in self.store.tables().all() {
            match self.description(name).await? {
                Some(table) => print(&table),
                None => println!("{name}: not found; create it with `server tables create`"),
            }
        }
        Ok(())
    }

    async fn delete(&self, yes: bool) -> Result<(), TablesError> {
        let mut existing = Vec::new();
        for name in self.store.tables().all() {
            match self.description(name).await? {
                Some(table) if table.is_protected => {
                    return Err(TablesError::Protected(table.name));
                }
                Some(table) => existing.push(table),
                None => println!("{name}: not found"),
            }
        }
        if existing.is_empty() {
            return Ok(());
        }
        if !yes && !confirmed(&existing)? {
            return Err(TablesError::NotConfirmed);
        }
        for table in existing {
            println!("{}: deleting", table.name);
            match self.explain(self.store.delete_table(&table.name).await)? {
                TableDeletion::Deleted => println!("{}: deleted", table.name),
                TableDeletion::NotFound => println!("{}: already deleted", table.name),
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

fn count(number: i64, singular: &str, plural: &str) -> String {
    format!("{number} {}", if number == 1 { singular } else { plural })
}

/// Asks for confirmation at the terminal. Returns false if there is no terminal.
fn confirmed(tables: &[TableDescription]) -> io::Result<bool> {
    if !io::stdin().is_terminal() {
        return Ok(false);
    }
    let names: Vec<_> = tables.iter().map(|table| table.name.as_str()).collect();
    print!("Delete {} and all their items? yes/no: ", names.join(", "));
    io::stdout().flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(answer.trim() == "yes")
}
