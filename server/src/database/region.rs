//! The AWS region where none is given: from the same places as other AWS tools take it, in the same order.

use super::{DatabaseKind, DatabaseOptions, behavior_version, remote};
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

/// How long the metadata service may take: it answers in milliseconds, and where there is none, nobody is
/// to wait for it.
const METADATA_ATTEMPT: Duration = Duration::from_secs(1);
const METADATA: Duration = Duration::from_secs(3);

/// Where a region was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// In this environment variable.
    Environment(&'static str),
    /// In the profile of this name, in the file of AWS's tools.
    Profile(String),
    /// The machine is an instance of EC2 and was told.
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

/// The first of the AWS SDK's providers that knows one, with its name.
pub(super) async fn find() -> Option<(Region, Origin)> {
    let environment = EnvironmentVariableRegionProvider::new();
    if let Some(region) = ask(&environment).await {
        let variable = match env::var_os("AWS_REGION") {
            Some(_) => "AWS_REGION",
            None => "AWS_DEFAULT_REGION",
        };
        return Some((region, Origin::Environment(variable)));
    }
    let config = ProviderConfig::without_region()
        .with_behavior_version(Some(behavior_version()))
        .with_http_client(remote::https());
    let profile = ProfileFileRegionProvider::builder().configure(&config);
    if let Some(region) = ask(&profile.build()).await {
        let name = env::var("AWS_PROFILE").unwrap_or_else(|_| "default".to_owned());
        return Some((region, Origin::Profile(name)));
    }
    let client = imds::Client::builder()
        .configure(&config)
        .connect_timeout(METADATA_ATTEMPT)
        .read_timeout(METADATA_ATTEMPT)
        .max_attempts(2);
    let metadata = ImdsRegionProvider::builder()
        .configure(&config)
        .imds_client(client.build())
        .build();
    let region = time::timeout(METADATA, ask(&metadata)).await.ok()??;
    Some((region, Origin::Metadata))
}

async fn ask(provider: &impl ProvideRegion) -> Option<Region> {
    let region = ProvideRegion::region(provider).await;
    region.filter(|region| !region.as_ref().is_empty())
}

/// The region that requests name when the options do not name one, and where it comes from, for people.
pub async fn unless_given(options: &DatabaseOptions) -> (Option<String>, String) {
    match options.kind {
        #[cfg(feature = "embedded")]
        DatabaseKind::Embedded => (None, "not used by the embedded engine".to_owned()),
        DatabaseKind::Local => (Some(remote::LOCAL_REGION.to_owned()), "default".to_owned()),
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
