//! An HTTP proxy between server processes and DynamoDB Local that behaves like a bad network and a bad service.
//!
//! [`Faults`](crate::Faults) works inside a process, and a test plans each fault. This proxy works between processes
//! and causes faults at random, at given rates. The seed determines the faults, not the order of concurrent requests.

use crate::lagging_indexes::LaggingIndexes;
use http::{HeaderMap, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::{
    body::{Bytes, Incoming},
    client::conn::http1::SendRequest,
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use std::{
    collections::BTreeMap,
    future, io,
    net::SocketAddr,
    ops::Range,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
    time,
};

/// A fault of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProxyFault {
    /// The service throttles the request and does not process it.
    Throttled,
    /// The service fails and does not process the request.
    InternalError,
    /// The service processes the request and then fails.
    InternalErrorAfterwards,
    /// The service does not receive the request, and there is no response.
    TimedOut,
    /// The service processes the request, and there is no response.
    TimedOutAfterwards,
    /// The service processes the request, and the connection breaks before the response.
    ResponseLost,
    /// The response is slow.
    Slow,
    /// The connection breaks before the service receives the request.
    Refused,
    /// The service receives the request 4 to 10 seconds late, when the client has given up.
    Late,
    /// The connection breaks before the service receives the request, during an outage.
    Outage,
}

impl ProxyFault {
    /// All faults.
    pub const ALL: [Self; 10] = [
        Self::Throttled,
        Self::InternalError,
        Self::InternalErrorAfterwards,
        Self::TimedOut,
        Self::TimedOutAfterwards,
        Self::ResponseLost,
        Self::Slow,
        Self::Refused,
        Self::Late,
        Self::Outage,
    ];
}

/// The number of requests in a thousand that meet each fault. [`ProxyFault::Outage`] has no rate: it begins and ends.
pub type FaultRates = Vec<(ProxyFault, u32)>;

/// The delay of a slow response, in milliseconds: shorter than the SDK's timeout.
const SLOW_MILLIS: Range<u64> = 100..1500;

/// The delay of a late request, in milliseconds: longer than the SDK's timeout of one attempt.
const LATE_MILLIS: Range<u64> = 4_000..10_000;

type Answer = Response<Full<Bytes>>;

/// A request that reaches the service late.
#[derive(Clone, Debug)]
pub struct LateRequest {
    /// The time at which the client sent it.
    pub sent: Instant,
    /// The operation, such as `PutItem`.
    pub operation: String,
    /// The JSON body.
    pub body: Bytes,
}

/// The proxy. It stops on drop.
pub struct FaultProxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    listening: JoinHandle<()>,
}

struct Shared {
    engine: SocketAddr,
    /// Idle connections to the engine.
    idle: Mutex<Vec<SendRequest<Full<Bytes>>>>,
    random: Mutex<fastrand::Rng>,
    rates: Mutex<FaultRates>,
    outage: AtomicBool,
    counts: Mutex<BTreeMap<ProxyFault, u64>>,
    requests: Mutex<u64>,
    late: Mutex<Vec<LateRequest>>,
    /// The number of requests that the engine is processing.
    forwarding: watch::Sender<usize>,
    indexes: Option<Arc<LaggingIndexes>>,
}

impl FaultProxy {
    /// Starts to forward to the engine at that address, without faults.
    pub async fn start(engine: SocketAddr, seed: u64) -> Self {
        Self::start_with(engine, seed, None).await
    }

