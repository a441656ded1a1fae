//! The only place that knows DynamoDB: the tables, their keys, items and expressions.
//!
//! | file | subject |
//! |---|---|
//! | [`tables`] | what the tables are called and how they are created |
//! | [`status_date`] | the concatenated attribute that both indexes sort by |
//! | [`item`] | the item of a game, and whether it makes sense |
//! | [`games`] | one game: read it, and every conditional write |
//! | [`lists`] | many games: the status-date indexes, merged, with a cursor |
//! | `batch` | many items by their keys |
//! | [`players`], [`sessions`] | accounts |
//! | [`stream`], [`changes`] | what any instance has changed |
//! | [`error`] | what can go wrong |

mod batch;
pub mod changes;
pub mod error;
pub mod games;
pub mod item;
pub mod lists;
pub mod players;
pub mod sessions;
pub mod status_date;
pub mod stream;
pub mod tables;

pub use error::StoreError;
pub use games::{Entitled, Write};
pub use tables::TableNames;

use aws_sdk_dynamodb::Client;
use std::sync::Arc;

/// The three tables, on whatever engine the client talks to. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    client: Client,
    streams: Option<aws_sdk_dynamodbstreams::Client>,
    tables: Arc<TableNames>,
}

impl Store {
    /// The tables whose names begin with `table_prefix`. Touches nothing yet.
    #[must_use]
    pub fn new(client: Client, table_prefix: &str) -> Self {
        Self {
            client,
            streams: None,
            tables: Arc::new(TableNames::new(table_prefix)),
        }
    }

    /// The same tables, with their streams: for an engine that several instances share.
    #[must_use]
    pub fn with_streams(self, streams: Option<aws_sdk_dynamodbstreams::Client>) -> Self {
        Self { streams, ..self }
    }

    /// Whether other instances may change the tables.
    #[must_use]
    pub const fn is_shared(&self) -> bool {
        self.streams.is_some()
    }

    /// What the tables are called.
    #[must_use]
    pub fn tables(&self) -> &TableNames {
        &self.tables
    }
}
