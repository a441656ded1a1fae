//! The command line. A flag wins over its environment variable, that over the config file, that over
//! the default; clap checks the values of all four alike.

use crate::config::{self, FileError};
use crate::database::DatabaseKind;
use clap::{
    Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum,
    error::{ContextKind, ContextValue, ErrorKind},
};
use ipnet::IpNet;
use std::{ffi::OsString, net::SocketAddr, path::PathBuf};

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

    /// The tables
    #[command(flatten)]
    pub database: DatabaseArgs,

    /// The address at which people reach the server, where that is another one (behind a proxy); with
    /// https, cookies are `Secure`
    #[arg(long, env = "TTT_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<config::PublicUrl>,

    /// The addresses of proxies whose X-Forwarded-For is believed, separated by commas
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

    /// A TOML file with any of these options, named as the flags are without the dashes in front
    #[arg(long, env = "TTT_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// Where the tables are: the same for every command that needs them.
#[derive(Clone, Debug, Args)]
pub struct DatabaseArgs {
    /// Which engine keeps the tables
    #[arg(long = "database", env = "TTT_DATABASE", value_name = "ENGINE", value_enum, default_value_t = DatabaseKind::Embedded)]
    pub kind: DatabaseKind,

    /// The directory of the embedded engine's file
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

/// Reads the command line, the environment and the config file. Says what is wrong with them, or
/// prints the help asked for, and exits.
#[must_use]
pub fn parse() -> Command {
    let defaults = std::env::var("LEPTOS_SITE_ADDR").map(|address| ("listen".to_owned(), address));
    parse_from(
        std::env::args_os().collect(),
        defaults.into_iter().collect(),
    )
    .unwrap_or_else(|error| error.exit())
}

/// As [`parse`], from given arguments. `defaults` are (flag, value) pairs that stand in for the
/// defaults of this file: `cargo leptos` says by itself where to listen.
///
/// # Errors
///
/// What clap has to say, including the help if that was asked for.
pub fn parse_from(
    arguments: Vec<OsString>,
    mut defaults: Vec<(String, String)>,
) -> Result<Command, clap::Error> {
    let command = run(Cli::command(), &arguments)?;
    let Command::Serve(serve) = &command;
    let Some(file) = serve.config.as_deref() else {
        return if defaults.is_empty() {
            Ok(command)
        } else {
            run(with_defaults(Cli::command(), &defaults), &arguments)
        };
    };
    let explain =
        |error: FileError| clap::Error::raw(ErrorKind::InvalidValue, format!("{error}\n"));
    let options = config::read_file(file, &known_flags()).map_err(explain)?;
    defaults.retain(|(flag, _)| options.iter().all(|(name, _)| name != flag));
    defaults.extend(options);
    run(with_defaults(Cli::command(), &defaults), &arguments).map_err(|error| {
        // Flags and environment were fine without the file.
        explain(FileError::Value {
            file: file.to_owned(),
            reason: one_line(&error),
        })
    })
}

fn run(command: clap::Command, arguments: &[OsString]) -> Result<Command, clap::Error> {
    let cli = Cli::from_arg_matches(&command.try_get_matches_from(arguments)?)?;
    Ok(cli
        .command
        .unwrap_or_else(|| Command::Serve(Box::new(cli.serve))))
}

/// The flags that a config file may set.
fn known_flags() -> Vec<String> {
    let command = Cli::command();
    let flags = command.get_arguments().filter_map(clap::Arg::get_long);
    flags
        .filter(|flag| !matches!(*flag, "config" | "help" | "version"))
        .map(str::to_owned)
        .collect()
}

fn with_defaults(command: clap::Command, defaults: &[(String, String)]) -> clap::Command {
    let set = |command: clap::Command| {
        command.mut_args(|argument| {
            let value = defaults
                .iter()
                .find(|(flag, _)| argument.get_long() == Some(flag.as_str()));
            match value {
                Some((_, value)) => argument.default_value(value.clone()),
                None => argument,
            }
        })
    };
    set(command).mut_subcommands(set)
}

/// Clap's complaint without its advice on usage.
fn one_line(error: &clap::Error) -> String {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    match (
        text(ContextKind::InvalidArg),
        text(ContextKind::InvalidValue),
    ) {
        (Some(argument), Some(value)) => format!("{value:?} is no value for {argument}"),
        _ => error
            .to_string()
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn parse(arguments: &[&str]) -> Result<ServeArgs, clap::Error> {
        let arguments = [&["server"], arguments].concat();
        parse_from(arguments.iter().map(OsString::from).collect(), Vec::new())
            .map(|Command::Serve(serve)| *serve)
    }

    fn file(text: &str) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        file
    }

    #[test]
    fn the_command_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn it_serves_without_a_subcommand() {
        let plain = parse(&["--listen", "127.0.0.1:1"]).unwrap();
        let named = parse(&["serve", "--listen", "127.0.0.1:1"]).unwrap();
        assert_eq!(plain.listen, named.listen);
        assert_eq!(plain.database.kind, DatabaseKind::Embedded);
        assert_eq!(plain.rate_limits, Switch::On);
    }

    #[test]
    fn a_flag_wins_over_the_file_and_the_file_over_the_default() {
        let file = file(
            "listen = \"127.0.0.1:1\"\ndatabase = \"local\"\nembedded-port = 7\n\
             trusted-proxy = [\"10.0.0.0/8\", \"192.0.2.1\"]\nrate-limits = \"off\"\n",
        );
        let path = file.path().to_str().unwrap();
        for command in [&["--config"][..], &["serve", "--config"]] {
            let arguments = [command, &[path, "--listen", "127.0.0.1:2"]].concat();
            let serve = parse(&arguments).unwrap();
            assert_eq!(serve.listen.port(), 2);
            assert_eq!(serve.database.kind, DatabaseKind::Local);
            assert_eq!(serve.database.embedded_port, Some(7));
            assert_eq!(serve.trusted_proxies.len(), 2);
            assert_eq!(serve.rate_limits, Switch::Off);
            assert_eq!(serve.database.data_dir, PathBuf::from("data"));
        }
    }

    #[test]
    fn the_address_that_cargo_leptos_names_is_a_default_only() {
        let parse = |arguments: &[&str]| {
            let arguments = [&["server"], arguments].concat();
            let leptos = ("listen".to_owned(), "127.0.0.1:9".to_owned());
            let Command::Serve(serve) =
                parse_from(arguments.iter().map(OsString::from).collect(), vec![leptos]).unwrap();
            serve.listen.port()
        };
        assert_eq!(parse(&[]), 9);
        assert_eq!(parse(&["--listen", "127.0.0.1:2"]), 2);
        let file = file("listen = \"127.0.0.1:1\"");
        assert_eq!(parse(&["--config", file.path().to_str().unwrap()]), 1);
    }

    #[test]
    fn what_is_wrong_with_a_file_is_said_in_one_sentence() {
        for (text, sentence) in [
            ("listne = 1", "`listne`"),
            ("config = \"x\"", "`config`"),
            (
                "listen = \"nowhere\"",
                "\"nowhere\" is no value for --listen",
            ),
            (
                "database = \"oracle\"",
                "\"oracle\" is no value for --database",
            ),
            ("listen = { port = 1 }", "`listen`"),
            ("listen", "line 1"),
        ] {
            let file = file(text);
            let error = parse(&["--config", file.path().to_str().unwrap()]).unwrap_err();
            let first = error.to_string();
            let first = first.lines().next().unwrap();
            assert!(first.contains(sentence), "{text}: {first}");
            assert!(first.contains(file.path().to_str().unwrap()), "{first}");
        }
        let error = parse(&["--config", "/nowhere/at/all.toml"]).unwrap_err();
        assert!(error.to_string().contains("/nowhere/at/all.toml"));
    }

    #[test]
    fn bad_values_are_refused() {
        for arguments in [
            ["--listen", "localhost"],
            ["--database", "oracle"],
            ["--public-url", "ftp://example.org"],
            ["--public-url", "https://example.org/path"],
            ["--trusted-proxy", "10.0.0.0/99"],
            ["--rate-limits", "maybe"],
            ["--embedded-port", "70000"],
            ["--unknown", "1"],
        ] {
            assert!(parse(&arguments).is_err(), "{arguments:?}");
        }
    }
}
