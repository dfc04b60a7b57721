//! Ratings: what happened, and what follows from it.

use incognito::{accounts::model::Role, board::candidate};
use serde_json::{Value, json};

use super::{Board, DAY, accept, add_job, claim, offer, shopper, step, submit, tick};
use crate::{
    app::{Answer, TestApp, each_engine_test},
    personas::Persona,
    reviews::{approve, reject},
};

each_engine_test!(
    whoever_is_new,
    everything_that_counts,
    what_came_after_all_is_late,
    what_was_made_early_is_not_in_time,
    who_sees_whose,
);

async fn rating(app: &TestApp, who: &Persona) -> Answer {
    app.get(&who.clone().renewed(app), "/v1/me/rating").await.expect(200)
}

fn figures(answer: &Answer) -> [i64; 3] {
    ["reliability", "quality", "rating"].map(|name| answer.json[name].as_i64().unwrap())
}

async fn whoever_is_new(app: TestApp) {
    let answer = rating(&app, &shopper(&app).await).await;
    assert_eq!(figures(&answer), [80, 80, 80]);
    assert_eq!(answer.json["events"], json!([]));
    assert_eq!(answer.json["counts"]["in_time"], 0);
    assert!(answer.text("/formula").contains("4 × 80"), "{answer}");
}

async fn everything_that_counts(app: TestApp) {
    let board = Board::set(&app).await;
    let mine = shopper(&app).await;
    let job = async |closes| add_job(&app, board.campaign, board.branch(0, 0), (0, closes)).await;
    let claimed = async |closes| {
        let new = job(closes).await;
        claim(&app, &mine, new).await.expect(200);
        new
    };
    // In time and approved, in time and rejected.
    for decide in [true, false] {
        let kept = claimed(7 * DAY).await;
        let visit = submit(&app, &board, &mine, kept).await.expect(201).text("/id").parse().unwrap();
        let reviewer = &board.world.staff.reviewer;
        match decide {
            true => drop(approve(&app, reviewer, visit).await.expect(200)),
            false => drop(reject(&app, reviewer, visit).await.expect(200)),
        }
    }
    // Given up in good time, and on the last day.
    for closes in [7 * DAY, DAY] {
        let given_up = claimed(closes).await;
        step(&app, &mine, given_up, "give-up", json!({"reason": "I am ill."})).await.expect(200);
    }
    // Taken back by a scheduler.
    let taken_back = claimed(DAY).await;
    let why = json!({"reason": "It is not wanted."});
    step(&app, &board.world.staff.scheduler, taken_back, "cancel", why).await.expect(200);
    // Declined, accepted, not answered.
    let [declined, accepted, unanswered] = [job(7 * DAY).await, job(7 * DAY).await, job(7 * DAY).await];
    for one in [declined, accepted, unanswered] {
        offer(&app, &board, one, &mine).await.expect(200);
    }
    step(&app, &mine, declined, "decline", json!({})).await.expect(204);
    accept(&app, &mine, accepted).await.expect(200);
    let before = rating(&app, &mine).await;
    // (320 + 100 + 100 + 25) / 7, (320 + 100 + 0) / 6.
    assert_eq!(figures(&before), [77, 70, 70]);
    // What was accepted is missed.
    app.advance(8 * DAY);
    tick(&app).await;
    let after = rating(&app, &mine).await;
    // (320 + 100 + 100 + 25 + 50 + 0) / 9.
    assert_eq!(figures(&after), [66, 70, 66]);
    let wanted = json!({"in_time": 2, "early": 0, "late": 0, "missed": 1, "given_up_late": 1, "unanswered": 1,
        "approved": 1, "rejected": 1});
    assert_eq!(after.json["counts"], wanted);
    let points: Vec<_> =
        after.json["events"].as_array().unwrap().iter().map(|one| one["points"].clone()).collect();
    assert_eq!(points.len(), 7);
    assert_eq!(points.iter().map(|one| one.as_i64().unwrap()).sum::<i64>(), 375);

    let (whose, in_a_year) = (mine.account, app.now().plus_seconds(365 * DAY));
    let look = move |conn: &mut incognito::db::Conn| candidate::rating(conn, whose, in_a_year);
    let then = app.db().read(look).await.unwrap();
    assert_eq!((then.overall(), then.events.len()), (8_000, 0));
}

async fn what_was_made_early_is_not_in_time(app: TestApp) {
    let board = Board::set(&app).await;
    let mine = shopper(&app).await;
    let job = add_job(&app, board.campaign, board.branch(0, 0), (2 * DAY, 4 * DAY)).await;
    claim(&app, &mine, job).await.expect(200);
    app.advance(DAY);
    let mut body = crate::builders::visit_body(job, board.world.brands[0].version);
    (body["started_at"], body["ended_at"]) = (json!("2026-03-16T08:00:00Z"), json!("2026-03-16T08:40:00Z"));
    let path = format!("/v1/visits/{}", crate::app::id::<()>());
    app.put(&mine.clone().renewed(&app), path, body).await.expect(201);
    let answer = rating(&app, &mine).await;
    assert_eq!(
        (answer.text("/events/0/what"), answer.json["events"][0]["points"].as_i64()),
        ("early".into(), Some(50))
    );
    assert_eq!(answer.json["counts"]["in_time"], 0);
}

async fn what_came_after_all_is_late(app: TestApp) {
    let board = Board::set(&app).await;
    let mine = shopper(&app).await;
    let (late, given_up) = (board.job(&app).await, board.job(&app).await);
    claim(&app, &mine, late).await.expect(200);
    app.advance(8 * DAY);
    tick(&app).await;
    assert_eq!(figures(&rating(&app, &mine).await), [64, 80, 64]);
    let mine = mine.renewed(&app);
    submit(&app, &board, &mine, late).await.expect(201);
    let answer = rating(&app, &mine).await;
    // (320 + 50) / 5: late, and no more missed.
    assert_eq!(figures(&answer), [74, 80, 74]);
    assert_eq!(answer.text("/events/0/what"), "late");
    claim(&app, &mine, given_up).await.expect_problem(409, "wrong_state");
}

async fn who_sees_whose(app: TestApp) {
    let board = Board::set(&app).await;
    let [own, other] = &board.world.brands;
    let shops_here = Persona::with(&app, &[(Role::Shopper, own.scope())]).await;
    let everywhere = shopper(&app).await;
    for who in [&shops_here, &everywhere] {
        let job = board.job(&app).await;
        claim(&app, who, job).await.expect(200);
        submit(&app, &board, who, job).await.expect(201);
    }
    let here = Persona::with(&app, &[(Role::Scheduler, own.scope())]).await;
    let neighbour = Persona::with(&app, &[(Role::Scheduler, other.scope())]).await;
    let path = |who: &Persona| format!("/v1/shoppers/{}/rating", who.account);
    let mine = rating(&app, &shops_here).await;
    assert_eq!(app.get(&here, path(&shops_here)).await.expect(200).bytes, mine.bytes);
    app.get(&neighbour, path(&shops_here)).await.expect_problem(404, "not_found");
    let answer = app.get(&neighbour, path(&everywhere)).await.expect(200);
    assert_eq!(answer.json["events"][0]["assignment_id"], Value::Null, "of a brand that is none of theirs");
    assert_eq!(answer.json["counts"]["in_time"], 1);
    app.get(&here, path(&here)).await.expect_problem(404, "not_found");
    app.get(&shops_here, path(&shops_here)).await.expect_problem(403, "forbidden");
}
