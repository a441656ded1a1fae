//! Where the inspector sits in the SDK: it sees each request as the store has built it, each attempt, and
//! the answer. While nobody's request is being looked at it does nothing.

use super::{
    Attribution, Inspector, Item, Request,
    entry::{Attempt, Entry, Evidence, Outcome, SHOWN},
    request::{Operation, kept},
    transport::FAULT_HEADER,
    units::{Totals, units},
};
use crate::ssr::store::error::error_code;
use aws_sdk_dynamodb::{
    config::{ConfigBag, Intercept, RuntimeComponents},
    error::BoxError,
    operation as tables,
    types::ConsumedCapacity,
};
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeSerializationInterceptorContextMut, BeforeTransmitInterceptorContextRef, Error,
    FinalizerInterceptorContextRef, Output,
};
use aws_smithy_types::config_bag::{Storable, StoreReplace};
use jiff::Timestamp;
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

/// The inspector as a part of a client.
#[derive(Clone, Debug)]
pub struct Capture(pub(super) Inspector);

/// A request under way.
#[derive(Clone, Debug)]
struct Begun(Arc<Call>);

#[derive(Debug)]
struct Call {
    attribution: Attribution,
    request: Request,
    at: Timestamp,
    began: Instant,
    attempts: Mutex<Attempts>,
}

#[derive(Debug, Default)]
struct Attempts {
    began: Option<Instant>,
    ended: Vec<Attempt>,
}

impl Storable for Begun {
    type Storer = StoreReplace<Self>;
}

impl Call {
    fn attempts(&self) -> MutexGuard<'_, Attempts> {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Intercept for Capture {
    fn name(&self) -> &'static str {
        "Inspector"
    }

    fn modify_before_serialization(
        &self,
        context: &mut BeforeSerializationInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(attribution) = Attribution::current() else {
            return Ok(());
        };
        if let Some(request) = Request::of(context.input_mut(), self.0.tables()) {
            config.interceptor_state().store_put(Begun(Arc::new(Call {
                attribution,
                request,
                at: Timestamp::now(),
                began: Instant::now(),
                attempts: Mutex::default(),
            })));
        }
        Ok(())
    }

    fn read_before_attempt(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(Begun(call)) = config.load::<Begun>() {
            call.attempts().began = Some(Instant::now());
        }
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(Begun(call)) = config.load::<Begun>() else {
            return Ok(());
        };
        let failure = match context.output_or_error() {
            Some(Ok(_)) => None,
            _ => Some(why(context)),
        };
        let fault = (context.response())
            .and_then(|response| response.headers().get(FAULT_HEADER))
            .map(str::to_owned);
        let mut attempts = call.attempts();
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
        let Some(Begun(call)) = config.load::<Begun>() else {
            return Ok(());
        };
        let request = call.request.clone();
        let (outcome, consumed) = match context.output_or_error() {
            Some(Ok(output)) => {
                self.see(&request, output);
                (done(&request, output), consumed(output))
            }
            Some(Err(error)) => {
                let outcome = failed(&request, error.as_operation_error(), context);
                (outcome, &[][..])
            }
            None => (Outcome::Failed { code: why(context) }, &[][..]),
        };
        let is_read = request.operation.is_read();
        let units = units(consumed, is_read);
        let mut totals = Totals::default();
        totals.add(&units, is_read);
        if !call.attribution.is_own()
            && let Some(game_id) = request.game_id()
        {
            self.0.count(game_id, totals);
        }
        let entry = Entry {
            number: 0,
            at: call.at,
            cause: call.attribution.cause(),
            outcome,
            attempts: std::mem::take(&mut call.attempts().ended),
            duration: call.began.elapsed(),
            units,
            request,
        };
        call.attribution.add(entry, totals);
        Ok(())
    }
}

