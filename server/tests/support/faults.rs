//! What local engines never do by themselves: throttle, be unreachable, lose an answer.

use aws_smithy_runtime_api::{
    client::{
        http::{
            HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings,
            SharedHttpClient, SharedHttpConnector,
        },
        orchestrator::{HttpRequest, HttpResponse},
        result::ConnectorError,
        runtime_components::RuntimeComponents,
    },
    http::StatusCode,
};
use aws_smithy_types::body::SdkBody;
use std::{
    io,
    sync::{Arc, Mutex},
};

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The engine is not reached.
    Unreachable,
    /// The engine asks to slow down and does nothing.
    Throttled,
    /// The engine refuses a write because another is under way, as the service does with transactions.
    Conflict,
    /// The engine does what was asked, and its answer gets lost.
    AnswerLost,
}

/// An HTTP client for the SDK before the engine's own; clones share what is to go wrong. The SDK repeats a
/// request that failed in one of these ways, and each attempt uses up one fault.
#[derive(Clone, Debug)]
pub struct Faults {
    engine: SharedHttpClient,
    plan: Arc<Mutex<Plan>>,
}

#[derive(Debug, Default)]
struct Plan {
    /// Until further notice, for every request.
    outage: Option<Fault>,
    /// For the next requests of one operation, in this order.
    next: Vec<(String, Fault)>,
}

impl Faults {
    /// Nothing goes wrong yet.
    pub(super) fn before(engine: SharedHttpClient) -> Self {
        Self {
            engine,
            plan: Arc::default(),
        }
    }

    /// From now on every request fails, until [`end`](Self::end).
    pub fn begin(&self, fault: Fault) {
        self.plan.lock().unwrap().outage = Some(fault);
    }

    /// Nothing goes wrong any more; faults that were planned and not met are forgotten.
    pub fn end(&self) {
        *self.plan.lock().unwrap() = Plan::default();
    }

    /// The next request of an operation (`"UpdateItem"`) fails; said twice, the next two.
    pub fn fail_next(&self, operation: &str, fault: Fault) {
        self.plan
            .lock()
            .unwrap()
            .next
            .push((operation.to_owned(), fault));
    }

    fn fault_for(&self, request: &HttpRequest) -> Option<Fault> {
        let mut plan = self.plan.lock().unwrap();
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default();
        match plan.next.iter().position(|(name, _)| name == operation) {
            Some(position) => Some(plan.next.remove(position).1),
            None => plan.outage,
        }
    }
}

impl HttpClient for Faults {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(FaultyConnector {
            engine: self.engine.http_connector(settings, components),
            faults: self.clone(),
        })
    }
}

#[derive(Debug)]
struct FaultyConnector {
    engine: SharedHttpConnector,
    faults: Faults,
}

impl HttpConnector for FaultyConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let lost = |kind: io::ErrorKind| ConnectorError::io(io::Error::from(kind).into());
        match self.faults.fault_for(&request) {
            None => self.engine.call(request),
            Some(Fault::Unreachable) => {
                HttpConnectorFuture::ready(Err(lost(io::ErrorKind::ConnectionRefused)))
            }
            Some(Fault::Throttled) => {
                HttpConnectorFuture::ready(Ok(refusal("ThrottlingException")))
            }
            Some(Fault::Conflict) => {
                HttpConnectorFuture::ready(Ok(refusal("TransactionConflictException")))
            }
            Some(Fault::AnswerLost) => {
                let answer = self.engine.call(request);
                HttpConnectorFuture::new(async move {
                    answer.await?;
                    Err(lost(io::ErrorKind::ConnectionReset))
                })
            }
        }
    }
}

fn refusal(error: &str) -> HttpResponse {
    let body = format!(
        r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{error}","message":"injected by a test"}}"#
    );
    let status = StatusCode::try_from(400).unwrap();
    HttpResponse::new(status, SdkBody::from(body))
}
