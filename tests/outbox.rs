//! 'It happened': every event comes to all of its consumers, late ones as well, and in order for each subject.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
    mpsc,
};

use diesel::prelude::*;
use incognito::{
    app::App,
    db::{
        Conn,
        schema::{event, event_tail, task},
        types::{Instant, Json},
    },
    error::Result,
    outbox::{self, Consumers, Happened, dispatcher},
    work::{Queue, Task, kind::Kind, worker},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::time::{Duration, sleep};

use crate::{
    app::{Engine, TestApp, each_engine_test},
    builders::World,
    reviews::{approve, reject},
};

each_engine_test!(
    each_consumer_gets_each_event_once,
    what_is_undone_has_not_happened,
    the_order_of_a_subject_is_kept,
    a_late_commit_is_never_skipped,
    a_crash_in_the_middle_loses_and_doubles_nothing,
    what_cannot_be_read_holds_up_nothing,
    it_is_dispatched_beside_the_requests,
    a_decision_happens_once,
);

/// A door of some house was opened for so many times.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Opened {
    door: String,
    times: u32,
}

impl Happened for Opened {
    const KIND: &'static str = "test_opened";

    fn subject(&self) -> String {
        self.door.clone()
    }

    fn step(&self) -> String {
        self.times.to_string()
    }
}

/// The same event in a shape that is still to come.
#[derive(Serialize, Deserialize)]
struct OpenedWider {
    width: u32,
}

impl Happened for OpenedWider {
    const KIND: &'static str = "test_opened";
    const VERSION: u32 = 2;

    fn subject(&self) -> String {
        "wide".to_owned()
    }

    fn step(&self) -> String {
        self.width.to_string()
    }
}

#[derive(Serialize, Deserialize)]
struct Unheard {}

impl Happened for Unheard {
    const KIND: &'static str = "test_unheard";

    fn subject(&self) -> String {
        String::new()
    }

    fn step(&self) -> String {
        String::new()
    }
}

type Seen = Mutex<Vec<(String, u32)>>;

macro_rules! consumer {
    ($name:ident $kind:literal) => {
        #[derive(Serialize, Deserialize)]
        struct $name {
            door: String,
            times: u32,
        }

        impl Task for $name {
            const KIND: &'static str = $kind;
            const QUEUE: Queue = Queue::new($kind).at_once(4);
            type State = Seen;

            async fn run(self, _: &App, seen: &Seen) -> Result<()> {
                // Were two of a subject to run at once, the quicker one would be seen first.
                sleep(Duration::from_millis(u64::from(7 - self.times % 7))).await;
                seen.lock().unwrap().push((self.door, self.times));
                Ok(())
            }
        }

        impl From<Opened> for $name {
            fn from(Opened { door, times }: Opened) -> Self {
                Self { door, times }
            }
        }
    };
}
consumer!(Greet "test_greet");
consumer!(Count "test_count");

fn consumers() -> Consumers {
    Consumers::default().on(|event: Opened| Greet::from(event)).on(|event: Opened| Count::from(event))
}

fn opened(door: &str, times: u32) -> Opened {
    Opened { door: door.to_owned(), times }
}

async fn record<E: Happened + Sync>(app: &TestApp, event: E, at: Instant) {
    app.db().write(move |conn| outbox::record(conn, &event, at)).await.unwrap();
}

async fn dispatch(app: &TestApp, consumers: &Consumers) -> Result<()> {
    dispatcher::dispatch_all(app.db(), consumers, || app.now()).await
}

/// The tasks that were made, by kind and subject and in the order of their places.
async fn tasks(app: &TestApp) -> Vec<(String, String, Value)> {
    let rows = |conn: &mut Conn| {
        let rows: Vec<(String, Option<String>, Json<Value>)> = task::table
            .order((task::kind, task::subject, task::place))
            .select((task::kind, task::subject, task::payload))
            .load(conn)?;
        Ok(rows.into_iter().map(|(kind, subject, Json(payload))| (kind, subject.unwrap(), payload)).collect())
    };
    app.db().read(rows).await.unwrap()
}

/// Those of one consumer, by what it gets.
async fn greeted(app: &TestApp) -> Vec<(String, u64)> {
    let mine = |(kind, door, payload): (String, String, Value)| {
        (kind == "test_greet").then(|| (door, payload["times"].as_u64().unwrap()))
    };
    tasks(app).await.into_iter().filter_map(mine).collect()
}

