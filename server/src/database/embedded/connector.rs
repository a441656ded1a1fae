//! The embedded engine as the SDK's transport. Requests are answered in this process, without a socket.

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

/// The protocol's header that names the operation: `DynamoDB_20120810.GetItem`.
const TARGET_HEADER: &str = "x-amz-target";
const TARGET_PREFIX: &str = "DynamoDB_20120810.";
const CONTENT_TYPE: &str = "application/x-amz-json-1.0";
const UNKNOWN_OPERATION: &str = r#"{"__type":"com.amazon.coral.service#UnknownOperationException","message":"The embedded database does not support this operation"}"#;

/// The maximum number of requests in blocking threads. The engine runs one operation at a time, while a few
/// more are decoded and encoded. Further requests wait without occupying a thread.
const MAX_CONCURRENT_REQUESTS: usize = 4;

/// An HTTP client for the SDK that hands each request to the engine.
#[derive(Clone, Debug)]
pub(super) struct InProcessClient {
    engine: Arc<Engine>,
    permits: Arc<Semaphore>,
}

impl InProcessClient {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self {
            engine,
            permits: Arc::new(Semaphore::new(MAX_CONCURRENT_REQUESTS)),
        }
    }
}

impl HttpClient for InProcessClient {
    fn http_connector(
        &self,
        _settings: &HttpConnectorSettings,
        _components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for InProcessClient {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let Self { engine, permits } = self.clone();
        HttpConnectorFuture::new(async move {
            let failed = |cause: Box<dyn std::error::Error + Send + Sync>| {
                ConnectorError::other(cause, None)
            };
            let permit = permits
                .acquire_owned()
                .await
                .map_err(|e| failed(e.into()))?;
            let (status, body) = spawn_blocking(move || {
                // Held until the engine is done, even if the caller stops waiting.
                let _permit = permit;
                respond(&engine, &request)
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

/// The status and the JSON body of the response to a request.
fn respond(engine: &Engine, request: &HttpRequest) -> (u16, String) {
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

/// Runs an operation that the application uses. Returns `None` for any other.
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
    // The SDK sends well-formed requests, so a failure means a value that the engine's types do not allow. The
    // service reports such a value as invalid.
    serde_json::from_slice(body).map_err(|e| DynoxideError::ValidationException(e.to_string()))
}

fn encode<T: Serialize>(response: &T) -> Result<String, DynoxideError> {
    serde_json::to_string(response).map_err(|e| DynoxideError::InternalServerError(e.to_string()))
}
