//! What changed between versions, and from a version to the draft.

use incognito::{
    accounts::model::Role,
    ids::{ChecklistId, VersionId},
};
use serde_json::{Value, json};

use crate::{
    app::{Answer, TestApp, each_engine_test, id},
    builders::{World, content},
    personas::Persona,
};

each_engine_test!(
    versions_and_the_draft_are_compared,
    only_versions_of_the_same_checklist_are_compared,
    what_is_not_the_caller_s_is_not_there,
);

/// Makes this the draft of the checklist.
async fn write(app: &TestApp, world: &World, of: ChecklistId, draft: &Value) -> String {
    let path = format!("/v1/checklists/{of}/draft");
    let current = app.get(&world.staff.designer, &path).await.expect(200);
    let put = app.put(&world.staff.designer, &path, draft.clone()).if_match(current.etag());
    put.await.expect(200).etag().to_owned()
}

async fn publish(app: &TestApp, world: &World, of: ChecklistId, draft: &Value) -> VersionId {
    let (tag, version) = (write(app, world, of, draft).await, id());
    let path = format!("/v1/checklists/{of}/versions");
    app.post(&world.staff.designer, path, json!({"id": version})).if_match(&tag).await.expect(201);
    version
}

fn words(answer: &Answer) -> Vec<&str> {
    let changes = answer.json["changes"].as_array().unwrap();
    changes.iter().map(|change| change["words"].as_str().unwrap()).collect()
}

async fn versions_and_the_draft_are_compared(app: TestApp) {
    let world = World::build(&app).await;
    let (designer, brand) = (&world.staff.designer, &world.brands[0]);
    let first = brand.version;
    let mut draft = content();
    draft["sections"][0]["questions"][0]["weight"] = json!(5);
    let second = publish(&app, &world, brand.checklist, &draft).await;
    draft["sections"][1]["title"]["en"] = json!("Eating");
    let third = publish(&app, &world, brand.checklist, &draft).await;
    let moved = draft["sections"][0]["questions"].as_array_mut().unwrap().remove(1);
    draft["sections"][1]["questions"].as_array_mut().unwrap().push(moved);
    write(&app, &world, brand.checklist, &draft).await;

    let versions = async |of: VersionId, query: &str| {
        app.get(designer, format!("/v1/checklist-versions/{of}/diff{query}")).await.expect(200)
    };
    let since = |version: VersionId| format!("?from={version}");
    let (weight, title, place) = (
        "In section 'Arrival', the weight of 'Were you greeted?' went from 2 to 5.",
        "The title of section 'Eating' went from 'At the table' to 'Eating'.",
        "'How long did you wait?' moved from section 'Arrival' to section 'Eating'.",
    );
    let found = versions(second, "").await;
    assert_eq!(words(&found), [weight]);
    let hash = app.get(designer, format!("/v1/checklist-versions/{second}")).await.text("/hash");
    assert_eq!(found.json["to"], json!({"version_id": second, "number": 2, "hash": hash}));
    assert_eq!((&found.json["from"]["number"], &found.json["more"]), (&json!(1), &json!(0)));
    let summary =
        json!({"added": 0, "removed": 0, "moved": 0, "changed": 1, "scores": 1, "wording": 0, "flow": 0});
    assert_eq!(found.json["summary"], summary);
    let change = json!({"kind": "changed", "subject": "question", "section": "arrival", "question": "greeted",
        "field": "weight", "before": "2", "after": "5", "affects": "scores", "words": weight});
    assert_eq!(found.json["changes"], json!([change]));
    assert_eq!(words(&versions(third, "").await), [title]);
    assert_eq!(words(&versions(third, &since(first)).await), [weight, title]);
    let back = versions(first, &since(third)).await;
    assert!(
        words(&back).contains(&"In section 'Arrival', the weight of 'Were you greeted?' went from 5 to 2.")
    );
    assert_eq!(versions(third, &since(third)).await.json["changes"], json!([]));

    let all = versions(first, "").await;
    assert_eq!((all.json.get("from"), &all.json["summary"]["added"]), (None, &json!(8)));
    assert_eq!(words(&all)[..2], ["The title 'Service' was added.", "The language 'en' was added."]);

    let path = format!("/v1/checklists/{}/draft/diff", brand.checklist);
    let latest = app.get(designer, &path).await.expect(200);
    assert_eq!(words(&latest), [place]);
    assert_eq!((&latest.json["from"]["number"], latest.json["to"].get("number")), (&json!(3), None));
    let given = app.get(designer, format!("{path}{}", since(second))).await.expect(200);
    let old_place = "The title of section 'Eating' went from 'At the table' to 'Eating'.";
    assert_eq!(words(&given), [old_place, place]);
}

async fn only_versions_of_the_same_checklist_are_compared(app: TestApp) {
    let world = World::build(&app).await;
    let (designer, [own, other]) = (&world.staff.designer, &world.brands);
    for path in [
        format!("/v1/checklist-versions/{}/diff", own.version),
        format!("/v1/checklists/{}/draft/diff", own.checklist),
    ] {
        let unknown: VersionId = id();
        for from in [other.version, unknown] {
            app.get(designer, format!("{path}?from={from}")).await.expect_invalid("from");
        }
        app.get(designer, format!("{path}?from=1")).await.expect_invalid("from");
        app.get(designer, format!("{path}?since=1")).await.expect_problem(422, "invalid");
    }

    // A draft before any version: everything is added.
    let checklist: ChecklistId = id();
    let path = format!("/v1/checklists/{checklist}");
    app.put(designer, &path, json!({"brand_id": own.id, "name": "New"})).await.expect(201);
    app.get(designer, format!("{path}/draft/diff")).await.expect_problem(404, "not_found");
    app.put(designer, format!("{path}/draft"), content()).await.expect(201);
    let all = app.get(designer, format!("{path}/draft/diff")).await.expect(200);
    assert_eq!((all.json.get("from"), &all.json["summary"]["added"]), (None, &json!(8)));
}

async fn what_is_not_the_caller_s_is_not_there(app: TestApp) {
    let world = World::build(&app).await;
    let [own, other] = &world.brands;
    let stranger = Persona::with(&app, &[(Role::Designer, other.scope())]).await;
    let path = format!("/v1/checklist-versions/{}/diff?from={}", own.version, own.version);
    app.get(&stranger, path).await.expect_problem(404, "not_found");
    let path = format!("/v1/checklists/{}/draft/diff", own.checklist);
    app.get(&stranger, path).await.expect_problem(404, "not_found");
    // What is compared with is of the checklist that may be seen, or it is not there.
    let path = format!("/v1/checklist-versions/{}/diff?from={}", other.version, own.version);
    app.get(&stranger, path).await.expect_invalid("from");
}
