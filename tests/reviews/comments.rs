//! The spelling of comments: corrected beside what the shopper wrote, with a trail, and never where words earn points.

use incognito::{accounts::model::Role, ids::VisitId};
use serde_json::{Value, json};

use super::{approve, reject};
use crate::{
    app::{Answer, TestApp, each_engine_test, id},
    builders::{World, content, visit_body},
    ledger::all_is_right,
    personas::Persona,
};

each_engine_test!(a_correction_stands_beside_what_was_written, what_earns_points_and_what_is_out_stays);

fn path(visit: VisitId, question: &str) -> String {
    format!("/v1/visits/{visit}/comments/{question}")
}

/// A visit with a comment, a text, and a text that earns points by its length.
async fn commented(app: &TestApp, world: &World) -> VisitId {
    let mut content = content();
    let story = json!({"key": "story", "text": {"en": "Tell it."}, "required": false,
        "answer": {"kind": "text", "bands": [{"up_to": 10, "points": 0}, {"points": 5}]}});
    content["sections"][1]["questions"].as_array_mut().unwrap().push(story);
    let (_, version) = world.staff.checklist(app, world.brands[0].id, content).await;
    let branch = world.brands[0].regions[0].branches[0].id;
    let assignment = world.staff.assignment(app, branch, version).await;
    let visit = id();
    let mut body = visit_body(assignment, version);
    body["answers"]["greeted"]["comment"] = json!("Verry frendly.");
    body["answers"]["remarks"] = json!({"value": "Clean tabels."});
    body["answers"]["story"] = json!({"value": "A long storry of all that was there."});
    app.put(&world.staff.shopper, format!("/v1/visits/{visit}"), body).await.expect(201);
    visit
}

async fn correct(app: &TestApp, who: &Persona, visit: VisitId, question: &str, text: &str) -> Answer {
    app.put(who, path(visit, question), json!({"text": text})).await
}

async fn a_correction_stands_beside_what_was_written(app: TestApp) {
    let world = World::build(&app).await;
    let (reviewer, shopper) = (&world.staff.reviewer, &world.staff.shopper);
    let visit = commented(&app, &world).await;
    let read = |who: &Persona| app.get(who, format!("/v1/visits/{visit}"));
    let before = read(reviewer).await.expect(200);
    assert_eq!(before.json["corrections"], json!([]));
    let made = correct(&app, reviewer, visit, "greeted", "Very frendly.").await.expect(201);
    app.advance(1);
    correct(&app, reviewer, visit, "greeted", "Very frendly.").await.expect(200);
    correct(&app, reviewer, visit, "greeted", "Very friendly.").await.expect(201);
    correct(&app, reviewer, visit, "remarks", "Clean tables.").await.expect(201);
    assert_eq!(made.json["was"], "Verry frendly.");
    let after = read(reviewer).await.expect(200);
    let entry = |question: &str, was: &str, is: &str, second: u32| {
        json!({"question": question, "was": was, "is": is, "account_id": reviewer.account,
            "corrected_at": format!("2026-03-15T10:00:0{second}Z")})
    };
    let wanted = json!([
        entry("greeted", "Verry frendly.", "Very frendly.", 0),
        entry("greeted", "Verry frendly.", "Very friendly.", 1),
        entry("remarks", "Clean tabels.", "Clean tables.", 1),
    ]);
    assert_eq!(after.json["corrections"], wanted);
    assert_ne!(after.etag(), before.etag());
    for same in ["content", "score", "content_hash", "state"] {
        assert_eq!(after.json[same], before.json[same], "{same}");
    }
    assert_eq!(read(shopper).await.expect(200).json["corrections"], Value::Null, "a desk's matter");
    let auditor = Persona::everywhere(&app, Role::Auditor).await;
    let rows = app.get(&auditor, "/v1/audit?kind=comment_corrected").await.expect(200);
    assert_eq!(rows.json["items"].as_array().unwrap().len(), 3);
    assert!(!rows.json.to_string().contains("riendly"), "{rows}");
    all_is_right(&app).await;
}

async fn what_earns_points_and_what_is_out_stays(app: TestApp) {
    let world = World::build(&app).await;
    let (reviewer, visit) = (&world.staff.reviewer, commented(&app, &world).await);
    correct(&app, reviewer, visit, "story", "A long story of all.").await.expect_invalid("/text");
    correct(&app, reviewer, visit, "waited", "Short.").await.expect_invalid("/text");
    correct(&app, reviewer, visit, "greeted", "Verry frendly.").await.expect_invalid("/text");
    correct(&app, reviewer, visit, "greeted", "").await.expect_problem(422, "invalid");
    correct(&app, reviewer, visit, "nothing", "Short.").await.expect_problem(404, "not_found");
    correct(&app, reviewer, id(), "greeted", "Short.").await.expect_problem(404, "not_found");
    // Its own shopper does not correct it, whatever other role there is.
    let shopper = &world.staff.shopper;
    let grant = format!("/v1/accounts/{}/grants/{}", shopper.account, id::<()>());
    app.put(&world.staff.administrator, grant, json!({"role": "reviewer"})).await.expect(201);
    correct(&app, shopper, visit, "greeted", "Friendly.").await.expect_problem(403, "forbidden");
    // Another reviewer has claimed it.
    let another = Persona::everywhere(&app, Role::Reviewer).await;
    app.post(&another, format!("/v1/visits/{visit}/review/claim"), json!({})).await.expect(200);
    correct(&app, reviewer, visit, "greeted", "Friendly.").await.expect_problem(409, "claimed_by_another");
    correct(&app, &another, visit, "greeted", "Very friendly.").await.expect(201);
    approve(&app, &another, visit).await.expect(200);
    correct(&app, reviewer, visit, "greeted", "Very friendly!").await.expect(201);
    let rejected = commented(&app, &world).await;
    reject(&app, reviewer, rejected).await.expect(200);
    correct(&app, reviewer, rejected, "greeted", "Friendly.").await.expect_problem(409, "wrong_state");
}
