//! A visit's life: whatever is asked of visits, in whatever order and at once, they stay within the table, and what is kept
//! follows from the steps that were taken.

use actix_web::http::Method;
use futures_util::future::{join, join_all};
use incognito::{
    accounts::model::Role,
    ids::{AppealId, VisitId},
    reports::{finish::FinishVisits, store},
    scores::fold::fold_some,
    visits::{lapse::LapseReturns, state::State},
    work::Task,
};
use serde_json::{Value, json};

use super::path;
use crate::{
    app::{Answer, Dice, TestApp, each_engine_test, id},
    appeals::appeal_body,
    builders::{World, visit_body},
    ledger::all_is_right,
    personas::Persona,
    receipts::with_photos,
    reports::{release_all, to_the_night},
    reviews::returns::{asking, reason},
    uploads::File,
};

each_engine_test!(no_schedule_leaves_the_table);

/// So many rounds of so many requests at once.
const ROUNDS: usize = 48;
const AT_ONCE: usize = 12;
/// So many visits are asked for things at a time; another one takes the place of one that is over.
const IN_PLAY: usize = 4;
/// So many visits there are.
const VISITS: usize = 12;

/// A visit with two files, of which one has come.
struct Case {
    visit: VisitId,
    body: Value,
    files: [File; 3],
}

impl Case {
    async fn new(app: &TestApp, world: &World, number: usize) -> Self {
        let (_, version) = world.staff.checklist(app, world.brands[0].id, with_photos()).await;
        let branch = world.brands[0].regions[0].branches[number % 2].id;
        let assignment = world.staff.assignment(app, branch, version).await;
        let visit = id();
        let files = [0, 1, 2]
            .map(|file| File::for_visit(visit, "image/jpeg", File::of(number as u64 * 3 + file, 500).bytes));
        let mut body = visit_body(assignment, version);
        body["manifest"] = json!([files[0].listed("photos"), files[1].listed("photos")]);
        let case = Self { visit, body, files };
        case.send(app, &world.staff.shopper, 1).await.expect(201);
        case.files[0].put(app, &world.staff.shopper).await.expect(201);
        case
    }

    /// Sends it with one of the other two files as its second one.
    async fn send(&self, app: &TestApp, shopper: &Persona, second: usize) -> Answer {
        let mut body = self.body.clone();
        body["manifest"][1] = self.files[second].listed("photos");
        app.put(shopper, path(self.visit), body).await
    }
}

/// The appeal that was filed last of those that are open; another one that is not there, if none is.
async fn open_appeal(app: &TestApp, who: &Persona) -> String {
    let open = app.get(who, "/v1/reviews/appeals?status=open&limit=1").await.expect(200);
    open.json["items"][0]["id"].as_str().map_or_else(|| id::<()>().to_string(), str::to_owned)
}

