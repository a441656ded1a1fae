//! The configuration of the server.

pub mod file;

#[cfg(feature = "embedded")]
use crate::http::site;
use crate::{
    database::{DatabaseKind, DatabaseOptions},
    http::connections::ConnectionLimits,
};
use http::Uri;
use ipnet::IpNet;
use leptos::config::LeptosOptions;
#[cfg(feature = "embedded")]
use std::path::Path;
use std::{
    fmt,
    net::{IpAddr, SocketAddr},
    str::FromStr,
    time::Duration,
};

/// The interval between the pings of an event stream.
pub const PING_INTERVAL: Duration = Duration::from_secs(15);

/// The configuration of [`start`](crate::lifecycle::start::start).
#[derive(Clone, Debug)]
pub struct Config {
    /// The address to listen on. Port 0 selects a free one.
    pub listen: SocketAddr,
    /// The address to serve the metrics on, or `None` for no metrics.
    pub metrics_listen: Option<SocketAddr>,
    /// The database that stores the tables.
    pub database: DatabaseOptions,
    /// The prefix of the table names.
    pub table_prefix: String,
    /// The public address of the server, if it differs from the listening address.
    pub public_url: Option<PublicUrl>,
    /// The proxies whose `X-Forwarded-For`, `X-Forwarded-Proto` and `X-Request-Id` are trusted.
    pub trusted_proxies: Vec<IpNet>,
    /// True if requests are limited per client address.
    pub rate_limits: bool,
    /// True if the inspector is on. `None` switches it on with local engines only.
    pub inspector: Option<bool>,
    /// The interval between the pings of an event stream. Only tests change it: clients rely on
    /// [`PING_INTERVAL`].
    pub ping_interval: Duration,
    /// The limits on connections. Only tests change them.
    pub connections: ConnectionLimits,
    /// The location and the names of the site's files.
    pub leptos_options: LeptosOptions,
}

impl Config {
    /// The default configuration with the embedded engine in `data_dir`, on a free port of the
    /// loopback interface.
    #[cfg(feature = "embedded")]
    #[must_use]
    pub fn embedded(data_dir: &Path) -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            metrics_listen: None,
            database: DatabaseOptions {
                kind: DatabaseKind::Embedded,
                data_dir: data_dir.to_owned(),
                endpoint: None,
                region: None,
                embedded_port: None,
            },
            table_prefix: String::new(),
            public_url: None,
            trusted_proxies: Vec::new(),
            rate_limits: true,
            inspector: None,
            ping_interval: PING_INTERVAL,
            connections: ConnectionLimits::default(),
            leptos_options: site::options(),
        }
    }

    /// Returns true if the inspector is on.
    #[must_use]
    pub fn has_inspector(&self) -> bool {
        let is_local = self.database.kind != DatabaseKind::Aws;
        self.inspector.unwrap_or(is_local)
    }

    /// Returns true if the public address is https.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url.as_ref().is_some_and(PublicUrl::is_https)
    }
}

/// The public address of the server: scheme and authority, no path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    https: bool,
    authority: String,
}

impl PublicUrl {
    /// Returns true if the scheme is https.
    #[must_use]
    pub const fn is_https(&self) -> bool {
        self.https
    }

    /// The address as browsers send it in `Origin`: lower case, without a default port.
    #[must_use]
    pub fn origin(&self) -> String {
        let scheme = if self.https { "https" } else { "http" };
        format!("{scheme}://{}", self.authority)
    }

    /// The host, and the port unless it is the default of the scheme.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.authority
    }
}

impl FromStr for PublicUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str = "expected http:// or https:// and a host, without a path";
        let uri: Uri = text.parse().map_err(|_| EXPECTED)?;
        let (https, default_port) = match uri.scheme_str() {
            Some("https") => (true, 443),
            Some("http") => (false, 80),
            _ => return Err(EXPECTED),
        };
        let host = uri.host().filter(|host| !host.is_empty()).ok_or(EXPECTED)?;
        let has_user = uri.authority().is_some_and(|a| a.as_str().contains('@'));
        if uri.path() != "/" || uri.query().is_some() || has_user {
            return Err(EXPECTED);
        }
        let port = uri.port_u16().filter(|port| *port != default_port);
        let authority = match port {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        };
        Ok(Self {
            https,
            authority: authority.to_ascii_lowercase(),
        })
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin())
    }
}

/// Parses a network in CIDR notation or a single address.
///
/// # Errors
///
/// A description of the expected format.
pub fn parse_network(text: &str) -> Result<IpNet, &'static str> {
    let address = || text.parse::<IpAddr>().map(IpNet::from);
    text.parse::<IpNet>()
        .or_else(|_| address())
        .map_err(|_| "expected a network such as 10.0.0.0/8 or an address")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Covers addresses with a path, a user, a strange port, or nothing wrong.
        #[test]
        fn a_public_url_survives_its_origin(
            text in prop_oneof![
                any::<String>(),
                "(https?|ftp)://([a-zA-Z@]@)?[a-zA-Z0-9.-]{0,9}(:[0-9]{0,6})?[/?#]?[a-z]?",
            ],
        ) {
            if let Ok(url) = text.parse::<PublicUrl>() {
                prop_assert_eq!(url.origin().parse(), Ok(url));
            }
        }

        #[test]
        fn a_network_survives_its_text(
            text in prop_oneof![any::<String>(), "[0-9]{1,3}([.][0-9]{1,3}){2,4}(/[0-9]{0,3})?", "[0-9a-f:]{2,9}(/[0-9]{0,3})?"],
        ) {
            if let Ok(network) = parse_network(&text) {
                prop_assert_eq!(parse_network(&network.to_string()), Ok(network));
            }
        }
    }

    #[cfg(feature = "embedded")]
    #[test]
    fn inspector_is_off_by_default_only_on_aws() {
        let mut config = Config::embedded(Path::new("unused"));
        for (kind, by_default) in [
            (DatabaseKind::Embedded, true),
            (DatabaseKind::Local, true),
            (DatabaseKind::Aws, false),
        ] {
            config.database.kind = kind;
            for (setting, expected) in
                [(None, by_default), (Some(true), true), (Some(false), false)]
            {
                config.inspector = setting;
                assert_eq!(config.has_inspector(), expected, "{kind} {setting:?}");
            }
        }
    }

    #[test]
    fn origin_has_the_browsers_form() {
        for (text, origin) in [
            ("https://Play.Example.org", "https://play.example.org"),
            ("https://play.example.org:443/", "https://play.example.org"),
            ("http://[::1]:3000", "http://[::1]:3000"),
            ("http://localhost:80", "http://localhost"),
        ] {
            assert_eq!(text.parse::<PublicUrl>().unwrap().origin(), origin);
        }
        for text in [
            "",
            "play.example.org",
            "https://",
            "https://a/b",
            "https://a?b",
            "https://u@a",
        ] {
            assert!(text.parse::<PublicUrl>().is_err(), "{text}");
        }
    }
}
