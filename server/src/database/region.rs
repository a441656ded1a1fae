//! The AWS region if none is configured. It comes from the same places as in other AWS tools, in the same order.

use super::{DatabaseKind, DatabaseOptions, LOCAL_REGION, behavior_version, http_client};
use aws_config::{
    environment::EnvironmentVariableRegionProvider,
    imds::{self, region::ImdsRegionProvider},
    meta::region::ProvideRegion,
    profile::ProfileFileRegionProvider,
    provider_config::ProviderConfig,
};
use aws_sdk_dynamodb::config::Region;
use std::{env, fmt, time::Duration};
use tokio::time;

/// Timeouts of the metadata service. It responds in milliseconds. Outside EC2 nothing responds, and the
/// start of the server should not wait for that.
const METADATA_ATTEMPT_TIMEOUT: Duration = Duration::from_secs(1);
const METADATA_TIMEOUT: Duration = Duration::from_secs(3);

/// The place where a region was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// This environment variable.
    Environment(&'static str),
    /// The profile of this name in the configuration file of the AWS tools.
    Profile(String),
    /// The metadata service of the EC2 instance.
    Metadata,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment(variable) => f.write_str(variable),
            Self::Profile(name) => write!(f, "the AWS profile {name}"),
            Self::Metadata => f.write_str("the instance's metadata service"),
        }
    }
}

/// Finds the region of the first of the AWS SDK's providers that has one.
pub(super) async fn find() -> Option<(Region, Origin)> {
    let environment = EnvironmentVariableRegionProvider::new();
    if let Some(region) = region_of(&environment).await {
        let variable = match env::var_os("AWS_REGION") {
            Some(_) => "AWS_REGION",
            None => "AWS_DEFAULT_REGION",
        };
        return Some((region, Origin::Environment(variable)));
    }
    let config = ProviderConfig::without_region()
        .with_behavior_version(Some(behavior_version()))
        .with_http_client(http_client::https());
    let profile = ProfileFileRegionProvider::builder().configure(&config);
    if let Some(region) = region_of(&profile.build()).await {
        let name = env::var("AWS_PROFILE").unwrap_or_else(|_| "default".to_owned());
        return Some((region, Origin::Profile(name)));
    }
    let client = imds::Client::builder()
        .configure(&config)
        .connect_timeout(METADATA_ATTEMPT_TIMEOUT)
        .read_timeout(METADATA_ATTEMPT_TIMEOUT)
        .max_attempts(2);
    let metadata = ImdsRegionProvider::builder()
        .configure(&config)
        .imds_client(client.build())
        .build();
    let region = time::timeout(METADATA_TIMEOUT, region_of(&metadata))
        .await
        .ok()??;
    Some((region, Origin::Metadata))
}

async fn region_of(provider: &impl ProvideRegion) -> Option<Region> {
    let region = ProvideRegion::region(provider).await;
    region.filter(|region| !region.as_ref().is_empty())
}

/// The region to use if the options name none, and its origin in words.
pub async fn default_region(options: &DatabaseOptions) -> (Option<String>, String) {
    match options.kind {
        #[cfg(feature = "embedded")]
        DatabaseKind::Embedded => (None, "not used by the embedded engine".to_owned()),
        DatabaseKind::Local => (Some(LOCAL_REGION.to_owned()), "default".to_owned()),
        DatabaseKind::Aws => match find().await {
            Some((region, origin)) => (Some(region.to_string()), origin.to_string()),
            None => (
                None,
                "not set; pass --region, set AWS_REGION, or add a region to your AWS profile"
                    .to_owned(),
            ),
        },
    }
}
