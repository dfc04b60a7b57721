//! Decisions that are repeated, that meet, and that are taken back.

use std::collections::BTreeMap;

use actix_web::http::Method;
use futures_util::future::join_all;
use incognito::{accounts::model::Role, ids::VisitId, visits::store::steps};
use serde_json::{Value, json};

use super::{approve, counted, exclude, reject, reopen};
use crate::{
    app::{Answer, TestApp, each_engine_test},
    builders::World,
    ledger::all_is_right,
    personas::Persona,
    verify::verified,
    visits::path,
};

each_engine_test!(
    a_decision_that_comes_twice_is_made_once,
    of_64_decisions_exactly_one_wins,
    a_decision_is_taken_back_with_its_figures,
    what_is_not_acceptable_changes_nothing,
    steps_of_before_have_no_names,
    a_late_copy_of_a_decision_does_nothing,
    a_late_copy_of_any_step_does_nothing,
    a_key_stands_for_one_wish,
);

async fn decide(app: &TestApp, who: &Persona, visit: VisitId, how: &str, body: &Value) -> Answer {
    let to = format!("{}/review/{how}", path(visit));
    match body.is_null() {
        true => app.call(Method::POST, to).by(who).await,
        false => app.post(who, to, body.clone()).await,
    }
}

async fn how_many_steps(app: &TestApp, visit: VisitId) -> usize {
    app.db().read(move |conn| steps::latest(conn, visit)).await.unwrap().len()
}

async fn a_decision_that_comes_twice_is_made_once(app: TestApp) {
    let world = World::build(&app).await;
    let (visit, reviewer) = (world.brands[0].regions[0].branches[0].visit, &world.staff.reviewer);
    let another = Persona::everywhere(&app, Role::Reviewer).await;
    let reason = json!({"reason": "Of another place."});
    let decisions = [
        ("approve", Value::Null),
        ("reopen", reason.clone()),
        ("reject", json!({"reason": "Of another place.", "paid": true, "second_visit": false})),
        ("reopen", reason.clone()),
        ("exclude", reason.clone()),
        ("reopen", reason.clone()),
        ("reject", reason.clone()),
    ];
    for (number, (how, body)) in (1..).zip(&decisions) {
        app.advance(1);
        let first = decide(&app, reviewer, visit, how, body).await.expect(200);
        app.advance(1);
        let again = decide(&app, reviewer, visit, how, body).await.expect(200);
        assert_eq!(again.bytes, first.bytes, "{how}");
        // What was left out before is said now.
        if *how == "reject" {
            let body = json!({"reason": "Of another place.", "paid": number == 3, "second_visit": false});
            assert_eq!(decide(&app, reviewer, visit, how, &body).await.expect(200).bytes, first.bytes);
            let other = json!({"reason": "Of another place.", "paid": number != 3});
            decide(&app, reviewer, visit, how, &other).await.expect_problem(409, "wrong_state");
        }
        // Another reviewer's is another decision, and so is one for another reason.
        decide(&app, &another, visit, how, body).await.expect_problem(409, "wrong_state");
        if !body.is_null() {
            let other = json!({"reason": "Of another day."});
            decide(&app, reviewer, visit, how, &other).await.expect_problem(409, "wrong_state");
        }
        assert_eq!(how_many_steps(&app, visit).await, number);
    }
    all_is_right(&app).await;
}

async fn of_64_decisions_exactly_one_wins(app: TestApp) {
    let world = World::build(&app).await;
    let branches = world.brands.iter().flat_map(|brand| &brand.regions).flat_map(|region| &region.branches);
    let visits: Vec<_> = branches.map(|branch| branch.visit).collect();
    let reviewers = join_all((0..4).map(|_| Persona::everywhere(&app, Role::Reviewer))).await;
    for (round, &visit) in visits.iter().enumerate() {
        // Whatever comes first is not the same each time.
        let send = |number: usize| {
            let who = &reviewers[number % 4];
            let body = json!({"reason": format!("Reason {number}.")});
            let (how, body) = match (number + round) % 3 {
                // Of one reviewer's approvals all but one would be repeated.
                0 if number < 4 => ("approve", Value::Null),
                0 | 1 => ("reject", body),
                _ => ("exclude", body),
            };
            let app = &app;
            async move { decide(app, who, visit, how, &body).await }
        };
        let answers = join_all((0..64).map(send)).await;
        let mut codes = BTreeMap::new();
        for answer in &answers {
            *codes.entry((answer.status, answer.code())).or_insert(0) += 1;
        }
        assert_eq!(codes, [((200, ""), 1), ((409, "wrong_state"), 63)].into(), "exactly one wins");
        let winner = answers.iter().find(|answer| answer.status == 200).unwrap();
        let state = app.get(&reviewers[0], path(visit)).await.expect(200).text("/state");
        assert_eq!(winner.text("/state"), state);
        assert_eq!(how_many_steps(&app, visit).await, 1);
    }
    all_is_right(&app).await;
}

