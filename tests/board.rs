//! The job board: who gets a job of all who want it, what becomes of offers, and what the clock does meanwhile.

use std::collections::BTreeMap;

use diesel::prelude::*;
use futures_util::future::join_all;
use incognito::{
    accounts::model::Role,
    board::expire::ExpireAssignments,
    db::{
        schema::{assignment_step, campaign},
        types::{Instant, Json},
    },
    fieldwork::{
        self,
        assignments::model::{Assignment, AssignmentState, Window},
        campaigns::model::{Campaign, CampaignState, Slot},
    },
    ids::{AccountId, AssignmentId, BranchId, CampaignId},
    work::Task,
};
use serde_json::{Value, json};

use crate::{
    app::{Answer, TestApp, each_engine_test, id},
    builders::{BrandWorld, World, visit_body},
    personas::Persona,
};

mod clock;
mod eligible;
mod listing;
mod offers;
mod ratings;

each_engine_test!(
    one_of_sixteen_gets_the_job,
    nobody_gets_more_at_once_than_they_may,
    what_is_taken_over_or_unknown,
    giving_up_opens_it_again_at_once,
    what_a_scheduler_takes_back,
    what_has_a_visit_stays,
    giving_up_and_submitting_at_once,
    what_was_given_directly_is_given_up,
    windows_are_moved_all_or_none,
    assignments_are_handed_over,
    a_visit_that_comes_late_is_not_bought_twice,
);

pub const DAY: i64 = 86_400;

/// The world with a campaign in its first brand, until the end of April.
pub struct Board {
    pub world: World,
    pub campaign: CampaignId,
}

impl Board {
    pub async fn set(app: &TestApp) -> Self {
        Self::with(app, json!({})).await
    }

    /// The campaign asks for this of those who go.
    pub async fn with(app: &TestApp, who: Value) -> Self {
        let world = World::build(app).await;
        let campaign = add_campaign(app, &world.brands[0], json!({"who": who})).await;
        Self { world, campaign }
    }

    pub fn branch(&self, region: usize, branch: usize) -> BranchId {
        self.world.brands[0].regions[region].branches[branch].id
    }

    /// A new job in the first branch, for a week from now on.
    pub async fn job(&self, app: &TestApp) -> AssignmentId {
        self.job_in(app, self.branch(0, 0)).await
    }

    pub async fn job_in(&self, app: &TestApp, branch: BranchId) -> AssignmentId {
        add_job(app, self.campaign, branch, (0, 7 * DAY)).await
    }
}

/// A campaign whose terms are the usual ones but for these.
pub async fn add_campaign(app: &TestApp, brand: &BrandWorld, other_terms: Value) -> CampaignId {
    let mut terms = json!({
        "starts_on": "2026-03-10", "ends_on": "2026-04-30", "windows": {"from": "10:00", "to": "20:00"},
        "visits_per_branch": 50, "fee": {"currency": "EUR", "amount": 1500}, "reimbursement_limit": 800,
        "limits": {"accept_hours": 24, "submit_hours": 24},
    });
    for (name, value) in other_terms.as_object().unwrap() {
        terms[name] = value.clone();
    }
    let new = Campaign {
        id: id(),
        brand_id: brand.id,
        version_id: brand.version,
        name: "Spring".to_owned(),
        terms: Json(serde_json::from_value(terms).unwrap()),
        revision: 1,
        created_at: app.now(),
        state: CampaignState::Running,
    };
    let kept = new.id;
    let insert = move |conn: &mut incognito::db::Conn| {
        Ok(diesel::insert_into(campaign::table).values(&new).execute(conn)?)
    };
    app.db().write(insert).await.unwrap();
    kept
}

/// A job of this campaign that opens and closes so many seconds from now.
pub async fn add_job(
    app: &TestApp,
    campaign: CampaignId,
    branch: BranchId,
    (opens, closes): (i64, i64),
) -> AssignmentId {
    let (new, now) = (id(), app.now());
    let window = Window { opens_at: now.plus_seconds(opens), closes_at: now.plus_seconds(closes) };
    let insert = move |conn: &mut incognito::db::Conn| {
        use incognito::db::schema::assignment;
        let of = fieldwork::campaigns::store::find(conn, campaign)?.unwrap();
        let made: i64 =
            assignment::table.filter(assignment::campaign_id.eq(campaign)).count().get_result(conn)?;
        let slot = Slot { campaign, branch, number: 1 + i32::try_from(made).unwrap(), attempt: 1 };
        let open = Assignment::open(&of, new, slot, window, now);
        Ok(diesel::insert_into(assignment::table).values(&open).execute(conn).map(drop)?)
    };
    app.db().write(insert).await.unwrap();
    new
}

