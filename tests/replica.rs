//! Reading from a streaming replica of PostgreSQL: what it has, how old that is, and what happens while it lags or is gone.

use std::time::{Duration, Instant};

use actix_web::{
    http::Method,
    rt::{System, time::sleep},
};
use diesel::{QueryDsl, RunQueryDsl};
use incognito::{
    accounts::model::Role,
    db::{Conn, Db, ReplicaAt, Standing, Wants, checks::Checks},
    error::Result,
    ids::{BranchId, TargetId},
    server::metrics::Metrics,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    app::{Answer, Database, TestApp, id},
    builders::World,
    personas::Persona,
    postgres::{Cluster, cluster},
};

/// How far the replica may lag here.
const LAG: Duration = Duration::from_secs(3);
/// How long is waited for what must come.
const PATIENCE: Duration = Duration::from_secs(10);

/// A primary, its replica, and two servers that read from both.
struct Scene {
    /// Gone with the scene.
    _primary: Cluster,
    standby: Cluster,
    one: TestApp,
    other: TestApp,
    world: World,
    /// Somebody who reads and writes nothing.
    reader: Persona,
}

impl Scene {
    async fn new(primary: Cluster) -> Self {
        let url = primary.database(None);
        let one = TestApp::start(Database::at(&url)).await;
        let world = World::build(&one).await;
        let standby = primary.standby();
        let at = replica_at(&standby.url_of(&url));
        let other = TestApp::start(Database::at(&url)).await;
        for app in [&one, &other] {
            app.db().use_replica(&at, 4).unwrap();
        }
        let reader = Persona::everywhere(&one, Role::Designer).await;
        let this = Self { _primary: primary, standby, one, other, world, reader };
        this.until_read().await;
        this
    }

    fn branch(&self, number: usize) -> BranchId {
        self.world.brands[0].regions[number / 2].branches[number % 2].id
    }

    /// Sets a target for this branch, as the designer.
    async fn set_target(&self, branch: usize, score: i64) {
        let target: TargetId = id();
        let (brand, branch) = (self.world.brands[0].id, self.branch(branch));
        let body = json!({"brand_id": brand, "branch_id": branch, "from": "2026-01", "score": score});
        let designer = &self.world.staff.designer;
        let made = self.one.put(designer, format!("/v1/targets/{target}"), body).await.expect(201);
        assert_eq!(age(&made), None, "who writes is answered from the primary");
    }

    /// The branch's score, which has its target.
    async fn score(&self, app: &TestApp, who: &Persona, branch: usize) -> Answer {
        let path = format!("/v1/branches/{}/score?from=2026-03&to=2026-03", self.branch(branch));
        app.get(who, path).await.expect(200)
    }

    /// Until both servers read from the replica.
    async fn until_read(&self) {
        for app in [&self.one, &self.other] {
            until("the replica is not read", async || age(&self.score(app, &self.reader, 0).await).is_some())
                .await;
            assert_eq!(standing(app).await, "read");
        }
    }
}

fn replica_at(url: &str) -> ReplicaAt {
    ReplicaAt { url: url.parse().unwrap(), lag: LAG }
}

fn age(answer: &Answer) -> Option<u64> {
    answer.headers.get("age").map(|age| age.to_str().unwrap().parse().unwrap())
}

fn target(answer: &Answer) -> &Value {
    &answer.json["target"]["score"]
}

async fn standing(app: &TestApp) -> String {
    app.call(Method::GET, "/readyz").await.expect(204).header("x-replica").to_owned()
}

async fn until(otherwise: &str, holds: impl AsyncFn() -> bool) {
    let began = Instant::now();
    while !holds().await {
        assert!(began.elapsed() < PATIENCE, "{otherwise}");
        sleep(Duration::from_millis(50)).await;
    }
}

