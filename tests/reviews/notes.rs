//! Notes among reviewers: for those at desks, and for nobody whom they may be about.

use incognito::{accounts::model::Role, ids::NoteId};
use serde_json::json;

use crate::{
    app::{TestApp, each_engine_test, id},
    builders::World,
    ledger::all_is_right,
    personas::Persona,
    visits::path,
};

each_engine_test!(a_note_is_its_authors, notes_are_listed_in_their_order, who_made_the_visit_sees_no_notes);

async fn a_note_is_its_authors(app: TestApp) {
    let world = World::build(&app).await;
    let [visit, second] = world.brands[0].regions[0].branches.each_ref().map(|branch| branch.visit);
    let (one, other) = (&world.staff.reviewer, &Persona::everywhere(&app, Role::Reviewer).await);
    let note: NoteId = id();
    let address = format!("{}/notes/{note}", path(visit));
    let text = |text: &str| json!({"text": text});
    let made = app.put(one, &address, text("The receipt\nis of another day.")).await.expect(201);
    let wanted = json!({"id": note, "visit_id": visit, "author_id": one.account, "revision": 1,
        "text": "The receipt\nis of another day.", "created_at": "2026-03-15T10:00:00Z", "changed_at": "2026-03-15T10:00:00Z"});
    assert_eq!((made.json.clone(), made.etag()), (wanted, "\"1\""));
    app.advance(60);
    let again = app.put(one, &address, text("The receipt\nis of another day.")).await.expect(200);
    assert_eq!((&again.json, again.etag()), (&made.json, "\"1\""), "the same again");
    app.put(one, &address, text("It is right.")).await.expect_problem(428, "precondition_required");
    app.put(one, &address, text("It is right."))
        .if_match("\"2\"")
        .await
        .expect_problem(412, "precondition_failed");
    app.put(other, &address, text("It is right.")).if_match("\"1\"").await.expect_problem(409, "conflict");
    let changed = app.put(one, &address, text("It is right.")).if_match("\"1\"").await.expect(200);
    assert_eq!((changed.text("/text"), changed.etag()), ("It is right.".to_owned(), "\"2\""));
    assert_eq!(changed.text("/changed_at"), "2026-03-15T10:01:00Z");
    // An id is of one visit's note.
    let elsewhere = format!("{}/notes/{note}", path(second));
    app.put(one, elsewhere, text("It is right.")).await.expect_problem(404, "not_found");
    for wrong in [json!({}), text(""), text(" "), text(&"x".repeat(4_001))] {
        app.put(one, &address, wrong).if_match("\"2\"").await.expect_invalid("/text");
    }
    all_is_right(&app).await;
}

async fn notes_are_listed_in_their_order(app: TestApp) {
    let world = World::build(&app).await;
    let visit = world.brands[0].regions[0].branches[0].visit;
    let (one, other) = (&world.staff.reviewer, &Persona::everywhere(&app, Role::Reviewer).await);
    let list = format!("{}/notes", path(visit));
    assert_eq!(app.get(one, &list).await.expect(200).json, json!({"items": []}));
    for number in 0..5 {
        app.advance(1);
        let who = if number % 2 == 0 { one } else { other };
        let body = json!({"text": format!("{number}")});
        app.put(who, format!("{list}/{}", id::<()>()), body).await.expect(201);
    }
    let administrator = &world.staff.administrator;
    let (mut seen, mut next) = (Vec::new(), format!("{list}?limit=2"));
    while !next.is_empty() {
        let page = app.get(administrator, &next).await.expect(200);
        seen.extend(page.json["items"].as_array().unwrap().iter().map(|note| note["text"].clone()));
        let link = page.header("link").trim_start_matches('<');
        next = link.trim_end_matches(">; rel=\"next\"").to_owned();
    }
    assert_eq!(seen, ["0", "1", "2", "3", "4"]);
    let page = app.get(one, format!("{list}?limit=2")).await.expect(200);
    let cursor = page.text("/next_cursor");
    let other = world.brands[0].regions[0].branches[1].visit;
    app.get(one, format!("{}/notes?cursor={cursor}", path(other))).await.expect_invalid("cursor");
}

async fn who_made_the_visit_sees_no_notes(app: TestApp) {
    let world = World::build(&app).await;
    let visit = world.brands[0].regions[0].branches[0].visit;
    let (shopper, reviewer) = (&world.staff.shopper, &world.staff.reviewer);
    let list = format!("{}/notes", path(visit));
    app.put(reviewer, format!("{list}/{}", id::<()>()), json!({"text": "Who is it?"})).await.expect(201);
    app.get(shopper, &list).await.expect_problem(403, "forbidden");
    for role in [Role::Manager, Role::Hr, Role::Scheduler, Role::Designer] {
        let who = Persona::everywhere(&app, role).await;
        app.get(&who, &list).await.expect_problem(403, "forbidden");
    }
    // Also if the shopper is a reviewer besides.
    let grant = format!("/v1/accounts/{}/grants/{}", shopper.account, id::<()>());
    app.put(&world.staff.administrator, grant, json!({"role": "reviewer"})).await.expect(201);
    app.get(shopper, &list).await.expect_problem(403, "forbidden");
    let own = format!("{list}/{}", id::<()>());
    app.put(shopper, own, json!({"text": "All is right."})).await.expect_problem(403, "forbidden");
}
