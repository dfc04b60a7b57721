//! An end is near: from every state that a visit reaches, requests of those who have a role there, and the clock, bring it to an
//! end within four steps. Each way is gone over HTTP, with a real visit.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use actix_web::http::Method;
use incognito::{
    accounts::model::Role,
    ids::{AppealId, AssignmentId, ReturnReasonId, VersionId, VisitId},
    reports::store,
    visits::{
        lapse::LapseReturns,
        state::{State, Step},
    },
    work::Task,
};
use serde_json::{Value, json};

use super::path;
use crate::{
    app::{TestApp, each_engine_test, id},
    appeals::appeal_body,
    builders::{World, assignment_body, visit_body},
    evidence::tagged_jpeg,
    ledger::all_is_right,
    personas::Persona,
    receipts::with_photos,
    reports::{an_hour_passes, to_the_night},
    reviews::returns::{asking, reason},
    uploads::File,
};

each_engine_test!(
    every_state_is_left_for_every_end_that_is_near,
    those_who_went_away_leave_nothing_stuck,
    a_visit_that_could_not_be_made_ends,
);

const ENDS: [State; 4] = [State::Final, State::Rejected, State::Excluded, State::Withdrawn];
/// An end is no more requests and moves of the clock away than this.
const NEAR: usize = 4;
const HOUR: i64 = 3_600;

/// A state, and whether all of the visit has arrived.
type Stand = (State, bool);

const ARRIVED: Stand = (State::Submitted, false);

/// Where a step leads; none if it does not.
fn after((state, is_whole): Stand, step: Step) -> Option<Stand> {
    let to = step.leads_from(state)?.state(is_whole);
    Some((to, is_whole || to == State::Complete))
}

/// How many requests and moves of the clock a step is: who withdraws agrees to what another one proposed.
fn requests(way: &[Step]) -> usize {
    way.iter().map(|step| if *step == Step::Withdraw { 2 } else { 1 }).sum()
}

/// The shortest ways from a stand to all that are reached from it; of ways that are as short one or the other.
fn ways(from: Stand, others: bool) -> BTreeMap<Stand, Vec<Step>> {
    let mut steps = Step::ALL.to_vec();
    if others {
        steps.reverse();
    }
    let (mut all, mut next) = (BTreeMap::from([(from, Vec::new())]), VecDeque::from([from]));
    while let Some(stand) = next.pop_front() {
        for step in &steps {
            let Some(to) = after(stand, *step).filter(|to| !all.contains_key(to)) else { continue };
            let way = [all[&stand].as_slice(), &[*step]].concat();
            all.insert(to, way);
            next.push_back(to);
        }
    }
    all
}

/// A visit with two files, of which one has come, and the people who may do something with it.
struct Life<'a> {
    app: &'a TestApp,
    shopper: Persona,
    reviewers: [Persona; 2],
    asked_for: ReturnReasonId,
    visit: VisitId,
    late: File,
    returns: usize,
}

/// Where lives are led.
struct Ground {
    world: World,
    version: VersionId,
    asked_for: ReturnReasonId,
}

impl Ground {
    async fn lay(app: &TestApp) -> Self {
        let world = World::build(app).await;
        let (_, version) = world.staff.checklist(app, world.brands[0].id, with_photos()).await;
        let asked_for = reason(app, &world).await;
        Self { world, version, asked_for }
    }

    /// One more for a new shopper, from now on.
    async fn assigned(&self, app: &TestApp) -> (Persona, AssignmentId) {
        let shopper = Persona::everywhere(app, Role::Shopper).await;
        // Sessions end, and it may be months later.
        let scheduler = Persona::everywhere(app, Role::Scheduler).await;
        let (assignment, brand) = (id(), &self.world.brands[0]);
        let mut body = assignment_body(brand.regions[0].branches[0].id, self.version, &shopper);
        body["opens_at"] = json!(app.now().plus_seconds(-HOUR));
        body["closes_at"] = json!(app.now().plus_seconds(24 * HOUR));
        app.put(&scheduler, format!("/v1/assignments/{assignment}"), body).await.expect(201);
        (shopper, assignment)
    }

    /// Ends all that somebody may do.
    async fn dismiss(&self, app: &TestApp, who: &Persona) {
        // Sessions end, and it may be months later.
        let administrator = Persona::everywhere(app, Role::Administrator).await;
        let account = format!("/v1/accounts/{}", who.account);
        let grants = app.get(&administrator, &account).await.expect(200).json["grants"].clone();
        for grant in grants.as_array().unwrap() {
            let grant = grant["id"].as_str().unwrap();
            app.delete(&administrator, format!("{account}/grants/{grant}")).await.expect(204);
        }
    }

