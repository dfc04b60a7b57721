//! The reviewers' desk: the queue in its orders, with its filters and figures, and the next visit.

use std::collections::BTreeSet;

use actix_web::http::Method;
use diesel::prelude::*;
use futures_util::future::join_all;
use incognito::{
    accounts::model::Role,
    board::rate::RateShoppers,
    db::{
        Conn,
        schema::{visit, waiting_flag},
        types::Instant,
    },
    ids::VisitId,
    trust::look::LookAtVisits,
    work::Task,
};
use serde_json::{Value, json};

use super::{Decide, approve, branches, exclude, ids, reject, reopen};
use crate::{
    app::{Answer, Engine, TestApp, each_engine_test, id},
    builders::{World, visit_body},
    campaigns::{add_campaign, campaign_body, changed, plan},
    ledger::{Hand, all_is_right},
    personas::Persona,
    visits::path,
};

each_engine_test!(
    the_queue_stands_in_three_orders,
    a_visit_is_found_by_its_flags,
    a_visit_is_found_by_its_shopper_and_language,
    a_visit_is_found_by_its_times,
    a_visit_is_found_by_its_claim,
    what_waits_is_counted,
    of_64_who_ask_for_the_next_each_gets_another,
    the_next_visit_is_the_first_that_is_free,
    a_million_that_wait_are_found_by_indexes,
);

/// Looks at all that waits.
pub async fn look(app: &TestApp) {
    LookAtVisits {}.run(app.app(), &app.house().versions).await.unwrap();
}

/// Lets a visit stand elsewhere in the queue than it does.
async fn stands(app: &TestApp, of: VisitId, rank: i32, due_at: Instant) {
    let write = move |conn: &mut Conn| {
        let marks = (visit::review_rank.eq(rank), visit::review_due_at.eq(Some(due_at)));
        Ok(diesel::update(visit::table.find(of)).set(marks).execute(conn)?)
    };
    assert_eq!(app.db().write(write).await.unwrap(), 1);
}

/// All of a list, some at a time.
async fn listed(app: &TestApp, who: &Persona, filter: &str, limit: usize) -> Vec<VisitId> {
    let who = who.clone().renewed(app);
    let (mut found, mut next) = (Vec::new(), format!("/v1/reviews?limit={limit}&{filter}"));
    while !next.is_empty() {
        let page = app.get(&who, &next).await.expect(200);
        found.extend(ids(&page.json["items"]));
        let link = page.header("link").trim_start_matches('<');
        next = link.trim_end_matches(">; rel=\"next\"").to_owned();
    }
    found
}

async fn next(app: &TestApp, who: &Persona, filter: &str) -> Answer {
    app.call(Method::POST, format!("/v1/reviews/next?{filter}")).by(&who.clone().renewed(app)).await
}

fn sorted(mut visits: Vec<VisitId>) -> Vec<VisitId> {
    visits.sort();
    visits
}

async fn the_queue_stands_in_three_orders(app: TestApp) {
    let world = World::build(&app).await;
    let reviewer = &world.staff.reviewer;
    let waiting: Vec<_> = branches(&world).map(|branch| branch.visit).collect();
    // In each order they stand otherwise, and in each some stand equal.
    for (number, visit) in waiting.iter().enumerate() {
        let number = i64::try_from(number).unwrap();
        stands(&app, *visit, (number % 4) as i32, app.now().plus_seconds(3_600 * (number % 3))).await;
    }
    let by = |key: fn(usize) -> usize| {
        let mut all: Vec<_> =
            waiting.iter().enumerate().map(|(number, visit)| (key(number), *visit)).collect();
        all.sort();
        all.into_iter().map(|(_, visit)| visit).collect::<Vec<_>>()
    };
    for (filter, wanted) in [
        ("", by(|_| 0)),
        ("sort=age", by(|_| 0)),
        ("sort=risk", by(|number| number % 4)),
        ("sort=deadline", by(|number| number % 3)),
    ] {
        for limit in [1, 3, 8, 50] {
            assert_eq!(listed(&app, reviewer, filter, limit).await, wanted, "{filter}, {limit} at a time");
        }
    }
    // A cursor is of one order.
    let page = app.get(reviewer, "/v1/reviews?sort=risk&limit=2").await.expect(200);
    let cursor = page.text("/next_cursor");
    app.get(reviewer, format!("/v1/reviews?sort=risk&limit=2&cursor={cursor}")).await.expect(200);
    for other in ["sort=age&", "sort=deadline&", ""] {
        app.get(reviewer, format!("/v1/reviews?{other}cursor={cursor}")).await.expect_invalid("cursor");
    }
    app.get(reviewer, "/v1/reviews?sort=score").await.expect_invalid("sort");
}