pub async fn shopper(app: &TestApp) -> Persona {
    Persona::everywhere(app, Role::Shopper).await
}

pub async fn claim(app: &TestApp, who: &Persona, job: AssignmentId) -> Answer {
    app.call(actix_web::http::Method::POST, format!("/v1/jobs/{job}/claim")).by(who).await
}

pub async fn step(app: &TestApp, who: &Persona, of: AssignmentId, step: &str, body: Value) -> Answer {
    app.post(who, format!("/v1/assignments/{of}/{step}"), body).await
}

pub async fn accept(app: &TestApp, who: &Persona, of: AssignmentId) -> Answer {
    app.call(actix_web::http::Method::POST, format!("/v1/assignments/{of}/accept")).by(who).await
}

pub async fn offer(app: &TestApp, board: &Board, of: AssignmentId, to: &Persona) -> Answer {
    step(app, &board.world.staff.scheduler, of, "offer", json!({"shopper_id": to.account})).await
}

/// Submits a visit.
pub async fn submit(app: &TestApp, board: &Board, who: &Persona, of: AssignmentId) -> Answer {
    let body = visit_body(of, board.world.brands[0].version);
    app.put(who, format!("/v1/visits/{}", id::<()>()), body).await
}

/// The assignment as the scheduler sees it.
pub async fn seen(app: &TestApp, board: &Board, of: AssignmentId) -> Value {
    let scheduler = board.world.staff.scheduler.clone().renewed(app);
    app.get(&scheduler, format!("/v1/assignments/{of}")).await.expect(200).json
}

/// The open jobs of the board's campaign.
pub async fn open(app: &TestApp, board: &Board) -> Vec<Value> {
    open_of(app, board, board.campaign).await
}

pub async fn open_of(app: &TestApp, board: &Board, campaign: CampaignId) -> Vec<Value> {
    let scheduler = board.world.staff.scheduler.clone().renewed(app);
    let list = format!("/v1/assignments?campaign_id={campaign}&state=open&limit=200");
    app.get(&scheduler, list).await.expect(200).json["items"].as_array().unwrap().clone()
}

/// Lets the clock do what is due.
pub async fn tick(app: &TestApp) {
    ExpireAssignments::default().run(app.app(), &()).await.unwrap();
}

/// The steps of an assignment: from, to, whom it concerned, who did it. They are one chain that ends where it is.
pub async fn steps(
    app: &TestApp,
    of: AssignmentId,
) -> Vec<(AssignmentState, AssignmentState, Option<AccountId>, Option<AccountId>)> {
    type Row = (i32, AssignmentState, AssignmentState, Option<AccountId>, Option<AccountId>, Instant);
    let look = move |conn: &mut incognito::db::Conn| {
        let rows: Vec<Row> = assignment_step::table
            .filter(assignment_step::assignment_id.eq(of))
            .order(assignment_step::number)
            .select((
                assignment_step::number,
                assignment_step::from_state,
                assignment_step::to_state,
                assignment_step::shopper_id,
                assignment_step::account_id,
                assignment_step::taken_at,
            ))
            .load(conn)?;
        Ok((rows, fieldwork::assignments::store::find(conn, of)?.unwrap().state))
    };
    let (rows, state) = app.db().read(look).await.unwrap();
    let mut at = AssignmentState::Open;
    for (number, (row, from, to, ..)) in (1..).zip(&rows) {
        assert_eq!((number, at), (*row, *from), "{rows:?}");
        at = *to;
    }
    assert_eq!(at, state, "{rows:?}");
    rows.into_iter().map(|(_, from, to, shopper, by, _)| (from, to, shopper, by)).collect()
}

