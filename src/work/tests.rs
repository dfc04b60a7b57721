#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use super::{
    attempt::attempt,
    enqueue,
    kind::Kind,
    lane::Lane,
    leases::{LEASE, Leases},
    look::ensure_recurring,
    pause::{FIRST_PAUSE, MOST_ATTEMPTS},
    schedule::Schedule,
    store::turns::{self, Claimed, Outcome},
    *,
};
use crate::{
    accounts::sweep::SweepSessions,
    clock::Clock,
    config::BlobsUrl,
    db::{
        DatabaseUrl,
        schema::{refresh_token, session, task},
    },
    error::{Code, Error},
    server::house::{self, Files},
};

const DAY: i64 = 86_400;

/// Fails so many times before it works.
#[derive(Clone, Serialize, Deserialize)]
struct Count {
    failures: usize,
    panics: bool,
    key: Option<String>,
}

impl Count {
    const fn failing(failures: usize) -> Self {
        Self { failures, panics: false, key: None }
    }
}

impl Task for Count {
    const KIND: &'static str = "count";
    const QUEUE: Queue = Queue::new("count").at_once(4);
    type State = AtomicUsize;

    fn key(&self) -> Option<String> {
        self.key.clone()
    }

    async fn run(self, _: &App, runs: &Self::State) -> Result<()> {
        let before = runs.fetch_add(1, Ordering::SeqCst);
        assert!(!self.panics, "a task that panics");
        if before < self.failures { Err(Error::new(Code::Unavailable).because("not yet")) } else { Ok(()) }
    }
}

/// There is something for it as long as the number is not zero.
#[derive(Default, Serialize, Deserialize)]
struct Drain {}

static LEFT: AtomicUsize = AtomicUsize::new(0);

impl Task for Drain {
    const KIND: &'static str = "drain";
    const QUEUE: Queue = Queue::new("drain");
    type State = ();

    async fn run(self, _: &App, (): &()) -> Result<()> {
        LEFT.fetch_sub(1, Ordering::SeqCst);
        Ok(())
    }
}

impl Standing for Drain {
    const WOKEN_BY: &'static [Topic] = &["filled"];

    fn is_wanted(_: &mut Conn, _: Instant) -> Result<bool> {
        Ok(LEFT.load(Ordering::SeqCst) > 0)
    }
}

/// What is there of a task: attempts, last error, dead.
type Left = (i32, Option<String>, bool);

struct House {
    app: Arc<App>,
    lanes: Vec<Lane>,
    leases: Leases,
    runs: Arc<AtomicUsize>,
    runtime: tokio::runtime::Runtime,
    _folder: TempDir,
}

impl House {
    /// One that counts.
    fn new() -> Self {
        let runs = Arc::default();
        Self::with(&[Kind::of::<Count>(Arc::clone(&runs))], runs)
    }

    fn with(kinds: &[Kind], runs: Arc<AtomicUsize>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = DatabaseUrl::Sqlite(folder.path().join("tasks.db"));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let clock = Clock::fixed("2026-03-01T08:00:00Z".parse::<jiff::Timestamp>().unwrap().into());
        let blobs = BlobsUrl::Folder(folder.path().join("blobs"));
        let files = Files::open(folder.path(), &blobs).unwrap();
        let app = runtime.block_on(house::House::open(&database, 2, clock, files, None)).unwrap().ground();
        let leases = Leases::default();
        let lanes = Lane::of_all(&app, kinds, &leases);
        runtime.block_on(ensure_recurring(&app, &lanes)).unwrap();
        Self { app, lanes, leases, runs, runtime, _folder: folder }
    }

    fn enqueue(&self, count: &Count) -> TaskId {
        let (id, now, count) = (self.app.clock.new_id(), self.app.clock.now(), count.clone());
        self.write(move |conn| enqueue(conn, &count, id, now));
        id
    }

    fn write<T: Send + 'static>(&self, work: impl FnMut(&mut Conn) -> Result<T> + Send + 'static) -> T {
        self.runtime.block_on(self.app.db.write(work)).unwrap()
    }

    fn take(&self) -> Vec<(Kind, Claimed)> {
        let take = |lane: &Lane| self.runtime.block_on(lane.take(lane.queue.at_once)).unwrap();
        self.lanes.iter().flat_map(take).collect()
    }

    /// Runs what is due; says how many that was.
    fn turn(&self) -> usize {
        let taken = self.take();
        let count = taken.len();
        for (kind, task) in taken {
            self.runtime.block_on(attempt(&self.app, &kind, task, &self.leases));
        }
        count
    }

    fn ran(&self) -> usize {
        self.runs.load(Ordering::SeqCst)
    }

    fn left(&self, id: TaskId) -> Option<Left> {
        self.write(move |conn| {
            let columns = (task::attempts, task::last_error, task::dead);
            Ok(task::table.find(id).select(columns).first(conn).optional()?)
        })
    }
}

