//! Descriptions of tables.

use super::{Store, StoreError};
use aws_sdk_dynamodb::types::{
    BillingMode, GlobalSecondaryIndexDescription, IndexStatus, TableDescription as Described,
    TableStatus,
};
use std::time::Duration;
use tokio::time;

/// The maximum number of polls of a table, which together take two minutes. The service needs some ten
/// seconds to create a table.
const MAX_POLLS: u32 = 240;
/// The interval between two polls.
const POLL_INTERVAL: Duration = Duration::from_millis(500);

/// A table as the service describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableDescription {
    /// The name of the table.
    pub name: String,
    /// The status, which is `ACTIVE` once the table is usable.
    pub status: String,
    /// True if the table and all its indexes are active.
    pub is_active: bool,
    /// The attributes of the primary key: the partition key, then the sort key if there is one.
    pub key: Vec<String>,
    /// The number of items, which the service updates about every six hours.
    pub items: i64,
    /// The size in bytes, which the service updates as rarely.
    pub bytes: i64,
    /// The provisioned read and write capacity units, or `None` with on-demand billing.
    pub provisioned: Option<(i64, i64)>,
    /// True if a stream is enabled.
    pub has_stream: bool,
    /// True if deletion protection is enabled.
    pub is_protected: bool,
    /// The global secondary indexes.
    pub indexes: Vec<IndexDescription>,
}

/// A global secondary index as the service describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexDescription {
    /// The name of the index.
    pub name: String,
    /// The status, which is `ACTIVE` once the index is usable.
    pub status: String,
    /// The number of entries.
    pub items: i64,
    /// The size in bytes.
    pub bytes: i64,
}

impl Store {
    /// Describes a table. Returns `None` if it does not exist.
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
                    .is_some_and(aws_sdk_dynamodb::operation::describe_table::DescribeTableError::is_resource_not_found_exception) =>
            {
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Polls the description of a table until it meets a condition. `failure` completes the error message
    /// "the table … " after a timeout.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`], also after the timeout.
    pub(super) async fn wait_until(
        &self,
        name: &str,
        failure: &str,
        is_met: impl Fn(Option<&TableDescription>) -> bool,
    ) -> Result<(), StoreError> {
        for _ in 0..MAX_POLLS {
            if is_met(self.describe_table(name).await?.as_ref()) {
                return Ok(());
            }
            // DynamoDB has no request that waits for a change of a table.
            time::sleep(POLL_INTERVAL).await;
        }
        Err(StoreError::Unavailable(format!(
            "the table {name} {failure}"
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
        key: table
            .key_schema
            .into_iter()
            .flatten()
            .map(|element| element.attribute_name)
            .collect(),
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