/// How many answers there are of each status and code.
pub fn tally(answers: &[Answer]) -> BTreeMap<(u16, String), usize> {
    let mut tally = BTreeMap::new();
    for answer in answers {
        *tally.entry((answer.status, answer.code().to_owned())).or_default() += 1;
    }
    tally
}

async fn one_of_sixteen_gets_the_job(app: TestApp) {
    let board = Board::set(&app).await;
    let shoppers = join_all((0..16).map(|_| shopper(&app))).await;
    for _ in 0..4 {
        let job = board.job(&app).await;
        let answers = join_all(shoppers.iter().map(|who| claim(&app, who, job))).await;
        let wanted = [((200, String::new()), 1), ((409, "job_taken".to_owned()), 15)];
        assert_eq!(tally(&answers), wanted.into(), "exactly one wins");

        let winner = answers.iter().position(|answer| answer.status == 200).unwrap();
        let (answer, winner) = (&answers[winner], &shoppers[winner]);
        assert_eq!(answer.json["state"], "assigned");
        assert_eq!(answer.json["pay"], json!({"currency": "EUR", "fee": 1500, "reimbursement_limit": 800}));
        assert_eq!(answer.json["shopper_id"], json!(winner.account));
        assert_eq!(claim(&app, winner, job).await.expect(200).bytes, answer.bytes, "the same again");
        let (who, open, assigned) = (Some(winner.account), AssignmentState::Open, AssignmentState::Assigned);
        assert_eq!(steps(&app, job).await, [(open, assigned, who, who)], "it happened once");
        let work = app.get(winner, "/v1/me/work").await.expect(200);
        let mine = work.json["assignments"].as_array().unwrap();
        assert!(mine.iter().any(|one| one["id"] == json!(job)), "{work}");
        assert!(open_ids(&app, &board).await.is_empty());
    }
}

async fn open_ids(app: &TestApp, board: &Board) -> Vec<Value> {
    open(app, board).await.into_iter().map(|one| one["id"].clone()).collect()
}

async fn nobody_gets_more_at_once_than_they_may(app: TestApp) {
    let board = Board::with(&app, json!({"most_jobs_at_once": 2})).await;
    let greedy = shopper(&app).await;
    let jobs = join_all((0..8).map(|_| board.job(&app))).await;
    let answers = join_all(jobs.iter().map(|job| claim(&app, &greedy, *job))).await;
    let wanted = [((200, String::new()), 2), ((409, "not_eligible".to_owned()), 6)];
    assert_eq!(tally(&answers), wanted.into());
    let refused = answers.iter().find(|answer| answer.status == 409).unwrap();
    assert_eq!(refused.text("/errors/0/code"), "jobs_at_once");

    // A visit that was made makes room.
    let held: Vec<_> = jobs.iter().zip(&answers).filter(|(_, answer)| answer.status == 200).collect();
    submit(&app, &board, &greedy, *held[0].0).await.expect(201);
    let more: Vec<_> = jobs.iter().zip(&answers).filter(|(_, answer)| answer.status == 409).collect();
    claim(&app, &greedy, *more[0].0).await.expect(200);
    claim(&app, &greedy, *more[1].0).await.expect_problem(409, "not_eligible");
}

async fn what_is_taken_over_or_unknown(app: TestApp) {
    let board = Board::set(&app).await;
    let (mine, other) = (shopper(&app).await, shopper(&app).await);
    let [own, elsewhere] = &board.world.brands;
    let of_another_brand = Persona::with(&app, &[(Role::Shopper, elsewhere.scope())]).await;
    let job = board.job(&app).await;
    claim(&app, &of_another_brand, job).await.expect_problem(404, "not_found");
    claim(&app, &mine, id()).await.expect_problem(404, "not_found");
    // What was given directly was never on the board.
    let given = own.regions[0].branches[0].open_assignment;
    claim(&app, &mine, given).await.expect_problem(404, "not_found");
    claim(&app, &board.world.staff.shopper, given).await.expect(200);

    let early = add_job(&app, board.campaign, board.branch(0, 0), (-2 * DAY, 60)).await;
    app.advance(60);
    let closed = claim(&app, &mine, early).await.expect_problem(409, "not_eligible");
    assert_eq!(closed.text("/errors/0/code"), "closed");
    tick(&app).await;
    claim(&app, &mine, early).await.expect_problem(409, "wrong_state");

    claim(&app, &mine, job).await.expect(200);
    claim(&app, &other, job).await.expect_problem(409, "job_taken");
    // The promise stands, whatever becomes of the campaign.
    let was = board.campaign;
    let dearer = move |conn: &mut incognito::db::Conn| {
        let mut changed = fieldwork::campaigns::store::find(conn, was)?.unwrap();
        changed.terms.0.fee.amount = 1_i64.try_into().unwrap();
        fieldwork::campaigns::store::update_campaign(conn, &changed)
    };
    app.db().write(dearer).await.unwrap();
    assert_eq!(claim(&app, &mine, job).await.expect(200).json["pay"]["fee"], 1500);
}