#[test]
fn figures_are_read_from_a_replica_as_far_as_it_can_be_read() {
    let Some(primary) = Cluster::of_its_own() else { return };
    System::new().block_on(async {
        let scene = Scene::new(primary).await;
        who_has_written_reads_it_and_others_read_what_the_replica_has(&scene).await;
        a_replica_that_lags_too_far_is_not_read(&scene).await;
        a_replica_that_is_gone_is_missed_by_nobody(&scene).await;
        what_a_replica_cancels_is_read_from_the_primary(&scene).await;
        an_idle_primary_makes_no_lag(&scene).await;
    });
}

async fn who_has_written_reads_it_and_others_read_what_the_replica_has(scene: &Scene) {
    let Scene { one, other, reader, world, .. } = scene;
    let designer = &world.staff.designer;
    scene.standby.run("SELECT pg_wal_replay_pause()");
    scene.set_target(0, 9_000).await;
    for app in [one, other] {
        let own = scene.score(app, designer, 0).await;
        assert_eq!(
            (target(&own), age(&own)),
            (&json!(9_000), None),
            "the writer reads its write on each server"
        );
    }
    let first = scene.score(other, reader, 0).await;
    assert_eq!(target(&first), &Value::Null, "another account reads what the replica has");
    let before = age(&first).unwrap();
    sleep(Duration::from_millis(1_100)).await;
    let later = scene.score(other, reader, 0).await;
    assert_eq!(target(&later), &Value::Null);
    assert!(age(&later).unwrap() > before, "{before} and then {:?}", age(&later));

    // What is not there yet is looked for on the primary; so is all that shows one thing to be changed.
    let brand: Uuid = Uuid::from_u128(7);
    let named = json!({"name": "Cyprus", "language": "en", "minimum_visits": 2});
    one.put(&world.staff.administrator, format!("/v1/brands/{brand}"), named).await.expect(201);
    let found = other.get(reader, format!("/v1/brands/{brand}/score")).await.expect(200);
    assert_eq!(age(&found), None);
    let listed = other.get(reader, "/v1/targets").await.expect(200);
    assert_eq!((listed.json["items"].as_array().unwrap().len(), age(&listed)), (1, None));

    scene.standby.run("SELECT pg_wal_replay_resume()");
    let both = async || {
        let (own, others) = (scene.score(other, designer, 0).await, scene.score(one, reader, 0).await);
        assert_eq!(target(&own), &json!(9_000));
        age(&own).is_some() && age(&others).is_some() && target(&others) == &json!(9_000)
    };
    until("what was written does not come to the replica", both).await;
    let metrics = Metrics::of(one.house()).write().await.unwrap();
    assert!(
        metrics.contains("incognito_replica_read 1") && metrics.contains("incognito_replica_age_seconds "),
        "{metrics}"
    );
    let file = other.get(&world.staff.reviewer, "/v1/visits.csv").await.expect(200);
    assert!(age(&file).is_some(), "a list that is sent while it is read has an age as well");
}

async fn a_replica_that_lags_too_far_is_not_read(scene: &Scene) {
    scene.standby.run("SELECT pg_wal_replay_pause()");
    scene.set_target(1, 8_000).await;
    let began = Instant::now();
    let is_new = async || {
        let seen = scene.score(&scene.other, &scene.reader, 1).await;
        assert_eq!(age(&seen).is_some(), target(&seen) == &Value::Null, "{:?} {seen}", age(&seen));
        assert!(age(&seen).is_none_or(|age| age <= LAG.as_secs() + 1));
        age(&seen).is_none()
    };
    until("what lags too far is read", is_new).await;
    assert!(began.elapsed() >= LAG - Duration::from_secs(1), "it is read as long as it may lag");
    until("it is not seen to lag", async || standing(&scene.other).await == "lags").await;
    scene.standby.run("SELECT pg_wal_replay_resume()");
    scene.until_read().await;
}

async fn a_replica_that_is_gone_is_missed_by_nobody(scene: &Scene) {
    scene.standby.halt();
    scene.set_target(2, 7_000).await;
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(1) {
        for app in [&scene.one, &scene.other] {
            let seen = scene.score(app, &scene.reader, 2).await;
            assert_eq!((target(&seen), age(&seen)), (&json!(7_000), None));
        }
    }
    until("it is not missed", async || standing(&scene.one).await == "away").await;
    scene.standby.resume();
    scene.until_read().await;
}

