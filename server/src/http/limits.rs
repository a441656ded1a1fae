//! Checks before a request is routed: unknown hosts, cross-site requests, rate limits, and bodies that are too large or
//! too slow.

use crate::{
    config::{Config, PublicUrl},
    http::{
        client_info::ClientInfo, hosts::BelievedHosts, rate_limits::RateLimits,
        rejection::ClientKind, security,
    },
};
use app::state::AppState;
use axum::{
    body::{Body, HttpBody},
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use domain::error::AppError;
use http::header;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use std::time::Duration;
use tokio::time;

/// The largest body, in bytes.
pub const BODY_LIMIT: usize = 16 * 1024;

/// The configuration of the checks.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The public address, if its origin differs from the `Host` header.
    public_url: Option<PublicUrl>,
    /// The hosts that requests may use, or `None` for any host.
    hosts: Option<BelievedHosts>,
    /// The maximum time for a body to arrive.
    body_timeout: Duration,
    rate: RateLimits,
    state: AppState,
}

/// Rejects a request that fails a check.
pub async fn enforce(State(limits): State<Limits>, request: Request, next: Next) -> Response {
    let client = ClientKind::new(request.method(), request.uri(), request.headers());
    match limits.serve(request, next).await {
        Ok(response) => response,
        Err(error) => client.reject(error),
    }
}

impl Limits {
    /// The checks of a configuration.
    #[must_use]
    pub fn new(config: &Config, rate: RateLimits, state: AppState) -> Self {
        Self {
            public_url: config.public_url.clone(),
            hosts: BelievedHosts::new(config),
            body_timeout: config.connections.body,
            rate,
            state,
        }
    }

    async fn serve(&self, request: Request, next: Next) -> Result<Response, AppError> {
        self.check(&request)?;
        let read = self.rate.begin_read(&self.state, &request)?;
        let response = next.run(self.with_whole_body(request).await?).await;
        if let Some(read) = read {
            read.finish(&self.state.backend);
        }
        Ok(response)
    }

    fn check(&self, request: &Request) -> Result<(), AppError> {
        if let Some(hosts) = self.hosts {
            hosts.check(request)?;
        }
        let (method, path) = (request.method(), request.uri().path());
        if !method.is_safe() {
            security::check_origin(request, self.public_url.as_ref())?;
            let client = ClientInfo::of(request.extensions());
            self.rate.count_request(client.address.0, method, path)?;
        }
        let length = request.headers().get(header::CONTENT_LENGTH);
        let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        match length {
            Some(length) if length > BODY_LIMIT as u64 => Err(AppError::TooLarge),
            _ => Ok(()),
        }
    }

    /// Reads the whole body, whose length need not be declared. The handlers of forms, server functions and the API then
    /// share one limit.
    async fn with_whole_body(&self, request: Request) -> Result<Request, AppError> {
        if request.body().is_end_stream() {
            return Ok(request);
        }
        let (parts, body) = request.into_parts();
        let body = Limited::new(body, BODY_LIMIT).collect();
        match time::timeout(self.body_timeout, body).await {
            Ok(Ok(body)) => Ok(Request::from_parts(parts, Body::from(body.to_bytes()))),
            Ok(Err(error)) if error.is::<LengthLimitError>() => Err(AppError::TooLarge),
            // The client has disconnected, or is too slow.
            Ok(Err(_)) | Err(_) => Err(AppError::MalformedRequest),
        }
    }
}
