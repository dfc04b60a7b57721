//! A visit that does not count and is wanted again: its slot opens by itself, and closes again when the decision is taken
//! back.

use incognito::ids::{AssignmentId, CampaignId, VisitId};
use serde_json::{Value, json};

use super::{approve, reopen};
use crate::{
    app::{Answer, TestApp, each_engine_test, id},
    board::{claim, shopper, step},
    builders::{World, visit_body},
    campaigns::{add_campaign, campaign_body, changed, counts, only, plan},
    ledger::all_is_right,
    personas::Persona,
    visits::path,
};

each_engine_test!(
    the_slot_of_a_visit_that_does_not_count_opens_at_once,
    a_reviewer_or_the_campaign_wants_no_other,
    a_job_that_a_shopper_has_is_honoured,
    what_has_no_day_left_is_missing,
    outside_of_a_campaign_nothing_opens,
);

/// A campaign of one visit in one branch, which was made.
struct Case {
    world: World,
    campaign: CampaignId,
    body: Value,
    visit: VisitId,
}

impl Case {
    async fn new(app: &TestApp, changes: &[(&str, Value)]) -> Self {
        let world = World::build(app).await;
        let (brand, staff) = (&world.brands[0], &world.staff);
        let branch = brand.regions[0].branches[0].id;
        let one = [
            ("/terms/visits_per_branch", json!(1)),
            ("/terms/places", json!({"branches": [branch]})),
            // Whoever made it may go again.
            ("/terms/who", json!({})),
        ];
        let body = changed(&campaign_body(brand.id, brand.version), &[&one[..], changes].concat());
        let campaign = add_campaign(app, &staff.scheduler, body.clone()).await;
        plan(app, &staff.scheduler, campaign).await.expect(200);
        let mut case = Self { world, campaign, body, visit: id() };
        let job = case.open(app).await[0];
        case.visit = case.make(app, &shopper(app).await, job).await;
        case.counts(app, &[("submitted", 1)]).await;
        case
    }

    async fn make(&self, app: &TestApp, who: &Persona, job: AssignmentId) -> VisitId {
        let visit = id();
        claim(app, who, job).await.expect(200);
        app.put(who, path(visit), visit_body(job, self.world.brands[0].version)).await.expect(201);
        visit
    }

    async fn open(&self, app: &TestApp) -> Vec<AssignmentId> {
        let list = format!("/v1/assignments?campaign_id={}&state=open", self.campaign);
        let scheduler = self.world.staff.scheduler.clone().renewed(app);
        let jobs = app.get(&scheduler, list).await.expect(200);
        let jobs = jobs.json["items"].as_array().unwrap();
        jobs.iter().map(|job| job["id"].as_str().unwrap().parse().unwrap()).collect()
    }

    fn reviewer(&self) -> &Persona {
        &self.world.staff.reviewer
    }

    async fn decide(&self, app: &TestApp, how: &str, body: Value) -> Answer {
        app.advance(1);
        app.post(self.reviewer(), format!("{}/review/{how}", path(self.visit)), body).await.expect(200)
    }

    /// Of the one visit that is wanted.
    async fn counts(&self, app: &TestApp, some: &[(&str, i64)]) {
        let counted = counts(app, &self.world.staff.scheduler.clone().renewed(app), self.campaign).await;
        assert_eq!(counted["all"], only(&[&[("wanted", 1)], some].concat()));
        all_is_right(app).await;
    }

    async fn planned(&self, app: &TestApp) -> Value {
        plan(app, &self.world.staff.scheduler, self.campaign).await.expect(200).json
    }
}

fn why() -> Value {
    json!({"reason": "Of another place."})
}

async fn the_slot_of_a_visit_that_does_not_count_opens_at_once(app: TestApp) {
    for (how, counted) in [("reject", "rejected"), ("exclude", "excluded")] {
        let case = Case::new(&app, &[]).await;
        let decided = case.decide(&app, how, why()).await;
        case.counts(&app, &[(counted, 1), ("open", 1)]).await;
        let next = case.open(&app).await;
        assert_eq!(decided.json["next_assignment_id"], json!(next[0]));
        assert_eq!(case.decide(&app, how, why()).await.bytes, decided.bytes, "the same again");
        assert_eq!(case.open(&app).await, next, "and no second one");
        assert_eq!(case.planned(&app).await, json!({"added": 0, "already_there": 1, "impossible": []}));

        // Taken back, and decided once more: the job that was opened is over, and the next try has a number of its own.
        case.decide(&app, "reopen", why()).await;
        case.counts(&app, &[("submitted", 1)]).await;
        let ended = format!("/v1/assignments/{}", next[0]);
        let ended = app.get(&case.world.staff.scheduler, ended).await.expect(200);
        assert_eq!(ended.text("/state"), "cancelled");
        case.decide(&app, how, why()).await;
        let again = case.open(&app).await;
        assert!(again.len() == 1 && again != next);
        case.counts(&app, &[(counted, 1), ("open", 1)]).await;

        // It is made, and counts.
        let second = case.make(&app, &shopper(&app).await, again[0]).await;
        approve(&app, case.reviewer(), second).await.expect(200);
        case.counts(&app, &[(counted, 1), ("approved", 1)]).await;
        // The first one is looked at again and rejected again: nothing is missing.
        case.decide(&app, "reopen", why()).await;
        case.decide(&app, how, why()).await;
        case.counts(&app, &[(counted, 1), ("approved", 1)]).await;
        assert!(case.open(&app).await.is_empty());
    }
}

