//! Retirement beside moves, and the same request sent again.

use std::fmt::Write as _;

use incognito::{
    accounts::model::{GrantScope, Role},
    estate::carry_out_moves::CarryOutMoves,
    work::Task,
};
use serde_json::{Value, json};

use super::{is_right, seen, step, to};
use crate::{
    app::{TestApp, each_engine_test},
    ledger::all_is_right,
    personas::Persona,
    scores::Tree,
};

each_engine_test!(
    what_is_to_move_does_not_retire,
    what_will_retire_does_not_move,
    the_same_again_is_by_the_same_person_for_the_same_reason,
    a_region_of_many_branches_retires_and_is_restored,
    the_audit_says_from_when_on,
);

fn lease() -> Value {
    json!({"from": "2026-03-15", "reason": "The lease ended."})
}

async fn what_is_to_move_does_not_retire(app: TestApp) {
    let tree = Tree::build(&app).await;
    let back = json!({"reason": "It stays after all."});
    to(&app, &tree, "a", Some("abroad"), "2026-05").await.expect(200);
    // The branch itself, what it moves out of, and what it moves into.
    for place in ["a", "city", "country", "abroad"] {
        let refused = step(&app, &tree, place, "retire", lease()).await.expect_problem(409, "conflict");
        assert!(refused.text("/detail").contains("take-back-move"), "{refused}");
    }
    step(&app, &tree, "a", "take-back-move", back.clone()).await.expect(200);
    to(&app, &tree, "city", Some("abroad"), "2026-05").await.expect(200);
    for place in ["city", "country", "abroad"] {
        step(&app, &tree, place, "retire", lease()).await.expect_problem(409, "conflict");
    }
    step(&app, &tree, "city", "take-back-move", back).await.expect(200);
    // What moves within a region retires with it, and moves all the same.
    to(&app, &tree, "a", Some("country"), "2026-05").await.expect(200);
    step(&app, &tree, "city", "retire", lease()).await.expect_problem(409, "conflict");
    step(&app, &tree, "country", "retire", lease()).await.expect(200);
    app.advance(47 * 86_400);
    CarryOutMoves {}.run(app.app(), &()).await.unwrap();
    assert_eq!(seen(&app, &tree, "a").await["region_id"], json!(tree.regions["country"]));
    step(&app, &tree, "country", "restore", json!({"reason": "A new lease."})).await.expect(200);
    for place in ["country", "city", "a", "b", "c"] {
        assert_eq!(seen(&app, &tree, place).await["retired_at"], Value::Null, "{place}");
    }
    is_right(&app).await;
    all_is_right(&app).await;
}

async fn what_will_retire_does_not_move(app: TestApp) {
    let tree = Tree::build(&app).await;
    let body = json!({"from": "2026-12-01", "reason": "The lease ends."});
    step(&app, &tree, "city", "retire", body).await.expect(200);
    for (place, region) in [("a", "abroad"), ("city", "abroad")] {
        to(&app, &tree, place, Some(region), "2026-05").await.expect_problem(409, "wrong_state");
    }
    to(&app, &tree, "d", Some("city"), "2026-05").await.expect_invalid("/region_id");
    step(&app, &tree, "city", "restore", json!({"reason": "It goes on."})).await.expect(200);
    to(&app, &tree, "a", Some("abroad"), "2026-05").await.expect(200);
    all_is_right(&app).await;
}

