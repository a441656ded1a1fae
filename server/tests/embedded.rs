//! The embedded engine, asked through the AWS SDK as the store asks it, and looked at from outside.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use aws_sdk_dynamodb::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    operation::{put_item::PutItemError, update_item::UpdateItemError},
    types::{
        AttributeDefinition, AttributeValue, BillingMode, GlobalSecondaryIndex, KeySchemaElement,
        KeyType, KeysAndAttributes, Projection, ProjectionType, Put, ReturnConsumedCapacity,
        ReturnValue, ReturnValuesOnConditionCheckFailure, ScalarAttributeType,
        TimeToLiveSpecification, TransactWriteItem,
    },
};
use server::database::{self, Database, DatabaseError, DatabaseKind, DatabaseOptions};
use std::{
    collections::HashMap,
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::Ipv4Addr,
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    time::Duration,
};
use tokio::{net::TcpSocket, time::timeout};

const TABLE: &str = "Things";
const INDEX: &str = "Owner-Date-index";

fn options(data_dir: &Path) -> DatabaseOptions {
    DatabaseOptions {
        kind: DatabaseKind::Embedded,
        data_dir: data_dir.to_owned(),
        endpoint: None,
        region: None,
        embedded_port: None,
    }
}

async fn open(data_dir: &Path) -> Database {
    database::open(&options(data_dir)).await.unwrap()
}

/// An open database with one table, whose items have `Id`, and `Owner` and `Date` for its index.
async fn open_with_table(data_dir: &Path) -> Database {
    let database = open(data_dir).await;
    let attribute = |name: &str| {
        AttributeDefinition::builder()
            .attribute_name(name)
            .attribute_type(ScalarAttributeType::S)
            .build()
            .unwrap()
    };
    let key = |name: &str, kind: KeyType| {
        KeySchemaElement::builder()
            .attribute_name(name)
            .key_type(kind)
            .build()
            .unwrap()
    };
    let index = GlobalSecondaryIndex::builder()
        .index_name(INDEX)
        .key_schema(key("Owner", KeyType::Hash))
        .key_schema(key("Date", KeyType::Range))
        .projection(
            Projection::builder()
                .projection_type(ProjectionType::Include)
                .non_key_attributes("Colour")
                .build(),
        )
        .build()
        .unwrap();
    database
        .client
        .create_table()
        .table_name(TABLE)
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(attribute("Id"))
        .attribute_definitions(attribute("Owner"))
        .attribute_definitions(attribute("Date"))
        .key_schema(key("Id", KeyType::Hash))
        .global_secondary_indexes(index)
        .send()
        .await
        .unwrap();
    database
}

fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

fn item<const N: usize>(attributes: [(&str, &str); N]) -> HashMap<String, AttributeValue> {
    attributes
        .into_iter()
        .map(|(name, value)| (name.to_owned(), text(value)))
        .collect()
}

async fn put<const N: usize>(client: &Client, attributes: [(&str, &str); N]) {
    client
        .put_item()
        .table_name(TABLE)
        .set_item(Some(item(attributes)))
        .send()
        .await
        .unwrap();
}

async fn get(client: &Client, id: &str) -> Option<HashMap<String, AttributeValue>> {
    client
        .get_item()
        .table_name(TABLE)
        .key("Id", text(id))
        .consistent_read(true)
        .send()
        .await
        .unwrap()
        .item
}

