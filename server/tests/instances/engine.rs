//! What the service's streams do and DynamoDB Local does not: refuse too many readings, let iterators
//! expire, trim records, split shards. An HTTP proxy between the instances and DynamoDB Local, whose
//! records are the real ones.

use crate::support::dynamodb_local_endpoint;
use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, Instant},
};
use tokio::{net::TcpListener, net::TcpStream, sync::watch};

const STREAMS: &str = "DynamoDBStreams_20120810.";
const TABLES: &str = "DynamoDB_20120810.";

/// DynamoDB Local with the limits of the service. Clones are the same.
#[derive(Clone)]
pub struct Engine {
    /// Where it answers.
    pub endpoint: String,
    shared: Arc<Shared>,
}

struct Shared {
    upstream: String,
    plan: Mutex<Plan>,
    /// Answered requests for records, and for the present end of a shard.
    readings: watch::Sender<usize>,
    ends: watch::Sender<usize>,
    /// Requests that were refused, for whatever reason.
    refused: watch::Sender<usize>,
}

#[derive(Default)]
struct Plan {
    /// The next requests of an operation that name a table are refused with these codes.
    refusals: Vec<(&'static str, String, &'static str)>,
    /// Every request to the streams fails.
    streams_are_down: bool,
    /// The operations that nobody has a right to.
    denied: Vec<&'static str>,
    /// How many readings a second a shard serves.
    readings_a_second: Option<usize>,
    /// When each shard was read in the last second.
    recent: HashMap<String, VecDeque<Instant>>,
    refused: usize,
    /// Requests to the tables, by operation.
    operations: HashMap<String, usize>,
    /// The sequence number after which each shard that was split goes on in its children.
    splits: HashMap<String, String>,
    /// So many listings do not show the children yet.
    listings_that_lag: usize,
}

impl Engine {
    pub async fn start() -> Self {
        let upstream = dynamodb_local_endpoint().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            upstream: upstream.trim_start_matches("http://").to_owned(),
            plan: Mutex::default(),
            readings: watch::Sender::new(0),
            ends: watch::Sender::new(0),
            refused: watch::Sender::new(0),
        });
        let service = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, service).await });
        Self { endpoint, shared }
    }

    /// Refuses the next request of a streams operation (`"GetRecords"`) for a table with an error
    /// (`"ExpiredIteratorException"`).
    pub fn refuse_next(&self, operation: &'static str, table: &str, error: &'static str) {
        let refusal = (operation, table.to_owned(), error);
        self.shared.plan().refusals.push(refusal);
    }

    /// Returns when so many requests have been refused since the engine began.
    pub async fn refused(&self, wanted: usize) {
        let mut refused = self.shared.refused.subscribe();
        refused.wait_for(|n| *n >= wanted).await.unwrap();
    }

    /// Takes away the right to a streams operation.
    pub fn deny(&self, operation: &'static str) {
        self.shared.plan().denied.push(operation);
    }

    pub fn set_streams_down(&self, down: bool) {
        self.shared.plan().streams_are_down = down;
    }

    /// Lets each shard be read so many times a second, by all readers together.
    pub fn limit_readings(&self, a_second: usize) {
        self.shared.plan().readings_a_second = Some(a_second);
    }

    /// How many readings were refused for that.
    pub fn refused_readings(&self) -> usize {
        self.shared.plan().refused
    }

    /// How often the tables were read and written, by operation.
    pub fn operations(&self) -> HashMap<String, usize> {
        self.shared.plan().operations.clone()
    }

    /// Returns when streams have been read so many times more.
    pub async fn readings(&self, more: usize) {
        let wanted = *self.shared.readings.borrow() + more;
        let mut readings = self.shared.readings.subscribe();
        readings.wait_for(|n| *n >= wanted).await.unwrap();
    }

    /// Returns when the present ends of so many shards have been asked for since the engine began.
    pub async fn ends(&self, wanted: usize) {
        let mut ends = self.shared.ends.subscribe();
        ends.wait_for(|n| *n >= wanted).await.unwrap();
    }

    /// Ends every shard of a table's stream here and now; each goes on in two children, which the first listing
    /// does not show yet.
    pub async fn split_shards(&self, table: &str) {
        let described = self
            .ask(TABLES, "DescribeTable", json!({"TableName": table}))
            .await;
        let arn = described["Table"]["LatestStreamArn"].clone();
        let stream = self
            .ask(STREAMS, "DescribeStream", json!({"StreamArn": arn}))
            .await;
        for shard in stream["StreamDescription"]["Shards"].as_array().unwrap() {
            let id = shard["ShardId"].clone();
            let from =
                json!({"StreamArn": arn, "ShardId": id, "ShardIteratorType": "TRIM_HORIZON"});
            let iterator = self.ask(STREAMS, "GetShardIterator", from).await;
            let start = json!({"ShardIterator": iterator["ShardIterator"]});
            let records = self.ask(STREAMS, "GetRecords", start).await;
            let last = records["Records"].as_array().unwrap().last();
            let at = last.map_or(
                &shard["SequenceNumberRange"]["StartingSequenceNumber"],
                |last| &last["dynamodb"]["SequenceNumber"],
            );
            let split = (text(&id).to_owned(), text(at).to_owned());
            let mut plan = self.shared.plan();
            plan.splits.extend([split]);
            plan.listings_that_lag = 1;
        }
    }

    async fn ask(&self, service: &str, operation: &str, body: Value) -> Value {
        let mut headers = HeaderMap::new();
        headers.insert(
            "x-amz-target",
            format!("{service}{operation}").parse().unwrap(),
        );
        headers.insert(
            header::AUTHORIZATION,
            "AWS4-HMAC-SHA256 Credential=local/20200101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0"
                .parse()
                .unwrap(),
        );
        let json = "application/x-amz-json-1.0".parse().unwrap();
        headers.insert(header::CONTENT_TYPE, json);
        headers.insert(header::HOST, self.shared.upstream.parse().unwrap());
        let (status, answer) = self.shared.forward(headers, body.to_string().into()).await;
        assert_eq!(status, 200, "{answer:?}");
        serde_json::from_slice(&answer).unwrap()
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let target = parts.headers["x-amz-target"].to_str().unwrap().to_owned();
    match target.strip_prefix(STREAMS) {
        Some(operation) => {
            let request = serde_json::from_slice(&body).unwrap();
            let result = shared
                .answer_streams(operation, request, parts.headers)
                .await;
            match result {
                Ok(answer) => axum::Json(answer).into_response(),
                Err(error) => refusal(&error),
            }
        }
        None => {
            let operation = target.trim_start_matches(TABLES).to_owned();
            *shared.plan().operations.entry(operation).or_default() += 1;
            let (status, answer) = shared.forward(parts.headers, body).await;
            (status, answer).into_response()
        }
    }
}

