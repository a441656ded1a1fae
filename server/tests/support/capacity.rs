//! Adds up the capacity that requests consume, without the store's asking for it.

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

/// The operations that consume capacity, and which sort.
const OPERATIONS: [(&str, Sort); 10] = [
    ("BatchGetItem", Sort::Read),
    ("GetItem", Sort::Read),
    ("Query", Sort::Read),
    ("Scan", Sort::Read),
    ("TransactGetItems", Sort::Read),
    ("BatchWriteItem", Sort::Write),
    ("DeleteItem", Sort::Write),
    ("PutItem", Sort::Write),
    ("TransactWriteItems", Sort::Write),
    ("UpdateItem", Sort::Write),
];

/// What the service bills for a query of up to 4 KB, eventually consistent.
const LEAST_QUERY: f64 = 0.5;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Sort {
    Read,
    Write,
}

/// Capacity units that were consumed through one client, by table and index. An interceptor for the SDK; clones
/// share what was counted. Each attempt counts, also one whose answer the client never saw as such.
///
/// No engine tells what a write consumed whose condition failed. The service bills it like one that succeeded,
/// indexes aside: see [`failed_conditions`](Self::failed_conditions).
#[derive(Clone, Debug, Default)]
pub struct CapacityMeter(Arc<Mutex<Counts>>);

#[derive(Debug, Default)]
struct Counts {
    /// By sort, table, and index or none for the table itself.
    units: BTreeMap<(Sort, String, Option<String>), f64>,
    /// By operation.
    calls: BTreeMap<String, usize>,
    /// By table.
    failed_conditions: BTreeMap<String, usize>,
}

impl CapacityMeter {
    /// The read units of a table and its indexes together.
    pub fn read_units(&self, table: &str) -> f64 {
        self.units(Sort::Read, table)
    }

    /// The write units of a table and its indexes together.
    pub fn write_units(&self, table: &str) -> f64 {
        self.units(Sort::Write, table)
    }

    /// The read units of a table and its indexes as the service bills them: at least half a unit for a query,
    /// also for one that finds nothing, for which DynamoDB Local reports none.
    pub fn read_units_as_billed(&self, table: &str) -> f64 {
        let counts = self.counts();
        let of_table = counts.units.get(&(Sort::Read, table.to_owned(), None));
        let queries = counts.calls.get("Query").copied().unwrap_or(0);
        of_table.copied().unwrap_or(0.0) + f64::from(u32::try_from(queries).unwrap()) * LEAST_QUERY
    }

    /// The read units of one index.
    pub fn index_read_units(&self, table: &str, index: &str) -> f64 {
        self.index_units(Sort::Read, table, index)
    }

    /// The write units of one index.
    pub fn index_write_units(&self, table: &str, index: &str) -> f64 {
        self.index_units(Sort::Write, table, index)
    }

    /// How many requests of one operation (`"GetItem"`) were answered.
    pub fn calls(&self, operation: &str) -> usize {
        self.counts().calls.get(operation).copied().unwrap_or(0)
    }

    /// How many single writes to a table failed on their condition.
    pub fn failed_conditions(&self, table: &str) -> usize {
        self.counts()
            .failed_conditions
            .get(table)
            .copied()
            .unwrap_or(0)
    }

    /// Starts again from nothing.
    pub fn reset(&self) {
        *self.counts() = Counts::default();
    }

    fn units(&self, sort: Sort, table: &str) -> f64 {
        let counts = self.counts();
        let of_table = counts
            .units
            .iter()
            .filter(|((s, t, _), _)| *s == sort && t == table);
        of_table.fold(0.0, |sum, (_, units)| sum + units)
    }

    fn index_units(&self, sort: Sort, table: &str, index: &str) -> f64 {
        let key = (sort, table.to_owned(), Some(index.to_owned()));
        self.counts().units.get(&key).copied().unwrap_or(0.0)
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap()
    }
}

impl Counts {
    fn add(&mut self, sort: Sort, consumed: &Value) {
        let table = consumed["TableName"].as_str().unwrap();
        let mut add = |index: Option<&String>, units: &Value| {
            let key = (sort, table.to_owned(), index.cloned());
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

/// What is known of a request, kept until it is answered.
#[derive(Clone, Debug)]
struct Sent {
    operation: String,
    /// What it consumes; none where it consumes nothing.
    sort: Option<Sort>,
    /// The table, if it is one and the request names it.
    table: Option<String>,
}

impl Storable for Sent {
    type Storer = StoreReplace<Self>;
}

impl Intercept for CapacityMeter {
    fn name(&self) -> &'static str {
        "CapacityMeter"
    }

    /// Asks for what the request will consume.
    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        let operation = operation(request.headers().get("x-amz-target"));
        let sort = sort(&operation);
        let mut body = parse(request.body()).ok_or("the request's body is not JSON")?;
        config.interceptor_state().store_put(Sent {
            operation,
            sort,
            table: body["TableName"].as_str().map(str::to_owned),
        });
        if sort.is_some() {
            body["ReturnConsumedCapacity"] = "INDEXES".into();
            let body = body.to_string();
            request
                .headers_mut()
                .insert("content-length", body.len().to_string());
            *request.body_mut() = SdkBody::from(body);
        }
        Ok(())
    }

    /// Adds up what it consumed.
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
        match (sent.sort, &answer["ConsumedCapacity"]) {
            (None, _) => {}
            (Some(_), Value::Null) => {
                return Err(format!("{} does not tell what it consumed", sent.operation).into());
            }
            (Some(sort), Value::Array(tables)) => {
                tables
                    .iter()
                    .for_each(|consumed| counts.add(sort, consumed));
            }
            (Some(sort), consumed) => counts.add(sort, consumed),
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

fn sort(operation: &str) -> Option<Sort> {
    OPERATIONS
        .iter()
        .find(|(name, _)| *name == operation)
        .map(|(_, sort)| *sort)
}
