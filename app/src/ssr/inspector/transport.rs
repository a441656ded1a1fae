//! The way to a local engine, on which somebody's requests can meet the faults that they have switched on.

use super::{
    Attribution, Person,
    faults::{DELAY, Fault},
};
use crate::ssr::store::error::error_code;
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
use std::sync::Arc;

/// In an answer: the fault that its request met. Never leaves this process.
pub(super) const FAULT_HEADER: &str = "x-inspector-fault";

const THROTTLED: &str = r#"{"__type":"com.amazon.coral.availability#ThrottlingException","message":"Throttled on purpose"}"#;

/// The SDK's transport, with faults for those who ask for them.
#[derive(Clone, Debug)]
pub(super) struct Faulty(pub(super) SharedHttpClient);

#[derive(Debug)]
struct FaultyConnector(SharedHttpConnector);

impl HttpClient for Faulty {
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
        let attribution = Attribution::current().filter(|current| !current.is_own());
        match attribution.as_ref().and_then(Attribution::person) {
            Some(person) => {
                HttpConnectorFuture::new(through(self.0.clone(), request, Arc::clone(person)))
            }
            None => self.0.call(request),
        }
    }
}

async fn through(
    connector: SharedHttpConnector,
    request: HttpRequest,
    person: Arc<Person>,
) -> Result<HttpResponse, ConnectorError> {
    let is_on = |fault| person.faults.is_on(fault);
    let is_first = is_first_attempt(&request);
    if is_on(Fault::Delayed) {
        tokio::time::sleep(DELAY).await;
    }
    if is_on(Fault::Throttled) && is_first {
        return Ok(throttled());
    }
    let is_write = is_write(&request);
    let twin = (is_write && is_on(Fault::Duplicated))
        .then(|| request.try_clone())
        .flatten();
    let mut answer = connector.call(request).await?;
    if let Some(twin) = twin {
        let second = connector.call(twin).await;
        let became = match second {
            Ok(second) if second.status().is_success() => "was made as well".to_owned(),
            Ok(second) => format!("got {}", error_code(&second).unwrap_or_default()),
            Err(_) => "got no answer".to_owned(),
        };
        let note = format!("delivered twice: the second {became}");
        answer.headers_mut().insert(FAULT_HEADER, note);
    }
    if is_write && is_first && is_on(Fault::AnswerLost) {
        return Err(ConnectorError::io("the answer was lost on purpose".into()));
    }
    if is_on(Fault::Delayed) {
        answer
            .headers_mut()
            .append(FAULT_HEADER, "delayed by 1.5 s");
    }
    Ok(answer)
}

/// As the SDK numbers its attempts: `attempt=1; max=4`.
fn is_first_attempt(request: &HttpRequest) -> bool {
    let attempt = request.headers().get("amz-sdk-request");
    attempt.is_none_or(|attempt| attempt.contains("attempt=1;"))
}

fn is_write(request: &HttpRequest) -> bool {
    let target = request.headers().get("x-amz-target");
    let operation = target.and_then(|target| target.rsplit('.').next());
    matches!(operation, Some("PutItem" | "UpdateItem" | "DeleteItem"))
}

fn throttled() -> HttpResponse {
    #[expect(clippy::expect_used, reason = "a constant")]
    let status = 400.try_into().expect("a status");
    let mut answer = HttpResponse::new(status, SdkBody::from(THROTTLED));
    answer
        .headers_mut()
        .insert("content-type", "application/x-amz-json-1.0");
    answer
        .headers_mut()
        .insert(FAULT_HEADER, "throttled on purpose");
    answer
}
