//! An HTTP client.

use crate::{Answer, Events};
use futures::{StreamExt, stream};
use http::{HeaderValue, Method, Request, Response, header};
use http_body_util::{BodyExt, Full, StreamBody, combinators::UnsyncBoxBody};
use hyper::{
    body::{Bytes, Frame, Incoming},
    client::conn::http1,
};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::{convert::Infallible, error::Error, net::SocketAddr, sync::Mutex, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

type Body = UnsyncBoxBody<Bytes, Infallible>;

/// The reason why there is no response.
pub type ClientError = Box<dyn Error + Send + Sync>;

/// A client that keeps the session cookie. It opens a connection for each request and sends none of the headers
/// that only browsers send.
pub struct Client {
    address: SocketAddr,
    cookie: Mutex<Option<String>>,
}

impl Client {
    /// A client without a session.
    pub fn new(address: SocketAddr) -> Self {
        Self {
            address,
            cookie: Mutex::default(),
        }
    }

    /// Sends a `GET` request.
    pub async fn get(&self, path: &str) -> Answer {
        self.request(Method::GET, path).send().await
    }

    /// Sends a `POST` request with a JSON body.
    pub async fn post(&self, path: &str, json: Value) -> Answer {
        self.request(Method::POST, path).json(&json).send().await
    }

    /// Sends a `POST` request without a body.
    pub async fn post_empty(&self, path: &str) -> Answer {
        self.request(Method::POST, path).send().await
    }

    /// Sends a `DELETE` request.
    pub async fn delete(&self, path: &str) -> Answer {
        self.request(Method::DELETE, path).send().await
    }

    /// Loads a page as a browser does, without following redirects.
    pub async fn page(&self, path: &str) -> Answer {
        let request = self.request(Method::GET, path);
        request.header("accept", "text/html").send().await
    }

    /// Opens an event stream.
    pub async fn events(&self, path: &str) -> Events {
        Events::new(self.request(Method::GET, path).open().await)
    }

    /// Begins a request.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder<'_> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, self.host());
        if let Some(cookie) = self.cookie() {
            request = request.header(header::COOKIE, cookie);
        }
        RequestBuilder {
            client: self,
            request,
            body: Full::default().boxed_unsync(),
        }
    }

    /// Sends these bytes and returns everything that the server sends until it closes the connection.
    pub async fn send_raw(&self, bytes: &[u8]) -> String {
        let mut connection = TcpStream::connect(self.address).await.unwrap();
        connection.write_all(bytes).await.unwrap();
        let mut answer = Vec::new();
        connection.read_to_end(&mut answer).await.unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Sends a `POST` request with a JSON body and disconnects once `received` completes. Returns when the server has
    /// noticed: it closes its side of the connection without a response.
    pub async fn post_and_disconnect(
        &self,
        path: &str,
        body: &str,
        received: impl Future<Output = ()>,
    ) {
        let mut connection = TcpStream::connect(self.address).await.unwrap();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: {}\r\ncookie: {}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n",
            self.host(),
            self.cookie().unwrap_or_default(),
            body.len(),
        );
        connection.write_all(head.as_bytes()).await.unwrap();
        connection.write_all(body.as_bytes()).await.unwrap();
        received.await;
        connection.shutdown().await.unwrap();
        let mut answer = Vec::new();
        connection.read_to_end(&mut answer).await.unwrap();
        assert_eq!(String::from_utf8_lossy(&answer), "");
    }

    /// The server's host and port.
    pub fn host(&self) -> String {
        self.address.to_string()
    }

    /// The session cookie, as in the header `Cookie`.
    pub fn cookie(&self) -> Option<String> {
        self.cookie.lock().unwrap().clone()
    }

    /// Replaces the session cookie.
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

/// A request that has not been sent yet.
pub struct RequestBuilder<'a> {
    client: &'a Client,
    request: http::request::Builder,
    body: Body,
}

impl RequestBuilder<'_> {
    /// Adds a header, whose value need not be ASCII.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self
            .request
            .header(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        self
    }

    /// A JSON body.
    pub fn json(self, json: &Value) -> Self {
        self.header("content-type", "application/json")
            .body(json.to_string())
    }

    /// The body of a form, sent as a browser without JavaScript does.
    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        self.header("accept", "text/html,application/xhtml+xml,*/*;q=0.8")
            .urlencoded(fields)
    }

    /// The arguments of a server function, sent as the application does in the browser.
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

    /// A body with a `Content-Length`.
    pub fn body(mut self, bytes: impl Into<Bytes>) -> Self {
        self.body = Full::new(bytes.into()).boxed_unsync();
        self
    }

    /// A body without a `Content-Length`.
    pub fn chunked(mut self, bytes: impl Into<Bytes>) -> Self {
        let chunks = stream::iter([bytes.into()]).map(|chunk| Ok(Frame::data(chunk)));
        self.body = StreamBody::new(chunks).boxed_unsync();
        self
    }

    /// Sends the request and returns the whole response.
    pub async fn send(self) -> Answer {
        self.try_send().await.expect("a response")
    }

    /// Like [`send`](Self::send), for a server that may be gone.
    ///
    /// # Errors
    ///
    /// When there is no response, or not all of it. The request may have been processed all the same.
    pub async fn try_send(self) -> Result<Answer, ClientError> {
        let (parts, body) = self.try_open().await?.into_parts();
        Ok(Answer {
            status: parts.status,
            headers: parts.headers,
            body: body.collect().await?.to_bytes().to_vec(),
        })
    }

    /// Sends the request and closes the connection after this time, whatever has arrived by then.
    ///
    /// # Errors
    ///
    /// When no connection can be opened.
    pub async fn hang_up_after(self, patience: Duration) -> Result<(), ClientError> {
        let stream = TcpStream::connect(self.client.address).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let request = self.request.body(self.body)?;
        // The connection lives in this future, and its socket is closed when the time is over.
        let exchange = futures::future::join(sender.send_request(request), connection);
        let _ = timeout(patience, exchange).await;
        Ok(())
    }

    /// Sends the request and returns the response once its head has arrived.
    pub async fn open(self) -> Response<Incoming> {
        self.try_open().await.expect("a response")
    }

    /// Like [`open`](Self::open), for a server that may be gone.
    ///
    /// # Errors
    ///
    /// When there is no response. The request may have been processed all the same.
    pub async fn try_open(self) -> Result<Response<Incoming>, ClientError> {
        let connection = TcpStream::connect(self.client.address).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(connection)).await?;
        tokio::spawn(connection);
        let request = self.request.body(self.body)?;
        let response = sender.send_request(request).await?;
        self.client.keep_cookie(&response);
        Ok(response)
    }
}