fn refusal(error: &str) -> Response {
    let status = match error {
        "InternalServerError" => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    };
    let body = json!({"__type": format!("com.amazonaws.dynamodb.v20120810#{error}"), "message": "injected by a test"});
    (status, axum::Json(body)).into_response()
}

impl Shared {
    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap()
    }

    async fn forward(&self, mut headers: HeaderMap, body: Bytes) -> (StatusCode, Bytes) {
        headers.remove(header::CONTENT_LENGTH);
        let connection = TcpStream::connect(&self.upstream).await.unwrap();
        let (mut sender, connection) = http1::handshake(TokioIo::new(connection)).await.unwrap();
        tokio::spawn(connection);
        let mut request = Request::post("/");
        request.headers_mut().unwrap().extend(headers);
        let request = request.body(Full::new(body)).unwrap();
        let (parts, body) = sender.send_request(request).await.unwrap().into_parts();
        (parts.status, body.collect().await.unwrap().to_bytes())
    }

    async fn answer_streams(
        &self,
        operation: &str,
        mut request: Value,
        headers: HeaderMap,
    ) -> Result<Value, String> {
        if let Err(error) = self.check(operation, &request) {
            self.refused.send_modify(|n| *n += 1);
            return Err(error.to_owned());
        }
        let is_end = request["ShardIteratorType"] == "LATEST";
        let half = self.translate(operation, &mut request);
        let (status, answer) = self.forward(headers, request.to_string().into()).await;
        let mut answer: Value = serde_json::from_slice(&answer).unwrap();
        if status != 200 {
            let error = text(&answer["__type"]).rsplit('#').next().unwrap();
            return Err(error.to_owned());
        }
        match operation {
            "DescribeStream" => self.describe(&mut answer),
            "GetShardIterator" => {
                // An iterator knows which shard it is of, to count its readings and to end it.
                let iterator = format!("{half}|{}", text(&answer["ShardIterator"]));
                answer["ShardIterator"] = iterator.into();
                self.ends.send_modify(|n| *n += usize::from(is_end));
            }
            _ => {
                self.cut(&half, &mut answer);
                self.readings.send_modify(|n| *n += 1);
            }
        }
        Ok(answer)
    }

    fn check(&self, operation: &str, request: &Value) -> Result<(), &'static str> {
        let mut plan = self.plan();
        if plan.streams_are_down {
            return Err("InternalServerError");
        }
        if plan.denied.contains(&operation) {
            return Err("AccessDeniedException");
        }
        // Names of streams, and iterators, have the table's name in them.
        let text = request.to_string();
        let is_meant = |(name, table, _): &(&str, String, &str)| {
            *name == operation && text.contains(&format!("/{table}/"))
        };
        if let Some(n) = plan.refusals.iter().position(is_meant) {
            return Err(plan.refusals.remove(n).2);
        }
        if let (Some(limit), "GetRecords") = (plan.readings_a_second, operation) {
            let shard = shard_of(request).to_owned();
            let now = Instant::now();
            let recent = plan.recent.entry(shard).or_default();
            recent.retain(|at| now.duration_since(*at) < Duration::from_secs(1));
            if recent.len() >= limit {
                plan.refused += 1;
                return Err("LimitExceededException");
            }
            recent.push_back(now);
        }
        Ok(())
    }

    /// Makes of a request for half a shard one for the whole. Returns which shard was meant.
    fn translate(&self, operation: &str, request: &mut Value) -> String {
        match operation {
            "GetShardIterator" => {
                let shard = text(&request["ShardId"]).to_owned();
                if let Some((parent, _)) = shard.split_once('/') {
                    request["ShardId"] = parent.into();
                    if request["ShardIteratorType"] == "TRIM_HORIZON" {
                        request["ShardIteratorType"] = "AFTER_SEQUENCE_NUMBER".into();
                        request["SequenceNumber"] = self.plan().splits[parent].clone().into();
                    }
                }
                shard
            }
            "GetRecords" => {
                let shard = shard_of(request).to_owned();
                let iterator = text(&request["ShardIterator"]).split_once('|').unwrap().1;
                request["ShardIterator"] = iterator.into();
                shard
            }
            _ => String::new(),
        }
    }

    /// Shows shards that were split with their children.
    fn describe(&self, answer: &mut Value) {
        let mut plan = self.plan();
        let shards = answer["StreamDescription"]["Shards"]
            .as_array_mut()
            .unwrap();
        let mut children = Vec::new();
        for shard in shards.iter_mut() {
            let id = text(&shard["ShardId"]).to_owned();
            if let Some(at) = plan.splits.get(&id) {
                shard["SequenceNumberRange"]["EndingSequenceNumber"] = at.clone().into();
                children.extend(["even", "odd"].map(|half| {
                    json!({
                        "ShardId": format!("{id}/{half}"),
                        "ParentShardId": id,
                        "SequenceNumberRange": {"StartingSequenceNumber": at},
                    })
                }));
            }
        }
        if children.is_empty() || plan.listings_that_lag == 0 {
            shards.extend(children);
        } else {
            plan.listings_that_lag -= 1;
        }
    }

    /// Leaves of the records those of one shard.
    fn cut(&self, shard: &str, answer: &mut Value) {
        let plan = self.plan();
        let records = answer["Records"].as_array_mut().unwrap();
        let mut has_ended = false;
        if let Some(at) = plan.splits.get(shard) {
            records.retain(|record| text(&record["dynamodb"]["SequenceNumber"]) <= at.as_str());
            has_ended = true;
        } else if let Some((_, half)) = shard.split_once('/') {
            records.retain(|record| {
                let key = record["dynamodb"]["Keys"].to_string();
                let sum: u32 = key.bytes().map(u32::from).sum();
                sum.is_multiple_of(2) == (half == "even")
            });
        }
        let next = answer["NextShardIterator"].as_str();
        answer["NextShardIterator"] = match next.filter(|_| !has_ended) {
            Some(next) => format!("{shard}|{next}").into(),
            None => Value::Null,
        };
    }
}

fn shard_of(request: &Value) -> &str {
    text(&request["ShardIterator"]).split_once('|').unwrap().0
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}