    /// A visit that has just been sent; only two reviewers of its region know of it.
    async fn begin<'a>(&self, app: &'a TestApp) -> Life<'a> {
        let (shopper, assignment) = self.assigned(app).await;
        let visit = id();
        let [came, late] = [1, 2].map(|seed| File::for_visit(visit, "image/jpeg", File::of(seed, 500).bytes));
        let mut body = visit_body(assignment, self.version);
        body["manifest"] = json!([came.listed("photos"), late.listed("photos")]);
        app.put(&shopper, path(visit), body).await.expect(201);
        came.put(app, &shopper).await.expect(201);
        let scope = [(Role::Reviewer, self.world.brands[0].region_scope(0))];
        let reviewers = [Persona::with(app, &scope).await, Persona::with(app, &scope).await];
        Life { app, shopper, reviewers, asked_for: self.asked_for, visit, late, returns: 0 }
    }
}

impl Life<'_> {
    fn reviewer(&self, number: usize) -> Persona {
        self.reviewers[number].clone().renewed(self.app)
    }

    async fn review(&self, number: usize, step: &str, body: Value) {
        let to = format!("{}/review/{step}", path(self.visit));
        let who = self.reviewer(number);
        let call = match body.is_null() {
            true => self.app.call(Method::POST, to).by(&who),
            false => self.app.post(&who, to, body),
        };
        call.await.expect(200);
    }

    async fn state(&self) -> State {
        let state = self.app.get(&self.reviewer(0), path(self.visit)).await.expect(200).text("/state");
        *State::ALL.iter().find(|one| one.as_str() == state).unwrap()
    }

    /// Takes a step, each as its taker does it.
    async fn take(&mut self, step: Step) {
        self.app.advance(1);
        let why = json!({"reason": "As it has to be."});
        match step {
            Step::Arrive => {
                drop(self.late.put(self.app, &self.shopper.clone().renewed(self.app)).await.expect(201))
            }
            Step::TakeWithout => self.review(0, "take-without", why).await,
            Step::Claim => self.review(0, "claim", Value::Null).await,
            Step::Release => self.review(0, "release-claim", json!({})).await,
            Step::Approve => self.review(0, "approve", Value::Null).await,
            Step::Reject => self.review(0, "reject", why).await,
            Step::Exclude => self.review(0, "exclude", why).await,
            Step::Reopen => self.review(0, "reopen", why).await,
            Step::Return => {
                self.returns += 1;
                self.review(0, "return", asking(&["clean"], self.asked_for)).await;
            }
            Step::Revise => {
                let to = format!("{}/revisions/{}", path(self.visit), self.returns);
                let answers = json!({"answers": {"clean": {"value": 3}}});
                self.app.put(&self.shopper.clone().renewed(self.app), to, answers).await.expect(201);
            }
            Step::Lapse => {
                self.app.advance(72 * HOUR);
                LapseReturns::default().run(self.app.app(), &()).await.unwrap();
            }
            Step::Report => {
                to_the_night(self.app, 7);
                an_hour_passes(self.app).await;
            }
            Step::Finish => {
                to_the_night(self.app, 14);
                an_hour_passes(self.app).await;
            }
            Step::Withdraw => {
                self.review(0, "propose-withdrawal", why).await;
                self.review(1, "withdraw", Value::Null).await;
            }
            Step::SendAnew | Step::HandOver | Step::Correct | Step::ProposeWithdrawal | Step::KeepReport => {
                panic!("{step} leads to no other state")
            }
        }
    }

    /// Goes a way, and looks at each step whether it led where the table says; gives where it ended.
    async fn go(&mut self, from: Stand, way: &[Step]) -> Stand {
        let mut stand = from;
        for step in way {
            self.take(*step).await;
            stand = after(stand, *step).unwrap();
            assert_eq!(self.state().await, stand.0, "{step} of {way:?}");
        }
        stand
    }
}

async fn every_state_is_left_for_every_end_that_is_near(app: TestApp) {
    let ground = Ground::lay(&app).await;
    let (mut lives, mut left) = (0, BTreeSet::new());
    for (stand, way_there) in ways(ARRIVED, false) {
        let mut ends = 0;
        for (end, _) in ways(stand, false).iter().filter(|((to, _), _)| ENDS.contains(to)) {
            // Every second time by other steps, where there are others.
            lives += 1;
            let way = ways(stand, lives % 2 == 0)[end].clone();
            if requests(&way) > NEAR {
                continue;
            }
            let mut life = ground.begin(&app).await;
            assert_eq!(life.go(ARRIVED, &way_there).await, stand);
            assert_eq!(life.go(stand, &way).await, *end, "from {stand:?} by {way:?}");
            left.insert(stand.0);
            ends += 1;
        }
        assert!(ends > 0, "no end is near {stand:?}");
    }
    assert_eq!(left, State::ALL.iter().copied().collect(), "every state was reached");
    all_is_right(&app).await;
}

