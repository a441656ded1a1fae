//! The data directory: its lock, its permissions, and the port for other tools.

use super::{get, item, open, open_with_table, options, put};
use server::database::{self, DatabaseError, DatabaseKind, DatabaseOptions};
use std::{fs, path::Path};
use test_support::reserve_port;

#[tokio::test]
async fn data_survives_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let data_dir = dir.path().join("not/there/yet");
    let database = open_with_table(&data_dir).await;
    put(&database.client, [("Id", "1"), ("Colour", "red")]).await;
    database.close().await;
    let database = open(&data_dir).await;
    assert_eq!(
        get(&database.client, "1").await,
        Some(item([("Id", "1"), ("Colour", "red")]))
    );
}

#[tokio::test]
async fn the_directory_is_locked_until_the_last_client_is_dropped() {
    let dir = tempfile::tempdir().unwrap();
    let database = open_with_table(dir.path()).await;
    let client = database.client.clone();
    database.close().await;
    let error = database::open(&options(dir.path())).await.unwrap_err();
    assert!(matches!(error, DatabaseError::InUse { .. }), "{error:?}");
    assert_eq!(
        error.to_string(),
        format!(
            "{} is in use by another server; stop it, or choose another --data-dir",
            dir.path().display()
        )
    );
    put(&client, [("Id", "1")]).await;
    drop(client);
    open(dir.path()).await;
}

#[tokio::test]
async fn a_file_that_is_no_database_is_rejected_and_left_unchanged() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("dynamodb.sqlite");
    let content = "not a database ".repeat(100);
    fs::write(&file, &content).unwrap();
    let error = database::open(&options(dir.path())).await.unwrap_err();
    assert!(matches!(error, DatabaseError::DataFile { .. }), "{error:?}");
    assert_eq!(fs::read_to_string(&file).unwrap(), content);
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_can_read_the_files() {
    use std::os::unix::fs::PermissionsExt;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;

    let dir = tempfile::tempdir().unwrap();
    let data_dir = dir.path().join("data");
    let database = open_with_table(&data_dir).await;
    put(&database.client, [("Id", "1")]).await;
    assert_eq!(mode(&data_dir), 0o700);
    let files = |data_dir: &Path| -> Vec<_> {
        fs::read_dir(data_dir)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect()
    };
    assert_eq!(
        files(&data_dir).len(),
        4,
        "the database with its two auxiliary files, and the lock"
    );
    for file in files(&data_dir) {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
    database.close().await;

    // Copied files with other permissions are restricted again.
    for file in files(&data_dir) {
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    }
    let _database = open(&data_dir).await;
    for file in files(&data_dir) {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[tokio::test]
async fn a_port_is_served_on_request_and_must_be_free() {
    let dir = tempfile::tempdir().unwrap();
    let (_reserved, address) = reserve_port().unwrap();
    let port = address.port();
    let with_port = DatabaseOptions {
        embedded_port: Some(port),
        ..options(dir.path())
    };
    let database = database::open(&with_port).await.unwrap();
    let by_port = database::open(&DatabaseOptions {
        kind: DatabaseKind::Local,
        endpoint: Some(format!("http://127.0.0.1:{port}")),
        ..options(dir.path())
    })
    .await
    .unwrap();
    let tables = by_port.client.list_tables().send().await.unwrap();
    assert!(tables.table_names().is_empty());

    let elsewhere = tempfile::tempdir().unwrap();
    let error = database::open(&DatabaseOptions {
        data_dir: elsewhere.path().to_owned(),
        ..with_port
    })
    .await
    .unwrap_err();
    assert!(
        matches!(error, DatabaseError::EmbeddedPort { .. }),
        "{error:?}"
    );
    database.close().await;
}
