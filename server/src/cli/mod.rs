//! The command line. A flag wins over its environment variable, that over the config file, that over
//! the default; clap checks the values of all four alike.

mod parse;
mod seed;
mod settings;

pub use parse::{Given, parse, parse_from};
pub use seed::SeedArgs;
pub use settings::{Setting, Settings};

use crate::config;
use crate::database::DatabaseKind;
use app::ssr::store::tables::Billing;
use clap::{Args, Parser, Subcommand, ValueEnum};
use ipnet::IpNet;
use std::{net::SocketAddr, path::PathBuf};

/// Tic-Tac-Toe on DynamoDB.
///
/// Without a subcommand it serves.
#[derive(Debug, Parser)]
#[command(name = "server", version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: ServeArgs,
}

/// What the server is asked to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the site and the API
    Serve(Box<ServeArgs>),
    /// Create, describe or delete the tables
    #[command(subcommand)]
    Tables(TablesCommand),
    /// Write made-up players and games, in any state, into the tables: for tests
    Seed(Box<SeedArgs>),
    /// Show what `serve` would go by, and where each value comes from
    Config(Box<ServeArgs>),
}

/// What to do about the tables.
#[derive(Clone, Debug, Subcommand)]
pub enum TablesCommand {
    /// Create the tables that are not there and wait until they can be used
    Create {
        /// Which tables
        #[command(flatten)]
        place: TablesPlace,

        /// Pay for so many read and write units a second, for each table and index, instead of for each
        /// request
        #[arg(long, value_name = "READ/WRITE", value_parser = parse_billing)]
        provisioned: Option<Billing>,

        /// Keep what is needed to restore the tables as of any second of the last 35 days
        #[arg(long)]
        point_in_time_recovery: bool,

        /// Have the service refuse to delete the tables
        #[arg(long)]
        deletion_protection: bool,
    },
    /// Show what the tables are like
    Describe {
        /// Which tables
        #[command(flatten)]
        place: TablesPlace,
    },
    /// Delete the tables with all that is in them
    Delete {
        /// Which tables
        #[command(flatten)]
        place: TablesPlace,

        /// Don't ask
        #[arg(long)]
        yes: bool,
    },
}

/// Which tables a command is about.
#[derive(Clone, Debug, Args)]
pub struct TablesPlace {
    /// The tables
    #[command(flatten)]
    pub database: DatabaseArgs,

    /// A TOML file with any of these options, named as the flags are without the dashes in front
    #[arg(long, env = "TTT_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
}

impl Command {
    /// The config file that was named.
    fn config(&self) -> Option<&PathBuf> {
        match self {
            Self::Serve(serve) | Self::Config(serve) => serve.config.as_ref(),
            Self::Tables(
                TablesCommand::Create { place, .. }
                | TablesCommand::Describe { place }
                | TablesCommand::Delete { place, .. },
            ) => place.config.as_ref(),
            Self::Seed(seed) => seed.place.config.as_ref(),
        }
    }
}

fn parse_billing(text: &str) -> Result<Billing, &'static str> {
    const EXPECTED: &str = "expected read and write units a second, such as 5/5";
    let (read, write) = text.split_once('/').ok_or(EXPECTED)?;
    let units = |text: &str| text.parse().ok().filter(|units| *units > 0).ok_or(EXPECTED);
    Ok(Billing::Provisioned {
        read: units(read)?,
        write: units(write)?,
    })
}

/// What `server serve` can be told.
#[derive(Clone, Debug, Args)]
pub struct ServeArgs {
    /// The address and port to listen on; port 0 takes any that is free
    #[arg(
        long,
        env = "TTT_LISTEN",
        value_name = "ADDRESS",
        default_value = "127.0.0.1:3000"
    )]
    pub listen: SocketAddr,

    /// The address and port of the metrics, as Prometheus reads them at /metrics; anybody who reaches it can
    /// read them; none unless given
    #[arg(long, env = "TTT_METRICS_LISTEN", value_name = "ADDRESS")]
    pub metrics_listen: Option<SocketAddr>,

    /// The tables
    #[command(flatten)]
    pub database: DatabaseArgs,

    /// The address at which people reach the server, where that is another one (behind a proxy); with
    /// https, cookies are `Secure`, and what a trusted proxy received by plain HTTP (X-Forwarded-Proto) is
    /// redirected to it
    #[arg(long, env = "TTT_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<config::PublicUrl>,

    /// The addresses of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed, separated by
    /// commas
    #[arg(
        long = "trusted-proxy",
        env = "TTT_TRUSTED_PROXY",
        value_name = "CIDR",
        value_delimiter = ',',
        value_parser = config::parse_network
    )]
    pub trusted_proxies: Vec<IpNet>,

    /// Whether each client address may only do so much in a while; off is for tests
    #[arg(long, env = "TTT_RATE_LIMITS", value_enum, default_value_t = Switch::On)]
    pub rate_limits: Switch,

    /// Whether people can look under the hood: see what their own clicks ask of the tables, race a move, and, with
    /// embedded and local, switch faults on; unless given on with embedded and local, off with aws
    #[arg(long, env = "TTT_INSPECTOR", value_name = "SWITCH", value_enum)]
    pub inspector: Option<Switch>,

    /// A TOML file with any of these options, named as the flags are without the dashes in front
    #[arg(long, env = "TTT_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// Where the tables are: the same for every command that needs them.
#[derive(Clone, Debug, Args)]
pub struct DatabaseArgs {
    /// Which engine keeps the tables
    #[arg(
        long = "database",
        env = "TTT_DATABASE",
        value_name = "ENGINE",
        value_enum,
        default_value_t
    )]
    pub kind: DatabaseKind,

    /// The directory of the embedded engine's file
    #[cfg(feature = "embedded")]
    #[arg(
        long,
        env = "TTT_DATA_DIR",
        value_name = "DIRECTORY",
        default_value = "data"
    )]
    pub data_dir: PathBuf,

    /// Where requests to the tables are sent: for local http://127.0.0.1:8000 unless given, for aws
    /// the region's own endpoint
    #[arg(long, env = "TTT_ENDPOINT", value_name = "URL")]
    pub endpoint: Option<String>,

    /// The AWS region; for aws the one that the usual AWS chain names unless given
    #[arg(long, env = "TTT_REGION", value_name = "REGION")]
    pub region: Option<String>,

    /// What the names of the tables begin with, so that several environments fit into one account
    #[arg(
        long,
        env = "TTT_TABLE_PREFIX",
        value_name = "PREFIX",
        default_value = "",
        hide_default_value = true
    )]
    pub table_prefix: String,

    /// Opens the embedded engine on this port of the loopback interface as well, for looking in with
    /// other tools: any local program and any web page can then read and change the tables
    #[cfg(feature = "embedded")]
    #[arg(long, env = "TTT_EMBEDDED_PORT", value_name = "PORT")]
    pub embedded_port: Option<u16>,
}

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// On
    On,
    /// Off
    Off,
}

#[cfg(test)]
mod tests;