async fn a_decision_is_taken_back_with_its_figures(app: TestApp) {
    let world = World::build(&app).await;
    let (visit, reviewer) = (world.brands[0].regions[0].branches[0].visit, &world.staff.reviewer);
    let counts = async |many: i64| {
        assert_eq!(counted(&app, &world).await, [many, many, many]);
        all_is_right(&app).await;
    };
    let queue = async || {
        let queue = app.get(reviewer, "/v1/reviews?limit=200").await.expect(200);
        queue.json["items"].as_array().unwrap().iter().any(|one| one["visit_id"] == json!(visit))
    };
    for _ in 0..2 {
        assert_eq!(approve(&app, reviewer, visit).await.expect(200).json["paid"], true);
        counts(1).await;
        assert!(!queue().await);
        let reopened = reopen(&app, reviewer, visit).await.expect(200);
        assert_eq!(
            reopened.json,
            json!({"visit_id": visit, "state": "complete", "paid": null, "next_assignment_id": null})
        );
        counts(0).await;
        assert!(queue().await);
    }
    assert_eq!(reject(&app, reviewer, visit).await.expect(200).json["paid"], false);
    counts(0).await;
    // First it is taken back.
    for decide in [approve, exclude] {
        let refused = decide(&app, reviewer, visit).await.expect_problem(409, "wrong_state");
        assert!(refused.text("/detail").contains("this visit is rejected"), "{refused}");
    }
    reopen(&app, reviewer, visit).await.expect(200);
    let excluded = exclude(&app, reviewer, visit).await.expect(200);
    assert_eq!((excluded.text("/state"), &excluded.json["paid"]), ("excluded".into(), &json!(true)));
    counts(0).await;
    let shopper = &world.staff.shopper;
    let work = app.get(shopper, "/v1/me/work").await.expect(200);
    let listed =
        work.json["visits"].as_array().unwrap().iter().find(|one| one["id"] == json!(visit)).unwrap();
    assert_eq!((&listed["state"], &listed["paid"]), (&json!("excluded"), &json!(true)), "{work}");
    assert_eq!(listed["reason"], "It was being rebuilt.");
    // It says nothing of how good the shopper's visits are.
    let rating = app.get(shopper, "/v1/me/rating").await.expect(200);
    let of_quality =
        |event: &&Value| ["approved", "rejected"].contains(&event["what"].as_str().unwrap_or_default());
    let events = rating.json["events"].as_array().unwrap();
    assert!(!events.is_empty() && events.iter().filter(of_quality).count() == 0, "{rating}");
    reopen(&app, reviewer, visit).await.expect(200);
    approve(&app, reviewer, visit).await.expect(200);
    counts(1).await;
    let verified = verified(&app).await;
    assert!(verified.is_right() && verified.counted == 1, "{verified:?}");
}

async fn what_is_not_acceptable_changes_nothing(app: TestApp) {
    let world = World::build(&app).await;
    let (visit, reviewer) = (world.brands[0].regions[0].branches[0].visit, &world.staff.reviewer);
    approve(&app, reviewer, world.brands[0].regions[0].branches[1].visit).await.expect(200);
    for how in ["reject", "exclude", "reopen"] {
        for (body, pointer) in [
            (json!({}), "/reason"),
            (json!({"reason": " "}), "/reason"),
            (json!({"reason": "a", "second_visit": "yes"}), "/second_visit"),
            (json!({"reason": "a", "paid": 1}), "/paid"),
            (json!({"reason": "a", "score": 1}), "/score"),
        ] {
            decide(&app, reviewer, visit, how, &body).await.expect_invalid(pointer);
        }
    }
    // What is excluded is paid.
    let unpaid = json!({"reason": "a", "paid": false});
    decide(&app, reviewer, visit, "exclude", &unpaid).await.expect_invalid("/paid");
    assert_eq!(app.get(reviewer, path(visit)).await.expect(200).text("/state"), "complete");
    assert_eq!(how_many_steps(&app, visit).await, 0);
    all_is_right(&app).await;
}

