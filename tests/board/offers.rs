//! Offers: made to one shopper, answered once, over when they are over.

use futures_util::future::join_all;
use incognito::{accounts::model::Role, fieldwork::assignments::model::AssignmentState::*};
use serde_json::{Value, json};

use super::{Board, DAY, accept, claim, offer, open, seen, shopper, step, steps, submit, tally, tick};
use crate::{
    app::{TestApp, each_engine_test, id},
    personas::Persona,
};

each_engine_test!(
    an_offer_is_for_whoever_was_asked,
    an_offer_that_is_declined_is_open_again,
    an_offer_that_is_not_answered_in_time,
    an_offer_ends_when_the_job_does,
    everybody_answers_at_once,
    whom_nobody_can_ask,
);

async fn an_offer_is_for_whoever_was_asked(app: TestApp) {
    let board = Board::set(&app).await;
    let (asked, other) = (shopper(&app).await, shopper(&app).await);
    let job = board.job(&app).await;
    let offered = offer(&app, &board, job, &asked).await.expect(200);
    assert_eq!(offered.json["state"], "offered");
    assert_eq!(offered.text("/answer_by"), "2026-03-16T10:00:00Z");
    assert_eq!(offered.json["pay"]["fee"], 1500);
    assert_eq!(offer(&app, &board, job, &asked).await.expect(200).bytes, offered.bytes, "the same again");
    offer(&app, &board, job, &other).await.expect_problem(409, "wrong_state");
    let work = app.get(&asked, "/v1/me/work").await.expect(200);
    assert_eq!(work.json["assignments"][0]["state"], "offered", "{work}");

    claim(&app, &other, job).await.expect_problem(409, "job_taken");
    accept(&app, &other, job).await.expect_problem(404, "not_found");
    step(&app, &other, job, "decline", json!({})).await.expect_problem(404, "not_found");
    submit(&app, &board, &asked, job).await.expect_invalid("/assignment_id");
    step(&app, &asked, job, "give-up", json!({"reason": "No."})).await.expect_problem(409, "wrong_state");

    let accepted = accept(&app, &asked, job).await.expect(200);
    assert_eq!((accepted.text("/state"), &accepted.json["answer_by"]), ("assigned".into(), &Value::Null));
    app.advance(60);
    assert_eq!(accept(&app, &asked, job).await.expect(200).bytes, accepted.bytes);
    assert_eq!(claim(&app, &asked, job).await.expect(200).bytes, accepted.bytes);
    assert_eq!(offer(&app, &board, job, &asked).await.expect(200).json["state"], "assigned");
    step(&app, &asked, job, "decline", json!({})).await.expect_problem(409, "wrong_state");
    let (who, by) = (Some(asked.account), Some(board.world.staff.scheduler.account));
    assert_eq!(steps(&app, job).await, [(Open, Offered, who, by), (Offered, Assigned, who, who)]);
    submit(&app, &board, &asked, job).await.expect(201);
}

async fn an_offer_that_is_declined_is_open_again(app: TestApp) {
    let board = Board::set(&app).await;
    let (asked, other) = (shopper(&app).await, shopper(&app).await);
    let job = board.job(&app).await;
    offer(&app, &board, job, &asked).await.expect(200);
    let why = json!({"reason": "Too far."});
    let scheduler = &board.world.staff.scheduler;
    assert!(step(&app, &asked, job, "decline", why.clone()).await.expect(204).bytes.is_empty());
    step(&app, &asked, job, "decline", why.clone()).await.expect(204);
    let history = app.get(scheduler, format!("/v1/assignments/{job}/history")).await.expect(200);
    let (shopper, now) = (asked.account, app.now());
    let wanted = json!({"steps": [
        {"from": "open", "to": "offered", "shopper_id": shopper, "account_id": scheduler.account, "reason": null,
            "taken_at": now},
        {"from": "offered", "to": "open", "shopper_id": shopper, "account_id": shopper, "reason": "Too far.",
            "taken_at": now},
    ]});
    assert_eq!(history.json, wanted, "the reason is for whoever gives out the work");
    let offer = seen(&app, &board, job).await;
    assert_eq!(
        (&offer["state"], &offer["shopper_id"], &offer["pay"]),
        (&json!("open"), &Value::Null, &Value::Null)
    );
    accept(&app, &asked, job).await.expect_problem(409, "wrong_state");

    claim(&app, &other, job).await.expect(200);
    // It is none of the first one's business any more.
    step(&app, &asked, job, "decline", why).await.expect(204);
    assert_eq!(seen(&app, &board, job).await["state"], "assigned");
    let (first, second) = (Some(asked.account), Some(other.account));
    let by = Some(board.world.staff.scheduler.account);
    let wanted =
        [(Open, Offered, first, by), (Offered, Open, first, first), (Open, Assigned, second, second)];
    assert_eq!(steps(&app, job).await, wanted);
}

