//! Retries of writes that met a transaction on the same item.

use aws_sdk_dynamodb::config::retry::{ClassifyRetry, RetryAction};
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use backend::store::error::{TRANSACTION_CONFLICT, error_code};

/// Repeats a request that conflicted with a transaction, such as two log-ins of the same player at the same time.
/// The SDK leaves these errors to the application.
#[derive(Debug)]
pub(super) struct ConflictClassifier;

impl ClassifyRetry for ConflictClassifier {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        match context.response().and_then(error_code).as_deref() {
            Some(TRANSACTION_CONFLICT) => RetryAction::transient_error(),
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "Transaction conflicts"
    }
}
