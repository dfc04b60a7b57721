//! When is sealed: soon, and under a steady stream not in many tiny batches; and how `verify` walks through much.

use std::sync::{Arc, Mutex};

use diesel::prelude::*;
use incognito::{
    db::{Conn, schema::ledger_batch},
    ledger::{
        seal::SealFacts,
        verify::{How, Progress, Stage, verify},
    },
    work::Standing,
};

use super::{looked, run, seal};
use crate::{
    app::{Engine, TestApp, each_engine_test},
    builders::World,
    reviews::approve,
};

each_engine_test!(
    a_batch_is_made_within_seconds_and_not_at_once,
    what_comes_in_hundreds_is_sealed_in_hundreds,
    keys_that_do_not_fit_are_walked_in_parts,
    progress_is_shown,
    what_is_unsealed_is_found_by_an_index,
);

async fn is_wanted(app: &TestApp) -> bool {
    let now = app.now();
    app.db().read(move |conn| SealFacts::is_wanted(conn, now)).await.unwrap()
}

async fn batches(app: &TestApp) -> i64 {
    let count = |conn: &mut Conn| Ok(ledger_batch::table.count().get_result(conn)?);
    app.db().read(count).await.unwrap()
}

async fn a_batch_is_made_within_seconds_and_not_at_once(app: TestApp) {
    let world = World::build(&app).await;
    assert!(is_wanted(&app).await, "nothing was sealed yet");
    seal(&app).await;
    assert_eq!(batches(&app).await, 3);
    app.advance(60);
    assert!(!is_wanted(&app).await, "there is nothing new");
    let visits = world.brands.iter().flat_map(|brand| &brand.regions).flat_map(|region| &region.branches);
    // One comes each second.
    for branch in visits {
        let reviewer = world.staff.reviewer.clone().renewed(&app);
        approve(&app, &reviewer, branch.visit).await.expect(200);
        if is_wanted(&app).await {
            seal(&app).await;
        }
        app.advance(1);
    }
    // Eight decisions in as many seconds: the first at once, three after three seconds and three after six.
    assert_eq!(batches(&app).await, 3 + 3);
    assert!(!is_wanted(&app).await);
    app.advance(1);
    assert!(is_wanted(&app).await, "three seconds after the batch before");
    seal(&app).await;
    assert_eq!(looked(&app).await.walked.unsealed, 0);
    assert!(!is_wanted(&app).await);
}

/// Visits that are of no assignment, so many.
fn flood(app: &TestApp, count: usize) {
    let id = match app.engine() {
        Engine::Sqlite => "randomblob(16)",
        Engine::Postgres => "gen_random_uuid()",
    };
    let columns = "brand_id, branch_id, version_id, shopper_id, state, content_hash, score, month, received_at, \
                   completed_at, noticed_at, made_at, sealed";
    let of_one = columns.replace("sealed", "0");
    run(
        app,
        &[format!(
            "INSERT INTO visit (id, assignment_id, {columns})
             WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
             SELECT {id}, {id}, {of_one} FROM n, (SELECT * FROM visit ORDER BY id LIMIT 1) AS one"
        )],
    );
}

async fn what_comes_in_hundreds_is_sealed_in_hundreds(app: TestApp) {
    World::build(&app).await;
    seal(&app).await;
    let before = batches(&app).await;
    flood(&app, 499);
    assert!(!is_wanted(&app).await, "it can wait for three seconds");
    flood(&app, 1);
    assert!(is_wanted(&app).await, "so many are sealed at once");
    flood(&app, 700);
    seal(&app).await;
    assert_eq!(batches(&app).await - before, 3, "500, 500 and 200");
    assert_eq!(looked(&app).await.walked.unsealed, 0);
}

async fn keys_that_do_not_fit_are_walked_in_parts(app: TestApp) {
    let world = World::build(&app).await;
    seal(&app).await;
    approve(&app, &world.staff.reviewer, world.brands[0].regions[0].branches[0].visit).await.expect(200);
    // What every part may see twice or not at all: rows that wait, that are said not to be sealed, and that are in no batch.
    run(
        &app,
        &["UPDATE visit SET sealed = 0".to_owned(), "UPDATE branch SET revision = 9, sealed = 9".to_owned()],
    );
    let in_parts = async |keys_at_once| {
        let how = How { keys_at_once, ..How::default() };
        let mut looked = verify(app.db(), &app.app().blobs, how, |_| {}).await.unwrap();
        looked.findings.listed.sort_unstable();
        looked
    };
    let whole = in_parts(1_000).await;
    assert_eq!((whole.findings.count(), whole.walked.unsealed, whole.walked.entries), (16 + 8, 3, 84));
    for keys_at_once in [1, 7, 50] {
        assert_eq!(in_parts(keys_at_once).await, whole, "{keys_at_once}");
    }
}

async fn progress_is_shown(app: TestApp) {
    World::build(&app).await;
    seal(&app).await;
    let heard = Arc::new(Mutex::new(Vec::<Progress>::new()));
    let hears = Arc::clone(&heard);
    let progress = move |progress| hears.lock().unwrap().push(progress);
    verify(app.db(), &app.app().blobs, How::default(), progress).await.unwrap();
    let progress = heard.lock().unwrap().clone();
    let (visits, others): (Vec<_>, Vec<_>) =
        progress.iter().partition::<Vec<&Progress>, _>(|one| one.stage == Stage::Visits);
    for some in [visits, others] {
        assert!(some.is_sorted_by_key(|one| (one.stage, one.done)), "{some:?}");
    }
    for (stage, all) in [(Stage::Visits, 8), (Stage::Chains, 84)] {
        let last = progress.iter().rfind(|one| one.stage == stage).unwrap();
        assert_eq!((last.done, last.all), (all, Some(all)), "{progress:?}");
    }
    assert!(progress.iter().any(|one| one.stage == Stage::Database));
    assert!(progress.iter().any(|one| one.stage == Stage::Rows && Some(one.done) <= one.all), "{progress:?}");
}

/// It is asked every second, also where millions are sealed.
async fn what_is_unsealed_is_found_by_an_index(app: TestApp) {
    World::build(&app).await;
    seal(&app).await;
    let (id, explain) = match app.engine() {
        Engine::Sqlite => ("randomblob(16)", "EXPLAIN QUERY PLAN"),
        Engine::Postgres => ("gen_random_uuid()", "EXPLAIN"),
    };
    let columns = "brand_id, branch_id, version_id, shopper_id, opens_at, closes_at, revision, created_at, attempt, state, sealed";
    let many = format!(
        "INSERT INTO assignment (id, {columns})
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
         SELECT {id}, {columns} FROM n, (SELECT * FROM assignment ORDER BY id LIMIT 1) AS one"
    );
    run(&app, &[many, "ANALYZE".to_owned()]);
    let mut hand = super::Hand::on(&app);
    for (table, by, what) in [
        ("assignment", "id", "assignment.sealed <> assignment.revision"),
        ("account", "id", "account.sealed <> account.revision"),
        ("visit_step", "visit_id", "NOT visit_step.sealed"),
    ] {
        let asked = format!("{explain} SELECT * FROM {table} WHERE {what} ORDER BY {by} LIMIT 1");
        let plan = hand.plan(&asked);
        let small = app.engine() == Engine::Postgres && table != "assignment";
        assert!(small || plan.contains(&format!("{table}_unsealed")), "{asked}: {plan}");
    }
}