async fn a_visit_is_found_by_its_flags(app: TestApp) {
    let world = World::build(&app).await;
    let (brand, reviewer) = (&world.brands[0], &world.staff.reviewer);
    let branch = &brand.regions[0].branches[0];
    let send = async |change: fn(&mut Value)| {
        let to = world.staff.assignment(&app, branch.id, brand.version).await;
        let (visit, mut body) = (id(), visit_body(to, brand.version));
        change(&mut body);
        app.put(&world.staff.shopper, path(visit), body).await.expect(201);
        visit
    };
    let short = send(|body| body["ended_at"] = json!("2026-03-14T09:01:00Z")).await;
    let pretended = send(|body| {
        body["positions"] = json!([{"at": "2026-03-14T09:05:00Z", "latitude": 41.0082, "longitude": 28.9784,
            "accuracy_m": 20, "mock": true}]);
    })
    .await;
    let by_flag = async |kind: &str| sorted(listed(&app, reviewer, &format!("flag={kind}"), 50).await);
    assert_eq!(by_flag("too_short").await, [], "nothing was looked at yet");
    look(&app).await;
    assert_eq!(by_flag("too_short").await, [short]);
    assert_eq!(by_flag("mock_position").await, [pretended]);
    assert_eq!(by_flag("text_copied").await, []);
    assert_eq!(sorted(listed(&app, reviewer, "weight=high", 50).await), sorted(vec![short, pretended]));
    let first = listed(&app, reviewer, "sort=risk", 50).await;
    assert_eq!(sorted(first[..2].to_vec()), sorted(vec![short, pretended]), "the heaviest come first");
    assert_eq!(first.len(), 10);
    // What was decided about waits no more, and waits again when that is taken back.
    let waiting = async || {
        let count = |conn: &mut Conn| Ok(waiting_flag::table.count().get_result::<i64>(conn)?);
        app.db().read(count).await.unwrap()
    };
    let before = waiting().await;
    for decide in [approve as Decide, reject, exclude] {
        decide(&app, reviewer, short).await.expect(200);
        assert_eq!((by_flag("too_short").await, waiting().await), (vec![], before - 1));
        reopen(&app, reviewer, short).await.expect(200);
        assert_eq!((by_flag("too_short").await, waiting().await), (vec![short], before));
    }
    // Nobody learns from the order or a filter what may be wrong with the own visit.
    let shopper = &world.staff.shopper;
    let grant = format!("/v1/accounts/{}/grants/{}", shopper.account, id::<()>());
    app.put(&world.staff.administrator, grant, json!({"role": "reviewer"})).await.expect(201);
    for filter in ["flag=too_short", "weight=high", "sort=risk"] {
        assert_eq!(listed(&app, shopper, filter, 50).await, [], "{filter}");
    }
    app.get(reviewer, "/v1/reviews?flag=ugly").await.expect_invalid("flag");
    all_is_right(&app).await;
}

async fn a_visit_is_found_by_its_shopper_and_language(app: TestApp) {
    let world = World::build(&app).await;
    let (reviewer, brand) = (&world.staff.reviewer, &world.brands[0]);
    let all = branches(&world).count();
    let rated =
        async |highest: &str| listed(&app, reviewer, &format!("highest_rating={highest}"), 50).await.len();
    assert_eq!((rated("79").await, rated("80").await), (0, all), "of whom nothing is known is expected 80");
    for region in &brand.regions {
        for branch in &region.branches {
            reject(&app, reviewer, branch.visit).await.expect(200);
        }
    }
    RateShoppers {}.run(app.app(), &()).await.unwrap();
    // (4 × 80 + 0 + 0 + 0 + 0) / 8
    assert_eq!((rated("39").await, rated("40").await), (0, 4));
    app.get(reviewer, "/v1/reviews?highest_rating=101").await.expect_invalid("highest_rating");

    let french = world.brands[1].regions[0].branches[0].visit;
    let write = move |conn: &mut Conn| {
        Ok(diesel::update(visit::table.find(french)).set(visit::language.eq(Some("fr"))).execute(conn)?)
    };
    app.db().write(write).await.unwrap();
    assert_eq!(listed(&app, reviewer, "language=fr", 50).await, [french]);
    assert_eq!(listed(&app, reviewer, "language=bg", 50).await, []);
}

