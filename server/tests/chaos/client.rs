//! Requests that may fail in any way.

use crate::door::{Body, Request};
use http::StatusCode;
use serde_json::Value;
use std::{net::SocketAddr, time::Duration};
use test_support::{Client, RequestBuilder};
use tokio::time;

/// The client's timeout, longer than the server takes to report an unavailable database.
const TIMEOUT: Duration = Duration::from_secs(20);

/// A whole response.
pub struct Answer {
    pub status: StatusCode,
    /// The JSON body. Null without a body.
    pub body: Value,
    /// The session cookie, if the response sets one.
    pub cookie: Option<String>,
}

/// Sends a request to an instance. After an error, it is unknown whether the request was processed.
pub async fn send(
    address: SocketAddr,
    request: &Request,
    cookie: Option<&str>,
) -> Result<Answer, String> {
    let client = client(address, cookie);
    match time::timeout(TIMEOUT, build(&client, request).try_send()).await {
        Ok(Ok(answer)) => Ok(Answer {
            status: answer.status,
            body: serde_json::from_slice(&answer.body).unwrap_or_default(),
            cookie: client.cookie(),
        }),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err(format!("no response within {TIMEOUT:?}")),
    }
}

/// Sends a request and hangs up after this time. Nobody learns the outcome.
pub async fn hang_up(
    address: SocketAddr,
    request: &Request,
    cookie: Option<&str>,
    patience: Duration,
) -> Result<Answer, String> {
    let client = client(address, cookie);
    match build(&client, request).hang_up_after(patience).await {
        Ok(()) => Err(format!("hung up after {patience:?}")),
        Err(error) => Err(error.to_string()),
    }
}

/// A client with a session.
pub fn client(address: SocketAddr, cookie: Option<&str>) -> Client {
    let client = Client::new(address);
    client.set_cookie(cookie.map(str::to_owned));
    client
}

fn build<'a>(client: &'a Client, request: &Request) -> RequestBuilder<'a> {
    let builder = client.request(request.method.clone(), &request.path);
    match &request.body {
        Body::Empty => builder,
        Body::Json(json) => builder.json(json),
        Body::Fields(fields) => {
            let fields = fields.iter().map(|(name, value)| (*name, value.as_str()));
            let fields: Vec<_> = fields.collect();
            builder.call(&fields)
        }
    }
}