#[test]
fn a_task_that_fails_is_tried_again_later_and_gone_when_done() {
    let house = House::new();
    let id = house.enqueue(&Count::failing(1));
    assert_eq!(house.turn(), 1);
    let (attempts, why, dead) = house.left(id).unwrap();
    assert_eq!((attempts, dead), (1, false));
    assert!(why.unwrap().contains("not yet"));
    assert_eq!(house.turn(), 0, "not before its pause is over");
    house.app.clock.advance(FIRST_PAUSE);
    assert_eq!(house.turn(), 1);
    assert_eq!(house.left(id), None);
    assert_eq!(house.ran(), 2);
}

#[test]
fn a_task_that_panics_each_time_is_left_dead() {
    let house = House::new();
    let id = house.enqueue(&Count { panics: true, ..Count::failing(0) });
    for attempt in 1..=MOST_ATTEMPTS {
        assert_eq!(house.turn(), 1, "{attempt}");
        house.app.clock.advance(FIRST_PAUSE << attempt);
    }
    assert_eq!(house.left(id), Some((MOST_ATTEMPTS, Some("it panicked".to_owned()), true)));
    assert_eq!(house.turn(), 0);
}

#[test]
fn lines_about_a_task_carry_its_id() {
    let (house, lines) = (House::new(), tempfile::NamedTempFile::new().unwrap());
    let log = tracing_subscriber::fmt().with_ansi(false).with_writer(Mutex::new(lines.reopen().unwrap()));
    let id = house.enqueue(&Count::failing(1));
    tracing::subscriber::with_default(log.finish(), || {
        // Another test may have met the line first, when nobody listened.
        tracing::callsite::rebuild_interest_cache();
        house.turn()
    });
    let lines = std::fs::read_to_string(lines.path()).unwrap();
    let (line, carried) = (lines.lines().next().unwrap_or_default(), format!("task={id}"));
    assert!(line.contains("a task failed") && line.contains(&carried), "{lines}");
}

#[test]
fn of_two_with_the_same_key_the_one_that_failed_stays() {
    let house = House::new();
    let keyed = Count { key: Some("a".to_owned()), ..Count::failing(1) };
    let first = house.enqueue(&keyed);
    let (kind, claimed) = house.take().remove(0);
    let second = house.enqueue(&keyed);
    assert!(house.left(second).is_some(), "the first may have read already what has changed");
    house.runtime.block_on(attempt(&house.app, &kind, claimed, &house.leases));
    assert_eq!(house.left(second), None, "the first does it all once more");
    assert_eq!(house.left(first).unwrap().0, 1);
}

#[test]
fn a_lost_lease_ends_and_the_one_who_had_it_has_no_say_any_more() {
    let house = House::new();
    let id = house.enqueue(&Count::failing(0));
    let lost = house.take().remove(0).1;
    assert_eq!(house.turn(), 0, "leased");
    house.app.clock.advance(LEASE);
    let second = house.take().remove(0).1;
    assert_eq!(second.attempt, 2);
    house.write(move |conn| turns::settle(conn, &lost, &Outcome::Done));
    assert!(house.left(id).is_some(), "the first worker's lease was over");
    house.app.clock.advance(LEASE);
    assert_eq!(house.turn(), 1);
    assert_eq!(house.left(id), None);
}

/// Two servers see it at once, and one of them is slow to take it.
#[test]
fn a_task_that_another_server_ran_meanwhile_is_left() {
    let house = House::new();
    let id = house.enqueue(&Count::failing(1));
    let now = house.app.clock.now();
    let seen = house.write(move |conn| turns::ready(conn, "count", &["count"], now, 9));
    assert_eq!(house.turn(), 1);
    let late: Vec<_> = seen.into_iter().map(|task| (task, house.app.clock.new_id())).collect();
    assert_eq!(late.len(), 1);
    let claimed = house.write(move |conn| turns::claim(conn, &late, now, now.plus_seconds(LEASE)));
    assert!(claimed.is_empty(), "its pause is not over: {claimed:?}");
    assert_eq!(house.left(id).unwrap().0, 1);
}