async fn giving_up_opens_it_again_at_once(app: TestApp) {
    let board = Board::set(&app).await;
    let (mine, other) = (shopper(&app).await, shopper(&app).await);
    let job = board.job(&app).await;
    let reason = json!({"reason": "I am ill."});
    step(&app, &mine, job, "give-up", reason.clone()).await.expect_problem(404, "not_found");
    claim(&app, &mine, job).await.expect(200);
    step(&app, &other, job, "give-up", reason.clone()).await.expect_problem(404, "not_found");
    step(&app, &mine, job, "give-up", json!({"reason": "No.", "reopen": false}))
        .await
        .expect_invalid("/reopen");
    step(&app, &mine, job, "cancel", reason.clone()).await.expect_problem(403, "forbidden");
    let cancelled = step(&app, &mine, job, "give-up", reason.clone()).await.expect(200);
    assert_eq!(
        (cancelled.text("/state"), &cancelled.json["shopper_id"]),
        ("cancelled".into(), &json!(mine.account))
    );
    let again = step(&app, &mine, job, "give-up", reason.clone()).await.expect(200);
    assert_eq!(again.bytes, cancelled.bytes);

    let next = open(&app, &board).await;
    assert_eq!(next.len(), 1, "one next try, and no second one for asking again: {next:?}");
    assert_eq!((&next[0]["attempt"], &next[0]["number"]), (&json!(2), &json!(1)));
    assert_ne!(next[0]["id"], json!(job));
    let opens: jiff::Timestamp = next[0]["opens_at"].as_str().unwrap().parse().unwrap();
    assert!(Instant::from(opens) >= app.now(), "{next:?}");
    let next: AssignmentId = next[0]["id"].as_str().unwrap().parse().unwrap();
    claim(&app, &other, next).await.expect(200);

    // It was made all the same, and is taken.
    claim(&app, &mine, job).await.expect_problem(409, "wrong_state");
    submit(&app, &board, &mine, job).await.expect(201);
    submit(&app, &board, &other, next).await.expect(201);
}

async fn what_a_scheduler_takes_back(app: TestApp) {
    let board = Board::set(&app).await;
    let scheduler = &board.world.staff.scheduler;
    let mine = shopper(&app).await;
    let reason = |reopen: Option<bool>| match reopen {
        Some(reopen) => json!({"reason": "It has moved.", "reopen": reopen}),
        None => json!({"reason": "It has moved."}),
    };
    let cancel = async |job, reopen| step(&app, scheduler, job, "cancel", reason(reopen)).await;

    // Nobody had it: it is not wanted any more, unless it is said to be.
    let job = board.job(&app).await;
    cancel(job, None).await.expect(200);
    assert!(open_ids(&app, &board).await.is_empty());
    let job = board.job(&app).await;
    cancel(job, Some(true)).await.expect(200);
    assert_eq!(open_ids(&app, &board).await.len(), 1);

    // Somebody had it, or was asked.
    let job = board.job(&app).await;
    claim(&app, &mine, job).await.expect(200);
    let taken = cancel(job, None).await.expect(200);
    assert_eq!(taken.json["shopper_id"], json!(mine.account), "who had it may still have been there");
    assert_eq!(open_ids(&app, &board).await.len(), 2);
    let job = board.job(&app).await;
    offer(&app, &board, job, &mine).await.expect(200);
    let taken = cancel(job, None).await.expect(200);
    assert_eq!(taken.json["shopper_id"], Value::Null, "who was only asked never had it");
    submit(&app, &board, &mine, job).await.expect_invalid("/assignment_id");
    accept(&app, &mine, job).await.expect_problem(409, "wrong_state");
    assert_eq!(open_ids(&app, &board).await.len(), 3);
    let job = board.job(&app).await;
    claim(&app, &mine, job).await.expect(200);
    cancel(job, Some(false)).await.expect(200);
    assert_eq!(open_ids(&app, &board).await.len(), 3);

    // Once is enough, and whoever did it may ask again.
    cancel(job, Some(false)).await.expect(200);
    let another = Persona::everywhere(&app, Role::Scheduler).await;
    step(&app, &another, job, "cancel", reason(None)).await.expect_problem(409, "wrong_state");
    // What was given directly has no next try.
    let given = board.world.brands[0].regions[0].branches[0].open_assignment;
    cancel(given, None).await.expect(200);
    assert_eq!(open_ids(&app, &board).await.len(), 3);
    let elsewhere = Persona::with(&app, &[(Role::Scheduler, board.world.brands[1].scope())]).await;
    let job = board.job(&app).await;
    step(&app, &elsewhere, job, "cancel", reason(None)).await.expect_problem(404, "not_found");
}