    /// Like [`start`](Self::start), with indexes that lag behind their table. All proxies of a table share them.
    pub async fn start_with(
        engine: SocketAddr,
        seed: u64,
        indexes: Option<Arc<LaggingIndexes>>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            engine,
            idle: Mutex::default(),
            random: Mutex::new(fastrand::Rng::with_seed(seed)),
            rates: Mutex::default(),
            outage: AtomicBool::new(false),
            counts: Mutex::default(),
            requests: Mutex::default(),
            late: Mutex::default(),
            forwarding: watch::Sender::new(0),
            indexes,
        });
        let listening = tokio::spawn(listen(listener, Arc::clone(&shared)));
        Self {
            address,
            shared,
            listening,
        }
    }

    /// The URL for a server's `--endpoint`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Sets the rates. Without any, all requests are only forwarded.
    pub fn set_rates(&self, rates: FaultRates) {
        *self.shared.rates.lock().unwrap() = rates;
    }

    /// Begins or ends an outage.
    pub fn set_outage(&self, outage: bool) {
        self.shared.outage.store(outage, Ordering::Relaxed);
    }

    /// The number of faults by kind.
    pub fn counts(&self) -> BTreeMap<ProxyFault, u64> {
        self.shared.counts.lock().unwrap().clone()
    }

    /// The number of requests.
    pub fn requests(&self) -> u64 {
        *self.shared.requests.lock().unwrap()
    }

    /// The requests that reached the engine late, or will.
    pub fn late_requests(&self) -> Vec<LateRequest> {
        self.shared.late.lock().unwrap().clone()
    }

    /// Waits until the engine has processed all forwarded requests, including late ones and those whose client is gone.
    pub async fn settled(&self) {
        let mut forwarding = self.shared.forwarding.subscribe();
        let _ = forwarding.wait_for(|count| *count == 0).await;
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn listen(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        let Ok((connection, _)) = listener.accept().await else {
            continue;
        };
        let _ = connection.set_nodelay(true);
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let answer = service_fn(move |request| Arc::clone(&shared).answer(request));
            // An error is a planned fault or a client that has gone.
            let _ = http1::Builder::new()
                .serve_connection(TokioIo::new(connection), answer)
                .await;
        });
    }
}

