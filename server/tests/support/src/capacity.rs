//! The capacity units that requests consume, added up without a change to the requests' callers.

use aws_sdk_dynamodb::{
    config::{ConfigBag, Intercept, RuntimeComponents},
    error::BoxError,
};
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeTransmitInterceptorContextMut, FinalizerInterceptorContextRef,
};
use aws_smithy_types::{
    body::SdkBody,
    config_bag::{Storable, StoreReplace},
};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
};

/// The operations that consume capacity.
const OPERATIONS: [(&str, Access); 10] = [
    ("BatchGetItem", Access::Read),
    ("GetItem", Access::Read),
    ("Query", Access::Read),
    ("Scan", Access::Read),
    ("TransactGetItems", Access::Read),
    ("BatchWriteItem", Access::Write),
    ("DeleteItem", Access::Write),
    ("PutItem", Access::Write),
    ("TransactWriteItems", Access::Write),
    ("UpdateItem", Access::Write),
];

/// The service's price of an eventually consistent query of up to 4 KB.
const MIN_QUERY_UNITS: f64 = 0.5;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Access {
    Read,
    Write,
}

/// The capacity units consumed through one client, by table and index. It is an interceptor of the SDK, and clones
/// share the counts. Every attempt counts, even if its response was lost.
///
/// No engine reports the units of a write whose condition failed. The service bills such a write as if it had
/// succeeded, without the indexes: see [`failed_conditions`](Self::failed_conditions).
#[derive(Clone, Debug, Default)]
pub struct CapacityMeter(Arc<Mutex<Counts>>);

#[derive(Debug, Default)]
struct Counts {
    /// By access, table and index. `None` is the table itself.
    units: BTreeMap<(Access, String, Option<String>), f64>,
    /// By operation.
    calls: BTreeMap<String, usize>,
    /// By table.
    failed_conditions: BTreeMap<String, usize>,
}

impl CapacityMeter {
    /// The read units of a table and its indexes.
    pub fn read_units(&self, table: &str) -> f64 {
        self.units(Access::Read, table)
    }

    /// The write units of a table and its indexes.
    pub fn write_units(&self, table: &str) -> f64 {
        self.units(Access::Write, table)
    }

    /// The read units of a table and its indexes as the service bills them: half a unit for each query. DynamoDB
    /// Local reports 0 units for a query that finds nothing.
    pub fn read_units_as_billed(&self, table: &str) -> f64 {
        let counts = self.counts();
        let of_table = counts.units.get(&(Access::Read, table.to_owned(), None));
        let queries = counts.calls.get("Query").copied().unwrap_or(0);
        of_table.copied().unwrap_or(0.0)
            + f64::from(u32::try_from(queries).unwrap()) * MIN_QUERY_UNITS
    }

    /// The read units of one index.
    pub fn index_read_units(&self, table: &str, index: &str) -> f64 {
        self.index_units(Access::Read, table, index)
    }

    /// The write units of one index.
    pub fn index_write_units(&self, table: &str, index: &str) -> f64 {
        self.index_units(Access::Write, table, index)
    }

    /// The number of answered requests of an operation (`"GetItem"`).
    pub fn calls(&self, operation: &str) -> usize {
        self.counts().calls.get(operation).copied().unwrap_or(0)
    }

    /// The number of single-item writes to a table whose condition failed.
    pub fn failed_conditions(&self, table: &str) -> usize {
        self.counts()
            .failed_conditions
            .get(table)
            .copied()
            .unwrap_or(0)
    }

    /// Resets all counts.
    pub fn reset(&self) {
        *self.counts() = Counts::default();
    }

    fn units(&self, access: Access, table: &str) -> f64 {
        let counts = self.counts();
        let of_table = counts
            .units
            .iter()
            .filter(|((a, t, _), _)| *a == access && t == table);
        of_table.fold(0.0, |sum, (_, units)| sum + units)
    }

    fn index_units(&self, access: Access, table: &str, index: &str) -> f64 {
        let key = (access, table.to_owned(), Some(index.to_owned()));
        self.counts().units.get(&key).copied().unwrap_or(0.0)
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap()
    }
}

impl Counts {
    fn add(&mut self, access: Access, consumed: &Value) {
        let table = consumed["TableName"].as_str().unwrap();
        let mut add = |index: Option<&String>, units: &Value| {
            let key = (access, table.to_owned(), index.cloned());
            *self.units.entry(key).or_default() += units["CapacityUnits"].as_f64().unwrap();
        };
        if consumed["Table"].is_null() {
            add(None, consumed);
            return;
        }
        add(None, &consumed["Table"]);
        for indexes in ["GlobalSecondaryIndexes", "LocalSecondaryIndexes"] {
            for (index, units) in consumed[indexes].as_object().into_iter().flatten() {
                add(Some(index), units);
            }
        }
    }
}

/// A request that has not been answered yet.
#[derive(Clone, Debug)]
struct Sent {
    operation: String,
    /// The kind of units that it consumes, if any.
    access: Option<Access>,
    /// The table, if the request names exactly one.
    table: Option<String>,
}

impl Storable for Sent {
    type Storer = StoreReplace<Self>;
}

impl Intercept for CapacityMeter {
    fn name(&self) -> &'static str {
        "CapacityMeter"
    }

    /// Asks the engine to report the consumed units.
    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        let operation = operation(request.headers().get("x-amz-target"));
        let access = access(&operation);
        let mut body = parse(request.body()).ok_or("the request's body is not JSON")?;
        config.interceptor_state().store_put(Sent {
            operation,
            access,
            table: body["TableName"].as_str().map(str::to_owned),
        });
        if access.is_some() {
            body["ReturnConsumedCapacity"] = "INDEXES".into();
            let body = body.to_string();
            request
                .headers_mut()
                .insert("content-length", body.len().to_string());
            *request.body_mut() = SdkBody::from(body);
        }
        Ok(())
    }

    /// Adds the reported units.
    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let (Some(sent), Some(response)) = (config.load::<Sent>(), context.response()) else {
            return Ok(());
        };
        let answer = parse(response.body()).unwrap_or_default();
        let mut counts = self.counts();
        *counts.calls.entry(sent.operation.clone()).or_default() += 1;
        if !response.status().is_success() {
            let error = answer["__type"].as_str().unwrap_or_default();
            if let Some(table) = &sent.table
                && error.ends_with("#ConditionalCheckFailedException")
            {
                *counts.failed_conditions.entry(table.clone()).or_default() += 1;
            }
            return Ok(());
        }
        match (sent.access, &answer["ConsumedCapacity"]) {
            (None, _) => {}
            (Some(_), Value::Null) => {
                return Err(format!(
                    "the response to {} reports no consumed capacity",
                    sent.operation
                )
                .into());
            }
            (Some(access), Value::Array(tables)) => {
                tables
                    .iter()
                    .for_each(|consumed| counts.add(access, consumed));
            }
            (Some(access), consumed) => counts.add(access, consumed),
        }
        Ok(())
    }
}

fn parse(body: &SdkBody) -> Option<Value> {
    serde_json::from_slice(body.bytes()?).ok()
}

fn operation(target: Option<&str>) -> String {
    let operation = target.and_then(|target| target.rsplit('.').next());
    operation.unwrap_or_default().to_owned()
}

fn access(operation: &str) -> Option<Access> {
    OPERATIONS
        .iter()
        .find(|(name, _)| *name == operation)
        .map(|(_, access)| *access)
}
