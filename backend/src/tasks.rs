//! Tasks that outlive the request that started them.

use crate::request_context::RequestContext;
use domain::error::AppError;
use futures::future::BoxFuture;
use std::panic;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

/// The tasks of use cases that are running. Cheap to clone.
///
/// The server drops the future of a request when its client disconnects. A use case that wrote to the table
/// must publish and count the change nevertheless, so it runs in a task of its own.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tasks(TaskTracker);

impl Tasks {
    /// Runs `work` in a task, in the context and the tracing span of the caller, and returns its result. If
    /// the returned future is dropped, `work` continues.
    ///
    /// # Errors
    ///
    /// Those of `work`. [`AppError::DatabaseUnavailable`] if the process is shutting down.
    ///
    /// # Panics
    ///
    /// If `work` panics. The panic hook has then logged the panic, even without a caller.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: BoxFuture<'static, Result<T, AppError>>,
    ) -> Result<T, AppError> {
        let work = work.in_current_span();
        let work = RequestContext::scope_optional(RequestContext::current(), work);
        match self.0.spawn(work).await {
            Ok(result) => result,
            Err(error) => match error.try_into_panic() {
                Ok(payload) => panic::resume_unwind(payload),
                Err(_cancelled) => Err(AppError::DatabaseUnavailable),
            },
        }
    }

    /// Waits for the tasks to end. Call it when no request can start another one.
    pub(crate) async fn finished(&self) {
        self.0.close();
        self.0.wait().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{accounts::SessionKey, request_context::RequestObserver};
    use futures::FutureExt;
    use std::{panic::AssertUnwindSafe, sync::Arc};
    use tokio::sync::oneshot;

    struct Observer;

    impl RequestObserver for Observer {
        fn session_identified(&self, _: &SessionKey) {}
        fn page_identified(&self, _: &str) {}
    }

    #[tokio::test]
    async fn work_continues_without_its_caller() {
        let tasks = Tasks::default();
        let (release, released) = oneshot::channel::<()>();
        let (done, mut is_done) = oneshot::channel();
        let mut caller = Box::pin(tasks.run(Box::pin(async move {
            let _ = released.await;
            let _ = done.send(());
            Ok(())
        })));
        // The first poll starts the task.
        assert!(caller.as_mut().now_or_never().is_none());
        drop(caller);
        let mut finished = Box::pin(tasks.finished());
        assert!(finished.as_mut().now_or_never().is_none());
        drop(release);
        finished.await;
        assert_eq!(is_done.try_recv(), Ok(()));
    }

    #[tokio::test]
    async fn work_belongs_to_the_request() {
        let tasks = Tasks::default();
        let context = RequestContext::new(Arc::new(Observer));
        let work = Box::pin(async { Ok(RequestContext::current().is_some()) });
        assert_eq!(context.scope(tasks.run(work)).await, Ok(true));
    }

    #[tokio::test]
    async fn a_panic_reaches_the_caller_and_ends_the_task() {
        let tasks = Tasks::default();
        let work = tasks.run::<()>(Box::pin(async { panic!("on purpose") }));
        assert!(AssertUnwindSafe(work).catch_unwind().await.is_err());
        tasks.finished().await;
    }
}
