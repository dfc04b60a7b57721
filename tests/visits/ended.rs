//! Work that ended otherwise than by its shopper: it stays in the phone's bundle, with the reason, until it was seen.

use actix_web::http::Method;
use incognito::{
    fieldwork::assignments::model::AssignmentState::{Assigned, Cancelled, Expired},
    ids::AssignmentId,
};
use serde_json::{Value, json};

use crate::{
    app::{Answer, TestApp, each_engine_test, id},
    board::{self, Board, DAY, claim, offer, shopper, step, submit, tick},
    ledger::all_is_right,
    personas::Persona,
};

each_engine_test!(what_was_taken_back_is_told_until_it_was_seen, what_ended_otherwise_is_told_or_not);

async fn ended(app: &TestApp, who: &Persona) -> Vec<Value> {
    let work = app.get(&who.clone().renewed(app), "/v1/me/work").await.expect(200);
    work.json["ended"].as_array().unwrap().clone()
}

async fn see(app: &TestApp, who: &Persona, job: AssignmentId) -> Answer {
    app.call(Method::POST, format!("/v1/assignments/{job}/seen")).by(&who.clone().renewed(app)).await
}

async fn what_was_taken_back_is_told_until_it_was_seen(app: TestApp) {
    let board = Board::set(&app).await;
    let (mine, other) = (shopper(&app).await, shopper(&app).await);
    let scheduler = &board.world.staff.scheduler;
    let job = board.job(&app).await;
    claim(&app, &mine, job).await.expect(200);
    assert_eq!(ended(&app, &mine).await, Vec::<Value>::new());
    see(&app, &mine, job).await.expect_problem(409, "wrong_state");
    see(&app, &other, job).await.expect_problem(404, "not_found");
    see(&app, &mine, id()).await.expect_problem(404, "not_found");
    let before = app.get(&mine, "/v1/me/work").await.expect(200);
    app.advance(60);
    step(&app, scheduler, job, "cancel", json!({"reason": "It burnt down."})).await.expect(200);
    let after = app.get(&mine, "/v1/me/work").header("if-none-match", before.etag()).await.expect(200);
    assert_eq!(after.json["assignments"], json!([]));
    let listed = after.json["ended"].as_array().unwrap();
    let wanted = (json!(job), json!("cancelled"), json!("2026-03-15T10:01:00Z"), json!("It burnt down."));
    let one = &listed[0];
    let found = (&one["assignment_id"], &one["state"], &one["ended_at"], &one["reason"]);
    assert_eq!((listed.len(), found), (1, (&wanted.0, &wanted.1, &wanted.2, &wanted.3)));
    assert_eq!(one["branch"]["id"], json!(board.branch(0, 0)));

    // However long that takes; no other is told.
    app.advance(50 * DAY);
    assert_eq!(ended(&app, &mine).await.len(), 1);
    assert_eq!(ended(&app, &other).await.len(), 0);
    see(&app, &other, job).await.expect_problem(404, "not_found");
    let anew = board::seen(&app, &board, job).await;
    see(&app, &mine, job).await.expect(204);
    see(&app, &mine, job).await.expect(204);
    assert_eq!(ended(&app, &mine).await.len(), 0);
    let (me, them) = (Some(mine.account), Some(scheduler.account));
    let steps = board::steps(&app, job).await;
    assert_eq!(steps[1..], [(Assigned, Cancelled, me, them), (Cancelled, Cancelled, me, me)], "once");
    let seen = board::seen(&app, &board, job).await;
    assert_eq!((&seen["state"], &seen["shopper_id"]), (&anew["state"], &anew["shopper_id"]));
    // What was taken back is the scheduler's step, before and after.
    let again = json!({"reason": "It burnt down."});
    let scheduler = scheduler.clone().renewed(&app);
    assert_eq!(step(&app, &scheduler, job, "cancel", again).await.expect(200).text("/state"), "cancelled");
    let given_up = json!({"reason": "I am ill."});
    step(&app, &mine.renewed(&app), job, "give-up", given_up).await.expect_problem(409, "wrong_state");
    all_is_right(&app).await;
}

async fn what_ended_otherwise_is_told_or_not(app: TestApp) {
    let board = Board::set(&app).await;
    let scheduler = &board.world.staff.scheduler;
    let (mine, other) = (shopper(&app).await, shopper(&app).await);
    let cancel = async |job| {
        step(&app, scheduler, job, "cancel", json!({"reason": "It is closed."})).await.expect(200);
    };
    // An offer that is withdrawn.
    let offered = board.job(&app).await;
    offer(&app, &board, offered, &mine).await.expect(200);
    cancel(offered).await;
    // What is handed over ends for the shopper who had it.
    let handed = board.job(&app).await;
    claim(&app, &mine, handed).await.expect(200);
    let over = json!({"assignment_ids": [handed], "shopper_id": other.account, "reason": "You are ill."});
    app.post(scheduler, "/v1/assignments/hand-over", over).await.expect(200);
    // What the shopper gave up or declined is known to them, and so is what has a visit.
    let given_up = board.job(&app).await;
    claim(&app, &mine, given_up).await.expect(200);
    step(&app, &mine, given_up, "give-up", json!({"reason": "I am ill."})).await.expect(200);
    see(&app, &mine, given_up).await.expect(204);
    let declined = board.job(&app).await;
    offer(&app, &board, declined, &mine).await.expect(200);
    step(&app, &mine, declined, "decline", json!({})).await.expect(204);
    cancel(declined).await;
    let late = board.job(&app).await;
    claim(&app, &mine, late).await.expect(200);
    cancel(late).await;
    submit(&app, &board, &mine, late).await.expect(201);
    let listed = async || {
        let ended = ended(&app, &mine).await;
        ended.iter().map(|one| (one["assignment_id"].clone(), one["reason"].clone())).collect::<Vec<_>>()
    };
    let mut wanted = vec![(json!(offered), json!("It is closed.")), (json!(handed), json!("You are ill."))];
    wanted.sort_by_key(|one| one.0.to_string());
    let mut found = listed().await;
    found.sort_by_key(|one| one.0.to_string());
    assert_eq!(found, wanted);
    for (job, _) in &found {
        see(&app, &mine, job.as_str().unwrap().parse().unwrap()).await.expect(204);
    }
    // What was missed.
    let missed = board.job(&app).await;
    claim(&app, &mine, missed).await.expect(200);
    app.advance(9 * DAY);
    tick(&app).await;
    assert_eq!(listed().await, [(json!(missed), Value::Null)]);
    let state = ended(&app, &mine).await[0]["state"].clone();
    assert_eq!(state, "expired");
    see(&app, &mine, missed).await.expect(204);
    assert_eq!(listed().await, []);
    let (me, _) = (Some(mine.account), ());
    assert_eq!(board::steps(&app, missed).await[2], (Expired, Expired, me, me));
    all_is_right(&app).await;
}
