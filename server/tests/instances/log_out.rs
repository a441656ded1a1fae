//! A log-out ends the session everywhere.

use super::*;

/// Within ten seconds a log-out is known everywhere.
const PROMISE: Duration = Duration::from_secs(10);

/// Logs out on one instance while a page is open on another.
async fn ends_the_streams_elsewhere(cluster: &Cluster) {
    let ada = cluster.player(0, "ada").await;
    let elsewhere = cluster.elsewhere(&ada, 1);
    let mut page = elsewhere.events("/api/v1/events").await;
    elsewhere.get("/api/v1/session").await.is(200);
    ada.delete("/api/v1/session").await.is(204);
    let ends = async { while page.next().await.is_some() {} };
    timeout(PROMISE, ends).await.expect("it keeps its promise");
    // Not even from the cache.
    elsewhere
        .get("/api/v1/session")
        .await
        .problem(401, "not_logged_in");
}

#[tokio::test]
async fn by_the_stream_of_the_table() {
    ends_the_streams_elsewhere(&Cluster::start(2).await).await;
}

#[tokio::test]
async fn and_without_one() {
    let cluster = Cluster::start(2).await;
    let sessions = format!("{}Sessions", cluster.prefix);
    cluster.switch_stream_off(&sessions).await;
    ends_the_streams_elsewhere(&cluster).await;
}
