//! Work on photos, beside the requests.

use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
};

use tokio::sync::{Semaphore, oneshot};

use super::Problem;

type Work = Box<dyn FnOnce() + Send>;

/// A few threads that read photos and recordings, and a short queue before them.
///
/// There is half a thread per core, and where the system can tell threads apart (on Linux), each gets a processor only as
/// far as nothing else wants it: requests are answered first, however much waits here. Who comes when the queue is
/// full waits: what waits is a closure, which takes the bytes from where they are once its turn has come, so
/// waiting costs no memory to speak of. What is in work takes at most [`USUAL`](super::USUAL) bytes each, and one of them
/// [`Limits::memory`](super::Limits).
#[derive(Clone, Debug)]
pub struct Pool {
    queue: Sender<Work>,
    places: Arc<Semaphore>,
    large: Arc<Large>,
}

/// The turn of photos that take much memory: one at a time.
#[derive(Debug, Default)]
pub struct Large(Mutex<()>);

impl Large {
    /// Waits for its turn, which ends with what is given back; what takes no more than usual needs none.
    pub fn turn(&self, memory: u64) -> Option<MutexGuard<'_, ()>> {
        (memory > super::USUAL).then(|| self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
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
            thread::Builder::new().name(format!("photos-{number}")).spawn(move || {
                give_way();
                serve(&work);
            })?;
        }
        let places = Arc::new(Semaphore::new(threads.max(1) + waiting));
        Ok(Self { queue, places, large: Arc::default() })
    }

    /// The turn of photos that take much memory.
    pub fn large(&self) -> Arc<Large> {
        Arc::clone(&self.large)
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

/// Lets every other thread go first. On Linux a priority is of a thread, and elsewhere of the whole process.
#[cfg(target_os = "linux")]
fn give_way() {
    const LAST: i32 = 19;
    // Without it photos are read all the same.
    let _ = rustix::process::setpriority_process(None, LAST);
}

#[cfg(not(target_os = "linux"))]
fn give_way() {}

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
    use std::sync::{
        Barrier,
        atomic::{AtomicUsize, Ordering},
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
            // Each waits until another is there as well, however seldom the threads have a processor.
            let two = Arc::new(Barrier::new(2));
            let all = (0..20).map(|number| {
                let (pool, now, most) = (pool.clone(), Arc::clone(&now), Arc::clone(&most));
                let two = Arc::clone(&two);
                async move {
                    pool.run(move || {
                        most.fetch_max(1 + now.fetch_add(1, Ordering::SeqCst), Ordering::SeqCst);
                        two.wait();
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

    #[test]
    #[cfg(target_os = "linux")]
    fn its_threads_give_way_and_no_other_does() {
        let priority = || rustix::process::getpriority_process(None).unwrap();
        let before = priority();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let theirs = runtime.block_on(async { Pool::with(1, 1).unwrap().run(move || Ok(priority())).await });
        assert_eq!((theirs, priority()), (Ok(19), before));
    }

    #[test]
    fn what_takes_much_memory_takes_turns() {
        let large = Large::default();
        assert!(large.turn(super::super::USUAL).is_none());
        let turn = large.turn(super::super::USUAL + 1);
        assert!(turn.is_some() && large.0.try_lock().is_err());
        drop(turn);
        assert!(large.0.try_lock().is_ok());
    }
}
