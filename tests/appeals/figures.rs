//! What appeals say of reviewers, shoppers, questions and branches; and what the branch's side is shown of a corrected visit.

use incognito::{scores::show_daily::ShowBrand, work::Task};
use serde_json::{Value, json};

use super::{Case, DAY};
use crate::{
    app::{TestApp, each_engine_test, id},
    builders::visit_body,
    ledger::all_is_right,
    reports::release_all,
    reviews::approve,
    visits::path,
};

each_engine_test!(outcomes_are_counted_by_answers, what_the_branch_is_shown_moves_with_the_night,);

async fn outcomes_are_counted_by_answers(app: TestApp) {
    let case = Case::new(&app).await;
    let appeal = case.file(&app, &["greeted", "clean"]).await;
    let brand = case.world.brands[0].id;
    let outcomes = async |by: &str| {
        let path = format!("/v1/brands/{brand}/appeal-outcomes?by={by}");
        app.get(&case.reviewer, path).await.expect(200).json["items"].clone()
    };
    assert_eq!(outcomes("branch").await, json!([]), "nobody has decided");
    case.uphold(&app, appeal, json!({"greeted": {"value": true}})).await.expect(200);
    let whole = |of: &str, id: Value| {
        let mut one = json!({"reviewer_id": null, "shopper_id": null, "branch_id": null, "checklist_id": null,
            "question": null, "appealed": 2, "upheld": 1, "share": 5_000, "low": 945, "high": 9_055});
        one[of] = id;
        json!([one])
    };
    assert_eq!(
        outcomes("branch").await,
        whole("branch_id", json!(case.world.brands[0].regions[0].branches[0].id))
    );
    assert_eq!(outcomes("shopper").await, whole("shopper_id", json!(case.world.staff.shopper.account)));
    assert_eq!(outcomes("reviewer").await, whole("reviewer_id", json!(case.world.staff.reviewer.account)));
    let by_question = outcomes("question").await;
    let seen: Vec<_> = by_question
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["question"].clone(), one["upheld"].clone()))
        .collect();
    assert_eq!(seen, [(json!("clean"), json!(0)), (json!("greeted"), json!(1))]);
    // That somebody saw which shopper it is stands in the audit.
    let looks = app.get(&case.world.staff.administrator, "/v1/audit?kind=shopper_shown").await.expect(200);
    let paths: Vec<_> = looks.json["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["details"]["operation"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(paths.iter().filter(|one| one.ends_with("appeal-outcomes")).count(), 1, "{paths:?}");
    let query = format!("/v1/brands/{brand}/appeal-outcomes");
    app.get(&case.reviewer, format!("{query}?by=region")).await.expect_invalid("by");
    app.get(&case.reviewer, format!("{query}?by=branch&from=2026-03-02&to=2026-03-01"))
        .await
        .expect_invalid("from");
    let none = app.get(&case.reviewer, format!("{query}?by=branch&to=2026-03-14")).await.expect(200);
    assert_eq!(none.json["items"], json!([]));
    let paged = app.get(&case.reviewer, format!("{query}?by=question&limit=1")).await.expect(200);
    let next = format!("{query}?by=question&limit=1&cursor={}", paged.text("/next_cursor"));
    let rest = app.get(&case.reviewer, next).await.expect(200);
    assert_eq!((&paged.json["items"][0], &rest.json["items"][0]), (&by_question[0], &by_question[1]));
}

async fn what_the_branch_is_shown_moves_with_the_night(app: TestApp) {
    let mut case = Case::new(&app).await;
    let (brand, staff) = (&case.world.brands[0], &case.world.staff);
    let branch = brand.regions[0].branches[0].id;
    // Three visits of March, so that its figure is shown.
    for _ in 0..2 {
        let (visit, to) = (id(), staff.assignment(&app, branch, brand.version).await);
        app.put(&staff.shopper, path(visit), visit_body(to, brand.version)).await.expect(201);
        approve(&app, &staff.reviewer, visit).await.expect(200);
    }
    release_all(&app).await;
    let brand_id = brand.id;
    let night = async || ShowBrand { brand_id }.run(app.app(), &()).await.unwrap();
    let appeal = case.file(&app, &["greeted"]).await;
    case.wait(&app, 20 * DAY);
    night().await;
    let seen = async |case: &Case| {
        let path = format!("/v1/branches/{branch}/score?from=2026-03&to=2026-03");
        app.get(&case.manager, path).await.expect(200).json["score"].clone()
    };
    let before = seen(&case).await;
    assert_eq!(before, 8_750, "10 of 16 once, and all of it twice");
    case.uphold(&app, appeal, json!({"greeted": {"value": true}})).await.expect(200);
    assert_eq!(seen(&case).await, before);
    case.wait(&app, DAY);
    night().await;
    assert_eq!(seen(&case).await, 9_167, "12 of 16 once");
    all_is_right(&app).await;
}
