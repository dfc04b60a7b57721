//! What the clock does: it ends what is over, and has what was missed done once more.

use futures_util::future::join_all;
use serde_json::json;

use super::{Board, DAY, add_campaign, add_job, claim, open, open_of, seen, shopper, steps, submit, tick};
use crate::app::{TestApp, each_engine_test};

each_engine_test!(
    what_nobody_took_is_over,
    what_was_missed_is_wanted_again,
    what_the_campaign_has_no_days_for,
    everything_at_once_and_twice,
);

async fn what_nobody_took_is_over(app: TestApp) {
    let board = Board::set(&app).await;
    let job = board.job(&app).await;
    app.advance(7 * DAY - 1);
    tick(&app).await;
    assert_eq!(seen(&app, &board, job).await["state"], "open");
    app.advance(1);
    tick(&app).await;
    assert_eq!(seen(&app, &board, job).await["state"], "expired");
    assert!(open(&app, &board).await.is_empty(), "planning again is what makes the next one");
}

async fn what_was_missed_is_wanted_again(app: TestApp) {
    let board = Board::set(&app).await;
    let mine = shopper(&app).await;
    let (missed, made) = (board.job(&app).await, board.job(&app).await);
    for job in [missed, made] {
        claim(&app, &mine, job).await.expect(200);
    }
    submit(&app, &board, &mine, made).await.expect(201);
    // The window closes after a week, and the visit may come within another day.
    app.advance(8 * DAY - 1);
    tick(&app).await;
    assert_eq!(seen(&app, &board, missed).await["state"], "assigned");
    app.advance(1);
    tick(&app).await;
    let slot = seen(&app, &board, missed).await;
    assert_eq!((&slot["state"], &slot["shopper_id"]), (&json!("expired"), &json!(mine.account)));
    assert_eq!(seen(&app, &board, made).await["state"], "assigned");
    let next = open(&app, &board).await;
    assert_eq!(next.len(), 1, "{next:?}");
    assert_eq!((&next[0]["attempt"], &next[0]["number"]), (&json!(2), &slot["number"]));
    // It comes at last, and is taken.
    submit(&app, &board, &mine.renewed(&app), missed).await.expect(201);
}

async fn what_the_campaign_has_no_days_for(app: TestApp) {
    let board = Board::set(&app).await;
    let brand = &board.world.brands[0];
    let mine = shopper(&app).await;
    let short = json!({"starts_on": "2026-03-10", "ends_on": "2026-03-17"});
    let elsewhere = json!({"places": {"branches": [board.branch(1, 0)]}});
    let fewer = json!({"visits_per_branch": 1});
    let mut gone = Vec::new();
    for terms in [short, elsewhere, fewer] {
        let campaign = add_campaign(&app, brand, terms).await;
        let mut job = add_job(&app, campaign, board.branch(0, 0), (0, 2 * DAY)).await;
        if gone.len() == 2 {
            job = add_job(&app, campaign, board.branch(0, 0), (0, 2 * DAY)).await;
        }
        claim(&app, &mine, job).await.expect(200);
        gone.push((campaign, job));
    }
    app.advance(4 * DAY);
    tick(&app).await;
    for (campaign, job) in gone {
        assert_eq!(seen(&app, &board, job).await["state"], "expired");
        let next = open_of(&app, &board, campaign).await;
        assert!(next.iter().all(|one| one["attempt"] == 1), "{next:?}");
    }
}

async fn everything_at_once_and_twice(app: TestApp) {
    let board = Board::set(&app).await;
    let mine = shopper(&app).await;
    let mut jobs = Vec::new();
    for _ in 0..230 {
        jobs.push(board.job(&app).await);
    }
    for job in &jobs[..40] {
        claim(&app, &mine, *job).await.expect(200);
    }
    app.advance(8 * DAY);
    join_all((0..4).map(|_| tick(&app))).await;
    tick(&app).await;
    for (nth, job) in jobs.iter().enumerate().step_by(13) {
        assert_eq!(seen(&app, &board, *job).await["state"], "expired", "{nth}");
        assert_eq!(steps(&app, *job).await.len(), if nth < 40 { 2 } else { 1 });
    }
    let next = open(&app, &board).await;
    assert!(next.len() == 40 && next.iter().all(|one| one["attempt"] == 2), "{}", next.len());
}
