//! Requests that may fail in any way.

use http::{Method, StatusCode};
use serde_json::Value;
use std::{net::SocketAddr, time::Duration};
use test_support::Client;
use tokio::time;

/// The client's timeout, longer than the server takes to report an unavailable database.
const TIMEOUT: Duration = Duration::from_secs(20);

/// A whole response.
pub struct Answer {
    pub status: StatusCode,
    /// The JSON body. Null without a body.
    pub body: Value,
}

/// Sends a request to an instance. After an error, it is unknown whether the request was processed.
pub async fn send(
    address: SocketAddr,
    method: Method,
    path: &str,
    cookie: &str,
    json: Option<&Value>,
) -> Result<Answer, String> {
    let client = Client::new(address);
    client.set_cookie(Some(cookie.to_owned()));
    let mut request = client.request(method, path);
    if let Some(json) = json {
        request = request.json(json);
    }
    match time::timeout(TIMEOUT, request.try_send()).await {
        Ok(Ok(answer)) => Ok(Answer {
            status: answer.status,
            body: serde_json::from_slice(&answer.body).unwrap_or_default(),
        }),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err(format!("no response within {TIMEOUT:?}")),
    }
}
