//! The config file: the flags without their dashes as keys of a TOML file.

use std::path::{Path, PathBuf};
use toml::de::{DeTable, DeValue};

/// A value that the file sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileOption {
    /// The flag, without the dashes in front.
    pub flag: String,
    /// As one would type it after the flag.
    pub value: String,
    /// Where it is in the file, from 1 on.
    pub line: usize,
}

/// What can be wrong with a config file.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It can't be read.
    #[error("{} can't be read: {reason}", file.display())]
    Read {
        /// Which file.
        file: PathBuf,
        /// What the system said.
        reason: std::io::Error,
    },
    /// It is not TOML.
    #[error("{}, line {line}: this is not TOML: {reason}", file.display())]
    Format {
        /// Which file.
        file: PathBuf,
        /// Where.
        line: usize,
        /// What was expected there.
        reason: String,
    },
    /// An option that does not exist.
    #[error("{}, line {line}: there is no key `{key}`; the keys are {}", file.display(), known.join(", "))]
    Key {
        /// Which file.
        file: PathBuf,
        /// Where.
        line: usize,
        /// The key.
        key: String,
        /// The keys that exist.
        known: Vec<String>,
    },
    /// A table or a date where an option has a plain value.
    #[error("{}, line {line}: `{key}` takes a text, a number or a list of texts", file.display())]
    Type {
        /// Which file.
        file: PathBuf,
        /// Where.
        line: usize,
        /// The key.
        key: String,
    },
    /// A value that the option does not take.
    #[error("{}, line {line}: {reason}", file.display())]
    Value {
        /// Which file.
        file: PathBuf,
        /// Where.
        line: usize,
        /// Which value of which option.
        reason: String,
    },
}

/// The options that a file sets.
///
/// # Errors
///
/// [`FileError`], naming the file, the line and the key at fault.
pub fn read(file: &Path, known: &[String]) -> Result<Vec<FileOption>, FileError> {
    let text = std::fs::read_to_string(file).map_err(|reason| FileError::Read {
        file: file.to_owned(),
        reason,
    })?;
    let table = DeTable::parse(&text).map_err(|error| FileError::Format {
        file: file.to_owned(),
        line: line(&text, error.span().map_or(0, |span| span.start)),
        reason: error.message().replace('\n', ", "),
    })?;
    let option = |(key, value): (&toml::Spanned<_>, &toml::Spanned<DeValue<'_>>)| {
        let key: &toml::Spanned<toml::de::DeString<'_>> = key;
        let (file, line) = (file.to_owned(), line(&text, key.span().start));
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
        match plain(value.get_ref()) {
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

/// A value as one would type it after a flag.
fn plain(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.as_str().to_owned()),
        DeValue::Boolean(true) => Some("on".to_owned()),
        DeValue::Boolean(false) => Some("off".to_owned()),
        DeValue::Array(values) => {
            let texts: Option<Vec<_>> = values.iter().map(|value| plain(value.get_ref())).collect();
            texts.map(|texts| texts.join(","))
        }
        DeValue::Float(_) | DeValue::Datetime(_) | DeValue::Table(_) => None,
    }
}

/// The line of a place in a text, from 1 on.
fn line(text: &str, place: usize) -> usize {
    let before = text.get(..place).unwrap_or_default();
    before.matches('\n').count() + 1
}
