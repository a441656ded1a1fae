//! The queue of passwords that wait to be hashed or verified.

use crate::metrics;
use domain::error::AppError;
use parking_lot::Mutex;
use std::{
    sync::Arc,
    thread,
    time::{Duration, Instant},
};
use tokio::{sync::Semaphore, task};

/// The maximum time that a password may have to wait. A longer queue would keep people waiting for answers that
/// they no longer want.
const MAX_WAIT: Duration = Duration::from_secs(2);

/// The assumed duration of a computation, before one has been measured.
const INITIAL_DURATION: Duration = Duration::from_millis(50);

/// A queue of computations, which run on blocking threads. Only one for each core runs at a time, because each
/// needs its own memory. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct PasswordQueue {
    cores: u32,
    permits: Arc<Semaphore>,
    load: Arc<Mutex<Load>>,
}

/// The length of the queue.
#[derive(Debug)]
struct Load {
    /// The number of computations that wait.
    waiting: u32,
    /// The mean duration of the last computations.
    duration: Duration,
}

impl Default for PasswordQueue {
    fn default() -> Self {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        Self {
            cores: cores.try_into().unwrap_or(u32::MAX),
            permits: Arc::new(Semaphore::new(cores)),
            load: Arc::new(Mutex::new(Load {
                waiting: 0,
                duration: INITIAL_DURATION,
            })),
        }
    }
}

impl PasswordQueue {
    /// Runs `work` when its turn comes.
    ///
    /// # Errors
    ///
    /// [`AppError::TooBusy`] at once if it would have to wait too long. [`AppError::DatabaseUnavailable`] if the
    /// server is shutting down.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, AppError> {
        let shutting_down = AppError::DatabaseUnavailable;
        let requested = Instant::now();
        let place = self.take_place()?;
        let permit = Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(|_| shutting_down.clone())?;
        drop(place);
        metrics::password_waited(requested.elapsed());
        let load = Arc::clone(&self.load);
        task::spawn_blocking(move || {
            let _permit = permit;
            let started = Instant::now();
            let result = work();
            let duration = started.elapsed();
            load.lock().measured(duration);
            metrics::password_hashed(duration);
            result
        })
        .await
        .map_err(|_| shutting_down)
    }

    fn take_place(&self) -> Result<Place, AppError> {
        let mut load = self.load.lock();
        let wait = load.duration * load.waiting / self.cores;
        if wait > MAX_WAIT {
            return Err(AppError::TooBusy);
        }
        load.waiting += 1;
        Ok(Place(Arc::clone(&self.load)))
    }
}

impl Load {
    /// Updates the moving average.
    fn measured(&mut self, duration: Duration) {
        self.duration = (self.duration * 7 + duration) / 8;
    }
}

/// A place in the queue, which is free again on drop: when the turn comes, or when the caller gives up.
struct Place(Arc<Mutex<Load>>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.lock().waiting -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::{FutureExt, StreamExt, stream::FuturesUnordered};

    #[tokio::test]
    async fn a_queue_of_two_seconds_accepts_nobody_until_it_is_shorter() {
        let queue = PasswordQueue::default();
        queue.load.lock().duration = Duration::from_secs(1);
        let Ok(all) = queue.permits.acquire_many(queue.cores).await else {
            panic!("the permits")
        };
        // Each core takes two seconds for two of them, so the one after that would wait for longer.
        let accepted = 2 * queue.cores + 1;
        let mut waiting = FuturesUnordered::new();
        for _ in 0..accepted {
            let mut run = Box::pin(queue.run(|| ()));
            assert_eq!((&mut run).now_or_never(), None);
            waiting.push(run);
        }
        assert_eq!(queue.run(|| ()).await, Err(AppError::TooBusy));
        drop(all);
        while let Some(result) = waiting.next().await {
            assert_eq!(result, Ok(()));
        }
        assert_eq!(queue.run(|| ()).await, Ok(()));
    }

    #[tokio::test]
    async fn a_caller_that_gives_up_leaves_the_queue() {
        let queue = PasswordQueue::default();
        let Ok(all) = queue.permits.acquire_many(queue.cores).await else {
            panic!("the permits")
        };
        let run = queue.run(|| ());
        assert_eq!(run.now_or_never(), None);
        assert_eq!(queue.load.lock().waiting, 0);
        drop(all);
    }
}
