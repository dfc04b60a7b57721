//! Claims: two reviewers never work on one visit.

use std::collections::BTreeMap;

use actix_web::http::Method;
use futures_util::future::join_all;
use incognito::{accounts::model::Role, ids::VisitId, visits::store::steps};
use serde_json::{Value, json};

use super::{approve, ids, reject};
use crate::{
    app::{Answer, TestApp, each_engine_test},
    builders::World,
    ledger::all_is_right,
    personas::Persona,
    visits::path,
};

each_engine_test!(
    of_64_claims_exactly_one_wins,
    a_claim_ends_with_its_lease_or_with_the_decision,
    a_visit_is_handed_over,
    the_queue_is_filtered,
);

async fn claim(app: &TestApp, who: &Persona, visit: VisitId) -> Answer {
    app.call(Method::POST, path(visit) + "/review/claim").by(&who.clone().renewed(app)).await
}

async fn release(app: &TestApp, who: &Persona, visit: VisitId, body: Value) -> Answer {
    app.post(&who.clone().renewed(app), path(visit) + "/review/release-claim", body).await
}

async fn of_64_claims_exactly_one_wins(app: TestApp) {
    let world = World::build(&app).await;
    let reviewers = join_all((0..64).map(|_| Persona::everywhere(&app, Role::Reviewer))).await;
    for region in &world.brands[0].regions {
        let visit = region.branches[0].visit;
        let answers = join_all(reviewers.iter().map(|who| claim(&app, who, visit))).await;
        let mut codes = BTreeMap::new();
        for answer in &answers {
            *codes.entry((answer.status, answer.code())).or_insert(0) += 1;
        }
        assert_eq!(codes, [((200, ""), 1), ((409, "claimed_by_another"), 63)].into(), "exactly one wins");
        let winner = answers.iter().position(|answer| answer.status == 200).unwrap();
        let wanted = json!({"visit_id": visit, "state": "in_review", "reviewer_id": reviewers[winner].account,
            "claimed_until": "2026-03-15T10:30:00Z"});
        assert_eq!(answers[winner].json, wanted);
        assert_eq!(claim(&app, &reviewers[winner], visit).await.expect(200).json, wanted, "the same again");
        assert_eq!(app.db().read(move |conn| steps::latest(conn, visit)).await.unwrap().len(), 1);
        // No other decides about it.
        let other = &reviewers[(winner + 1) % 64];
        let refused = approve(&app, other, visit).await.expect_problem(409, "claimed_by_another");
        assert!(refused.text("/detail").contains("2026-03-15T10:30:00Z"), "{refused}");
        reject(&app, other, visit).await.expect_problem(409, "claimed_by_another");
        approve(&app, &reviewers[winner], visit).await.expect(200);
        claim(&app, &reviewers[winner], visit).await.expect_problem(409, "wrong_state");
    }
    all_is_right(&app).await;
}

async fn a_claim_ends_with_its_lease_or_with_the_decision(app: TestApp) {
    let world = World::build(&app).await;
    let [visit, second] = world.brands[0].regions[0].branches.each_ref().map(|branch| branch.visit);
    let (one, other) = (&world.staff.reviewer, &Persona::everywhere(&app, Role::Reviewer).await);
    let count = async || app.db().read(move |conn| steps::latest(conn, visit)).await.unwrap().len();
    claim(&app, one, visit).await.expect(200);
    // It is renewed when half of it is over.
    app.advance(899);
    claim(&app, one, visit).await.expect(200);
    assert_eq!(count().await, 1);
    app.advance(2);
    assert_eq!(claim(&app, one, visit).await.expect(200).text("/claimed_until"), "2026-03-15T10:45:01Z");
    assert_eq!(count().await, 2);
    app.advance(1_799);
    claim(&app, other, visit).await.expect_problem(409, "claimed_by_another");
    let queue = app.get(&other.clone().renewed(&app), "/v1/reviews?limit=200").await.expect(200);
    let waiting = queue.json["items"].as_array().unwrap().iter().find(|one| one["visit_id"] == json!(visit));
    assert_eq!(waiting.unwrap()["reviewer_id"], json!(one.account), "{queue}");
    app.advance(1);
    assert_eq!(claim(&app, other, visit).await.expect(200).json["reviewer_id"], json!(other.account));
    release(&app, one, visit, json!({})).await.expect_problem(409, "claimed_by_another");
    let released = release(&app, other, visit, json!({})).await.expect(200);
    assert_eq!(
        released.json,
        json!({"visit_id": visit, "state": "complete", "reviewer_id": null, "claimed_until": null})
    );
    assert_eq!(release(&app, other, visit, json!({})).await.expect(200).bytes, released.bytes);
    release(&app, one, visit, json!({})).await.expect_problem(409, "wrong_state");
    // Who claims nothing decides as well; nobody claims the own visit.
    approve(&app, &one.clone().renewed(&app), visit).await.expect(200);
    let shopper = &world.staff.shopper;
    let grant = format!("/v1/accounts/{}/grants/{}", shopper.account, crate::app::id::<()>());
    let administrator = world.staff.administrator.clone().renewed(&app);
    app.put(&administrator, grant, json!({"role": "reviewer"})).await.expect(201);
    claim(&app, shopper, second).await.expect_problem(403, "forbidden");
    // Its shopper is told nothing of who worked on it.
    let history = app.get(&shopper.clone().renewed(&app), path(visit) + "/history").await.expect(200);
    let steps: Vec<_> =
        history.json["items"].as_array().unwrap().iter().map(|one| one["what"].clone()).collect();
    assert_eq!(steps, ["arrived", "completed", "approved"], "{history}");
    all_is_right(&app).await;
}