async fn what_has_a_visit_stays(app: TestApp) {
    let board = Board::set(&app).await;
    let mine = shopper(&app).await;
    let job = board.job(&app).await;
    claim(&app, &mine, job).await.expect(200);
    submit(&app, &board, &mine, job).await.expect(201);
    for (who, how) in [(&mine, "give-up"), (&board.world.staff.scheduler, "cancel")] {
        let refused = step(&app, who, job, how, json!({"reason": "No."})).await;
        refused.expect_problem(409, "wrong_state");
    }
    assert_eq!(seen(&app, &board, job).await["state"], "assigned");
    assert!(open_ids(&app, &board).await.is_empty());
    app.advance(50 * DAY);
    tick(&app).await;
    assert_eq!(seen(&app, &board, job).await["state"], "assigned", "nor does the clock touch it");
    assert!(open_ids(&app, &board).await.is_empty());
    assert_eq!(steps(&app, job).await.len(), 1);
}

/// Whichever comes first: the visit is always taken, and it is never given up once it is here.
async fn giving_up_and_submitting_at_once(app: TestApp) {
    let board = Board::set(&app).await;
    let mine = shopper(&app).await;
    for _ in 0..12 {
        let job = board.job(&app).await;
        claim(&app, &mine, job).await.expect(200);
        let before = open_ids(&app, &board).await.len();
        let give_up = step(&app, &mine, job, "give-up", json!({"reason": "I am ill."}));
        let (given_up, submitted) =
            futures_util::future::join(give_up, submit(&app, &board, &mine, job)).await;
        submitted.expect(201);
        let is_open = open_ids(&app, &board).await.len() - before;
        // The visit ends the next try, if there was one.
        assert_eq!(is_open, 0);
        if given_up.status != 200 {
            given_up.expect_problem(409, "wrong_state");
        }
        steps(&app, job).await;
    }
}

async fn what_was_given_directly_is_given_up(app: TestApp) {
    let board = Board::set(&app).await;
    let shopper = &board.world.staff.shopper;
    let given = board.world.brands[0].regions[0].branches[0].open_assignment;
    let why = json!({"reason": "I am ill."});
    let given_up = step(&app, shopper, given, "give-up", why.clone()).await.expect(200);
    assert_eq!(
        (given_up.text("/state"), &given_up.json["shopper_id"]),
        ("cancelled".into(), &json!(shopper.account))
    );
    assert_eq!(step(&app, shopper, given, "give-up", why).await.expect(200).bytes, given_up.bytes);
    let work = app.get(shopper, "/v1/me/work").await.expect(200);
    assert!(!work.json["assignments"].to_string().contains(&given.to_string()), "{work}");
    submit(&app, &board, shopper, given).await.expect(201);
}

/// A window of so many days from now until so many days from now, for this assignment.
fn moving(app: &TestApp, of: AssignmentId, (opens, closes): (i64, i64)) -> Value {
    let at = |days: i64| app.now().plus_seconds(days * DAY);
    json!({"assignment_id": of, "opens_at": at(opens), "closes_at": at(closes)})
}

