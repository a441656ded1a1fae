//! The commands for the tables and for the configuration.

use std::path::Path;
use test_support::{Finished, command, dynamodb_local, dynamodb_local_endpoint, run};

/// Runs a command with the embedded database in a directory.
fn run_in(data: &Path, arguments: &[&str]) -> Finished {
    run(command(arguments).env("TTT_DATA_DIR", data))
}

/// Runs a command that succeeds and returns its output.
#[track_caller]
fn output_of(data: &Path, arguments: &[&str]) -> String {
    let finished = run_in(data, arguments);
    assert_eq!(finished.code, Some(0), "{}", finished.stderr);
    finished.stdout
}

/// Runs a command that fails.
#[track_caller]
fn failure_of(data: &Path, arguments: &[&str]) -> Finished {
    let finished = run_in(data, arguments);
    assert_ne!(finished.code, Some(0), "{}", finished.stdout);
    finished
}

#[test]
fn tables_are_created_described_and_deleted() {
    let data = tempfile::tempdir().unwrap();
    let data = data.path();
    let prefix = ["--table-prefix", "test-"];

    let create = [&["tables", "create"], &prefix[..]].concat();
    let output = output_of(data, &create);
    for table in ["test-Games", "test-Players", "test-Sessions"] {
        assert!(output.contains(&format!("{table}: active")), "{output}");
    }
    let output = output_of(data, &create);
    assert!(output.contains("test-Games: there already"), "{output}");

    let output = output_of(data, &[&["tables", "describe"], &prefix[..]].concat());
    for line in [
        "test-Games: ACTIVE, 0 items, 0 bytes, on demand\n",
        "  HostId-StatusDate-index: ACTIVE, 0 entries, 0 bytes\n",
        "test-Players: ACTIVE",
    ] {
        assert!(output.contains(line), "{output}");
    }
    // The tables with another prefix do not exist.
    let output = output_of(data, &["tables", "describe"]);
    assert!(output.contains("\nPlayers: not found"), "{output}");

    // Nobody confirms the deletion on a terminal.
    let delete = [&["tables", "delete"], &prefix[..]].concat();
    let error = failure_of(data, &delete).stderr;
    let sentence = "error: nothing was deleted: answer yes, or pass --yes";
    assert!(error.contains(sentence), "{error}");
    let with_yes = [&delete[..], &["--yes"]].concat();
    let output = output_of(data, &with_yes);
    assert!(output.contains("test-Games: deleted"), "{output}");
    let output = output_of(data, &with_yes);
    assert!(output.contains("test-Games: not found"), "{output}");
}

#[test]
fn an_unreachable_database_is_explained() {
    let data = tempfile::tempdir().unwrap();
    let nowhere = ["--database", "local", "--endpoint", "http://127.0.0.1:9"];
    for command in ["create", "describe", "delete"] {
        let arguments = [&["tables", command], &nowhere[..]].concat();
        let error = failure_of(data.path(), &arguments).stderr;
        let sentence = "error: DynamoDB Local at http://127.0.0.1:9 does not respond; start it, or choose another --endpoint";
        assert!(error.contains(sentence), "{error}");
    }
}

#[test]
fn an_unsupported_option_is_reported_and_the_tables_are_usable() {
    let data = tempfile::tempdir().unwrap();
    let Finished { stdout, stderr, .. } = failure_of(
        data.path(),
        &["tables", "create", "--point-in-time-recovery"],
    );
    assert!(
        stdout.contains("Sessions: items expire at ExpiresAt"),
        "{stdout}"
    );
    assert!(
        stderr.contains(" rejected the request: ")
            && stderr.contains("(UnknownOperationException); "),
        "{stderr}"
    );
    let output = output_of(data.path(), &["tables", "create"]);
    assert!(output.contains("Games: there already"), "{output}");
}

#[tokio::test]
async fn a_shared_session_table_with_the_old_key_is_reported() {
    let fixture = dynamodb_local().await;
    fixture.create_old_sessions_table().await;
    let endpoint = dynamodb_local_endpoint().await;
    let sentence = format!(
        "error: the table {prefix}Sessions has the primary key of an earlier version; delete it with \
         `aws dynamodb delete-table --table-name {prefix}Sessions --endpoint-url {endpoint}` and create it with \
         `server tables create`",
        prefix = fixture.prefix
    );
    let database = ["--database", "local", "--endpoint", &endpoint];
    let database = [&database[..], &["--table-prefix", &fixture.prefix]].concat();
    for subcommand in [
        &["serve", "--listen", "127.0.0.1:0"][..],
        &["tables", "create"],
        &["seed"],
    ] {
        let Finished { code, stderr, .. } = run(&mut command(&[subcommand, &database].concat()));
        assert_eq!(code, Some(1), "{stderr}");
        assert!(stderr.contains(&sentence), "{stderr}");
    }
}

#[test]
fn the_configuration_is_shown_with_origins() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("config.toml");
    std::fs::write(&file, "listen = \"127.0.0.1:4000\"\n").unwrap();
    let file = file.to_str().unwrap();
    let output = output_of(
        data.path(),
        &["config", "--config", file, "--region", "eu-west-1"],
    );
    for (flag, value, origin) in [
        ("listen", "127.0.0.1:4000", format!("{file}, line 1")),
        ("region", "eu-west-1", "--region".to_owned()),
        (
            "data-dir",
            data.path().to_str().unwrap(),
            "TTT_DATA_DIR".to_owned(),
        ),
        ("database", "embedded", "default".to_owned()),
        ("endpoint", "-", "not set".to_owned()),
    ] {
        let mut lines = output.lines();
        let line = lines.find(|line| line.split_whitespace().next() == Some(flag));
        let line = line.unwrap_or_else(|| panic!("no {flag} in {output}"));
        assert!(line.contains(value) && line.ends_with(&origin), "{line}");
    }
}
