//! What a draft would change: figures that were worked out by hand, and nothing that is stored.

use diesel::prelude::*;
use incognito::{
    db::{
        Conn,
        schema::{assignment, checklist, checklist_version, figure, figure_change, visit, visit_step},
        types::Sha256,
    },
    ids::{ChecklistId, VisitId},
};
use serde_json::{Value, json};

use crate::{
    app::{Answer, TestApp, each_engine_test, id},
    builders::content,
    reviews::reject,
    scores::{BEST, GOOD, MARCH, POOR, Tree, ZERO, lend},
};

each_engine_test!(
    figures_are_exact,
    nothing_is_stored,
    answers_that_fit_no_more_are_counted,
    only_the_newest_counted_visits_of_the_checklist_are_tried,
    only_a_draft_without_errors_is_tried,
);

/// Greeting is worth 12 and waiting 10; cleanliness is asked no more.
fn stricter() -> Value {
    let mut draft = content();
    draft["sections"][0]["questions"][0]["weight"] = json!(12);
    draft["sections"][1]["questions"].as_array_mut().unwrap().remove(0);
    draft
}

async fn write(app: &TestApp, tree: &Tree, draft: &Value) {
    let path = format!("/v1/checklists/{}/draft", tree.checklist);
    let designer = &tree.world.staff.designer;
    let stored = app.get(designer, &path).await.expect(200);
    app.put(designer, &path, draft.clone()).if_match(stored.etag()).await.expect(200);
}

async fn ask(app: &TestApp, tree: &Tree, body: Value) -> Answer {
    let path = format!("/v1/checklists/{}/draft/what-if", tree.checklist);
    app.post(&tree.world.staff.designer, path, body).await
}

async fn what_if(app: &TestApp, tree: &Tree, draft: &Value) -> Value {
    write(app, tree, draft).await;
    ask(app, tree, json!({"from": "2026-01", "to": "2026-03"})).await.expect(200).json
}

async fn figures_are_exact(app: TestApp) {
    let tree = Tree::build(&app).await;
    tree.march(&app).await;
    lend(&app, tree.brand, 1_400).await;
    let found = what_if(&app, &tree, &stricter()).await;
    // Under the draft BEST and GOOD score 22/22, FAIR 10/22 = 4545, POOR 12/22 = 5455, ZERO nothing.
    assert_eq!((&found["visits"], &found["not_compared"]), (&json!(14), &json!(0)));
    let answers = json!({"answers": 42, "without_question": 14, "not_fitting": 0, "hidden": 0, "missing": 0});
    assert_eq!(found["answers"], answers);
    // 84999 / 14 = 6071.4; 95455 / 14 = 6818.2.
    assert_eq!((&found["before"]["score"], &found["after"]["score"]), (&json!(6_071), &json!(6_818)));
    for side in ["before", "after"] {
        let [low, high] = ["low", "high"].map(|end| found[side]["interval"][end].as_i64().unwrap());
        assert!(low < found[side]["score"].as_i64().unwrap() && low > 3_500 && high < 9_000, "{found}");
    }
    let differences =
        json!({"min": -3_788, "median": 1_250, "max": 4_205, "lower": 3, "same": 3, "higher": 8});
    assert_eq!(found["differences"], differences);
    let rank = |best: u8, worst: u8| json!({"best": best, "worst": worst});
    let rows = [
        ("f", 3, 1_250, 5_455, rank(3, 3), rank(2, 3)),
        ("d", 1, 8_333, 4_545, Value::Null, Value::Null),
        ("b", 2, 625, 2_728, Value::Null, Value::Null),
        ("c", 2, 9_166, 7_272, Value::Null, Value::Null),
        ("e", 3, 8_750, 10_000, rank(1, 2), rank(1, 2)),
        ("a", 3, 9_028, 8_182, rank(1, 2), rank(1, 3)),
    ];
    let branches: Vec<_> = rows
        .into_iter()
        .map(|(code, visits, before, after, rank_before, rank_after)| {
            json!({"branch_id": tree.branches[code], "code": code, "name": code, "visits": visits, "before": before,
                "after": after, "rank_before": rank_before, "rank_after": rank_after})
        })
        .collect();
    assert_eq!(found["branches"], json!(branches));
    assert_eq!(found["branches_changing_rank"], 2);
    let changed = found["most_changed"].as_array().unwrap();
    let differences: Vec<_> = changed
        .iter()
        .map(|one| {
            assert_eq!(one["month"], "2026-03");
            one["after"].as_i64().unwrap() - one["before"].as_i64().unwrap()
        })
        .collect();
    assert_eq!(differences, [[4_205; 4].as_slice(), &[-3_788; 3], &[1_250; 4]].concat());

    // The same draft again is the same answer, and the version's own content changes nothing.
    assert_eq!(what_if(&app, &tree, &stricter()).await, found);
    let same = what_if(&app, &tree, &content()).await;
    assert_eq!((&same["before"], &same["branches_changing_rank"]), (&same["after"], &json!(0)));
    assert_eq!((&same["most_changed"], &same["differences"]["same"]), (&json!([]), &json!(14)));
}

