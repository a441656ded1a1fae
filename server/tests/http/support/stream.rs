use http::{HeaderMap, Response};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde_json::Value;
use std::time::Duration;
use tokio::time::timeout;

/// Nothing waits this long: a test that would hang fails instead.
const FOREVER: Duration = Duration::from_secs(60);

/// An event stream.
pub struct Events {
    pub headers: HeaderMap,
    body: Incoming,
    buffer: String,
}

impl Events {
    #[track_caller]
    pub fn new(response: Response<Incoming>) -> Self {
        assert_eq!(response.status(), 200);
        let (parts, body) = response.into_parts();
        Self {
            headers: parts.headers,
            body,
            buffer: String::new(),
        }
    }

    /// The next event, whatever it is; `None` when the stream has ended.
    pub async fn next(&mut self) -> Option<(String, Value)> {
        loop {
            if let Some((event, rest)) = self.buffer.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.buffer = rest;
                // A comment, which says nothing.
                if event.starts_with(':') {
                    continue;
                }
                return Some(parse(&event));
            }
            let frame = timeout(FOREVER, self.body.frame())
                .await
                .expect("an event or the end");
            let frame = frame?.expect("an orderly end");
            let data = frame.into_data().unwrap_or_default();
            self.buffer.push_str(std::str::from_utf8(&data).unwrap());
        }
    }

    /// The next event, which has this name.
    pub async fn expect(&mut self, name: &str) -> Value {
        let (event, data) = self.next().await.expect("the stream goes on");
        assert_eq!(event, name, "{data}");
        data
    }

    pub async fn expect_end(&mut self) {
        assert_eq!(self.next().await, None);
    }
}

fn parse(event: &str) -> (String, Value) {
    let field = |name: &str| {
        let mut lines = event.lines();
        lines.find_map(|line| Some(line.strip_prefix(name)?.strip_prefix(": ")?.to_owned()))
    };
    let (name, data) = (field("event").unwrap(), field("data").unwrap());
    (name, serde_json::from_str(&data).unwrap())
}
