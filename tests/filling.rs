//! The fast path: a visit that it keeps is the same in every column as one that came through the API. `.ci/full many` makes many of them.

use std::sync::Arc;

use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::Text};
use incognito::{
    fieldwork::{
        assignments::{
            self,
            model::{Assignment, DirectAssignment, Window},
        },
        campaigns::terms::CampaignLimits,
    },
    filling::{self, Ground, PastReview, PastVisit, Spread},
    ids::{AssignmentId, ReportId, VisitId},
    ledger::seal::SealFacts,
    reports::{self, finish::FinishVisits, night},
    trust::look::LookAtVisits,
    visits::{self, state::Step},
    work::Task,
};
use jiff::{civil::Date, tz::TimeZone};
use serde_json::json;

use crate::{
    app::{Engine, TestApp, each_engine_test, id},
    builders::{World, answers, visit_body},
    ledger::{Hand, all_is_right},
    reports::release_all,
    reviews::approve,
    verify::fold,
};

each_engine_test!(a_visit_of_the_fast_path_is_one_that_came_through_the_api,);

/// The time zone of the world's branches.
const ZONE: &str = "Europe/Istanbul";
/// As the fast path has it: from the arrival to the look, and from the hour of the night to the work of the night.
const LOOKED_AT: i64 = 20;
const INTO_THE_NIGHT: i64 = 60;
const LATER: i64 = 300;

