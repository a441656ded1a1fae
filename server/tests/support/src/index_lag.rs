//! Indexes that lag. The service updates a global secondary index after the table, usually within a second. Local engines
//! update both at once.
//!
//! Each table with indexes gets a copy that follows it with a delay, and queries are answered from the copy.

use http::{HeaderMap, HeaderValue};
use hyper::body::Bytes;
use serde_json::{Value, json};
use std::{collections::HashSet, sync::Mutex, time::Duration};
use tokio::{
    sync::mpsc::{self, UnboundedReceiver, UnboundedSender},
    time::Instant,
};

const TARGET: &str = "x-amz-target";

/// The tables with copies, and the delay of the copies.
pub(crate) struct IndexLag {
    lag: Duration,
    tables: Mutex<HashSet<String>>,
    writes: UnboundedSender<DelayedWrite>,
}

/// A write to a copy.
pub(crate) struct DelayedWrite {
    pub(crate) due: Instant,
    pub(crate) request: (HeaderMap, Bytes),
}

impl IndexLag {
    /// Returns the copies, and the writes to send to the engine when they are due, in this order.
    pub(crate) fn new(lag: Duration) -> (Self, UnboundedReceiver<DelayedWrite>) {
        let (writes, delayed) = mpsc::unbounded_channel();
        let index_lag = Self {
            lag,
            tables: Mutex::default(),
            writes,
        };
        (index_lag, delayed)
    }

    /// Returns the body of a request to the engine: a query goes to the copy.
    pub(crate) fn redirected(&self, headers: &HeaderMap, body: Bytes) -> Bytes {
        if operation(headers) != "Query" {
            return body;
        }
        let mut query: Value = serde_json::from_slice(&body).unwrap();
        query["TableName"] = copy_of(&query["TableName"]);
        query.to_string().into()
    }

    /// Takes note of a successful request. Returns a request that creates a table's copy, to send at once.
    pub(crate) fn processed(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        answer: &[u8],
    ) -> Option<(HeaderMap, Bytes)> {
        let operation = operation(headers);
        if !["CreateTable", "PutItem", "UpdateItem", "DeleteItem"].contains(&operation) {
            return None;
        }
        let mut body: Value = serde_json::from_slice(body).unwrap();
        let (table, copy) = (body["TableName"].to_string(), copy_of(&body["TableName"]));
        if operation == "CreateTable" {
            body.get("GlobalSecondaryIndexes")?;
            self.tables.lock().unwrap().insert(table);
            body["TableName"] = copy;
            body["StreamSpecification"] = json!({"StreamEnabled": false});
            return Some(request(headers, "CreateTable", &body));
        }
        if !self.tables.lock().unwrap().contains(&table) {
            return None;
        }
        let write = match operation {
            "DeleteItem" => {
                let write = json!({"TableName": copy, "Key": body["Key"]});
                request(headers, "DeleteItem", &write)
            }
            "PutItem" => {
                let write = json!({"TableName": copy, "Item": body["Item"]});
                request(headers, "PutItem", &write)
            }
            _ => {
                let answer: Value = serde_json::from_slice(answer).unwrap();
                assert_eq!(body["ReturnValues"], "ALL_NEW");
                let write = json!({"TableName": copy, "Item": answer["Attributes"]});
                request(headers, "PutItem", &write)
            }
        };
        // Fails after the end of the test.
        let _ = self.writes.send(DelayedWrite {
            due: Instant::now() + self.lag,
            request: write,
        });
        None
    }
}

fn copy_of(table: &Value) -> Value {
    format!("{}-lagging", table.as_str().unwrap()).into()
}

/// The operation of a request (`"GetItem"`).
fn operation(headers: &HeaderMap) -> &str {
    let target = headers.get(TARGET).and_then(|value| value.to_str().ok());
    let name = target.and_then(|target| target.rsplit('.').next());
    name.unwrap_or_default()
}

/// A request for another operation, with the credentials of the first.
fn request(headers: &HeaderMap, operation: &str, body: &Value) -> (HeaderMap, Bytes) {
    let mut headers = headers.clone();
    let target = format!("DynamoDB_20120810.{operation}");
    headers.insert(TARGET, HeaderValue::from_str(&target).unwrap());
    (headers, body.to_string().into())
}