async fn no_schedule_leaves_the_table(app: TestApp) {
    let world = World::build(&app).await;
    let mut cases = Vec::new();
    for number in 0..VISITS + 2 {
        cases.push(Case::new(&app, &world, number).await);
    }
    let reviewers = join_all((0..3).map(|_| Persona::everywhere(&app, Role::Reviewer))).await;
    let shopper = &world.staff.shopper;
    // The last two are approved and then left alone: one becomes final, however the others end; the other one is corrected because of
    // an appeal and then withdrawn, which chance brings about in most schedules, but not in all of them.
    let [quiet, corrected] = [&cases[VISITS], &cases[VISITS + 1]];
    for case in [quiet, corrected] {
        case.files[1].put(&app, shopper).await.expect(201);
        let approve = format!("{}/review/approve", path(case.visit));
        app.call(Method::POST, approve).by(&reviewers[0]).await.expect(200);
    }
    let asked_for = reason(&app, &world).await;
    let manager = Persona::everywhere(&app, Role::Manager).await;
    let mut dice = Dice::seeded(41);
    let mut reached = std::collections::BTreeSet::new();
    let (mut in_play, mut waiting) = ((0..IN_PLAY).collect::<Vec<_>>(), IN_PLAY..VISITS);
    for round in 0..ROUNDS {
        // Leases end between some rounds; in two of them the time to appeal is over, and it is night.
        match round {
            20 | 40 => to_the_night(&app, 14),
            _ if round % 4 == 3 => app.advance(1_900),
            _ => app.advance(1),
        }
        let reviewers: Vec<_> = reviewers.iter().map(|who| who.clone().renewed(&app)).collect();
        let (shopper, manager) = (&shopper.clone().renewed(&app), &manager.clone().renewed(&app));
        let requests = (0..AT_ONCE).map(|number| {
            let case = &cases[in_play[dice.roll(IN_PLAY as u64) as usize]];
            let who = &reviewers[dice.roll(3) as usize];
            let (what, app) = (dice.roll(38), &app);
            let reason = json!({"reason": format!("Round {round}, number {number}.")});
            async move {
                let to_appeal =
                    async |step: &str| format!("/v1/appeals/{}/{step}", open_appeal(app, who).await);
                let at = |step: &str| format!("{}/{step}", path(case.visit));
                match what {
                    0 => case.send(app, shopper, 1).await,
                    1 => case.send(app, shopper, 2).await,
                    // A file comes seldom, so that visits wait for files for a while.
                    2 if round % 12 > 4 => case.files[1 + number % 2].put(app, shopper).await,
                    3 => app.post(shopper, at("send-anew"), reason).await,
                    4 => app.post(who, at("send-anew"), reason).await,
                    5 => app.post(who, at("review/take-without"), reason).await,
                    6 | 7 => app.call(Method::POST, at("review/approve")).by(who).await,
                    8 => app.post(who, at("review/reject"), reason).await,
                    9 => app.post(who, at("review/exclude"), reason).await,
                    10 | 11 => app.call(Method::POST, at("review/claim")).by(who).await,
                    12 => app.post(who, at("review/release-claim"), json!({})).await,
                    13 => app.post(who, at("review/return"), asking(&["clean"], asked_for)).await,
                    14 => {
                        let revision = json!({"answers": {"clean": {"value": number % 5 + 1}}});
                        app.put(shopper, at(&format!("revisions/{}", round % 3 + 1)), revision).await
                    }
                    15 | 16 | 31 | 32 => app.post(who, at("review/propose-withdrawal"), reason).await,
                    17 => app.call(Method::POST, at("review/keep-report")).by(who).await,
                    18..=20 | 33 => app.call(Method::POST, at("review/withdraw")).by(who).await,
                    21..=25 => {
                        let visit = case.visit;
                        let report = app.db().read(move |conn| store::of_visit(conn, visit)).await.unwrap();
                        let report = report.map_or_else(id, |report| report.id);
                        let path = format!("/v1/reports/{report}/appeals/{}", id::<()>());
                        app.put(manager, path, appeal_body(&["clean"])).await
                    }
                    26..=28 => {
                        let answers = json!({"clean": {"value": number % 5 + 1}});
                        let decision = json!({"answers": answers, "reason": "The camera shows it."});
                        app.post(who, to_appeal("uphold").await, decision).await
                    }
                    29 => app.post(who, to_appeal("decline").await, reason).await,
                    30 => app.call(Method::POST, to_appeal("take-back").await).by(manager).await,
                    _ => app.post(who, at("review/reopen"), reason).await,
                }
            }
        });
        // Now and then it is night meanwhile: reports go out, and visits become final.
        // And figures are folded.
        let night = async {
            if round % 5 == 4 {
                release_all(&app).await;
            }
            FinishVisits {}.run(app.app(), &()).await.unwrap();
            app.db().write(fold_some).await.unwrap();
        };
        for answer in join(join_all(requests.collect::<Vec<_>>()), night).await.0 {
            let known =
                ["", "wrong_state", "claimed_by_another", "visit_differs", "evidence_differs", "conflict"]
                    .contains(&answer.code());
            // Who proposed a withdrawal does not agree to it.
            let own = answer.status == 403 && answer.text("/detail").contains("another reviewer agrees");
            // Of an appeal, or of its report, that is not there; or the answer is objected to once more, or corrected to what it is.
            let of_appeal = [404, 422].contains(&answer.status);
            assert!(own || of_appeal || known && [200, 201, 204, 409].contains(&answer.status), "{answer}");
        }
        if round % 8 == 7 {
            // No return is answered in time any more.
            app.advance(72 * 3_600);
            LapseReturns::default().run(app.app(), &()).await.unwrap();
        }
        let desk = reviewers[0].clone().renewed(&app);
        let state_of = async |case: &Case| {
            let state = app.get(&desk, path(case.visit)).await.expect(200).text("/state");
            State::ALL.iter().copied().find(|one| one.as_str() == state).unwrap()
        };
        if round == 12 {
            let visit = corrected.visit;
            let report = app.db().read(move |conn| store::of_visit(conn, visit)).await.unwrap().unwrap().id;
            let appeal: AppealId = id();
            let to_appeal = format!("/v1/reports/{report}/appeals/{appeal}");
            app.put(&manager.clone().renewed(&app), to_appeal, appeal_body(&["clean"])).await.expect(201);
            let uphold = format!("/v1/appeals/{appeal}/uphold");
            let answers = json!({"clean": {"value": 1}});
            app.post(&desk, uphold, json!({"answers": answers, "reason": "So it was."})).await.expect(200);
            let reason = json!({"reason": "It was made up."});
            app.post(&desk, format!("{}/review/propose-withdrawal", path(visit)), reason).await.expect(200);
            let other = reviewers[1].clone().renewed(&app);
            let withdraw = format!("{}/review/withdraw", path(visit));
            app.call(Method::POST, withdraw).by(&other).await.expect(200);
        }
        reached.extend([state_of(quiet).await, state_of(corrected).await]);
        for at in &mut in_play {
            let state = state_of(&cases[*at]).await;
            reached.insert(state);
            // What is released can only be withdrawn or become final; it is asked for things for a while.
            let is_over = state == State::Withdrawn || state.is_shown() && dice.roll(12) == 0;
            if is_over && let Some(next) = waiting.next() {
                *at = next;
            }
        }
        // Each step is one of the table, and the state is the one that they lead to.
        all_is_right(&app).await;
    }
    assert_eq!(reached, State::ALL.iter().copied().collect(), "the schedule reaches every state");
}
