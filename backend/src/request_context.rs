//! The request that the current task serves. It lets an observer outside this crate assign each database
//! call to a request.
//!
//! The observer is optional. Without one, no context exists and every function here returns at once.

use crate::accounts::SessionKey;
use std::{any::Any, fmt, sync::Arc};

tokio::task_local! {
    static CURRENT: RequestContext;
}

/// An observer that receives facts about a request which become known only while it is served.
pub trait RequestObserver: Any + Send + Sync {
    /// Called with the session that the request belongs to.
    fn session_identified(&self, session: &SessionKey);

    /// Called with the path of the page that the request loads data for.
    fn page_identified(&self, path: &str);
}

/// The context of the request that is being served. Cheap to clone.
#[derive(Clone)]
pub struct RequestContext(Arc<dyn RequestObserver>);

impl fmt::Debug for RequestContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RequestContext")
    }
}

impl RequestContext {
    /// Creates a context that reports to `observer`.
    pub fn new(observer: Arc<impl RequestObserver>) -> Self {
        Self(observer)
    }

    /// Returns the context of the current task, if it has one.
    #[must_use]
    pub fn current() -> Option<Self> {
        CURRENT.try_with(Clone::clone).ok()
    }

    /// Runs `work` in this context. Tasks spawned by `work` do not inherit it.
    pub async fn scope<F: Future>(self, work: F) -> F::Output {
        CURRENT.scope(self, work).await
    }

    /// Runs `work` in `context`, or without a context if it is `None`.
    pub async fn scope_optional<F: Future>(context: Option<Self>, work: F) -> F::Output {
        match context {
            Some(context) => context.scope(work).await,
            None => work.await,
        }
    }

    /// Returns the observer, if it is a `T`.
    #[must_use]
    pub fn observer<T: RequestObserver>(&self) -> Option<Arc<T>> {
        let observer: Arc<dyn Any + Send + Sync> = Arc::clone(&self.0) as _;
        observer.downcast().ok()
    }

    /// Reports the session of the current request to its observer.
    pub fn identify_session(session: &SessionKey) {
        let _ = CURRENT.try_with(|current| current.0.session_identified(session));
    }

    /// Reports the page of the current request to its observer, by its path.
    pub fn identify_page(path: &str) {
        let _ = CURRENT.try_with(|current| current.0.page_identified(path));
    }
}
