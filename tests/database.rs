//! What `Db` promises: nothing lost, nothing half done, nothing written by who only reads, the same on both engines.

use std::{
    cell::Cell,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use actix_web::{http::Method, rt::time::sleep};
use diesel::prelude::*;
use futures_util::{TryStreamExt, future::join_all};
use incognito::{
    accounts::store,
    db::{
        Conn, DatabaseUrl, Db, migrate,
        schema::{account, assignment, branch, brand, checklist, checklist_version, figure, region, visit},
        types::{Instant, Json, Sha256},
        walk::{PIECE, walk},
    },
    error::{Code, Error, Result},
    ids::{AccountId, BranchId, BrandId, ChecklistId, VersionId},
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    app::{Database, TestApp, beginning, each_engine_test, id},
    personas::{Persona, blank_account},
    postgres::Cluster,
};

each_engine_test!(
    contended_writes_lose_and_fail_nothing,
    a_piece_that_fails_or_panics_harms_no_other,
    a_caller_that_goes_away_harms_nobody,
    reading_cannot_write,
    a_snapshot_is_of_one_moment,
    looks_side_by_side_are_of_one_moment,
    what_was_answered_is_there_after_reopening,
    migrations_go_down_and_up_again,
    migrations_have_their_names_everywhere,
    many_who_migrate_at_once_do_it_once,
    a_walk_holds_no_connection_and_repeats_nothing,
    values_come_back_as_they_were,
);

/// 16 tasks read a number and write it plus one, 25 times each.
async fn contended_writes_lose_and_fail_nothing(app: TestApp) {
    let counter = new_account(app.db()).await;
    let tasks = (0..16).map(|_| {
        let db = app.db().clone();
        actix_web::rt::spawn(async move {
            for _ in 0..25 {
                db.write(move |conn| add_one(conn, counter)).await.unwrap();
            }
        })
    });
    for task in join_all(tasks).await {
        task.unwrap();
    }
    assert_eq!(revision(app.db(), counter).await, 1 + 400);
}

/// While the first piece holds the writer up, the others gather into one group.
async fn a_piece_that_fails_or_panics_harms_no_other(app: TestApp) {
    let db = app.db();
    let first = db.write(|_| {
        thread::sleep(Duration::from_millis(200));
        Ok(())
    });
    let ids: Vec<AccountId> = (0..40).map(|_| id()).collect();
    let pieces = ids.iter().enumerate().map(|(i, &new)| {
        db.write(move |conn| {
            store::insert_account(conn, &blank_account(new, beginning()))?;
            match i % 4 {
                1 => Err(Error::new(Code::Conflict)),
                2 => panic!("planted: this panic is the test's"),
                // An error of the engine's own, after which PostgreSQL takes no more in this transaction.
                3 => store::insert_account(conn, &blank_account(new, beginning())),
                _ => Ok(()),
            }
        })
    });
    let (first, outcomes) = futures_util::future::join(first, join_all(pieces)).await;
    first.unwrap();
    for (i, (outcome, new)) in outcomes.into_iter().zip(ids).enumerate() {
        let outcome = outcome.map_err(|error| error.code());
        let wanted = [Ok(()), Err(Code::Conflict), Err(Code::Internal), Err(Code::Conflict)][i % 4];
        assert_eq!(outcome, wanted, "piece {i}");
        let kept = db.read(move |conn| store::account(conn, new)).await.unwrap().is_some();
        assert_eq!(kept, wanted.is_ok(), "piece {i}");
    }
}

async fn a_caller_that_goes_away_harms_nobody(app: TestApp) {
    let db = app.db().clone();
    let counter = new_account(&db).await;
    let tasks: Vec<_> = (0..50)
        .map(|i| {
            let db = db.clone();
            let task =
                actix_web::rt::spawn(async move { db.write(move |conn| add_one(conn, counter)).await });
            if i % 2 == 0 {
                task.abort();
            }
            task
        })
        .collect();
    let stayed = join_all(tasks).await.into_iter().filter(|outcome| matches!(outcome, Ok(Ok(())))).count();
    let counted = revision(&db, counter).await - 1;
    assert!(stayed >= 25 && counted >= stayed as i64, "{stayed} were answered, {counted} are there");
}

async fn reading_cannot_write(app: TestApp) {
    let db = app.db();
    let counter = new_account(db).await;
    assert!(db.read(move |conn| add_one(conn, counter)).await.is_err());
    assert!(db.snapshot(move |conn| add_one(conn, counter)).await.is_err());
    assert!(
        db.read(|conn| Ok(diesel::sql_query("CREATE TABLE t (x integer)").execute(conn)?)).await.is_err()
    );
    assert_eq!(revision(db, counter).await, 1);
}

async fn a_snapshot_is_of_one_moment(app: TestApp) {
    let (db, counter) = (app.db().clone(), new_account(app.db()).await);
    let (looked, has_looked) = mpsc::channel();
    let (written, is_written) = mpsc::channel::<()>();
    let is_written = Mutex::new(is_written);
    let snapshot = {
        let db = db.clone();
        actix_web::rt::spawn(async move {
            db.snapshot(move |conn| {
                let before = count(conn, counter)?;
                looked.send(()).unwrap();
                is_written.lock().unwrap().recv().unwrap();
                Ok((before, count(conn, counter)?))
            })
            .await
        })
    };
    while has_looked.try_recv().is_err() {
        actix_web::rt::time::sleep(Duration::from_millis(5)).await;
    }
    db.write(move |conn| add_one(conn, counter)).await.unwrap();
    written.send(()).unwrap();
    assert_eq!(snapshot.await.unwrap().unwrap(), (1, 1));
    assert_eq!(revision(&db, counter).await, 2);
}

/// Each begins while others write, and both see the same then, and as long as they look.
async fn looks_side_by_side_are_of_one_moment(app: TestApp) {
    let counter = new_account(app.db()).await;
    let (db, writing) = (app.db().clone(), Arc::new(AtomicBool::new(true)));
    let goes_on = writing.clone();
    let writer = actix_web::rt::spawn(async move {
        while goes_on.load(Ordering::Relaxed) {
            db.write(move |conn| add_one(conn, counter)).await.unwrap();
        }
    });
    let mut seen = Vec::new();
    for _ in 0..20 {
        let twice = move |conn: &mut Conn| {
            let first = count(conn, counter)?;
            thread::sleep(Duration::from_millis(10));
            Ok([first, count(conn, counter)?])
        };
        let (one, other) = app.db().look_side_by_side(twice, twice).await.unwrap();
        assert_eq!((one, one), (other, [one[0]; 2]));
        seen.push(one[0]);
    }
    writing.store(false, Ordering::Relaxed);
    writer.await.unwrap();
    assert!(seen.first() < seen.last(), "nothing was written meanwhile: {seen:?}");
    let refused = app.db().look_side_by_side(|_| Ok(()), move |conn| add_one(conn, counter)).await;
    assert!(refused.is_err(), "a look wrote");
}

async fn what_was_answered_is_there_after_reopening(app: TestApp) {
    let ids: Vec<AccountId> = (0..20).map(|_| id()).collect();
    let writes = ids.iter().map(|&new| {
        app.db().write(move |conn| store::insert_account(conn, &blank_account(new, beginning())))
    });
    for outcome in join_all(writes).await {
        outcome.unwrap();
    }
    let database = app.stop();
    let again = TestApp::start(database).await;
    for kept in ids {
        assert_eq!(revision(again.db(), kept).await, 1);
    }
}

/// Eight write and read all the time while the database server is killed three times and comes back: what was
/// answered is there, and the program goes on by itself.
#[test]
fn a_killed_postgres_is_found_again() {
    let Some(cluster) = Cluster::of_its_own() else { return };
    let url = cluster.durable_database();
    actix_web::rt::System::new().block_on(async {
        let app = TestApp::start(Database::at(&url)).await;
        let administrator = Persona::administrator(&app).await;
        let over = Cell::new(false);
        let load = join_all((0..8).map(|_| async {
            let (mut kept, mut refused) = (Vec::<AccountId>::new(), 0);
            while !over.get() {
                let new = id();
                let body = json!({"email": format!("{new}@example.org"), "name": "x", "language": "en"});
                let path = format!("/v1/accounts/{new}");
                // As a phone does: the same again, until it is answered.
                loop {
                    let answer = app.put(&administrator, &path, body.clone()).await;
                    match answer.status {
                        200 | 201 => break,
                        _ => drop(answer.expect_problem(503, "unavailable")),
                    }
                    refused += 1;
                    sleep(Duration::from_millis(100)).await;
                }
                kept.push(new);
            }
            (kept, refused)
        }));
        let killer = async {
            for _ in 0..3 {
                sleep(Duration::from_millis(700)).await;
                cluster.kill();
                sleep(Duration::from_millis(1_500)).await;
                let back = std::time::Instant::now();
                while app.call(Method::GET, "/readyz").await.status != 204 {
                    assert!(back.elapsed() < Duration::from_secs(20), "it is not found again");
                    sleep(Duration::from_millis(100)).await;
                }
            }
            over.set(true);
        };
        let (load, ()) = futures_util::future::join(load, killer).await;
        let (mut kept, mut refused) = (0, 0);
        for (ids, times) in load {
            refused += times;
            for new in ids {
                let account = app.db().read(move |conn| store::account(conn, new)).await.unwrap();
                assert!(account.is_some(), "{new} was answered and is not there");
                kept += 1;
            }
        }
        println!("{kept} kept, {refused} times refused");
        for _ in 0..50 {
            app.get(&administrator, "/v1/me").await.expect(200);
            new_account(app.db()).await;
        }
    });
}

/// Takes off one more migration each time; what was put into the tables that stay is still there.
async fn migrations_go_down_and_up_again(app: TestApp) {
    let database = app.stop();
    let all = {
        let empty = Database::empty(database.engine).unwrap();
        assert!(!migrate::pending(&empty.url).unwrap().is_empty());
        migrate::up(&empty.url).unwrap()
    };
    assert!(migrate::pending(&database.url).unwrap().is_empty(), "the template has them all");
    let sown = sow(&database.connect()).await;
    for count in 1..=all.len() {
        let undone = migrate::down(&database.url, count).unwrap();
        assert_eq!(
            undone.iter().rev().collect::<Vec<_>>(),
            all.iter().skip(all.len() - count).collect::<Vec<_>>()
        );
        assert_eq!(migrate::pending(&database.url).unwrap().len(), count);
        assert_eq!(migrate::up(&database.url).unwrap().len(), count);
        let left = Sown::count(&database.connect()).await;
        assert!(
            left.survived(&sown, &all[..all.len() - count]),
            "after {count} down and up: {left:?} of {sown:?}"
        );
        if left != sown {
            sow_missing(&database.connect(), &left).await;
            assert_eq!(Sown::count(&database.connect()).await, sown, "it can be filled again");
        }
    }
    assert!(migrate::down(&database.url, all.len() + 1).is_err(), "there is nothing below nothing");
}

async fn migrations_have_their_names_everywhere(app: TestApp) {
    let empty = Database::empty(app.engine()).unwrap();
    let mut folders: Vec<_> = std::fs::read_dir("migrations")
        .unwrap()
        .map(|folder| folder.unwrap().file_name().into_string().unwrap())
        .collect();
    folders.sort();
    assert_eq!(migrate::pending(&empty.url).unwrap(), folders);
    assert_eq!(migrate::up(&empty.url).unwrap(), folders);
    let undone = migrate::down(&empty.url, 2).unwrap();
    assert_eq!(
        undone.iter().rev().collect::<Vec<_>>(),
        folders[folders.len() - 2..].iter().collect::<Vec<_>>()
    );
    assert_eq!(migrate::pending(&empty.url).unwrap(), folders[folders.len() - 2..]);

    let folder = tempfile::tempdir().unwrap();
    let nowhere = DatabaseUrl::Sqlite(folder.path().join("not/yet/incognito.db"));
    assert_eq!(migrate::pending(&nowhere).unwrap(), folders);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "looking makes nothing");
}

