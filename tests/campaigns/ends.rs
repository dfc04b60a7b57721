//! How a campaign ends: shortened, paused, closed. What shoppers have is honoured.

use actix_web::http::Method;
use incognito::ids::{AssignmentId, BranchId, CampaignId};
use serde_json::{Value, json};

use super::{add_campaign, campaign_body, changed, counts, only, path, plan};
use crate::{
    app::{Answer, TestApp, each_engine_test},
    board::{accept, claim, shopper, step, tick},
    builders::{World, visit_body},
    personas::Persona,
};

each_engine_test!(
    what_is_surplus_leaves_the_board_at_once,
    a_closed_campaign_honours_what_was_given,
    a_paused_campaign_shows_nothing,
);

/// A campaign that was planned, of which one job is claimed, one is offered, and one was declined before.
struct Case {
    world: World,
    campaign: CampaignId,
    body: Value,
    claimed: AssignmentId,
    offered: AssignmentId,
    declined: AssignmentId,
    holder: Persona,
    asked: Persona,
}

impl Case {
    async fn new(app: &TestApp) -> Self {
        let world = World::build(app).await;
        let (holder, asked) = (shopper(app).await, shopper(app).await);
        let body = campaign_body(world.brands[0].id, world.brands[0].version);
        let scheduler = &world.staff.scheduler;
        let campaign = add_campaign(app, scheduler, body.clone()).await;
        plan(app, scheduler, campaign).await.expect(200);
        let jobs = listed(app, scheduler, campaign, "open").await;
        // The second visits, which a shorter campaign does not want.
        let second: Vec<_> = jobs.iter().filter(|job| job["number"] == 2).map(id_of).collect();
        let [claimed, offered, declined] = [second[0], second[1], second[2]];
        claim(app, &holder, claimed).await.expect(200);
        for job in [offered, declined] {
            step(app, scheduler, job, "offer", json!({"shopper_id": asked.account})).await.expect(200);
        }
        step(app, &asked, declined, "decline", json!({})).await.expect(204);
        Self { world, campaign, body, claimed, offered, declined, holder, asked }
    }

    fn scheduler(&self) -> &Persona {
        &self.world.staff.scheduler
    }

    async fn becomes(&self, app: &TestApp, what: &str) -> Answer {
        app.call(Method::POST, format!("{}/{what}", path(self.campaign))).by(self.scheduler()).await
    }

    async fn put(&self, app: &TestApp, changes: &[(&str, Value)]) -> Answer {
        let body = changed(&self.body, changes);
        app.put(self.scheduler(), path(self.campaign), body).if_match("*").await.expect(200)
    }

    async fn count(&self, app: &TestApp, state: &str) -> usize {
        listed(app, self.scheduler(), self.campaign, state).await.len()
    }

    /// The jobs of the campaign that somebody who has none is shown.
    async fn on_the_board(&self, app: &TestApp) -> usize {
        let who = shopper(app).await;
        let jobs = app.get(&who, "/v1/jobs?limit=200").await.expect(200);
        jobs.json["items"].as_array().unwrap().len()
    }
}

async fn listed(app: &TestApp, who: &Persona, of: CampaignId, state: &str) -> Vec<Value> {
    let list = format!("/v1/assignments?campaign_id={of}&state={state}&limit=200");
    app.get(who, list).await.expect(200).json["items"].as_array().unwrap().clone()
}

fn id_of(job: &Value) -> AssignmentId {
    job["id"].as_str().unwrap().parse().unwrap()
}

