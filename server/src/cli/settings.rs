//! The effective settings and the origin of each value.

use super::{
    Cli,
    parse::{Defaults, known_flags},
};
use clap::{ArgMatches, CommandFactory, parser::ValueSource};
use std::{ffi::OsStr, fmt};

/// The value of one option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The flag, without the leading dashes.
    pub flag: String,
    /// The value, or `None` if the option has none.
    pub value: Option<String>,
    /// The origin of the value, in words.
    pub origin: String,
}

/// All options that a config file may set. Prints as a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings(pub Vec<Setting>);

impl Settings {
    pub(super) fn new(defaults: &Defaults, matches: &ArgMatches) -> Self {
        let command = Cli::command();
        let known = known_flags();
        let arguments = command.get_arguments().filter(|argument| {
            let flag = argument.get_long();
            flag.is_some_and(|flag| known.iter().any(|known| known == flag))
        });
        let settings = arguments.filter_map(|argument| {
            let (id, flag) = (argument.get_id().as_str(), argument.get_long()?);
            // Not every command has every option.
            let raw = matches.try_get_raw(id).ok()?;
            let texts = raw.map(|values| {
                let texts: Vec<_> = values.map(OsStr::to_string_lossy).collect();
                texts.join(",")
            });
            let origin = match matches.value_source(id) {
                Some(ValueSource::CommandLine) => format!("--{flag}"),
                Some(ValueSource::EnvVariable) => argument
                    .get_env()
                    .map(|name| name.to_string_lossy().into_owned())
                    .unwrap_or_default(),
                Some(_) => defaults.origin(flag),
                None => "not set".to_owned(),
            };
            Some(Setting {
                flag: flag.to_owned(),
                value: texts.filter(|text| !text.is_empty()),
                origin,
            })
        });
        Self(settings.collect())
    }

    /// Sets the value and origin of an option that has no value.
    #[must_use]
    pub fn with_fallback(mut self, flag: &str, value: Option<String>, origin: String) -> Self {
        let mut unset = self.0.iter_mut().filter(|setting| setting.value.is_none());
        if let Some(setting) = unset.find(|setting| setting.flag == flag) {
            setting.value = value;
            setting.origin = origin;
        }
        self
    }
}

impl Defaults {
    /// The origin of a value that neither the command line nor the environment sets.
    fn origin(&self, flag: &str) -> String {
        let from_file = self.from_file.iter().find(|option| option.flag == flag);
        let from_platform = self
            .from_platform
            .iter()
            .find(|default| default.flag == flag);
        match (from_file, &self.file, from_platform) {
            (Some(option), Some(file), _) => format!("{file}, line {}", option.line),
            (_, _, Some(default)) => default.origin.to_owned(),
            _ => "default".to_owned(),
        }
    }
}

impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Setting {
            flag,
            value,
            origin,
        } in &self.0
        {
            let value = value.as_deref().unwrap_or("-");
            writeln!(f, "{flag:<16} {value:<28} {origin}")?;
        }
        Ok(())
    }
}
