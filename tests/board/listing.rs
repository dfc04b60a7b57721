//! The list of open jobs: in which order, which of them, a page at a time.

use incognito::{accounts::model::Role, ids::BranchId};
use serde_json::{Value, json};

use super::{Board, DAY, add_campaign, add_job, claim, shopper};
use crate::{
    app::{TestApp, each_engine_test, id},
    builders::branch_body,
    personas::Persona,
};

each_engine_test!(
    the_nearest_come_first,
    those_that_close_first_come_first,
    what_was_asked_for,
    what_is_told_of_a_job,
    what_makes_no_sense,
    around_where_one_lives,
    assignments_by_campaign_state_and_shopper,
);

/// A branch of the first brand at this position.
async fn branch_at(app: &TestApp, board: &Board, latitude: f64, longitude: f64) -> BranchId {
    let new: BranchId = id();
    let mut body = branch_body(board.world.brands[0].id, None, &new.to_string());
    (body["latitude"], body["longitude"]) = (json!(latitude), json!(longitude));
    app.put(&board.world.staff.administrator, format!("/v1/branches/{new}"), body).await.expect(201);
    new
}

async fn listed(app: &TestApp, who: &Persona, query: &str) -> Vec<Value> {
    let mut all = Vec::new();
    let mut path = format!("/v1/jobs?{query}");
    loop {
        let page = app.get(who, &path).await.expect(200);
        all.extend(page.json["items"].as_array().unwrap().clone());
        let Some(cursor) = page.json["next_cursor"].as_str() else { return all };
        assert!(page.header("link").contains("rel=\"next\""));
        path = format!("/v1/jobs?{query}&cursor={cursor}");
    }
}

async fn ids(app: &TestApp, who: &Persona, query: &str) -> Vec<Value> {
    listed(app, who, query).await.into_iter().map(|one| one["id"].clone()).collect()
}

async fn the_nearest_come_first(app: TestApp) {
    let board = Board::set(&app).await;
    let mine = shopper(&app).await;
    let mut wanted = Vec::new();
    // The farther the sooner it closes, which is not what counts.
    for (nth, east) in [0.0, 0.1, 0.3, 0.5, -0.6].into_iter().enumerate() {
        let branch = branch_at(&app, &board, 0.0, east).await;
        for _ in 0..2 {
            let closes = DAY * (9 - nth as i64);
            let job = add_job(&app, board.campaign, branch, (0, closes)).await;
            wanted.push((json!(job), [0.0, 11.1, 33.4, 55.6, 66.7][nth]));
        }
    }
    wanted.chunks_mut(2).for_each(|pair| pair.sort_by_key(|(id, _)| id.to_string()));
    // In a corner of the box around the circle.
    let corner = branch_at(&app, &board, 0.4, -0.4).await;
    let corner = board.job_in(&app, corner).await;
    let far = branch_at(&app, &board, 0.0, 179.99).await;
    let far = board.job_in(&app, far).await;
    // A branch whose position is not known is near nothing, and in the list of all.
    let mut body = branch_body(board.world.brands[0].id, None, "nowhere");
    (body["latitude"], body["longitude"]) = (json!(null), json!(null));
    let nowhere: BranchId = id();
    app.put(&board.world.staff.administrator, format!("/v1/branches/{nowhere}"), body).await.expect(201);
    let nowhere = board.job_in(&app, nowhere).await;
    let all = listed(&app, &mine, "").await;
    let brief = &all.iter().find(|job| job["id"] == json!(nowhere)).unwrap()["branch"];
    assert_eq!((brief.get("latitude"), brief.get("longitude")), (None, None));
    let got = |jobs: Vec<Value>| {
        let one = |job: &Value| (job["id"].clone(), job["distance_km"].as_f64().unwrap());
        jobs.iter().map(one).collect::<Vec<_>>()
    };
    assert_eq!(got(listed(&app, &mine, "near=0,0&within_km=62").await), wanted[..8]);
    assert_eq!(got(listed(&app, &mine, "near=0,0&within_km=62&limit=3").await), wanted[..8], "page by page");
    assert_eq!(got(listed(&app, &mine, "near=0,0").await), wanted[..6], "fifty kilometres");
    assert_eq!(got(listed(&app, &mine, "near=-0.0049,0.004&within_km=12").await), wanted[..4], "coarsely");
    assert_eq!(got(listed(&app, &mine, "near=0,0&within_km=63").await).pop(), Some((json!(corner), 62.9)));
    let around = got(listed(&app, &mine, "near=0.0,-179.99&within_km=3").await);
    assert_eq!(around, [(json!(far), 2.2)], "across the line where dates change");
}

