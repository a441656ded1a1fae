//! Faults between the SDK and the engine, one by one: throttling, unreachability, lost responses, and delays as long as
//! a race needs. Local engines never cause them by themselves.

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
    future, io,
    sync::{Arc, Mutex},
};
use tokio::sync::oneshot;

/// A fault of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The connection is refused.
    Unreachable,
    /// The engine throttles the request and does not process it.
    Throttled,
    /// A transaction on the same item is running, so the engine does not process the request.
    Conflict,
    /// The engine fails and does not process the request.
    InternalError,
    /// The engine processes the request and then fails.
    InternalErrorAfterwards,
    /// The engine processes the request, and the connection breaks before the response.
    ResponseLost,
    /// The engine answers a `BatchGetItem` as if none of the items had been written yet.
    NothingFound,
    /// The engine does not receive the request, and there is no response.
    TimedOut,
    /// The engine processes the request, and there is no response.
    TimedOutAfterwards,
}

/// The point at which a request is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoldPoint {
    /// The engine has not received the request.
    BeforeEngine,
    /// The engine has processed the request. Its response is held.
    BeforeResponse,
}

/// A request that is held at a known point, so that another one can overtake it. Dropping it releases the request.
#[derive(Debug)]
pub struct HeldRequest {
    arrived: oneshot::Receiver<()>,
    _release: oneshot::Sender<()>,
}

impl HeldRequest {
    /// Waits until the request is at its point. A test hangs here if the request is never sent.
    pub async fn arrived(&mut self) {
        (&mut self.arrived)
            .await
            .expect("the request is held, not cancelled");
    }

    /// Releases the request.
    pub fn release(self) {}
}

/// The connector's end of a [`HeldRequest`].
#[derive(Debug)]
struct Hold {
    operation: String,
    point: HoldPoint,
    arrived: oneshot::Sender<()>,
    released: oneshot::Receiver<()>,
}

impl Hold {
    async fn until_released(self) {
        let _ = self.arrived.send(());
        // The release drops the sender, which is an error here.
        let _ = self.released.await;
    }
}

/// An HTTP client of the SDK in front of the engine's own. Clones share the planned faults. The SDK retries a request
/// that failed, and each attempt uses up one fault.
#[derive(Clone, Debug)]
pub struct Faults {
    engine: SharedHttpClient,
    plan: Arc<Mutex<Plan>>,
}

#[derive(Debug, Default)]
struct Plan {
    /// For every request, until [`Faults::clear`].
    outage: Option<Fault>,
    /// For the next requests of an operation, in this order.
    next: Vec<(String, Fault)>,
    /// The next requests to hold, in this order.
    holds: Vec<Hold>,
}

impl Faults {
    /// Plans no faults.
    pub(crate) fn new(engine: SharedHttpClient) -> Self {
        Self {
            engine,
            plan: Arc::default(),
        }
    }

    /// Every request fails until [`clear`](Self::clear).
    pub fn fail_all(&self, fault: Fault) {
        self.plan.lock().unwrap().outage = Some(fault);
    }

    /// Removes all planned faults.
    pub fn clear(&self) {
        *self.plan.lock().unwrap() = Plan::default();
    }

    /// The next request of an operation (`"UpdateItem"`) fails. A second call plans a fault for the request after it.
    pub fn fail_next(&self, operation: &str, fault: Fault) {
        self.plan
            .lock()
            .unwrap()
            .next
            .push((operation.to_owned(), fault));
    }

    /// The next request of an operation that meets no fault is held. A second call holds the request after it. Release
    /// it before the SDK's timeout, or use [`Fixture::without_timeouts`](crate::Fixture::without_timeouts).
    pub fn hold_next(&self, operation: &str, point: HoldPoint) -> HeldRequest {
        let (arrived, arrival) = oneshot::channel();
        let (release, released) = oneshot::channel();
        self.plan.lock().unwrap().holds.push(Hold {
            operation: operation.to_owned(),
            point,
            arrived,
            released,
        });
        HeldRequest {
            arrived: arrival,
            _release: release,
        }
    }

    fn hold_for(&self, request: &HttpRequest) -> Option<Hold> {
        let mut plan = self.plan.lock().unwrap();
        let operation = operation(request);
        let position = plan.holds.iter().position(|h| h.operation == operation)?;
        Some(plan.holds.remove(position))
    }

    fn fault_for(&self, request: &HttpRequest) -> Option<Fault> {
        let mut plan = self.plan.lock().unwrap();
        let operation = operation(request);
        match plan.next.iter().position(|(name, _)| *name == operation) {
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
        let broken = |kind: io::ErrorKind| ConnectorError::io(io::Error::from(kind).into());
        let fault = self.faults.fault_for(&request);
        if fault.is_none()
            && let Some(hold) = self.faults.hold_for(&request)
        {
            let engine = self.engine.clone();
            return HttpConnectorFuture::new(async move {
                if hold.point == HoldPoint::BeforeEngine {
                    hold.until_released().await;
                    return engine.call(request).await;
                }
                let answer = engine.call(request).await;
                hold.until_released().await;
                answer
            });
        }
        match fault {
            None => self.engine.call(request),
            Some(Fault::Unreachable) => {
                HttpConnectorFuture::ready(Err(broken(io::ErrorKind::ConnectionRefused)))
            }
            Some(Fault::Throttled) => {
                HttpConnectorFuture::ready(Ok(error_response(400, "ThrottlingException")))
            }
            Some(Fault::NothingFound) => {
                let body =
                    SdkBody::from(r#"{"Responses":{},"UnprocessedKeys":{},"ConsumedCapacity":[]}"#);
                let status = StatusCode::try_from(200).unwrap();
                HttpConnectorFuture::ready(Ok(HttpResponse::new(status, body)))
            }
            Some(Fault::Conflict) => HttpConnectorFuture::ready(Ok(conflict())),
            Some(Fault::InternalError) => {
                HttpConnectorFuture::ready(Ok(error_response(500, "InternalServerError")))
            }
            Some(Fault::InternalErrorAfterwards) => {
                let answer = self.engine.call(request);
                HttpConnectorFuture::new(async move {
                    answer.await?;
                    Ok(error_response(500, "InternalServerError"))
                })
            }
            Some(Fault::TimedOut) => HttpConnectorFuture::new(future::pending()),
            Some(Fault::TimedOutAfterwards) => {
                let answer = self.engine.call(request);
                HttpConnectorFuture::new(async move {
                    answer.await?;
                    future::pending().await
                })
            }
            Some(Fault::ResponseLost) => {
                let answer = self.engine.call(request);
                HttpConnectorFuture::new(async move {
                    answer.await?;
                    Err(broken(io::ErrorKind::ConnectionReset))
                })
            }
        }
    }
}

/// The operation of a request (`"GetItem"`).
fn operation(request: &HttpRequest) -> String {
    let target = request.headers().get("x-amz-target").unwrap_or_default();
    target.rsplit('.').next().unwrap_or_default().to_owned()
}

/// The response to a transaction whose second action met another transaction.
fn conflict() -> HttpResponse {
    let body = r#"{"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message":"injected by a test","CancellationReasons":[{"Code":"None"},{"Code":"TransactionConflict"}]}"#;
    HttpResponse::new(StatusCode::try_from(400).unwrap(), SdkBody::from(body))
}

fn error_response(status: u16, error: &str) -> HttpResponse {
    let body = format!(
        r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{error}","message":"injected by a test"}}"#
    );
    let status = StatusCode::try_from(status).unwrap();
    HttpResponse::new(status, SdkBody::from(body))
}