async fn an_offer_that_is_not_answered_in_time(app: TestApp) {
    let board = Board::set(&app).await;
    let (asked, other) = (shopper(&app).await, shopper(&app).await);
    let (seen_to, left) = (board.job(&app).await, board.job(&app).await);
    for job in [seen_to, left] {
        offer(&app, &board, job, &asked).await.expect(200);
    }
    app.advance(DAY - 1);
    let asked = asked.renewed(&app);
    tick(&app).await;
    assert_eq!(seen(&app, &board, seen_to).await["state"], "offered");
    app.advance(1);
    // Even before anybody has looked at the clock.
    accept(&app, &asked, left).await.expect_problem(409, "offer_expired");
    let scheduler = board.world.staff.scheduler.clone().renewed(&app);
    let second = json!({"shopper_id": other.account});
    step(&app, &scheduler, left, "offer", second).await.expect(200);

    tick(&app).await;
    tick(&app).await;
    assert_eq!(seen(&app, &board, seen_to).await["state"], "open");
    accept(&app, &asked, seen_to).await.expect_problem(409, "offer_expired");
    step(&app, &asked, seen_to, "decline", json!({})).await.expect(204);
    claim(&app, &other.renewed(&app), seen_to).await.expect(200);
    let (first, by) = (Some(asked.account), Some(board.world.staff.scheduler.account));
    assert_eq!(steps(&app, seen_to).await[..2], [(Open, Offered, first, by), (Offered, Open, first, None)]);
    assert_eq!(steps(&app, left).await.len(), 3);
}

async fn an_offer_ends_when_the_job_does(app: TestApp) {
    let board = Board::set(&app).await;
    let asked = shopper(&app).await;
    let job = super::add_job(&app, board.campaign, board.branch(0, 0), (0, 300)).await;
    let offered = offer(&app, &board, job, &asked).await.expect(200);
    assert_eq!(offered.json["answer_by"], offered.json["closes_at"]);
    app.advance(300);
    accept(&app, &asked, job).await.expect_problem(409, "offer_expired");
    tick(&app).await;
    assert_eq!(seen(&app, &board, job).await["state"], "expired", "back on the board, and over at once");
    assert_eq!(steps(&app, job).await.len(), 3);
    assert!(open(&app, &board).await.is_empty());
}

/// Whatever the order, the steps are one chain, and it ends where the answers say.
async fn everybody_answers_at_once(app: TestApp) {
    let board = Board::set(&app).await;
    let asked = shopper(&app).await;
    let others = join_all((0..5).map(|_| shopper(&app))).await;
    for _ in 0..6 {
        let job = board.job(&app).await;
        offer(&app, &board, job, &asked).await.expect(200);
        let accepts = join_all((0..5).map(|_| accept(&app, &asked, job)));
        let declines = join_all((0..5).map(|_| step(&app, &asked, job, "decline", json!({}))));
        let claims = join_all(others.iter().map(|who| claim(&app, who, job)));
        let (accepts, declines, claims) = futures_util::future::join3(accepts, declines, claims).await;
        let (accepted, declined) = (tally(&accepts), tally(&declines));
        let won = claims.iter().filter(|answer| answer.status == 200).count();
        let ok = (200, String::new());
        if accepted.contains_key(&ok) {
            assert_eq!((accepted[&ok], won), (5, 0), "{declined:?}");
            assert_eq!(declined, [((409, "wrong_state".to_owned()), 5)].into());
        } else {
            assert_eq!(declined, [((204, String::new()), 5)].into());
            assert!(won <= 1);
        }
        let state = seen(&app, &board, job).await["state"].clone();
        let taken = accepted.contains_key(&ok) || won == 1;
        assert_eq!(state, if taken { "assigned" } else { "open" });
        steps(&app, job).await;
    }
}

async fn whom_nobody_can_ask(app: TestApp) {
    let board = Board::set(&app).await;
    let [own, elsewhere] = &board.world.brands;
    let scheduler = &board.world.staff.scheduler;
    let job = board.job(&app).await;
    let of_another_brand = Persona::with(&app, &[(Role::Shopper, elsewhere.scope())]).await;
    for account in [of_another_brand.account, board.world.staff.reviewer.account, id()] {
        let refused = step(&app, scheduler, job, "offer", json!({"shopper_id": account})).await;
        refused.expect_invalid("/shopper_id");
    }
    let in_reach = Persona::with(&app, &[(Role::Scheduler, own.branch_scope(0, 0))]).await;
    let out_of_reach = Persona::with(&app, &[(Role::Scheduler, own.branch_scope(0, 1))]).await;
    let asked = json!({"shopper_id": shopper(&app).await.account});
    step(&app, &out_of_reach, job, "offer", asked.clone()).await.expect_problem(404, "not_found");
    step(&app, &in_reach, job, "offer", asked.clone()).await.expect(200);
    // What was given directly was never on the board.
    let given = own.regions[0].branches[0].open_assignment;
    step(&app, scheduler, given, "offer", asked).await.expect_problem(409, "wrong_state");
    for body in [json!({}), json!({"shopper_id": null}), json!({"shopper_id": id::<()>(), "why": "x"})] {
        step(&app, scheduler, job, "offer", body).await.expect_problem(422, "invalid");
    }
    let blank = json!({"shopper_id": id::<()>(), "despite": " "});
    step(&app, scheduler, job, "offer", blank).await.expect_invalid("/despite");
}
