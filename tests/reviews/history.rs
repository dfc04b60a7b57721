//! What happened to a visit, as desks and its shopper are told it.

use incognito::{accounts::model::Role, ids::AccountId};
use serde_json::{Value, json};

use super::{approve, exclude, reject, reopen};
use crate::{
    app::{TestApp, each_engine_test},
    builders::World,
    personas::Persona,
    visits::path,
};

each_engine_test!(desks_see_who_did_what_when_and_why, a_shopper_sees_what_and_why_and_nobody_s_name);

/// Calls the account so.
async fn call(app: &TestApp, account: AccountId, name: &'static str) {
    use diesel::prelude::*;
    use incognito::db::schema::account as row;
    let rename = move |conn: &mut incognito::db::Conn| {
        Ok(diesel::update(row::table.find(account)).set(row::name.eq(name)).execute(conn)?)
    };
    assert_eq!(app.db().write(rename).await.unwrap(), 1);
}

/// A visit that was approved, reopened by another reviewer, rejected, reopened and excluded, a minute each.
async fn decided(app: &TestApp) -> (World, Persona) {
    let world = World::build(app).await;
    let (one, another) = (world.staff.reviewer.clone(), Persona::everywhere(app, Role::Reviewer).await);
    call(app, one.account, "Ann Lee").await;
    call(app, another.account, "Bob Ray").await;
    call(app, world.staff.shopper.account, "Eve Shopper").await;
    let visit = world.brands[0].regions[0].branches[0].visit;
    app.advance(60);
    approve(app, &one, visit).await.expect(200);
    app.advance(60);
    reopen(app, &another, visit).await.expect(200);
    app.advance(60);
    reject(app, &another, visit).await.expect(200);
    app.advance(60);
    reopen(app, &one, visit).await.expect(200);
    app.advance(60);
    exclude(app, &one, visit).await.expect(200);
    (world, another)
}

async fn desks_see_who_did_what_when_and_why(app: TestApp) {
    let (world, another) = decided(&app).await;
    let (staff, visit) = (&world.staff, world.brands[0].regions[0].branches[0].visit);
    let entry = |minute: u32, what: &str, state: &str, by: Option<(&Persona, Option<&str>)>, more: Value| {
        let mut entry = json!({"at": format!("2026-03-15T10:0{minute}:00Z"), "what": what, "state": state,
            "account_id": by.map(|by| by.0.account), "name": by.and_then(|by| by.1), "reason": null, "paid": null,
            "second_visit": null, "next_assignment_id": null, "reviewer_id": null});
        more.as_object().unwrap().iter().for_each(|(name, value)| entry[name] = value.clone());
        entry
    };
    let (ann, bob) = (Some((&staff.reviewer, Some("Ann Lee"))), Some((&another, Some("Bob Ray"))));
    let back = json!({"reason": "It was another visit."});
    let wanted = json!({"kind": "desk", "items": [
        // Of the shopper the account alone is named: a reviewer is not told who it was.
        entry(0, "arrived", "submitted", Some((&staff.shopper, None)), json!({})),
        entry(0, "completed", "complete", None, json!({})),
        entry(1, "approved", "approved", ann, json!({"paid": true})),
        entry(2, "reopened", "complete", bob, back.clone()),
        entry(3, "rejected", "rejected", bob,
            json!({"reason": "Of another place.", "paid": false, "second_visit": false})),
        entry(4, "reopened", "complete", ann, back),
        entry(5, "excluded", "excluded", ann,
            json!({"reason": "It was being rebuilt.", "paid": true, "second_visit": false})),
    ]});
    for who in [&staff.reviewer, &staff.administrator, &Persona::everywhere(&app, Role::Auditor).await] {
        assert_eq!(app.get(who, path(visit) + "/history").await.expect(200).json, wanted);
    }
    for (role, status) in [(Role::Manager, 403), (Role::Hr, 403), (Role::Designer, 403), (Role::Shopper, 404)]
    {
        let who = Persona::everywhere(&app, role).await;
        app.get(&who, path(visit) + "/history").await.expect(status);
    }
}

async fn a_shopper_sees_what_and_why_and_nobody_s_name(app: TestApp) {
    let (world, another) = decided(&app).await;
    let (shopper, visit) = (&world.staff.shopper, world.brands[0].regions[0].branches[0].visit);
    let entry = |minute: u32, what: &str, state: &str, reason: Option<&str>, paid: Option<bool>| {
        json!({"at": format!("2026-03-15T10:0{minute}:00Z"), "what": what, "state": state, "own": what == "arrived",
            "reason": reason, "paid": paid})
    };
    let back = Some("It was another visit.");
    let wanted = json!({"kind": "own", "items": [
        entry(0, "arrived", "submitted", None, None),
        entry(0, "completed", "complete", None, None),
        entry(1, "approved", "approved", None, Some(true)),
        entry(2, "reopened", "complete", back, None),
        entry(3, "rejected", "rejected", Some("Of another place."), Some(false)),
        entry(4, "reopened", "complete", back, None),
        entry(5, "excluded", "excluded", Some("It was being rebuilt."), Some(true)),
    ]});
    let answer = app.get(shopper, path(visit) + "/history").await.expect(200);
    assert_eq!(answer.json, wanted);
    let text = answer.json.to_string();
    for nobody in ["Ann", "Bob"]
        .map(str::to_owned)
        .into_iter()
        .chain([another.account, world.staff.reviewer.account].map(|account| account.to_string()))
    {
        assert!(!text.contains(&nobody), "{nobody} in {answer}");
    }
    // Who has another role besides is told of the own visit as a shopper is.
    let account = format!("/v1/accounts/{}/grants/{}", shopper.account, crate::app::id::<()>());
    app.put(&world.staff.administrator, account, json!({"role": "reviewer"})).await.expect(201);
    assert_eq!(app.get(shopper, path(visit) + "/history").await.expect(200).json, wanted);
}
