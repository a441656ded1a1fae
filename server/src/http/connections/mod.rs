//! Connections: how many there may be, and how long one may keep the server waiting.
//!
//! `axum::serve` sets no limit of either kind. A client that never completes a request, or never reads its
//! response, could then hold a connection for ever.

mod activity;
mod stream;

use crate::lifecycle::{Lifecycle, Phase};
use activity::Activity;
use axum::{Router, body::Body, extract::ConnectInfo};
use hyper::service::service_fn;
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
};
use std::{io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};
use stream::TrackedStream;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time,
};
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

/// The delay after a failure to accept a connection, such as too many open files.
const RETRY_DELAY: Duration = Duration::from_secs(1);

/// The limits on connections. Only tests change them.
#[derive(Clone, Copy, Debug)]
pub struct ConnectionLimits {
    /// The maximum number of open connections. The system's queue holds those beyond it.
    pub count: usize,
    /// The maximum time for the head of a request, and between two requests.
    pub idle: Duration,
    /// The maximum time for the body of a request.
    pub body: Duration,
    /// The maximum time without progress while a request is in progress. Event streams send a ping more often.
    pub stalled: Duration,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self {
            count: 20_000,
            idle: Duration::from_secs(30),
            body: Duration::from_secs(30),
            stalled: Duration::from_secs(60),
        }
    }
}

/// Serves connections until the phase [`Phase::Stopping`], then lets requests in progress finish.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: ConnectionLimits,
    lifecycle: Lifecycle,
) {
    let connections = TaskTracker::new();
    let permits = Arc::new(Semaphore::new(limits.count));
    let accept_all = async {
        // The semaphore is never closed.
        while let Ok(permit) = Arc::clone(&permits).acquire_owned().await {
            let (stream, peer) = accept(&listener).await;
            let serving = connection(stream, peer, router.clone(), limits, lifecycle.clone());
            connections.spawn(async move {
                let _permit = permit;
                serving.await;
            });
        }
    };
    tokio::select! {
        () = accept_all => {}
        () = lifecycle.reached(Phase::Stopping) => {}
    }
    // New connections are refused from here on.
    drop(listener);
    connections.close();
    connections.wait().await;
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                tracing::error!(%error, "connections can't be accepted");
                time::sleep(RETRY_DELAY).await;
            }
        }
    }
}

/// Returns true if the connection ended before it was accepted.
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}

/// Serves one connection to its end.
async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    limits: ConnectionLimits,
    lifecycle: Lifecycle,
) {
    // Events are small and must not wait for more data.
    let _ = stream.set_nodelay(true);
    let activity = Arc::new(Activity::new());
    let service = service_fn(|request: hyper::Request<hyper::body::Incoming>| {
        let guard = activity.begin();
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        let response = router.clone().oneshot(request);
        async move { Ok::<_, std::convert::Infallible>(guard.track(response.await)) }
    });
    let builder = Builder::new(TokioExecutor::new());
    let stream = TokioIo::new(TrackedStream::new(stream, Arc::clone(&activity)));
    let mut connection = pin!(builder.serve_connection(stream, service));
    let mut expired = pin!(activity.expired(limits.idle, limits.stalled));
    let mut stopping = pin!(lifecycle.reached(Phase::Stopping));
    let mut is_stopping = false;
    loop {
        tokio::select! {
            // An error is the client's: it disconnected, or sent something other than HTTP.
            _ = connection.as_mut() => return,
            () = expired.as_mut() => return,
            () = stopping.as_mut(), if !is_stopping => {
                is_stopping = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}
