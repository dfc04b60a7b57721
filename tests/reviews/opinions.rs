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
    who_is_asked_learns_nothing_of_the_decision,
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

/// What a reviewer can ask about a visit that was decided about, and what they get. The requests change nothing.
async fn asked_about(app: &TestApp, who: &Persona, visit: VisitId) -> Vec<(String, Answer)> {
    let mut all = Vec::new();
    for asked in ["", "/history", "/notes", "/revisions", "/flags", "/score", "/evidence"] {
        let answer = app.get(who, path(visit) + asked).await;
        all.push((asked.to_owned(), answer));
    }
    let reason = json!({"reason": "It was another visit."});
    let ask = crate::reviews::returns::asking(&["greeted"], id());
    let remark = json!({"text": "Clean tables."});
    let preview = app.get(who, path(visit) + "/report-preview").await;
    all.push(("the preview".to_owned(), preview));
    for (step, body) in [
        ("approve", Value::Null),
        ("reject", reason.clone()),
        ("exclude", reason.clone()),
        ("reopen", reason.clone()),
        ("take-without", reason.clone()),
        ("claim", Value::Null),
        ("release-claim", json!({})),
        ("return", ask),
        ("propose-withdrawal", reason.clone()),
        ("keep-report", Value::Null),
        ("withdraw", Value::Null),
    ] {
        let to = format!("{}/review/{step}", path(visit));
        let answer = match body.is_null() {
            true => app.call(actix_web::http::Method::POST, to).by(who).await,
            false => app.post(who, to, body).await,
        };
        all.push((step.to_owned(), answer));
    }
    all.push(("spelling".to_owned(), app.put(who, path(visit) + "/comments/remarks", remark).await));
    let anew = app.post(who, path(visit) + "/send-anew", reason).await;
    all.push(("send anew".to_owned(), anew));
    all
}