async fn what_is_surplus_leaves_the_board_at_once(app: TestApp) {
    let case = Case::new(&app).await;
    assert_eq!((case.count(&app, "open").await, case.on_the_board(&app).await), (6, 6));
    let surplus = case.declined;
    case.put(&app, &[("/terms/visits_per_branch", json!(1))]).await;
    assert_eq!((case.count(&app, "open").await, case.on_the_board(&app).await), (4, 4));
    claim(&app, &case.asked, surplus).await.expect_problem(409, "wrong_state");
    let history = app.get(case.scheduler(), format!("/v1/assignments/{surplus}/history")).await.expect(200);
    let last = &history.json["steps"][2];
    assert_eq!((&last["to"], &last["account_id"]), (&json!("cancelled"), &json!(case.scheduler().account)));
    assert!(last["reason"].as_str().unwrap().contains("does not want it"), "{history}");

    // What was claimed or offered is honoured; an offer that is declined does not come back.
    let visit = visit_body(case.claimed, case.world.brands[0].version);
    app.put(&case.holder, format!("/v1/visits/{}", crate::app::id::<()>()), visit).await.expect(201);
    step(&app, &case.asked, case.offered, "decline", json!({})).await.expect(204);
    assert_eq!(case.on_the_board(&app).await, 4);
    accept(&app, &case.asked, case.offered).await.expect_problem(409, "wrong_state");

    // Fewer branches, and fewer days.
    let [one, _] = &case.world.brands[0].regions[0].branches;
    let one: BranchId = one.id;
    let fewer = ("/terms/visits_per_branch", json!(1));
    case.put(&app, &[fewer.clone(), ("/terms/places", json!({"branches": [one]}))]).await;
    assert_eq!(case.on_the_board(&app).await, 1);
    let left = listed(&app, case.scheduler(), case.campaign, "open").await;
    assert_eq!(left[0]["branch_id"], json!(one));
    let closes: jiff::Timestamp = left[0]["closes_at"].as_str().unwrap().parse().unwrap();
    let closes = closes.in_tz("Europe/Istanbul").unwrap().date();
    let places = ("/terms/places", json!({"branches": [one]}));
    case.put(&app, &[fewer.clone(), places.clone(), ("/terms/ends_on", json!(closes.to_string()))]).await;
    assert_eq!(case.on_the_board(&app).await, 1, "it closes on the last day");
    let before = json!(closes.yesterday().unwrap().to_string());
    case.put(&app, &[fewer, places, ("/terms/starts_on", before.clone()), ("/terms/ends_on", before)]).await;
    assert_eq!(case.on_the_board(&app).await, 0);
}

async fn a_closed_campaign_honours_what_was_given(app: TestApp) {
    let case = Case::new(&app).await;
    assert_eq!(case.becomes(&app, "close").await.expect(200).json["state"], "closed");
    let again = case.becomes(&app, "close").await.expect(200);
    assert_eq!(again.json["state"], "closed");
    assert_eq!((case.count(&app, "open").await, case.on_the_board(&app).await), (0, 0));
    assert_eq!((case.count(&app, "assigned").await, case.count(&app, "offered").await), (1, 1));
    let counted = counts(&app, case.scheduler(), case.campaign).await;
    assert_eq!(counted["all"], only(&[("wanted", 2), ("offered", 1), ("assigned", 1)]));
    plan(&app, case.scheduler(), case.campaign).await.expect_problem(409, "wrong_state");
    case.becomes(&app, "pause").await.expect_problem(409, "wrong_state");
    accept(&app, &case.asked, case.offered).await.expect(200);
    let visit = visit_body(case.claimed, case.world.brands[0].version);
    app.put(&case.holder, format!("/v1/visits/{}", crate::app::id::<()>()), visit).await.expect(201);
    // What is given up now has no next try.
    step(&app, &case.asked, case.offered, "give-up", json!({"reason": "I am ill."})).await.expect(200);
    tick(&app).await;
    assert_eq!(case.count(&app, "open").await, 0);
    // The state is no part of what is wanted.
    let body = case.put(&app, &[("/name", json!("Summer"))]).await;
    assert_eq!(body.json["state"], "closed");

    assert_eq!(case.becomes(&app, "resume").await.expect(200).json["state"], "running");
    assert_eq!(case.on_the_board(&app).await, 0);
    let planned = plan(&app, case.scheduler(), case.campaign).await.expect(200);
    assert_eq!(planned.json, json!({"added": 7, "already_there": 1, "impossible": []}));
    assert_eq!(case.on_the_board(&app).await, 7);
}

async fn a_paused_campaign_shows_nothing(app: TestApp) {
    let case = Case::new(&app).await;
    assert_eq!(case.becomes(&app, "pause").await.expect(200).json["state"], "paused");
    assert_eq!((case.count(&app, "open").await, case.on_the_board(&app).await), (6, 0));
    let refused = claim(&app, &case.holder, case.declined).await.expect_problem(409, "wrong_state");
    assert!(refused.text("/detail").contains("paused"), "{refused}");
    let ask = json!({"shopper_id": case.holder.account});
    step(&app, case.scheduler(), case.declined, "offer", ask).await.expect_problem(409, "wrong_state");
    accept(&app, &case.asked, case.offered).await.expect(200);
    case.becomes(&app, "resume").await.expect(200);
    assert_eq!(case.on_the_board(&app).await, 6);
    claim(&app, &case.holder, case.declined).await.expect(200);
}