async fn windows_are_moved_all_or_none(app: TestApp) {
    let board = Board::set(&app).await;
    let scheduler = &board.world.staff.scheduler;
    let (mine, asked) = (shopper(&app).await, shopper(&app).await);
    let [open, claimed, offered, done] =
        [board.job(&app).await, board.job(&app).await, board.job(&app).await, board.job(&app).await];
    for job in [claimed, done] {
        claim(&app, &mine, job).await.expect(200);
    }
    offer(&app, &board, offered, &asked).await.expect(200);
    submit(&app, &board, &mine, done).await.expect(201);
    let given = board.world.brands[0].regions[0].branches[0].open_assignment;
    let move_all = async |moves: &[Value]| {
        app.post(scheduler, "/v1/assignments/move", json!({"reason": "It rains.", "moves": moves})).await
    };
    let before = seen(&app, &board, open).await;
    for (wrong, pointer) in [
        (moving(&app, id(), (1, 2)), "/moves/1/assignment_id"),
        (moving(&app, claimed, (2, 1)), "/moves/1/closes_at"),
        (moving(&app, claimed, (-2, -1)), "/moves/1/closes_at"),
    ] {
        move_all(&[moving(&app, open, (3, 5)), wrong]).await.expect_invalid(pointer);
    }
    move_all(&[moving(&app, open, (3, 5)), moving(&app, done, (3, 5))])
        .await
        .expect_problem(409, "wrong_state");
    assert_eq!(seen(&app, &board, open).await, before, "all or none");
    move_all(&[]).await.expect_invalid("/moves");
    let elsewhere = Persona::with(&app, &[(Role::Scheduler, board.world.brands[1].scope())]).await;
    let body = json!({"reason": "It rains.", "moves": [moving(&app, open, (3, 5))]});
    app.post(&elsewhere, "/v1/assignments/move", body).await.expect_invalid("/moves/0/assignment_id");

    let all = [open, claimed, offered, given].map(|job| moving(&app, job, (3, 5)));
    let moved = move_all(&all).await.expect(200);
    let at = |days: i64| json!(app.now().plus_seconds(days * DAY));
    for (one, state) in
        moved.json["items"].as_array().unwrap().iter().zip(["open", "assigned", "offered", "assigned"])
    {
        assert_eq!((&one["opens_at"], &one["closes_at"], &one["state"]), (&at(3), &at(5), &json!(state)));
        let submit_by = if one["id"] == json!(given) { Value::Null } else { at(6) };
        assert_eq!(one["submit_by"], submit_by);
    }
    assert_eq!(move_all(&all).await.expect(200).bytes, moved.bytes, "the same again");
    let history = app.get(scheduler, format!("/v1/assignments/{claimed}/history")).await.expect(200);
    let last = &history.json["steps"][1];
    assert_eq!(
        (&last["from"], &last["to"], &last["reason"]),
        (&json!("assigned"), &json!("assigned"), &json!("It rains."))
    );
    assert_eq!(history.json["steps"].as_array().map(Vec::len), Some(2));
    assert_eq!(seen(&app, &board, claimed).await["closes_at"], at(5));
    // The clock keeps to the new window.
    app.advance(5 * DAY);
    tick(&app).await;
    assert_eq!(seen(&app, &board, claimed).await["state"], "assigned");
    assert_eq!(seen(&app, &board, open).await["state"], "expired");
    app.advance(DAY);
    tick(&app).await;
    assert_eq!(seen(&app, &board, claimed).await["state"], "expired");
}

