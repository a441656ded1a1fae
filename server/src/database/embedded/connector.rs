//! The embedded engine as the SDK's transport: requests are answered in this process, without a socket.

use super::Engine;
use aws_smithy_runtime_api::{
    client::{
        http::{
            HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings,
            SharedHttpConnector,
        },
        orchestrator::{HttpRequest, HttpResponse},
        result::ConnectorError,
        runtime_components::RuntimeComponents,
    },
    http::StatusCode,
};
use aws_smithy_types::body::SdkBody;
use dynoxide::DynoxideError;
use serde::{Serialize, de::DeserializeOwned};
use std::sync::Arc;
use tokio::{sync::Semaphore, task::spawn_blocking};

/// How the protocol's header names an operation: `DynamoDB_20120810.GetItem`.
const TARGET_HEADER: &str = "x-amz-target";
const TARGET_PREFIX: &str = "DynamoDB_20120810.";
const CONTENT_TYPE: &str = "application/x-amz-json-1.0";
const UNKNOWN_OPERATION: &str = r#"{"__type":"com.amazon.coral.service#UnknownOperationException","message":"The embedded database does not offer this operation"}"#;

/// The engine runs one operation at a time; a few more may decode and encode meanwhile. The rest wait here
/// rather than in a blocking thread each.
const AT_ONCE: usize = 4;

/// An HTTP client for the SDK that hands each request to the engine.
#[derive(Clone, Debug)]
pub(super) struct InProcess {
    engine: Arc<Engine>,
    turns: Arc<Semaphore>,
}

impl InProcess {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self {
            engine,
            turns: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }
}

impl HttpClient for InProcess {
    fn http_connector(
        &self,
        _settings: &HttpConnectorSettings,
        _components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for InProcess {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Self { engine, turns } = self.clone();
        HttpConnectorFuture::new(async move {
            let failed = |cause: Box<dyn std::error::Error + Send + Sync>| {
                ConnectorError::other(cause, None)
            };
            let turn = turns.acquire_owned().await.map_err(|e| failed(e.into()))?;
            let (status, body) = spawn_blocking(move || {
                // Kept until the engine is done, also when nobody waits for the answer any more.
                let _turn = turn;
                answer(&engine, &request)
            })
            .await
            .map_err(|e| failed(e.into()))?;
            let status = StatusCode::try_from(status).map_err(|e| failed(e.into()))?;
            let mut response = HttpResponse::new(status, SdkBody::from(body));
            response.headers_mut().insert("content-type", CONTENT_TYPE);
            Ok(response)
        })
    }
}

/// Status and JSON body for one request.
fn answer(engine: &Engine, request: &HttpRequest) -> (u16, String) {
    let operation = request
        .headers()
        .get(TARGET_HEADER)
        .and_then(|target| target.strip_prefix(TARGET_PREFIX))
        .unwrap_or_default();
    let body = request.body().bytes().unwrap_or_default();
    match dispatch(engine.database(), operation, body) {
        Some(Ok(json)) => (200, json),
        Some(Err(error)) => (error.status_code(), error.to_json()),
        None => (400, UNKNOWN_OPERATION.to_owned()),
    }
}

/// Runs the operations that the application uses; `None` for any other.
fn dispatch(
    database: &dynoxide::Database,
    operation: &str,
    body: &[u8],
) -> Option<Result<String, DynoxideError>> {
    macro_rules! operations {
        ($($name:literal => $method:ident,)*) => {
            match operation {
                $($name => Some(decode(body).and_then(|request| database.$method(request)).and_then(|response| encode(&response))),)*
                _ => None,
            }
        };
    }
    operations! {
        "CreateTable" => create_table,
        "DescribeTable" => describe_table,
        "UpdateTable" => update_table,
        "DeleteTable" => delete_table,
        "ListTables" => list_tables,
        "UpdateTimeToLive" => update_time_to_live,
        "DescribeTimeToLive" => describe_time_to_live,
        "GetItem" => get_item,
        "BatchGetItem" => batch_get_item,
        "Query" => query,
        "Scan" => scan,
        "PutItem" => put_item,
        "UpdateItem" => update_item,
        "DeleteItem" => delete_item,
        "TransactWriteItems" => transact_write_items,
    }
}

fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, DynoxideError> {
    // The SDK writes well-formed requests, so what is refused here is a value that the engine's types do not
    // allow, which the service calls invalid.
    serde_json::from_slice(body).map_err(|e| DynoxideError::ValidationException(e.to_string()))
}

fn encode<T: Serialize>(response: &T) -> Result<String, DynoxideError> {
    serde_json::to_string(response).map_err(|e| DynoxideError::InternalServerError(e.to_string()))
}
