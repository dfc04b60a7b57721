#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::atomic::AtomicUsize;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use super::*;
use crate::{
    app::Files,
    clock::Clock,
    config::BlobsUrl,
    db::{
        DatabaseUrl,
        schema::{job, refresh_token, session},
    },
    error::Code,
    jobs::enqueue,
};

/// What one test's jobs did; tests run at once, so each has its own.
static RUNS: [AtomicUsize; 3] = [const { AtomicUsize::new(0) }; 3];

#[derive(Serialize, Deserialize)]
struct Count {
    slot: usize,
    /// Fails so many times before it works.
    failures: usize,
    panics: bool,
}

impl Job for Count {
    const KIND: &'static str = "count";

    async fn run(self, _: &App) -> Result<()> {
        let before = RUNS[self.slot].fetch_add(1, Ordering::SeqCst);
        assert!(!self.panics, "a job that panics");
        if before < self.failures { Err(Error::new(Code::Unavailable).because("not yet")) } else { Ok(()) }
    }
}

/// What is there of a job: attempts, last error, dead.
type Left = (i32, Option<String>, bool);

struct House {
    app: App,
    kinds: Vec<Kind>,
    runtime: tokio::runtime::Runtime,
    _folder: TempDir,
}

impl House {
    fn new(kinds: Vec<Kind>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = DatabaseUrl::Sqlite(folder.path().join("jobs.db"));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let clock = Clock::fixed("2026-03-01T08:00:00Z".parse::<jiff::Timestamp>().unwrap().into());
        let blobs = BlobsUrl::Folder(folder.path().join("blobs"));
        let files = Files::open(folder.path(), &blobs).unwrap();
        let app = runtime.block_on(App::start(&database, 2, clock, files)).unwrap();
        Self { app, kinds, runtime, _folder: folder }
    }

    fn enqueue(&self, count: Count) -> JobId {
        let (id, now) = (self.app.clock.new_id(), self.app.clock.now());
        self.write(move |conn| enqueue(conn, &count, id, now));
        id
    }

    fn write<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut crate::db::Conn) -> Result<T> + Send + 'static,
    ) -> T {
        self.runtime.block_on(self.app.db.write(work)).unwrap()
    }

    /// Runs what is due; says how many that was.
    fn turn(&self) -> usize {
        self.runtime.block_on(async {
            let due = take(&self.app, &self.kinds, &mut false, AT_ONCE).await.unwrap();
            let count = due.len();
            for (kind, job) in due {
                attempt(&self.app, &kind, job).await;
            }
            count
        })
    }

    fn left(&self, id: JobId) -> Option<Left> {
        self.write(move |conn| {
            let columns = (job::attempts, job::last_error, job::dead);
            Ok(job::table.find(id).select(columns).first(conn).optional()?)
        })
    }
}

#[test]
fn a_job_that_fails_is_tried_again_later_and_gone_when_done() {
    let house = House::new(vec![Kind::of::<Count>()]);
    let id = house.enqueue(Count { slot: 0, failures: 1, panics: false });
    assert_eq!(house.turn(), 1);
    let (attempts, why, dead) = house.left(id).unwrap();
    assert_eq!((attempts, dead), (1, false));
    assert!(why.unwrap().contains("not yet"));
    assert_eq!(house.turn(), 0, "not before its pause is over");
    house.app.clock.advance(FIRST_PAUSE);
    assert_eq!(house.turn(), 1);
    assert_eq!(house.left(id), None);
    assert_eq!(RUNS[0].load(Ordering::SeqCst), 2);
}

#[test]
fn a_job_that_panics_each_time_is_left_for_dead() {
    let house = House::new(vec![Kind::of::<Count>()]);
    let id = house.enqueue(Count { slot: 1, failures: 0, panics: true });
    for attempt in 1..=MOST_ATTEMPTS {
        assert_eq!(house.turn(), 1, "{attempt}");
        house.app.clock.advance(FIRST_PAUSE << attempt);
    }
    assert_eq!(house.left(id), Some((MOST_ATTEMPTS, Some("it panicked".to_owned()), true)));
    assert_eq!(house.turn(), 0);
}

#[test]
fn a_lost_lease_ends_and_whoever_had_it_has_no_say_any_more() {
    let house = House::new(vec![Kind::of::<Count>()]);
    let id = house.enqueue(Count { slot: 2, failures: 0, panics: false });
    let (now, until) = (house.app.clock.now(), house.app.clock.now().plus_seconds(LEASE));
    let lost = house.write(move |conn| store::claim(conn, &["count"], now, until, 9)).remove(0);
    assert_eq!(house.turn(), 0, "leased");
    house.app.clock.advance(LEASE);
    let (now, until) = (until, until.plus_seconds(LEASE));
    let second = house.write(move |conn| store::claim(conn, &["count"], now, until, 9)).remove(0);
    assert_eq!(second.attempt, 2);
    house.write(move |conn| store::settle(conn, &lost, &Outcome::Done));
    assert!(house.left(id).is_some(), "the first worker's lease was over");
    house.app.clock.advance(LEASE);
    assert_eq!(house.turn(), 1);
    assert_eq!(house.left(id), None);
}

#[test]
fn a_kind_that_nobody_here_knows_is_left_alone() {
    let house = House::new(vec![Kind::every::<SweepSessions>(DAY)]);
    let id = house.enqueue(Count { slot: 0, failures: 0, panics: false });
    assert_eq!(house.turn(), 1, "only the one that recurs");
    assert_eq!(house.left(id), Some((0, None, false)));
}

#[test]
fn sessions_long_over_are_forgotten_daily() {
    let house = House::new(vec![Kind::every::<SweepSessions>(DAY)]);
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

#[test]
fn a_worker_works_until_it_is_stopped() {
    let house = House::new(Vec::new());
    let id = kinds()[0].only_id();
    let app = Arc::new(house.app);
    let attempts = house.runtime.block_on(async {
        let worker = start(Arc::clone(&app));
        let mut ran = None;
        while ran.is_none() {
            tokio::time::sleep(Duration::from_millis(5)).await;
            let columns = (job::attempts, job::run_at);
            let row: Option<(i32, Instant)> = app
                .db
                .read(move |conn| Ok(job::table.find(id).select(columns).first(conn).optional()?))
                .await
                .unwrap();
            ran = row.filter(|(_, run_at)| *run_at > app.clock.now());
        }
        worker.stop().await;
        ran.unwrap().0
    });
    assert_eq!(attempts, 0);
}

#[test]
fn pauses_double_and_differ() {
    assert_eq!((pause(1, 0), pause(1, 15)), (30, 15));
    assert_eq!((pause(4, 0), pause(4, 120)), (240, 120));
    for random in 0..10_000 {
        assert!((15..=30).contains(&pause(1, random)));
    }
}
