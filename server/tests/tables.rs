//! The commands about the tables, and the one that shows the configuration: the real program.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::{
    path::Path,
    process::{Command, Output, Stdio},
};

/// Runs the program with the embedded database in a directory.
fn run(data: &Path, arguments: &[&str]) -> (bool, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_server"))
        .args(arguments)
        .env_clear()
        .env("TTT_DATA_DIR", data)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let Output {
        status,
        stdout,
        stderr,
    } = output;
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.success(), text(stdout), text(stderr))
}

#[test]
fn tables_are_created_described_and_deleted_each_twice() {
    let data = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| run(data.path(), arguments);
    let prefix = ["--table-prefix", "test-"];

    let create = [&["tables", "create"], &prefix[..]].concat();
    let (done, said, _) = run(&create);
    assert!(done);
    for table in ["test-Games", "test-Players", "test-Sessions"] {
        assert!(said.contains(&format!("{table}: active")), "{said}");
    }
    let (done, said, _) = run(&create);
    assert!(done && said.contains("test-Games: there already"), "{said}");

    let (done, said, _) = run(&[&["tables", "describe"], &prefix[..]].concat());
    assert!(done);
    for line in [
        "test-Games: ACTIVE, 0 items, 0 bytes, on demand\n",
        "  HostId-StatusDate-index: ACTIVE, 0 entries, 0 bytes\n",
        "test-Players: ACTIVE",
    ] {
        assert!(said.contains(line), "{said}");
    }
    // Those of another environment are not there.
    let (done, said, _) = run(&["tables", "describe"]);
    assert!(done && said.contains("\nPlayers: there is none"), "{said}");

    // Nobody is at the terminal to say yes.
    let delete = [&["tables", "delete"], &prefix[..]].concat();
    let (done, _, error) = run(&delete);
    assert!(
        !done && error.contains("error: nothing was deleted: answer yes, or give --yes"),
        "{error}"
    );
    let with_yes = [&delete[..], &["--yes"]].concat();
    let (done, said, _) = run(&with_yes);
    assert!(done && said.contains("test-Games: gone"), "{said}");
    let (done, said, _) = run(&with_yes);
    assert!(done && said.contains("test-Games: there is none"), "{said}");
}

#[test]
fn a_database_that_does_not_answer_is_told_in_a_sentence() {
    let data = tempfile::tempdir().unwrap();
    let nowhere = ["--database", "local", "--endpoint", "http://127.0.0.1:9"];
    for command in ["create", "describe", "delete"] {
        let (done, _, error) = run(data.path(), &[&["tables", command], &nowhere[..]].concat());
        let sentence = "error: DynamoDB Local at http://127.0.0.1:9 does not answer; start it, or choose another --endpoint";
        assert!(!done && error.contains(sentence), "{error}");
    }
}

#[test]
fn what_an_engine_does_not_know_is_told_in_its_words_and_the_tables_are_usable() {
    let data = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| run(data.path(), arguments);
    let (done, said, error) = run(&["tables", "create", "--point-in-time-recovery"]);
    assert!(!done);
    assert!(
        said.contains("Sessions: items expire at ExpiresAt"),
        "{said}"
    );
    assert!(
        error.contains(" refuses: ") && error.contains("(UnknownOperationException); "),
        "{error}"
    );
    let (done, said, _) = run(&["tables", "create"]);
    assert!(done && said.contains("Games: there already"), "{said}");
}

#[test]
fn the_configuration_is_shown_with_origins() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("config.toml");
    std::fs::write(&file, "listen = \"127.0.0.1:4000\"\n").unwrap();
    let file = file.to_str().unwrap();
    let (done, said, _) = run(
        data.path(),
        &["config", "--config", file, "--region", "eu-west-1"],
    );
    assert!(done);
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
        let is_it = |line: &&str| line.split_whitespace().next() == Some(flag);
        let line = said
            .lines()
            .find(is_it)
            .unwrap_or_else(|| panic!("no {flag} in {said}"));
        assert!(line.contains(value) && line.ends_with(&origin), "{line}");
    }
}
