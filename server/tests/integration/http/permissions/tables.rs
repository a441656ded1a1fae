//! The contents of the tables.

use aws_sdk_dynamodb::types::AttributeValue;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use test_support::App;

enumeration! {
    /// A table.
    #[derive(PartialOrd, Ord)]
    Table { Games, Players, Sessions, }
}

/// All items of all tables at one moment.
#[derive(Debug, PartialEq, Eq)]
pub struct Snapshot(BTreeMap<Table, BTreeSet<String>>);

impl Snapshot {
    /// Reads all tables of a server.
    pub async fn of(app: &App) -> Self {
        let mut snapshot = BTreeMap::new();
        for table in Table::ALL {
            let items = items(app, *table).await.into_iter();
            let items = items.map(|item| format!("{:?}", BTreeMap::from_iter(item)));
            snapshot.insert(*table, items.collect());
        }
        Self(snapshot)
    }

    /// The tables whose items differ from those of an earlier moment.
    pub fn changed_since(&self, earlier: &Self) -> Vec<Table> {
        let changed = |table: &&Table| self.0[*table] != earlier.0[*table];
        Table::ALL.iter().filter(changed).copied().collect()
    }
}

/// The values that the items of a table have for an attribute.
pub async fn values(app: &App, table: Table, attribute: &str) -> Vec<String> {
    let items = items(app, table).await.into_iter();
    let values = items.filter_map(|mut item| item.remove(attribute));
    values.map(|value| value.as_s().unwrap().clone()).collect()
}

/// Writes an item.
pub async fn put<const N: usize>(app: &App, table: Table, item: [(&str, AttributeValue); N]) {
    let item = item.map(|(name, value)| (name.to_owned(), value));
    let put = app.running.database().client.put_item();
    let put = put
        .table_name(format!("{table:?}"))
        .set_item(Some(HashMap::from(item)));
    put.send().await.unwrap();
}

async fn items(app: &App, table: Table) -> Vec<HashMap<String, AttributeValue>> {
    let scan = app.running.database().client.scan();
    let scan = scan.table_name(format!("{table:?}")).consistent_read(true);
    let answer = scan.send().await.unwrap();
    assert!(
        answer.last_evaluated_key().is_none(),
        "more items than a page has"
    );
    answer.items.unwrap_or_default()
}
