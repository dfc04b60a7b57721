//! Who may take a job: the board, the claim and the offer say the same.

use incognito::{
    accounts::model::{GrantScope, Role},
    ids::{AssignmentId, BranchId, EmployeeId, QualificationId, RegionId},
};
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
    a_manager_is_not_sent_to_the_brand,
    another_role_ties_to_its_places,
    a_namesake_is_settled_once,
    a_tie_that_is_withdrawn_is_not_forgotten,
    what_is_left_out_does_not_tell_of_jobs,
    a_shopper_of_a_part_works_there_alone,
    nobody_goes_twice_in_a_row,
    rotation_counts_from_the_visit,
    a_rating_that_is_too_low,
    what_is_offered_counts_as_taken,
    whoever_is_tied_is_not_sent_by_any_way,
);

/// What keeps somebody from a job, as the board has it; and then the claim says the same.
async fn hindrances(app: &TestApp, who: &Persona, job: AssignmentId) -> Vec<String> {
    let who = who.clone().renewed(app);
    let jobs = app.get(&who, "/v1/jobs?limit=200").await.expect(200);
    let items = jobs.json["items"].as_array().unwrap();
    let codes = |list: &Value| {
        let list = list.as_array().unwrap().iter();
        list.map(|one| one["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let Some(shown) = items.iter().find(|one| one["id"] == json!(job)) else {
        // It is not listed, and so neither is when it is to be.
        let refused = claim(app, &who, job).await.expect_problem(409, "not_eligible");
        let why_not = codes(&refused.json["errors"]);
        assert_eq!(why_not.len(), 1, "{refused}");
        assert!(codes(&jobs.json["left_out"]).contains(&why_not[0]), "{jobs}");
        return why_not;
    };
    let why_not = codes(&shown["why_not"]);
    let last = ["employer", "relative", "role"];
    assert!(!why_not.iter().any(|code| last.contains(&&**code)), "what is final is not listed: {shown}");
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
    let (brand, here, other_branch) = (board.world.brands[0].id, board.branch(0, 0), board.branch(0, 1));
    let (job, other) = (board.job_in(&app, here).await, board.job_in(&app, other_branch).await);
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

/// By no way by which work is given: board, claim, offer, direct assignment.
async fn sent_nowhere(app: &TestApp, board: &Board, who: &Persona, at: BranchId, why: &str) {
    let job = board.job_in(app, at).await;
    assert_eq!(hindrances(app, who, job).await, [why]);
    let scheduler = &board.world.staff.scheduler;
    let body = json!({"shopper_id": who.account, "despite": "I know them."});
    let refused = step(app, scheduler, job, "offer", body).await.expect_problem(409, "not_eligible");
    assert_eq!(refused.text("/errors/0/code"), why);
    let body = assignment_body(at, board.world.brands[0].version, who);
    let refused = app.put(scheduler, format!("/v1/assignments/{}", id::<()>()), body).await;
    assert_eq!(refused.expect_problem(409, "not_eligible").text("/errors/0/code"), why);
}

async fn a_manager_is_not_sent_to_the_brand(app: TestApp) {
    let board = Board::set(&app).await;
    let [own, other] = &board.world.brands;
    for role in [Role::Manager, Role::Hr] {
        for scope in [own.branch_scope(0, 0), own.region_scope(0), own.scope(), GrantScope::default()] {
            let who = Persona::with(&app, &[(Role::Shopper, own.scope()), (role, scope)]).await;
            for at in [board.branch(0, 0), board.branch(1, 1)] {
                sent_nowhere(&app, &board, &who, at, "role").await;
            }
        }
        let elsewhere = Persona::with(&app, &[(Role::Shopper, own.scope()), (role, other.scope())]).await;
        let job = board.job(&app).await;
        assert!(hindrances(&app, &elsewhere, job).await.is_empty(), "another brand");
        claim(&app, &elsewhere, job).await.expect(200);
    }
    // What came afterwards counts as well.
    let who = shopper(&app).await;
    let job = board.job(&app).await;
    offer(&app, &board, job, &who).await.expect(200);
    let grant = json!({"role": "manager", "scope": {"brand_id": own.id, "branch_id": board.branch(0, 0)}});
    let path = format!("/v1/accounts/{}/grants/{}", who.account, id::<()>());
    app.put(&board.world.staff.administrator, path, grant).await.expect(201);
    let refused = super::accept(&app, &who, job).await.expect_problem(409, "not_eligible");
    assert_eq!(refused.text("/errors/0/code"), "role");
}

async fn another_role_ties_to_its_places(app: TestApp) {
    let board = Board::set(&app).await;
    let own = &board.world.brands[0];
    for role in [Role::Scheduler, Role::Designer, Role::Reviewer, Role::Administrator, Role::Auditor] {
        let of_branch =
            Persona::with(&app, &[(Role::Shopper, own.scope()), (role, own.branch_scope(0, 0))]).await;
        sent_nowhere(&app, &board, &of_branch, board.branch(0, 0), "role").await;
        let beside = board.job_in(&app, board.branch(0, 1)).await;
        assert!(hindrances(&app, &of_branch, beside).await.is_empty(), "{role}");

        let of_region =
            Persona::with(&app, &[(Role::Shopper, own.scope()), (role, own.region_scope(0))]).await;
        sent_nowhere(&app, &board, &of_region, board.branch(0, 1), "role").await;
        let away = board.job_in(&app, board.branch(1, 0)).await;
        assert!(hindrances(&app, &of_region, away).await.is_empty(), "{role}");
    }
    // Regions lie in regions.
    let below = id::<()>();
    let body = json!({"brand_id": own.id, "name": "Deep North", "parent_id": own.regions[0].id});
    app.put(&board.world.staff.administrator, format!("/v1/regions/{below}"), body).await.expect(201);
    let (deep, region): (BranchId, RegionId) = (id(), below.cast());
    let body = crate::builders::branch_body(own.id, Some(region), "Deep 1");
    app.put(&board.world.staff.administrator, format!("/v1/branches/{deep}"), body).await.expect(201);
    let who =
        Persona::with(&app, &[(Role::Shopper, own.scope()), (Role::Reviewer, own.region_scope(0))]).await;
    sent_nowhere(&app, &board, &who, deep, "role").await;
}

async fn employee_of(app: &TestApp, board: &Board, at: BranchId, changes: Value) -> EmployeeId {
    let new: EmployeeId = id();
    let mut body = json!({"branch_id": at, "code": new.to_string(), "name": "Elif"});
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    app.put(&board.world.staff.administrator, format!("/v1/employees/{new}"), body).await.expect(201);
    new
}

async fn a_namesake_is_settled_once(app: TestApp) {
    let board = Board::set(&app).await;
    let (own, here) = (&board.world.brands[0], board.branch(0, 0));
    let scheduler = &board.world.staff.scheduler;
    let [who, other] = [shopper(&app).await, shopper(&app).await];
    let namesake = employee_of(&app, &board, here, json!({"name": "SOMEBODY"})).await;
    let job = board.job(&app).await;
    assert_eq!(hindrances(&app, &who, job).await, ["employee"]);

    let path =
        |who: &Persona, employee: EmployeeId| format!("/v1/shoppers/{}/namesakes/{employee}", who.account);
    let is = |same: bool| json!({"same_person": same, "reason": "I have seen both."});
    let not_of_branch = Persona::with(&app, &[(Role::Scheduler, own.branch_scope(0, 1))]).await;
    app.put(&not_of_branch, path(&who, namesake), is(false)).await.expect_problem(404, "not_found");
    app.put(scheduler, path(&who, id()), is(false)).await.expect_problem(404, "not_found");
    app.put(scheduler, path(&who, namesake), json!({"same_person": false})).await.expect_invalid("/reason");
    let settled = app.put(scheduler, path(&who, namesake), is(false)).await.expect(201);
    let another = Persona::everywhere(&app, Role::Scheduler).await;
    let again = app.put(&another, path(&who, namesake), is(false)).await.expect(200);
    assert_eq!(again.bytes, settled.bytes, "the same again changes nothing, whoever says it");
    assert_eq!(settled.json["settled_by"], json!(scheduler.account));
    assert!(hindrances(&app, &who, job).await.is_empty());
    assert_eq!(hindrances(&app, &other, job).await, ["employee"], "it is of one shopper");
    let seen = app.get(scheduler, format!("/v1/shoppers/{}", who.account)).await.expect(200);
    assert_eq!(seen.json["may_be_employee"][0]["settled"], settled.json);
    claim(&app, &who, job).await.expect(200);

    // One person: then it is final.
    app.put(scheduler, path(&other, namesake), is(true)).await.expect(201);
    sent_nowhere(&app, &board, &other, board.branch(1, 1), "employee").await;
    app.put(scheduler, path(&other, namesake), is(false)).await.expect_problem(428, "precondition_required");
    app.put(scheduler, path(&other, namesake), is(false)).if_match("*").await.expect(200);
    let away = board.job_in(&app, board.branch(1, 1)).await;
    assert!(hindrances(&app, &other, away).await.is_empty());

    // There is nothing to settle where the names differ, or the account is known.
    let stranger = employee_of(&app, &board, here, json!({})).await;
    app.put(scheduler, path(&who, stranger), is(true)).await.expect_problem(409, "wrong_state");
    let known = employee_of(&app, &board, here, json!({"account_id": who.account})).await;
    app.put(scheduler, path(&who, known), is(false)).await.expect_problem(409, "wrong_state");
    sent_nowhere(&app, &board, &who, board.branch(1, 1), "employee").await;
    let body = json!({"branch_id": here, "code": "9", "name": "Elif", "account_id": id::<()>()});
    let path = format!("/v1/employees/{}", id::<()>());
    app.put(&board.world.staff.administrator, path, body).await.expect_invalid("/account_id");
}

async fn a_tie_that_is_withdrawn_is_not_forgotten(app: TestApp) {
    let board = Board::set(&app).await;
    let (brand, here, beside) = (board.world.brands[0].id, board.branch(0, 0), board.branch(0, 1));
    let scheduler = board.world.staff.scheduler.clone();
    let who = shopper(&app).await;
    declare(&app, &who, json!({"relatives_branches": [here]})).await;
    sent_nowhere(&app, &board, &who, here, "relative").await;
    app.advance(60);
    declare(&app, &who, json!({"relatives_branches": [beside]})).await;
    let job = board.job_in(&app, here).await;
    assert_eq!(hindrances(&app, &who, job).await, ["withdrawn_tie"]);
    let path = format!("/v1/shoppers/{}", who.account);
    let seen = app.get(&scheduler, &path).await.expect(200);
    let wanted = json!([{"tie": "relative", "branch_id": here, "declared_at": "2026-03-15T10:00:00Z",
        "withdrawn_at": "2026-03-15T10:01:00Z"}]);
    assert_eq!(seen.json["withdrawn_ties"], wanted);
    // A scheduler decides, with a reason.
    let plain = json!({"shopper_id": who.account});
    step(&app, &scheduler, job, "offer", plain).await.expect_problem(409, "not_eligible");
    let despite = json!({"shopper_id": who.account, "despite": "They have moved away."});
    step(&app, &scheduler, job, "offer", despite).await.expect(200);
    super::accept(&app, &who, job).await.expect(200);

    // Declared anew, it is a tie as before; and an employer is known by the name of the brand.
    declare(&app, &who, json!({"relatives_branches": [here]})).await;
    let again = board.job_in(&app, here).await;
    assert_eq!(hindrances(&app, &who, again).await, ["relative"]);
    let works_for = shopper(&app).await;
    declare(&app, &works_for, json!({"employers": [{"name": "ANATOLIA"}]})).await;
    sent_nowhere(&app, &board, &works_for, here, "employer").await;
    declare(&app, &works_for, json!({"employers": [{"name": "A school"}]})).await;
    assert_eq!(hindrances(&app, &works_for, again).await, ["withdrawn_tie"]);
    let path = format!("/v1/shoppers/{}", works_for.account);
    let seen = app.get(&scheduler, &path).await.expect(200);
    assert_eq!(seen.json["withdrawn_ties"][0]["brand_id"], json!(brand));
    // After a year it is over.
    let (account, now) = (works_for.account, app.now());
    for (days, tied) in [(364, true), (365, false)] {
        let then = now.plus_seconds(days * DAY);
        let look = move |conn: &mut incognito::db::Conn| {
            incognito::fieldwork::shoppers::ties::of(conn, account, then)
        };
        assert_eq!(!app.db().read(look).await.unwrap().withdrawn.is_empty(), tied);
    }
}

async fn what_is_left_out_does_not_tell_of_jobs(app: TestApp) {
    let board = Board::set(&app).await;
    let (who, free) = (shopper(&app).await, shopper(&app).await);
    declare(&app, &who, json!({"relatives_branches": [board.branch(0, 0)]})).await;
    let left_out = json!([{"code": "relative", "text": "relatives or friends of yours work there"}]);
    let before = app.get(&who, "/v1/jobs").await.expect(200);
    assert_eq!(before.json, json!({"items": [], "left_out": left_out}));
    board.job(&app).await;
    for query in ["", "?near=41.01,28.98", "?until=2026-03-15T10:00:00Z", "?show=available"] {
        let jobs = app.get(&who, format!("/v1/jobs{query}")).await.expect(200);
        assert_eq!(jobs.json, before.json, "{query}");
    }
    for _ in 0..2 {
        board.job_in(&app, board.branch(1, 0)).await;
    }
    let first = app.get(&who, "/v1/jobs?limit=1").await.expect(200);
    assert_eq!(first.json["left_out"], left_out);
    let next = format!("/v1/jobs?limit=1&cursor={}", first.text("/next_cursor"));
    let next = app.get(&who, next).await.expect(200);
    assert_eq!(
        (next.json["items"].as_array().map(Vec::len), next.json.get("left_out")),
        (Some(1), None),
        "once"
    );
    assert_eq!(app.get(&free, "/v1/jobs").await.expect(200).json.get("left_out"), None);
}

async fn a_shopper_of_a_part_works_there_alone(app: TestApp) {
    let board = Board::set(&app).await;
    let own = &board.world.brands[0];
    let scheduler = &board.world.staff.scheduler;
    for (scope, region) in [(own.branch_scope(0, 0), 0), (own.region_scope(1), 1)] {
        let who = Persona::with(&app, &[(Role::Shopper, scope)]).await;
        let [here, other_branch] = [board.branch(region, 0), board.branch(1 - region, 0)];
        let (job, elsewhere) = (board.job_in(&app, here).await, board.job_in(&app, other_branch).await);
        let listed = app.get(&who, "/v1/jobs?limit=200").await.expect(200);
        let items = listed.json["items"].as_array().unwrap();
        assert!(!items.is_empty() && items.iter().all(|one| one["branch"]["id"] == json!(here)), "{listed}");
        claim(&app, &who, elsewhere).await.expect_problem(404, "not_found");
        let asked = json!({"shopper_id": who.account, "despite": "It is near."});
        step(&app, scheduler, elsewhere, "offer", asked).await.expect_invalid("/shopper_id");
        let give = async |at: BranchId| {
            let body = assignment_body(at, own.version, &who);
            app.put(scheduler, format!("/v1/assignments/{}", id::<()>()), body).await
        };
        give(other_branch).await.expect_invalid("/shopper_id");
        give(here).await.expect(201);
        claim(&app, &who, job).await.expect(200);
        // What is offered is taken only as long as the grant reaches there.
        let offered = board.job_in(&app, here).await;
        offer(&app, &board, offered, &who).await.expect(200);
        let account = format!("/v1/accounts/{}", who.account);
        let administrator = &board.world.staff.administrator;
        let grant = app.get(administrator, &account).await.expect(200).text("/grants/0/id");
        let other = json!({"role": "shopper", "scope": {"brand_id": own.id, "branch_id": other_branch}});
        app.put(administrator, format!("{account}/grants/{}", id::<()>()), other).await.expect(201);
        app.delete(administrator, format!("{account}/grants/{grant}")).await.expect(204);
        super::accept(&app, &who, offered).await.expect_problem(404, "not_found");
        claim(&app, &who, elsewhere).await.expect(200);
        // What was given stays the shopper's, who may say that they do not go.
        step(&app, &who, job, "give-up", json!({"reason": "It is too far now."})).await.expect(200);
    }
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

/// And not from its arrival: an old visit that is sent today blocks no more days, and one that is sent late counts among the last.
async fn rotation_counts_from_the_visit(app: TestApp) {
    let board = Board::with(&app, json!({"same_branch": {"days": 50}})).await;
    let mine = shopper(&app).await;
    let here = board.branch(0, 0);
    let first = board.job_in(&app, here).await;
    claim(&app, &mine, first).await.expect(200);
    app.advance(55 * DAY);
    let mine = mine.renewed(&app);
    let send = async |job: AssignmentId, began: &str| {
        let mut body = crate::builders::visit_body(job, board.world.brands[0].version);
        (body["started_at"], body["ended_at"]) = (json!(began), json!(began));
        app.put(&mine, format!("/v1/visits/{}", id::<()>()), body).await.expect(201)
    };
    send(first, "2026-03-16T09:00:00Z").await;
    let later = add_job(&app, board.campaign, here, (0, 7 * DAY)).await;
    assert!(hindrances(&app, &mine, later).await.is_empty(), "it was made 54 days ago");
    // A clock that was reset says nothing.
    claim(&app, &mine, later).await.expect(200);
    send(later, "1970-01-01T00:00:10Z").await;
    let again = add_job(&app, board.campaign, here, (0, 7 * DAY)).await;
    assert_eq!(hindrances(&app, &mine, again).await, ["same_branch"]);
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
    let refusal = (refused.text("/errors/0/code"), refused.text("/errors/0/pointer"));
    assert_eq!(refusal, ("relative".into(), "/shopper_id".into()));
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