async fn a_visit_of_the_fast_path_is_one_that_came_through_the_api(app: TestApp) {
    let world = World::build(&app).await;
    let (brand, reviewer) = (&world.brands[0], &world.staff.reviewer);
    let [slow, fast] = &brand.regions[0].branches;
    let until = |then: incognito::db::types::Instant| (then.micros() - app.now().micros()) / 1_000_000;

    // Through the API, and through the nights.
    let visit: VisitId = id();
    let mut body = visit_body(slow.open_assignment, brand.version);
    body["answers"] = answers();
    body["answers"]["remarks"] = json!({"value": "The person at the counter looked up, smiled, asked what I wanted, and \
        brought it to my table within four minutes of my having paid for it."});
    app.put(&world.staff.shopper, format!("/v1/visits/{visit}"), body).await.expect(201);
    let received_at = app.now();
    app.advance(LOOKED_AT);
    LookAtVisits {}.run(app.app(), &app.house().versions).await.unwrap();
    app.advance(LATER - LOOKED_AT);
    approve(&app, reviewer, visit).await.expect(200);
    let approved_at = app.now();
    app.advance(until(night::next(app.now(), ZONE).plus_seconds(INTO_THE_NIGHT)));
    release_all(&app).await;
    let released_on: Date = night::local(app.now(), ZONE).date();
    let over = CampaignLimits::default().appeal_until(released_on).tomorrow().unwrap();
    let over = over.to_zoned(TimeZone::get(ZONE).unwrap()).unwrap();
    app.advance(until(night::next(over.timestamp().into(), ZONE).plus_seconds(INTO_THE_NIGHT)));
    FinishVisits {}.run(app.app(), &()).await.unwrap();
    fold(&app).await;
    SealFacts::default().run(app.app(), &()).await.unwrap();

    // The same in another branch, by the fast path.
    let kept = app.db().read(move |conn| visits::store::find(conn, visit)).await.unwrap().unwrap();
    let wanted = slow.open_assignment;
    let wanted = app.db().read(move |conn| assignments::store::find(conn, wanted)).await.unwrap().unwrap();
    let given = DirectAssignment {
        id: id(),
        branch_id: fast.id,
        version_id: brand.version,
        shopper_id: world.staff.shopper.account,
        window: Window { opens_at: wanted.opens_at, closes_at: wanted.closes_at },
    };
    let mut submission = kept.content.0;
    submission.assignment_id = given.id;
    let review =
        PastReview { reviewer: reviewer.account, step: Step::Approve, reason: None, at: approved_at };
    let past = PastVisit {
        assignment: Assignment::direct(&given, brand.id, wanted.created_at),
        id: id(),
        submission,
        received_at,
        review: Some(review),
    };
    let copy = past.id;
    let ground = Ground::read(app.db(), brand.id, brand.version, app.now()).await.unwrap();
    let one = Spread { visits: 1, branches: 1, windows: 3 };
    let make: Arc<filling::Make> = Arc::new(move |_, _| Ok(past.clone()));
    let (app_of, ground) = (app.shared(), Arc::new(ground));
    filling::fill(&app_of, &ground, one, &make, |_| ()).await.unwrap();
    all_is_right(&app).await;

    let report = async |of: VisitId| -> ReportId {
        app.db().read(move |conn| reports::store::of_visit(conn, of)).await.unwrap().unwrap().id
    };
    let ids = |visit: VisitId, wanted: AssignmentId, report: ReportId, branch: String| {
        [visit.to_string(), wanted.to_string(), report.to_string(), branch]
    };
    let of_slow = ids(visit, slow.open_assignment, report(visit).await, slow.id.to_string());
    let of_fast = ids(copy, given.id, report(copy).await, fast.id.to_string());
    let mut hand = Hand::on(&app);
    let [slow, fast] = [of_slow, of_fast].map(|ids| rows(&mut hand, app.engine(), &ids));
    assert!(slow.len() >= 12, "{slow:#?}");
    assert_eq!(slow, fast);

    // Again it is there, and nothing is done.
    filling::fill(&app_of, &ground, one, &make, |_| ()).await.unwrap();
    all_is_right(&app).await;
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

fn lines(hand: &mut Hand, statement: &str) -> Vec<String> {
    let rows = sql_query(statement).load::<Line>(&mut hand.0);
    rows.unwrap_or_else(|error| panic!("{statement}: {error}")).into_iter().map(|row| row.line).collect()
}

/// The tables that have rows of a visit, and by which column and which of the visit's ids; the columns that are random or follow from
/// ids are left out.
const TABLES: [(&str, &str, usize, &[&str]); 13] = [
    ("assignment", "id", 1, &[]),
    ("visit", "id", 0, &["content_hash"]),
    ("visit_content", "visit_id", 0, &["parts"]),
    ("visit_step", "visit_id", 0, &["salt"]),
    ("visit_before", "visit_id", 0, &[]),
    ("trust_look", "visit_id", 0, &["salt"]),
    ("trust_flag", "visit_id", 0, &[]),
    ("waiting_flag", "visit_id", 0, &[]),
    ("visit_text_band", "visit_id", 0, &[]),
    ("event", "subject", 0, &["id"]),
    ("audit", "subject_id", 0, &["id"]),
    ("report", "visit_id", 0, &[]),
    ("figure", "place_id", 3, &[]),
];

/// All rows of a visit in words, with its ids by their places in the list.
fn rows(hand: &mut Hand, engine: Engine, ids: &[String; 4]) -> Vec<String> {
    let mut all = Vec::new();
    for (table, by, which, without) in TABLES {
        let columns = match engine {
            Engine::Sqlite => format!("SELECT name AS line FROM pragma_table_info('{table}') ORDER BY cid"),
            Engine::Postgres => format!(
                "SELECT column_name AS line FROM information_schema.columns WHERE table_schema = current_schema()
                 AND table_name = '{table}' ORDER BY ordinal_position"
            ),
        };
        let columns = lines(hand, &columns);
        let shown = columns.iter().filter(|name| !without.contains(&name.as_str()));
        let shown: Vec<_> = shown
            .map(|name| match engine {
                Engine::Sqlite => format!("'{name} ' || quote({name})"),
                Engine::Postgres => format!("'{name} ' || quote_nullable({name}::text)"),
            })
            .collect();
        let id = match (engine, by) {
            (_, "subject") | (Engine::Postgres, _) => format!("'{}'", ids[which]),
            (Engine::Sqlite, _) => format!("X'{}'", ids[which].replace('-', "")),
        };
        let select = format!(
            "SELECT '{table}: ' || {} AS line FROM {table} WHERE {by} = {id}",
            shown.join(" || ', ' || ")
        );
        let mut of_table = lines(hand, &select);
        for line in &mut of_table {
            for (place, id) in ids.iter().enumerate() {
                let place = format!("<{place}>");
                *line = line.replace(id, &place).replace(&id.replace('-', "").to_uppercase(), &place);
            }
        }
        of_table.sort();
        all.extend(of_table);
    }
    all
}