async fn in_tail(app: &TestApp) -> i64 {
    app.db().read(|conn| Ok(event_tail::table.count().get_result(conn)?)).await.unwrap()
}

async fn each_consumer_gets_each_event_once(app: TestApp) {
    for _ in 0..2 {
        record(&app, opened("a", 1), app.now()).await;
    }
    record(&app, opened("a", 2), app.now()).await;
    let mut events: Vec<(String, String, Json<Value>)> = app
        .db()
        .read(|conn| Ok(event::table.select((event::kind, event::subject, event::payload)).load(conn)?))
        .await
        .unwrap();
    events.sort_by_key(|(.., Json(payload))| payload["times"].as_u64());
    let wanted = |times: u32| {
        let payload = json!({"v": 1, "door": "a", "times": times});
        ("test_opened".to_owned(), "a".to_owned(), Json(payload))
    };
    assert_eq!(events, [wanted(1), wanted(2)]);
    for _ in 0..2 {
        dispatch(&app, &consumers()).await.unwrap();
        assert_eq!((tasks(&app).await.len(), in_tail(&app).await), (4, 0));
    }
    record(&app, opened("a", 1), app.now()).await;
    assert_eq!(in_tail(&app).await, 0, "it has happened already");
}

async fn what_is_undone_has_not_happened(app: TestApp) {
    let now = app.now();
    let undone = app.db().write(move |conn| {
        outbox::record(conn, &opened("a", 1), now)?;
        Err::<(), _>(incognito::error::Error::new(incognito::error::Code::Conflict))
    });
    assert!(undone.await.is_err());
    dispatch(&app, &consumers()).await.unwrap();
    assert_eq!(tasks(&app).await, []);
}

async fn the_order_of_a_subject_is_kept(app: TestApp) {
    for times in 0..15 {
        for door in ["a", "b"] {
            record(&app, opened(door, times), app.now().plus_seconds(times.into())).await;
        }
    }
    let seen = Arc::<Seen>::default();
    dispatch(&app, &consumers()).await.unwrap();
    let kinds = [Kind::of::<Greet>(Arc::clone(&seen)), Kind::of::<Count>(Arc::default())];
    let worker = worker::start(&app.shared(), &kinds);
    for _ in 0..1_000 {
        if seen.lock().unwrap().len() == 30 {
            break;
        }
        sleep(Duration::from_millis(10)).await;
    }
    worker.stop().await;
    let seen = seen.lock().unwrap().clone();
    for door in ["a", "b"] {
        let of: Vec<_> = seen.iter().filter(|(of, _)| of == door).map(|(_, times)| *times).collect();
        assert_eq!(of, (0..15).collect::<Vec<_>>(), "{door}");
    }
}

/// On SQLite there is one writer, so a transaction that is open holds up all others: there the event is only an earlier
/// one that is written later. On PostgreSQL it is written, and its transaction open, while later ones are dispatched.
async fn a_late_commit_is_never_skipped(app: TestApp) {
    let early = app.now();
    app.advance(60);
    let (go, wait) = mpsc::channel::<()>();
    let (written, is_written) = tokio::sync::oneshot::channel();
    let mut written = Some(written);
    let db = app.db().clone();
    let late = move |conn: &mut Conn| {
        outbox::record(conn, &opened("late", 1), early)?;
        if let Some(written) = written.take() {
            written.send(()).unwrap();
            wait.recv().unwrap();
        }
        Ok(())
    };
    let mut late = Some(late);
    let held = (app.engine() == Engine::Postgres).then(|| {
        actix_web::rt::spawn({
            let late = late.take().unwrap();
            async move { db.write(late).await }
        })
    });
    if held.is_some() {
        is_written.await.unwrap();
    }
    for times in 0..3 {
        record(&app, opened("later", times), app.now()).await;
    }
    dispatch(&app, &consumers()).await.unwrap();
    assert_eq!(greeted(&app).await.len(), 3, "it waits for nothing that is not committed");
    go.send(()).unwrap();
    match (held, late) {
        (Some(held), _) => held.await.unwrap().unwrap(),
        (None, Some(late)) => app.db().write(late).await.unwrap(),
        (None, None) => unreachable!(),
    }
    dispatch(&app, &consumers()).await.unwrap();
    assert_eq!(greeted(&app).await[0], ("late".to_owned(), 1));
    assert_eq!((greeted(&app).await.len(), in_tail(&app).await), (4, 0));
}