/// What was decided before steps had names is told and proven as what it was.
async fn steps_of_before_have_no_names(app: TestApp) {
    use diesel::prelude::*;
    use incognito::db::{
        schema::visit_step,
        types::{Json, SqlJson},
    };
    let world = World::build(&app).await;
    let [one, another] = world.brands[0].regions[0].branches.each_ref().map(|branch| branch.visit);
    let reviewer = &world.staff.reviewer;
    approve(&app, reviewer, one).await.expect(200);
    reject(&app, reviewer, another).await.expect(200);
    let forget = |conn: &mut incognito::db::Conn| {
        let nothing = diesel::dsl::sql::<diesel::sql_types::Nullable<SqlJson>>("NULL");
        let unnamed = (visit_step::step.eq(None::<String>), visit_step::details.eq(nothing));
        Ok(diesel::update(visit_step::table).set(unnamed).execute(conn)?)
    };
    assert_eq!(app.db().write(forget).await.unwrap(), 2);
    all_is_right(&app).await;
    for (visit, what) in [(one, "approved"), (another, "rejected")] {
        let history = app.get(reviewer, path(visit) + "/history").await.expect(200);
        assert_eq!(history.text("/items/2/what"), what, "{history}");
        reopen(&app, reviewer, visit).await.expect(200);
    }
    all_is_right(&app).await;
    // A name that does not lead where the step led is seen.
    let rename = move |conn: &mut incognito::db::Conn| {
        let step = visit_step::table.find((one, 1));
        diesel::update(step).set(visit_step::step.eq(Some("reject"))).execute(conn)?;
        let details: Json<Value> = Json(json!({"second_visit": true}));
        let last = visit_step::table.find((another, 2));
        Ok(diesel::update(last).set(visit_step::details.eq(Some(details))).execute(conn)?)
    };
    assert_eq!(app.db().write(rename).await.unwrap(), 1);
    let found = crate::ledger::found(&app).await.join("\n");
    assert!(found.contains(&format!("visit {one}: its steps do not follow from each other")), "{found}");
    assert!(found.contains(&format!("visit {another}: whether another visit is wanted")), "{found}");
}

/// The same request under a key of its client's, as often as the network likes.
async fn under(
    app: &TestApp,
    (who, key): (&Persona, &str),
    visit: VisitId,
    how: &str,
    body: &Value,
) -> Answer {
    let to = format!("{}/review/{how}", path(visit));
    let call = match body.is_null() {
        true => app.call(Method::POST, to).by(who),
        false => app.post(who, to, body.clone()),
    };
    call.header("idempotency-key", key).await
}

/// One rejects, another takes that back, and the first one's request comes once more, much later.
async fn a_late_copy_of_a_decision_does_nothing(app: TestApp) {
    let world = World::build(&app).await;
    let (visit, one) = (world.brands[0].regions[0].branches[0].visit, &world.staff.reviewer);
    let other = &Persona::everywhere(&app, Role::Reviewer).await;
    let key = crate::app::id::<()>().to_string();
    let reason = json!({"reason": "Of another place."});
    let rejected = under(&app, (one, &key), visit, "reject", &reason).await.expect(200);
    assert_eq!(under(&app, (one, &key), visit, "reject", &reason).await.expect(200).bytes, rejected.bytes);
    reopen(&app, other, visit).await.expect(200);
    let late = under(&app, (one, &key), visit, "reject", &reason).await.expect(200);
    let stands = json!({"visit_id": visit, "state": "complete", "paid": null, "next_assignment_id": null});
    assert_eq!(late.json, stands, "it says how things stand");
    assert_eq!(how_many_steps(&app, visit).await, 2);
    approve(&app, other, visit).await.expect(200);
    let quoted = format!("\"{key}\"");
    let late = under(&app, (one, &quoted), visit, "reject", &reason).await.expect(200);
    assert_eq!((&late.json["state"], &late.json["paid"]), (&json!("approved"), &json!(true)), "{late}");
    assert_eq!(
        (how_many_steps(&app, visit).await, counted(&app, &world).await),
        (3, [json!(1), json!(1), json!(1)])
    );
    // What comes under no key is known only as long as nothing came after it.
    decide(&app, one, visit, "reject", &reason).await.expect_problem(409, "wrong_state");
    reopen(&app, other, visit).await.expect(200);
    decide(&app, one, visit, "reject", &reason).await.expect(200);
    assert_eq!(how_many_steps(&app, visit).await, 5);
    all_is_right(&app).await;
}