async fn assignments_are_handed_over(app: TestApp) {
    let board = Board::with(&app, json!({"most_jobs_at_once": 2})).await;
    let scheduler = &board.world.staff.scheduler;
    let (mine, other, tied) = (shopper(&app).await, shopper(&app).await, shopper(&app).await);
    let here = board.branch(0, 0);
    let body = json!({"languages": ["en"], "travels_km": 5, "relatives_branches": [here]});
    app.put(&tied, "/v1/me/shopper", body).await.expect(201);
    let (first, second) = (board.job(&app).await, board.job(&app).await);
    for job in [first, second] {
        claim(&app, &mine, job).await.expect(200);
    }
    let given = board.world.brands[0].regions[0].branches[0].open_assignment;
    let hand = async |jobs: &[AssignmentId], to: &Persona, despite: Option<&str>| {
        let body = json!({"reason": "Ana is ill.", "assignment_ids": jobs, "shopper_id": to.account, "despite": despite});
        app.post(scheduler, "/v1/assignments/hand-over", body).await
    };
    // No shopper, tied, nobody's, too many.
    hand(&[first], &board.world.staff.reviewer, None).await.expect_invalid("/shopper_id");
    for job in [first, given] {
        let refused = hand(&[job], &tied, Some("I know them.")).await.expect_problem(409, "not_eligible");
        assert_eq!(
            (refused.text("/errors/0/code"), refused.text("/errors/0/pointer")),
            ("relative".into(), "/shopper_id".into())
        );
    }
    let open = board.job(&app).await;
    hand(&[open], &other, None).await.expect_problem(409, "wrong_state");
    hand(&[first, id()], &other, None).await.expect_invalid("/assignment_ids/1");
    claim(&app, &other, open).await.expect(200);
    let refused = hand(&[first, second], &other, None).await.expect_problem(409, "not_eligible");
    assert_eq!(refused.text("/errors/0/code"), "jobs_at_once", "the first one counts for the second");
    assert_eq!(seen(&app, &board, first).await["shopper_id"], json!(mine.account), "all or none");

    let handed = hand(&[first, second, given], &other, Some("It is agreed.")).await.expect(200);
    for (was, is) in [first, second, given].into_iter().zip(handed.json["items"].as_array().unwrap()) {
        let before = seen(&app, &board, was).await;
        assert_eq!(before["state"], "cancelled");
        assert_eq!((&is["state"], &is["shopper_id"]), (&json!("assigned"), &json!(other.account)));
        for same in ["branch_id", "checklist_version_id", "opens_at", "closes_at"] {
            assert_eq!(is[same], before[same]);
        }
        let is: AssignmentId = is["id"].as_str().unwrap().parse().unwrap();
        assert_eq!(seen(&app, &board, is).await["attempt"], 2);
        submit(&app, &board, &other, is).await.expect(201);
    }
    let pay: Vec<_> =
        handed.json["items"].as_array().unwrap().iter().map(|one| one["pay"]["fee"].clone()).collect();
    assert_eq!(pay, [json!(1500), json!(1500), Value::Null]);
    // What the first one made all the same is taken, and costs no rating otherwise.
    submit(&app, &board, &mine, first).await.expect(201);
    let rating = app.get(&mine, "/v1/me/rating").await.expect(200);
    assert_eq!(rating.json["counts"]["given_up_late"], 0);
    hand(&[first], &other, None).await.expect_problem(409, "wrong_state");
}

async fn a_visit_that_comes_late_is_not_bought_twice(app: TestApp) {
    let board = Board::set(&app).await;
    let (mine, other) = (shopper(&app).await, shopper(&app).await);
    let (late, taken) = (board.job(&app).await, board.job_in(&app, board.branch(1, 0)).await);
    for job in [late, taken] {
        claim(&app, &mine, job).await.expect(200);
    }
    app.advance(8 * DAY);
    tick(&app).await;
    let next = open(&app, &board).await;
    assert_eq!(next.len(), 2);
    let next_of = |branch: BranchId| -> AssignmentId {
        let one = next.iter().find(|one| one["branch_id"] == json!(branch)).unwrap();
        one["id"].as_str().unwrap().parse().unwrap()
    };
    claim(&app, &other.clone().renewed(&app), next_of(board.branch(1, 0))).await.expect(200);
    let mine = mine.renewed(&app);
    for job in [late, taken] {
        submit(&app, &board, &mine, job).await.expect(201);
    }
    assert!(open(&app, &board).await.is_empty(), "nobody is to go there once more");
    let closed = next_of(board.branch(0, 0));
    assert_eq!(seen(&app, &board, closed).await["state"], "cancelled");
    claim(&app, &other.clone().renewed(&app), closed).await.expect_problem(409, "wrong_state");
    assert_eq!(
        seen(&app, &board, next_of(board.branch(1, 0))).await["state"],
        "assigned",
        "what was taken is honoured"
    );
}
