//! A bad network and a bad day of the service: an HTTP proxy between server processes and DynamoDB Local.
//!
//! [`Faults`](super::Faults) sits inside a process and does what one test tells it; this one sits between processes
//! and does what chance tells it, at a given rate. The seed decides on the faults, not on how requests interleave.

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

/// What goes wrong with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProxyFault {
    /// The service asks to slow down, and does nothing.
    Throttled,
    /// The service fails, and has done nothing.
    InternalError,
    /// The service fails, and has done what was asked.
    InternalErrorAfterwards,
    /// There is no answer, and nothing was done.
    TimedOut,
    /// There is no answer, and what was asked was done.
    TimedOutAfterwards,
    /// What was asked was done, and the connection breaks before the answer.
    AnswerLost,
    /// The answer takes its time.
    Slow,
    /// The connection breaks at once.
    Refused,
    /// The same, because nothing can be reached for a while.
    Outage,
}

impl ProxyFault {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Throttled,
        Self::InternalError,
        Self::InternalErrorAfterwards,
        Self::TimedOut,
        Self::TimedOutAfterwards,
        Self::AnswerLost,
        Self::Slow,
        Self::Refused,
        Self::Outage,
    ];
}

/// Of a thousand requests, how many meet which fault. Not [`ProxyFault::Outage`], which begins and ends.
pub type Rates = Vec<(ProxyFault, u32)>;

/// The longest that a slow answer takes: less than the SDK's time-out, or it would be one.
const SLOWEST: Duration = Duration::from_millis(1500);
const FASTEST_SLOW: Duration = Duration::from_millis(100);

type Answer = Response<Full<Bytes>>;

/// The proxy; it ends when dropped.
pub struct FaultProxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    listening: JoinHandle<()>,
}

struct Shared {
    engine: SocketAddr,
    /// Connections to the engine that nobody uses at the moment.
    idle: Mutex<Vec<SendRequest<Full<Bytes>>>>,
    random: Mutex<fastrand::Rng>,
    rates: Mutex<Rates>,
    outage: AtomicBool,
    counts: Mutex<BTreeMap<ProxyFault, u64>>,
    requests: Mutex<u64>,
    /// How many requests the engine is working on.
    forwarding: watch::Sender<usize>,
}

impl FaultProxy {
    /// Begins to forward to the engine at that address, faithfully as yet.
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

    /// The URL to give to a server as `--endpoint`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on requests meet faults at these rates; at none, they are only forwarded.
    pub fn set_rates(&self, rates: Rates) {
        *self.shared.rates.lock().unwrap() = rates;
    }

    /// Begins or ends an outage.
    pub fn set_outage(&self, outage: bool) {
        self.shared.outage.store(outage, Ordering::Relaxed);
    }

    /// How many faults there were.
    pub fn counts(&self) -> BTreeMap<ProxyFault, u64> {
        self.shared.counts.lock().unwrap().clone()
    }

    /// How many requests came.
    pub fn requests(&self) -> u64 {
        *self.shared.requests.lock().unwrap()
    }

    /// Returns when the engine has answered all that it was asked, also what nobody waits for any more.
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
            // An error is a fault that was meant, or a client that has gone.
            let _ = http1::Builder::new()
                .serve_connection(TokioIo::new(connection), answer)
                .await;
        });
    }
}

impl Shared {
    /// Answers a request, well or badly. An error breaks the connection. Dropped when the client goes.
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
            ProxyFault::AnswerLost => {
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
                let millis = FASTEST_SLOW.as_millis() as u64..SLOWEST.as_millis() as u64;
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

    /// Has the engine answer, in a task of its own: what was sent is done, whether or not the client still waits.
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
        // The body is whole here, however it came.
        answer.headers_mut().remove(header::TRANSFER_ENCODING);
        Ok(answer)
    }

    /// A connection that is ready, from among the idle ones or a new one.
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
