//! The tables themselves: what they are called, how they are keyed, and creating, describing and deleting
//! them.

mod create;
mod delete;
mod describe;
mod schema;

pub use create::{Billing, TableOptions};
pub use delete::Deleted;
pub use describe::{IndexDescription, TableDescription};
pub use schema::{HOST_INDEX, OPPONENT_INDEX};

use super::{Store, StoreError};

/// The names of the tables of one environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableNames {
    /// Games, keyed by `GameId`.
    pub games: String,
    /// Accounts, keyed by `PlayerId`.
    pub players: String,
    /// Sessions, keyed by `SessionId`.
    pub sessions: String,
}

impl TableNames {
    /// The names with a prefix, so that several environments fit into one account.
    #[must_use]
    pub fn new(prefix: &str) -> Self {
        Self {
            games: format!("{prefix}Games"),
            players: format!("{prefix}Players"),
            sessions: format!("{prefix}Sessions"),
        }
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> [&str; 3] {
        [&self.games, &self.players, &self.sessions]
    }
}

impl Store {
    /// Looks whether all tables are there.
    ///
    /// # Errors
    ///
    /// [`StoreError::MissingTable`] names the first that is not; [`StoreError::Unavailable`].
    pub async fn check(&self) -> Result<(), StoreError> {
        let missing = |table: &str| StoreError::MissingTable(table.to_owned());
        let look = |table| async move {
            let described = self.describe_table(table).await?;
            described.map(|_| ()).ok_or_else(|| missing(table))
        };
        futures::future::try_join_all(self.tables.all().map(look))
            .await
            .map(|_| ())
    }
}
