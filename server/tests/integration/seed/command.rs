//! The command's arguments, output and errors.

use super::{CHOSEN_ID, SEED_PASSWORD, Tables, log_in, texts};
use test_support::{Client, Finished, json, repository};

#[tokio::test]
async fn players_and_games_can_be_specified() {
    let tables = Tables::embedded();
    let seeded = tables.seed(&[
        "--player",
        "Cleo",
        "--password",
        SEED_PASSWORD,
        "--game",
        &format!("cleo:newcomer:pending@{CHOSEN_ID}"),
        "--game",
        "cleo:dan:in-progress:15",
        "--game",
        "cleo:dan:in-progress:15",
    ]);
    assert_eq!(texts(&seeded["players"], "name"), ["cleo"]);
    let ids = texts(&seeded["games"], "game_id");
    assert_eq!(ids[0], CHOSEN_ID);
    assert_ne!(ids[1], ids[2], "a game specified twice is created twice");
    assert_eq!(
        texts(&seeded["games"], "spec")[1],
        "cleo:dan:in-progress:TopLeft,MiddleMiddle"
    );

    let server = tables.serve().await;
    let cleo = log_in(&server, "cleo").await;
    let page = cleo.page(&format!("/games/{CHOSEN_ID}")).await;
    let page = page.is(200).text();
    assert!(page.contains("No player is called newcomer yet."), "{page}");
    let game = cleo.game(ids[1]).await;
    assert_eq!(game["board"], json!({"TopLeft": "O", "MiddleMiddle": "X"}));
    assert_eq!(game["moves"], json!(["TopLeft", "MiddleMiddle"]));
}

/// External tests use the ids in the documentation.
#[test]
fn the_documentation_lists_every_game_with_its_id() {
    let text = std::fs::read_to_string(repository().join("docs/testing.md")).unwrap();
    let seeded = Tables::embedded().seed(&[]);
    let games = seeded["games"].as_array().unwrap();
    for game in games {
        let id = game["game_id"].as_str().unwrap();
        let line = text.lines().find(|line| line.contains(id));
        let line = line.unwrap_or_else(|| panic!("no {id} in docs/testing.md"));
        assert!(line.contains(game["spec"].as_str().unwrap()), "{line}");
    }
    let lines = text.lines().filter(|line| line.starts_with("| `/games/"));
    let lines = lines.filter(|line| !line.contains("{id}"));
    assert_eq!(lines.count(), games.len());
}

#[tokio::test]
async fn the_output_names_each_player_and_game() {
    let tables = Tables::embedded();
    let game = format!("ada:bob:finished:14253@{CHOSEN_ID}");
    let finished = tables.run(&["--game", &game]);
    assert_eq!(finished.code, Some(0), "{}", finished.stderr);
    let expected = format!(
        "/ player ada: new, password \"{SEED_PASSWORD}\"\n/ player bob: new, password \"{SEED_PASSWORD}\"\n\
         /games/{CHOSEN_ID} ada vs bob: ada won with 5 marks\n"
    );
    assert_eq!(finished.stdout, expected);
}

#[test]
fn impossible_requests_are_explained_and_write_nothing() {
    let tables = Tables::embedded();
    let same_id = [
        format!("ada:bob:pending@{CHOSEN_ID}"),
        format!("bob:ada:pending@{CHOSEN_ID}"),
    ];
    for (arguments, sentence) in [
        (
            &["--game", "ada:bob:in-progress:TopLeft,TopLeft"][..],
            "move 2 is on TopLeft, which O took with move 1; choose an empty square",
        ),
        (
            &[
                "--game",
                "ada:bob:pending",
                "--game",
                "ada:bob:finished:142536",
            ],
            "move 6 is on MiddleRight, but the game ended with move 5 (O won); remove the later moves",
        ),
        (
            &["--game", "ada:bob:won"],
            "unknown state \"won\"; use pending",
        ),
        (&["--player", "a"], "\"a\" can't be a player's name"),
        (
            &["--password", "short"],
            "Use at least 8 characters for the password.",
        ),
        (
            &["--game", &same_id[0], "--game", &same_id[1]],
            "two games can't both have the id 7d1f9e1c",
        ),
        (
            &["--database", "aws", "--region", "eu-central-1"],
            "error: test players do not belong on Amazon DynamoDB, where people play; use --database embedded or local",
        ),
    ] {
        let Finished {
            code,
            stdout,
            stderr,
        } = tables.run(arguments);
        assert!(code.is_some_and(|code| code != 0), "{arguments:?}");
        assert_eq!(stdout, "", "{arguments:?}");
        assert!(stderr.contains(sentence), "{arguments:?}: {stderr}");
        assert_eq!(
            stderr.matches("error: ").count(),
            1,
            "{arguments:?}: {stderr}"
        );
    }
    assert_eq!(
        tables.data.path().read_dir().unwrap().count(),
        0,
        "no database was opened"
    );
}

#[tokio::test]
async fn another_players_game_is_not_replaced_and_nothing_is_written() {
    let tables = Tables::embedded();
    let theirs = format!("cleo:dan:in-progress:1@{CHOSEN_ID}");
    tables.seed(&["--game", &theirs]);
    let ours = format!("ada:bob:pending@{CHOSEN_ID}");
    let finished = tables.run(&["--game", "ada:bob:pending", "--game", &ours]);
    assert_eq!((finished.code, finished.stdout.as_str()), (Some(1), ""));
    let sentence = format!(
        "error: nothing was written: game {CHOSEN_ID} already exists, between cleo and dan; choose another id\n"
    );
    assert_eq!(finished.stderr, sentence);

    let server = tables.serve().await;
    let cleo = log_in(&server, "cleo").await;
    assert_eq!(cleo.game(CHOSEN_ID).await["status"], "IN_PROGRESS");
    let ada = json!({"name": "ada", "password": SEED_PASSWORD});
    Client::new(server.address)
        .post("/api/v1/session", ada)
        .await
        .problem(401, "wrong_credentials");
}

#[tokio::test]
async fn tables_in_use_by_a_server_are_reported() {
    let tables = Tables::embedded();
    let _server = tables.serve().await;
    let Finished { code, stderr, .. } = tables.run(&[]);
    assert_eq!(code, Some(1));
    assert!(
        stderr.contains("is in use by another server; stop it, or choose another --data-dir"),
        "{stderr}"
    );
}