#[tokio::test]
async fn a_failed_condition_is_the_modelled_error_with_the_old_item() {
    let dir = tempfile::tempdir().unwrap();
    let database = open_with_table(dir.path()).await;
    put(&database.client, [("Id", "1"), ("Colour", "red")]).await;

    let refused = database
        .client
        .put_item()
        .table_name(TABLE)
        .set_item(Some(item([("Id", "1"), ("Colour", "blue")])))
        .condition_expression("attribute_not_exists(Id)")
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    let PutItemError::ConditionalCheckFailedException(refusal) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(
        refusal.item.unwrap(),
        item([("Id", "1"), ("Colour", "red")])
    );

    let refused = database
        .client
        .update_item()
        .table_name(TABLE)
        .key("Id", text("1"))
        .update_expression("SET Colour = :new")
        .condition_expression("Colour = :believed")
        .expression_attribute_values(":new", text("blue"))
        .expression_attribute_values(":believed", text("green"))
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    let UpdateItemError::ConditionalCheckFailedException(refusal) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(refusal.item, None, "it was not asked for");
    assert_eq!(
        get(&database.client, "1").await.unwrap()["Colour"],
        text("red")
    );
}

#[tokio::test]
async fn a_failed_transaction_says_which_condition_failed_and_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let database = open_with_table(dir.path()).await;
    put(&database.client, [("Id", "taken")]).await;
    let new = |id: &str| {
        TransactWriteItem::builder()
            .put(
                Put::builder()
                    .table_name(TABLE)
                    .set_item(Some(item([("Id", id)])))
                    .condition_expression("attribute_not_exists(Id)")
                    .build()
                    .unwrap(),
            )
            .build()
    };
    let error = database
        .client
        .transact_write_items()
        .transact_items(new("free"))
        .transact_items(new("taken"))
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    assert!(error.is_transaction_canceled_exception(), "{error:?}");
    assert_eq!(get(&database.client, "free").await, None);
}

#[tokio::test]
async fn of_concurrent_conditional_updates_exactly_one_wins() {
    let dir = tempfile::tempdir().unwrap();
    let database = open_with_table(dir.path()).await;
    put(&database.client, [("Id", "1")]).await;

    let attempts: Vec<_> = (0..32)
        .map(|n| {
            let update = database
                .client
                .update_item()
                .table_name(TABLE)
                .key("Id", text("1"))
                .update_expression("SET Winner = :me")
                .condition_expression("attribute_exists(Id) AND attribute_not_exists(Winner)")
                .expression_attribute_values(":me", text(n.to_string()));
            tokio::spawn(update.send())
        })
        .collect();
    let mut winners = Vec::new();
    for (n, attempt) in attempts.into_iter().enumerate() {
        match attempt.await.unwrap() {
            Ok(_) => winners.push(n.to_string()),
            Err(error) => assert!(
                error
                    .as_service_error()
                    .is_some_and(UpdateItemError::is_conditional_check_failed_exception),
                "{error:?}"
            ),
        }
    }
    let [winner] = winners.as_slice() else {
        panic!("winners: {winners:?}");
    };
    let stored = get(&database.client, "1").await.unwrap();
    assert_eq!(stored["Winner"], text(winner.as_str()));
}

#[tokio::test]
async fn an_update_appends_to_a_list_that_may_not_exist_yet() {
    let dir = tempfile::tempdir().unwrap();
    let database = open_with_table(dir.path()).await;
    put(&database.client, [("Id", "1")]).await;
    for square in ["TopLeft", "BottomRight"] {
        let answer = database
            .client
            .update_item()
            .table_name(TABLE)
            .key("Id", text("1"))
            .update_expression("SET Moves = list_append(if_not_exists(Moves, :none), :one)")
            .expression_attribute_values(":none", AttributeValue::L(vec![]))
            .expression_attribute_values(":one", AttributeValue::L(vec![text(square)]))
            .return_values(ReturnValue::AllNew)
            .send()
            .await
            .unwrap();
        assert!(answer.attributes.unwrap().contains_key("Moves"));
    }
    assert_eq!(
        get(&database.client, "1").await.unwrap()["Moves"],
        AttributeValue::L(vec![text("TopLeft"), text("BottomRight")])
    );
}