impl Capture {
    /// Remembers the item of a game that came by.
    fn see(&self, request: &Request, output: &Output) {
        let item = match request.operation {
            Operation::GetItem => {
                let output = output.downcast_ref::<tables::get_item::GetItemOutput>();
                output.and_then(|output| output.item.as_ref())
            }
            Operation::UpdateItem => {
                let output = output.downcast_ref::<tables::update_item::UpdateItemOutput>();
                output.and_then(|output| output.attributes.as_ref())
            }
            Operation::PutItem => request.item.as_ref(),
            _ => None,
        };
        if let (Some(game_id), Some(item)) = (request.game_id(), item) {
            self.0.see(game_id, kept(request.table, item));
        }
    }
}

/// What an answer brings.
fn done(request: &Request, output: &Output) -> Outcome {
    let shown = |items: &mut dyn Iterator<Item = &Item>| -> Vec<Item> {
        items
            .take(SHOWN)
            .map(|item| kept(request.table, item))
            .collect()
    };
    macro_rules! one {
        ($($output:ty: $item:ident),*) => {$(
            if let Some(output) = output.downcast_ref::<$output>() {
                let answer = shown(&mut output.$item.iter());
                let items = if request.operation.is_read() { answer.len() } else { 1 };
                return Outcome::Done { items, answer };
            }
        )*};
    }
    one!(
        tables::get_item::GetItemOutput: item,
        tables::update_item::UpdateItemOutput: attributes,
        tables::put_item::PutItemOutput: attributes,
        tables::delete_item::DeleteItemOutput: attributes
    );
    if let Some(output) = output.downcast_ref::<tables::query::QueryOutput>() {
        let items = output.items();
        return Outcome::Done {
            items: items.len(),
            answer: shown(&mut items.iter()),
        };
    }
    let batch = output.downcast_ref::<tables::batch_get_item::BatchGetItemOutput>();
    let items = || {
        let tables = batch
            .and_then(|batch| batch.responses())
            .into_iter()
            .flatten();
        tables.flat_map(|(_, items)| items)
    };
    Outcome::Done {
        items: items().count(),
        answer: shown(&mut items()),
    }
}

fn failed(
    request: &Request,
    error: Option<&Error>,
    context: &FinalizerInterceptorContextRef<'_>,
) -> Outcome {
    macro_rules! condition_failed {
        ($($error:path => $variant:path),*) => {$(
            if let Some($variant(failed)) = error.and_then(|error| error.downcast_ref::<$error>()) {
                let evidence = match &failed.item {
                    Some(item) => Evidence::Returned(kept(request.table, item)),
                    None => Evidence::Nothing,
                };
                return Outcome::ConditionFailed(evidence);
            }
        )*};
    }
    condition_failed!(
        tables::update_item::UpdateItemError => tables::update_item::UpdateItemError::ConditionalCheckFailedException,
        tables::put_item::PutItemError => tables::put_item::PutItemError::ConditionalCheckFailedException,
        tables::delete_item::DeleteItemError => tables::delete_item::DeleteItemError::ConditionalCheckFailedException
    );
    Outcome::Failed { code: why(context) }
}

/// The engine's name for the reason of a failure, or that there was no answer.
fn why(context: &FinalizerInterceptorContextRef<'_>) -> String {
    match context.response() {
        Some(response) => {
            error_code(response).unwrap_or_else(|| format!("HTTP {}", response.status().as_u16()))
        }
        None => "no answer".to_owned(),
    }
}

/// What an answer says that the request consumed.
#[must_use]
pub fn consumed(output: &Output) -> &[ConsumedCapacity] {
    macro_rules! one {
        ($($output:ty),*) => {$(
            if let Some(output) = output.downcast_ref::<$output>() {
                return output.consumed_capacity.as_ref().map(std::slice::from_ref).unwrap_or_default();
            }
        )*};
    }
    one!(
        tables::get_item::GetItemOutput,
        tables::query::QueryOutput,
        tables::update_item::UpdateItemOutput,
        tables::put_item::PutItemOutput,
        tables::delete_item::DeleteItemOutput
    );
    output
        .downcast_ref::<tables::batch_get_item::BatchGetItemOutput>()
        .map(tables::batch_get_item::BatchGetItemOutput::consumed_capacity)
        .unwrap_or_default()
}
