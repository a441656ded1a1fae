//! One request of the JSON API, which may fail in any way.

use http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::{body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::{net::SocketAddr, time::Duration};
use tokio::{net::TcpStream, time};

/// When a client gives up. Longer than the server takes to say that the database is not there.
const PATIENCE: Duration = Duration::from_secs(20);

/// An answer, read to its end.
pub struct Answer {
    pub status: StatusCode,
    /// The session, if one began.
    pub cookie: Option<String>,
    /// Null where there was none.
    pub body: Value,
}

/// Sends a request to an instance. An error says why there was no answer: whether the request was carried out is
/// not known then.
pub async fn send(
    address: SocketAddr,
    method: Method,
    path: &str,
    cookie: Option<&str>,
    json: Option<&Value>,
) -> Result<Answer, String> {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, address.to_string());
    if let Some(cookie) = cookie {
        request = request.header(header::COOKIE, cookie);
    }
    if json.is_some() {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    let body = json.map_or_else(Bytes::new, |json| json.to_string().into());
    let request = request.body(Full::new(body)).unwrap();
    match time::timeout(PATIENCE, exchange(address, request)).await {
        Ok(answer) => answer,
        Err(_) => Err(format!("no answer within {PATIENCE:?}")),
    }
}

async fn exchange(address: SocketAddr, request: Request<Full<Bytes>>) -> Result<Answer, String> {
    let connection = TcpStream::connect(address)
        .await
        .map_err(|e| e.to_string())?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(connection))
        .await
        .map_err(|e| e.to_string())?;
    let connection = tokio::spawn(connection);
    let answer = async {
        let (parts, body) = sender.send_request(request).await?.into_parts();
        Ok((parts, body.collect().await?.to_bytes()))
    };
    let answer: Result<_, hyper::Error> = answer.await;
    connection.abort();
    let (parts, body) = answer.map_err(|e| e.to_string())?;
    let cookie = parts
        .headers
        .get(header::SET_COOKIE)
        .and_then(|cookie| cookie.to_str().ok());
    Ok(Answer {
        status: parts.status,
        cookie: cookie.and_then(|cookie| Some(cookie.split(';').next()?.to_owned())),
        body: serde_json::from_slice(&body).unwrap_or_default(),
    })
}