async fn a_reviewer_or_the_campaign_wants_no_other(app: TestApp) {
    let case = Case::new(&app, &[]).await;
    let none = json!({"reason": "Of another place.", "second_visit": false});
    assert_eq!(case.decide(&app, "reject", none).await.json["next_assignment_id"], Value::Null);
    case.counts(&app, &[("rejected", 1)]).await;
    assert_eq!(case.planned(&app).await, json!({"added": 0, "already_there": 1, "impossible": []}));

    let case = Case::new(&app, &[("/terms/second_visits", json!(false))]).await;
    case.decide(&app, "exclude", why()).await;
    case.counts(&app, &[("excluded", 1)]).await;
    case.decide(&app, "reopen", why()).await;
    case.decide(&app, "exclude", json!({"reason": "It was closed.", "second_visit": true})).await;
    case.counts(&app, &[("excluded", 1), ("open", 1)]).await;

    // A campaign that is closed wants none.
    let case = Case::new(&app, &[]).await;
    let close = format!("/v1/campaigns/{}/close", case.campaign);
    app.call(actix_web::http::Method::POST, close).by(&case.world.staff.scheduler).await.expect(200);
    let decided = case.decide(&app, "reject", why()).await;
    assert_eq!(decided.json["next_assignment_id"], Value::Null);
    assert!(case.open(&app).await.is_empty());
}

async fn a_job_that_a_shopper_has_is_honoured(app: TestApp) {
    let case = Case::new(&app, &[]).await;
    case.decide(&app, "reject", why()).await;
    let next = case.open(&app).await[0];
    let other = shopper(&app).await;
    claim(&app, &other, next).await.expect(200);
    case.counts(&app, &[("rejected", 1), ("assigned", 1)]).await;
    reopen(&app, case.reviewer(), case.visit).await.expect(200);
    case.counts(&app, &[("submitted", 1), ("assigned", 1)]).await;
    // The first one counts after all, so that what is given up now has no next try.
    approve(&app, case.reviewer(), case.visit).await.expect(200);
    step(&app, &other, next, "give-up", json!({"reason": "I am ill."})).await.expect(200);
    case.counts(&app, &[("approved", 1)]).await;
}

async fn what_has_no_day_left_is_missing(app: TestApp) {
    let case = Case::new(&app, &[]).await;
    let ends_on: jiff::civil::Date = case.body["terms"]["ends_on"].as_str().unwrap().parse().unwrap();
    let end = ends_on.tomorrow().unwrap().tomorrow().unwrap().in_tz("UTC").unwrap().timestamp();
    app.advance(end.as_second() - app.now().unix_seconds());
    let reviewer = case.reviewer().clone().renewed(&app);
    let rejected = app.post(&reviewer, path(case.visit) + "/review/reject", why()).await.expect(200);
    assert_eq!(rejected.json["next_assignment_id"], Value::Null);
    case.counts(&app, &[("rejected", 1), ("missing", 1)]).await;
    let planned =
        plan(&app, &case.world.staff.scheduler.clone().renewed(&app), case.campaign).await.expect(200);
    assert_eq!((&planned.json["added"], &planned.json["already_there"]), (&json!(0), &json!(0)), "{planned}");
    assert_eq!(planned.json["impossible"][0]["why"], "over", "{planned}");
}

async fn outside_of_a_campaign_nothing_opens(app: TestApp) {
    let world = World::build(&app).await;
    let visit = world.brands[0].regions[0].branches[0].visit;
    let again = json!({"reason": "Of another place.", "second_visit": true});
    let rejected =
        app.post(&world.staff.reviewer, path(visit) + "/review/reject", again.clone()).await.expect(200);
    assert_eq!(rejected.json["next_assignment_id"], Value::Null);
    let history = app.get(&world.staff.reviewer, path(visit) + "/history").await.expect(200);
    assert_eq!(history.json["items"][2]["second_visit"], false, "{history}");
    all_is_right(&app).await;
}
