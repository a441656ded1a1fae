//! Why a database could not be opened, in sentences for whoever starts the server.

#[cfg(feature = "embedded")]
use std::{io, path::PathBuf};
use thiserror::Error;

/// Why a database could not be opened. The text says what to do about it.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DatabaseError {
    /// Another process holds the data directory's lock.
    #[cfg(feature = "embedded")]
    #[error("{} is in use by another server; stop it, or choose another --data-dir", dir.display())]
    InUse {
        /// The data directory.
        dir: PathBuf,
    },
    /// The data directory or a file in it cannot be created or opened.
    #[cfg(feature = "embedded")]
    #[error("{} cannot be used for the database ({cause}); choose another --data-dir", path.display())]
    DataDir {
        /// The directory or file.
        path: PathBuf,
        /// What the operating system said.
        cause: io::Error,
    },
    /// The data directory's name is not UTF-8, which the engine needs.
    #[cfg(feature = "embedded")]
    #[error("the name of {} is not UTF-8; choose another --data-dir", dir.display())]
    DataDirName {
        /// The data directory.
        dir: PathBuf,
    },
    /// The engine refuses the file.
    #[cfg(feature = "embedded")]
    #[error("{} cannot be opened as a database ({cause}); restore it, or choose another --data-dir", path.display())]
    DataFile {
        /// The file.
        path: PathBuf,
        /// What the engine said.
        cause: dynoxide::DynoxideError,
    },
    /// The port for other tools cannot be opened.
    #[cfg(feature = "embedded")]
    #[error(
        "port {port} cannot be opened for the embedded database ({cause}); choose another --embedded-port"
    )]
    EmbeddedPort {
        /// The port asked for.
        port: u16,
        /// What the operating system said.
        cause: io::Error,
    },
    /// The endpoint is no HTTP address.
    #[error(
        "{endpoint:?} is not an endpoint; --endpoint takes a URL such as http://127.0.0.1:8000"
    )]
    Endpoint {
        /// What was given.
        endpoint: String,
    },
    /// The AWS chain names no region.
    #[error(
        "no AWS region is set; pass --region, set AWS_REGION, or add a region to your AWS profile"
    )]
    NoRegion,
    /// The AWS chain yields no credentials; the log says where it looked.
    #[error(
        "no usable AWS credentials were found; set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, \
         or give the machine a role; `aws configure export-credentials --format env` prints what the AWS CLI goes by (the log says more)"
    )]
    NoCredentials,
}
