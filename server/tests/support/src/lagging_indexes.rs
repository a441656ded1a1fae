//! Global secondary indexes that lag behind their table, as those of DynamoDB may. Local engines update theirs at once.
//!
//! A second games table follows the first one with a delay, and the proxy sends it the queries.

use crate::Fixture;
use aws_sdk_dynamodb::{Client, types::AttributeValue};
use backend::store::Store;
use futures::future;
use hyper::body::Bytes;
use serde_json::Value;
use std::{collections::HashMap, time::Duration};
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
    time::{Instant, sleep_until},
};

type Item = HashMap<String, AttributeValue>;

/// The games table of a fixture, whose queries are answered as of a while ago. It stops on drop.
pub struct LaggingIndexes {
    table: String,
    copy: String,
    /// The keys of written items.
    written: mpsc::UnboundedSender<String>,
    /// The number of writes that the copy lacks.
    lacking: watch::Sender<usize>,
    copying: JoinHandle<((), ())>,
}

/// The state of an item after a write.
struct Image {
    id: String,
    item: Option<Item>,
    due: Instant,
}

impl LaggingIndexes {
    /// Creates the second table. The first one must still be empty.
    pub async fn start(fixture: &Fixture, lag: Duration) -> Self {
        let prefix = format!("{}lagging-", fixture.prefix);
        let store = Store::new(fixture.client.clone(), &prefix);
        store.create_missing_tables().await.unwrap();
        let (table, copy) = (fixture.games_table(), store.tables().games.clone());
        let (written, keys) = mpsc::unbounded_channel();
        let (images, due) = mpsc::unbounded_channel();
        let lacking = watch::Sender::new(0);
        let reading = read_images(fixture.client.clone(), table.clone(), keys, images, lag);
        let writing = write_images(fixture.client.clone(), copy.clone(), due, lacking.clone());
        Self {
            table,
            copy,
            written,
            lacking,
            copying: tokio::spawn(future::join(reading, writing)),
        }
    }

    /// Waits until the indexes have caught up with the table.
    pub async fn caught_up(&self) {
        let mut lacking = self.lacking.subscribe();
        let _ = lacking.wait_for(|count| *count == 0).await;
    }

    /// The request to send to the engine.
    pub(crate) fn redirect(&self, operation: &str, body: Bytes) -> Bytes {
        if operation != "Query" {
            return body;
        }
        let mut query: Value = serde_json::from_slice(&body).unwrap();
        if query["TableName"] == *self.table {
            query["TableName"] = self.copy.as_str().into();
        }
        query.to_string().into()
    }

    /// Takes note of a request that the engine has processed successfully.
    pub(crate) fn processed(&self, operation: &str, body: &Bytes) {
        let request = || serde_json::from_slice::<Value>(body).unwrap();
        let (request, key) = match operation {
            "PutItem" => (request(), "Item"),
            "UpdateItem" | "DeleteItem" => (request(), "Key"),
            _ => return,
        };
        if request["TableName"] == *self.table {
            let id = request[key]["GameId"]["S"].as_str().unwrap().to_owned();
            self.lacking.send_modify(|count| *count += 1);
            self.written.send(id).unwrap();
        }
    }
}

impl Drop for LaggingIndexes {
    fn drop(&mut self) {
        self.copying.abort();
    }
}

/// Reads written items one after the other, so that a later image is never older.
async fn read_images(
    client: Client,
    table: String,
    mut keys: mpsc::UnboundedReceiver<String>,
    images: mpsc::UnboundedSender<Image>,
    lag: Duration,
) {
    while let Some(id) = keys.recv().await {
        let read = client.get_item().table_name(&table).consistent_read(true);
        let read = read.key("GameId", AttributeValue::S(id.clone())).send();
        let item = read.await.unwrap().item;
        let due = Instant::now() + lag;
        let _ = images.send(Image { id, item, due });
    }
}

async fn write_images(
    client: Client,
    copy: String,
    mut images: mpsc::UnboundedReceiver<Image>,
    lacking: watch::Sender<usize>,
) {
    while let Some(Image { id, item, due }) = images.recv().await {
        sleep_until(due).await;
        if item.is_some() {
            let put = client.put_item().table_name(&copy).set_item(item);
            put.send().await.unwrap();
        } else {
            let delete = client.delete_item().table_name(&copy);
            let delete = delete.key("GameId", AttributeValue::S(id));
            delete.send().await.unwrap();
        }
        lacking.send_modify(|count| *count -= 1);
    }
}
