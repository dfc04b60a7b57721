//! Second opinions: another reviewer finds what they find without knowing the decision, and nothing changes by it.

use incognito::{accounts::model::Role, ids::VisitId};
use serde_json::{Value, json};

use super::{approve, by_lot::made, exclude, ids, reject, reopen};
use crate::{
    app::{Answer, TestApp, each_engine_test, id},
    builders::World,
    ledger::all_is_right,
    personas::Persona,
    visits::path,
};

each_engine_test!(
    another_reviewer_is_asked_blind,
    an_opinion_is_given_once_and_changes_nothing,
    an_opinion_follows_the_decision,
    agreement_is_reckoned_for_a_brand,
);

fn asked(share: i64) -> [(&'static str, Value); 1] {
    [("/terms/second_opinions_bp", json!(share))]
}

async fn wanted(app: &TestApp, who: &Persona) -> Vec<VisitId> {
    let page = app.get(who, "/v1/reviews?second_opinion=true&limit=200").await.expect(200);
    let items = page.json["items"].as_array().unwrap();
    // What was decided is nowhere in it.
    assert!(items.iter().all(|item| item["state"] == "complete" && item["reviewer_id"].is_null()), "{page}");
    ids(&page.json["items"])
}

async fn give(app: &TestApp, who: &Persona, visit: VisitId, body: Value) -> Answer {
    app.put(who, path(visit) + "/review/second-opinion", body).await
}

async fn another_reviewer_is_asked_blind(app: TestApp) {
    let world = World::build(&app).await;
    let (one, other) = (&world.staff.reviewer, &Persona::everywhere(&app, Role::Reviewer).await);
    let visits = made(&app, &world, 1, &asked(10_000)).await;
    assert_eq!(wanted(&app, other).await, [], "nothing was decided");
    approve(&app, one, visits[0]).await.expect(200);
    reject(&app, one, visits[1]).await.expect(200);
    exclude(&app, one, visits[2]).await.expect(200);
    // What is in no campaign is asked of nobody.
    approve(&app, one, world.brands[0].regions[0].branches[0].visit).await.expect(200);
    let mut three = visits[..3].to_vec();
    three.sort();
    let mut found = wanted(&app, other).await;
    found.sort();
    assert_eq!(found, three);
    assert_eq!(wanted(&app, one).await, [], "who decided is not asked");
    let elsewhere = Persona::with(&app, &[(Role::Reviewer, world.brands[1].scope())]).await;
    assert_eq!(wanted(&app, &elsewhere).await, []);
    let page = app.get(other, "/v1/reviews?second_opinion=true&limit=2&sort=risk").await.expect(200);
    let rest =
        format!("/v1/reviews?second_opinion=true&limit=2&sort=risk&cursor={}", page.text("/next_cursor"));
    assert_eq!(app.get(other, rest).await.expect(200).json["items"].as_array().unwrap().len(), 1);
    app.call(actix_web::http::Method::POST, "/v1/reviews/next?second_opinion=true")
        .by(other)
        .await
        .expect_invalid("second_opinion");
    // None is drawn where none is wanted.
    let none = made(&app, &world, 1, &[]).await;
    approve(&app, one, none[0]).await.expect(200);
    assert_eq!(wanted(&app, other).await.len(), 3);
    all_is_right(&app).await;
}

async fn an_opinion_is_given_once_and_changes_nothing(app: TestApp) {
    let world = World::build(&app).await;
    let (one, other) = (&world.staff.reviewer, &Persona::everywhere(&app, Role::Reviewer).await);
    let visit = made(&app, &world, 1, &asked(10_000)).await[0];
    let approval = json!({"decision": "approve"});
    give(&app, other, visit, approval.clone()).await.expect_problem(409, "wrong_state");
    approve(&app, one, visit).await.expect(200);
    give(&app, one, visit, approval.clone()).await.expect_problem(403, "forbidden");
    give(&app, other, visit, json!({"decision": "reject"})).await.expect_invalid("/reason");
    give(&app, other, visit, json!({"decision": "later"})).await.expect_invalid("/decision");
    app.advance(60);
    let rejection = json!({"decision": "reject", "reason": "The receipt is of another day."});
    let given = give(&app, other, visit, rejection.clone()).await.expect(200);
    let view = json!({"visit_id": visit, "brand_id": world.brands[0].id, "first_state": "approved",
        "first_reviewer_id": one.account, "state": "rejected", "reviewer_id": other.account, "agrees": false,
        "reason": "The receipt is of another day.", "asked_at": "2026-03-15T10:00:00Z", "given_at": "2026-03-15T10:01:00Z"});
    assert_eq!(given.json, view);
    assert_eq!(give(&app, other, visit, rejection).await.expect(200).bytes, given.bytes, "the same again");
    give(&app, other, visit, approval.clone()).await.expect_problem(409, "conflict");
    let third = Persona::everywhere(&app, Role::Reviewer).await;
    give(&app, &third, visit, approval).await.expect_problem(409, "conflict");
    assert_eq!(app.get(one, path(visit)).await.expect(200).text("/state"), "approved");
    assert_eq!(wanted(&app, &third).await, []);
    // The desk sees that they do not agree.
    let auditor = Persona::everywhere(&app, Role::Auditor).await;
    let listed = async |filter: &str| {
        app.get(&auditor, format!("/v1/second-opinions?{filter}")).await.expect(200).json["items"].clone()
    };
    assert_eq!((listed("agrees=false").await, listed("agrees=true").await), (json!([view]), json!([])));
    assert_eq!(listed(&format!("brand_id={}", world.brands[1].id)).await, json!([]));
    all_is_right(&app).await;
}

async fn an_opinion_follows_the_decision(app: TestApp) {
    let world = World::build(&app).await;
    let (one, other) = (&world.staff.reviewer, &Persona::everywhere(&app, Role::Reviewer).await);
    let visit = made(&app, &world, 1, &asked(10_000)).await[0];
    approve(&app, one, visit).await.expect(200);
    reopen(&app, one, visit).await.expect(200);
    assert_eq!(wanted(&app, other).await, [], "the decision was taken back");
    give(&app, other, visit, json!({"decision": "approve"})).await.expect_problem(409, "wrong_state");
    // The other one decides now, so the first one is asked.
    reject(&app, other, visit).await.expect(200);
    assert_eq!((wanted(&app, other).await, wanted(&app, one).await), (vec![], vec![visit]));
    let given =
        give(&app, one, visit, json!({"decision": "reject", "reason": "It is too short."})).await.expect(200);
    assert_eq!((&given.json["first_state"], &given.json["agrees"]), (&json!("rejected"), &json!(true)));
    // What was given stays, whatever is decided later.
    reopen(&app, other, visit).await.expect(200);
    approve(&app, other, visit).await.expect(200);
    assert_eq!(wanted(&app, one).await, []);
    all_is_right(&app).await;
}

async fn agreement_is_reckoned_for_a_brand(app: TestApp) {
    let world = World::build(&app).await;
    let (brand, one) = (&world.brands[0], &world.staff.reviewer);
    let other = &Persona::everywhere(&app, Role::Reviewer).await;
    let agreement = async |query: &str| {
        app.get(one, format!("/v1/brands/{}/agreement{query}", brand.id)).await.expect(200).json
    };
    let nothing = json!({"visits": 0, "observed_bp": null, "expected_bp": null, "kappa_bp": null,
        "interval_bp": null, "pairs": []});
    assert_eq!(agreement("").await, nothing);
    let visits = made(&app, &world, 3, &asked(10_000)).await;
    // Of twelve visits: six approved by both, two rejected by both, three of the others approved first.
    for (number, visit) in visits.iter().enumerate() {
        let (first, second) = match number {
            0..6 => ("approve", "approve"),
            6..8 => ("reject", "reject"),
            8..10 => ("approve", "reject"),
            10 => ("approve", "exclude"),
            _ => ("reject", "approve"),
        };
        match first {
            "approve" => approve(&app, one, *visit).await.expect(200),
            _ => reject(&app, one, *visit).await.expect(200),
        };
        let reason = (second != "approve").then_some("It is another branch.");
        give(&app, other, *visit, json!({"decision": second, "reason": reason})).await.expect(200);
    }
    let found = agreement("").await;
    // p0 = 8/12; first 9, 3, 0; second 7, 4, 1; pe = (63 + 12) / 144; kappa = (96 - 75) / (144 - 75).
    assert_eq!(
        (&found["visits"], &found["observed_bp"], &found["expected_bp"], &found["kappa_bp"]),
        (&json!(12), &json!(6_667), &json!(5_208), &json!(3_043)),
        "{found}"
    );
    let ends = found["interval_bp"].as_array().unwrap();
    assert!(ends[0].as_i64() < Some(3_043) && ends[1].as_i64() > Some(3_043), "{found}");
    assert_eq!(found["pairs"].as_array().unwrap().len(), 5, "{found}");
    assert_eq!(agreement("?from=2026-03-15&to=2026-03-15").await["visits"], 12);
    assert_eq!(agreement("?from=2026-03-16&to=2026-03-17").await, nothing);
    assert_eq!(agreement("?to=2026-03-14").await, nothing);
    let path = format!("/v1/brands/{}/agreement", brand.id);
    app.get(one, format!("{path}?from=2026-03-16&to=2026-03-15")).await.expect_invalid("from");
    let elsewhere = Persona::with(&app, &[(Role::Reviewer, world.brands[1].scope())]).await;
    app.get(&elsewhere, &path).await.expect_problem(404, "not_found");
    app.get(one, format!("/v1/brands/{}/agreement", id::<()>())).await.expect_problem(404, "not_found");
}