/// All that visits, figures and checklists are kept as.
async fn stored(app: &TestApp) -> Sha256 {
    let look = |conn: &mut Conn| {
        let visits = visit::table.order(visit::id).select((
            visit::id,
            visit::state,
            visit::content_hash,
            visit::score,
            visit::month,
            visit::received_at,
        ));
        let visits: Vec<(VisitId, String, Sha256, Option<i32>, i32, incognito::db::types::Instant)> =
            visits.load(conn)?;
        let folded = figure::table.order((figure::place_id, figure::reader, figure::month)).select((
            figure::month,
            figure::visits,
            figure::total,
            figure::parts,
        ));
        let folded: Vec<(i32, i64, i64, Vec<u8>)> = folded.load(conn)?;
        let changed = figure_change::table.order(figure_change::id).select(figure_change::parts);
        let changed: Vec<Vec<u8>> = changed.load(conn)?;
        let drafts = checklist::table.order(checklist::id).select((checklist::id, checklist::draft));
        let drafts: Vec<(ChecklistId, Option<incognito::db::types::Json<Value>>)> = drafts.load(conn)?;
        let counts: [i64; 3] = [
            visit_step::table.count().get_result(conn)?,
            assignment::table.count().get_result(conn)?,
            checklist_version::table.count().get_result(conn)?,
        ];
        Ok(Sha256::of(format!("{visits:?} {folded:?} {changed:?} {drafts:?} {counts:?}").as_bytes()))
    };
    app.db().read(look).await.unwrap()
}

async fn nothing_is_stored(app: TestApp) {
    let tree = Tree::build(&app).await;
    tree.approved(&app, "a", &GOOD, MARCH).await;
    write(&app, &tree, &stricter()).await;
    let before = stored(&app).await;
    let body = json!({"from": "2026-01", "to": "2026-12"});
    assert_eq!(ask(&app, &tree, body).await.expect(200).json["after"]["score"], 10_000);
    assert_eq!(stored(&app).await, before);
    tree.approved(&app, "a", &GOOD, MARCH).await;
    assert_ne!(stored(&app).await, before, "this looks at nothing");
}

async fn answers_that_fit_no_more_are_counted(app: TestApp) {
    let tree = Tree::build(&app).await;
    tree.march(&app).await;
    let answers = |answers: u16, without: u16, unfit: u16, missing: u16| json!({"answers": answers, "without_question": without, "not_fitting": unfit, "hidden": 0, "missing": missing});
    let mut renamed = content();
    renamed["sections"][0]["questions"][1]["answer"]["options"][1]["key"] = json!("slow");
    let found = what_if(&app, &tree, &renamed).await;
    // Five waited long, as the draft knows no more: POOR scores 2/6 = 3333, and ZERO 0/6.
    assert_eq!(found["answers"], answers(42, 0, 5, 0));
    assert_eq!(found["branches"][0]["after"], 3_333);

    // To those who were not greeted (FAIR and ZERO), the draft would not have shown the question about cleanliness.
    let mut hiding = content();
    hiding["sections"][1]["questions"][0]["show_when"] = json!({"var": "greeted"});
    let found = what_if(&app, &tree, &hiding).await;
    assert_eq!((&found["answers"]["hidden"], &found["answers"]["not_fitting"]), (&json!(4), &json!(0)));

    let mut asking = content();
    asking["sections"][0]["questions"][0]["key"] = json!("welcomed");
    assert_eq!(what_if(&app, &tree, &asking).await["answers"], answers(42, 14, 0, 14));

    // With only cleanliness left, FAIR has no score; and where it must apply, saying that it does not fits no more.
    let mut clean = content();
    clean["sections"][0]["questions"][0]["weight"] = json!(0);
    clean["sections"][0]["questions"][1]["weight"] = json!(0);
    let found = what_if(&app, &tree, &clean).await;
    assert_eq!(
        (&found["visits"], &found["not_compared"], &found["answers"]),
        (&json!(14), &json!(3), &answers(42, 0, 0, 0))
    );
    assert_eq!(found["branches"].as_array().unwrap().len(), 5, "no visit of d was compared");
    clean["sections"][1]["questions"][0]["not_applicable"] = json!(false);
    assert_eq!(what_if(&app, &tree, &clean).await["answers"], answers(42, 0, 3, 0));
}

