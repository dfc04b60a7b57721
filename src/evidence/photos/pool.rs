//! Work on photos, beside the requests.

use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
};

use tokio::sync::{Semaphore, oneshot};

use super::Problem;

type Work = Box<dyn FnOnce() + Send>;

/// A few threads that read photos and recordings, and a short queue before them.
///
/// There is half a thread per core, so that requests always find the other half. Who comes when the queue is
/// full waits: what waits is a closure, which takes the bytes from where they are once its turn has come, so
/// waiting costs no memory to speak of. What is in work takes at most [`Limits::memory`](super::Limits) each.
#[derive(Clone, Debug)]
pub struct Pool {
    queue: Sender<Work>,
    places: Arc<Semaphore>,
}

impl Pool {
    /// Starts the threads: half as many as there are cores, at least one; each may have four waiting before
    /// it.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start() -> io::Result<Self> {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let threads = (cores / 2).max(1);
        Self::with(threads, 4 * threads)
    }

    /// Starts so many threads with so many places before them.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn with(threads: usize, waiting: usize) -> io::Result<Self> {
        let (queue, work) = channel::<Work>();
        let work = Arc::new(Mutex::new(work));
        for number in 0..threads.max(1) {
            let work = Arc::clone(&work);
            thread::Builder::new().name(format!("photos-{number}")).spawn(move || serve(&work))?;
        }
        Ok(Self { queue, places: Arc::new(Semaphore::new(threads.max(1) + waiting)) })
    }

    /// Does this on one of the threads, and says what came of it. Once begun it is finished, even if the
    /// caller waits no more.
    ///
    /// # Errors
    /// What the work says; [`Problem::Broke`] if it panics.
    pub async fn run<T, F>(&self, work: F) -> Result<T, Problem>
    where
        T: Send + 'static,
        F: FnOnce() -> Result<T, Problem> + Send + 'static,
    {
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(|_| Problem::Broke)?;
        let (sender, receiver) = oneshot::channel();
        let work = move || {
            let result = catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(Problem::Broke));
            drop(place);
            // The caller may have gone.
            drop(sender.send(result));
        };
        self.queue.send(Box::new(work)).map_err(|_| Problem::Broke)?;
        receiver.await.unwrap_or(Err(Problem::Broke))
    }
}

/// Takes one piece of work after the other, until the pool is dropped.
fn serve(work: &Mutex<Receiver<Work>>) {
    loop {
        // Held while waiting: exactly one thread waits for the queue, the others for it.
        let next = work.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match next {
            Ok(next) => next(),
            Err(_) => return,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use std::{
        sync::atomic::{AtomicUsize, Ordering},
        time::Duration,
    };

    use super::*;

    #[test]
    fn it_does_no_more_at_once_than_it_has_threads_and_outlives_a_panic() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        runtime.block_on(async {
            let pool = Pool::with(2, 1).unwrap();
            let broken = pool.run(|| -> Result<(), Problem> { panic!("planted") }).await;
            assert_eq!(broken, Err(Problem::Broke));
            let all = (0..20).map(|number| {
                let (pool, now, most) = (pool.clone(), Arc::clone(&now), Arc::clone(&most));
                async move {
                    pool.run(move || {
                        most.fetch_max(1 + now.fetch_add(1, Ordering::SeqCst), Ordering::SeqCst);
                        thread::sleep(Duration::from_millis(5));
                        now.fetch_sub(1, Ordering::SeqCst);
                        Ok(number)
                    })
                    .await
                }
            });
            let done = futures_util::future::join_all(all).await;
            assert_eq!(done, (0..20).map(Ok).collect::<Vec<_>>());
            assert_eq!(pool.places.available_permits(), 3);
        });
        assert_eq!(most.load(Ordering::SeqCst), 2);
    }
}
