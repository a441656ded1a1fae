//! What the server is told at start-up, as types.

pub mod file;

use crate::{
    cli::{DatabaseArgs, ServeArgs, Switch},
    database::{DatabaseKind, DatabaseOptions},
    site,
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

const PING_EVERY: Duration = Duration::from_secs(15);

/// All that [`startup::start`](crate::startup::start) needs to know.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen; port 0 takes any that is free.
    pub listen: SocketAddr,
    /// Where to serve the metrics, if anywhere.
    pub metrics_listen: Option<SocketAddr>,
    /// Where the tables are.
    pub database: DatabaseOptions,
    /// What the tables' names begin with.
    pub table_prefix: String,
    /// Where people reach the server, if that is another address.
    pub public_url: Option<PublicUrl>,
    /// The proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Whether requests are limited per client address.
    pub rate_limits: bool,
    /// Whether people can look under the hood; `None` for only where the engine is a local one.
    pub inspector: Option<bool>,
    /// How often an event stream says that it is alive. Not to be set from outside: clients rely on it.
    pub ping_every: Duration,
    /// Where the browser's files are.
    pub leptos_options: LeptosOptions,
}

impl From<DatabaseArgs> for DatabaseOptions {
    fn from(arguments: DatabaseArgs) -> Self {
        Self {
            kind: arguments.kind,
            #[cfg(feature = "embedded")]
            data_dir: arguments.data_dir,
            endpoint: arguments.endpoint,
            region: arguments.region,
            #[cfg(feature = "embedded")]
            embedded_port: arguments.embedded_port,
        }
    }
}

impl From<Box<ServeArgs>> for Config {
    fn from(arguments: Box<ServeArgs>) -> Self {
        let table_prefix = arguments.database.table_prefix.clone();
        Self {
            listen: arguments.listen,
            metrics_listen: arguments.metrics_listen,
            database: arguments.database.into(),
            table_prefix,
            public_url: arguments.public_url,
            trusted_proxies: arguments.trusted_proxies,
            rate_limits: arguments.rate_limits == Switch::On,
            inspector: arguments.inspector.map(|inspector| inspector == Switch::On),
            ping_every: PING_EVERY,
            leptos_options: site::options(),
        }
    }
}

impl Config {
    /// The defaults, with the embedded engine in `data_dir`, on any free port of the loopback
    /// interface.
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
            ping_every: PING_EVERY,
            leptos_options: site::options(),
        }
    }

    /// Whether people can look under the hood.
    #[must_use]
    pub fn inspects(&self) -> bool {
        let is_local = self.database.kind != DatabaseKind::Aws;
        self.inspector.unwrap_or(is_local)
    }

    /// Whether people reach the server by HTTPS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url.as_ref().is_some_and(PublicUrl::is_https)
    }
}

/// The address at which people reach the server: scheme and authority, no path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    https: bool,
    authority: String,
}

impl PublicUrl {
    /// Whether it is https.
    #[must_use]
    pub const fn is_https(&self) -> bool {
        self.https
    }

    /// As browsers write it in `Origin`: lower case, no default port.
    #[must_use]
    pub fn origin(&self) -> String {
        let scheme = if self.https { "https" } else { "http" };
        format!("{scheme}://{}", self.authority)
    }

    /// Host and port, the port only where it is not the scheme's own.
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

/// Reads a network in CIDR notation, or a single address.
///
/// # Errors
///
/// What was expected.
pub fn parse_network(text: &str) -> Result<IpNet, &'static str> {
    let address = || text.parse::<IpAddr>().map(IpNet::from);
    text.parse::<IpNet>()
        .or_else(|_| address())
        .map_err(|_| "expected a network such as 10.0.0.0/8, or an address")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "embedded")]
    #[test]
    fn on_amazons_tables_nobody_looks_under_the_hood_unless_asked_for() {
        let mut config = Config::embedded(Path::new("unused"));
        for (kind, by_default) in [
            (DatabaseKind::Embedded, true),
            (DatabaseKind::Local, true),
            (DatabaseKind::Aws, false),
        ] {
            config.database.kind = kind;
            for (asked, expected) in [(None, by_default), (Some(true), true), (Some(false), false)]
            {
                config.inspector = asked;
                assert_eq!(config.inspects(), expected, "{kind} {asked:?}");
            }
        }
    }

    #[test]
    fn the_origin_is_written_as_browsers_write_it() {
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
