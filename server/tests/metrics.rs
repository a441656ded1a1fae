//! The figures for Prometheus: that they are right, and that they are not where everybody looks. Each test
//! has a process of its own, because a process has one recorder.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "http/support/mod.rs"]
#[allow(dead_code, unused_imports)]
mod http;
mod program;
#[path = "support/mod.rs"]
mod support;

use http::{Client, Method, PASSWORD, json, path_of, play_all};
use program::{Program, command, run};
use std::{
    net::TcpListener,
    time::{Duration, Instant},
};
use support::FaultProxy;

const DURATION: &str = "ttt_http_request_duration_seconds_count";
const OPERATIONS: &str = "ttt_dynamodb_operations_total";
const GAME: &str = "7d1f9e1c-52a8-4be4-9d59-3f0d5a6c2b10";

/// A server and its metrics.
struct Measured {
    program: Program,
    metrics: Client,
}

impl Measured {
    fn start(arguments: &[&str]) -> Self {
        let with = ["--metrics-listen", "127.0.0.1:0"];
        let mut program = Program::serve(&[&with, arguments].concat(), &[]);
        let line = program.line();
        let address = line
            .strip_prefix("metrics at http://")
            .and_then(|rest| rest.strip_suffix("/metrics"));
        let address = address.unwrap_or_else(|| panic!("{line}")).parse().unwrap();
        Self {
            program,
            metrics: Client::new(address),
        }
    }

    fn visitor(&self) -> Client {
        Client::new(self.program.address)
    }

    async fn player(&self, name: &str) -> Client {
        Client::registered(self.program.address, name).await
    }

    async fn read(&self) -> Figures {
        let answer = self.metrics.get("/metrics").await.is(200);
        assert_eq!(
            answer.header("content-type"),
            "text/plain; version=0.0.4; charset=utf-8"
        );
        Figures(answer.text())
    }

