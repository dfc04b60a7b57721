//! What reports make of words and of control questions.

use serde_json::json;

use super::{list, manager, release_all, report};
use crate::{
    app::{TestApp, each_engine_test, id},
    builders::{World, content, visit_body},
    ledger::all_is_right,
    reviews::approve,
    visits::path,
};

each_engine_test!(words_go_out_as_reviewed_and_control_questions_do_not);

async fn words_go_out_as_reviewed_and_control_questions_do_not(app: TestApp) {
    let world = World::build(&app).await;
    let (staff, brand) = (&world.staff, &world.brands[0]);
    let mut asked = content();
    asked["sections"][0]["questions"].as_array_mut().unwrap().push(json!({
        "key": "door", "text": {"en": "Which colour has the door?"}, "answer": {"kind": "text"},
        "control": {"!==": [{"var": "door"}, "blue"]},
    }));
    let (_, version) = staff.checklist(&app, brand.id, asked).await;
    let to = staff.assignment(&app, brand.regions[0].branches[0].id, version).await;
    let visit = id();
    let mut body = visit_body(to, version);
    body["answers"]["greeted"]["comment"] = json!("Verry frendly.");
    body["answers"]["remarks"] = json!({"value": "Nise."});
    body["answers"]["door"] = json!({"value": "vermilion"});
    app.put(&staff.shopper, path(visit), body).await.expect(201);
    for (question, text) in [("greeted", "Very friendly."), ("remarks", "Nice.")] {
        let spelled = format!("{}/comments/{question}", path(visit));
        app.put(&staff.reviewer, spelled, json!({"text": text})).await.expect(201);
    }
    approve(&app, &staff.reviewer, visit).await.expect(200);
    let preview = app.get(&staff.reviewer, path(visit) + "/report-preview").await.expect(200);
    release_all(&app).await;
    let manager = manager(&app, &world).await;
    let out = list(&app, &manager, "").await;
    let read = report(&app, &manager, &out[0]["id"]).await;
    for shown in [&preview.json["content"], &read["content"]] {
        assert_eq!(shown["sections"][0]["questions"][0]["comment"], "Very friendly.", "{shown}");
        let text = shown.to_string();
        assert!(text.contains("Nice.") && !text.contains("Nise.") && !text.contains("frendly"), "{shown}");
        assert!(!text.contains("door") && !text.contains("vermilion"), "{shown}");
    }
    // What the shopper wrote stays.
    let kept = app.get(&staff.reviewer, path(visit)).await.expect(200);
    assert_eq!(kept.json["content"]["answers"]["remarks"]["value"], "Nise.");
    all_is_right(&app).await;
}
