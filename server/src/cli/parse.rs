//! Parsing of flags, environment, config file and defaults into a command.

use super::{Cli, Command, Settings};
use crate::config::file::{self, FileError, FileOption};
use clap::{
    ArgMatches, CommandFactory, FromArgMatches,
    error::{ContextKind, ContextValue, ErrorKind},
};
use std::{ffi::OsString, path::Path};

/// The values that apply where neither a flag nor its environment variable is set.
#[derive(Default)]
pub(super) struct Defaults {
    /// The path of the config file, if one was read.
    pub(super) file: Option<String>,
    /// The values that the file sets.
    pub(super) from_file: Vec<FileOption>,
    /// The values that replace the defaults of the command line's definition.
    pub(super) from_platform: Vec<PlatformDefault>,
}

/// A default that `cargo leptos` or the hosting platform provides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlatformDefault {
    /// The flag, without the leading dashes.
    pub flag: &'static str,
    /// The value.
    pub value: String,
    /// The environment variable that it comes from.
    pub origin: &'static str,
}

const SITE_ADDRESS: &str = "LEPTOS_SITE_ADDR";
const PORT: &str = "PORT";

/// Reads the command line, the environment and the config file. Prints an error or the requested help
/// and exits if there is no command to run. Only [`Command::Config`] comes with settings.
#[must_use]
pub fn parse() -> (Command, Settings) {
    let listen = listen_default(!cfg!(feature = "embedded"), |name| std::env::var(name).ok());
    parse_from(std::env::args_os().collect(), listen.into_iter().collect())
        .unwrap_or_else(|error| error.exit())
}

/// The default listening address from the environment: the address that `cargo leptos` sets or, in a
/// deployed build, the port that the platform sets (Elastic Beanstalk and others set `PORT`).
pub(super) fn listen_default(
    is_deployed: bool,
    variable: impl Fn(&str) -> Option<String>,
) -> Option<PlatformDefault> {
    let listen = |origin, value| PlatformDefault {
        flag: "listen",
        value,
        origin,
    };
    if let Some(address) = variable(SITE_ADDRESS) {
        return Some(listen(SITE_ADDRESS, address));
    }
    let port = variable(PORT).filter(|_| is_deployed)?;
    Some(listen(PORT, format!("0.0.0.0:{port}")))
}

/// Parses the given arguments like [`parse`], with the given defaults of the platform.
///
/// # Errors
///
/// The error of clap or of the config file. clap also reports a request for help as an error.
pub fn parse_from(
    arguments: Vec<OsString>,
    from_platform: Vec<PlatformDefault>,
) -> Result<(Command, Settings), clap::Error> {
    let without_file = Defaults {
        from_platform,
        ..Defaults::default()
    };
    let (command, settings) = parse_with(&without_file, &arguments)?;
    let Some(path) = command.config() else {
        return Ok((command, settings));
    };
    let from_file = file::read(path, &known_flags()).map_err(|error| clap_error(&error))?;
    let defaults = Defaults {
        file: Some(path.display().to_string()),
        from_file,
        ..without_file
    };
    // Flags and environment are valid without the file, so an error here is the file's.
    parse_with(&defaults, &arguments)
        .map_err(|error| clap_error(&invalid_value(path, &defaults, &error)))
}

fn clap_error(error: &FileError) -> clap::Error {
    clap::Error::raw(ErrorKind::InvalidValue, format!("{error}\n"))
}

fn parse_with(
    defaults: &Defaults,
    arguments: &[OsString],
) -> Result<(Command, Settings), clap::Error> {
    let matches = defaults
        .set(Cli::command())
        .try_get_matches_from(arguments)?;
    let cli = Cli::from_arg_matches(&matches)?;
    let serve = Command::Serve(Box::new(cli.serve));
    let command = cli.command.unwrap_or(serve);
    let settings = match command {
        Command::Config(_) => Settings::new(defaults, innermost_matches(&matches)),
        Command::Serve(_) | Command::Tables(_) | Command::Seed(_) => Settings::default(),
    };
    Ok((command, settings))
}

fn innermost_matches(matches: &ArgMatches) -> &ArgMatches {
    match matches.subcommand() {
        Some((_, matches)) => innermost_matches(matches),
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
    /// The default value of a flag, unless it is the one of the definition.
    fn value(&self, flag: &str) -> Option<&str> {
        let from_file = self.from_file.iter().find(|option| option.flag == flag);
        let from_platform = self
            .from_platform
            .iter()
            .find(|default| default.flag == flag);
        let from_file = from_file.map(|option| option.value.as_str());
        from_file.or(from_platform.map(|default| default.value.as_str()))
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

/// clap's error about a value of the file, without its advice on usage.
fn invalid_value(file: &Path, defaults: &Defaults, error: &clap::Error) -> FileError {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    let argument = text(ContextKind::InvalidArg).unwrap_or_default();
    let flag = argument.split(' ').next().unwrap_or_default();
    let mut options = defaults.from_file.iter();
    let invalid = options.find(|option| flag.strip_prefix("--") == Some(&option.flag));
    let reason = match text(ContextKind::InvalidValue) {
        Some(value) => format!("{value:?} is not a valid value for {argument}"),
        None => error
            .to_string()
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned(),
    };
    FileError::Value {
        file: file.to_owned(),
        line: invalid.map_or(1, |option| option.line),
        reason,
    }
}