async fn those_that_close_first_come_first(app: TestApp) {
    let board = Board::set(&app).await;
    let mine = shopper(&app).await;
    let mut wanted = Vec::new();
    for days in [5, 1, 3, 3, 2] {
        let job = add_job(&app, board.campaign, board.branch(1, 1), (0, days * DAY)).await;
        wanted.push((days, job));
    }
    wanted.sort();
    let wanted: Vec<_> = wanted.into_iter().map(|(_, job)| json!(job)).collect();
    assert_eq!(ids(&app, &mine, "").await, wanted);
    assert_eq!(ids(&app, &mine, "limit=2").await, wanted);
    assert!(listed(&app, &mine, "").await.iter().all(|job| job["distance_km"].is_null()));

    let taken = wanted[0].as_str().unwrap().parse().unwrap();
    claim(&app, &mine, taken).await.expect(200);
    assert_eq!(ids(&app, &mine, "").await, wanted[1..], "what is taken is gone");
    app.advance(3 * DAY);
    let mine = mine.renewed(&app);
    assert_eq!(
        ids(&app, &mine, "").await,
        wanted[4..],
        "and what is over, even before the clock was looked at"
    );

    let elsewhere = Persona::with(&app, &[(Role::Shopper, board.world.brands[1].scope())]).await;
    assert!(ids(&app, &elsewhere, "").await.is_empty());
    let here = Persona::with(&app, &[(Role::Shopper, board.world.brands[0].scope())]).await;
    assert_eq!(ids(&app, &here, "").await, wanted[4..]);
}

async fn what_was_asked_for(app: TestApp) {
    let board = Board::set(&app).await;
    let brand = &board.world.brands[0];
    let mine = shopper(&app).await;
    let better = json!({"fee": {"currency": "EUR", "amount": 2500}});
    let better = add_campaign(&app, brand, better).await;
    let lira = json!({"fee": {"currency": "TRY", "amount": 90_000}});
    let lira = add_campaign(&app, brand, lira).await;
    let branch = board.branch(0, 0);
    let mut body = branch_body(brand.id, None, "Paris");
    body["languages"] = json!(["fr-FR"]);
    let paris: BranchId = id();
    app.put(&board.world.staff.administrator, format!("/v1/branches/{paris}"), body).await.expect(201);
    let first = add_job(&app, board.campaign, branch, (0, DAY)).await;
    let second = add_job(&app, better, paris, (2 * DAY, 3 * DAY)).await;
    let third = add_job(&app, lira, branch, (4 * DAY, 5 * DAY)).await;
    let [first, second, third] = [first, second, third].map(|job| json!(job));
    for (query, wanted) in [
        ("", vec![&first, &second, &third]),
        ("currency=EUR", vec![&first, &second]),
        ("currency=EUR&least_fee=1500", vec![&first, &second]),
        ("currency=EUR&least_fee=1501", vec![&second]),
        ("currency=TRY&least_fee=1501", vec![&third]),
        ("currency=USD", vec![]),
        ("currency=ZZZ", vec![]),
        ("language=fr", vec![&second]),
        ("language=tr-TR", vec![&first, &third]),
        ("language=de", vec![]),
        // It is the 15th, ten o'clock.
        ("from=2026-03-16T10:00:00Z", vec![&first, &second, &third]),
        ("from=2026-03-16T10:00:00.000001Z", vec![&second, &third]),
        ("until=2026-03-17T09:59:59Z", vec![&first]),
        ("until=2026-03-17T10:00:00Z", vec![&first, &second]),
        ("from=2026-03-17T00:00:00Z&until=2026-03-18T00:00:00Z&currency=EUR&language=fr", vec![&second]),
    ] {
        let got = ids(&app, &mine, query).await;
        assert_eq!(got.iter().collect::<Vec<_>>(), wanted, "{query}");
    }
}

async fn what_is_told_of_a_job(app: TestApp) {
    let board = Board::set(&app).await;
    let (brand, mine) = (&board.world.brands[0], shopper(&app).await);
    let terms = json!({"briefing": {"en": "Ask for the dish of the day."}, "limits": {"submit_hours": 48}});
    let campaign = add_campaign(&app, brand, terms).await;
    let job = add_job(&app, campaign, board.branch(0, 0), (3_600, DAY)).await;
    let jobs = listed(&app, &mine, "near=41.01,28.98").await;
    let wanted = json!({
        "id": job, "brand_id": brand.id, "brand_name": "Anatolia", "checklist_version_id": brand.version,
        "campaign": {"id": campaign, "name": "Spring", "briefing": {"en": "Ask for the dish of the day."},
            "windows": {"from": "10:00", "to": "20:00", "span_days": 7}, "qualification_id": null},
        "branch": {"id": board.branch(0, 0), "code": "North 1", "name": "North 1", "address": "1 Main Street", "latitude": 41.0082,
            "longitude": 28.9784, "time_zone": "Europe/Istanbul", "languages": ["tr", "en"]},
        "opens_at": "2026-03-15T11:00:00Z", "closes_at": "2026-03-16T10:00:00Z",
        "submit_by": "2026-03-18T10:00:00Z",
        "pay": {"currency": "EUR", "fee": 1500, "reimbursement_limit": 800},
        "distance_km": 0.2, "available": true, "why_not": [],
    });
    assert_eq!(jobs, [wanted]);
}

