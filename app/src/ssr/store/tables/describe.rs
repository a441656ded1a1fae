//! What a table is like.

use super::{Store, StoreError};
use aws_sdk_dynamodb::types::{
    BillingMode, GlobalSecondaryIndexDescription, IndexStatus, TableDescription as Described,
    TableStatus,
};
use std::time::Duration;
use tokio::time;

/// How long a table may take to become what is waited for: on the service some ten seconds, locally none.
const POLLS: u32 = 240;
const POLL_EVERY: Duration = Duration::from_millis(500);

/// A table as the service describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableDescription {
    /// What it is called.
    pub name: String,
    /// `ACTIVE` once it can be used.
    pub status: String,
    /// Whether it and its indexes can be used.
    pub is_active: bool,
    /// How many items it has; the service counts about every six hours.
    pub items: i64,
    /// What they take, in bytes; counted as seldom.
    pub bytes: i64,
    /// Read and write units a second; `None` where each request is paid for.
    pub provisioned: Option<(i64, i64)>,
    /// Whether it has a stream that can be followed.
    pub has_stream: bool,
    /// Whether the service refuses to delete it.
    pub is_protected: bool,
    /// Its indexes.
    pub indexes: Vec<IndexDescription>,
}

/// An index of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexDescription {
    /// What it is called.
    pub name: String,
    /// `ACTIVE` once it can be used.
    pub status: String,
    /// How many entries it has.
    pub items: i64,
    /// What they take, in bytes.
    pub bytes: i64,
}

impl Store {
    /// What a table is like; `None` if there is none of that name.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn describe_table(&self, name: &str) -> Result<Option<TableDescription>, StoreError> {
        match self.client.describe_table().table_name(name).send().await {
            Ok(answer) => Ok(answer.table.map(|table| read(name, table))),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(|e| e.is_resource_not_found_exception()) =>
            {
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Waits until a table is as wanted; `otherwise` says of it what is wrong when it never is.
    pub(super) async fn until(
        &self,
        name: &str,
        otherwise: &str,
        is_wanted: impl Fn(Option<&TableDescription>) -> bool,
    ) -> Result<(), StoreError> {
        for _ in 0..POLLS {
            if is_wanted(self.describe_table(name).await?.as_ref()) {
                return Ok(());
            }
            // The service has no request that waits for it.
            time::sleep(POLL_EVERY).await;
        }
        Err(StoreError::Unavailable(format!(
            "the table {name} {otherwise}"
        )))
    }
}

fn read(name: &str, table: Described) -> TableDescription {
    let is_on_demand = table
        .billing_mode_summary
        .and_then(|summary| summary.billing_mode)
        == Some(BillingMode::PayPerRequest);
    let units = table.provisioned_throughput.map(|units| {
        (
            units.read_capacity_units.unwrap_or_default(),
            units.write_capacity_units.unwrap_or_default(),
        )
    });
    let described = table.global_secondary_indexes.unwrap_or_default();
    let indexes_are_active = described
        .iter()
        .all(|index| matches!(index.index_status, None | Some(IndexStatus::Active)));
    TableDescription {
        name: name.to_owned(),
        is_active: table.table_status == Some(TableStatus::Active) && indexes_are_active,
        status: table
            .table_status
            .map(|status| status.to_string())
            .unwrap_or_default(),
        items: table.item_count.unwrap_or_default(),
        bytes: table.table_size_bytes.unwrap_or_default(),
        provisioned: units.filter(|_| !is_on_demand),
        has_stream: table
            .stream_specification
            .is_some_and(|stream| stream.stream_enabled),
        is_protected: table.deletion_protection_enabled.unwrap_or_default(),
        indexes: described.into_iter().map(read_index).collect(),
    }
}

fn read_index(index: GlobalSecondaryIndexDescription) -> IndexDescription {
    IndexDescription {
        name: index.index_name.unwrap_or_default(),
        status: index
            .index_status
            .map_or_else(|| "ACTIVE".to_owned(), |status| status.to_string()),
        items: index.item_count.unwrap_or_default(),
        bytes: index.index_size_bytes.unwrap_or_default(),
    }
}