async fn only_the_newest_counted_visits_of_the_checklist_are_tried(app: TestApp) {
    let mut tree = Tree::build(&app).await;
    write(&app, &tree, &content()).await;
    let none = ask(&app, &tree, json!({"from": "2026-03", "to": "2026-03"})).await.expect(200).json;
    assert_eq!(
        (&none["visits"], &none["before"]["score"], &none["differences"]),
        (&json!(0), &json!(null), &json!(null))
    );
    let oldest =
        [("2025-12-10T09:00:00Z", &BEST), ("2026-01-10T09:00:00Z", &GOOD), (MARCH, &POOR), (MARCH, &ZERO)];
    for (at, seen) in oldest {
        tree.approved(&app, "a", seen, at).await;
        app.advance(1);
    }
    let (_, another) = tree.world.staff.checklist(&app, tree.brand, content()).await;
    let own = std::mem::replace(&mut tree.version, another);
    tree.approved(&app, "a", &BEST, MARCH).await;
    tree.version = own;
    let rejected = tree.visit(&app, "a", &BEST, MARCH).await;
    reject(&app, &tree.world.staff.reviewer, rejected).await.expect(200);
    tree.visit(&app, "a", &BEST, MARCH).await; // still waits
    for (from, to, most, visits, mean) in [
        ("2025-12", "2026-03", 5_000, 4, Some(5_000)),
        ("2025-12", "2026-03", 3, 3, Some(3_333)),
        ("2025-12", "2026-03", 2, 2, Some(625)),
        ("2025-12", "2026-03", 1, 1, Some(0)),
        ("2025-12", "2026-01", 1, 1, Some(8_750)),
        ("2026-02", "2026-02", 1, 0, None),
        ("2016-04", "2026-03", 9, 4, Some(5_000)),
    ] {
        let body = json!({"from": from, "to": to, "most": most});
        let found = ask(&app, &tree, body).await.expect(200).json;
        assert_eq!(
            (&found["visits"], &found["before"]["score"]),
            (&json!(visits), &json!(mean)),
            "{from} {to} {most}"
        );
        assert_eq!(found["before"], found["after"]);
    }
    for (body, pointer) in [
        (json!({"from": "2026-03", "to": "2026-02"}), "/from"),
        (json!({"from": "2016-03", "to": "2026-03"}), "/from"),
        (json!({"from": "2026-13", "to": "2026-02"}), "/from"),
        (json!({"from": "2026-03", "to": "March"}), "/to"),
        (json!({"from": "2026-03", "to": "2026-03", "most": 0}), "/most"),
        (json!({"from": "2026-03", "to": "2026-03", "most": 5_001}), "/most"),
    ] {
        ask(&app, &tree, body).await.expect_invalid(pointer);
    }
    ask(&app, &tree, json!({"from": "2026-03"})).await.expect_problem(422, "invalid");
}

async fn only_a_draft_without_errors_is_tried(app: TestApp) {
    let tree = Tree::build(&app).await;
    let mut wrong = content();
    wrong["sections"][1]["questions"][0]["key"] = json!("greeted");
    write(&app, &tree, &wrong).await;
    let body = json!({"from": "2026-03", "to": "2026-03"});
    ask(&app, &tree, body.clone()).await.expect_invalid("/sections/1/questions/0/key");
    let designer = &tree.world.staff.designer;
    let path = format!("/v1/checklists/{}", id::<()>());
    app.post(designer, format!("{path}/draft/what-if"), body.clone()).await.expect_problem(404, "not_found");
    app.put(designer, &path, json!({"brand_id": tree.brand, "name": "New"})).await.expect(201);
    app.post(designer, format!("{path}/draft/what-if"), body).await.expect_problem(404, "not_found");
}
