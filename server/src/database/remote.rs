//! Clients for a database outside this process: DynamoDB Local and Amazon DynamoDB.

use super::http_client::https;
use super::{
    Database, DatabaseError, DatabaseOptions, LOCAL_ACCESS_KEY, LOCAL_REGION, behavior_version,
    conflicts::ConflictClassifier, region, retries, timeouts,
};
use aws_config::SdkConfig;
use aws_sdk_dynamodb::{
    Client,
    config::{
        Credentials, ProvideCredentials, Region, SharedCredentialsProvider, retry::RetryConfig,
    },
    error::DisplayErrorContext,
};
use aws_smithy_http_client::Builder;
use std::net::IpAddr;

/// The default address of DynamoDB Local.
pub(crate) const LOCAL_ENDPOINT: &str = "http://127.0.0.1:8000";

/// The clients for the tables and their streams.
pub(super) fn database(config: &SdkConfig) -> Database {
    // The change feed repeats its reads anyway, and slows down when it is throttled.
    let mut streams = aws_sdk_dynamodbstreams::config::Builder::from(config)
        .retry_config(RetryConfig::disabled());
    // Compatible engines serve tables and streams at one address, AWS at two.
    if config.endpoint_url().is_some_and(is_aws_endpoint) {
        streams.set_endpoint_url(None);
    }
    let tables = aws_sdk_dynamodb::config::Builder::from(config);
    Database {
        client: Client::from_conf(tables.retry_classifier(ConflictClassifier).build()),
        streams: Some(aws_sdk_dynamodbstreams::Client::from_conf(streams.build())),
        #[cfg(feature = "embedded")]
        background: None,
    }
}

/// The client configuration for DynamoDB Local or a compatible endpoint.
pub(super) fn local(options: &DatabaseOptions) -> Result<SdkConfig, DatabaseError> {
    let endpoint = options.endpoint.as_deref().unwrap_or(LOCAL_ENDPOINT);
    let region = options.region.as_deref().unwrap_or(LOCAL_REGION);
    let http_client = match scheme(endpoint)? {
        Scheme::Http => Builder::new().build_http(),
        Scheme::Https => https(),
    };
    Ok(SdkConfig::builder()
        .behavior_version(behavior_version())
        .region(Region::new(region.to_owned()))
        .credentials_provider(SharedCredentialsProvider::new(Credentials::new(
            LOCAL_ACCESS_KEY,
            LOCAL_ACCESS_KEY,
            None,
            None,
            "fixed",
        )))
        .endpoint_url(endpoint)
        .retry_config(retries())
        .timeout_config(timeouts())
        .http_client(http_client)
        .build())
}

/// The client configuration for Amazon DynamoDB or another endpoint that requires real credentials.
pub(super) async fn aws(options: &DatabaseOptions) -> Result<SdkConfig, DatabaseError> {
    let region = match &options.region {
        Some(region) => Region::new(region.clone()),
        None => region::find().await.ok_or(DatabaseError::NoRegion)?.0,
    };
    // The HTTPS client also speaks plain HTTP, which the endpoints of container and instance roles use.
    let mut loader = aws_config::defaults(behavior_version())
        .region(region)
        .retry_config(retries())
        .timeout_config(timeouts())
        .http_client(https());
    if let Some(endpoint) = &options.endpoint {
        scheme(endpoint)?;
        loader = loader.endpoint_url(endpoint);
    }
    let config = loader.load().await;
    let Some(credentials) = config.credentials_provider() else {
        return Err(DatabaseError::NoCredentials);
    };
    if let Err(error) = credentials.provide_credentials().await {
        tracing::warn!(error = %DisplayErrorContext(error), "no AWS credentials");
        return Err(DatabaseError::NoCredentials);
    }
    Ok(config)
}

/// Returns true if AWS itself serves the endpoint.
fn is_aws_endpoint(endpoint: &str) -> bool {
    let uri: Option<http::Uri> = endpoint.parse().ok();
    let host = uri.as_ref().and_then(http::Uri::host).unwrap_or_default();
    [".amazonaws.com", ".amazonaws.com.cn", ".api.aws"]
        .iter()
        .any(|suffix| host.ends_with(suffix))
}

/// Returns true if an endpoint is on the loopback interface.
pub(super) fn is_loopback(endpoint: &str) -> bool {
    let uri: Option<http::Uri> = endpoint.parse().ok();
    let host = uri.as_ref().and_then(http::Uri::host).unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || address
            .parse()
            .is_ok_and(|address: IpAddr| address.is_loopback())
}

enum Scheme {
    Http,
    Https,
}

fn scheme(endpoint: &str) -> Result<Scheme, DatabaseError> {
    let uri: Option<http::Uri> = endpoint.parse().ok();
    match uri.as_ref().and_then(http::Uri::scheme_str) {
        Some("http") => Ok(Scheme::Http),
        Some("https") => Ok(Scheme::Https),
        _ => Err(DatabaseError::Endpoint {
            endpoint: endpoint.to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::DatabaseKind;
    use std::path::PathBuf;

    fn options(endpoint: &str) -> DatabaseOptions {
        DatabaseOptions {
            kind: DatabaseKind::Local,
            data_dir: PathBuf::new(),
            endpoint: Some(endpoint.to_owned()),
            region: None,
            embedded_port: None,
        }
    }

    #[test]
    fn aws_endpoints_are_recognised() {
        for endpoint in [
            "https://dynamodb.eu-west-1.amazonaws.com",
            "https://dynamodb.eu-west-1.api.aws/",
        ] {
            assert!(is_aws_endpoint(endpoint), "{endpoint}");
        }
        for endpoint in ["http://127.0.0.1:5000", "https://amazonaws.com.example", ""] {
            assert!(!is_aws_endpoint(endpoint), "{endpoint}");
        }
    }

    #[test]
    fn loopback_endpoints_are_recognised() {
        for endpoint in [
            LOCAL_ENDPOINT,
            "http://localhost:8000",
            "https://LOCALHOST/",
            "http://[::1]:8000",
            "http://127.1.2.3:4566",
        ] {
            assert!(is_loopback(endpoint), "{endpoint}");
            assert!(options(endpoint).is_on_this_machine(), "{endpoint}");
        }
        for endpoint in [
            "http://dynamodb.internal:8000",
            "http://192.168.1.5:8000",
            "http://localhost.example:8000",
            "http://127.0.0.1@tables.example",
            "https://dynamodb.eu-west-1.amazonaws.com",
            "",
        ] {
            assert!(!is_loopback(endpoint), "{endpoint}");
            assert!(!options(endpoint).is_on_this_machine(), "{endpoint}");
        }
    }

    #[test]
    fn only_http_urls_are_endpoints() {
        for endpoint in ["http://localhost:8000", "https://tables.example/"] {
            assert!(local(&options(endpoint)).is_ok(), "{endpoint}");
        }
        for endpoint in [
            "",
            "localhost",
            "localhost:8000",
            "ftp://localhost",
            "http://",
            "a b",
        ] {
            assert!(
                matches!(
                    local(&options(endpoint)),
                    Err(DatabaseError::Endpoint { .. })
                ),
                "{endpoint}"
            );
        }
    }
}
