//! Who may take a job: the board, the claim and the offer say the same.

use incognito::ids::{AssignmentId, EmployeeId, QualificationId};
use serde_json::{Value, json};

use super::{Board, DAY, add_job, claim, offer, shopper, step, submit};
use crate::{
    app::{TestApp, each_engine_test, id},
    builders::assignment_body,
    personas::Persona,
};

each_engine_test!(
    languages_and_qualifications,
    nobody_goes_where_they_are_tied,
    nobody_goes_twice_in_a_row,
    a_rating_that_is_too_low,
    what_is_offered_counts_as_taken,
    whoever_is_tied_is_not_sent_by_any_way,
);

/// What keeps somebody from a job, as the board has it; and then the claim says the same.
async fn hindrances(app: &TestApp, who: &Persona, job: AssignmentId) -> Vec<String> {
    let who = who.clone().renewed(app);
    let jobs = app.get(&who, "/v1/jobs?limit=200").await.expect(200);
    let items = jobs.json["items"].as_array().unwrap();
    let shown = items.iter().find(|one| one["id"] == json!(job)).unwrap_or_else(|| panic!("{jobs}"));
    let codes = |list: &Value| {
        let list = list.as_array().unwrap().iter();
        list.map(|one| one["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let why_not = codes(&shown["why_not"]);
    assert_eq!(shown["available"], json!(why_not.is_empty()), "{shown}");
    let available = app.get(&who, "/v1/jobs?limit=200&show=available").await.expect(200);
    let listed = available.json["items"].as_array().unwrap().iter().any(|one| one["id"] == json!(job));
    assert_eq!(listed, why_not.is_empty(), "{available}");
    if !why_not.is_empty() {
        let refused = claim(app, &who, job).await.expect_problem(409, "not_eligible");
        assert_eq!(codes(&refused.json["errors"]), why_not);
    }
    why_not
}

async fn declare(app: &TestApp, who: &Persona, changes: Value) {
    let mut body = json!({"languages": ["de"], "travels_km": 50});
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    let put = app.put(who, "/v1/me/shopper", body).if_match("*").await;
    assert!([200, 201, 412].contains(&put.status), "{put}");
    if put.status == 412 {
        let mut body = json!({"languages": ["de"], "travels_km": 50});
        for (name, value) in changes.as_object().unwrap() {
            body[name] = value.clone();
        }
        app.put(who, "/v1/me/shopper", body).await.expect(201);
    }
}

async fn languages_and_qualifications(app: TestApp) {
    let qualification: QualificationId = id();
    let board = Board::with(&app, json!({"languages": true, "qualification_id": qualification})).await;
    let scheduler = &board.world.staff.scheduler;
    let mine = shopper(&app).await;
    let job = board.job(&app).await;
    assert_eq!(hindrances(&app, &mine, job).await, ["language", "qualification"]);
    declare(&app, &mine, json!({"languages": ["de", "en-AU"]})).await;
    assert_eq!(hindrances(&app, &mine, job).await, ["qualification"]);

    let body = json!({"brand_id": board.world.brands[0].id, "name": "Barista"});
    app.put(scheduler, format!("/v1/qualifications/{qualification}"), body).await.expect(201);
    let body = json!({"qualification_id": qualification, "shopper_id": mine.account,
        "expires_at": "2026-03-16T10:00:00Z"});
    app.put(scheduler, format!("/v1/certificates/{}", id::<()>()), body).await.expect(201);
    assert!(hindrances(&app, &mine, job).await.is_empty());
    let later = add_job(&app, board.campaign, board.branch(1, 1), (DAY, 2 * DAY)).await;
    assert_eq!(hindrances(&app, &mine, later).await, ["qualification"], "it ends before that");
    let listed = app.get(&mine, "/v1/jobs?limit=200").await.expect(200);
    assert_eq!(listed.json["items"][0]["campaign"]["qualification_id"], json!(qualification));
    app.advance(DAY);
    assert_eq!(hindrances(&app, &mine, job).await, ["qualification"]);

    // A scheduler can look past it, and says why.
    let scheduler = scheduler.clone().renewed(&app);
    let plain = json!({"shopper_id": mine.account});
    let refused = step(&app, &scheduler, job, "offer", plain).await.expect_problem(409, "not_eligible");
    assert_eq!(
        (refused.text("/errors/0/code"), refused.text("/errors/0/pointer")),
        ("qualification".into(), "/shopper_id".into())
    );
    let despite = json!({"shopper_id": mine.account, "despite": "The certificate is on its way."});
    step(&app, &scheduler, job, "offer", despite).await.expect(200);
}

async fn nobody_goes_where_they_are_tied(app: TestApp) {
    let board = Board::set(&app).await;
    let (brand, here, there) = (board.world.brands[0].id, board.branch(0, 0), board.branch(0, 1));
    let (job, other) = (board.job_in(&app, here).await, board.job_in(&app, there).await);
    let employer = json!([{"name": "Anatolia", "brand_id": brand}]);
    let employee = async |name: &str, email: String| {
        let body = json!({"branch_id": here, "code": name, "name": name, "email": email});
        app.put(&board.world.staff.administrator, format!("/v1/employees/{}", id::<EmployeeId>()), body)
            .await
            .expect(201);
    };
    let both = async |who: &Persona| [hindrances(&app, who, job).await, hindrances(&app, who, other).await];
    let offered = async |who: &Persona| {
        let body = json!({"shopper_id": who.account, "despite": "I know them."});
        step(&app, &board.world.staff.scheduler, job, "offer", body).await
    };

    let works_for = shopper(&app).await;
    declare(&app, &works_for, json!({"employers": employer})).await;
    assert_eq!(both(&works_for).await, [["employer"], ["employer"]]);
    offered(&works_for).await.expect_problem(409, "not_eligible");

    let relative = shopper(&app).await;
    declare(&app, &relative, json!({"relatives_branches": [here]})).await;
    assert_eq!(both(&relative).await, [vec!["relative"], vec![]]);
    offered(&relative).await.expect_problem(409, "not_eligible");

    let works_there = shopper(&app).await;
    employee("Elif", format!("{}@EXAMPLE.org", works_there.account)).await;
    assert_eq!(both(&works_there).await, [["employee"], ["employee"]]);
    offered(&works_there).await.expect_problem(409, "not_eligible");

    // Everybody here has this name; whether it is the same person, a scheduler can tell.
    let namesake = shopper(&app).await;
    employee("somebody", "other@example.org".to_owned()).await;
    assert_eq!(both(&namesake).await, [vec!["employee"], vec![]]);
    offered(&namesake).await.expect(200);
}

async fn nobody_goes_twice_in_a_row(app: TestApp) {
    let who = json!({"same_branch": {"days": 30, "visits": 2}, "same_region": {"days": 3}});
    let board = Board::with(&app, who).await;
    let [here, beside, away] = [board.branch(0, 0), board.branch(0, 1), board.branch(1, 0)];
    let mine = shopper(&app).await;
    let first = board.job_in(&app, here).await;
    let [again, same_region, elsewhere] =
        [board.job_in(&app, here).await, board.job_in(&app, beside).await, board.job_in(&app, away).await];
    claim(&app, &mine, first).await.expect(200);
    // To have the job is as good as to have been there.
    assert_eq!(hindrances(&app, &mine, again).await, ["same_branch", "same_region"]);
    assert_eq!(hindrances(&app, &mine, same_region).await, ["same_region"]);
    assert!(hindrances(&app, &mine, elsewhere).await.is_empty());
    submit(&app, &board, &mine, first).await.expect(201);
    assert_eq!(hindrances(&app, &mine, again).await, ["same_branch", "same_region"]);

    let later =
        async |days: i64, branch| add_job(&app, board.campaign, branch, (days * DAY, (days + 2) * DAY)).await;
    let third_day = later(3, beside).await;
    assert!(hindrances(&app, &mine, third_day).await.is_empty());
    let tomorrow = later(1, beside).await;
    assert_eq!(hindrances(&app, &mine, tomorrow).await, ["same_region"]);
    let after_a_month = later(30, here).await;
    assert_eq!(hindrances(&app, &mine, after_a_month).await, ["same_branch"], "still the last visit");
    for branch in [away, board.branch(1, 1)] {
        let job = add_job(&app, board.campaign, branch, (10 * DAY, 11 * DAY)).await;
        step_in(&app, &board, &mine, job).await;
    }
    assert!(hindrances(&app, &mine, after_a_month).await.is_empty(), "two others are to come between");
}

/// Else whoever is offered several at once could take them all.
async fn what_is_offered_counts_as_taken(app: TestApp) {
    let rules = json!({"same_branch": {"days": 30}, "most_jobs_at_once": 2});
    let board = Board::with(&app, rules).await;
    let mine = shopper(&app).await;
    let [first, again] = [board.job(&app).await, board.job(&app).await];
    let [second, third] =
        [board.job_in(&app, board.branch(0, 1)).await, board.job_in(&app, board.branch(1, 0)).await];
    offer(&app, &board, first, &mine).await.expect(200);
    let refused = offer(&app, &board, again, &mine).await.expect_problem(409, "not_eligible");
    assert_eq!(refused.text("/errors/0/code"), "same_branch");
    assert_eq!(hindrances(&app, &mine, again).await, ["same_branch"]);
    offer(&app, &board, second, &mine).await.expect(200);
    assert_eq!(hindrances(&app, &mine, third).await, ["jobs_at_once"]);

    // What was offered can be taken, whatever else was offered; what is declined counts no more.
    super::accept(&app, &mine, first).await.expect(200);
    step(&app, &mine, second, "decline", json!({})).await.expect(204);
    assert!(hindrances(&app, &mine, third).await.is_empty());
    offer(&app, &board, third, &mine).await.expect(200);
    app.advance(DAY);
    assert!(hindrances(&app, &mine, second).await.is_empty(), "nor what was not answered in time");
}

async fn whoever_is_tied_is_not_sent_by_any_way(app: TestApp) {
    let board = Board::set(&app).await;
    let (here, version) = (board.branch(0, 0), board.world.brands[0].version);
    let mine = shopper(&app).await;
    let scheduler = &board.world.staff.scheduler;
    let given: AssignmentId = id();
    let give = async |id: AssignmentId| {
        let body = assignment_body(here, version, &mine);
        app.put(scheduler, format!("/v1/assignments/{id}"), body).await
    };
    give(given).await.expect(201);
    let job = board.job(&app).await;
    offer(&app, &board, job, &mine).await.expect(200);

    // What is known only after the offer is known in time.
    declare(&app, &mine, json!({"relatives_branches": [here]})).await;
    for refused in [super::accept(&app, &mine, job).await, claim(&app, &mine, job).await] {
        let refused = refused.expect_problem(409, "not_eligible");
        assert_eq!(refused.text("/errors/0/code"), "relative");
    }
    let refused = give(id()).await.expect_problem(409, "not_eligible");
    let told = (refused.text("/errors/0/code"), refused.text("/errors/0/pointer"));
    assert_eq!(told, ("relative".into(), "/shopper_id".into()));
    give(given).await.expect(200);
    step(&app, &mine, job, "decline", json!({})).await.expect(204);
}

/// Has a scheduler send them there, whatever stands against it.
async fn step_in(app: &TestApp, board: &Board, who: &Persona, job: AssignmentId) {
    let body = json!({"shopper_id": who.account, "despite": "It is agreed."});
    step(app, &board.world.staff.scheduler, job, "offer", body).await.expect(200);
    super::accept(app, who, job).await.expect(200);
}

async fn a_rating_that_is_too_low(app: TestApp) {
    let board = Board::with(&app, json!({"lowest_rating": 80})).await;
    let mine = shopper(&app).await;
    let (missed, job) = (
        add_job(&app, board.campaign, board.branch(0, 0), (0, 60)).await,
        add_job(&app, board.campaign, board.branch(0, 0), (0, 20 * DAY)).await,
    );
    assert!(hindrances(&app, &mine, job).await.is_empty(), "whoever is new has 80");
    claim(&app, &mine, missed).await.expect(200);
    app.advance(60 + DAY);
    super::tick(&app).await;
    assert_eq!(hindrances(&app, &mine, job).await, ["rating"]);
}
