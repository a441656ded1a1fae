//! Rate limits for each client address. They allow more than a person can do and less than password guessing or a
//! flood needs. The limits for each player are in [`backend::limits`].

pub mod networks;
mod streams;
mod unknown_reads;

pub use streams::StreamPermit;
pub use unknown_reads::UnknownRead;

use crate::http::client_info::ClientInfo;
use axum::extract::FromRequestParts;
use backend::{accounts::SessionKey, limits::too_many_requests};
use domain::error::AppError;
use http::{Method, request::Parts};
use networks::AddressAllowance;
use std::{convert::Infallible, net::IpAddr, sync::Arc, time::Duration};
use streams::OpenStreams;

const CREDENTIALS_BURST: u32 = 10;
const CREDENTIALS_INTERVAL: Duration = Duration::from_secs(6);
const CHANGES_BURST: u32 = 60;
const CHANGES_INTERVAL: Duration = Duration::from_millis(100);
const UNKNOWN_READS_BURST: u32 = 200;
const UNKNOWN_READS_INTERVAL: Duration = Duration::from_millis(50);

/// The limits of one instance, or no limits. Cheap to clone.
#[derive(Clone, Debug)]
pub struct RateLimits(Option<Arc<Counters>>);

#[derive(Debug)]
struct Counters {
    credentials: AddressAllowance,
    changes: AddressAllowance,
    unknown_reads: AddressAllowance,
    streams: Arc<OpenStreams>,
}

impl RateLimits {
    /// Limits nothing.
    pub const OFF: Self = Self(None);

    /// Creates the limits, with nothing counted yet.
    #[must_use]
    pub fn on() -> Self {
        Self(Some(Arc::new(Counters {
            credentials: AddressAllowance::new(CREDENTIALS_INTERVAL, CREDENTIALS_BURST),
            changes: AddressAllowance::new(CHANGES_INTERVAL, CHANGES_BURST),
            unknown_reads: AddressAllowance::new(UNKNOWN_READS_INTERVAL, UNKNOWN_READS_BURST),
            streams: Arc::default(),
        })))
    }

    /// Counts a request that may change something.
    ///
    /// # Errors
    ///
    /// [`AppError::TooManyRequests`].
    pub fn count_request(
        &self,
        client: IpAddr,
        method: &Method,
        path: &str,
    ) -> Result<(), AppError> {
        let Some(counters) = &self.0 else {
            return Ok(());
        };
        let allowance = if has_credentials(method, path) {
            &counters.credentials
        } else {
            &counters.changes
        };
        allowance.take(client, 1).map_err(too_many_requests)
    }
}

/// The limits as they apply to the client of a request.
#[derive(Clone, Debug)]
pub struct ClientLimits {
    limits: RateLimits,
    client: IpAddr,
}

impl<S: Sync> FromRequestParts<S> for ClientLimits {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let limits: Option<&RateLimits> = parts.extensions.get();
        Ok(Self {
            limits: limits.cloned().unwrap_or(RateLimits::OFF),
            client: ClientInfo::of(&parts.extensions).address.0,
        })
    }
}

impl ClientLimits {
    /// Counts writes beyond the first one of a request.
    ///
    /// # Errors
    ///
    /// [`AppError::TooManyRequests`].
    pub fn count_further_writes(&self, count: u32) -> Result<(), AppError> {
        let Some(counters) = &self.limits.0 else {
            return Ok(());
        };
        let taken = counters.changes.take(self.client, count);
        taken.map_err(too_many_requests)
    }

    /// The right to open an event stream, or `None` if the client or the session has too many.
    #[must_use]
    pub fn open_stream(&self, session: Option<&SessionKey>) -> Option<StreamPermit> {
        match &self.limits.0 {
            Some(counters) => counters.streams.open(self.client, session),
            None => Some(StreamPermit::UNLIMITED),
        }
    }
}

/// Returns true for a request that tries a password or registers a name.
fn has_credentials(method: &Method, path: &str) -> bool {
    match path {
        "/api/v1/players" | "/api/v1/session" => method == Method::POST,
        "/api/v1/account"
        | "/api/v1/account/password"
        | "/actions/log_in"
        | "/actions/create_account"
        | "/actions/change_password"
        | "/actions/delete_account" => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ids::PlayerName;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn password_guessing_is_limited_more_than_playing() {
        let limits = RateLimits::on();
        let allowed = |path: &str, client: &str| {
            let count = |_: &i32| {
                limits
                    .count_request(address(client), &Method::POST, path)
                    .is_ok()
            };
            (0..1000).take_while(count).count()
        };
        assert_eq!(allowed("/api/v1/session", "192.0.2.1"), 10);
        assert!(allowed("/api/v1/games", "192.0.2.1") >= 60);
        assert_eq!(allowed("/actions/log_in", "192.0.2.2"), 10);
        let path = "/actions/create_account";
        let denied = limits.count_request(address("192.0.2.1"), &Method::POST, path);
        assert!(
            matches!(
                denied,
                Err(AppError::TooManyRequests { retry_after: 1..=7 })
            ),
            "{denied:?}"
        );
    }

    #[test]
    fn streams_are_counted_while_they_are_open() {
        let limits = RateLimits::on();
        let session = SessionKey {
            player: PlayerName::from_stored("ada".to_owned()),
            id: "a".to_owned(),
        };
        let open = |client, session| {
            let client = ClientLimits {
                limits: limits.clone(),
                client: address(client),
            };
            client.open_stream(session)
        };
        let of_session: Vec<_> = (0..30)
            .map(|_| open("192.0.2.1", Some(&session)).expect("a permit"))
            .collect();
        assert!(open("192.0.2.2", Some(&session)).is_none());
        let others: Vec<_> = (30..200)
            .map(|_| open("192.0.2.1", None).expect("a permit"))
            .collect();
        assert!(open("192.0.2.1", None).is_none());
        drop(of_session);
        assert!(open("192.0.2.1", Some(&session)).is_some());
        drop(others);
    }
}
