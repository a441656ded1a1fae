//! The config file: a TOML file whose keys are the flags without the leading dashes.

use std::path::{Path, PathBuf};
use toml::de::{DeTable, DeValue};

/// An option that the file sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileOption {
    /// The flag, without the leading dashes.
    pub flag: String,
    /// The value in the form of the command line.
    pub value: String,
    /// The line number, counted from 1.
    pub line: usize,
}

/// An error of the config file.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The file can't be read.
    #[error("{} can't be read: {reason}", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// The error of the operating system.
        reason: std::io::Error,
    },
    /// The file is not TOML.
    #[error("{}, line {line}: invalid TOML: {reason}", file.display())]
    Format {
        /// The file.
        file: PathBuf,
        /// The line number.
        line: usize,
        /// The message of the TOML parser.
        reason: String,
    },
    /// A key is not an option.
    #[error("{}, line {line}: unknown key `{key}`; the keys are {}", file.display(), known.join(", "))]
    Key {
        /// The file.
        file: PathBuf,
        /// The line number.
        line: usize,
        /// The key.
        key: String,
        /// The keys that exist.
        known: Vec<String>,
    },
    /// An option has a table, a date or a fraction as its value.
    #[error("{}, line {line}: `{key}` takes a string, a whole number, a boolean or a list of them", file.display())]
    Type {
        /// The file.
        file: PathBuf,
        /// The line number.
        line: usize,
        /// The key.
        key: String,
    },
    /// An option has an invalid value.
    #[error("{}, line {line}: {reason}", file.display())]
    Value {
        /// The file.
        file: PathBuf,
        /// The line number.
        line: usize,
        /// The value, the option and the problem.
        reason: String,
    },
}

/// Reads the options that a file sets.
///
/// # Errors
///
/// [`FileError`], which names the file, the line and the key.
pub fn read(file: &Path, known: &[String]) -> Result<Vec<FileOption>, FileError> {
    let text = std::fs::read_to_string(file).map_err(|reason| FileError::Read {
        file: file.to_owned(),
        reason,
    })?;
    let table = DeTable::parse(&text).map_err(|error| FileError::Format {
        file: file.to_owned(),
        line: line_number(&text, error.span().map_or(0, |span| span.start)),
        reason: error.message().replace('\n', ", "),
    })?;
    let option = |(key, value): (&toml::Spanned<_>, &toml::Spanned<DeValue<'_>>)| {
        let key: &toml::Spanned<toml::de::DeString<'_>> = key;
        let (file, line) = (file.to_owned(), line_number(&text, key.span().start));
        let key = key.get_ref().to_string();
        if !known.contains(&key) {
            let known = known.to_vec();
            return Err(FileError::Key {
                file,
                line,
                key,
                known,
            });
        }
        match flag_value(value.get_ref()) {
            Some(value) => Ok(FileOption {
                flag: key,
                value,
                line,
            }),
            None => Err(FileError::Type { file, line, key }),
        }
    };
    table.get_ref().iter().map(option).collect()
}

/// The value in the form of the command line; `None` for types that no option takes.
fn flag_value(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.as_str().to_owned()),
        DeValue::Boolean(true) => Some("on".to_owned()),
        DeValue::Boolean(false) => Some("off".to_owned()),
        DeValue::Array(values) => {
            let values = values.iter().map(|value| flag_value(value.get_ref()));
            let values: Option<Vec<_>> = values.collect();
            values.map(|values| values.join(","))
        }
        DeValue::Float(_) | DeValue::Datetime(_) | DeValue::Table(_) => None,
    }
}

/// The line number of a byte offset, counted from 1.
fn line_number(text: &str, offset: usize) -> usize {
    let before = text.get(..offset).unwrap_or_default();
    before.matches('\n').count() + 1
}