#[tokio::test]
async fn an_index_is_queried_by_range_and_prefix_newest_first_and_page_by_page() {
    let dir = tempfile::tempdir().unwrap();
    let database = open_with_table(dir.path()).await;
    for (id, date) in [
        ("1", "A_1"),
        ("2", "A_2"),
        ("3", "A_3"),
        ("4", "B_1"),
        ("5", "B_2"),
    ] {
        put(
            &database.client,
            [
                ("Id", id),
                ("Owner", "me"),
                ("Date", date),
                ("Colour", "red"),
                ("Shape", "round"),
            ],
        )
        .await;
    }
    put(
        &database.client,
        [("Id", "6"), ("Owner", "other"), ("Date", "A_9")],
    )
    .await;
    // Without the index's keys an item is not in the index.
    put(&database.client, [("Id", "7"), ("Owner", "me")]).await;

    let query = || {
        database
            .client
            .query()
            .table_name(TABLE)
            .index_name(INDEX)
            .expression_attribute_names("#owner", "Owner")
            .expression_attribute_names("#date", "Date")
            .expression_attribute_values(":owner", text("me"))
            .scan_index_forward(false)
    };
    let dates = |items: &[HashMap<String, AttributeValue>]| -> Vec<String> {
        items
            .iter()
            .map(|item| item["Date"].as_s().unwrap().clone())
            .collect()
    };

    let between = query()
        .key_condition_expression("#owner = :owner AND #date BETWEEN :from AND :to")
        .expression_attribute_values(":from", text("A_2"))
        .expression_attribute_values(":to", text("A_~"))
        .send()
        .await
        .unwrap();
    assert_eq!(dates(between.items()), ["A_3", "A_2"]);
    assert_eq!(
        between.items()[0],
        item([
            ("Id", "3"),
            ("Owner", "me"),
            ("Date", "A_3"),
            ("Colour", "red")
        ]),
        "the keys and what the index includes, nothing else"
    );

    let by_prefix = || {
        query()
            .key_condition_expression("#owner = :owner AND begins_with(#date, :prefix)")
            .expression_attribute_values(":prefix", text("A_"))
            .limit(2)
    };
    let first = by_prefix().send().await.unwrap();
    assert_eq!(dates(first.items()), ["A_3", "A_2"]);
    let second = by_prefix()
        .set_exclusive_start_key(first.last_evaluated_key)
        .send()
        .await
        .unwrap();
    assert_eq!(dates(second.items()), ["A_1"]);
    assert_eq!(second.last_evaluated_key, None);
}

#[tokio::test]
async fn a_batch_returns_the_items_that_exist() {
    let dir = tempfile::tempdir().unwrap();
    let database = open_with_table(dir.path()).await;
    put(
        &database.client,
        [("Id", "1"), ("Colour", "red"), ("Shape", "round")],
    )
    .await;
    put(&database.client, [("Id", "2"), ("Colour", "blue")]).await;
    let keys = KeysAndAttributes::builder()
        .keys(item([("Id", "1")]))
        .keys(item([("Id", "2")]))
        .keys(item([("Id", "3")]))
        .projection_expression("Id, Colour")
        .build()
        .unwrap();
    let answer = database
        .client
        .batch_get_item()
        .request_items(TABLE, keys)
        .send()
        .await
        .unwrap();
    let mut found = answer.responses.unwrap().remove(TABLE).unwrap();
    found.sort_by_key(|item| item["Id"].as_s().unwrap().clone());
    assert_eq!(
        found,
        [
            item([("Id", "1"), ("Colour", "red")]),
            item([("Id", "2"), ("Colour", "blue")])
        ]
    );
    assert!(answer.unprocessed_keys.unwrap_or_default().is_empty());
}

