//! How far the replica has come: a thread asks both servers twice a second.
//!
//! The time since the last transaction was replayed says nothing while the primary is idle, and that all was replayed that was
//! received says nothing when the receiver is cut off. So positions are compared: the primary stood at a position at some
//! moment, and once the replica has replayed up to there, it has all that was committed before that moment. Moments
//! are of this process's clock alone.

use std::{
    collections::VecDeque,
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread,
    time::{Duration, Instant},
};

use diesel::{ConnectionError, result::Error as SqlError};

use super::store::{Identity, Progress, identity, progress, push_on};
use crate::db::{Conn, engine::Opener};

/// How long the watch rests between two looks.
const REST: Duration = Duration::from_millis(500);
/// How many positions of the primary are remembered that the replica has not reached: ten minutes of them.
const MOST: usize = 1_200;

/// What a replica has: all that was committed before this moment, which stands before this position.
#[derive(Clone, Copy, Debug)]
pub(in crate::db) struct Reached {
    pub(in crate::db) position: i64,
    pub(in crate::db) as_of: Instant,
}

/// How a replica is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is read.
    Read,
    /// It is further behind than it may be.
    Lags,
    /// It does not answer.
    Away,
    /// It replays nothing: it is a primary itself.
    Primary,
    /// It is of another database.
    Foreign,
}

impl Standing {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Lags => "lags",
            Self::Away => "away",
            Self::Primary => "primary",
            Self::Foreign => "foreign",
        }
    }
}

/// The watch, as those see it who ask.
pub(super) struct Watch {
    seen: Arc<Mutex<Seen>>,
    wake: Sender<()>,
}

#[derive(Clone, Copy, Debug)]
struct Seen {
    standing: Standing,
    reached: Option<Reached>,
}

impl Watch {
    /// Looks once, and from then on for as long as this is kept.
    pub(super) fn start(primary: Opener, replica: Opener, lag: Duration) -> Result<Self, String> {
        let seen = Arc::new(Mutex::new(Seen { standing: Standing::Lags, reached: None }));
        let (wake, woken) = channel();
        let mut watcher = Watcher {
            primary: Server::at(primary),
            replica: Server::at(replica),
            lag,
            waiting: VecDeque::new(),
            seen: Arc::clone(&seen),
            logged: None,
        };
        watcher.look();
        if watcher.logged == Some(Standing::Foreign) {
            return Err(format!("the replica {} is of another database", watcher.replica.opener.url));
        }
        let thread = thread::Builder::new().name("replica".to_owned());
        thread.spawn(move || watcher.work(&woken)).map_err(|error| error.to_string())?;
        Ok(Self { seen, wake })
    }

    pub(super) fn reached(&self) -> Option<Reached> {
        self.lock().reached
    }

    pub(super) fn standing(&self) -> Standing {
        self.lock().standing
    }

    /// Nothing is known of the replica until it was looked at again, which is now.
    pub(super) fn suspect(&self) {
        self.lock().reached = None;
        // Without a thread nothing more is reached.
        let _ = self.wake.send(());
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A server, with the connection to it if there is one, and what it was when that was opened.
struct Server {
    opener: Opener,
    open: Option<(Conn, Identity)>,
}

impl Server {
    fn at(opener: Opener) -> Self {
        Self { opener, open: None }
    }

    /// How far it has come; whether its connection is new.
    fn progress(&mut self) -> Result<(Progress, bool), Unanswered> {
        let is_new = self.open.is_none();
        let (conn, _) = match &mut self.open {
            Some(open) => open,
            none => {
                let mut conn = self.opener.open()?;
                let identity = identity(&mut conn)?;
                none.insert((conn, identity))
            }
        };
        match progress(conn) {
            Ok(progress) => Ok((progress, is_new)),
            Err(error) => {
                self.open = None;
                Err(error.into())
            }
        }
    }

    fn identity(&self) -> Option<&Identity> {
        self.open.as_ref().map(|(_, identity)| identity)
    }
}

/// Why a server did not answer.
struct Unanswered(String);

impl From<ConnectionError> for Unanswered {
    fn from(error: ConnectionError) -> Self {
        Self(error.to_string())
    }
}

impl From<SqlError> for Unanswered {
    fn from(error: SqlError) -> Self {
        Self(error.to_string())
    }
}

impl fmt::Display for Unanswered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.trim().replace('\n', " "))
    }
}