async fn the_same_again_is_by_the_same_person_for_the_same_reason(app: TestApp) {
    let tree = Tree::build(&app).await;
    let scope = GrantScope { brand_id: Some(tree.brand), ..GrantScope::default() };
    let other = Persona::with(&app, &[(Role::Administrator, scope)]).await;
    let reason = |reason: &str| json!({"reason": reason});
    let moves =
        |reason: &str| json!({"from": "2026-05", "region_id": tree.regions["abroad"], "reason": reason});
    let retires = |from: &str, reason: &str| json!({"from": from, "reason": reason});
    let steps = async || {
        let path = format!("/v1/{}/history", tree.place("a"));
        app.get(&other, path).await.expect(200).json["steps"].as_array().unwrap().len()
    };
    let day = "2026-03-15";
    for (what, first, others) in [
        ("move", moves("Yes."), vec![moves("No.")]),
        ("take-back-move", reason("Yes."), vec![reason("No.")]),
        (
            "retire",
            retires(day, "Yes."),
            vec![retires(day, "No."), retires("2026-03-16", "Yes."), retires("2026-03-14", "Yes.")],
        ),
        ("restore", reason("Yes."), vec![reason("No.")]),
    ] {
        let done = step(&app, &tree, "a", what, first.clone()).await.expect(200);
        let before = steps().await;
        let path = format!("/v1/{}/{what}", tree.place("a"));
        let again = app
            .post(&tree.world.staff.administrator, &path, first.clone())
            .if_match("\"1\"")
            .await
            .expect(200);
        assert_eq!((&again.json, again.etag()), (&done.json, done.etag()));
        for body in others {
            let answer = step(&app, &tree, "a", what, body).await;
            assert_eq!(answer.status, 409, "{answer}");
        }
        let by_another = app.post(&other, &path, first).if_match(done.etag()).await;
        assert_eq!(by_another.status, 409, "{by_another}");
        assert_eq!(steps().await, before, "{what}");
    }
    // A branch that retired with its region did not retire by itself.
    step(&app, &tree, "city", "retire", retires(day, "Yes.")).await.expect(200);
    step(&app, &tree, "a", "retire", retires(day, "Yes.")).await.expect_problem(409, "wrong_state");
    step(&app, &tree, "city", "restore", reason("Yes.")).await.expect(200);
    step(&app, &tree, "a", "restore", reason("Yes.")).await.expect_problem(409, "wrong_state");
    all_is_right(&app).await;
}

/// More of them than one statement names.
async fn a_region_of_many_branches_retires_and_is_restored(app: TestApp) {
    let mut tree = Tree::build(&app).await;
    let administrator = tree.world.staff.administrator.clone();
    let mut file = "region,branch,name,address,time_zone,languages\n".to_owned();
    for number in 0..1_100 {
        let region = if number % 2 == 0 { format!("Many/{number}") } else { "Many".to_owned() };
        writeln!(file, "{region},M-{number},Lumen,1 Main Street,Europe/Istanbul,tr").unwrap();
    }
    let path = format!("/v1/brands/{}/places/import", tree.brand);
    let call = app.call(actix_web::http::Method::POST, path).by(&administrator);
    call.body("text/csv", file).await.expect(200);
    let regions = crate::places::walk(&app, &administrator, "/v1/regions", 200).await;
    let many = regions.iter().find(|region| region["name"] == "Many").unwrap()["id"].as_str().unwrap();
    tree.regions.insert("many", many.parse().unwrap());
    let retired = async |list: &str| {
        let list = format!("/v1/{list}?region_id={}&state=retired", tree.regions["many"]);
        crate::places::walk(&app, &administrator, &list, 200).await.len()
    };
    step(&app, &tree, "many", "retire", lease()).await.expect(200);
    assert_eq!((retired("regions").await, retired("branches").await), (551, 1_100));
    step(&app, &tree, "many", "restore", json!({"reason": "A new lease."})).await.expect(200);
    assert_eq!((retired("regions").await, retired("branches").await), (0, 0));
    step(&app, &tree, "many", "retire", lease()).await.expect(200);
    assert_eq!(retired("branches").await, 1_100, "each has a third step");
    all_is_right(&app).await;
}

async fn the_audit_says_from_when_on(app: TestApp) {
    let tree = Tree::build(&app).await;
    to(&app, &tree, "a", Some("abroad"), "2026-05").await.expect(200);
    step(&app, &tree, "b", "retire", lease()).await.expect(200);
    let details = async |place: &str| {
        let path = format!("/v1/audit?kind=place_step&subject_id={}", tree.branches[place]);
        app.get(&tree.world.staff.administrator, path).await.expect(200).json["items"][0]["details"].clone()
    };
    let moved = json!({"step": "move", "number": 1, "from": "2026-05", "from_region_id": tree.regions["city"],
        "to_region_id": tree.regions["abroad"]});
    assert_eq!(details("a").await, moved);
    // Midnight in Istanbul.
    let retired = json!({"step": "retire", "number": 1, "retired_at": "2026-03-14T21:00:00Z"});
    assert_eq!(details("b").await, retired);
}