#[tokio::test]
async fn consumed_capacity_is_told_by_table_and_index() {
    let dir = tempfile::tempdir().unwrap();
    let database = open_with_table(dir.path()).await;
    let consumed = database
        .client
        .put_item()
        .table_name(TABLE)
        .set_item(Some(item([("Id", "1"), ("Owner", "me"), ("Date", "A_1")])))
        .return_consumed_capacity(ReturnConsumedCapacity::Indexes)
        .send()
        .await
        .unwrap()
        .consumed_capacity
        .unwrap();
    assert_eq!(consumed.table_name(), Some(TABLE));
    assert_eq!(consumed.capacity_units, Some(2.0));
    assert_eq!(consumed.table.unwrap().capacity_units, Some(1.0));
    assert_eq!(
        consumed.global_secondary_indexes.unwrap()[INDEX].capacity_units,
        Some(1.0)
    );
}

#[tokio::test]
async fn time_to_live_can_be_set_and_what_has_expired_goes() {
    let dir = tempfile::tempdir().unwrap();
    let database = open_with_table(dir.path()).await;
    database
        .client
        .update_time_to_live()
        .table_name(TABLE)
        .time_to_live_specification(
            TimeToLiveSpecification::builder()
                .attribute_name("ExpiresAt")
                .enabled(true)
                .build()
                .unwrap(),
        )
        .send()
        .await
        .unwrap();
    let described = database
        .client
        .describe_time_to_live()
        .table_name(TABLE)
        .send()
        .await
        .unwrap();
    assert_eq!(
        described.time_to_live_description.unwrap().attribute_name(),
        Some("ExpiresAt")
    );
    let minute_ago = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs() - 60;
    for (id, expires_at) in [("old", minute_ago), ("new", minute_ago + 3600)] {
        database
            .client
            .put_item()
            .table_name(TABLE)
            .item("Id", text(id))
            .item("ExpiresAt", AttributeValue::N(expires_at.to_string()))
            .send()
            .await
            .unwrap();
    }
    database.close().await;

    // A database that is opened is swept at once.
    let database = open(dir.path()).await;
    let gone = async { while get(&database.client, "old").await.is_some() {} };
    timeout(Duration::from_secs(60), gone).await.unwrap();
    assert!(get(&database.client, "new").await.is_some());
}

#[tokio::test]
async fn what_the_engine_does_not_know_is_a_clean_error() {
    let dir = tempfile::tempdir().unwrap();
    let database = open(dir.path()).await;
    let missing = database
        .client
        .describe_table()
        .table_name("Nothing")
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    assert!(missing.is_resource_not_found_exception(), "{missing:?}");

    let unknown = database.client.list_backups().send().await.unwrap_err();
    assert!(matches!(unknown, SdkError::ServiceError(_)), "{unknown:?}");
    assert_eq!(unknown.code(), Some("UnknownOperationException"));
}

