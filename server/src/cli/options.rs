//! Conversions from the command line to the options of the database and of the server.

use super::{DatabaseArgs, ServeArgs, Switch};
use crate::{
    config::{Config, PING_INTERVAL},
    database::DatabaseOptions,
    http::{connections::ConnectionLimits, site},
};

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
            ping_interval: PING_INTERVAL,
            connections: ConnectionLimits::default(),
            leptos_options: site::options(),
        }
    }
}
