//! The metrics for Prometheus and their address. Each test starts a server process, because a process has one recorder.

use std::{
    net::TcpListener,
    time::{Duration, Instant},
};
use test_support::{
    Client, FaultProxy, Finished, HOST_WINS_AT_FIVE, Method, PASSWORD, ServerProcess, command,
    dynamodb_local_endpoint, game_path, json, play_all, run,
};

const DURATION: &str = "ttt_http_request_duration_seconds_count";
const OPERATIONS: &str = "ttt_dynamodb_operations_total";
const GAME: &str = "7d1f9e1c-52a8-4be4-9d59-3f0d5a6c2b10";

/// A server with metrics.
struct Measured {
    server: ServerProcess,
    exporter: Client,
}

impl Measured {
    async fn start(arguments: &[&str]) -> Self {
        let listen = ["--metrics-listen", "127.0.0.1:0"];
        let mut server = ServerProcess::start(&[&listen, arguments].concat(), &[]).await;
        let line = server.line().await;
        let address = line
            .strip_prefix("metrics at http://")
            .and_then(|rest| rest.strip_suffix("/metrics"));
        let address = address.unwrap_or_else(|| panic!("{line}")).parse().unwrap();
        Self {
            server,
            exporter: Client::new(address),
        }
    }

    fn visitor(&self) -> Client {
        Client::new(self.server.address)
    }

    async fn player(&self, name: &str) -> Client {
        Client::registered(self.server.address, name).await
    }

    async fn metrics(&self) -> Metrics {
        let answer = self.exporter.get("/metrics").await.is(200);
        assert_eq!(
            answer.header("content-type"),
            "text/plain; version=0.0.4; charset=utf-8"
        );
        Metrics(answer.text())
    }

    /// Polls the metrics, because nothing announces a change.
    async fn until(&self, is_wanted: impl Fn(&Metrics) -> bool) -> Metrics {
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            let metrics = self.metrics().await;
            if is_wanted(&metrics) {
                return metrics;
            }
            assert!(Instant::now() < deadline, "{}", metrics.0);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// The text of the metrics.
struct Metrics(String);

impl Metrics {
    /// The sum of the samples with this name and these labels, if there are any.
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
    fn assert(&self, name: &str, labels: &[(&str, &str)], expected: f64) {
        let found = self.get(name, labels).unwrap_or_default();
        assert_eq!(found, expected, "{name} {labels:?} in\n{}", self.0);
    }
}

#[tokio::test]
async fn a_game_is_counted_exactly() {
    let server = Measured::start(&["--table-prefix", "test-"]).await;
    let (zaphod, trillian) = (
        server.player("zaphod").await,
        server.player("trillian").await,
    );
    // A registration with a taken name, and log-ins with a wrong and a correct password.
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

    // The second of two equal invitations fails its condition.
    let invitation = json!({"opponent": "trillian", "game_id": GAME});
    zaphod
        .post("/api/v1/games", invitation.clone())
        .await
        .is(201);
    zaphod.post("/api/v1/games", invitation).await.is(200);
    trillian.accept(GAME).await;
    play_all(&zaphod, &trillian, GAME, &HOST_WINS_AT_FIVE).await;
    // A repeated move does not count, and a move after the end is rejected.
    zaphod.play(GAME, "TopRight", 4).await;
    let late = trillian.try_move(GAME, "MiddleLeft", 5).await;
    late.problem(409, "game_not_in_progress");
    let declined = zaphod.invite("trillian").await;
    trillian.decline(&declined).await;

    // An unknown path, an unknown method and a malformed body.
    visitor.get("/nowhere/at/all").await.is(404);
    let brew = Method::from_bytes(b"BREW").unwrap();
    visitor.request(brew, "/").send().await;
    let call = visitor.request(Method::POST, "/actions/play").call(&[]);
    call.send().await.is(400);

    let metrics = server.metrics().await;
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
        metrics.assert(name, labels, value);
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
        metrics.assert(DURATION, &labels, count);
    }
    for (operation, table, outcome, count) in [
        ("PutItem", "Players", "ok", 2.0),
        ("PutItem", "Players", "condition_failed", 1.0),
        ("TransactWriteItems", "Sessions", "ok", 3.0),
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
        metrics.assert(OPERATIONS, &labels, count);
    }
    let of_index = [("table", "Games"), ("index", "HostId-StatusDate-index")];
    let units = metrics.get("ttt_dynamodb_consumed_write_units_sum", &of_index);
    // Two invitations and a deletion cost one unit each. The acceptance and the last move change the key: two each.
    assert_eq!(units, Some(7.0));
    assert_eq!(metrics.get("ttt_dynamodb_retries_total", &[]), None);
    if cfg!(target_os = "linux") {
        assert!(metrics.get("process_resident_memory_bytes", &[]).unwrap() > 1e6);
        assert!(metrics.get("process_open_fds", &[]).unwrap() >= 3.0);
    }

    // The metrics contain no names, ids, addresses or secrets.
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
        assert!(!metrics.0.contains(secret), "{secret} in\n{}", metrics.0);
    }
    // Every metric has a description.
    for line in metrics.0.lines().filter(|line| line.starts_with("# TYPE ")) {
        let name = line.split(' ').nth(2).unwrap();
        assert!(metrics.0.contains(&format!("# HELP {name} ")), "{name}");
    }
}