#[test]
fn a_lease_lasts_as_long_as_it_is_renewed() {
    let house = House::new();
    house.enqueue(&Count::failing(0));
    let claimed = house.take().remove(0).1;
    let held = house.leases.hold(&claimed);
    for _ in 0..9 {
        house.app.clock.advance(LEASE - 1);
        house.runtime.block_on(house.leases.renew(&house.app)).unwrap();
        assert_eq!(house.turn(), 0);
    }
    drop(held);
    house.app.clock.advance(LEASE);
    house.runtime.block_on(house.leases.renew(&house.app)).unwrap();
    assert_eq!(house.turn(), 1);
}

#[test]
fn a_kind_that_this_server_does_not_know_is_left_alone() {
    let house =
        House::with(&[Kind::by::<SweepSessions>(Schedule::Every(DAY), Arc::default())], Arc::default());
    let id = house.enqueue(&Count::failing(0));
    assert_eq!(house.turn(), 1, "only the one that recurs");
    assert_eq!(house.left(id), Some((0, None, false)));
}

#[test]
fn what_recurs_by_need_runs_when_there_is_something_for_it() {
    let house = House::with(&[Kind::when_wanted::<Drain>(Arc::default())], Arc::default());
    assert_eq!(house.turn(), 0);
    LEFT.store(2, Ordering::SeqCst);
    assert_eq!((house.turn(), house.turn(), house.turn()), (1, 1, 0));
    LEFT.store(1, Ordering::SeqCst);
    let claimed = house.take().remove(0).1;
    assert_eq!(house.turn(), 0, "on one server at a time");
    house.write(move |conn| {
        turns::settle(conn, &claimed, &Outcome::Again { run_at: Instant::NEVER, last_error: None })
    });
    assert_eq!((house.turn(), house.turn()), (1, 0));
}

#[test]
fn what_recurs_fails_without_end_and_without_long_pauses() {
    let [of, by] = [
        Kind::of::<SweepSessions>(Arc::default()),
        Kind::by::<SweepSessions>(Schedule::Every(60), Arc::default()),
    ];
    let now = Instant::from_micros(0);
    let why = || "why".to_owned();
    assert!(matches!(of.after_failure(MOST_ATTEMPTS, now, why()), Outcome::Dead { .. }));
    for attempt in 1..=MOST_ATTEMPTS {
        match by.after_failure(attempt, now, why()) {
            Outcome::Retry { run_at, .. } | Outcome::Again { run_at, .. } => {
                assert!(run_at <= now.plus_seconds(60), "{attempt}");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn sessions_long_over_are_forgotten_daily() {
    let house =
        House::with(&[Kind::by::<SweepSessions>(Schedule::Every(DAY), Arc::default())], Arc::default());
    let account = house.app.clock.new_id();
    let now = house.app.clock.now();
    let days = move |days: i64| now.plus_seconds(days * DAY);
    // When each session ends, and when it was ended.
    let sessions =
        [(days(-31), None), (days(-29), None), (days(5), Some(days(-31))), (days(5), Some(days(-1)))];
    let ids = sessions.each_ref().map(|_| house.app.clock.new_id());
    house.write(move |conn| {
        let account = crate::accounts::model::Account {
            id: account,
            email: "a@example.org".into(),
            name: "A".into(),
            language: "en".into(),
            password_hash: None,
            disabled: false,
            revision: 1,
            created_at: now,
        };
        crate::accounts::store::insert_account(conn, &account)?;
        for ((expires_at, revoked_at), id) in sessions.into_iter().zip(ids) {
            let row = crate::accounts::model::Session {
                id,
                account_id: account.id,
                device: "phone".into(),
                created_at: days(-90),
                seen_at: days(-90),
                expires_at,
                revoked_at,
            };
            diesel::insert_into(session::table).values(row).execute(conn)?;
            let token = (
                refresh_token::id.eq(id.cast::<crate::ids::RefreshToken>()),
                refresh_token::session_id.eq(id),
                refresh_token::issued_at.eq(now),
            );
            diesel::insert_into(refresh_token::table).values(token).execute(conn)?;
        }
        Ok(())
    });
    let kept = |house: &House| {
        house.write(|conn| {
            let sessions: Vec<crate::ids::SessionId> = session::table.select(session::id).load(conn)?;
            let tokens: i64 = refresh_token::table.count().get_result(conn)?;
            Ok((sessions.into_iter().collect::<std::collections::BTreeSet<_>>(), tokens))
        })
    };
    assert_eq!(house.turn(), 1);
    assert_eq!(kept(&house), ([ids[1], ids[3]].into(), 2));
    assert_eq!(house.turn(), 0, "it exists once, and has had its turn");
    house.app.clock.advance(2 * DAY);
    assert_eq!(house.turn(), 1);
    assert_eq!(kept(&house), ([ids[3]].into(), 1));
}