async fn many_who_migrate_at_once_do_it_once(app: TestApp) {
    let engine = app.engine();
    for _ in 0..3 {
        let empty = Database::empty(engine).unwrap();
        let applied: Vec<Vec<String>> = thread::scope(|scope| {
            let all: Vec<_> = (0..6).map(|_| scope.spawn(|| migrate::up(&empty.url).unwrap())).collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert_eq!(applied.iter().filter(|names| !names.is_empty()).count(), 1, "{applied:?}");
        assert!(migrate::pending(&empty.url).unwrap().is_empty());
    }
}

/// While its reader is slow, the only connection serves others. Rows that are added meanwhile move no other.
async fn a_walk_holds_no_connection_and_repeats_nothing(app: TestApp) {
    let of_number = |number: u128| AccountId::new(Uuid::from_u128(number << 16));
    let many = (2 * PIECE + 7) as u128;
    let add = |numbers: Vec<u128>| {
        app.db().write(move |conn| {
            let add = |&number| store::insert_account(conn, &blank_account(of_number(number), beginning()));
            numbers.iter().try_for_each(add)
        })
    };
    add((1..=many).collect()).await.unwrap();

    let db = Db::connect(app.db().url(), 1).unwrap();
    let mut walk = Box::pin(walk(db.clone(), None, store::accounts, |account| account.id));
    let mut found = walk.try_next().await.unwrap().unwrap();
    assert_eq!(found.len(), PIECE);
    db.read(move |conn| store::account(conn, of_number(1))).await.unwrap().unwrap();
    add(vec![0, many + 1]).await.unwrap();
    while let Some(piece) = walk.try_next().await.unwrap() {
        found.extend(piece);
    }
    let found: Vec<_> = found.iter().map(|account| account.id).collect();
    assert_eq!(found, (1..=many + 1).map(of_number).collect::<Vec<_>>());
}

/// What is asserted equal to one thing on each engine is equal on both.
async fn values_come_back_as_they_were(app: TestApp) {
    let db = app.db();
    let micros = [
        0,
        -1,
        1,
        -62_135_596_800_000_000, // the year 1
        -1_234_567_890_123_456,
        946_684_799_999_999, // PostgreSQL's zero, less one
        946_684_800_000_000,
        1_773_568_800_000_001,
        253_402_300_799_999_999, // the last of 9999
    ];
    for micros in micros {
        let (new, at) = (id(), Instant::from_micros(micros));
        let back: (AccountId, Instant) = db
            .write(move |conn| {
                store::insert_account(conn, &blank_account(new, at))?;
                Ok(account::table.find(new).select((account::id, account::created_at)).first(conn)?)
            })
            .await
            .unwrap();
        assert_eq!(back, (new, at), "{micros}");
        let found: i64 = db
            .read(move |conn| {
                Ok(account::table
                    .filter(account::created_at.le(at))
                    .filter(account::id.eq(new))
                    .count()
                    .first(conn)?)
            })
            .await
            .unwrap();
        assert_eq!(found, 1, "{micros} is comparable");
    }
    let order: Vec<i64> = db
        .read(|conn| {
            let all = account::table.select(account::created_at).order(account::created_at);
            Ok(all.load::<Instant>(conn)?.into_iter().map(Instant::micros).collect())
        })
        .await
        .unwrap();
    let mut sorted = micros.to_vec();
    sorted.sort_unstable();
    assert_eq!(order, sorted, "moments stand in their order");

    let names = [
        "",
        "O'Brien; DROP TABLE brand; --",
        "Кофе и çay",
        "𝕏 👩‍🍳 e\u{301}",
        "a\\b\"c\t\n%_",
        "\u{7f}\u{ffff}",
    ];
    for name in names {
        let new: BrandId = id();
        let back = db.write(move |conn| {
            insert_brand(conn, new, name)?;
            Ok(brand::table.find(new).select(brand::name).first::<String>(conn)?)
        });
        assert_eq!(back.await.unwrap(), name);
    }
    let documents = [
        json!({}),
        json!([]),
        json!({"b": 1, "a": {"é": [null, true, -7, 1.5, 9_007_199_254_740_993_i64, u64::MAX, "\"\\\u{1f600}\n"]}}),
        json!({"": "", "10": 1, "9": 2}),
        json!({"deep": deep(30)}),
    ];
    for document in documents {
        let (of, new, kept): (BrandId, ChecklistId, Value) = (id(), id(), document.clone());
        let back = db.write(move |conn| {
            insert_brand(conn, of, "json")?;
            insert_checklist(conn, new, of, Some(kept.clone()))?;
            Ok(checklist::table.find(new).select(checklist::draft).first::<Option<Json<Value>>>(conn)?)
        });
        assert_eq!(back.await.unwrap(), Some(Json(document)));
    }
    let (of, list, version, by): (BrandId, ChecklistId, VersionId, AccountId) = (id(), id(), id(), id());
    let digest = Sha256::of(b"\0a digest\xff");
    type Place = (Option<f64>, Option<f64>, Option<incognito::ids::RegionId>);
    let (back, place): (Sha256, Place) = db
        .write(move |conn| {
            insert_brand(conn, of, "sha")?;
            insert_checklist(conn, list, of, None)?;
            store::insert_account(conn, &blank_account(by, beginning()))?;
            insert_version(conn, version, list, of, by, digest)?;
            let at: BranchId = id();
            insert_branch(conn, at, of, (-33.856_784_399_999_99, 1e-7))?;
            Ok((
                checklist_version::table.find(version).select(checklist_version::content_hash).first(conn)?,
                branch::table
                    .find(at)
                    .select((branch::latitude, branch::longitude, branch::region_id))
                    .first(conn)?,
            ))
        })
        .await
        .unwrap();
    assert_eq!((back, place), (digest, (Some(-33.856_784_399_999_99), Some(1e-7), None)));
}

fn deep(levels: usize) -> Value {
    (0..levels).fold(json!(0), |inner, _| json!([inner]))
}

async fn new_account(db: &Db) -> AccountId {
    let new = id();
    db.write(move |conn| store::insert_account(conn, &blank_account(new, beginning()))).await.unwrap();
    new
}

fn count(conn: &mut Conn, of: AccountId) -> Result<i64> {
    Ok(account::table.find(of).select(account::revision).first(conn)?)
}

fn add_one(conn: &mut Conn, to: AccountId) -> Result<()> {
    let read = count(conn, to)?;
    let changed =
        diesel::update(account::table.find(to)).set(account::revision.eq(read + 1)).execute(conn)?;
    assert_eq!(changed, 1);
    Ok(())
}

async fn revision(db: &Db, of: AccountId) -> i64 {
    db.read(move |conn| count(conn, of)).await.unwrap()
}

/// How many rows stand in one table of each migration that others build upon.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Sown {
    /// In the order of [`SOWN`].
    rows: [i64; 6],
}

/// The migrations that made the tables.
const SOWN: [&str; 6] =
    ["01_places", "02_accounts", "03_checklists", "04_fieldwork", "05_visits", "54_packed_figures"];

impl Sown {
    async fn count(db: &Db) -> Self {
        let rows = db.read(|conn| {
            Ok([
                region::table.count().first(conn)?,
                account::table.count().first(conn)?,
                checklist_version::table.count().first(conn)?,
                assignment::table.count().first(conn)?,
                visit::table.count().first(conn)?,
                figure::table.count().first(conn)?,
            ])
        });
        Self { rows: rows.await.unwrap() }
    }

    /// Whether all that these migrations made is as it was, and the rest is gone.
    fn survived(&self, before: &Self, kept: &[String]) -> bool {
        let is_kept = |migration: &str| kept.iter().any(|name| name == migration);
        let wanted = before.rows.iter().zip(SOWN).map(|(&rows, by)| if is_kept(by) { rows } else { 0 });
        wanted.eq(self.rows)
    }
}

async fn sow(db: &Db) -> Sown {
    sow_missing(db, &Sown { rows: [0; 6] }).await;
    Sown::count(db).await
}

/// Puts one row into every table of which there is none, below first.
async fn sow_missing(db: &Db, sown: &Sown) {
    let missing = sown.rows.map(|rows| rows == 0);
    db.write(move |conn| {
        let [of, place, by, list, version, job, seen] = [1, 2, 3, 4, 5, 6, 7].map(uuid::Uuid::from_u128);
        let (of, place, by): (BrandId, BranchId, AccountId) = (of.into_id(), place.into_id(), by.into_id());
        let (list, version): (ChecklistId, VersionId) = (list.into_id(), version.into_id());
        let digest = Sha256::of(b"sown");
        if missing[0] {
            insert_brand(conn, of, "sown")?;
            let new = (
                region::id.eq(id::<incognito::ids::Region>()),
                region::brand_id.eq(of),
                region::name.eq("North"),
            );
            diesel::insert_into(region::table)
                .values((new, region::revision.eq(1_i64), region::created_at.eq(beginning())))
                .execute(conn)?;
            insert_branch(conn, place, of, (41.0, 29.0))?;
        }
        if missing[1] {
            store::insert_account(conn, &blank_account(by, beginning()))?;
        }
        if missing[2] {
            insert_checklist(conn, list, of, None)?;
            insert_version(conn, version, list, of, by, digest)?;
        }
        if missing[3] {
            diesel::insert_into(assignment::table)
                .values((
                    assignment::id.eq(job.into_id::<incognito::ids::Assignment>()),
                    assignment::brand_id.eq(of),
                    assignment::branch_id.eq(place),
                    assignment::version_id.eq(version),
                    assignment::shopper_id.eq(by),
                    assignment::opens_at.eq(beginning()),
                    assignment::closes_at.eq(beginning().plus_seconds(1)),
                    assignment::revision.eq(1_i64),
                    assignment::created_at.eq(beginning()),
                ))
                .execute(conn)?;
        }
        if missing[4] {
            diesel::insert_into(visit::table)
                .values((
                    visit::id.eq(seen.into_id::<incognito::ids::Visit>()),
                    visit::assignment_id.eq(job.into_id::<incognito::ids::Assignment>()),
                    visit::brand_id.eq(of),
                    visit::branch_id.eq(place),
                    visit::version_id.eq(version),
                    visit::shopper_id.eq(by),
                    visit::state.eq("complete"),
                    visit::content_hash.eq(digest),
                    visit::score.eq(Some(10_000)),
                    visit::month.eq(202_603),
                    visit::received_at.eq(beginning()),
                ))
                .execute(conn)?;
        }
        if missing[5] {
            diesel::insert_into(figure::table)
                .values((
                    figure::place_id.eq(place),
                    figure::reader.eq("desk"),
                    figure::month.eq(202_603),
                    figure::brand_id.eq(of),
                    figure::place_kind.eq("branch"),
                    figure::visits.eq(1_i64),
                    figure::total.eq(10_000_i64),
                    figure::total_squares.eq(100_000_000_i64),
                    figure::parts.eq(vec![0_u8, 0]),
                ))
                .execute(conn)?;
        }
        Ok(())
    })
    .await
    .unwrap();
}

trait IntoId {
    fn into_id<T>(self) -> incognito::db::types::Id<T>;
}

impl IntoId for uuid::Uuid {
    fn into_id<T>(self) -> incognito::db::types::Id<T> {
        incognito::db::types::Id::new(self)
    }
}

fn insert_brand(conn: &mut Conn, new: BrandId, name: &str) -> Result<()> {
    diesel::insert_into(brand::table)
        .values((
            brand::id.eq(new),
            brand::name.eq(name),
            brand::language.eq("en"),
            brand::minimum_visits.eq(3),
            brand::revision.eq(1_i64),
            brand::created_at.eq(beginning()),
        ))
        .execute(conn)?;
    Ok(())
}

fn insert_branch(conn: &mut Conn, new: BranchId, of: BrandId, at: (f64, f64)) -> Result<()> {
    diesel::insert_into(branch::table)
        .values((
            branch::id.eq(new),
            branch::brand_id.eq(of),
            branch::code.eq(new.to_string()),
            branch::name.eq("A branch"),
            branch::address.eq("Somewhere"),
            branch::latitude.eq(at.0),
            branch::longitude.eq(at.1),
            branch::time_zone.eq("Europe/Istanbul"),
            branch::languages.eq(Json(json!(["tr"]))),
            branch::revision.eq(1_i64),
            branch::created_at.eq(beginning()),
        ))
        .execute(conn)?;
    Ok(())
}

fn insert_checklist(conn: &mut Conn, new: ChecklistId, of: BrandId, draft: Option<Value>) -> Result<()> {
    diesel::insert_into(checklist::table)
        .values((
            checklist::id.eq(new),
            checklist::brand_id.eq(of),
            checklist::name.eq("A checklist"),
            checklist::draft.eq(draft.map(Json)),
            checklist::revision.eq(1_i64),
            checklist::created_at.eq(beginning()),
        ))
        .execute(conn)?;
    Ok(())
}

fn insert_version(
    conn: &mut Conn,
    new: VersionId,
    of: ChecklistId,
    brand: BrandId,
    by: AccountId,
    digest: Sha256,
) -> Result<()> {
    diesel::insert_into(checklist_version::table)
        .values((
            checklist_version::id.eq(new),
            checklist_version::checklist_id.eq(of),
            checklist_version::brand_id.eq(brand),
            checklist_version::number.eq(1),
            checklist_version::content.eq(Json(json!({}))),
            checklist_version::content_hash.eq(digest),
            checklist_version::published_by.eq(by),
            checklist_version::published_at.eq(beginning()),
        ))
        .execute(conn)?;
    Ok(())
}
