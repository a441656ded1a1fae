use aws_sdk_dynamodb::{
    config::{ConfigBag, Intercept, RuntimeComponents},
    error::BoxError,
};
use aws_smithy_runtime_api::client::{
    interceptors::context::BeforeTransmitInterceptorContextRef, retries::RequestAttempts,
};
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

/// Counts the attempts of one call. The SDK repeats a request without a response, which the engine may have
/// processed all the same.
#[derive(Clone, Debug, Default)]
pub(super) struct Attempts(Arc<AtomicU32>);

impl Attempts {
    /// Returns true if the SDK has sent the request more than once.
    pub(super) fn were_repeated(&self) -> bool {
        self.0.load(Ordering::Relaxed) > 1
    }
}

impl Intercept for Attempts {
    fn name(&self) -> &'static str {
        "Attempts"
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(attempt) = config.load::<RequestAttempts>() {
            self.0.store(attempt.attempts(), Ordering::Relaxed);
        }
        Ok(())
    }
}
