//! What was begun can be sent when the grant for it has ended.

use actix_web::http::Method;
use incognito::{
    accounts::model::Role,
    ids::{AssignmentId, VisitId},
    trust::look::LookAtVisits,
    work::Task,
};
use serde_json::{Value, json};

use crate::{
    app::{Answer, TestApp, each_engine_test, id},
    builders::{World, assignment_body, visit_body},
    personas::Persona,
    receipts::with_photos,
    uploads::File,
    visits::path,
};

each_engine_test!(
    what_was_begun_is_taken_for_a_month,
    a_window_that_is_open_is_time_enough,
    one_grant_is_enough,
    what_may_be_sent_may_be_read,
);

const DAY: i64 = 86_400;

/// A shopper of the first brand with an assignment that closes so many days from now.
struct Case {
    world: World,
    shopper: Persona,
    assignment: AssignmentId,
    version: incognito::ids::VersionId,
}

impl Case {
    async fn new(app: &TestApp, days: i64) -> Self {
        let world = World::build(app).await;
        let brand = &world.brands[0];
        let (_, version) = world.staff.checklist(app, brand.id, with_photos()).await;
        let shopper = Persona::with(app, &[(Role::Shopper, brand.scope())]).await;
        let assignment = id();
        let mut body = assignment_body(brand.regions[0].branches[0].id, version, &shopper);
        body["closes_at"] = json!(app.now().plus_seconds(days * DAY));
        app.put(&world.staff.scheduler, format!("/v1/assignments/{assignment}"), body).await.expect(201);
        Self { world, shopper, assignment, version }
    }

    /// Takes back all that the shopper may.
    async fn end(&self, app: &TestApp) {
        let administrator = self.world.staff.administrator.clone().renewed(app);
        let account = format!("/v1/accounts/{}", self.shopper.account);
        let grants = app.get(&administrator, &account).await.expect(200).json["grants"].clone();
        for grant in grants.as_array().unwrap() {
            let grant = grant["id"].as_str().unwrap();
            app.delete(&administrator, format!("{account}/grants/{grant}")).await.expect(204);
        }
    }

    async fn submit(&self, app: &TestApp, visit: VisitId, files: &[&File]) -> Answer {
        let mut body = visit_body(self.assignment, self.version);
        body["manifest"] = files.iter().map(|file| file.listed("photos")).collect();
        app.put(&self.now(app), path(visit), body).await
    }

    fn now(&self, app: &TestApp) -> Persona {
        self.shopper.clone().renewed(app)
    }

    async fn kinds(&self, app: &TestApp, visit: VisitId) -> Vec<String> {
        LookAtVisits {}.run(app.app(), &app.house().versions).await.unwrap();
        let reviewer = self.world.staff.reviewer.clone().renewed(app);
        let found = app.get(&reviewer, format!("{}/flags", path(visit))).await.expect(200);
        assert!(found.json["looked_at"].is_string(), "{found}");
        found.json["flags"]
            .as_array()
            .unwrap()
            .iter()
            .map(|flag| flag["kind"].as_str().unwrap().to_owned())
            .collect()
    }
}

async fn what_was_begun_is_taken_for_a_month(app: TestApp) {
    let case = Case::new(&app, 1).await;
    case.end(&app).await;
    app.get(&case.now(&app), "/v1/jobs").await.expect_problem(403, "forbidden");
    app.advance(30 * DAY - 1);
    let who = case.now(&app);
    let work = app.get(&who, "/v1/me/work").await.expect(200);
    assert_eq!(work.json["assignments"][0]["id"], json!(case.assignment), "{work}");
    let visit = id();
    let [small, large] = [1, 2].map(|seed| File::for_visit(visit, "image/jpeg", File::of(seed, 2_000).bytes));
    let sent = case.submit(&app, visit, &[&small, &large]).await.expect(201);
    assert_eq!(sent.json["missing"], json!([small.id, large.id]));
    small.put(&app, &who).await.expect(201);
    large.create(&app, &who).await.expect(201);
    let patch = app.call(Method::PATCH, format!("/v1/uploads/{}", large.id)).by(&who);
    let patch = patch.header("tus-resumable", "1.0.0").header("upload-offset", "0");
    patch.body("application/offset+octet-stream", large.bytes.clone()).await.expect(204);
    let again = case.submit(&app, visit, &[&small, &large]).await.expect(201);
    assert_eq!((&again.json["state"], &again.json["missing"]), (&json!("complete"), &json!([])));
    app.advance(DAY + 1); // its files are not waited for any more
    assert!(case.kinds(&app, visit).await.contains(&"grant_ended".to_owned()));

    // The window closed a day after the grant ended.
    let late = id();
    let who = case.now(&app);
    for refused in [
        case.submit(&app, late, &[]).await,
        app.get(&who, "/v1/me/work").await,
        app.get(&who, path(visit)).await,
        app.get(&who, format!("{}/receipt", path(visit))).await,
        File::for_visit(late, "image/jpeg", vec![1]).put(&app, &who).await,
        File::for_visit(late, "image/jpeg", vec![1]).create(&app, &who).await,
    ] {
        refused.expect_problem(403, "forbidden");
    }
}

