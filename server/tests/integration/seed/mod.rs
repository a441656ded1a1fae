//! The command `server seed`: a server process shows the seeded players and games as requested, on both engines.

mod command;
mod reseeding;
mod states;

use tempfile::TempDir;
use test_support::{
    Client, Finished, ServerProcess, Value, command, dynamodb_local_endpoint, json, run,
};

/// The default password of seeded players.
const SEED_PASSWORD: &str = "correct horse 1";

/// The id of a game whose id the test chooses.
const CHOSEN_ID: &str = "7d1f9e1c-52a8-4be4-9d59-3f0d5a6c2b10";

/// Tables that no other test uses, as options of the server.
struct Tables {
    options: Vec<String>,
    data: TempDir,
}

impl Tables {
    fn embedded() -> Self {
        let data = tempfile::tempdir().unwrap();
        let options = ["--data-dir", data.path().to_str().unwrap()];
        Self {
            options: options.map(str::to_owned).into(),
            data,
        }
    }

    async fn dynamodb_local() -> Self {
        let endpoint = dynamodb_local_endpoint().await;
        let prefix = format!("t{}-", uuid::Uuid::new_v4().simple());
        let options = [
            "--database",
            "local",
            "--endpoint",
            &endpoint,
            "--table-prefix",
            &prefix,
        ];
        Self {
            options: options.map(str::to_owned).into(),
            data: tempfile::tempdir().unwrap(),
        }
    }

    fn options(&self) -> Vec<&str> {
        self.options.iter().map(String::as_str).collect()
    }

    /// Runs the command.
    fn run(&self, arguments: &[&str]) -> Finished {
        run(&mut command(
            &[&["seed"], &self.options()[..], arguments].concat(),
        ))
    }

    /// Runs the command and returns its JSON output.
    fn seed(&self, arguments: &[&str]) -> Value {
        let finished = self.run(&[&["--json"], arguments].concat());
        assert_eq!(finished.code, Some(0), "{}", finished.stderr);
        serde_json::from_str(&finished.stdout).unwrap()
    }

    async fn serve(&self) -> ServerProcess {
        ServerProcess::start(&self.options(), &[]).await
    }
}

/// Logs in as a seeded player.
async fn log_in(server: &ServerProcess, name: &str) -> Client {
    let client = Client::new(server.address);
    let credentials = json!({"name": name, "password": SEED_PASSWORD});
    client.post("/api/v1/session", credentials).await.is(200);
    client
}

/// A member of each object in a list.
fn texts<'a>(list: &'a Value, member: &str) -> Vec<&'a str> {
    let list = list.as_array().unwrap().iter();
    list.map(|object| object[member].as_str().unwrap())
        .collect()
}
