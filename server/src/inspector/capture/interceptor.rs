//! The interceptor of the SDK. It sees each request of the store, each attempt and the response. Outside of a
//! recorded HTTP request it does nothing.

use super::{
    Inspector, Item, Recording, Request,
    condition::Evidence,
    entry::{Attempt, Entry, MAX_ANSWER_ITEMS, RequestOutcome},
    request::redacted,
    units::{Totals, units},
};
use crate::{
    database::operations::{self, ItemOperation, ItemRequest},
    inspector::fault_transport::FAULT_HEADER,
};
use aws_sdk_dynamodb::{
    config::{ConfigBag, Intercept, RuntimeComponents},
    error::BoxError,
};
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeSerializationInterceptorContextMut, BeforeTransmitInterceptorContextRef, Error,
    FinalizerInterceptorContextRef,
};
use aws_smithy_types::config_bag::{Storable, StoreReplace};
use backend::store::error::error_code;
use jiff::Timestamp;
use parking_lot::Mutex;
use std::{sync::Arc, time::Instant};

/// The interceptor that records requests.
#[derive(Clone, Debug)]
pub struct CaptureInterceptor(pub(in crate::inspector) Inspector);

/// A request under way.
#[derive(Clone, Debug)]
struct StartedCall(Arc<Call>);

#[derive(Debug)]
struct Call {
    recording: Arc<Recording>,
    request: Request,
    at: Timestamp,
    began: Instant,
    attempts: Mutex<Attempts>,
}

#[derive(Debug, Default)]
struct Attempts {
    /// The start of the current attempt.
    began: Option<Instant>,
    ended: Vec<Attempt>,
}

impl Storable for StartedCall {
    type Storer = StoreReplace<Self>;
}

impl Intercept for CaptureInterceptor {
    fn name(&self) -> &'static str {
        "Inspector"
    }

    fn modify_before_serialization(
        &self,
        context: &mut BeforeSerializationInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(recording) = Recording::current() else {
            return Ok(());
        };
        operations::request_capacity(context.input_mut());
        let request = ItemRequest::read(context.input());
        let request = request.and_then(|request| Request::redacted(&request, self.0.tables()));
        if let Some(request) = request {
            let call = Call {
                recording,
                request,
                at: Timestamp::now(),
                began: Instant::now(),
                attempts: Mutex::default(),
            };
            config
                .interceptor_state()
                .store_put(StartedCall(Arc::new(call)));
        }
        Ok(())
    }

    fn read_before_attempt(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(StartedCall(call)) = config.load::<StartedCall>() {
            call.attempts.lock().began = Some(Instant::now());
        }
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(StartedCall(call)) = config.load::<StartedCall>() else {
            return Ok(());
        };
        let failure = match context.output_or_error() {
            Some(Ok(_)) => None,
            _ => Some(failure_code(context)),
        };
        let fault = (context.response())
            .and_then(|response| response.headers().get(FAULT_HEADER))
            .map(str::to_owned);
        let mut attempts = call.attempts.lock();
        let began = attempts.began.take().unwrap_or(call.began);
        attempts.ended.push(Attempt {
            duration: began.elapsed(),
            failure,
            fault,
        });
        Ok(())
    }

    fn read_after_execution(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(StartedCall(call)) = config.load::<StartedCall>() else {
            return Ok(());
        };
        let request = call.request.clone();
        let (outcome, consumed) = match context.output_or_error() {
            Some(Ok(output)) => {
                let items = operations::items(output);
                let item = match request.operation {
                    ItemOperation::GetItem | ItemOperation::UpdateItem => items.first().copied(),
                    ItemOperation::PutItem => request.item.as_ref(),
                    _ => None,
                };
                if let (Some(game_id), Some(item)) = (request.game_id(), item) {
                    self.0
                        .record_version(game_id, redacted(request.table, item));
                }
                (done(&request, &items), operations::consumed(output))
            }
            Some(Err(error)) => {
                let outcome = failed(&request, error.as_operation_error(), context);
                (outcome, &[][..])
            }
            None => (
                RequestOutcome::Failed {
                    code: failure_code(context),
                },
                &[][..],
            ),
        };
        let is_read = request.operation.is_read();
        let units = units(consumed, is_read);
        let mut totals = Totals::default();
        totals.add(&units, is_read);
        if !call.recording.is_own()
            && let Some(game_id) = request.game_id()
        {
            self.0.add_totals(game_id, totals);
        }
        let entry = Entry {
            number: 0,
            at: call.at,
            cause: call.recording.cause(),
            outcome,
            attempts: std::mem::take(&mut call.attempts.lock().ended),
            duration: call.began.elapsed(),
            units,
            request,
        };
        call.recording.add(entry, totals);
        Ok(())
    }
}

/// The outcome of a successful request, with the first items of the response.
fn done(request: &Request, items: &[&Item]) -> RequestOutcome {
    let first = items.iter().take(MAX_ANSWER_ITEMS);
    RequestOutcome::Done {
        items: if request.operation.is_read() {
            items.len()
        } else {
            1
        },
        answer: first.map(|item| redacted(request.table, item)).collect(),
    }
}

fn failed(
    request: &Request,
    error: Option<&Error>,
    context: &FinalizerInterceptorContextRef<'_>,
) -> RequestOutcome {
    match error.and_then(operations::failed_condition) {
        Some(Some(item)) => {
            RequestOutcome::ConditionFailed(Evidence::Returned(redacted(request.table, item)))
        }
        Some(None) => RequestOutcome::ConditionFailed(Evidence::Nothing),
        None => RequestOutcome::Failed {
            code: failure_code(context),
        },
    }
}

/// The engine's error code, or that no answer came.
fn failure_code(context: &FinalizerInterceptorContextRef<'_>) -> String {
    match context.response() {
        Some(response) => {
            error_code(response).unwrap_or_else(|| format!("HTTP {}", response.status().as_u16()))
        }
        None => "no answer".to_owned(),
    }
}