async fn a_visit_is_found_by_its_times(app: TestApp) {
    let world = World::build(&app).await;
    let (brand, staff) = (&world.brands[0], &world.staff);
    let branch = brand.regions[0].branches[0].id;
    // The campaign wants its visits decided about within six hours, once they were looked at.
    let changes = [
        ("/terms/visits_per_branch", json!(1)),
        ("/terms/starts_on", json!("2026-03-15")),
        ("/terms/places", json!({"branches": [branch]})),
        ("/terms/limits/review_hours", json!(6)),
    ];
    let campaign =
        add_campaign(&app, &staff.scheduler, changed(&campaign_body(brand.id, brand.version), &changes))
            .await;
    plan(&app, &staff.scheduler, campaign).await.expect(200);
    let jobs = app.get(&staff.scheduler, format!("/v1/assignments?campaign_id={campaign}")).await.expect(200);
    let job: incognito::ids::AssignmentId = jobs.text("/items/0/id").parse().unwrap();
    crate::board::claim(&app, &staff.shopper, job).await.expect(200);
    app.advance(100);
    let urgent = id();
    app.put(&staff.shopper, path(urgent), visit_body(job, brand.version)).await.expect(201);
    let due = async || {
        let page = app.get(&staff.reviewer, format!("/v1/reviews?campaign_id={campaign}")).await.expect(200);
        page.text("/items/0/review_due_at")
    };
    assert_eq!(due().await, "2026-03-18T10:01:40Z");
    look(&app).await;
    assert_eq!(due().await, "2026-03-15T16:01:40Z");
    assert_eq!(listed(&app, &staff.reviewer, "sort=deadline", 50).await[0], urgent);
    let one = async |filter: &str| listed(&app, &staff.reviewer, filter, 50).await;
    assert_eq!(one("due_before=2026-03-15T16:01:40Z").await, []);
    assert_eq!(one("due_before=2026-03-15T16:01:41Z").await, [urgent]);
    assert_eq!(one("received_before=2026-03-15T10:01:40Z").await.len(), 8);
    assert_eq!(one("received_before=2026-03-15T10:01:41Z").await.len(), 9);
    let counts = app.get(&staff.reviewer, "/v1/reviews/counts").await.expect(200);
    assert_eq!(counts.json["overdue"], 0);
    app.advance(6 * 3_600 + 1);
    let counts = app.get(&staff.reviewer.clone().renewed(&app), "/v1/reviews/counts").await.expect(200);
    assert_eq!(counts.json["overdue"], 1, "{counts}");
}

async fn a_visit_is_found_by_its_claim(app: TestApp) {
    let world = World::build(&app).await;
    let one = &world.staff.reviewer;
    let other = &Persona::everywhere(&app, Role::Reviewer).await;
    let [first, second] = world.brands[0].regions[0].branches.each_ref().map(|branch| branch.visit);
    let claim = async |who: &Persona, visit: VisitId| {
        app.call(Method::POST, path(visit) + "/review/claim").by(&who.clone().renewed(&app)).await.expect(200)
    };
    claim(one, first).await;
    claim(other, second).await;
    let by = async |who: &Persona, claimed: &str| listed(&app, who, &format!("claimed={claimed}"), 50).await;
    assert_eq!((by(one, "mine").await, by(one, "others").await), (vec![first], vec![second]));
    assert_eq!((by(other, "mine").await, by(other, "others").await), (vec![second], vec![first]));
    assert_eq!(by(one, "none").await.len(), 6);
    // Handed over, given back, at the end of the lease.
    let release = format!("{}/review/release-claim", path(first));
    app.post(one, &release, json!({"reviewer_id": other.account})).await.expect(200);
    assert_eq!((by(one, "mine").await, by(other, "mine").await.len()), (vec![], 2));
    app.post(other, &release, json!({})).await.expect(200);
    assert_eq!((by(one, "none").await.len(), by(other, "mine").await), (7, vec![second]));
    app.advance(1_799);
    assert_eq!(by(other, "mine").await, [second]);
    app.advance(1);
    assert_eq!(
        (by(other, "mine").await, by(one, "others").await, by(one, "none").await.len()),
        (vec![], vec![], 8)
    );
    all_is_right(&app).await;
}