async fn a_late_copy_of_any_step_does_nothing(app: TestApp) {
    let world = World::build(&app).await;
    let (visit, one) = (world.brands[0].regions[0].branches[0].visit, &world.staff.reviewer);
    let other = &Persona::everywhere(&app, Role::Reviewer).await;
    let reason = json!({"reason": "It was another visit."});
    let asked = super::returns::asking(&["greeted"], super::returns::reason(&app, &world).await);
    for (how, body, before, after) in [
        ("approve", Value::Null, None, "reopen"),
        ("exclude", reason.clone(), None, "reopen"),
        ("reject", reason.clone(), None, "reopen"),
        ("return", asked, None, "reopen"),
        ("release-claim", json!({}), Some("claim"), "claim"),
        ("release-claim", json!({"reviewer_id": other.account}), Some("claim"), "release-claim"),
    ] {
        let key = crate::app::id::<()>().to_string();
        if let Some(before) = before {
            decide(&app, one, visit, before, &Value::Null).await.expect(200);
        }
        app.advance(1);
        under(&app, (one, &key), visit, how, &body).await.expect(200);
        // What the one did the other one undoes, or does again.
        let undone = match after {
            "claim" => Value::Null,
            "reopen" => reason.clone(),
            _ => json!({}),
        };
        let undone = decide(&app, other, visit, after, &undone).await.expect(200);
        let steps = how_many_steps(&app, visit).await;
        app.advance(1);
        let late = under(&app, (one, &key), visit, how, &body).await.expect(200);
        assert_eq!(late.json["state"], undone.json["state"], "{how}: {late}");
        assert_eq!(how_many_steps(&app, visit).await, steps, "{how}");
        if after == "claim" {
            assert_eq!(late.json["reviewer_id"], json!(other.account), "{late}");
            decide(&app, other, visit, "release-claim", &json!({})).await.expect(200);
        }
    }
    // Taking a decision back is a step like the others.
    let key = crate::app::id::<()>().to_string();
    approve(&app, one, visit).await.expect(200);
    under(&app, (one, &key), visit, "reopen", &reason).await.expect(200);
    exclude(&app, other, visit).await.expect(200);
    let late = under(&app, (one, &key), visit, "reopen", &reason).await.expect(200);
    assert_eq!((&late.json["state"], &late.json["paid"]), (&json!("excluded"), &json!(true)), "{late}");
    all_is_right(&app).await;
}

async fn a_key_stands_for_one_wish(app: TestApp) {
    let world = World::build(&app).await;
    let [visit, second] = world.brands[0].regions[0].branches.each_ref().map(|branch| branch.visit);
    let (one, other) = (&world.staff.reviewer, &Persona::everywhere(&app, Role::Reviewer).await);
    let key = crate::app::id::<()>().to_string();
    let reason = json!({"reason": "Of another place."});
    under(&app, (one, &key), visit, "reject", &reason).await.expect(200);
    for (how, body) in [
        ("approve", Value::Null),
        ("reject", json!({"reason": "Of another town."})),
        ("reject", json!({"reason": "Of another place.", "paid": true})),
        ("reopen", reason.clone()),
    ] {
        under(&app, (one, &key), visit, how, &body).await.expect_problem(409, "conflict");
    }
    for wrong in ["7", "", "a,b"] {
        under(&app, (one, wrong), visit, "reopen", &reason).await.expect_invalid("idempotency-key");
    }
    // Another's key, and that of another visit, is another one.
    under(&app, (other, &key), visit, "reopen", &reason).await.expect(200);
    under(&app, (one, &key), second, "approve", &Value::Null).await.expect(200);
    assert_eq!((how_many_steps(&app, visit).await, how_many_steps(&app, second).await), (2, 1));
}