struct Watcher {
    primary: Server,
    replica: Server,
    lag: Duration,
    /// Where the primary stood and when, as far as the replica has not come there: the earliest first.
    waiting: VecDeque<(Instant, i64)>,
    seen: Arc<Mutex<Seen>>,
    logged: Option<Standing>,
}

impl Watcher {
    fn work(mut self, woken: &Receiver<()>) {
        loop {
            match woken.recv_timeout(REST) {
                Ok(()) => while woken.try_recv().is_ok() {},
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            self.look();
        }
    }

    fn look(&mut self) {
        let (standing, why) = match self.find() {
            Ok(Some(reached)) => {
                self.set(|seen| seen.reached = Some(reached));
                let lags = reached.as_of.elapsed() > self.lag;
                (if lags { Standing::Lags } else { Standing::Read }, None)
            }
            Ok(None) => (Standing::Lags, None),
            Err((standing, why)) => {
                self.set(|seen| seen.reached = None);
                (standing, why)
            }
        };
        self.set(|seen| seen.standing = standing);
        self.log(standing, why);
    }

    /// What the replica has reached, if it has reached anything that the primary is known to have had.
    fn find(&mut self) -> Result<Option<Reached>, (Standing, Option<Unanswered>)> {
        let before = self.waiting.back().map(|(_, position)| *position);
        self.ask_primary();
        let (replica, _) = self.replica.progress().map_err(|why| (Standing::Away, Some(why)))?;
        if self.primary.identity().is_some_and(|primary| Some(primary) != self.replica.identity()) {
            self.replica.open = None; // the next look is at what stands there then
            return Err((Standing::Foreign, None));
        }
        if !replica.is_standby {
            return Err((Standing::Primary, None));
        }
        let Some(replayed) = replica.position else { return Ok(None) };
        let mut as_of = None;
        while let Some((moment, position)) = self.waiting.front().copied().filter(|one| one.1 <= replayed) {
            as_of = Some((moment, position));
            self.waiting.pop_front();
        }
        // The primary stands still, and the replica does not come there.
        if before.is_some() && before == self.waiting.back().map(|(_, position)| *position) {
            self.push_on();
        }
        let earlier = self.seen.lock().unwrap_or_else(PoisonError::into_inner).reached;
        Ok(as_of.map(|(as_of, _)| Reached { position: replayed, as_of }).or(earlier))
    }

    /// Remembers where the primary stands. After a crash an account's last write may be forgotten, so that nothing counts as
    /// reached until the replica has come as far as the primary has then; and the log of another primary may be another one.
    fn ask_primary(&mut self) {
        let moment = Instant::now();
        let asked = self.primary.progress();
        let last = self.waiting.back().map(|(_, position)| *position);
        match asked {
            Ok((Progress { position: Some(position), is_standby: false }, is_new)) => {
                if is_new || last.is_some_and(|last| position < last) {
                    self.forget();
                }
                if self.waiting.len() == MOST {
                    self.waiting.pop_back();
                }
                self.waiting.push_back((moment, position));
            }
            _ => self.forget(),
        }
    }

    fn forget(&mut self) {
        self.waiting.clear();
        self.set(|seen| seen.reached = None);
    }

    fn push_on(&mut self) {
        if let Some((conn, _)) = &mut self.primary.open
            && let Err(error) = push_on(conn)
        {
            tracing::debug!(%error, "nothing could be put into the primary's log");
        }
    }

    fn set(&self, change: impl FnOnce(&mut Seen)) {
        change(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Once at each change.
    fn log(&mut self, standing: Standing, why: Option<Unanswered>) {
        let is_first = self.logged.is_none();
        if self.logged.replace(standing) == Some(standing) {
            return;
        }
        let (replica, why) = (&self.replica.opener.url, why.map(|why| why.to_string()).unwrap_or_default());
        match standing {
            Standing::Read => tracing::info!(%replica, "the replica is read"),
            Standing::Lags if is_first => {} // nothing is known yet
            Standing::Lags => tracing::warn!(%replica, "the replica lags: the primary is read"),
            Standing::Away => {
                tracing::warn!(%replica, why, "the replica does not answer: the primary is read");
            }
            Standing::Primary => {
                tracing::warn!(%replica, "what is named as replica is itself a primary: it is not read until it is a standby");
            }
            Standing::Foreign => {
                tracing::error!(%replica, "what is named as replica is of another database: it is not read");
            }
        }
    }
}
