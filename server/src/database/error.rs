//! Errors of opening the database.

#[cfg(feature = "embedded")]
use std::{io, path::PathBuf};
use thiserror::Error;

/// An error of opening the database. Its text tells the operator what to do.
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
        /// The error of the operating system.
        cause: io::Error,
    },
    /// The data directory's name is not UTF-8, which the engine needs.
    #[cfg(feature = "embedded")]
    #[error("the name of {} is not UTF-8; choose another --data-dir", dir.display())]
    DataDirName {
        /// The data directory.
        dir: PathBuf,
    },
    /// The engine can't open the file.
    #[cfg(feature = "embedded")]
    #[error("{} cannot be opened as a database ({cause}); restore it, or choose another --data-dir", path.display())]
    DataFile {
        /// The file.
        path: PathBuf,
        /// The error of the engine.
        cause: dynoxide::DynoxideError,
    },
    /// The port for other tools cannot be opened.
    #[cfg(feature = "embedded")]
    #[error(
        "port {port} cannot be opened for the embedded database ({cause}); choose another --embedded-port"
    )]
    EmbeddedPort {
        /// The configured port.
        port: u16,
        /// The error of the operating system.
        cause: io::Error,
    },
    /// The endpoint is not an HTTP URL.
    #[error(
        "{endpoint:?} is not an endpoint; --endpoint takes a URL such as http://127.0.0.1:8000"
    )]
    Endpoint {
        /// The configured endpoint.
        endpoint: String,
    },
    /// The AWS chain names no region.
    #[error(
        "no AWS region is set; pass --region, set AWS_REGION, or add a region to your AWS profile"
    )]
    NoRegion,
    /// The AWS chain yields no credentials. The log says where it looked.
    #[error(
        "no usable AWS credentials were found; set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, \
         or give the machine a role; `aws configure export-credentials --format env` prints the credentials that the AWS \
         CLI uses (see the log for details)"
    )]
    NoCredentials,
}
