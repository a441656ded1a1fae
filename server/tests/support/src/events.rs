//! Event streams.

use crate::client::ClientError;
use http::{HeaderMap, Response};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde_json::Value;
use std::time::Duration;
use tokio::time::timeout;

/// A deadline for tests that would otherwise hang. No event takes this long.
const TIMEOUT: Duration = Duration::from_secs(60);

/// An open event stream.
pub struct Events {
    /// The headers of the response.
    pub headers: HeaderMap,
    /// The latest id of an event. A stream that is opened with it continues after that event.
    pub last_event_id: Option<String>,
    body: Incoming,
    buffer: String,
}

impl Events {
    /// The events of a response, whose status must be 200.
    #[track_caller]
    pub fn new(response: Response<Incoming>) -> Self {
        assert_eq!(response.status(), 200);
        let (parts, body) = response.into_parts();
        Self {
            headers: parts.headers,
            last_event_id: None,
            body,
            buffer: String::new(),
        }
    }

    /// The name and the data of the next event, or `None` at the end of the stream.
    pub async fn next(&mut self) -> Option<(String, Value)> {
        let next = timeout(TIMEOUT, self.try_next()).await;
        next.expect("an event or the end")
            .expect("no broken connection")
    }

    /// Like [`next`](Self::next), for a connection that may break.
    ///
    /// # Errors
    ///
    /// When the connection breaks or the event cannot be read.
    pub async fn try_next(&mut self) -> Result<Option<(String, Value)>, ClientError> {
        loop {
            if let Some((event, rest)) = self.buffer.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.buffer = rest;
                let is_comment = event.starts_with(':');
                if !is_comment {
                    if let Some(id) = field(&event, "id") {
                        self.last_event_id = Some(id.to_owned());
                    }
                    return parse(&event).map(Some);
                }
            } else {
                let Some(frame) = self.body.frame().await else {
                    return Ok(None);
                };
                let data = frame?.into_data().unwrap_or_default();
                self.buffer.push_str(std::str::from_utf8(&data)?);
            }
        }
    }

    /// Asserts the name of the next event and returns its data. Skips pings, unless one is expected.
    pub async fn expect(&mut self, name: &str) -> Value {
        loop {
            let (event, data) = self.next().await.expect("an event, not the end");
            if event == name || event != "ping" {
                assert_eq!(event, name, "{data}");
                return data;
            }
        }
    }

    /// Skips events until one of the lists changes by this game, and returns that event's data.
    pub async fn lobby_event_of(&mut self, game: &str) -> Value {
        loop {
            let (event, data) = self.next().await.expect("an event, not the end");
            if event == "lobby" && (data["game_id"] == game || data["game"]["game_id"] == game) {
                return data;
            }
        }
    }

    /// Asserts that the stream ends, with at most pings before its end.
    pub async fn expect_end(&mut self) {
        while let Some((event, data)) = self.next().await {
            assert_eq!(event, "ping", "{data}");
        }
    }
}

fn parse(event: &str) -> Result<(String, Value), ClientError> {
    let expect = |name: &str| field(event, name).ok_or_else(|| format!("no {name} in {event}"));
    let data = serde_json::from_str(expect("data")?)?;
    Ok((expect("event")?.to_owned(), data))
}

fn field<'a>(event: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = event.lines();
    lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}
