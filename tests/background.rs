//! Background work: queues that do not wait for each other, in order where that was asked for, and dead tasks that are not lost.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use actix_web::{http::Method, rt::time::sleep};
use diesel::prelude::*;
use incognito::{
    accounts::model::Role,
    app::App,
    db::{
        Conn, migrate,
        notices::{self, Topic},
        schema::task,
        types::{Instant, Json},
    },
    error::{Code, Error, Result},
    ids::TaskId,
    work::{
        self, Priority, Queue, Task,
        kind::Kind,
        schedule::Schedule,
        worker::{self, MOST_ATTEMPTS, Worker},
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::{
    runtime,
    sync::{Notify, Semaphore, oneshot},
    time::timeout,
};

use crate::{
    app::{TestApp, each_engine_test, id},
    personas::Persona,
};

each_engine_test!(
    the_same_key_waits_once,
    what_has_a_subject_keeps_its_order,
    the_urgent_come_first,
    a_queue_that_hangs_delays_no_other,
    a_queue_is_worked_until_nothing_is_left,
    a_commit_wakes_those_who_listen,
    what_a_killed_server_ran_is_taken_over,
    what_recurs_runs_once_for_all_servers,
    dead_tasks_are_seen_and_repeated_and_dropped,
    only_the_operator_s_administrators_see_the_work,
    waiting_tasks_are_kept_when_their_table_is_renamed,
);

/// What the tasks of a test did, and what holds them up.
#[derive(Clone)]
struct Log(Arc<Inner>);

struct Inner {
    ran: Mutex<Vec<String>>,
    gate: Semaphore,
}

impl Log {
    fn new() -> Self {
        Self(Arc::new(Inner { ran: Mutex::default(), gate: Semaphore::new(0) }))
    }

    fn ran(&self) -> Vec<String> {
        self.0.ran.lock().unwrap().clone()
    }

    fn say(&self, what: impl Into<String>) {
        self.0.ran.lock().unwrap().push(what.into());
    }

    async fn until(&self, enough: usize) -> Vec<String> {
        for _ in 0..1_000 {
            if self.ran().len() >= enough {
                break;
            }
            sleep(Duration::from_millis(10)).await;
        }
        let ran = self.ran();
        assert_eq!(ran.len(), enough, "{ran:?}");
        ran
    }
}

/// Says its name, and holds up its queue if it is to.
#[derive(Clone, Default, Serialize, Deserialize)]
struct Say {
    what: String,
    key: Option<String>,
    subject: Option<String>,
    waits: bool,
}

impl Say {
    fn new(what: impl ToString) -> Self {
        Self { what: what.to_string(), ..Self::default() }
    }

    async fn enqueue(&self, app: &App) -> TaskId {
        let (say, new, now) = (self.clone(), id(), app.clock.now());
        app.db.write(move |conn| work::enqueue(conn, &say, new, now)).await.unwrap();
        new
    }
}

impl Task for Say {
    const KIND: &'static str = "say";
    const QUEUE: Queue = Queue::new("say").at_once(4);
    type State = Log;

    fn key(&self) -> Option<String> {
        self.key.clone()
    }

    fn subject(&self) -> Option<String> {
        self.subject.clone()
    }

    async fn run(self, _: &App, log: &Log) -> Result<()> {
        if self.waits {
            log.say(format!("{} waits", self.what));
            log.0.gate.acquire().await.unwrap().forget();
        }
        log.say(self.what);
        Ok(())
    }
}

#[derive(Serialize, Deserialize)]
struct SayAtOnce(String);

impl Task for SayAtOnce {
    const KIND: &'static str = "say_at_once";
    const QUEUE: Queue = Queue::new("say_alone");
    const PRIORITY: Priority = Priority::Urgent;
    type State = Log;

    async fn run(self, _: &App, log: &Log) -> Result<()> {
        log.say(self.0);
        Ok(())
    }
}

/// One of the same queue that is in no hurry.
#[derive(Serialize, Deserialize)]
struct SayLater(String);

impl Task for SayLater {
    const KIND: &'static str = "say_later";
    const QUEUE: Queue = Queue::new("say_alone");
    type State = Log;

    async fn run(self, _: &App, log: &Log) -> Result<()> {
        log.say(self.0);
        Ok(())
    }
}

#[derive(Default, Serialize, Deserialize)]
struct Tick {}

impl Task for Tick {
    const KIND: &'static str = "tick";
    const QUEUE: Queue = Queue::new("tick");
    type State = Log;

    async fn run(self, _: &App, log: &Log) -> Result<()> {
        log.say("tick");
        Ok(())
    }
}

#[derive(Serialize, Deserialize)]
struct Fail {}

impl Task for Fail {
    const KIND: &'static str = "fail";
    const QUEUE: Queue = Queue::new("fail");
    type State = ();

    async fn run(self, _: &App, (): &()) -> Result<()> {
        Err(Error::new(Code::Unavailable).because("the moon is full"))
    }
}

fn worker(app: &TestApp, log: &Log) -> Worker {
    let kinds = [
        Kind::of::<Say>(Arc::new(log.clone())),
        Kind::of::<SayLater>(Arc::new(log.clone())),
        Kind::of::<SayAtOnce>(Arc::new(log.clone())),
    ];
    worker::start(&app.shared(), &kinds)
}

async fn left(app: &TestApp) -> i64 {
    app.db().read(|conn| Ok(task::table.count().get_result(conn)?)).await.unwrap()
}

async fn the_same_key_waits_once(app: TestApp) {
    let log = Log::new();
    let keyed = |what: &str, key: &str| Say { key: Some(key.to_owned()), ..Say::new(what) };
    let first = Say { waits: true, ..keyed("first", "a") };
    for say in [&first, &keyed("first again", "a"), &keyed("other", "b")] {
        say.enqueue(app.app()).await;
    }
    assert_eq!(left(&app).await, 2);
    let worker = worker(&app, &log);
    let mut ran = log.until(2).await;
    ran.sort();
    assert_eq!(ran, ["first waits", "other"]);
    // It may have read already what has changed since: so while it runs, another one is needed.
    let (after, again) = (keyed("after it", "a"), keyed("after it again", "a"));
    let (ids, now): ([TaskId; 2], _) = ([id(), id()], app.now());
    // In one transaction: between two the worker may have run what the first one added.
    let both = move |conn: &mut _| {
        work::enqueue(conn, &after, ids[0], now)?;
        work::enqueue(conn, &again, ids[1], now)
    };
    app.db().write(both).await.unwrap();
    assert_eq!(log.until(3).await[2], "after it");
    log.0.gate.add_permits(1);
    assert_eq!(log.until(4).await[3], "first");
    worker.stop().await;
    assert_eq!(left(&app).await, 0);
}

/// Two servers take what they can; of one subject, one after the other.
async fn what_has_a_subject_keeps_its_order(app: TestApp) {
    let log = Log::new();
    let about = |subject: &str, what: String| Say { subject: Some(subject.to_owned()), ..Say::new(what) };
    Say { waits: true, ..about("held", "h0".to_owned()) }.enqueue(app.app()).await;
    for number in 0..12 {
        for subject in ["a", "b", "held"] {
            about(subject, format!("{subject}{number}")).enqueue(app.app()).await;
        }
    }
    let (one, other) = (worker(&app, &log), worker(&app, &log));
    let ran = log.until(25).await;
    for subject in ["a", "b"] {
        let of: Vec<_> = ran.iter().filter(|what| what.starts_with(subject)).collect();
        let wanted: Vec<_> = (0..12).map(|number| format!("{subject}{number}")).collect();
        assert_eq!(of, wanted.iter().collect::<Vec<_>>());
    }
    assert_eq!(ran.iter().filter(|what| what.starts_with('h')).collect::<Vec<_>>(), ["h0 waits"]);
    log.0.gate.add_permits(1);
    let ran = log.until(38).await;
    let wanted: Vec<_> = (0..12).map(|number| format!("held{number}")).collect();
    assert_eq!(ran[25], "h0");
    assert_eq!(ran[26..], wanted);
    one.stop().await;
    other.stop().await;
}

async fn the_urgent_come_first(app: TestApp) {
    let log = Log::new();
    let now = app.now();
    app.db()
        .write(move |conn| {
            for number in 0..3 {
                work::enqueue(conn, &SayLater(format!("later {number}")), id(), now.plus_seconds(-9))?;
            }
            work::enqueue(conn, &SayAtOnce("at once".to_owned()), id(), now)
        })
        .await
        .unwrap();
    let worker = worker(&app, &log);
    assert_eq!(log.until(4).await[0], "at once");
    worker.stop().await;
}

async fn a_queue_that_hangs_delays_no_other(app: TestApp) {
    let log = Log::new();
    let worker = worker(&app, &log);
    for number in 0..9 {
        Say { waits: true, ..Say::new(number) }.enqueue(app.app()).await;
    }
    log.until(4).await;
    let now = app.now();
    let other = move |conn: &mut Conn| work::enqueue(conn, &SayLater("other".to_owned()), id(), now);
    app.db().write(other).await.unwrap();
    assert_eq!(log.until(5).await[4], "other");
    log.0.gate.add_permits(9);
    log.until(19).await;
    worker.stop().await;
}

async fn a_queue_is_worked_until_nothing_is_left(app: TestApp) {
    let log = Log::new();
    let now = app.now();
    let many = move |conn: &mut Conn| {
        (0..50).try_for_each(|number| work::enqueue(conn, &Say::new(number), id(), now))
    };
    app.db().write(many).await.unwrap();
    let worker = worker(&app, &log);
    log.until(50).await;
    worker.stop().await;
    assert_eq!(left(&app).await, 0);
}

async fn a_commit_wakes_those_who_listen(app: TestApp) {
    const TOPICS: [Topic; 2] = ["one", "other"];
    let [one, other] = TOPICS.map(|topic| app.db().notices().listen(topic));
    let woken =
        async |listener: &Arc<Notify>| timeout(Duration::from_millis(300), listener.notified()).await.is_ok();
    let write = async |topic: Topic, fails: bool| {
        let noting = move |conn: &mut Conn| {
            notices::note(conn, topic);
            if fails { Err(Error::new(Code::Conflict)) } else { Ok(()) }
        };
        app.db().write(noting).await.is_ok()
    };
    assert!(write("one", false).await);
    assert!(woken(&one).await && !woken(&other).await);
    assert!(!write("one", true).await);
    assert!(write("other", false).await);
    assert!(woken(&other).await);
}

/// The server has gone without a word. Its lease is a minute long.
async fn what_a_killed_server_ran_is_taken_over(app: TestApp) {
    let (log, shared) = (Log::new(), app.shared());
    Say { waits: true, ..Say::new("it") }.enqueue(app.app()).await;
    let kinds = [Kind::of::<Say>(Arc::new(log.clone()))];
    let (kill, killed) = oneshot::channel::<()>();
    let server = std::thread::spawn(move || {
        let server = runtime::Builder::new_current_thread().enable_all().build().unwrap();
        server.block_on(async {
            let _worker = worker::start(&shared, &kinds);
            killed.await.unwrap();
        });
    });
    log.until(1).await;
    kill.send(()).unwrap();
    server.join().unwrap();
    app.advance(59);
    let worker = worker(&app, &log);
    sleep(Duration::from_millis(1_500)).await;
    assert_eq!(log.ran(), ["it waits"], "it is another's for a minute");
    app.advance(2);
    log.until(2).await;
    log.0.gate.add_permits(1);
    assert_eq!(log.until(3).await, ["it waits", "it waits", "it"]);
    worker.stop().await;
    assert_eq!(left(&app).await, 0);
}

async fn what_recurs_runs_once_for_all_servers(app: TestApp) {
    let log = Log::new();
    let nightly = || [Kind::by::<Tick>(Schedule::cron("0 3 * * *").unwrap(), Arc::new(log.clone()))];
    let (one, other) = (worker::start(&app.shared(), &nightly()), worker::start(&app.shared(), &nightly()));
    log.until(1).await;
    sleep(Duration::from_millis(1_500)).await;
    log.until(1).await;
    // A lease that the clock's leap ends would be taken over, rightly.
    while app
        .db()
        .read(|conn| Ok(task::table.select(task::leased_until).first::<Option<Instant>>(conn)?))
        .await
        .unwrap()
        .is_some()
    {
        sleep(Duration::from_millis(10)).await;
    }
    app.advance(86_400);
    log.until(2).await;
    one.stop().await;
    other.stop().await;
    let next: Instant =
        app.db().read(|conn| Ok(task::table.select(task::run_at).first(conn)?)).await.unwrap();
    assert_eq!(next, "2026-03-17T03:00:00Z".parse::<jiff::Timestamp>().unwrap().into());
}

/// A task that has failed too often.
pub async fn dead_task(app: &TestApp) -> TaskId {
    let (new, now) = (id(), app.now());
    let dead = move |conn: &mut Conn| {
        work::enqueue(conn, &Fail {}, new, now)?;
        let died = (task::dead.eq(true), task::attempts.eq(MOST_ATTEMPTS), task::last_error.eq("the moon"));
        Ok(diesel::update(task::table.find(new)).set(died).execute(conn)?)
    };
    assert_eq!(app.db().write(dead).await.unwrap(), 1);
    new
}

async fn dead_tasks_are_seen_and_repeated_and_dropped(app: TestApp) {
    let administrator = Persona::administrator(&app).await;
    let path = |task: TaskId| format!("/v1/background-work/{task}");
    let none = app.get(&administrator, "/v1/background-work").await.expect(200);
    assert_eq!(none.json, json!({"kind": "queues", "queues": []}));
    let waiting = Say::new("waits").enqueue(app.app()).await;
    let first = dead_task(&app).await;
    app.advance(5);
    let second = dead_task(&app).await;
    let queues = app.get(&administrator, "/v1/background-work").await.expect(200);
    let counts = |queue, waiting, dead, oldest_s: Value| json!({"queue": queue, "waiting": waiting, "running": 0, "dead": dead, "oldest_s": oldest_s});
    let wanted = json!({"kind": "queues", "queues": [counts("fail", 0, 2, Value::Null), counts("say", 1, 0, json!(5))]});
    assert_eq!(queues.json, wanted);

    let page = app.get(&administrator, "/v1/background-work?state=dead&limit=1").await.expect(200);
    let dead = json!({"id": first, "kind": "fail", "queue": "fail", "subject": null, "payload": {},
        "attempts": MOST_ATTEMPTS, "last_error": "the moon", "created_at": "2026-03-15T10:00:00Z"});
    assert_eq!(page.json["items"], json!([dead]));
    let more = format!("/v1/background-work?state=dead&limit=1&cursor={}", page.text("/next_cursor"));
    let page = app.get(&administrator, more).await.expect(200);
    assert_eq!((page.text("/items/0/id"), page.json.get("next_cursor")), (second.to_string(), None));

    let repeat =
        async |task| app.call(Method::POST, format!("{}/repeat", path(task))).by(&administrator).await;
    repeat(first).await.expect(204);
    repeat(first).await.expect_problem(404, "not_found");
    repeat(waiting).await.expect_problem(404, "not_found");
    app.delete(&administrator, path(waiting)).await.expect_problem(404, "not_found");
    app.delete(&administrator, path(second)).await.expect(204);
    app.delete(&administrator, path(second)).await.expect_problem(404, "not_found");
    assert_eq!(left(&app).await, 2);

    let tried = async || {
        let row = task::table.find(first).select((task::attempts, task::last_error, task::dead));
        app.db().read(move |conn| Ok(row.first::<(i32, Option<String>, bool)>(conn)?)).await.unwrap()
    };
    assert_eq!(tried().await, (0, Some("the moon".to_owned()), false), "as a new one");
    let worker = worker::start(&app.shared(), &[Kind::of::<Fail>(Arc::default())]);
    for _ in 0..1_000 {
        if tried().await.1.is_some_and(|why| why.contains("full")) {
            break;
        }
        sleep(Duration::from_millis(10)).await;
    }
    worker.stop().await;
    let (attempts, why, dead) = tried().await;
    assert_eq!((attempts, dead), (1, false), "{why:?}");
}

async fn only_the_operator_s_administrators_see_the_work(app: TestApp) {
    app.get(&Persona::nobody(), "/v1/background-work").await.expect_problem(401, "sign_in_needed");
    let auditor = Persona::everywhere(&app, Role::Auditor).await;
    app.get(&auditor, "/v1/background-work").await.expect_problem(403, "forbidden");
    let administrator = Persona::administrator(&app).await;
    app.get(&administrator, "/v1/background-work?state=alive").await.expect_problem(422, "invalid");
}

/// A database of the version before, with a job that waits and a dead one.
async fn waiting_tasks_are_kept_when_their_table_is_renamed(app: TestApp) {
    let database = app.stop();
    let undone = migrate::down(&database.url, 5).unwrap();
    assert_eq!(undone, ["28_ledger", "27_salts", "21_visit_list", "20_outbox", "19_tasks"]);
    let [waiting, dead]: [TaskId; 2] = [id(), id()];
    diesel::table! {
        use diesel::sql_types::{Bool, Integer, Text, Nullable};
        use incognito::db::types::{SqlId, SqlInstant, SqlJson};
        job (id) {
            id -> SqlId,
            kind -> Text,
            payload -> SqlJson,
            run_at -> SqlInstant,
            leased_until -> Nullable<SqlInstant>,
            attempts -> Integer,
            dead -> Bool,
            created_at -> SqlInstant,
        }
    }
    let now = crate::app::beginning();
    let db = database.connect();
    db.write(move |conn| {
        for (new, is_dead) in [(waiting, false), (dead, true)] {
            let row = (
                job::id.eq(new),
                job::kind.eq("look_at_visit"),
                job::payload.eq(Json(json!({"visit_id": new}))),
                job::run_at.eq(now),
                job::leased_until.eq(Some(now.plus_seconds(360))),
                job::attempts.eq(3),
                job::dead.eq(is_dead),
                job::created_at.eq(now),
            );
            diesel::insert_into(job::table).values(row).execute(conn)?;
        }
        Ok(())
    })
    .await
    .unwrap();
    migrate::up(&database.url).unwrap();
    let row = |of: TaskId| {
        let row = task::table.find(of).select((task::queue, task::payload, task::attempts, task::dead));
        db.read(move |conn| Ok(row.first::<(String, Json<Value>, i32, bool)>(conn)?))
    };
    for (of, is_dead) in [(waiting, false), (dead, true)] {
        let wanted = ("look_at_visit".to_owned(), Json(json!({"visit_id": of})), 3, is_dead);
        assert_eq!(row(of).await.unwrap(), wanted);
    }
    drop(db);
    let app = TestApp::start(database).await;
    let background = app.start_background();
    for _ in 0..1_000 {
        let rows = task::table.filter(task::kind.eq("look_at_visit")).count();
        if app.db().read(move |conn| Ok(rows.get_result::<i64>(conn)?)).await.unwrap() == 1 {
            break;
        }
        sleep(Duration::from_millis(10)).await;
    }
    background.stop().await;
    let gone = task::table.find(waiting).count();
    assert_eq!(app.db().read(move |conn| Ok(gone.get_result::<i64>(conn)?)).await.unwrap(), 0, "it was done");
}