async fn a_window_that_is_open_is_time_enough(app: TestApp) {
    let case = Case::new(&app, 20).await;
    case.end(&app).await;
    app.advance(50 * DAY - 1);
    case.submit(&app, id(), &[]).await.expect(201);
    app.advance(1);
    app.get(&case.now(&app), "/v1/me/work").await.expect_problem(403, "forbidden");
}

/// Work for one brand does not keep another from being finished, and an honest visit is not flagged.
async fn one_grant_is_enough(app: TestApp) {
    let case = Case::new(&app, 1).await;
    let honest = id();
    case.submit(&app, honest, &[]).await.expect(201);
    assert!(!case.kinds(&app, honest).await.contains(&"grant_ended".to_owned()));
    let next = Case { assignment: id(), ..case };
    let mut body =
        assignment_body(next.world.brands[0].regions[0].branches[1].id, next.version, &next.shopper);
    body["closes_at"] = json!(app.now().plus_seconds(DAY));
    let scheduler = &next.world.staff.scheduler;
    app.put(scheduler, format!("/v1/assignments/{}", next.assignment), body).await.expect(201);
    next.end(&app).await;
    let grant = json!({"role": "shopper", "scope": {"brand_id": next.world.brands[1].id}});
    let to = format!("/v1/accounts/{}/grants/{}", next.shopper.account, id::<()>());
    app.put(&next.world.staff.administrator, to, grant).await.expect(201);
    app.advance(60);
    let work: Value = app.get(&next.now(&app), "/v1/me/work").await.expect(200).json;
    assert!(work["assignments"].to_string().contains(&next.assignment.to_string()), "{work}");
    let visit = id();
    next.submit(&app, visit, &[]).await.expect(201);
    assert!(next.kinds(&app, visit).await.contains(&"grant_ended".to_owned()));
}

/// A shopper whose grant has ended reads their own visit and its receipt as long as they may send it.
async fn what_may_be_sent_may_be_read(app: TestApp) {
    let case = Case::new(&app, 1).await;
    let visit: VisitId = id();
    case.submit(&app, visit, &[]).await.expect(201);
    let shopper = case.shopper.clone();
    let stranger = Persona::with(&app, &[(Role::Shopper, case.world.brands[0].scope())]).await;
    let read = async |who: &Persona| {
        let who = who.clone().renewed(&app);
        let (seen, receipt) =
            (app.get(&who, path(visit)).await, app.get(&who, format!("{}/receipt", path(visit))).await);
        assert_eq!(seen.status, receipt.status, "{seen} {receipt}");
        seen.status
    };
    assert_eq!([read(&shopper).await, read(&stranger).await], [200, 404]);
    case.end(&app).await;
    app.advance(30 * DAY - 1);
    assert_eq!([read(&shopper).await, read(&stranger).await], [200, 404]);
    app.get(&case.now(&app), "/v1/me/work").await.expect(200);
    app.get(&case.now(&app), "/v1/visits").await.expect_problem(403, "forbidden");
    // Work for another brand, or at a desk, takes nothing of it away.
    let give = async |role: &str, scope: Value| {
        let to = format!("/v1/accounts/{}/grants/{}", case.shopper.account, id::<()>());
        let administrator = case.world.staff.administrator.clone().renewed(&app);
        app.put(&administrator, to, json!({"role": role, "scope": scope})).await.expect(201);
    };
    let elsewhere = json!({"brand_id": case.world.brands[1].id});
    give("reviewer", elsewhere.clone()).await;
    assert_eq!(read(&shopper).await, 200);
    app.advance(2 * DAY);
    assert_eq!(read(&shopper).await, 404, "the time is over, and the desk is another brand's");
    give("shopper", elsewhere).await;
    assert_eq!(read(&shopper).await, 200, "a shopper sends what was begun at any time");
}
