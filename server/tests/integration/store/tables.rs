//! Creation, description and deletion of the tables.

use backend::{
    store::{
        Index, StoreError,
        tables::{Billing, TableDeletion, TableDescription, TableOptions},
    },
    use_cases::accounts,
};
use test_support::{Engine, Fixture, PASSWORD, dynamodb_local, on_both_engines};

on_both_engines! {
    async fn creating_existing_tables_changes_nothing(fixture: Fixture) {
        let before = describe(&fixture).await;
        fixture.store.create_missing_tables().await.unwrap();
        assert_eq!(describe(&fixture).await, before);
        assert_eq!(before.len(), 3);
        for table in before {
            assert!(table.is_active && table.status == "ACTIVE", "{table:?}");
            assert_eq!(table.provisioned, None);
            let indexes: Vec<_> = table.indexes.iter().map(|index| index.name.as_str()).collect();
            if table.name == fixture.games_table() {
                assert_eq!(indexes, [Index::Host, Index::Opponent].map(Index::name));
            } else {
                assert!(indexes.is_empty());
            }
        }
    }

    async fn deleted_tables_can_be_created_again(fixture: Fixture) {
        for expected in [TableDeletion::Deleted, TableDeletion::NotFound] {
            for name in fixture.store.tables().all() {
                assert_eq!(fixture.store.delete_table(name).await.unwrap(), expected);
                assert_eq!(fixture.store.describe_table(name).await.unwrap(), None);
            }
        }
        assert!(fixture.store.check_tables().await.is_err());
        let billing = Billing::Provisioned { read: 5, write: 6 };
        let options = TableOptions { billing, ..TableOptions::default() };
        fixture.store.create_tables(options, |_| {}).await.unwrap();
        fixture.store.check_tables().await.unwrap();
        for table in describe(&fixture).await {
            assert_eq!(table.provisioned, Some((5, 6)), "{}", table.name);
        }
    }
}

on_both_engines! {
    async fn a_session_table_with_the_old_key_is_replaced(fixture: Fixture) {
        fixture.create_old_sessions_table().await;
        let sessions = fixture.store.tables().sessions.clone();
        let checked = fixture.store.check_tables().await;
        assert!(matches!(checked, Err(StoreError::OutdatedTable(table)) if table == sessions));
        fixture.store.create_missing_tables().await.unwrap();
        fixture.store.check_tables().await.unwrap();
        let table = fixture.store.describe_table(&sessions).await.unwrap();
        assert_eq!(table.unwrap().key, ["PlayerId", "SessionId"]);
        let backend = fixture.backend();
        accounts::register(&backend, None, "ada", PASSWORD).await.unwrap();
    }
}

async fn describe(fixture: &Fixture) -> Vec<TableDescription> {
    let names = fixture.store.tables().all();
    let described = names.map(async |name| fixture.store.describe_table(name).await.unwrap());
    let tables = futures::future::join_all(described).await;
    tables.into_iter().flatten().collect()
}

#[tokio::test]
async fn shared_tables_have_streams() {
    let fixture = dynamodb_local().await;
    assert_eq!(fixture.engine, Engine::DynamoDbLocal);
    let tables = describe(&fixture).await;
    let with_stream: Vec<_> = tables
        .iter()
        .filter(|table| table.has_stream)
        .map(|table| table.name.clone())
        .collect();
    let tables = fixture.store.tables();
    assert_eq!(with_stream, [tables.games.clone(), tables.sessions.clone()]);
}
