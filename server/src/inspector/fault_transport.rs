//! The transport to a local engine, which applies to a session's requests the faults that are switched on for
//! the session.

use super::{
    capture::{Recording, SessionLog},
    faults::{DELAY, Fault},
};
use aws_smithy_runtime_api::client::{
    http::{
        HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
        SharedHttpConnector,
    },
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
    runtime_components::RuntimeComponents,
};
use aws_smithy_types::body::SdkBody;
use backend::store::error::error_code;
use std::sync::Arc;

/// The response header that names the fault of a request. It never leaves this process.
pub(super) const FAULT_HEADER: &str = "x-inspector-fault";

const THROTTLED: &str = r#"{"__type":"com.amazon.coral.availability#ThrottlingException","message":"Throttled on purpose"}"#;

/// The SDK's transport with faults.
#[derive(Clone, Debug)]
pub(super) struct FaultTransport(pub(super) SharedHttpClient);

#[derive(Debug)]
struct FaultyConnector(SharedHttpConnector);

impl HttpClient for FaultTransport {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(FaultyConnector(self.0.http_connector(settings, components)))
    }
}

impl HttpConnector for FaultyConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let recording = Recording::current().filter(|current| !current.is_own());
        match recording.as_ref().and_then(|recording| recording.log()) {
            Some(log) => {
                HttpConnectorFuture::new(call_with_faults(self.0.clone(), request, Arc::clone(log)))
            }
            None => self.0.call(request),
        }
    }
}

async fn call_with_faults(
    connector: SharedHttpConnector,
    request: HttpRequest,
    log: Arc<SessionLog>,
) -> Result<HttpResponse, ConnectorError> {
    let is_on = |fault| log.faults.is_on(fault);
    let is_first = is_first_attempt(&request);
    if is_on(Fault::Delayed) {
        tokio::time::sleep(DELAY).await;
    }
    if is_on(Fault::Throttled) && is_first {
        return Ok(throttled());
    }
    let is_write = is_write(&request);
    let duplicate = (is_write && is_on(Fault::Duplicated))
        .then(|| request.try_clone())
        .flatten();
    let mut response = connector.call(request).await?;
    if let Some(duplicate) = duplicate {
        let second = connector.call(duplicate).await;
        let result = match second {
            Ok(second) if second.status().is_success() => "succeeded as well".to_owned(),
            Ok(second) => format!("got {}", error_code(&second).unwrap_or_default()),
            Err(_) => "got no answer".to_owned(),
        };
        let note = format!("delivered twice: the second {result}");
        response.headers_mut().insert(FAULT_HEADER, note);
    }
    if is_write && is_first && is_on(Fault::AnswerLost) {
        return Err(ConnectorError::io("the answer was lost on purpose".into()));
    }
    if is_on(Fault::Delayed) {
        response
            .headers_mut()
            .append(FAULT_HEADER, "delayed by 1.5 s");
    }
    Ok(response)
}

/// Returns true for the first attempt. The SDK numbers its attempts in a header: `attempt=1; max=4`.
fn is_first_attempt(request: &HttpRequest) -> bool {
    let attempt = request.headers().get("amz-sdk-request");
    attempt.is_none_or(|attempt| attempt.contains("attempt=1;"))
}

fn is_write(request: &HttpRequest) -> bool {
    let target = request.headers().get("x-amz-target");
    let operation = target.and_then(|target| target.rsplit('.').next());
    matches!(
        operation,
        Some("PutItem" | "UpdateItem" | "DeleteItem" | "TransactWriteItems")
    )
}

fn throttled() -> HttpResponse {
    #[expect(clippy::expect_used, reason = "a constant")]
    let status = 400.try_into().expect("a status");
    let mut response = HttpResponse::new(status, SdkBody::from(THROTTLED));
    response
        .headers_mut()
        .insert("content-type", "application/x-amz-json-1.0");
    response
        .headers_mut()
        .insert(FAULT_HEADER, "throttled on purpose");
    response
}
