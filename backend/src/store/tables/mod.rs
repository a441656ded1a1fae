//! The tables: their names, keys and indexes, and their creation, description and deletion.

mod create;
mod delete;
mod describe;
mod schema;

pub use create::{Billing, TableOptions};
pub use delete::TableDeletion;
pub use describe::{IndexDescription, TableDescription};

use super::{Store, StoreError};

/// The names of the tables of one environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableNames {
    /// The table of games, with the partition key `GameId`.
    pub games: String,
    /// The table of accounts, with the partition key `PlayerId`.
    pub players: String,
    /// The table of sessions, with the partition key `PlayerId` and the sort key `SessionId`.
    pub sessions: String,
}

impl TableNames {
    /// Returns the names with a prefix, which lets several environments share one account.
    #[must_use]
    pub fn new(prefix: &str) -> Self {
        Self {
            games: format!("{prefix}Games"),
            players: format!("{prefix}Players"),
            sessions: format!("{prefix}Sessions"),
        }
    }

    /// Returns all names.
    #[must_use]
    pub fn all(&self) -> [&str; 3] {
        [&self.games, &self.players, &self.sessions]
    }
}

impl Store {
    /// Checks that all tables exist, with their current keys.
    ///
    /// # Errors
    ///
    /// [`StoreError::MissingTable`], [`StoreError::OutdatedTable`], [`StoreError::Unavailable`].
    pub async fn check_tables(&self) -> Result<(), StoreError> {
        let check = async |table: &str| match self.describe_table(table).await? {
            None => Err(StoreError::MissingTable(table.to_owned())),
            Some(table) if self.is_outdated(&table) => Err(StoreError::OutdatedTable(table.name)),
            Some(_) => Ok(()),
        };
        futures::future::try_join_all(self.tables.all().map(check))
            .await
            .map(|_| ())
    }

    /// Returns true for a table of sessions that an earlier version created, with `SessionId` alone as its key.
    fn is_outdated(&self, table: &TableDescription) -> bool {
        table.name == self.tables.sessions && table.key == ["SessionId"]
    }
}