/// A fault of the inspector loses the first response of each write of these players.
#[tokio::test]
async fn a_change_whose_response_was_lost_is_counted_once() {
    let server = Measured::start(&[]).await;
    let (ada, bob) = (server.player("ada").await, server.player("bob").await);
    for player in [&ada, &bob] {
        let fault = [("fault", "answer-lost"), ("on", "true")];
        let switch = player.request(Method::POST, "/inspector/faults");
        switch.call(&fault).send().await.is(200);
    }
    let game = ada.invite("bob").await;
    bob.accept(&game).await;
    play_all(&ada, &bob, &game, &HOST_WINS_AT_FIVE).await;
    let cancelled = ada.invite("bob").await;
    ada.cancel(&cancelled).await;
    let metrics = server.metrics().await;
    metrics.assert("ttt_games_created_total", &[], 2.0);
    metrics.assert("ttt_games_accepted_total", &[], 1.0);
    metrics.assert("ttt_moves_total", &[], 5.0);
    metrics.assert("ttt_games_finished_total", &[("winner", "host")], 1.0);
    metrics.assert("ttt_games_removed_total", &[("reason", "cancelled")], 1.0);
}

#[tokio::test]
async fn open_streams_are_counted_until_they_are_closed() {
    let server = Measured::start(&[]).await;
    let ada = server.player("ada").await;
    let game = ada.invite("bob").await;
    let of_game = ada.events(&format!("{}/events", game_path(&game))).await;
    let of_lists = ada.events("/api/v1/events").await;
    let metrics = server.metrics().await;
    for kind in ["game", "lists"] {
        metrics.assert("ttt_event_streams_open", &[("kind", kind)], 1.0);
    }
    for kind in ["games", "lists", "sessions"] {
        metrics.assert("ttt_watched", &[("kind", kind)], 1.0);
    }
    drop((of_game, of_lists));
    server
        .until(|metrics| metrics.get("ttt_event_streams_open", &[]) == Some(0.0))
        .await;
    let metrics = server.metrics().await;
    metrics.assert("ttt_watched", &[], 0.0);
}

#[tokio::test]
async fn the_metrics_have_an_address_of_their_own() {
    let server = Measured::start(&[]).await;
    let public = server.visitor().get("/metrics").await.is(404);
    assert!(!public.text().contains("ttt_"));
    for path in ["/", "/livez", "/api/v1/lobby", "/metrics/x"] {
        server.exporter.get(path).await.is(404);
    }
    server.exporter.post("/metrics", json!({})).await.is(405);
}

#[test]
fn a_port_in_use_is_explained() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let data = tempfile::tempdir().unwrap();
    let arguments = ["serve", "--listen", "127.0.0.1:0", "--metrics-listen"];
    let mut command = command(&[&arguments[..], &[&address]].concat());
    let Finished {
        code,
        stdout,
        stderr,
    } = run(command.env("TTT_DATA_DIR", data.path()));
    let (beginning, end) = (
        format!("error: can't listen on {address} ("),
        "); stop the process that uses it, or choose another --metrics-listen\n",
    );
    assert!(
        stderr.contains(&beginning) && stderr.ends_with(end),
        "{stderr}"
    );
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_change_feed_and_outages_are_counted() {
    let engine = dynamodb_local_endpoint().await;
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
    // DynamoDB Local reads a stream from its beginning only after a first write.
    let writer = ServerProcess::start(&tables, &[]).await;
    let ada = Client::registered(writer.address, "ada").await;
    ada.invite("bob").await;
    drop(writer);

    let server = Measured::start(&tables).await;
    let begun = |metrics: &Metrics| {
        let gaps = |table| metrics.get("ttt_feed_gaps_total", &[("table", table)]);
        gaps("Games") == Some(1.0) && gaps("Sessions") == Some(1.0)
    };
    server.until(begun).await;
    let player = server.visitor();
    player.set_cookie(ada.cookie());
    // With an open page, the streams are read every second.
    let _stream = player.events("/api/v1/events").await;
    let game = player.invite("bob").await;
    let metrics = server
        .until(|metrics| metrics.get("ttt_feed_records_total", &[("table", "Games")]) == Some(1.0))
        .await;
    let read = [("table", "Games"), ("outcome", "ok")];
    assert!(metrics.get("ttt_feed_readings_total", &read) >= Some(1.0));
    let last = metrics.get(
        "ttt_feed_last_reading_timestamp_seconds",
        &[("table", "Games")],
    );
    let start = metrics.get("process_start_time_seconds", &[]);
    assert!(last.unwrap() >= start.unwrap());
    let records = [
        ("operation", "GetRecords"),
        ("table", "Games"),
        ("outcome", "ok"),
    ];
    assert!(
        metrics.get(OPERATIONS, &records) >= Some(1.0),
        "{}",
        metrics.0
    );

    // This caches the session, so that the next request reads the game first.
    player.get("/api/v1/session").await.is(200);
    proxy.set_outage(true);
    player
        .get(&game_path(&game))
        .await
        .problem(503, "database_unavailable");
    proxy.set_outage(false);
    let metrics = server.metrics().await;
    let failed = [
        ("operation", "GetItem"),
        ("table", "Games"),
        ("outcome", "failed"),
    ];
    metrics.assert(OPERATIONS, &failed, 1.0);
    let retries = [("operation", "GetItem"), ("table", "Games")];
    metrics.assert("ttt_dynamodb_retries_total", &retries, 3.0);
    metrics.assert(
        "ttt_refusals_total",
        &[("code", "database_unavailable")],
        1.0,
    );
    metrics.assert(DURATION, &[("status", "5xx")], 1.0);
}
