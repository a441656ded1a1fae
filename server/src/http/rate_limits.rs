//! Rate limits for each client address. They allow more than a person can do and less than password guessing
//! needs.

use axum::extract::Request;
use domain::error::AppError;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock};
use http::{HeaderMap, Method};
use ipnet::IpNet;
use std::{
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    sync::Arc,
    time::Duration,
};

const CREDENTIALS_BURST: NonZeroU32 = NonZeroU32::new(10).unwrap();
const CREDENTIALS_PERIOD: Duration = Duration::from_secs(6);
const CHANGES_BURST: NonZeroU32 = NonZeroU32::new(60).unwrap();
const CHANGES_PER_SECOND: NonZeroU32 = NonZeroU32::new(10).unwrap();

/// The interval at which idle addresses are forgotten.
const SWEEP_INTERVAL: Duration = Duration::from_secs(60);

/// The counters of one instance.
#[derive(Debug)]
pub struct RateLimits {
    credentials: DefaultKeyedRateLimiter<IpAddr>,
    changes: DefaultKeyedRateLimiter<IpAddr>,
    trusted_proxies: Vec<IpNet>,
}

impl RateLimits {
    /// Creates the counters at zero. `X-Forwarded-For` counts only if it comes from `trusted_proxies`.
    #[must_use]
    pub fn new(trusted_proxies: Vec<IpNet>) -> Self {
        let credentials = Quota::with_period(CREDENTIALS_PERIOD)
            .unwrap_or(Quota::per_minute(CREDENTIALS_BURST))
            .allow_burst(CREDENTIALS_BURST);
        let changes = Quota::per_second(CHANGES_PER_SECOND).allow_burst(CHANGES_BURST);
        Self {
            credentials: RateLimiter::keyed(credentials),
            changes: RateLimiter::keyed(changes),
            trusted_proxies,
        }
    }

    /// Counts a request that may change something.
    ///
    /// # Errors
    ///
    /// [`AppError::TooManyRequests`] with the time to wait, in seconds.
    pub fn check(&self, peer: IpAddr, request: &Request) -> Result<(), AppError> {
        let limiter = if has_credentials(request.method(), request.uri().path()) {
            &self.credentials
        } else {
            &self.changes
        };
        let client = client_address(peer, request.headers(), &self.trusted_proxies);
        limiter.check_key(&rate_key(client)).map_err(|denied| {
            let wait = denied.wait_time_from(limiter.clock().now());
            AppError::TooManyRequests {
                retry_after: wait.as_secs() + 1,
            }
        })
    }

    /// Forgets idle addresses at intervals until the counters are dropped.
    pub async fn sweep(self: Arc<Self>) {
        let counters = Arc::downgrade(&self);
        drop(self);
        let mut interval = tokio::time::interval(SWEEP_INTERVAL);
        loop {
            interval.tick().await;
            let Some(limits) = counters.upgrade() else {
                return;
            };
            for limiter in [&limits.credentials, &limits.changes] {
                limiter.retain_recent();
                limiter.shrink_to_fit();
            }
        }
    }
}

/// Returns true for a request that tries a password or registers a name.
fn has_credentials(method: &Method, path: &str) -> bool {
    method == Method::POST
        && matches!(
            path,
            "/api/v1/players" | "/api/v1/session" | "/actions/log_in" | "/actions/create_account"
        )
}

/// Returns true if a trusted network contains the address.
#[must_use]
pub fn is_trusted(address: IpAddr, trusted: &[IpNet]) -> bool {
    let address = address.to_canonical();
    trusted.iter().any(|network| network.contains(&address))
}

/// The address of the client. It is the peer or, behind trusted proxies, the last address in
/// `X-Forwarded-For` that is not a trusted proxy. The client itself may have written the addresses before it.
fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let mut client = peer.to_canonical();
    let lines = headers.get_all("x-forwarded-for").into_iter().rev();
    let hops = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.rsplit(','))
        .map(|hop| hop.trim().parse::<IpAddr>());
    for hop in hops {
        if !is_trusted(client, trusted) {
            break;
        }
        match hop {
            Ok(address) => client = address.to_canonical(),
            Err(_) => break,
        }
    }
    client
}

/// The key under which an address is counted: an IPv4 address or a /64 network of IPv6, which is the share of
/// one subscriber.
fn rate_key(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    const PROXY: &str = "10.0.0.1";

    fn client(peer: &str, forwarded: &[&'static str]) -> String {
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append("x-forwarded-for", HeaderValue::from_static(line));
        }
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        client_address(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn only_a_trusted_proxy_can_forward_addresses() {
        assert_eq!(client("192.0.2.7", &["198.51.100.1"]), "192.0.2.7");
        assert_eq!(client(PROXY, &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(client("::ffff:10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(client(PROXY, &[]), PROXY);
    }

    #[test]
    fn addresses_from_the_client_are_ignored() {
        assert_eq!(client(PROXY, &["1.1.1.1, 198.51.100.1"]), "198.51.100.1");
        assert_eq!(
            client(PROXY, &["1.1.1.1", "198.51.100.1, 10.0.0.2"]),
            "198.51.100.1"
        );
        assert_eq!(client(PROXY, &["1.1.1.1, nonsense, 10.0.0.2"]), "10.0.0.2");
    }

    #[test]
    fn ipv6_addresses_of_one_network_share_a_key() {
        let key = |text: &str| rate_key(text.parse().unwrap());
        assert_eq!(key("2001:db8::1"), key("2001:db8::ffff:1"));
        assert_ne!(key("2001:db8::1"), key("2001:db8:0:1::1"));
        assert_ne!(key("192.0.2.1"), key("192.0.2.2"));
    }

    #[test]
    fn password_guessing_is_limited_more_than_playing() {
        let limits = RateLimits::new(Vec::new());
        let peer = "192.0.2.1".parse().unwrap();
        let request = |path: &str| {
            let request = Request::builder().method(Method::POST).uri(path);
            request.body(axum::body::Body::empty()).unwrap()
        };
        let allowed = |path: &str, peer: IpAddr| {
            (0..1000)
                .take_while(|_| limits.check(peer, &request(path)).is_ok())
                .count()
        };
        assert_eq!(allowed("/api/v1/session", peer), 10);
        assert!(allowed("/api/v1/games", peer) >= 60);
        assert_eq!(allowed("/actions/log_in", "192.0.2.2".parse().unwrap()), 10);
        let denied = limits.check(peer, &request("/actions/create_account"));
        assert!(
            matches!(
                denied,
                Err(AppError::TooManyRequests { retry_after: 1..=7 })
            ),
            "{denied:?}"
        );
    }
}