async fn around_where_one_lives(app: TestApp) {
    let board = Board::set(&app).await;
    let mine = shopper(&app).await;
    let near = branch_at(&app, &board, 0.0, 0.3).await;
    let far = branch_at(&app, &board, 0.0, 0.5).await;
    let (near, far) = (board.job_in(&app, near).await, board.job_in(&app, far).await);
    app.get(&mine, "/v1/jobs?from_home=true").await.expect_invalid("from_home");
    app.get(&mine, "/v1/jobs?from_home=true&near=0,0").await.expect_invalid("from_home");
    let lives = async |latitude: f64, km: u16, tag: Option<&str>| {
        let home = json!({"latitude": latitude, "longitude": 0.0});
        let put =
            app.put(&mine, "/v1/me/shopper", json!({"languages": ["en"], "home": home, "travels_km": km}));
        match tag {
            Some(tag) => put.if_match(tag).await.expect(200),
            None => put.await.expect(201),
        }
    };
    lives(0.0, 40, None).await;
    assert_eq!(ids(&app, &mine, "from_home=true").await, [json!(near)]);
    lives(0.0, 60, Some("*")).await;
    assert_eq!(ids(&app, &mine, "from_home=true").await, [json!(near), json!(far)]);
    lives(5.0, 60, Some("*")).await;
    assert!(ids(&app, &mine, "from_home=true").await.is_empty());
    assert_eq!(ids(&app, &mine, "").await.len(), 2);
}

async fn what_makes_no_sense(app: TestApp) {
    let mine = shopper(&app).await;
    for (query, name) in [
        ("near=91,0", "near"),
        ("near=41.01", "near"),
        ("near=41,01,28", "near"),
        ("near=", "near"),
        ("within_km=5", "near"),
        ("near=1,1&within_km=0", "within_km"),
        ("near=1,1&within_km=501", "within_km"),
        ("least_fee=1", "currency"),
        ("currency=EUR&least_fee=-1", "least_fee"),
        ("currency=eur", "currency"),
        ("language=english", "language"),
        ("from=yesterday", "from"),
        ("show=mine", "show"),
        ("cursor=x", "cursor"),
        ("limit=0", "limit"),
    ] {
        app.get(&mine, format!("/v1/jobs?{query}")).await.expect_invalid(name);
    }
    app.get(&mine, "/v1/jobs?where=here").await.expect_problem(422, "invalid");
    // What is wrong with the filter and what is wrong with the page is in one answer.
    let found = app.get(&mine, "/v1/jobs?within_km=5&least_fee=1&limit=0&cursor=x").await;
    let found = found.expect_invalid("near").expect_invalid("currency");
    found.expect_invalid("limit").expect_invalid("cursor");
}

async fn assignments_by_campaign_state_and_shopper(app: TestApp) {
    let board = Board::set(&app).await;
    let (mine, scheduler) = (shopper(&app).await, &board.world.staff.scheduler);
    let [taken, asked, open] = [board.job(&app).await, board.job(&app).await, board.job(&app).await];
    claim(&app, &mine, taken).await.expect(200);
    super::offer(&app, &board, asked, &mine).await.expect(200);
    let found = async |query: String| {
        let page = app.get(scheduler, format!("/v1/assignments?limit=200&{query}")).await.expect(200);
        let mut ids: Vec<_> =
            page.json["items"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect();
        ids.sort_by_key(Value::to_string);
        ids
    };
    let sorted = |jobs: &[_]| {
        let mut jobs: Vec<Value> = jobs.iter().map(|job| json!(job)).collect();
        jobs.sort_by_key(Value::to_string);
        jobs
    };
    let campaign = format!("campaign_id={}", board.campaign);
    assert_eq!(found(campaign.clone()).await, sorted(&[taken, asked, open]));
    assert_eq!(found(format!("{campaign}&state=open")).await, sorted(&[open]));
    assert_eq!(found("state=offered".to_owned()).await, sorted(&[asked]));
    assert_eq!(found(format!("shopper_id={}", mine.account)).await, sorted(&[taken, asked]));
    assert_eq!(found(format!("shopper_id={}&state=assigned", mine.account)).await, sorted(&[taken]));
    assert!(found(format!("brand_id={}&{campaign}", board.world.brands[1].id)).await.is_empty());
    app.get(scheduler, "/v1/assignments?state=lost").await.expect_invalid("state");
    let view = super::seen(&app, &board, taken).await;
    assert_eq!((&view["campaign_id"], &view["attempt"]), (&json!(board.campaign), &json!(1)));
    assert_eq!(view["pay"]["currency"], "EUR");
    assert_eq!(view["submit_by"], "2026-03-23T10:00:00Z");
}
