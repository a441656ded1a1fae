//! Creating, describing and deleting the tables.

use crate::support::{self, Engine, Fixture, on_both_engines};
use app::ssr::store::tables::{Billing, Deleted, HOST_INDEX, OPPONENT_INDEX, TableOptions};

on_both_engines! {
    async fn creating_them_again_changes_nothing(fixture: Fixture) {
        let before = describe(&fixture).await;
        fixture.store.create_missing_tables().await.unwrap();
        assert_eq!(describe(&fixture).await, before);
        assert_eq!(before.len(), 3);
        for table in before {
            assert!(table.is_active && table.status == "ACTIVE", "{table:?}");
            assert_eq!(table.provisioned, None);
            let indexes: Vec<_> = table.indexes.iter().map(|index| index.name.as_str()).collect();
            if table.name == fixture.games_table() {
                assert_eq!(indexes, [HOST_INDEX, OPPONENT_INDEX]);
            } else {
                assert!(indexes.is_empty());
            }
        }
    }

    async fn deleted_they_are_gone_and_can_be_made_again(fixture: Fixture) {
        for expected in [Deleted::Now, Deleted::Before] {
            for name in fixture.store.tables().all() {
                assert_eq!(fixture.store.delete_table(name).await.unwrap(), expected);
                assert_eq!(fixture.store.describe_table(name).await.unwrap(), None);
            }
        }
        assert!(fixture.store.check().await.is_err());
        let billing = Billing::Provisioned { read: 5, write: 6 };
        let options = TableOptions { billing, ..TableOptions::default() };
        fixture.store.create_tables(options, |_| {}).await.unwrap();
        fixture.store.check().await.unwrap();
        for table in describe(&fixture).await {
            assert_eq!(table.provisioned, Some((5, 6)), "{}", table.name);
        }
    }
}

async fn describe(fixture: &Fixture) -> Vec<app::ssr::store::tables::TableDescription> {
    let names = fixture.store.tables().all();
    let described = names.map(async |name| fixture.store.describe_table(name).await.unwrap());
    let tables = futures::future::join_all(described).await;
    tables.into_iter().flatten().collect()
}

#[tokio::test]
async fn tables_that_are_shared_have_streams() {
    let fixture = support::dynamodb_local().await;
    assert_eq!(fixture.engine, Engine::DynamoDbLocal);
    let with_streams = describe(&fixture).await;
    let names: Vec<_> = with_streams
        .iter()
        .filter(|table| table.has_stream)
        .map(|table| table.name.clone())
        .collect();
    let tables = fixture.store.tables();
    assert_eq!(names, [tables.games.clone(), tables.sessions.clone()]);
}