async fn what_waits_is_counted(app: TestApp) {
    let world = World::build(&app).await;
    let (reviewer, other) = (&world.staff.reviewer, &Persona::everywhere(&app, Role::Reviewer).await);
    let waiting: Vec<_> = branches(&world).map(|branch| branch.visit).collect();
    for (visit, rank) in waiting.iter().zip([0, 1, 1, 2, 2, 2, 3, 3]) {
        stands(&app, *visit, rank, app.now().plus_seconds(i64::from(rank) - 1)).await;
    }
    for (who, visit) in [(reviewer, waiting[0]), (reviewer, waiting[1]), (other, waiting[2])] {
        app.call(Method::POST, path(visit) + "/review/claim").by(who).await.expect(200);
    }
    let counts = app.get(reviewer, "/v1/reviews/counts").await.expect(200);
    let wanted = json!({
        "states": {"complete": 5, "in_review": 3, "submitted": 0},
        "weights": {"high": 1, "medium": 2, "low": 3},
        "overdue": 1,
        "claimed": {"mine": 2, "others": 1},
    });
    assert_eq!(counts.json, wanted);
    let brand = format!("/v1/reviews/counts?brand_id={}", world.brands[0].id);
    let counts = app.get(reviewer, brand).await.expect(200);
    let wanted = json!({
        "states": {"complete": 1, "in_review": 3, "submitted": 0},
        "weights": {"high": 1, "medium": 2, "low": 1},
        "overdue": 1,
        "claimed": {"mine": 2, "others": 1},
    });
    assert_eq!(counts.json, wanted);
    let neighbour = Persona::with(&app, &[(Role::Reviewer, world.brands[1].scope())]).await;
    let counts = app.get(&neighbour, "/v1/reviews/counts").await.expect(200);
    assert_eq!(
        (&counts.json["states"]["complete"], &counts.json["claimed"]["others"]),
        (&json!(4), &json!(0))
    );
}

async fn of_64_who_ask_for_the_next_each_gets_another(app: TestApp) {
    let world = World::build(&app).await;
    let brand = &world.brands[0];
    let branch = brand.regions[0].branches[0].id;
    for _ in 0..60 {
        let to = world.staff.assignment(&app, branch, brand.version).await;
        app.put(&world.staff.shopper, path(id()), visit_body(to, brand.version)).await.expect(201);
    }
    let reviewers = join_all((0..64).map(|_| Persona::everywhere(&app, Role::Reviewer))).await;
    let filter = format!("brand_id={}", brand.id);
    let answers = join_all(reviewers.iter().map(|who| next(&app, who, &filter))).await;
    let mut claimed = BTreeSet::new();
    for (answer, who) in answers.into_iter().zip(&reviewers) {
        let answer = answer.expect(200);
        assert_eq!(answer.json["claimed"]["reviewer_id"], json!(who.account), "{answer}");
        claimed.insert(answer.text("/claimed/visit_id"));
    }
    assert_eq!(claimed.len(), 64, "each got another");
    let late = next(&app, &world.staff.reviewer, &filter).await.expect(200);
    assert_eq!(late.json, json!({"claimed": null}));
    all_is_right(&app).await;
}

async fn the_next_visit_is_the_first_that_is_free(app: TestApp) {
    let world = World::build(&app).await;
    let reviewer = &world.staff.reviewer;
    let waiting = listed(&app, reviewer, "", 50).await;
    stands(&app, waiting[5], 0, app.now()).await;
    let visit = async |who: &Persona, filter: &str| {
        next(&app, who, filter).await.expect(200).text("/claimed/visit_id").parse::<VisitId>().unwrap()
    };
    assert_eq!(visit(reviewer, "sort=risk").await, waiting[5]);
    assert_eq!(visit(reviewer, "").await, waiting[0]);
    let other = &Persona::everywhere(&app, Role::Reviewer).await;
    assert_eq!(visit(other, "sort=age").await, waiting[1]);
    assert_eq!(visit(reviewer, "").await, waiting[2], "another one each time");
    app.advance(1_800);
    assert_eq!(visit(other, "").await, waiting[0], "its lease is over");
    // Nobody is given the own visit.
    let shopper = &world.staff.shopper;
    let grant = format!("/v1/accounts/{}/grants/{}", shopper.account, id::<()>());
    let administrator = world.staff.administrator.clone().renewed(&app);
    app.put(&administrator, grant, json!({"role": "reviewer"})).await.expect(201);
    assert_eq!(next(&app, shopper, "").await.expect(200).json, json!({"claimed": null}));
    next(&app, reviewer, "limit=1").await.expect_invalid("limit");
    all_is_right(&app).await;
}