async fn a_visit_is_handed_over(app: TestApp) {
    let world = World::build(&app).await;
    let visit = world.brands[0].regions[0].branches[0].visit;
    let (one, other) = (&world.staff.reviewer, &Persona::everywhere(&app, Role::Reviewer).await);
    let elsewhere = Persona::with(&app, &[(Role::Reviewer, world.brands[1].scope())]).await;
    release(&app, one, visit, json!({"reviewer_id": other.account})).await.expect_problem(409, "wrong_state");
    claim(&app, one, visit).await.expect(200);
    for nobody in
        [elsewhere.account, world.staff.shopper.account, world.staff.scheduler.account, crate::app::id()]
    {
        release(&app, one, visit, json!({"reviewer_id": nobody})).await.expect_invalid("/reviewer_id");
    }
    app.advance(60);
    let to = json!({"reviewer_id": other.account});
    let handed = release(&app, one, visit, to.clone()).await.expect(200);
    assert_eq!(
        handed.json,
        json!({"visit_id": visit, "state": "in_review", "reviewer_id": other.account,
            "claimed_until": "2026-03-15T10:31:00Z"})
    );
    assert_eq!(release(&app, one, visit, to).await.expect(200).bytes, handed.bytes, "the same again");
    approve(&app, one, visit).await.expect_problem(409, "claimed_by_another");
    claim(&app, one, visit).await.expect_problem(409, "claimed_by_another");
    approve(&app, other, visit).await.expect(200);
    let history = app.get(one, path(visit) + "/history").await.expect(200);
    let step = &history.json["items"][3];
    assert_eq!(
        (&step["what"], &step["reviewer_id"]),
        (&json!("handed_over"), &json!(other.account)),
        "{history}"
    );
    all_is_right(&app).await;
}

async fn the_queue_is_filtered(app: TestApp) {
    let world = World::build(&app).await;
    let reviewer = &world.staff.reviewer;
    let [own, _] = &world.brands;
    let listed = async |filter: String| {
        let page = app.get(reviewer, format!("/v1/reviews?limit=200&{filter}")).await.expect(200);
        let mut found = ids(&page.json["items"]);
        found.sort();
        found
    };
    let sorted = |mut visits: Vec<VisitId>| {
        visits.sort();
        visits
    };
    let all: Vec<_> =
        own.regions.iter().flat_map(|region| &region.branches).map(|branch| branch.visit).collect();
    let region = &own.regions[1];
    assert_eq!(listed(format!("brand_id={}", own.id)).await, sorted(all));
    let in_region = region.branches.iter().map(|branch| branch.visit).collect();
    assert_eq!(listed(format!("region_id={}", region.id)).await, sorted(in_region));
    assert_eq!(listed(format!("branch_id={}", region.branches[0].id)).await, [region.branches[0].visit]);
    assert_eq!(listed("incomplete=true".to_owned()).await, []);
    assert_eq!(listed("incomplete=false".to_owned()).await.len(), 8);
    assert_eq!(listed(format!("campaign_id={}", crate::app::id::<()>())).await, []);
    for (filter, wrong) in
        [("weight=heavier", "weight"), ("incomplete=1", "incomplete"), ("brand_id=x", "brand_id")]
    {
        app.get(reviewer, format!("/v1/reviews?{filter}")).await.expect_invalid(wrong);
    }
}
