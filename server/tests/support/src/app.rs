//! A server in the test's process.

use crate::Client;
use app::state::AppState;
use backend::{Backend, store::Store};
use server::{
    config::Config,
    http::{connections, rate_limits::RateLimits, router::router},
    lifecycle::{Lifecycle, Phase, Running, start::start},
};
use std::{net::SocketAddr, path::Path};
use tempfile::TempDir;
use tokio::net::TcpListener;

/// A running server with an embedded database.
pub struct App {
    /// The server.
    pub running: Running,
    _data: TempDir,
}

impl App {
    /// Starts a server with the default configuration, but without rate limits.
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// Starts a server with a changed configuration.
    pub async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut config = Config::embedded(data.path());
        config.rate_limits = false;
        change(&mut config);
        Self {
            running: start(config).await.unwrap(),
            _data: data,
        }
    }

    /// The state behind the pages.
    pub const fn backend(&self) -> &Backend {
        &self.running.state().backend
    }

    /// A client without a session.
    pub fn visitor(&self) -> Client {
        Client::new(self.running.address())
    }

    /// A new player, who is logged in.
    pub async fn player(&self, name: &str) -> Client {
        Client::registered(self.running.address(), name).await
    }

    /// The new players ada and bob.
    pub async fn two_players(&self) -> (Client, Client) {
        (self.player("ada").await, self.player("bob").await)
    }

    /// The new players ada and bob, and an accepted game that ada hosts.
    pub async fn game(&self) -> (Client, Client, String) {
        let (ada, bob) = self.two_players().await;
        let game = ada.invite("bob").await;
        bob.accept(&game).await;
        (ada, bob, game)
    }
}

/// Serves the application on a store, on a free port, until the test ends. The instance follows no streams, so its
/// writes reach other instances as writes from elsewhere.
pub async fn serve(store: Store) -> SocketAddr {
    serve_backend(Backend::new(store)).await
}

/// Like [`serve`], with a backend that the test can change.
pub async fn serve_backend(backend: Backend) -> SocketAddr {
    let config = Config::embedded(Path::new("unused"));
    let state = AppState {
        leptos_options: config.leptos_options.clone(),
        backend,
        secure_cookies: false,
        has_panel: false,
    };
    let lifecycle = Lifecycle::default();
    lifecycle.enter(Phase::Ready);
    let router = router(&config, state, None, lifecycle.clone(), RateLimits::OFF);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(connections::serve(
        listener,
        router,
        config.connections,
        lifecycle,
    ));
    address
}