    /// Reads until the figures are so: nothing tells when they are.
    async fn until(&self, wanted: impl Fn(&Figures) -> bool) -> Figures {
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            let figures = self.read().await;
            if wanted(&figures) {
                return figures;
            }
            assert!(Instant::now() < deadline, "{}", figures.0);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// What Prometheus reads.
struct Figures(String);

impl Figures {
    /// The sum of what has this name and these labels; `None` if nothing has.
    fn get(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let values = self.0.lines().filter_map(|line| {
            let rest = line.strip_prefix(name)?;
            let (found, value) = rest.rsplit_once(' ')?;
            let found = match found.strip_prefix('{') {
                Some(found) => found.strip_suffix('}')?,
                None if found.is_empty() => "",
                None => return None,
            };
            let has = |(label, value): &(&str, &str)| {
                let pair = format!("{label}=\"{value}\"");
                found.contains(&pair)
            };
            labels
                .iter()
                .all(has)
                .then(|| value.parse::<f64>().unwrap())
        });
        values.reduce(|sum, value| sum + value)
    }

    #[track_caller]
    fn has(&self, name: &str, labels: &[(&str, &str)], expected: f64) {
        let found = self.get(name, labels).unwrap_or_default();
        assert_eq!(found, expected, "{name} {labels:?} in\n{}", self.0);
    }
}

#[tokio::test]
async fn a_game_is_counted_exactly() {
    let server = Measured::start(&["--table-prefix", "test-"]);
    let (zaphod, trillian) = (
        server.player("zaphod").await,
        server.player("trillian").await,
    );
    // The name is taken; a log-in, and one with a wrong password.
    let visitor = server.visitor();
    let account = |password: &str| json!({"name": "zaphod", "password": password});
    let taken = visitor.post("/api/v1/players", account(PASSWORD)).await;
    taken.problem(409, "name_taken");
    let wrong = visitor.post("/api/v1/session", account("a guess")).await;
    wrong.problem(401, "wrong_credentials");
    visitor
        .post("/api/v1/session", account(PASSWORD))
        .await
        .is(200);

    // The same invitation twice: the second time the condition fails.
    let invitation = json!({"opponent": "trillian", "game_id": GAME});
    zaphod
        .post("/api/v1/games", invitation.clone())
        .await
        .is(201);
    zaphod.post("/api/v1/games", invitation).await.is(200);
    trillian.accept(GAME).await;
    let squares = [
        "TopLeft",
        "MiddleLeft",
        "TopMiddle",
        "MiddleMiddle",
        "TopRight",
    ];
    play_all(&zaphod, &trillian, GAME, &squares).await;
    // The last move sent again is no other; one after the end is refused.
    zaphod.play(GAME, "TopRight", 4).await;
    let late = trillian.try_move(GAME, "BottomLeft", 5).await;
    late.problem(409, "game_not_in_progress");
    let declined = zaphod.invite("trillian").await;
    let path = format!("{}/decline", path_of(&declined));
    trillian.post_nothing(&path).await.is(204);

    // What is not there, what nobody knows, and what can't be read.
    visitor.get("/nowhere/at/all").await.is(404);
    let brew = Method::from_bytes(b"BREW").unwrap();
    visitor.request(brew, "/").send().await;
    let call = visitor.request(Method::POST, "/actions/play").call(&[]);
    call.send().await.is(400);

    let figures = server.read().await;
    for (name, labels, value) in [
        ("ttt_accounts_created_total", &[][..], 2.0),
        ("ttt_log_ins_total", &[], 1.0),
        ("ttt_games_created_total", &[], 2.0),
        ("ttt_games_accepted_total", &[], 1.0),
        ("ttt_moves_total", &[], 5.0),
        ("ttt_games_finished_total", &[("winner", "host")], 1.0),
        ("ttt_games_finished_total", &[], 1.0),
        ("ttt_games_removed_total", &[("reason", "declined")], 1.0),
        ("ttt_refusals_total", &[("code", "name_taken")], 1.0),
        ("ttt_refusals_total", &[("code", "wrong_credentials")], 1.0),
        (
            "ttt_refusals_total",
            &[("code", "game_not_in_progress")],
            1.0,
        ),
        ("ttt_refusals_total", &[("code", "malformed_request")], 1.0),
        ("ttt_password_hash_duration_seconds_count", &[], 5.0),
        ("ttt_password_hash_wait_seconds_count", &[], 5.0),
        ("ttt_build_info", &[("version", "0.1.0")], 1.0),
        ("ttt_http_requests_in_flight", &[], 0.0),
    ] {
        figures.has(name, labels, value);
    }
    for (route, method, status, count) in [
        ("/api/v1/players", "POST", "2xx", 2.0),
        ("/api/v1/players", "POST", "4xx", 1.0),
        ("/api/v1/session", "POST", "4xx", 1.0),
        ("/api/v1/games", "POST", "2xx", 3.0),
        ("/api/v1/games/{game_id}/moves", "POST", "2xx", 6.0),
        ("/api/v1/games/{game_id}/moves", "POST", "4xx", 1.0),
        ("/actions/play", "POST", "4xx", 1.0),
        ("(none)", "GET", "4xx", 1.0),
        ("/", "other", "4xx", 1.0),
    ] {
        let labels = [("route", route), ("method", method), ("status", status)];
        figures.has(DURATION, &labels, count);
    }
    for (operation, table, outcome, count) in [
        ("PutItem", "Players", "ok", 2.0),
        ("PutItem", "Players", "condition_failed", 1.0),
        ("PutItem", "Sessions", "ok", 3.0),
        ("PutItem", "Games", "ok", 2.0),
        ("PutItem", "Games", "condition_failed", 1.0),
        // The acceptance and five moves.
        ("UpdateItem", "Games", "ok", 6.0),
        ("UpdateItem", "Games", "condition_failed", 0.0),
        ("DeleteItem", "Games", "ok", 1.0),
    ] {
        let labels = [
            ("operation", operation),
            ("table", table),
            ("outcome", outcome),
        ];
        figures.has(OPERATIONS, &labels, count);
    }
    let of_index = [("table", "Games"), ("index", "HostId-StatusDate-index")];
    let units = figures.get("ttt_dynamodb_consumed_write_units_sum", &of_index);
    // Two invitations and a removal, one unit each; the acceptance and the end change the key: two each.
    assert_eq!(units, Some(7.0));
    assert_eq!(figures.get("ttt_dynamodb_retries_total", &[]), None);
    if cfg!(target_os = "linux") {
        assert!(figures.get("process_resident_memory_bytes", &[]).unwrap() > 1e6);
        assert!(figures.get("process_open_fds", &[]).unwrap() >= 3.0);
    }

    // Nobody is in it, and no game.
    let cookie = zaphod.cookie().unwrap();
    let token = cookie.split('=').next_back().unwrap();
    for secret in [
        "zaphod",
        "trillian",
        GAME,
        &declined,
        token,
        "127.0.0.1",
        "test-",
    ] {
        assert!(!figures.0.contains(secret), "{secret} in\n{}", figures.0);
    }
    // Every name is explained.
    for line in figures.0.lines().filter(|line| line.starts_with("# TYPE ")) {
        let name = line.split(' ').nth(2).unwrap();
        assert!(figures.0.contains(&format!("# HELP {name} ")), "{name}");
    }
}

#[tokio::test]
async fn open_streams_are_counted_until_they_are_closed() {
    let server = Measured::start(&[]);
    let ada = server.player("ada").await;
    let game = ada.invite("bob").await;
    let of_game = ada.events(&format!("{}/events", path_of(&game))).await;
    let of_lists = ada.events("/api/v1/events").await;
    let figures = server.read().await;
    for kind in ["game", "lists"] {
        figures.has("ttt_event_streams_open", &[("kind", kind)], 1.0);
    }
    for kind in ["games", "lists", "sessions"] {
        figures.has("ttt_watched", &[("kind", kind)], 1.0);
    }
    drop((of_game, of_lists));
    server
        .until(|figures| figures.get("ttt_event_streams_open", &[]) == Some(0.0))
        .await;
    let figures = server.read().await;
    figures.has("ttt_watched", &[], 0.0);
}

#[tokio::test]
async fn they_are_not_at_the_public_address_and_nothing_else_is_at_theirs() {
    let server = Measured::start(&[]);
    let public = server.visitor().get("/metrics").await.is(404);
    assert!(!public.text().contains("ttt_"));
    for path in ["/", "/livez", "/api/v1/lobby", "/metrics/x"] {
        server.metrics.get(path).await.is(404);
    }
    server.metrics.post("/metrics", json!({})).await.is(405);
}

#[test]
fn a_port_that_is_taken_is_told_in_a_sentence() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let data = tempfile::tempdir().unwrap();
    let arguments = ["serve", "--listen", "127.0.0.1:0", "--metrics-listen"];
    let mut command = command(&[&arguments[..], &[&address]].concat());
    let (status, said, error) = run(command.env("TTT_DATA_DIR", data.path()));
    let (beginning, end) = (
        format!("error: can't listen on {address} ("),
        "); stop what is there, or choose another --metrics-listen\n",
    );
    assert!(
        error.contains(&beginning) && error.ends_with(end),
        "{error}"
    );
    assert_eq!((status, said.as_str()), (Some(1), ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_change_feed_and_outages_are_seen() {
    let engine = support::dynamodb_local_endpoint().await;
    let engine = engine.strip_prefix("http://").unwrap().parse().unwrap();
    let proxy = FaultProxy::start(engine, 1).await;
    let endpoint = proxy.endpoint();
    let tables = [
        "--database",
        "local",
        "--endpoint",
        &endpoint,
        "--table-prefix",
        "metrics-",
    ];
    // DynamoDB Local reads a stream from its beginning only once something has been written.
    let before = Program::serve(&tables, &[]);
    let ada = Client::registered(before.address, "ada").await;
    ada.invite("bob").await;
    drop(before);

    let server = Measured::start(&tables);
    let begun = |figures: &Figures| {
        let gaps = |table| figures.get("ttt_feed_gaps_total", &[("table", table)]);
        gaps("Games") == Some(1.0) && gaps("Sessions") == Some(1.0)
    };
    server.until(begun).await;
    let player = server.visitor();
    player.set_cookie(ada.cookie());
    // While somebody watches, the streams are read every second.
    let _stream = player.events("/api/v1/events").await;
    let game = player.invite("bob").await;
    let figures = server
        .until(|figures| figures.get("ttt_feed_records_total", &[("table", "Games")]) == Some(1.0))
        .await;
    let read = [("table", "Games"), ("outcome", "ok")];
    assert!(figures.get("ttt_feed_readings_total", &read) >= Some(1.0));
    let last = figures.get(
        "ttt_feed_last_reading_timestamp_seconds",
        &[("table", "Games")],
    );
    let start = figures.get("process_start_time_seconds", &[]);
    assert!(last.unwrap() >= start.unwrap());
    let records = [
        ("operation", "GetRecords"),
        ("table", "Games"),
        ("outcome", "ok"),
    ];
    assert!(
        figures.get(OPERATIONS, &records) >= Some(1.0),
        "{}",
        figures.0
    );

    // Who asks is then known for a while, and the game is the first thing that has to be read.
    player.get("/api/v1/session").await.is(200);
    proxy.set_outage(true);
    player
        .get(&path_of(&game))
        .await
        .problem(503, "database_unavailable");
    proxy.set_outage(false);
    let figures = server.read().await;
    let failed = [
        ("operation", "GetItem"),
        ("table", "Games"),
        ("outcome", "failed"),
    ];
    figures.has(OPERATIONS, &failed, 1.0);
    let retries = [("operation", "GetItem"), ("table", "Games")];
    figures.has("ttt_dynamodb_retries_total", &retries, 3.0);
    figures.has(
        "ttt_refusals_total",
        &[("code", "database_unavailable")],
        1.0,
    );
    figures.has(DURATION, &[("status", "5xx")], 1.0);
}
