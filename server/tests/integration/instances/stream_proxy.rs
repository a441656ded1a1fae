//! An HTTP proxy between the instances and DynamoDB Local that gives its streams the limits of the service: rejected
//! reads, expired iterators, trimmed records, split shards. The records are DynamoDB Local's.

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
use test_support::dynamodb_local_endpoint;
use tokio::{net::TcpListener, net::TcpStream, sync::watch};

const STREAMS: &str = "DynamoDBStreams_20120810.";
const TABLES: &str = "DynamoDB_20120810.";

/// The proxy. Clones share its state.
#[derive(Clone)]
pub struct StreamProxy {
    /// The URL for the instances.
    pub endpoint: String,
    shared: Arc<Shared>,
}

struct Shared {
    upstream: String,
    plan: Mutex<Plan>,
    /// The number of successful `GetRecords` requests.
    reads: watch::Sender<usize>,
    /// The number of iterators of type `LATEST`.
    latest_iterators: watch::Sender<usize>,
    /// The number of rejected requests.
    rejected: watch::Sender<usize>,
}

#[derive(Default)]
struct Plan {
    /// The operation, the table and the error code of requests to reject.
    rejections: Vec<(&'static str, String, &'static str)>,
    /// Whether every request to the streams fails.
    streams_are_down: bool,
    /// The operations without permission.
    denied: Vec<&'static str>,
    /// The number of reads that a shard serves in a second.
    reads_per_second: Option<usize>,
    /// The reads of each shard in the last second.
    recent_reads: HashMap<String, VecDeque<Instant>>,
    rejected_reads: usize,
    /// The number of requests to the tables, by operation.
    operations: HashMap<String, usize>,
    /// The last sequence number of each split shard. Later records are in its children.
    splits: HashMap<String, String>,
    /// The number of descriptions that do not show the children yet.
    stale_descriptions: usize,
}

impl StreamProxy {
    pub async fn start() -> Self {
        let upstream = dynamodb_local_endpoint().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            upstream: upstream.trim_start_matches("http://").to_owned(),
            plan: Mutex::default(),
            reads: watch::Sender::new(0),
            latest_iterators: watch::Sender::new(0),
            rejected: watch::Sender::new(0),
        });
        let service = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, service).await });
        Self { endpoint, shared }
    }

    /// Rejects the next request of a streams operation (`"GetRecords"`) for a table with an error
    /// (`"ExpiredIteratorException"`).
    pub fn reject_next(&self, operation: &'static str, table: &str, error: &'static str) {
        let rejection = (operation, table.to_owned(), error);
        self.shared.plan().rejections.push(rejection);
    }

    /// Waits until this many requests have been rejected since the start.
    pub async fn rejected(&self, wanted: usize) {
        let mut rejected = self.shared.rejected.subscribe();
        rejected.wait_for(|n| *n >= wanted).await.unwrap();
    }

    /// Removes the permission for a streams operation.
    pub fn deny(&self, operation: &'static str) {
        self.shared.plan().denied.push(operation);
    }

    pub fn set_streams_down(&self, down: bool) {
        self.shared.plan().streams_are_down = down;
    }

    /// Limits the reads of each shard, by all readers together.
    pub fn limit_reads(&self, per_second: usize) {
        self.shared.plan().reads_per_second = Some(per_second);
    }

    /// The number of reads over the limit.
    pub fn rejected_reads(&self) -> usize {
        self.shared.plan().rejected_reads
    }

    /// The number of requests to the tables, by operation.
    pub fn operations(&self) -> HashMap<String, usize> {
        self.shared.plan().operations.clone()
    }

    /// Waits for this many more reads of streams.
    pub async fn reads(&self, more: usize) {
        let wanted = *self.shared.reads.borrow() + more;
        let mut reads = self.shared.reads.subscribe();
        reads.wait_for(|n| *n >= wanted).await.unwrap();
    }

    /// Waits until this many iterators of type `LATEST` have been handed out since the start.
    pub async fn latest_iterators(&self, wanted: usize) {
        let mut iterators = self.shared.latest_iterators.subscribe();
        iterators.wait_for(|n| *n >= wanted).await.unwrap();
    }

    /// Splits every shard of a table's stream in two. The next description does not show the children yet.
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
            plan.stale_descriptions = 1;
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
                Err(error) => error_response(&error),
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

fn error_response(error: &str) -> Response {
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
            self.rejected.send_modify(|n| *n += 1);
            return Err(error.to_owned());
        }
        let is_latest = request["ShardIteratorType"] == "LATEST";
        let shard = self.translate(operation, &mut request);
        let (status, answer) = self.forward(headers, request.to_string().into()).await;
        let mut answer: Value = serde_json::from_slice(&answer).unwrap();
        if status != 200 {
            let error = text(&answer["__type"]).rsplit('#').next().unwrap();
            return Err(error.to_owned());
        }
        match operation {
            "DescribeStream" => self.describe(&mut answer),
            "GetShardIterator" => {
                // The iterator names its shard, so that its reads can be counted and cut off.
                let iterator = format!("{shard}|{}", text(&answer["ShardIterator"]));
                answer["ShardIterator"] = iterator.into();
                self.latest_iterators
                    .send_modify(|n| *n += usize::from(is_latest));
            }
            _ => {
                self.cut(&shard, &mut answer);
                self.reads.send_modify(|n| *n += 1);
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
        // Stream ARNs and iterators contain the name of the table.
        let text = request.to_string();
        let is_meant = |(name, table, _): &(&str, String, &str)| {
            *name == operation && text.contains(&format!("/{table}/"))
        };
        if let Some(n) = plan.rejections.iter().position(is_meant) {
            return Err(plan.rejections.remove(n).2);
        }
        if let (Some(limit), "GetRecords") = (plan.reads_per_second, operation) {
            let shard = shard_of(request).to_owned();
            let now = Instant::now();
            let recent = plan.recent_reads.entry(shard).or_default();
            recent.retain(|at| now.duration_since(*at) < Duration::from_secs(1));
            if recent.len() >= limit {
                plan.rejected_reads += 1;
                return Err("LimitExceededException");
            }
            recent.push_back(now);
        }
        Ok(())
    }

    /// Turns a request for a child into one for its parent, which DynamoDB Local knows. Returns the requested shard.
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

    /// Adds the children of split shards to a description.
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
        if children.is_empty() || plan.stale_descriptions == 0 {
            shards.extend(children);
        } else {
            plan.stale_descriptions -= 1;
        }
    }

    /// Removes the records of other shards.
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
    value
        .as_str()
        .unwrap_or_else(|| panic!("not a string: {value}"))
}