/// A reviewer who works on a visit, the one who proposed to withdraw it, the shopper who was asked, and the manager who appealed:
/// none of them does anything any more.
async fn those_who_went_away_leave_nothing_stuck(app: TestApp) {
    let ground = Ground::lay(&app).await;
    for held in [Step::Claim, Step::HandOver] {
        let mut life = ground.begin(&app).await;
        life.go(ARRIVED, &[Step::Arrive]).await;
        match held {
            Step::Claim => life.review(1, "claim", Value::Null).await,
            _ => {
                life.review(0, "claim", Value::Null).await;
                let to = json!({"reviewer_id": life.reviewers[1].account});
                life.review(0, "release-claim", to).await;
            }
        }
        let to = format!("{}/review/reject", path(life.visit));
        let why = json!({"reason": "As it has to be."});
        app.post(&life.reviewer(0), to, why).await.expect_problem(409, "claimed_by_another");
        app.advance(1_801);
        life.go((State::InReview, true), &[Step::Reject]).await;
    }

    let mut life = ground.begin(&app).await;
    life.go(ARRIVED, &[Step::Arrive, Step::Approve, Step::Report]).await;
    life.review(1, "propose-withdrawal", json!({"reason": "The shopper made it up."})).await;
    life.go((State::Released, true), &[Step::Finish]).await;

    for (decision, way) in
        [(Some("decline"), &[Step::Finish][..]), (Some("uphold"), &[Step::Finish]), (None, &[Step::Withdraw])]
    {
        let mut life = ground.begin(&app).await;
        life.go(ARRIVED, &[Step::Arrive, Step::Approve, Step::Report]).await;
        let visit = life.visit;
        let report = app.db().read(move |conn| store::of_visit(conn, visit)).await.unwrap().unwrap().id;
        let brand = &ground.world.brands[0];
        let manager = Persona::with(&app, &[(Role::Manager, brand.branch_scope(0, 0))]).await;
        let appeal: AppealId = id();
        let path = format!("/v1/reports/{report}/appeals/{appeal}");
        app.put(&manager, path, appeal_body(&["clean"])).await.expect(201);
        ground.dismiss(&app, &manager).await;
        // As long as it is open the visit does not become final.
        to_the_night(&app, 14);
        an_hour_passes(&app).await;
        assert_eq!(life.state().await, State::Released);
        if let Some(decision) = decision {
            let mut body = json!({"reason": "The camera shows it."});
            if decision == "uphold" {
                body["answers"] = json!({"clean": {"value": 1}});
            }
            app.post(&life.reviewer(0), format!("/v1/appeals/{appeal}/{decision}"), body).await.expect(200);
        }
        life.go((State::Released, true), way).await;
    }

    for whole in [true, false] {
        let mut life = ground.begin(&app).await;
        let asked: &[Step] = if whole { &[Step::Arrive, Step::Return] } else { &[Step::Return] };
        let returned = life.go(ARRIVED, asked).await;
        ground.dismiss(&app, &life.shopper).await;
        life.go(returned, &[Step::Lapse, Step::Exclude]).await;
    }
    all_is_right(&app).await;
}

/// What found the branch closed has no score and is never approved: its ends are as near.
async fn a_visit_that_could_not_be_made_ends(app: TestApp) {
    let ground = Ground::lay(&app).await;
    for (came, way) in [
        (true, &[Step::Exclude][..]),
        (true, &[Step::Claim, Step::Reject]),
        (true, &[Step::Return, Step::Lapse, Step::Exclude]),
        (false, &[Step::TakeWithout, Step::Exclude]),
        (false, &[Step::Reject]),
    ] {
        let (shopper, assignment) = ground.assigned(&app).await;
        let mut life = Life { shopper, visit: id(), ..ground.begin(&app).await };
        let proof = File::for_visit(life.visit, "image/jpeg", tagged_jpeg());
        let mut body = visit_body(assignment, ground.version);
        body["answers"] = json!({"greeted": {"value": true}});
        body["outcome"] = json!({"kind": "branch_closed", "words": "The shutters were down."});
        body["manifest"] = json!([proof.listed("outcome")]);
        app.put(&life.shopper, path(life.visit), body).await.expect(201);
        let mut from = ARRIVED;
        if came {
            proof.put(&app, &life.shopper).await.expect(201);
            from = (State::Complete, true);
        }
        let (end, _) = life.go(from, way).await;
        assert!(ENDS.contains(&end) && requests(way) <= NEAR);
    }
    all_is_right(&app).await;
}
