//! The command line. A flag overrides its environment variable, which overrides the config file, which
//! overrides the default. clap checks the values of all four alike.

mod options;
mod parse;
mod seed;
mod settings;

pub use parse::{PlatformDefault, parse, parse_from};
pub use seed::SeedArgs;
pub use settings::{Setting, Settings};

use crate::config;
use crate::database::DatabaseKind;
use backend::store::tables::Billing;
use clap::{Args, Parser, Subcommand, ValueEnum};
use ipnet::IpNet;
use std::{net::SocketAddr, path::PathBuf};

/// Tic-Tac-Toe on DynamoDB.
///
/// Without a subcommand, the server runs `serve`.
#[derive(Debug, Parser)]
#[command(name = "server", version, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: ServeArgs,
}

/// The subcommand to run.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the site and the API
    Serve(Box<ServeArgs>),
    /// Create, describe or delete the tables
    #[command(subcommand)]
    Tables(TablesCommand),
    /// Write test players and games, in any state, to the tables
    Seed(Box<SeedArgs>),
    /// Show the settings of `serve` and the origin of each value
    Config(Box<ServeArgs>),
}

/// The subcommand of `server tables` to run.
#[derive(Clone, Debug, Subcommand)]
pub enum TablesCommand {
    /// Create the missing tables and wait until they are ready
    Create {
        /// The tables
        #[command(flatten)]
        tables: TablesArgs,

        /// Provision read and write capacity units per second, for each table and index, instead of
        /// paying for each request
        #[arg(long, value_name = "READ/WRITE", value_parser = parse_billing)]
        provisioned: Option<Billing>,

        /// Enable point-in-time recovery, which can restore the tables as of any second of the last 35 days
        #[arg(long)]
        point_in_time_recovery: bool,

        /// Protect the tables from deletion
        #[arg(long)]
        deletion_protection: bool,
    },
    /// Show the status, size and billing of the tables
    Describe {
        /// The tables
        #[command(flatten)]
        tables: TablesArgs,
    },
    /// Delete the tables and all their items
    Delete {
        /// The tables
        #[command(flatten)]
        tables: TablesArgs,

        /// Delete without asking for confirmation
        #[arg(long)]
        yes: bool,
    },
}

/// The options that select the tables of a command.
#[derive(Clone, Debug, Args)]
pub struct TablesArgs {
    /// The database
    #[command(flatten)]
    pub database: DatabaseArgs,

    /// TOML file that sets any of these options; its keys are the flags without the leading dashes
    #[arg(long, env = "TTT_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
}

impl Command {
    /// The config file that the command line or the environment names.
    fn config(&self) -> Option<&PathBuf> {
        match self {
            Self::Serve(serve) | Self::Config(serve) => serve.config.as_ref(),
            Self::Tables(
                TablesCommand::Create { tables, .. }
                | TablesCommand::Describe { tables }
                | TablesCommand::Delete { tables, .. },
            ) => tables.config.as_ref(),
            Self::Seed(seed) => seed.tables.config.as_ref(),
        }
    }
}

fn parse_billing(text: &str) -> Result<Billing, &'static str> {
    const EXPECTED: &str = "expected read and write units per second, such as 5/5";
    let (read, write) = text.split_once('/').ok_or(EXPECTED)?;
    let units = |text: &str| text.parse().ok().filter(|units| *units > 0).ok_or(EXPECTED);
    Ok(Billing::Provisioned {
        read: units(read)?,
        write: units(write)?,
    })
}

/// The options of `server serve`.
#[derive(Clone, Debug, Args)]
pub struct ServeArgs {
    /// Address and port to listen on; port 0 selects a free one
    #[arg(
        long,
        env = "TTT_LISTEN",
        value_name = "ADDRESS",
        default_value = "127.0.0.1:3000"
    )]
    pub listen: SocketAddr,

    /// Address and port of the Prometheus metrics (/metrics), readable by anyone who can reach it; without
    /// it there are no metrics
    #[arg(long, env = "TTT_METRICS_LISTEN", value_name = "ADDRESS")]
    pub metrics_listen: Option<SocketAddr>,

    /// The database
    #[command(flatten)]
    pub database: DatabaseArgs,

    /// Public URL of the server if it differs from the listening address, such as behind a proxy; without it,
    /// requests must name localhost or the listening address as their host; with https, cookies are `Secure`,
    /// and what a trusted proxy received over plain HTTP (X-Forwarded-Proto) is redirected to it or rejected
    #[arg(long, env = "TTT_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<config::PublicUrl>,

    /// Networks of the proxies whose X-Forwarded-For, X-Forwarded-Proto and X-Request-Id headers are trusted,
    /// separated by commas
    #[arg(
        long = "trusted-proxy",
        env = "TTT_TRUSTED_PROXY",
        value_name = "CIDR",
        value_delimiter = ',',
        value_parser = config::parse_network
    )]
    pub trusted_proxies: Vec<IpNet>,

    /// Limits on the requests of each client address and player; off is for tests
    #[arg(long, env = "TTT_RATE_LIMITS", value_enum, default_value_t = Switch::On)]
    pub rate_limits: Switch,

    /// The panel "Under the hood", in which players see the database requests of their own clicks, race a
    /// move and, with embedded and local, switch faults on; by default on with embedded and local, off with
    /// aws
    #[arg(long, env = "TTT_INSPECTOR", value_name = "SWITCH", value_enum)]
    pub inspector: Option<Switch>,

    /// TOML file that sets any of these options; its keys are the flags without the leading dashes
    #[arg(long, env = "TTT_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// The database options, which all commands share.
#[derive(Clone, Debug, Args)]
pub struct DatabaseArgs {
    /// Engine that stores the tables
    #[arg(
        long = "database",
        env = "TTT_DATABASE",
        value_name = "ENGINE",
        value_enum,
        default_value_t
    )]
    pub kind: DatabaseKind,

    /// Directory of the embedded engine's file
    #[cfg(feature = "embedded")]
    #[arg(
        long,
        env = "TTT_DATA_DIR",
        value_name = "DIRECTORY",
        default_value = "data"
    )]
    pub data_dir: PathBuf,

    /// URL that database requests are sent to; the default is http://127.0.0.1:8000 for local and the
    /// region's endpoint for aws
    #[arg(long, env = "TTT_ENDPOINT", value_name = "URL")]
    pub endpoint: Option<String>,

    /// AWS region; for aws the default is the region of the usual AWS chain
    #[arg(long, env = "TTT_REGION", value_name = "REGION")]
    pub region: Option<String>,

    /// Prefix of the table names, so that several environments fit into one account
    #[arg(
        long,
        env = "TTT_TABLE_PREFIX",
        value_name = "PREFIX",
        default_value = "",
        hide_default_value = true
    )]
    pub table_prefix: String,

    /// Loopback port on which to serve the embedded engine as well, for other tools; any local program and
    /// any web page can then read and change the tables
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
