//! Checks before a request is routed: cross-site requests, bodies that are too large, and rate limits.

use crate::{
    config::PublicUrl,
    http::{rate_limits::RateLimits, rejection::ClientKind, security},
};
use axum::{
    extract::{ConnectInfo, Request, State},
    middleware::Next,
    response::Response,
};
use domain::error::AppError;
use http::header;
use std::{net::SocketAddr, sync::Arc};

/// The largest body, in bytes.
pub const BODY_LIMIT: usize = 16 * 1024;

/// The configuration of the checks.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The public address, if its origin differs from the `Host` header.
    pub public_url: Option<PublicUrl>,
    /// The rate limits of client addresses, or `None` for no limits.
    pub rate: Option<Arc<RateLimits>>,
}

/// Rejects a request that fails a check.
pub async fn enforce(State(limits): State<Limits>, request: Request, next: Next) -> Response {
    match limits.check(&request) {
        Ok(()) => next.run(request).await,
        Err(error) => ClientKind::of(&request.into_parts().0).reject(error),
    }
}

impl Limits {
    fn check(&self, request: &Request) -> Result<(), AppError> {
        if !request.method().is_safe() {
            security::check_origin(request, self.public_url.as_ref())?;
            let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
            if let (Some(rate), Some(ConnectInfo(peer))) = (&self.rate, peer) {
                rate.check(peer.ip(), request)?;
            }
        }
        let length = request.headers().get(header::CONTENT_LENGTH);
        let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        match length {
            Some(length) if length > BODY_LIMIT as u64 => Err(AppError::TooLarge),
            _ => Ok(()),
        }
    }
}