/// Of three visits that were decided about in three ways, the same is said, until the second opinion is given.
async fn who_is_asked_learns_nothing_of_the_decision(app: TestApp) {
    let world = World::build(&app).await;
    let (one, other) = (&world.staff.reviewer, &Persona::everywhere(&app, Role::Reviewer).await);
    let visits = &made(&app, &world, 1, &asked(10_000)).await[..3];
    for visit in visits {
        let note = format!("{}/notes/{}", path(*visit), id::<()>());
        app.put(one, note, json!({"text": "I have decided."})).await.expect(201);
        let own = format!("{}/notes/{}", path(*visit), id::<()>());
        app.put(other, own, json!({"text": "A note of mine."})).await.expect(201);
    }
    approve(&app, one, visits[0]).await.expect(200);
    reject(&app, one, visits[1]).await.expect(200);
    exclude(&app, one, visits[2]).await.expect(200);
    // What was spelled after the approval is no hint either.
    let decided = ["approved", "rejected", "excluded"];
    let tells = |text: &str| {
        decided
            .iter()
            .chain(&["Of another place", "being rebuilt", "I have decided"])
            .any(|word| text.contains(word))
    };
    let mut shown: Vec<Vec<(String, u16, Value)>> = Vec::new();
    for visit in visits {
        let mut of_visit = Vec::new();
        for (what, answer) in asked_about(&app, other, *visit).await {
            assert!(!tells(&answer.to_string()), "{what}: {answer}");
            let items = &answer.json["items"];
            let events = items.as_array().map(|all| {
                all.iter().map(|one| json!([one["what"], one["state"], one["text"]])).collect::<Vec<_>>()
            });
            let words = json!([answer.json["state"], answer.json["code"], answer.json["detail"], events]);
            of_visit.push((what, answer.status, words));
        }
        shown.push(of_visit);
    }
    assert_eq!(shown[0], shown[1]);
    assert_eq!(shown[0], shown[2]);
    let notes = app.get(other, path(visits[0]) + "/notes").await.expect(200);
    assert_eq!(notes.json["items"].as_array().unwrap().len(), 1, "their own: {notes}");
    // The list of visits.
    let listed = async |who: &Persona, query: &str| {
        let page = app.get(who, format!("/v1/visits?limit=200&{query}")).await.expect(200);
        let items = page.json["items"].as_array().unwrap().clone();
        let of = items.iter().filter(|item| visits.iter().any(|visit| item["id"] == json!(visit)));
        of.map(|item| item["state"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(listed(other, "").await, ["complete"; 3]);
    for state in decided {
        assert_eq!(listed(other, &format!("state={state}")).await.len(), 0, "{state}");
        assert_eq!(listed(one, &format!("state={state}")).await, [state]);
    }
    // So does the table of visits, however a state is asked for.
    let in_table = async |filter: &str| {
        let filter: String = form_urlencoded::byte_serialize(filter.as_bytes()).collect();
        let page = app.get(other, format!("/odata/Visits?$filter={filter}")).await.expect(200);
        page.json["value"].as_array().unwrap().clone()
    };
    let waiting = in_table("state eq 'complete'").await;
    assert!(visits.iter().all(|visit| waiting.iter().any(|row| row["id"] == json!(visit))), "{waiting:?}");
    assert_eq!(waiting, in_table("state in ('complete')").await);
    for state in decided {
        assert_eq!(
            in_table(&format!("state eq '{state}'")).await,
            in_table(&format!("state in ('{state}')")).await
        );
    }
    let lines = app.get(other, "/v1/visits").header("accept", "application/jsonl").await.expect(200);
    let lines = String::from_utf8_lossy(&lines.bytes).into_owned();
    assert!(!tells(&lines), "{lines}");
    // Who decided, who does not review, and who reviews elsewhere see all.
    let two = [(Role::Reviewer, world.brands[1].scope()), (Role::Administrator, world.brands[0].scope())];
    let elsewhere = Persona::with(&app, &two).await;
    for who in [one.clone(), Persona::administrator(&app).await, elsewhere] {
        for (visit, state) in visits.iter().zip(decided) {
            assert_eq!(app.get(&who, path(*visit)).await.expect(200).text("/state"), state);
            let history = app.get(&who, path(*visit) + "/history").await.expect(200);
            assert!(history.to_string().contains(state), "{history}");
        }
        assert_eq!(listed(&who, "state=rejected").await, ["rejected"]);
    }
    // Nor is it named among those that gave an answer, which were all approved.
    let both = [Role::Reviewer, Role::Administrator].map(|role| (role, world.brands[0].scope()));
    let both = Persona::with(&app, &both).await;
    let named = async |who: &Persona| {
        let brand = world.brands[0].id;
        let found = app.get(who, format!("/v1/brands/{brand}/answers?question=waited")).await.expect(200);
        let all =
            app.get(who, format!("/v1/brands/{brand}/answers/quotes?question=waited")).await.expect(200);
        let has = |text: String| text.contains(&visits[0].to_string());
        assert_eq!(found.json["items"][0]["visits"], 1, "it counts: {found}");
        [has(found.to_string()), has(all.to_string())]
    };
    assert_eq!(named(&Persona::administrator(&app).await).await, [true; 2]);
    assert_eq!(named(&both).await, [false; 2]);
    // Nor by a key with the other role.
    let id_of_key = id();
    let key = json!({"name": "Excel", "scope": world.brands[0].scope(), "role": "administrator",
        "expires_at": app.now().plus_seconds(86_400)});
    let made = app.put(&both, crate::api_keys::path(id_of_key), key).await.expect(201);
    let program = Persona { token: Some(made.text("/secret")), ..both.clone() };
    assert_eq!(named(&program).await, [false; 2]);
    assert_eq!(listed(&program, "state=rejected").await.len(), 0);
    // From the moment on at which it is given, they see all as well.
    for (visit, state) in visits.iter().zip(decided) {
        let before = app.get(other, path(*visit)).await.expect(200);
        let given = give(&app, other, *visit, json!({"decision": "approve"})).await.expect(200);
        assert_eq!(given.text("/first_state"), state);
        let seen = app.get(other, path(*visit)).header("if-none-match", before.etag()).await.expect(200);
        assert_eq!(seen.text("/state"), state);
        let history = app.get(other, path(*visit) + "/history").await.expect(200);
        assert_eq!(history.json["items"].as_array().unwrap().last().unwrap()["what"], state, "{history}");
        let notes = app.get(other, path(*visit) + "/notes").await.expect(200);
        assert_eq!(notes.json["items"].as_array().unwrap().len(), 2, "{notes}");
        assert_eq!(listed(other, &format!("state={state}")).await, [state]);
    }
    assert_eq!(named(&both).await, [true; 2]);
    reopen(&app, other, visits[1]).await.expect(200);
    all_is_right(&app).await;
}
