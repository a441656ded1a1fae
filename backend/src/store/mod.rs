//! All access to DynamoDB: the tables, their keys, items and expressions.
//!
//! | file | subject |
//! |---|---|
//! | [`tables`] | names, creation, description and deletion of the tables |
//! | [`status_date`] | the concatenated attribute that is the sort key of both indexes |
//! | [`item`] | the item of a game, and its validation |
//! | [`games`] | reads and conditional writes of one game |
//! | [`lists`] | lists of games from both indexes, merged, with a cursor |
//! | `batch` | reads of many items by their keys |
//! | `attempts`, `attributes`, `index` | shared helpers |
//! | `fixtures` | reads and writes for test data and examples |
//! | [`players`], [`sessions`] | accounts and sessions |
//! | [`stream`], [`changes`] | reading of the tables' streams, and their records |
//! | [`error`] | errors |

mod attempts;
mod attributes;
mod batch;
pub mod changes;
pub mod error;
mod fixtures;
pub mod games;
mod index;
pub mod item;
pub mod lists;
pub mod players;
pub mod sessions;
pub mod status_date;
pub mod stream;
pub mod tables;

pub use attributes::{Attributes, Write};
pub use error::StoreError;
pub use games::RemovedBy;
pub use index::Index;
pub use tables::TableNames;

use aws_sdk_dynamodb::Client;
use std::sync::Arc;

/// The three tables, on any engine that speaks the protocol of DynamoDB. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    client: Client,
    streams: Option<aws_sdk_dynamodbstreams::Client>,
    tables: Arc<TableNames>,
}

impl Store {
    /// Creates a store on the tables whose names begin with `table_prefix`. Makes no request.
    #[must_use]
    pub fn new(client: Client, table_prefix: &str) -> Self {
        Self {
            client,
            streams: None,
            tables: Arc::new(TableNames::new(table_prefix)),
        }
    }

    /// Returns a store that also reads the tables' streams, for an engine that several instances share.
    #[must_use]
    pub fn with_streams(self, streams: Option<aws_sdk_dynamodbstreams::Client>) -> Self {
        Self { streams, ..self }
    }

    /// Returns true if other instances may change the tables.
    #[must_use]
    pub const fn is_shared(&self) -> bool {
        self.streams.is_some()
    }

    /// Returns the names of the tables.
    #[must_use]
    pub fn tables(&self) -> &TableNames {
        &self.tables
    }
}