impl Shared {
    /// Answers a request or causes a fault. An error breaks the connection. The future is dropped when the client goes.
    async fn answer(self: Arc<Self>, request: Request<Incoming>) -> io::Result<Answer> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
        *self.requests.lock().unwrap() += 1;
        let broken = || Err(io::Error::from(io::ErrorKind::ConnectionReset));
        let Some(fault) = self.fault() else {
            return self.forward(parts.headers, body).await;
        };
        *self.counts.lock().unwrap().entry(fault).or_default() += 1;
        match fault {
            ProxyFault::Refused | ProxyFault::Outage => broken(),
            ProxyFault::Throttled => Ok(failure(400, "ProvisionedThroughputExceededException")),
            ProxyFault::InternalError => Ok(failure(500, "InternalServerError")),
            ProxyFault::InternalErrorAfterwards => {
                self.forward(parts.headers, body).await?;
                Ok(failure(500, "InternalServerError"))
            }
            ProxyFault::ResponseLost => {
                self.forward(parts.headers, body).await?;
                broken()
            }
            ProxyFault::TimedOut => future::pending().await,
            ProxyFault::TimedOutAfterwards => {
                self.forward(parts.headers, body).await?;
                future::pending().await
            }
            ProxyFault::Late => {
                let delay = self.delay(LATE_MILLIS);
                self.late.lock().unwrap().push(LateRequest {
                    sent: Instant::now(),
                    operation: operation(&parts.headers),
                    body: body.clone(),
                });
                self.forward_after(delay, parts.headers, body).await?;
                future::pending().await
            }
            ProxyFault::Slow => {
                let answer = Arc::clone(&self).forward(parts.headers, body).await?;
                time::sleep(self.delay(SLOW_MILLIS)).await;
                Ok(answer)
            }
        }
    }

    fn fault(&self) -> Option<ProxyFault> {
        if self.outage.load(Ordering::Relaxed) {
            return Some(ProxyFault::Outage);
        }
        let mut drawn = self.random.lock().unwrap().u32(0..1000);
        for &(fault, rate) in &*self.rates.lock().unwrap() {
            match drawn.checked_sub(rate) {
                None => return Some(fault),
                Some(rest) => drawn = rest,
            }
        }
        None
    }

    fn delay(&self, millis: Range<u64>) -> Duration {
        Duration::from_millis(self.random.lock().unwrap().u64(millis))
    }

    async fn forward(self: Arc<Self>, headers: HeaderMap, body: Bytes) -> io::Result<Answer> {
        self.forward_after(Duration::ZERO, headers, body).await
    }

    /// Forwards a request in a task of its own, so that the engine processes it even if the client goes.
    async fn forward_after(
        self: Arc<Self>,
        delay: Duration,
        headers: HeaderMap,
        body: Bytes,
    ) -> io::Result<Answer> {
        self.forwarding.send_modify(|count| *count += 1);
        let task = tokio::spawn(async move {
            // Even an empty sleep takes a millisecond.
            if !delay.is_zero() {
                time::sleep(delay).await;
            }
            let answer = self.ask(headers, body).await;
            self.forwarding.send_modify(|count| *count -= 1);
            answer
        });
        task.await.map_err(io::Error::other)?
    }

    async fn ask(&self, headers: HeaderMap, body: Bytes) -> io::Result<Answer> {
        let Some(indexes) = &self.indexes else {
            return self.send(headers, body).await;
        };
        let operation = operation(&headers);
        let redirected = indexes.redirect(&operation, body.clone());
        let answer = self.send(headers, redirected).await?;
        if answer.status().is_success() {
            indexes.processed(&operation, &body);
        }
        Ok(answer)
    }

    /// Sends a request to the engine.
    async fn send(&self, mut headers: HeaderMap, body: Bytes) -> io::Result<Answer> {
        // A redirected request has another length.
        headers.remove(header::CONTENT_LENGTH);
        let mut engine = self.connection().await?;
        let mut request = Request::post("/").body(Full::new(body)).unwrap();
        *request.headers_mut() = headers;
        let response = engine.send_request(request).await;
        let (parts, body) = response.map_err(io::Error::other)?.into_parts();
        let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
        self.idle.lock().unwrap().push(engine);
        let mut answer = Response::new(Full::new(body));
        *answer.status_mut() = parts.status;
        *answer.headers_mut() = parts.headers;
        // The body is not chunked any more.
        answer.headers_mut().remove(header::TRANSFER_ENCODING);
        Ok(answer)
    }

    /// An idle connection that is ready, or a new one.
    async fn connection(&self) -> io::Result<SendRequest<Full<Bytes>>> {
        loop {
            let idle = self.idle.lock().unwrap().pop();
            let Some(mut idle) = idle else { break };
            if idle.ready().await.is_ok() {
                return Ok(idle);
            }
        }
        let stream = TcpStream::connect(self.engine).await?;
        stream.set_nodelay(true)?;
        let handshake = hyper::client::conn::http1::handshake(TokioIo::new(stream));
        let (sender, connection) = handshake.await.map_err(io::Error::other)?;
        tokio::spawn(connection);
        Ok(sender)
    }
}

/// The operation in the header `X-Amz-Target`: `DynamoDB_20120810.PutItem`.
fn operation(headers: &HeaderMap) -> String {
    let target = headers
        .get("x-amz-target")
        .map(|target| target.to_str().unwrap());
    let operation = target.and_then(|target| target.split('.').next_back());
    operation.unwrap_or_default().to_owned()
}

fn failure(status: u16, error: &str) -> Answer {
    let body = format!(
        r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{error}","message":"injected by a test"}}"#
    );
    let mut answer = Response::new(Full::new(Bytes::from(body)));
    *answer.status_mut() = StatusCode::from_u16(status).unwrap();
    answer.headers_mut().insert(
        header::CONTENT_TYPE,
        "application/x-amz-json-1.0".parse().unwrap(),
    );
    answer
}