async fn what_a_replica_cancels_is_read_from_the_primary(scene: &Scene) {
    scene.standby.run("ALTER SYSTEM SET max_standby_streaming_delay = 0");
    scene.standby.run("SELECT pg_reload_conf()");
    let checks = Checks::default();
    checks.asked().begin(Uuid::from_u128(1), Wants::ToReadLate);
    let slow = |conn: &mut Conn| -> Result<i64> {
        let count = incognito::db::schema::account::table.count().get_result(conn)?;
        let sleep = "SELECT CASE WHEN pg_is_in_recovery() THEN pg_sleep(8)::text END";
        diesel::sql_query(sleep).execute(conn)?;
        Ok(count)
    };
    let began = Instant::now();
    let reading = checks.clone().around(scene.one.db().snapshot(slow));
    let writing = async {
        sleep(Duration::from_millis(300)).await;
        let lock = |conn: &mut Conn| -> Result<()> {
            diesel::sql_query("LOCK TABLE account IN ACCESS EXCLUSIVE MODE").execute(conn)?;
            Ok(())
        };
        scene.one.db().write(lock).await.unwrap();
    };
    let (count, ()) = futures_util::future::join(reading, writing).await;
    assert!(count.unwrap() > 0);
    assert!(began.elapsed() >= Duration::from_millis(300), "it was not read from the replica");
    assert!(began.elapsed() < Duration::from_secs(6), "it was not cancelled");
    assert_eq!(checks.asked().send_head(), None, "nothing of it came from the replica");
    scene.until_read().await;
}

/// While nothing is written nothing is missing; as soon as something is, all that a replica misses that is cut off.
async fn an_idle_primary_makes_no_lag(scene: &Scene) {
    let seen = async || scene.score(&scene.one, &scene.reader, 0).await;
    let began = Instant::now();
    while began.elapsed() < LAG + Duration::from_millis(500) {
        let age = age(&seen().await);
        assert!(age.is_some_and(|age| age <= 2), "{age:?}");
        sleep(Duration::from_millis(100)).await;
    }
    scene.standby.run("ALTER SYSTEM SET primary_conninfo = ''");
    scene.standby.run("SELECT pg_reload_conf()");
    sleep(Duration::from_millis(300)).await;
    scene.set_target(3, 6_000).await;
    until("a replica that is cut off is read", async || age(&seen().await).is_none()).await;
    let now = scene.score(&scene.one, &scene.reader, 3).await;
    assert_eq!((target(&now), age(&now)), (&json!(6_000), None));
}

#[test]
fn what_is_no_replica_of_the_database_is_not_read() {
    let (Some(shared), Some(foreign)) = (cluster(), Cluster::of_its_own()) else { return };
    let url = shared.database(None);
    let connect = || Db::connect(&url.parse().unwrap(), 1).unwrap();
    let refused = connect().use_replica(&replica_at(&foreign.database(None)), 1).unwrap_err();
    assert!(refused.contains("of another database"), "{refused}");
    let another = shared.database(None);
    let refused = connect().use_replica(&replica_at(&another), 1).unwrap_err();
    assert!(refused.contains("of another database"), "{refused}");
    // Where a standby was promoted, a server must be able to start again.
    let db = connect();
    db.use_replica(&replica_at(&url), 1).unwrap();
    assert_eq!(db.replica(), Some((Standing::Primary, None)));
    drop(db);
    shared.drop_database(&url);
    shared.drop_database(&another);
}

/// What needs no replica is marked as what it is: only readings may lag.
#[test]
fn only_readings_may_lag() {
    use incognito::server::routes::table;
    let lagging: Vec<_> = table().into_iter().filter(|route| route.may_lag).collect();
    assert!(lagging.len() > 30, "{}", lagging.len());
    assert!(lagging.iter().all(|route| route.method == Method::GET));
}
