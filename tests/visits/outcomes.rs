//! Visits that could not be made as they were wanted.

use serde_json::json;

use super::path;
use crate::{
    app::{TestApp, each_engine_test, id},
    board::{add_campaign, add_job, claim},
    builders::{World, visit_body},
    ledger::all_is_right,
    reviews::{approve, exclude, reject},
    uploads::File,
};

each_engine_test!(it_is_kept_with_proof_and_scores_nothing, it_is_paid_as_its_campaign_says_and_made_again,);

async fn it_is_kept_with_proof_and_scores_nothing(app: TestApp) {
    let world = World::build(&app).await;
    let (shopper, reviewer) = (&world.staff.shopper, &world.staff.reviewer);
    let (brand, branch) = (&world.brands[0], &world.brands[0].regions[0].branches[0]);
    let visit = id();
    let mut body = visit_body(branch.open_assignment, brand.version);
    body["answers"] = json!({"greeted": {"value": 7}});
    body["outcome"] = json!({"kind": "branch_closed"});
    let refused = app.put(shopper, path(visit), body.clone()).await.expect_problem(422, "invalid");
    let mut pointers: Vec<_> = refused.json["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["pointer"].as_str().unwrap())
        .collect();
    pointers.sort_unstable();
    // What is answered is held to the checklist; what is not answered may stay so.
    assert_eq!(pointers, ["/answers/greeted/value", "/manifest", "/outcome/words"], "{refused}");
    let photo = File::for_visit(visit, "image/jpeg", crate::evidence::tagged_jpeg());
    body["answers"] = json!({"greeted": {"value": true}});
    body["outcome"]["words"] = json!("The shutters were down,\r\nand nobody came.");
    body["manifest"] = json!([photo.listed("outcome")]);
    let kept = app.put(shopper, path(visit), body.clone()).await.expect(201);
    assert_eq!((&kept.json["score"], &kept.json["state"]), (&json!(null), &json!("submitted")), "{kept}");
    photo.put(&app, shopper).await.expect(201);
    let again = app.put(shopper, path(visit) + "?receipt=true", body).await.expect(201);
    assert_eq!(
        (&again.json["content_hash"], &again.json["state"]),
        (&kept.json["content_hash"], &json!("complete"))
    );
    assert!(again.json["receipt"].is_string(), "{again}");
    let seen = app.get(reviewer, path(visit)).await.expect(200);
    let words = "The shutters were down,\nand nobody came.";
    assert_eq!(seen.json["content"]["outcome"], json!({"kind": "branch_closed", "words": words}), "{seen}");
    let refused = approve(&app, reviewer, visit).await.expect_problem(409, "wrong_state");
    assert!(refused.text("/detail").contains("exclude it"), "{refused}");
    let excluded = exclude(&app, reviewer, visit).await.expect(200);
    assert_eq!(
        (&excluded.json["state"], &excluded.json["paid"]),
        (&json!("excluded"), &json!(true)),
        "{excluded}"
    );
    // A position is a proof as well.
    let another = id();
    let to = world.brands[0].regions[0].branches[1].open_assignment;
    let mut body = visit_body(to, brand.version);
    body["answers"] = json!({});
    body["outcome"] = json!({"kind": "refused_entry", "words": "They closed early."});
    body["positions"] = json!([{"at": "2026-03-14T09:05:00Z", "latitude": 41.0, "longitude": 28.9}]);
    app.put(shopper, path(another), body).await.expect(201);
    reject(&app, reviewer, another).await.expect(200);
    all_is_right(&app).await;
}

async fn it_is_paid_as_its_campaign_says_and_made_again(app: TestApp) {
    let world = World::build(&app).await;
    let (shopper, reviewer, brand) = (&world.staff.shopper, &world.staff.reviewer, &world.brands[0]);
    for pays in [true, false] {
        let campaign = add_campaign(&app, brand, json!({"pays_outcomes": pays})).await;
        let job = add_job(&app, campaign, brand.regions[0].branches[0].id, (0, 7 * 86_400)).await;
        claim(&app, shopper, job).await.expect(200);
        let visit = id();
        let mut body = visit_body(job, brand.version);
        body["answers"] = json!({});
        body["outcome"] = json!({"kind": "not_possible", "words": "The street was flooded."});
        body["positions"] = json!([{"at": "2026-03-14T09:05:00Z", "latitude": 41.0, "longitude": 28.9}]);
        app.put(shopper, path(visit), body).await.expect(201);
        let excluded = exclude(&app, reviewer, visit).await.expect(200);
        assert_eq!(excluded.json["paid"], json!(pays), "{excluded}");
        assert!(excluded.json["next_assignment_id"].is_string(), "it is made again: {excluded}");
        assert_eq!(exclude(&app, reviewer, visit).await.expect(200).json, excluded.json, "the same again");
    }
    all_is_right(&app).await;
}
