//! The kinds of tasks that a server knows: a row of the roof's table each.

use std::{fmt, sync::Arc};

use futures_util::{FutureExt, future::BoxFuture};
use serde_json::Value;

use super::{
    Queue, Standing, Task, pause,
    schedule::Schedule,
    store::{NewTask, turns::Outcome},
};
use crate::{
    app::App,
    db::{
        Conn,
        notices::Topic,
        types::{Id, Instant},
    },
    error::{Error, Result},
    ids::TaskId,
};

/// A task that runs when it is wanted is tried again after so many seconds at the most.
const LONGEST_PAUSE: i64 = 60;

type Run = dyn Fn(Value, Arc<App>) -> BoxFuture<'static, Result<()>> + Send + Sync;
type IsWanted = fn(&mut Conn, Instant) -> Result<bool>;

/// A kind of task, with the state that its tasks get.
#[derive(Clone)]
pub struct Kind {
    pub(super) name: &'static str,
    pub(super) queue: Queue,
    pub(super) run: Arc<Run>,
    pub(super) recurs: Recurs,
}

/// Whether there is one task of a kind that is always there.
#[derive(Clone, Debug)]
pub(super) enum Recurs {
    /// There is none: its tasks are enqueued.
    No,
    /// By the clock.
    By(Schedule),
    /// When there is something for it.
    When { is_wanted: IsWanted, woken_by: &'static [Topic] },
}

impl Kind {
    /// Its tasks run when they were enqueued.
    pub fn of<T: Task>(state: Arc<T::State>) -> Self {
        let run = move |payload, app: Arc<App>| {
            let state = Arc::clone(&state);
            async move {
                serde_json::from_value::<T>(payload).map_err(Error::internal)?.run(&app, &state).await
            }
            .boxed()
        };
        Self { name: T::KIND, queue: T::QUEUE, run: Arc::new(run), recurs: Recurs::No }
    }

    /// Its one task runs by this schedule, once for all servers of a database.
    pub fn by<T: Task + Default>(schedule: Schedule, state: Arc<T::State>) -> Self {
        Self { recurs: Recurs::By(schedule), ..Self::of::<T>(state) }
    }

    /// Its one task runs whenever there is something for it, on one server at a time.
    pub fn when_wanted<T: Standing>(state: Arc<T::State>) -> Self {
        let recurs = Recurs::When { is_wanted: T::is_wanted, woken_by: T::WOKEN_BY };
        Self { recurs, ..Self::of::<T>(state) }
    }

    /// Where its tasks wait.
    pub const fn queue(&self) -> Queue {
        self.queue
    }

    /// The id of the one task of a kind that recurs: made from its name, so that it exists only once.
    pub(super) fn only_id(&self) -> TaskId {
        Id::named(self.name)
    }

    /// The one task of a kind that recurs, as it is when the database is new.
    pub(super) fn only_task(&self, now: Instant) -> Option<(TaskId, NewTask, Instant)> {
        let run_at = match self.recurs {
            Recurs::No => return None,
            Recurs::By(_) => now,
            Recurs::When { .. } => Instant::NEVER,
        };
        Some((self.only_id(), NewTask::recurring(self.name, self.queue), run_at))
    }

    /// How a try ends that failed for this reason. What recurs never pauses longer than it does anyway.
    pub(super) fn after_failure(&self, attempt: i32, now: Instant, last_error: String) -> Outcome {
        let paused = now.plus_seconds(pause::after(attempt));
        let at_last = match &self.recurs {
            Recurs::No if attempt < pause::MOST_ATTEMPTS => paused,
            Recurs::No => return Outcome::Dead { last_error },
            Recurs::By(schedule) => schedule.next(now),
            Recurs::When { .. } => now.plus_seconds(LONGEST_PAUSE),
        };
        let run_at = paused.min(at_last);
        if attempt < pause::MOST_ATTEMPTS {
            Outcome::Retry { run_at, last_error }
        } else {
            Outcome::Again { run_at, last_error: Some(last_error) }
        }
    }

    /// How a try ends that succeeded.
    pub(super) fn after_success(&self, now: Instant) -> Outcome {
        match &self.recurs {
            Recurs::No => Outcome::Done,
            Recurs::By(schedule) => Outcome::Again { run_at: schedule.next(now), last_error: None },
            Recurs::When { .. } => Outcome::Again { run_at: Instant::NEVER, last_error: None },
        }
    }
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kind").field("name", &self.name).field("queue", &self.queue).finish_non_exhaustive()
    }
}
