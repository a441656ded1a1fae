//! The host names that requests may use.

use crate::{config::Config, http::client_info::ClientInfo};
use axum::extract::Request;
use domain::error::AppError;
use http::{header, uri::Authority};
use std::net::IpAddr;

/// The hosts that a server without a public address believes in: this machine, and the address that it listens on.
///
/// Any web page can make its own host name resolve to an address of the reader's network (DNS rebinding). The
/// browser then treats this server as part of that page's site. Only the name in the request tells them apart.
#[derive(Clone, Copy, Debug)]
pub struct BelievedHosts {
    listen: IpAddr,
}

impl BelievedHosts {
    /// The hosts of a configuration, or `None` if a public address is set. The operator has then named the host,
    /// and cookies belong to that name.
    #[must_use]
    pub fn new(config: &Config) -> Option<Self> {
        let listen = config.listen.ip().to_canonical();
        config.public_url.is_none().then_some(Self { listen })
    }

    /// Checks the host of a request. Probes may use any host. So may requests from trusted proxies, which decide
    /// themselves which hosts to forward.
    ///
    /// # Errors
    ///
    /// [`AppError::UnknownHost`].
    pub fn check(self, request: &Request) -> Result<(), AppError> {
        let uri = request.uri();
        if matches!(uri.path(), "/livez" | "/readyz")
            || ClientInfo::of(request.extensions()).is_forwarded
        {
            return Ok(());
        }
        let header = request.headers().get(header::HOST);
        let is_believed = match (uri.authority(), header) {
            (Some(authority), _) => self.contains(authority.host()),
            (None, Some(host)) => host
                .to_str()
                .ok()
                .and_then(|host| host.parse::<Authority>().ok())
                .is_some_and(|authority| self.contains(authority.host())),
            // Every browser sends a host.
            (None, None) => true,
        };
        if is_believed {
            Ok(())
        } else {
            Err(AppError::UnknownHost)
        }
    }

    fn contains(self, host: &str) -> bool {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        match host.parse::<IpAddr>() {
            Ok(address) => {
                let address = address.to_canonical();
                // A server that listens on every address can't list them, and rebinding needs a name.
                address.is_loopback() || self.listen.is_unspecified() || address == self.listen
            }
            Err(_) => {
                let name = host.trim_end_matches('.').to_ascii_lowercase();
                name == "localhost" || name.ends_with(".localhost")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    fn is_believed(listen: &str, host: &str) -> bool {
        let hosts = BelievedHosts {
            listen: listen.parse().unwrap(),
        };
        let request = Request::builder().uri("/").header("host", host);
        hosts.check(&request.body(Body::empty()).unwrap()).is_ok()
    }

    #[test]
    fn loopback_is_always_believed() {
        for listen in ["127.0.0.1", "0.0.0.0", "192.0.2.7"] {
            for host in [
                "localhost",
                "LOCALHOST:3000",
                "game.localhost:8080",
                "127.0.0.1:3000",
                "127.1.2.3",
                "[::1]:3000",
            ] {
                assert!(is_believed(listen, host), "{listen} {host}");
            }
        }
    }

    #[test]
    fn names_from_elsewhere_are_never_believed() {
        for listen in ["127.0.0.1", "0.0.0.0", "::"] {
            for host in [
                "evil.example",
                "localhost.evil.example:3000",
                "127.0.0.1.evil.example",
                "",
                "a b",
                "192.0.2.7@evil.example",
            ] {
                assert!(!is_believed(listen, host), "{listen} {host}");
            }
        }
    }

    #[test]
    fn addresses_are_believed_where_the_server_listens() {
        assert!(is_believed("192.0.2.7", "192.0.2.7:3000"));
        assert!(!is_believed("192.0.2.7", "192.0.2.8:3000"));
        assert!(!is_believed("127.0.0.1", "192.0.2.7:3000"));
        assert!(is_believed("0.0.0.0", "192.0.2.7:3000"));
        assert!(is_believed("::", "[2001:db8::7]:3000"));
    }
}