/// The server is lost when it has made some of the tasks.
async fn a_crash_in_the_middle_loses_and_doubles_nothing(app: TestApp) {
    for times in 0..4 {
        record(&app, opened("a", times), app.now().plus_seconds(times.into())).await;
    }
    let crashes = Arc::new(AtomicBool::new(true));
    let crash = Arc::clone(&crashes);
    let crashing = consumers().on(move |event: Opened| {
        assert!(event.times < 2 || !crash.load(Ordering::SeqCst), "planted: this panic is the test's");
        Knock { door: event.door }
    });
    assert!(dispatch(&app, &crashing).await.is_err());
    assert_eq!(in_tail(&app).await, 4);
    crashes.store(false, Ordering::SeqCst);
    dispatch(&app, &crashing).await.unwrap();
    assert_eq!((tasks(&app).await.len(), in_tail(&app).await), (12, 0));
    assert_eq!(greeted(&app).await, [0, 1, 2, 3].map(|times| ("a".to_owned(), times)));
}

#[derive(Serialize, Deserialize)]
struct Knock {
    door: String,
}

impl Task for Knock {
    const KIND: &'static str = "test_knock";
    const QUEUE: Queue = Queue::new(Self::KIND);
    type State = ();

    async fn run(self, _: &App, (): &()) -> Result<()> {
        Ok(())
    }
}

async fn what_cannot_be_read_holds_up_nothing(app: TestApp) {
    record(&app, OpenedWider { width: 3 }, app.now()).await;
    record(&app, Unheard {}, app.now()).await;
    app.advance(1);
    record(&app, opened("a", 1), app.now()).await;
    dispatch(&app, &consumers()).await.unwrap();
    assert_eq!((greeted(&app).await, in_tail(&app).await), (vec![("a".to_owned(), 1)], 2));
    // A server comes that knows them.
    let newer =
        Consumers::default().knowing::<Unheard>().on(|_: OpenedWider| Knock { door: "wide".to_owned() });
    dispatch(&app, &newer).await.unwrap();
    assert_eq!((tasks(&app).await.len(), in_tail(&app).await), (3, 0));
}

async fn it_is_dispatched_beside_the_requests(app: TestApp) {
    let running = dispatcher::start(&app.shared(), consumers());
    record(&app, opened("a", 1), app.now()).await;
    for _ in 0..1_000 {
        if in_tail(&app).await == 0 {
            break;
        }
        sleep(Duration::from_millis(10)).await;
    }
    // What another server writes wakes no dispatcher here.
    let elsewhere = incognito::db::Db::connect(app.db().url(), 1).unwrap();
    let now = app.now();
    elsewhere.write(move |conn| outbox::record(conn, &opened("a", 2), now)).await.unwrap();
    for _ in 0..1_000 {
        if greeted(&app).await.len() == 2 {
            break;
        }
        sleep(Duration::from_millis(10)).await;
    }
    running.stop().await;
    assert_eq!(greeted(&app).await, [1, 2].map(|times| ("a".to_owned(), times)));
}

async fn a_decision_happens_once(app: TestApp) {
    let world = World::build(&app).await;
    let [one, other] = [0, 1].map(|branch| world.brands[0].regions[0].branches[branch].visit);
    approve(&app, &world.staff.reviewer, one).await.expect(200);
    approve(&app, &world.staff.reviewer, one).await.expect(200);
    reject(&app, &world.staff.reviewer, other).await.expect(200);
    type Row = (String, Option<incognito::ids::BrandId>, Option<incognito::ids::AccountId>, Json<Value>);
    let rows = |conn: &mut Conn| {
        let decided = event::table.filter(event::kind.eq("visit_decided"));
        Ok(decided
            .select((event::subject, event::brand_id, event::account_id, event::payload))
            .load::<Row>(conn)?)
    };
    let mut rows = app.db().read(rows).await.unwrap();
    rows.sort_by_key(|(subject, ..)| subject != &one.to_string());
    let (brand, reviewer) = (world.brands[0].id, world.staff.reviewer.account);
    let row = |visit: incognito::ids::VisitId, state: &str| {
        let payload = json!({"v": 1, "visit_id": visit, "brand_id": brand, "state": state, "number": 1, "reviewer_id": reviewer});
        (visit.to_string(), Some(brand), Some(reviewer), Json(payload))
    };
    assert_eq!(rows, [row(one, "approved"), row(other, "rejected")]);
}
