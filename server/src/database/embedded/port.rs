//! The embedded engine on a loopback port, for looking in with other tools. Only when asked for.

use super::Engine;
use crate::database::DatabaseError;
use std::{
    io,
    net::{Ipv4Addr, TcpListener},
    sync::Arc,
    thread::{self, JoinHandle},
};
use tokio::{sync::oneshot, task::spawn_blocking};

/// The port is served until this is dropped and the requests under way are answered.
#[derive(Debug)]
pub(super) struct Served {
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

impl Served {
    /// Closes the port and waits until the engine is no longer used through it.
    pub(super) async fn close(self) {
        drop(self.stop);
        let closed = spawn_blocking(move || self.thread.join().is_ok()).await;
        if !closed.unwrap_or(false) {
            tracing::warn!("the embedded database's port broke down");
        }
    }
}

/// Serves the engine on `127.0.0.1`, on a thread of its own since the handlers block.
pub(super) fn serve(engine: Arc<Engine>, port: u16) -> Result<Served, DatabaseError> {
    let (stop, stopped) = oneshot::channel();
    let thread = listen(engine, port, stopped)
        .map_err(|cause| DatabaseError::EmbeddedPort { port, cause })?;
    tracing::warn!(
        "the embedded database is open on 127.0.0.1:{port} and checks nothing there: any program on this machine \
         and any web page in a browser on it can read and change the tables"
    );
    Ok(Served { stop, thread })
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
                tracing::error!(%error, "the embedded database's port broke down");
            }
        })
}
