//! The activity on a connection, from which its time limits follow.

use axum::{body::Body, response::Response};
use hyper::body::{Bytes, Frame, SizeHint};
use parking_lot::Mutex;
use std::{
    convert::Infallible,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};
use tokio::time::{self, Instant};

/// The requests in progress on a connection, and the time of the last progress. A request that begins or ends is
/// progress, and so is every byte that the client accepts. Bytes that it sends are not: otherwise a head could arrive
/// a byte at a time.
#[derive(Debug)]
pub(super) struct Activity(Mutex<State>);

#[derive(Debug)]
struct State {
    /// The number of requests whose responses have not been sent completely.
    in_progress: usize,
    last_progress: Instant,
}

impl Activity {
    pub(super) fn new() -> Self {
        Self(Mutex::new(State {
            in_progress: 0,
            last_progress: Instant::now(),
        }))
    }

    /// Records progress.
    pub(super) fn progressed(&self) {
        self.0.lock().last_progress = Instant::now();
    }

    /// Begins a request.
    pub(super) fn begin(self: &Arc<Self>) -> RequestGuard {
        let mut state = self.0.lock();
        state.in_progress += 1;
        state.last_progress = Instant::now();
        RequestGuard(Arc::clone(self))
    }

    /// Waits until there was no progress for `idle` while no request was in progress, or for `stalled` while one
    /// was.
    pub(super) async fn expired(&self, idle: Duration, stalled: Duration) {
        let mut timer = pin!(time::sleep_until(self.deadline(idle, stalled)));
        loop {
            // Progress does not touch the timer. It looks again when it fires.
            timer.as_mut().await;
            let deadline = self.deadline(idle, stalled);
            if deadline <= Instant::now() {
                return;
            }
            timer.as_mut().reset(deadline);
        }
    }

    fn deadline(&self, idle: Duration, stalled: Duration) -> Instant {
        let state = self.0.lock();
        let limit = if state.in_progress == 0 {
            idle
        } else {
            stalled
        };
        state.last_progress + limit
    }
}

/// A request in progress.
#[derive(Debug)]
pub(super) struct RequestGuard(Arc<Activity>);

impl RequestGuard {
    /// The same response. The request remains in progress until its body has been sent.
    pub(super) fn track(self, response: Result<Response, Infallible>) -> Response {
        let Ok(response) = response;
        response.map(|body| Body::new(TrackedBody { body, _guard: self }))
    }
}

impl Drop for RequestGuard {
    fn drop(&mut self) {
        let mut state = self.0.0.lock();
        state.in_progress -= 1;
        state.last_progress = Instant::now();
    }
}

/// A body that keeps its request in progress.
struct TrackedBody {
    body: Body,
    _guard: RequestGuard,
}

impl hyper::body::Body for TrackedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt;

    const IDLE: Duration = Duration::from_secs(30);
    const STALLED: Duration = Duration::from_secs(60);

    /// The limit that holds at the moment.
    fn limit(activity: &Activity) -> Duration {
        let last_progress = activity.0.lock().last_progress;
        activity.deadline(IDLE, STALLED) - last_progress
    }

    #[tokio::test]
    async fn a_request_is_in_progress_until_its_response_is_sent() {
        let activity = Arc::new(Activity::new());
        assert_eq!(limit(&activity), IDLE);
        let frames = futures::stream::iter(["a", "b"].map(Ok::<_, Infallible>));
        let response = Response::new(Body::from_stream(frames));
        let mut body = activity.begin().track(Ok(response)).into_body();
        let other = activity.begin();
        assert_eq!(limit(&activity), STALLED);
        drop(other);
        assert!(body.frame().await.is_some());
        assert_eq!(limit(&activity), STALLED);
        drop(body);
        assert_eq!(limit(&activity), IDLE);
    }

    #[test]
    fn a_tracked_body_keeps_its_length() {
        let activity = Arc::new(Activity::new());
        let response = activity.begin().track(Ok(Response::new(Body::from("abc"))));
        assert_eq!(
            hyper::body::Body::size_hint(response.body()).exact(),
            Some(3)
        );
    }
}
