//! The log lines that an operator needs after an incident.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};
use test_support::{App, Method, PASSWORD, Value, game_path, json};
use tracing::subscriber::DefaultGuard;

/// The log of the current thread. A test's server runs on the thread of the test.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Begins a log in the format of a deployed server.
    fn begin() -> (Self, DefaultGuard) {
        let log = Self::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .json()
            .with_span_list(false)
            .with_writer(move || writer.clone())
            .finish();
        (log, tracing::subscriber::set_default(subscriber))
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    /// The lines with this message since the last call, of which only the fields of interest are returned.
    fn take(&self, message: &str) -> Vec<Value> {
        let text = self.text();
        self.0.lock().unwrap().clear();
        let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        lines
            .filter(|line: &Value| line["fields"]["message"] == message)
            .inspect(|line| {
                assert_eq!(line["span"]["client"], "127.0.0.1", "{line}");
                assert!(line["span"]["id"].is_string(), "{line}");
            })
            .collect()
    }

    /// The only line with this message since the last call.
    #[track_caller]
    fn one(&self, message: &str) -> Value {
        let lines = self.take(message);
        assert_eq!(lines.len(), 1, "{message}: {lines:?}");
        lines.into_iter().next().unwrap()
    }
}

#[tokio::test]
async fn the_life_of_an_account_is_logged() {
    let (log, _guard) = Log::begin();
    let app = App::start().await;
    let ada = app.player("ada").await;
    assert_eq!(log.one("account created")["fields"]["player"], "ada");

    let visitor = app.visitor();
    let credentials = |name: &str, password: &str| json!({"name": name, "password": password});
    let log_in = |body| visitor.post("/api/v1/session", body);
    log_in(credentials("ada", "a wrong guess")).await.is(401);
    let failed = log.one("log-in failed: wrong password");
    assert_eq!(
        (&failed["fields"]["player"], &failed["level"]),
        (&json!("ada"), &json!("WARN"))
    );
    // People type passwords into the field for the name, so a name without an account is not logged.
    for name in ["my-secret-password", "My Secret\u{1b}[31m\r\nPassword!"] {
        log_in(credentials(name, "x")).await.is(401);
        assert!(
            !log.text().to_lowercase().contains("secret"),
            "{}",
            log.text()
        );
        assert_eq!(
            log.one("log-in failed: unknown name")["fields"].get("player"),
            None
        );
    }
    log_in(credentials("ada", PASSWORD)).await.is(200);
    assert_eq!(log.one("logged in")["fields"]["player"], "ada");
    let form = [("name", "ada"), ("password", "correct+horse")];
    let form = visitor.request(Method::POST, "/actions/log_in").form(&form);
    form.send().await.is(302);
    assert_eq!(log.one("logged in")["fields"]["player"], "ada");

    // Only a log-out that ended a session is one.
    ada.delete("/api/v1/session").await.is(204);
    assert_eq!(log.one("logged out")["fields"]["player"], "ada");
    let token = visitor.cookie().unwrap();
    ada.set_cookie(Some(format!("{}AAAA", &token[..token.len() - 4])));
    ada.delete("/api/v1/session").await.is(204);
    assert!(log.take("logged out").is_empty());
}

#[tokio::test]
async fn changes_of_an_account_are_logged() {
    let (log, _guard) = Log::begin();
    let app = App::start().await;
    let ada = app.player("ada").await;
    let new = "another horse battery";
    let change = |current: &str| {
        let request = ada.request(Method::PUT, "/api/v1/account/password");
        request
            .json(&json!({"current": current, "new": new}))
            .send()
    };
    change("a wrong guess").await.is(401);
    let failed = log.one("account change failed: wrong password");
    assert_eq!(
        (&failed["fields"]["player"], &failed["level"]),
        (&json!("ada"), &json!("WARN"))
    );
    change(PASSWORD).await.is(204);
    assert_eq!(log.one("password changed")["fields"]["player"], "ada");
    ada.delete("/api/v1/sessions").await.is(204);
    assert_eq!(log.one("logged out everywhere")["fields"]["player"], "ada");

    let account = json!({"name": "ada", "password": new});
    ada.post("/api/v1/session", account).await.is(200);
    let delete = ada.request(Method::DELETE, "/api/v1/account");
    delete.json(&json!({"current": new})).send().await.is(204);
    assert!(!log.text().contains(new));
    assert_eq!(log.one("account deleted")["fields"]["player"], "ada");
}

#[tokio::test]
async fn rejections_are_logged_with_the_player() {
    let (log, _guard) = Log::begin();
    let app = App::start_with(|config| config.rate_limits = true).await;
    let ada = app.player("ada").await;
    let game = ada.invite("bob").await;
    log.take("");

    ada.post_empty(&format!("{}/accept", game_path(&game)))
        .await
        .is(403);
    let line = log.one("rejected");
    assert_eq!(line["fields"]["code"], "not_your_game");
    assert_eq!(line["span"]["player"], "ada");

    let foreign = ada
        .request(Method::DELETE, "/api/v1/session")
        .header("origin", "null");
    foreign.send().await.is(403);
    assert_eq!(log.one("rejected")["fields"]["code"], "cross_site");
    let foreign = ada
        .request(Method::POST, "/actions/log_out")
        .header("origin", "null");
    foreign.form(&[]).send().await.is(403);
    assert_eq!(log.one("rejected")["fields"]["code"], "cross_site");

    let guess = json!({"name": "ada", "password": "a wrong guess"});
    while ada.post("/api/v1/session", guess.clone()).await.status != 429 {}
    let line = log.one("rejected");
    assert_eq!(line["fields"]["code"], "too_many_requests");
    assert_eq!(line["fields"]["status"], 429);
    ada.get("/api/v1/nothing").await.is(404);
    assert!(log.take("rejected").is_empty());
}

#[tokio::test]
async fn the_log_has_no_secret_and_no_control_character() {
    let (log, _guard) = Log::begin();
    let app = App::start().await;
    let ada = app.player("ada").await;
    let secret = ada.cookie().unwrap().split_once('.').unwrap().1.to_owned();
    let request = ada
        .request(Method::GET, "/games/%1b%5b31m%0d%0a?since=%1b")
        .header("x-request-id", "a\tb")
        .header("x-forwarded-for", "evil\t");
    request.send().await.is(404);
    ada.page("/").await.is(200);
    ada.delete("/api/v1/session").await.is(204);
    let text = log.text();
    assert!(text.contains("logged out"), "{text}");
    assert!(
        !text.contains(PASSWORD) && !text.contains(&secret),
        "{text}"
    );
    assert!(!text.contains("evil") && !text.contains("since"), "{text}");
    let is_control = |c: char| c.is_control() && c != '\n';
    assert!(!text.contains(is_control), "{text:?}");
}
