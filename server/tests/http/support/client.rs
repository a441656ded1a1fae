use super::{Answer, Events};
use futures::{StreamExt, stream};
use http::{HeaderValue, Method, Request, Response, header};
use http_body_util::{BodyExt, Full, StreamBody, combinators::UnsyncBoxBody};
use hyper::{
    body::{Bytes, Frame, Incoming},
    client::conn::http1,
};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::{convert::Infallible, net::SocketAddr, sync::Mutex};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

type Body = UnsyncBoxBody<Bytes, Infallible>;

/// Somebody with a session cookie or without one. A connection for each request, no browser headers.
pub struct Client {
    address: SocketAddr,
    cookie: Mutex<Option<String>>,
}

impl Client {
    pub fn new(address: SocketAddr) -> Self {
        Self {
            address,
            cookie: Mutex::default(),
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.request(Method::GET, path).send().await
    }

    pub async fn post(&self, path: &str, json: Value) -> Answer {
        self.request(Method::POST, path).json(&json).send().await
    }

    pub async fn post_nothing(&self, path: &str) -> Answer {
        self.request(Method::POST, path).send().await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.request(Method::DELETE, path).send().await
    }

    /// Opens an event stream.
    pub async fn events(&self, path: &str) -> Events {
        Events::new(self.request(Method::GET, path).open().await)
    }

    pub fn request(&self, method: Method, path: &str) -> Outgoing<'_> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, self.host());
        if let Some(cookie) = self.cookie() {
            request = request.header(header::COOKIE, cookie);
        }
        Outgoing {
            client: self,
            request,
            body: Full::default().boxed_unsync(),
        }
    }

    /// Sends bytes as they are and returns all that comes back until the server closes.
    pub async fn raw(&self, bytes: &[u8]) -> String {
        let mut connection = TcpStream::connect(self.address).await.unwrap();
        connection.write_all(bytes).await.unwrap();
        let mut answer = Vec::new();
        connection.read_to_end(&mut answer).await.unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    pub fn host(&self) -> String {
        self.address.to_string()
    }

    pub fn cookie(&self) -> Option<String> {
        self.cookie.lock().unwrap().clone()
    }

    /// Logs in with a session that was begun elsewhere, or out.
    pub fn set_cookie(&self, cookie: Option<String>) {
        *self.cookie.lock().unwrap() = cookie;
    }

    fn keep_cookie(&self, response: &Response<Incoming>) {
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let pair = cookie.split(';').next().unwrap().to_owned();
            let is_removal = cookie.contains("Max-Age=0");
            *self.cookie.lock().unwrap() = (!is_removal).then_some(pair);
        }
    }
}

/// A request that is being put together.
pub struct Outgoing<'a> {
    client: &'a Client,
    request: http::request::Builder,
    body: Body,
}

impl Outgoing<'_> {
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self
            .request
            .header(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        self
    }

    pub fn json(self, json: &Value) -> Self {
        self.header("content-type", "application/json")
            .body(json.to_string())
    }

    /// What a browser sends for a form without JavaScript.
    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        self.header("accept", "text/html,application/xhtml+xml,*/*;q=0.8")
            .urlencoded(fields)
    }

    /// What the browser's part of the application sends for a server function.
    pub fn call(self, fields: &[(&str, &str)]) -> Self {
        self.header("accept", "application/json").urlencoded(fields)
    }

    fn urlencoded(self, fields: &[(&str, &str)]) -> Self {
        let pairs: Vec<_> = fields
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        self.header("content-type", "application/x-www-form-urlencoded")
            .body(pairs.join("&"))
    }

    pub fn body(mut self, bytes: impl Into<Bytes>) -> Self {
        self.body = Full::new(bytes.into()).boxed_unsync();
        self
    }

    /// A body that does not say how long it is.
    pub fn chunked(mut self, bytes: impl Into<Bytes>) -> Self {
        let chunks = stream::iter([bytes.into()]).map(|chunk| Ok(Frame::data(chunk)));
        self.body = StreamBody::new(chunks).boxed_unsync();
        self
    }

    pub async fn send(self) -> Answer {
        let (parts, body) = self.open().await.into_parts();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: body.collect().await.unwrap().to_bytes().to_vec(),
        }
    }

    /// The response as soon as its head is there.
    pub async fn open(self) -> Response<Incoming> {
        let connection = TcpStream::connect(self.client.address).await.unwrap();
        let (mut sender, connection) = http1::handshake(TokioIo::new(connection)).await.unwrap();
        tokio::spawn(connection);
        let request = self.request.body(self.body).unwrap();
        let response = sender.send_request(request).await.unwrap();
        self.client.keep_cookie(&response);
        response
    }
}
