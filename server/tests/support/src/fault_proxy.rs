//! An HTTP proxy between server processes and DynamoDB Local that behaves like a bad network and a bad service.
//!
//! [`Faults`](crate::Faults) works inside a process, and a test plans each fault. This proxy works between processes
//! and causes faults at random, at given rates. The seed determines the faults, not the order of concurrent requests.

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
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
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
    /// The same, during an outage of the whole service.
    Outage,
}

impl ProxyFault {
    /// All faults.
    pub const ALL: [Self; 9] = [
        Self::Throttled,
        Self::InternalError,
        Self::InternalErrorAfterwards,
        Self::TimedOut,
        Self::TimedOutAfterwards,
        Self::ResponseLost,
        Self::Slow,
        Self::Refused,
        Self::Outage,
    ];
}

/// The number of requests in a thousand that meet each fault. [`ProxyFault::Outage`] has no rate: it begins and ends.
pub type FaultRates = Vec<(ProxyFault, u32)>;

/// The longest delay of a slow response: shorter than the SDK's timeout.
const MAX_DELAY: Duration = Duration::from_millis(1500);
const MIN_DELAY: Duration = Duration::from_millis(100);

type Answer = Response<Full<Bytes>>;

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
    /// The number of requests that the engine is processing.
    forwarding: watch::Sender<usize>,
}

impl FaultProxy {
    /// Starts to forward to the engine at that address, without faults.
    pub async fn start(engine: SocketAddr, seed: u64) -> Self {
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
            forwarding: watch::Sender::new(0),
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

    /// Waits until the engine has processed all forwarded requests, including those whose client is gone.
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
            ProxyFault::Slow => {
                let answer = Arc::clone(&self).forward(parts.headers, body).await?;
                let millis = MIN_DELAY.as_millis() as u64..MAX_DELAY.as_millis() as u64;
                let delay = self.random.lock().unwrap().u64(millis);
                time::sleep(Duration::from_millis(delay)).await;
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

    /// Forwards a request in a task of its own, so that the engine processes it even if the client goes.
    async fn forward(self: Arc<Self>, headers: HeaderMap, body: Bytes) -> io::Result<Answer> {
        self.forwarding.send_modify(|count| *count += 1);
        let task = tokio::spawn(async move {
            let answer = self.ask(headers, body).await;
            self.forwarding.send_modify(|count| *count -= 1);
            answer
        });
        task.await.map_err(io::Error::other)?
    }

    async fn ask(&self, headers: HeaderMap, body: Bytes) -> io::Result<Answer> {
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
