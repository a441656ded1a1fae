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
    /// Flags and values that stand in for the defaults of the command line's definition.
    pub(super) given: Vec<(String, String)>,
}

/// Reads the command line, the environment and the config file. Says what is wrong with them, or
/// prints the help asked for, and exits.
#[must_use]
pub fn parse() -> (Command, Settings) {
    let given = std::env::var("LEPTOS_SITE_ADDR").map(|address| ("listen".to_owned(), address));
    parse_from(std::env::args_os().collect(), given.into_iter().collect())
        .unwrap_or_else(|error| error.exit())
}

/// As [`parse`], from given arguments. `defaults` are (flag, value) pairs that stand in for the
/// defaults of the definition: `cargo leptos` says by itself where to listen.
///
/// # Errors
///
/// What clap has to say, including the help if that was asked for.
pub fn parse_from(
    arguments: Vec<OsString>,
    defaults: Vec<(String, String)>,
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
    let settings = Settings::new(defaults, innermost(&matches));
    Ok((cli.command.unwrap_or(serve), settings))
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
        let given = self.given.iter().find(|(name, _)| name == flag);
        let of_file = of_file.map(|option| option.value.as_str());
        of_file.or(given.map(|(_, value)| value.as_str()))
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