#[tokio::test]
async fn data_survive_a_restart() {
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
async fn a_second_opener_is_told_so_until_the_last_client_is_gone() {
    let dir = tempfile::tempdir().unwrap();
    let database = open_with_table(dir.path()).await;
    let client = database.client.clone();
    database.close().await;
    let refused = database::open(&options(dir.path())).await.unwrap_err();
    assert!(
        matches!(refused, DatabaseError::InUse { .. }),
        "{refused:?}"
    );
    assert_eq!(
        refused.to_string(),
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
async fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("dynamodb.sqlite");
    let content = "not a database ".repeat(100);
    fs::write(&file, &content).unwrap();
    let refused = database::open(&options(dir.path())).await.unwrap_err();
    assert!(
        matches!(refused, DatabaseError::DataFile { .. }),
        "{refused:?}"
    );
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
        "the database, its two companions and the lock"
    );
    for file in files(&data_dir) {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
    database.close().await;

    // Files that were copied there with other permissions are closed again.
    for file in files(&data_dir) {
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    }
    let _database = open(&data_dir).await;
    for file in files(&data_dir) {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[tokio::test]
async fn a_port_is_served_when_asked_for_and_refused_when_taken() {
    let dir = tempfile::tempdir().unwrap();
    // Bound but not listening: nobody else is given the port, and the engine can still listen on it.
    let reserved = TcpSocket::new_v4().unwrap();
    reserved.set_reuseaddr(true).unwrap();
    reserved.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let port = reserved.local_addr().unwrap().port();
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
    let refused = database::open(&DatabaseOptions {
        data_dir: elsewhere.path().to_owned(),
        ..with_port
    })
    .await
    .unwrap_err();
    assert!(
        matches!(refused, DatabaseError::EmbeddedPort { .. }),
        "{refused:?}"
    );
    database.close().await;
}

/// A process that has the database open and writes to it.
struct Writer {
    process: Child,
    output: BufReader<ChildStdout>,
}

const WRITER_DIRECTORY: &str = "TEST_WRITER_DIRECTORY";

impl Writer {
    /// Starts this test program again, to run nothing but [`writer_process`], and waits for the first write.
    fn start(data_dir: &Path) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "writer_process", "--nocapture"])
            .env(WRITER_DIRECTORY, data_dir)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        while !line.ends_with("stored 0\n") {
            line.clear();
            assert_ne!(output.read_line(&mut line).unwrap(), 0, "the writer ended");
        }
        Self { process, output }
    }

    /// Kills the process, which gets no chance to tidy up, and returns how many writes it had seen acknowledged.
    fn kill(mut self) -> usize {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        let mut rest = String::new();
        self.output.read_to_string(&mut rest).unwrap();
        // The last line may be cut off: it counts as acknowledged only when it is whole.
        1 + rest.matches('\n').count()
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Not a test by itself: what [`Writer`] runs in a process of its own.
#[tokio::test]
async fn writer_process() {
    let Some(data_dir) = std::env::var_os(WRITER_DIRECTORY) else {
        return;
    };
    let database = open_with_table(data_dir.as_ref()).await;
    for n in 0.. {
        put(&database.client, [("Id", &n.to_string())]).await;
        let mut stdout = std::io::stdout().lock();
        writeln!(stdout, "stored {n}").unwrap();
        stdout.flush().unwrap();
    }
}

#[tokio::test]
async fn a_killed_process_loses_nothing_that_it_acknowledged_and_leaves_no_lock() {
    let dir = tempfile::tempdir().unwrap();
    let mut writer = Writer::start(dir.path());
    let refused = database::open(&options(dir.path())).await.unwrap_err();
    assert!(
        matches!(refused, DatabaseError::InUse { .. }),
        "{refused:?}"
    );
    let mut line = String::new();
    for _ in 0..50 {
        writer.output.read_line(&mut line).unwrap();
    }
    let acknowledged = 50 + writer.kill();

    let database = open(dir.path()).await;
    for n in 0..acknowledged {
        assert!(
            get(&database.client, &n.to_string()).await.is_some(),
            "write {n} is lost"
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_engine_listens_nowhere() {
    let dir = tempfile::tempdir().unwrap();
    let writer = Writer::start(dir.path());
    let process = format!("/proc/{}", writer.process.id());
    let listening: Vec<String> = ["tcp", "tcp6"]
        .iter()
        .flat_map(|table| {
            let table = fs::read_to_string(format!("{process}/net/{table}")).unwrap();
            let sockets: Vec<String> = table
                .lines()
                .skip(1)
                .map(|line| line.split_whitespace().collect::<Vec<_>>())
                .filter(|columns| columns[3] == "0A")
                .map(|columns| format!("socket:[{}]", columns[9]))
                .collect();
            sockets
        })
        .collect();
    let open: Vec<String> = fs::read_dir(format!("{process}/fd"))
        .unwrap()
        .filter_map(|entry| fs::read_link(entry.ok()?.path()).ok())
        .map(|target| target.to_string_lossy().into_owned())
        .collect();
    assert!(
        open.iter().any(|file| file.ends_with("dynamodb.sqlite")),
        "{open:?}"
    );
    assert!(
        open.iter().all(|file| !listening.contains(file)),
        "{open:?}"
    );
}
