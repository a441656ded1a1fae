//! The embedded engine on a loopback port, for other tools. Off by default.

use super::Engine;
use crate::database::DatabaseError;
use std::{
    io,
    net::{Ipv4Addr, TcpListener},
    sync::Arc,
    thread::{self, JoinHandle},
};
use tokio::{sync::oneshot, task::spawn_blocking};

/// The server of the port. It closes once this is dropped and running requests are answered.
#[derive(Debug)]
pub(super) struct PortServer {
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

impl PortServer {
    /// Closes the port and waits until no request uses the engine.
    pub(super) async fn close(self) {
        drop(self.stop);
        let closed = spawn_blocking(move || self.thread.join().is_ok()).await;
        if !closed.unwrap_or(false) {
            tracing::warn!("the embedded database's port failed");
        }
    }
}

/// Serves the engine on `127.0.0.1`. It has a thread of its own because the handlers block.
pub(super) fn serve(engine: Arc<Engine>, port: u16) -> Result<PortServer, DatabaseError> {
    let (stop, stopped) = oneshot::channel();
    let thread = listen(engine, port, stopped)
        .map_err(|cause| DatabaseError::EmbeddedPort { port, cause })?;
    tracing::warn!(
        "the embedded database is open on 127.0.0.1:{port} without authentication: any program on this machine \
         and any web page in a browser on it can read and change the tables"
    );
    Ok(PortServer { stop, thread })
}

fn listen(
    engine: Arc<Engine>,
    port: u16,
    stopped: oneshot::Receiver<()>,
) -> io::Result<JoinHandle<()>> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    listener.set_nonblocking(true)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    thread::Builder::new()
        .name("embedded-port".to_owned())
        .spawn(move || {
            let served = runtime.block_on(async {
                let listener =
                    tokio::net::TcpListener::from_std(listener).map_err(|e| e.to_string())?;
                // The sender is never used: dropping it is the signal.
                let stop = async move { drop(stopped.await) };
                dynoxide::server::serve_with_shutdown(listener, engine.database().clone(), stop)
                    .await
            });
            if let Err(error) = served {
                tracing::error!(%error, "the embedded database's port failed");
            }
        })
}
