//! Visits without flags are approved by lot, in the share that their campaign sets; reviewers look at all others.

use actix_web::http::Method;
use incognito::{
    evidence::read::ReadEvidence,
    ids::{AssignmentId, VersionId, VisitId},
    reviews::approve_by_lot::ApproveByLot,
    seals::Seal,
    visits::{state::Step, store::steps},
    work::{Standing, Task},
};
use serde_json::{Value, json};

use super::desk::look;
use crate::{
    app::{TestApp, each_engine_test, id},
    board::{claim, shopper},
    builders::{World, visit_body, window_was},
    campaigns::{add_campaign, campaign_body, changed, plan},
    evidence::jpeg_of,
    ledger::all_is_right,
    personas::Persona,
    receipts::with_photos,
    uploads::File,
    verify::verified,
    visits::path,
};

each_engine_test!(
    a_share_of_what_has_no_flag_is_approved,
    what_has_a_flag_or_a_reviewer_is_not,
    without_a_share_nothing_is_approved,
    files_in_the_place_of_others_change_no_lot,
);

/// Draws all lots that wait, as the worker does.
pub async fn draw(app: &TestApp) {
    ApproveByLot {}.run(app.app(), &app.house().versions).await.unwrap();
    assert!(
        !app.db()
            .read(|conn| ApproveByLot::is_wanted(conn, incognito::db::types::Instant::NEVER))
            .await
            .unwrap()
    );
}

/// So many visits for each branch of the first brand, made for a campaign with these terms besides.
pub async fn made(app: &TestApp, world: &World, each: u8, terms: &[(&str, Value)]) -> Vec<VisitId> {
    made_by(app, world, each, terms).await.1
}

/// The same, with who made them.
pub async fn made_by(
    app: &TestApp,
    world: &World,
    each: u8,
    terms: &[(&str, Value)],
) -> (Persona, Vec<VisitId>) {
    let version = world.brands[0].version;
    let (phone, jobs) = claimed(app, world, version, each, terms).await;
    let mut visits = Vec::new();
    for job in jobs {
        let visit = id();
        app.put(&phone, path(visit), visit_body(job, version)).await.expect(201);
        visits.push(visit);
    }
    (phone, visits)
}

/// The jobs of such a campaign under this version, and the shopper who has claimed all of them.
async fn claimed(
    app: &TestApp,
    world: &World,
    version: VersionId,
    each: u8,
    terms: &[(&str, Value)],
) -> (Persona, Vec<AssignmentId>) {
    let (brand, staff) = (&world.brands[0], &world.staff);
    let wanted = [("/terms/visits_per_branch", json!(each))];
    let body = changed(&campaign_body(brand.id, version), &[&wanted[..], terms].concat());
    let campaign = add_campaign(app, &staff.scheduler, body).await;
    plan(app, &staff.scheduler, campaign).await.expect(200);
    let jobs = format!("/v1/assignments?limit=200&campaign_id={campaign}");
    let jobs = app.get(&staff.scheduler, jobs).await.expect(200);
    let phone = shopper(app).await;
    let mut claimed = Vec::new();
    for job in jobs.json["items"].as_array().unwrap() {
        let job: AssignmentId = job["id"].as_str().unwrap().parse().unwrap();
        claim(app, &phone, job).await.expect(200);
        window_was(app, job, "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z").await;
        claimed.push(job);
    }
    (phone, claimed)
}

async fn state(app: &TestApp, world: &World, visit: VisitId) -> String {
    app.get(&world.staff.reviewer, path(visit)).await.expect(200).text("/state")
}

async fn a_share_of_what_has_no_flag_is_approved(app: TestApp) {
    let world = World::build(&app).await;
    let terms = [("/terms/automatic_approval", json!({"share_bp": 4_000}))];
    let visits = made(&app, &world, 8, &terms).await;
    draw(&app).await;
    for visit in &visits {
        assert_eq!(state(&app, &world, *visit).await, "complete", "nobody has looked at it");
    }
    look(&app).await;
    app.advance(5);
    draw(&app).await;
    let mut approved = Vec::new();
    for visit in &visits {
        let lot = app.app().seals.lot(Seal::Approval, visit.uuid().as_bytes());
        let wanted = if lot < 4_000 { "approved" } else { "complete" };
        assert_eq!(state(&app, &world, *visit).await, wanted, "{lot}");
        approved.extend((lot < 4_000).then_some(*visit));
    }
    // By chance all of 32 go one way once in ten million times.
    assert!((1..visits.len()).contains(&approved.len()), "{} of {}", approved.len(), visits.len());
    let lots =
        [Seal::Approval, Seal::Opinion].map(|seal| app.app().seals.lot(seal, visits[0].uuid().as_bytes()));
    assert_ne!(lots[0], lots[1], "one lot says nothing of the other");
    // They count, and the history says that nobody decided.
    let verified = verified(&app).await;
    assert!(verified.is_right() && verified.counted == approved.len() as u64, "{verified:?}");
    let history = app.get(&world.staff.reviewer, path(approved[0]) + "/history").await.expect(200);
    let last = &history.json["items"][2];
    assert_eq!(
        (&last["what"], &last["account_id"], &last["at"]),
        (&json!("approved"), &Value::Null, &json!("2026-03-15T10:00:05Z")),
        "{history}"
    );
    // Nothing is drawn twice, and a reviewer can take it back.
    draw(&app).await;
    super::reopen(&app, &world.staff.reviewer, approved[0]).await.expect(200);
    draw(&app).await;
    assert_eq!(state(&app, &world, approved[0]).await, "complete");
    all_is_right(&app).await;
}

