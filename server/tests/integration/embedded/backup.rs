//! Backup and restore of the embedded database, with the commands of `docs/operations.md`.

use std::{
    path::{Path, PathBuf},
    process::Command,
};
use test_support::{Client, ServerProcess};

/// Serves a data directory.
async fn serve(data_dir: &Path) -> ServerProcess {
    ServerProcess::start(&["--data-dir", data_dir.to_str().unwrap()], &[]).await
}

async fn stop(mut server: ServerProcess) {
    server.signal("INT");
    assert!(server.ended().await.success());
}

/// Copies a directory as the manual says.
fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg("-a").args([from, to]).status();
    assert!(copied.unwrap().success());
}

#[tokio::test]
async fn a_copy_of_the_directory_is_a_backup() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| -> PathBuf { directory.path().join(name) };
    let (data, backup) = (path("data"), path("backup"));

    let server = serve(&data).await;
    let ada = Client::registered(server.address, "ada").await;
    let bob = Client::registered(server.address, "bob").await;
    let game = ada.invite("bob").await;
    bob.accept(&game).await;
    ada.play(&game, "TopLeft", 0).await;
    let saved = ada.game(&game).await;
    stop(server).await;
    copy(&data, &backup);

    // What happens after the backup is not in it.
    let server = serve(&data).await;
    let bob = Client::logged_in(server.address, "bob").await;
    bob.play(&game, "TopRight", 1).await;
    stop(server).await;

    let server = serve(&backup).await;
    let bob = Client::logged_in(server.address, "bob").await;
    assert_eq!(bob.game(&game).await, saved);
    bob.play(&game, "BottomLeft", 1).await;
    let lobby = bob.get("/api/v1/lobby").await.is(200).json();
    assert_eq!(lobby["in_progress"][0]["game_id"], game);
    let again = Client::new(server.address);
    again.set_cookie(ada.cookie());
    again.get("/api/v1/session").await.is(200);
}

#[tokio::test]
async fn a_copy_of_a_killed_servers_directory_is_complete() {
    let directory = tempfile::tempdir().unwrap();
    let (data, backup) = (
        directory.path().join("data"),
        directory.path().join("backup"),
    );
    let mut server = serve(&data).await;
    let ada = Client::registered(server.address, "ada").await;
    let game = ada.invite("bob").await;
    server.kill().await;
    copy(&data, &backup);

    let server = serve(&backup).await;
    let ada = Client::logged_in(server.address, "ada").await;
    assert_eq!(ada.game(&game).await["status"], "PENDING");
}
