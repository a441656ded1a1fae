//! What is refused before it is looked at: requests that another site made a browser send, bodies that
//! are too large, and too many at once.

use crate::{config::PublicUrl, rate_limit::RateLimits, refusal::Audience, security};
use app::error::AppError;
use axum::{
    extract::{ConnectInfo, Request, State},
    middleware::Next,
    response::Response,
};
use http::header;
use std::{net::SocketAddr, sync::Arc};

/// The largest body, in bytes.
pub const BODY_LIMIT: usize = 16 * 1024;

/// What the checks need to know.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The origin that people see, if it is not the one of the `Host` header.
    pub public_url: Option<PublicUrl>,
    /// How much each address may do; `None` for no limit.
    pub rate: Option<Arc<RateLimits>>,
}

/// Refuses what breaks a limit.
pub async fn enforce(State(limits): State<Limits>, request: Request, next: Next) -> Response {
    match limits.check(&request) {
        Ok(()) => next.run(request).await,
        Err(error) => Audience::of(&request.into_parts().0).refuse(error),
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
