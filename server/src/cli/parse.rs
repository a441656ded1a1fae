//! From flags, environment, config file and defaults to a command.

use super::{Cli, Command, Settings};
use crate::config::file::{self, FileError, FileOption};
use clap::{
    ArgMatches, CommandFactory, FromArgMatches,
    error::{ContextKind, ContextValue, ErrorKind},
};
use std::{ffi::OsString, path::Path};

/// What a command goes by, besides flags and environment.
#[derive(Default)]
pub(super) struct Defaults {
    /// The file that was read, if any.
    pub(super) file: Option<String>,
    /// What the file sets.
    pub(super) of_file: Vec<FileOption>,
    /// What stands in for the defaults of the command line's definition.
    pub(super) given: Vec<Given>,
}

/// A default that the surroundings give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// The flag, without the dashes in front.
    pub flag: &'static str,
    /// The value.
    pub value: String,
    /// The environment variable that it comes from.
    pub origin: &'static str,
}

const SITE_ADDRESS: &str = "LEPTOS_SITE_ADDR";
const PORT: &str = "PORT";

/// Reads the command line, the environment and the config file. Says what is wrong with them, or
/// prints the help asked for, and exits. The settings are for [`Command::Config`]; there are none with others.
#[must_use]
pub fn parse() -> (Command, Settings) {
    let given = listen_default(!cfg!(feature = "embedded"), |name| std::env::var(name).ok());
    parse_from(std::env::args_os().collect(), given.into_iter().collect())
        .unwrap_or_else(|error| error.exit())
}

/// Where to listen when nobody says: where `cargo leptos` says by itself, or, in what is deployed, at the
/// port that the platform gives (Elastic Beanstalk and others set `PORT`).
pub(super) fn listen_default(
    is_deployed: bool,
    variable: impl Fn(&str) -> Option<String>,
) -> Option<Given> {
    let given = |origin, value| Given {
        flag: "listen",
        value,
        origin,
    };
    if let Some(address) = variable(SITE_ADDRESS) {
        return Some(given(SITE_ADDRESS, address));
    }
    let port = variable(PORT).filter(|_| is_deployed)?;
    Some(given(PORT, format!("0.0.0.0:{port}")))
}

/// As [`parse`], from given arguments and with what stands in for the defaults of the definition.
///
/// # Errors
///
/// What clap has to say, including the help if that was asked for.
pub fn parse_from(
    arguments: Vec<OsString>,
    defaults: Vec<Given>,
) -> Result<(Command, Settings), clap::Error> {
    let given = Defaults {
        given: defaults,
        ..Defaults::default()
    };
    let (command, settings) = run(&given, &arguments)?;
    let Some(path) = command.config() else {
        return Ok((command, settings));
    };
    let of_file = file::read(path, &known_flags()).map_err(|error| explain(&error))?;
    let defaults = Defaults {
        file: Some(path.display().to_string()),
        of_file,
        ..given
    };
    // Flags and environment were fine without the file.
    run(&defaults, &arguments).map_err(|error| explain(&bad_value(path, &defaults, &error)))
}

fn explain(error: &FileError) -> clap::Error {
    clap::Error::raw(ErrorKind::InvalidValue, format!("{error}\n"))
}

fn run(defaults: &Defaults, arguments: &[OsString]) -> Result<(Command, Settings), clap::Error> {
    let matches = defaults
        .set(Cli::command())
        .try_get_matches_from(arguments)?;
    let cli = Cli::from_arg_matches(&matches)?;
    let serve = Command::Serve(Box::new(cli.serve));
    let command = cli.command.unwrap_or(serve);
    let settings = match command {
        Command::Config(_) => Settings::new(defaults, innermost(&matches)),
        Command::Serve(_) | Command::Tables(_) | Command::Seed(_) => Settings::default(),
    };
    Ok((command, settings))
}

fn innermost(matches: &ArgMatches) -> &ArgMatches {
    match matches.subcommand() {
        Some((_, matches)) => innermost(matches),
        None => matches,
    }
}

/// The flags that a config file may set.
pub(super) fn known_flags() -> Vec<String> {
    let command = Cli::command();
    let flags = command.get_arguments().filter_map(clap::Arg::get_long);
    flags
        .filter(|flag| !matches!(*flag, "config" | "help" | "version"))
        .map(str::to_owned)
        .collect()
}

impl Defaults {
    /// The value for a flag.
    fn value(&self, flag: &str) -> Option<&str> {
        let of_file = self.of_file.iter().find(|option| option.flag == flag);
        let given = self.given.iter().find(|given| given.flag == flag);
        let of_file = of_file.map(|option| option.value.as_str());
        of_file.or(given.map(|given| given.value.as_str()))
    }

    fn set(&self, command: clap::Command) -> clap::Command {
        let command = command.mut_args(|argument| {
            match argument.get_long().and_then(|flag| self.value(flag)) {
                Some(value) => {
                    let value = value.to_owned();
                    argument.default_value(value)
                }
                None => argument,
            }
        });
        command.mut_subcommands(|command| self.set(command))
    }
}

/// Clap's complaint about a value of the file, without its advice on usage.
fn bad_value(file: &Path, defaults: &Defaults, error: &clap::Error) -> FileError {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    let argument = text(ContextKind::InvalidArg).unwrap_or_default();
    let flag = argument.split(' ').next().unwrap_or_default();
    let mut options = defaults.of_file.iter();
    let at_fault = options.find(|option| flag.strip_prefix("--") == Some(&option.flag));
    let reason = match text(ContextKind::InvalidValue) {
        Some(value) => format!("{value:?} is no value for {argument}"),
        None => error
            .to_string()
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned(),
    };
    FileError::Value {
        file: file.to_owned(),
        line: at_fault.map_or(1, |option| option.line),
        reason,
    }
}