async fn what_has_a_flag_or_a_reviewer_is_not(app: TestApp) {
    let world = World::build(&app).await;
    let terms = [("/terms/automatic_approval", json!({"share_bp": 10_000}))];
    let visits = made(&app, &world, 1, &terms).await;
    // One is too short, one is a reviewer's.
    let (short, claimed) = (visits[0], visits[1]);
    let write = move |conn: &mut incognito::db::Conn| {
        use diesel::prelude::*;
        use incognito::db::{schema::visit_content, types::Json};
        let mut content: Json<Value> =
            visit_content::table.find(short).select(visit_content::content).first(conn)?;
        content.0["ended_at"] = json!("2026-03-14T09:01:00Z");
        let changed = visit_content::content.eq(content);
        Ok(diesel::update(visit_content::table.find(short)).set(changed).execute(conn)?)
    };
    app.db().write(write).await.unwrap();
    look(&app).await;
    app.call(Method::POST, path(claimed) + "/review/claim").by(&world.staff.reviewer).await.expect(200);
    draw(&app).await;
    let mut states = Vec::new();
    for visit in visits {
        states.push(state(&app, &world, visit).await);
    }
    assert_eq!(states, ["complete", "in_review", "approved", "approved"]);
    // What is in no campaign is never approved so.
    assert_eq!(state(&app, &world, world.brands[0].regions[0].branches[0].visit).await, "complete");
}

async fn without_a_share_nothing_is_approved(app: TestApp) {
    let world = World::build(&app).await;
    let visits = made(&app, &world, 1, &[]).await;
    look(&app).await;
    draw(&app).await;
    for visit in visits {
        assert_eq!(state(&app, &world, visit).await, "complete");
        let taken = app.db().read(move |conn| steps::latest(conn, visit)).await.unwrap();
        assert!(taken.iter().all(|taken| taken.step() != Some(Step::Approve)));
    }
    let brand = &world.brands[0];
    for wrong in [json!(0), json!(10_001), json!("all")] {
        let terms = [("/terms/automatic_approval", json!({"share_bp": wrong}))];
        let body = changed(&campaign_body(brand.id, brand.version), &terms);
        let answer = app.put(&world.staff.scheduler, format!("/v1/campaigns/{}", id::<()>()), body).await;
        answer.expect_invalid("/terms/automatic_approval/share_bp");
    }
}

/// A visit whose phone sent a file in the place of one that is never read is approved by lot as any other.
async fn files_in_the_place_of_others_change_no_lot(app: TestApp) {
    let world = World::build(&app).await;
    let (_, version) = world.staff.checklist(&app, world.brands[0].id, with_photos()).await;
    let terms = [("/terms/automatic_approval", json!({"share_bp": 10_000}))];
    let (phone, jobs) = claimed(&app, &world, version, 1, &terms).await;
    let visit = id();
    let (heic, jpeg) = (
        File::for_visit(visit, "image/heif", b"never comes".to_vec()),
        File::for_visit(visit, "image/jpeg", jpeg_of((400, 300))),
    );
    for file in [&heic, &jpeg] {
        let mut body = visit_body(jobs[0], version);
        body["manifest"] = json!([file.listed("photos")]);
        app.put(&phone, path(visit), body).await.expect(201);
    }
    jpeg.put(&app, &phone).await.expect(201);
    let read = ReadEvidence { evidence_id: jpeg.id, shopper_id: None };
    read.run(app.app(), &app.house().readers).await.unwrap();
    look(&app).await;
    draw(&app).await;
    assert_eq!(state(&app, &world, visit).await, "approved");
    all_is_right(&app).await;
}
