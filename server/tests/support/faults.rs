//! What local engines never do by themselves: throttle, be unreachable, lose an answer, take as long as a race
//! needs.

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

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The engine is not reached.
    Unreachable,
    /// The engine asks to slow down and does nothing.
    Throttled,
    /// The engine refuses a write because another is under way, as the service does with transactions.
    Conflict,
    /// The engine fails and does nothing.
    InternalError,
    /// The engine does what was asked, and fails.
    InternalErrorAfterwards,
    /// The engine does what was asked, and its answer gets lost.
    AnswerLost,
    /// The engine is not reached, and nobody says so.
    TimedOut,
    /// The engine does what was asked, and nobody says so.
    TimedOutAfterwards,
}

/// Where a request is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    /// The engine has not seen it.
    BeforeTheEngine,
    /// The engine has done what was asked; its answer waits.
    BeforeTheAnswer,
}

/// A request that is to be held at a known point, so that another can pass it. Let go when dropped.
#[derive(Debug)]
pub struct Held {
    arrived: oneshot::Receiver<()>,
    _release: oneshot::Sender<()>,
}

impl Held {
    /// Returns when the request is at its point. A test that would wait forever hangs: the request never came.
    pub async fn arrived(&mut self) {
        (&mut self.arrived)
            .await
            .expect("the request is held, not given up");
    }

    /// Lets it go on.
    pub fn release(self) {}
}

/// The other end of a [`Held`].
#[derive(Debug)]
struct Hold {
    operation: String,
    point: Point,
    arrived: oneshot::Sender<()>,
    released: oneshot::Receiver<()>,
}

impl Hold {
    async fn until_released(self) {
        let _ = self.arrived.send(());
        // An error is the release: the sender was dropped.
        let _ = self.released.await;
    }
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
    /// Requests to be held, in this order.
    holds: Vec<Hold>,
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

    /// The next request of an operation that meets no fault is held; said twice, the next two. It must be let go before the SDK's
    /// time-out: see [`Fixture::patient`](super::Fixture::patient).
    pub fn hold_next(&self, operation: &str, point: Point) -> Held {
        let (arrived, heard) = oneshot::channel();
        let (release, released) = oneshot::channel();
        self.plan.lock().unwrap().holds.push(Hold {
            operation: operation.to_owned(),
            point,
            arrived,
            released,
        });
        Held {
            arrived: heard,
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
        let lost = |kind: io::ErrorKind| ConnectorError::io(io::Error::from(kind).into());
        let fault = self.faults.fault_for(&request);
        if fault.is_none()
            && let Some(hold) = self.faults.hold_for(&request)
        {
            let engine = self.engine.clone();
            return HttpConnectorFuture::new(async move {
                if hold.point == Point::BeforeTheEngine {
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
                HttpConnectorFuture::ready(Err(lost(io::ErrorKind::ConnectionRefused)))
            }
            Some(Fault::Throttled) => {
                HttpConnectorFuture::ready(Ok(refusal(400, "ThrottlingException")))
            }
            Some(Fault::Conflict) => {
                HttpConnectorFuture::ready(Ok(refusal(400, "TransactionConflictException")))
            }
            Some(Fault::InternalError) => {
                HttpConnectorFuture::ready(Ok(refusal(500, "InternalServerError")))
            }
            Some(Fault::InternalErrorAfterwards) => {
                let answer = self.engine.call(request);
                HttpConnectorFuture::new(async move {
                    answer.await?;
                    Ok(refusal(500, "InternalServerError"))
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

/// What a request asks for: `"GetItem"`.
fn operation(request: &HttpRequest) -> String {
    let target = request.headers().get("x-amz-target").unwrap_or_default();
    target.rsplit('.').next().unwrap_or_default().to_owned()
}

fn refusal(status: u16, error: &str) -> HttpResponse {
    let body = format!(
        r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{error}","message":"injected by a test"}}"#
    );
    let status = StatusCode::try_from(status).unwrap();
    HttpResponse::new(status, SdkBody::from(body))
}
