//! A log-out ends the session on every instance.

use super::Cluster;
use std::time::Duration;
use tokio::time::timeout;

/// The longest that a log-out takes to reach the other instances.
const MAX_DELAY: Duration = Duration::from_secs(10);

/// Logs out on one instance while a page is open on another.
async fn log_out_elsewhere(cluster: &Cluster) {
    let ada = cluster.player(0, "ada").await;
    let elsewhere = cluster.elsewhere(&ada, 1);
    let mut page = elsewhere.events("/api/v1/events").await;
    elsewhere.get("/api/v1/session").await.is(200);
    ada.delete("/api/v1/session").await.is(204);
    let end = async { while page.next().await.is_some() {} };
    timeout(MAX_DELAY, end)
        .await
        .expect("the end of the stream");
    // The session cache does not keep the session valid.
    elsewhere
        .get("/api/v1/session")
        .await
        .problem(401, "not_logged_in");
}

#[tokio::test]
async fn a_log_out_reaches_other_instances_through_the_stream() {
    log_out_elsewhere(&Cluster::start(2).await).await;
}

#[tokio::test]
async fn a_log_out_reaches_other_instances_without_a_stream() {
    let cluster = Cluster::start(2).await;
    let sessions = format!("{}Sessions", cluster.prefix);
    cluster.disable_stream(&sessions).await;
    log_out_elsewhere(&cluster).await;
}
