//! The embedded engine in a server process.

use super::{open, options};
use aws_sdk_dynamodb::types::AttributeValue;
use server::database::{self, DatabaseError};
use test_support::{Client, Method, ServerProcess, json, new_game_id};
use tokio::sync::watch;

/// The number of acknowledged writes before the process is killed.
const WRITES: usize = 50;

#[tokio::test]
async fn a_killed_process_loses_no_acknowledged_write_and_leaves_no_lock() {
    let directory = tempfile::tempdir().unwrap();
    let data_dir = directory.path().to_str().unwrap();
    let mut server = ServerProcess::start(&["--data-dir", data_dir], &[]).await;
    let error = database::open(&options(directory.path()))
        .await
        .unwrap_err();
    assert!(matches!(error, DatabaseError::InUse { .. }), "{error:?}");

    // Writes until the process is killed.
    let ada = Client::registered(server.address, "ada").await;
    let (count, mut counted) = watch::channel(0);
    let writer = tokio::spawn(async move {
        let mut acknowledged = Vec::new();
        loop {
            let game = new_game_id();
            let body = json!({"opponent": "bob", "game_id": game});
            let request = ada.request(Method::POST, "/api/v1/games").json(&body);
            match request.try_send().await {
                Ok(answer) => drop(answer.is(201)),
                Err(_) => return acknowledged,
            }
            acknowledged.push(game);
            count.send_replace(acknowledged.len());
        }
    });
    counted.wait_for(|count| *count >= WRITES).await.unwrap();
    server.kill().await;
    let acknowledged = writer.await.unwrap();

    let database = open(directory.path()).await;
    for game in acknowledged {
        let get = database.client.get_item().table_name("Games");
        let get = get.key("GameId", AttributeValue::S(game.clone()));
        let answer = get.consistent_read(true).send().await.unwrap();
        assert!(answer.item.is_some(), "{game} is lost");
    }
}

/// The server listens for HTTP and nothing else.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_engine_opens_no_port() {
    use std::fs;

    let directory = tempfile::tempdir().unwrap();
    let data_dir = directory.path().to_str().unwrap();
    let server = ServerProcess::start(&["--data-dir", data_dir], &[]).await;
    let process = format!("/proc/{}", server.id());
    // The columns of /proc/net/tcp: 1 is the local address with the port in hexadecimal, 3 is the state, 9 is the inode.
    let listening: Vec<(String, String)> = ["tcp", "tcp6"]
        .iter()
        .flat_map(|table| {
            let table = fs::read_to_string(format!("{process}/net/{table}")).unwrap();
            let sockets: Vec<_> = table
                .lines()
                .skip(1)
                .map(|line| line.split_whitespace().collect::<Vec<_>>())
                .filter(|columns| columns[3] == "0A")
                .map(|columns| (format!("socket:[{}]", columns[9]), columns[1].to_owned()))
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
    let own = listening.iter().filter(|(socket, _)| open.contains(socket));
    let ports: Vec<&str> = own
        .filter_map(|(_, address)| address.split(':').nth(1))
        .collect();
    assert_eq!(ports, [format!("{:04X}", server.address.port())]);
}