/// The statements are the ones of `reviews/store.rs`, with few columns.
async fn a_million_that_wait_are_found_by_indexes(app: TestApp) {
    World::build(&app).await;
    let (blob, explain) = match app.engine() {
        Engine::Sqlite => ("randomblob(16)", "EXPLAIN QUERY PLAN"),
        Engine::Postgres => ("gen_random_uuid()", "EXPLAIN"),
    };
    let mut hand = Hand::on(&app);
    let kept = "brand_id, branch_id, version_id, shopper_id, content_hash, month, state";
    let minutes = match app.engine() {
        Engine::Sqlite => "i * 60000000",
        Engine::Postgres => "i * interval '1 minute'",
    };
    hand.run(&format!(
        "INSERT INTO visit (id, assignment_id, {kept}, received_at, review_due_at, review_rank, language, claimed_by)
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
         SELECT {blob}, {blob}, {kept}, received_at + {minutes}, received_at - {minutes}, i % 4,
             CASE WHEN i % 50 = 0 THEN 'fr' END, CASE WHEN i % 5000 = 0 THEN {blob} END
         FROM n, (SELECT * FROM visit ORDER BY id LIMIT 1) AS one"
    ));
    hand.run("ANALYZE");
    let some = "SELECT id, state FROM visit WHERE visit.state IN ('complete', 'in_review')";
    let (one, at) = match app.engine() {
        Engine::Sqlite => ("x'00'", "0"),
        Engine::Postgres => ("'00000000-0000-0000-0000-000000000000'", "'2020-01-01'"),
    };
    for (wanted, index) in [
        (format!("{some} AND (received_at, id) > ({at}, {one}) ORDER BY received_at, id"), "visit_queue"),
        (
            format!(
                "{some} AND (review_rank, received_at, id) > (2, {at}, {one}) ORDER BY review_rank, received_at, id"
            ),
            "visit_queue_rank",
        ),
        (format!("{some} AND review_rank = 1 ORDER BY received_at, id"), "visit_queue_rank"),
        (
            format!("{some} AND (review_due_at, id) > ({at}, {one}) ORDER BY review_due_at, id"),
            "visit_queue_due",
        ),
        (
            format!("{some} AND visit.language IS NOT NULL AND language = 'fr' ORDER BY received_at, id"),
            "visit_queue_language",
        ),
        (format!("{some} AND brand_id = {one} ORDER BY received_at, id"), "visit_queue_brand"),
        // Of a brand with many visits, which are not to be put in order first.
        (
            format!(
                "{some} AND COALESCE(visit.brand_id, visit.brand_id) = {one} ORDER BY review_rank, received_at, id"
            ),
            "visit_queue_rank",
        ),
        (
            format!(
                "{some} AND visit.claimed_by IS NOT NULL AND claimed_by = {one} ORDER BY received_at, id"
            ),
            "visit_claimed",
        ),
    ] {
        // What PostgreSQL knows of an expression says nothing here.
        if app.engine() == Engine::Postgres && wanted.contains("COALESCE") {
            continue;
        }
        let asked = format!("{explain} {wanted} LIMIT 51");
        let plan = hand.plan(&asked);
        // PostgreSQL knows how many there are: what is not rare it finds in the order itself as well.
        let is_found =
            plan.contains(index) || app.engine() == Engine::Postgres && plan.contains("using visit_queue");
        assert!(is_found, "{asked}: {plan}");
        assert!(!plan.contains("SCAN visit;") && !plan.contains("Seq Scan"), "{asked}: {plan}");
        assert!(!plan.to_lowercase().contains("sort") && !plan.contains("TEMP B-TREE"), "{asked}: {plan}");
    }
}
