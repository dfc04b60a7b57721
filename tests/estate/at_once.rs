//! Figures while visits are decided about, returned, excluded, appealed against and withdrawn, and while their branches move, all at once.

use std::collections::BTreeMap;

use actix_web::http::Method;
use futures_util::future::{join, join_all};
use incognito::{
    accounts::model::Role,
    estate::carry_out_moves::CarryOutMoves,
    ids::{ReturnReasonId, VisitId},
    reports::{finish::FinishVisits, store},
    scores::{fold::fold_some, show_daily::ShowBrand},
    work::Task,
};
use serde_json::{Value, json};

use super::{FEBRUARY, JANUARY, MARCH, is_right, step, to};
use crate::{
    app::{Answer, Dice, TestApp, each_engine_test, id},
    appeals::appeal_body,
    ledger::all_is_right,
    personas::Persona,
    reports::release_all,
    reviews::{
        approve, exclude, reject, reopen,
        returns::{asking, reason},
    },
    scores::{BEST, GOOD, POOR, Tree, ZERO},
    verify::verified,
    visits::path,
};

each_engine_test!(figures_equal_recomputation_whatever_happens_at_once);

/// So many rounds of so many requests at once.
const ROUNDS: usize = 32;
const AT_ONCE: usize = 10;
/// So many rounds pass before figures are shown to the branch's side.
const MOVING: usize = 14;
/// So many visits there are.
const VISITS: usize = 24;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Wish {
    Approve,
    Reject,
    Exclude,
    Reopen,
    Return,
    Revise,
    Appeal,
    Uphold,
    Decline,
    TakeAppealBack,
    ProposeWithdrawal,
    Withdraw,
    MoveInThePast,
    PlanMove,
    TakeMoveBack,
}

impl Wish {
    const ALL: [Self; 15] = [
        Self::Approve,
        Self::Reject,
        Self::Exclude,
        Self::Reopen,
        Self::Return,
        Self::Revise,
        Self::Appeal,
        Self::Uphold,
        Self::Decline,
        Self::TakeAppealBack,
        Self::ProposeWithdrawal,
        Self::Withdraw,
        Self::MoveInThePast,
        Self::PlanMove,
        Self::TakeMoveBack,
    ];

    /// Whether it can be asked for of a visit in this state.
    fn suits(self, state: &str, is_appealed: bool) -> bool {
        match self {
            Self::Approve | Self::Reject | Self::Exclude | Self::Return => {
                ["submitted", "complete", "in_review"].contains(&state)
            }
            Self::Reopen => ["approved", "rejected", "excluded"].contains(&state),
            Self::Revise => state == "returned",
            Self::Appeal => state == "released" && !is_appealed,
            Self::Uphold | Self::Decline | Self::TakeAppealBack => is_appealed,
            _ => true,
        }
    }

    /// What can be asked for of a visit in this state, mostly; now and then it is something else.
    fn of(dice: &mut Dice, state: &str, is_appealed: bool) -> Self {
        let likely: &[Self] = match (dice.roll(8), state) {
            (0, _) => &Self::ALL,
            (1, _) => &[Self::MoveInThePast, Self::PlanMove, Self::TakeMoveBack],
            (_, "submitted" | "complete" | "in_review") => {
                &[Self::Approve, Self::Approve, Self::Approve, Self::Reject, Self::Exclude, Self::Return]
            }
            (_, "returned") => &[Self::Revise],
            (_, "approved") => &[Self::Reopen, Self::Exclude, Self::MoveInThePast, Self::PlanMove],
            (_, "rejected" | "excluded") => &[Self::Reopen],
            (_, "released") if is_appealed => {
                &[Self::Uphold, Self::Uphold, Self::Decline, Self::TakeAppealBack]
            }
            (_, "released") => &[Self::Appeal, Self::Appeal, Self::ProposeWithdrawal, Self::Withdraw],
            _ => &[Self::MoveInThePast, Self::PlanMove, Self::Withdraw],
        };
        likely[dice.roll(likely.len() as u64) as usize]
    }
}

/// Who asks.
struct People {
    reviewers: Vec<Persona>,
    manager: Persona,
    shopper: Persona,
    asked_for: ReturnReasonId,
}

/// One request.
#[derive(Clone, Copy, Debug)]
struct Asked {
    wish: Wish,
    visit: VisitId,
    /// The revision that the visit has.
    revision: i64,
    chance: u64,
    number: usize,
}

impl Asked {
    async fn send(
        self,
        app: &TestApp,
        tree: &Tree,
        people: &People,
        appeals: &BTreeMap<VisitId, Value>,
    ) -> Answer {
        let Self { wish, visit, chance, number, .. } = self;
        let reviewer = &people.reviewers[chance as usize % 2];
        let at = |step: &str| format!("{}/{step}", path(visit));
        let reason = json!({"reason": format!("Number {number}.")});
        let answers = json!({"clean": {"value": chance % 5 + 1}});
        let to_appeal = |step: &str| {
            let appeal = appeals
                .get(&visit)
                .and_then(Value::as_str)
                .map_or_else(|| id::<()>().to_string(), str::to_owned);
            format!("/v1/appeals/{appeal}/{step}")
        };
        let place = ["a", "b", "c", "city", "abroad"][chance as usize % 5];
        let region = [None, Some("country"), Some("city"), Some("abroad")][chance as usize / 5 % 4];
        match wish {
            Wish::Approve => approve(app, reviewer, visit).await,
            Wish::Reject => reject(app, reviewer, visit).await,
            Wish::Exclude => exclude(app, reviewer, visit).await,
            Wish::Reopen => reopen(app, reviewer, visit).await,
            Wish::Return => {
                app.post(reviewer, at("review/return"), asking(&["clean"], people.asked_for)).await
            }
            Wish::Revise => {
                let revision = at(&format!("revisions/{}", self.revision + 1));
                app.put(&people.shopper, revision, json!({"answers": answers})).await
            }
            Wish::Appeal => {
                let report = app.db().read(move |conn| store::of_visit(conn, visit)).await.unwrap();
                let report = report.map_or_else(id, |report| report.id);
                let appeal = format!("/v1/reports/{report}/appeals/{}", id::<()>());
                app.put(&people.manager, appeal, appeal_body(&["clean"])).await
            }
            Wish::Uphold => {
                app.post(reviewer, to_appeal("uphold"), json!({"answers": answers, "reason": "So it was."}))
                    .await
            }
            Wish::Decline => app.post(reviewer, to_appeal("decline"), reason).await,
            Wish::TakeAppealBack => app.call(Method::POST, to_appeal("take-back")).by(&people.manager).await,
            Wish::ProposeWithdrawal => {
                app.post(&people.reviewers[0], at("review/propose-withdrawal"), reason).await
            }
            Wish::Withdraw => app.call(Method::POST, at("review/withdraw")).by(&people.reviewers[1]).await,
            Wish::MoveInThePast => to(app, tree, place, region, ["2026-02", "2026-03"][number % 2]).await,
            Wish::PlanMove => to(app, tree, place, region, ["2026-04", "2026-05"][number % 2]).await,
            Wish::TakeMoveBack => step(app, tree, place, "take-back-move", reason).await,
        }
    }
}

/// The open appeals, by their visits.
async fn open_appeals(app: &TestApp, who: &Persona) -> BTreeMap<VisitId, Value> {
    let open = app.get(who, "/v1/reviews/appeals?status=open&limit=200").await.expect(200);
    let of_visit = |one: &Value| (one["visit_id"].as_str().unwrap().parse().unwrap(), one["id"].clone());
    open.json["items"].as_array().unwrap().iter().map(of_visit).collect()
}

/// However visits and places are dealt with at once, while changes are folded, reports go out and figures are shown: after each round the figures are those of
/// the visits. Each kind of request succeeds at least once.
async fn figures_equal_recomputation_whatever_happens_at_once(app: TestApp) {
    let tree = Tree::build(&app).await;
    let mut dice = Dice::seeded(67);
    let mut made = Vec::new();
    for number in 0..VISITS {
        let branch = ["a", "b", "c", "d"][number % 4];
        let at = [JANUARY, FEBRUARY, MARCH][dice.roll(3) as usize];
        made.push(tree.visit(&app, branch, &[BEST, GOOD, POOR, ZERO][dice.roll(4) as usize], at).await);
    }
    let asked_for = reason(&app, &tree.world).await;
    let brand_id = tree.brand;
    let mut people = People {
        reviewers: vec![
            Persona::everywhere(&app, Role::Reviewer).await,
            Persona::everywhere(&app, Role::Reviewer).await,
        ],
        manager: Persona::everywhere(&app, Role::Manager).await,
        shopper: tree.world.staff.shopper.clone(),
        asked_for,
    };
    let mut succeeded = BTreeMap::<Wish, usize>::new();
    for round in 0..ROUNDS {
        // It becomes April: what was planned is carried out, and the time to appeal against the first reports is over.
        app.advance(if round == ROUNDS / 2 { 17 * 86_400 } else { 1 });
        for one in people.reviewers.iter_mut().chain([&mut people.manager, &mut people.shopper]) {
            *one = one.clone().renewed(&app);
        }
        let appeals = open_appeals(&app, &people.reviewers[0]).await;
        let mut seen = Vec::new();
        for &visit in &made {
            let now = app.get(&people.reviewers[0], path(visit)).await.expect(200);
            let revision = now.json["revision"].as_i64().unwrap_or_default();
            seen.push((visit, now.text("/state"), revision, appeals.contains_key(&visit)));
        }
        let mut asked = Vec::new();
        for number in 0..AT_ONCE {
            let mut chosen = &seen[dice.roll(VISITS as u64) as usize];
            let mut wish = Wish::of(&mut dice, &chosen.1, chosen.3);
            if number == 0 {
                // What has seldom succeeded so far is asked for once, where it can be.
                let mut rare = Wish::ALL.to_vec();
                rare.sort_by_key(|wish| succeeded.get(wish).copied().unwrap_or_default());
                let found = rare.into_iter().find_map(|wish| {
                    let suits =
                        seen.iter().find(|(_, state, _, is_appealed)| wish.suits(state, *is_appealed))?;
                    Some((wish, suits))
                });
                (wish, chosen) = found.unwrap_or((wish, chosen));
            }
            // What was shown to managers does not move any more, so places move in the past before that.
            if number == 1 && round < MOVING {
                wish = Wish::MoveInThePast;
            }
            asked.push(Asked { wish, visit: chosen.0, revision: chosen.2, chance: dice.roll(20), number });
        }
        let requests = asked.iter().map(|one| one.send(&app, &tree, &people, &appeals));
        let meanwhile = async {
            app.db().write(fold_some).await.unwrap();
            if round % 3 == 2 {
                release_all(&app).await;
            }
            CarryOutMoves {}.run(app.app(), &()).await.unwrap();
            FinishVisits {}.run(app.app(), &()).await.unwrap();
            if round >= MOVING && round % 5 == 4 {
                ShowBrand { brand_id }.run(app.app(), &()).await.unwrap();
            }
        };
        for (answer, one) in join(join_all(requests), meanwhile).await.0.into_iter().zip(&asked) {
            // Who proposed a withdrawal does not agree to it, and not every wish suits the state.
            assert!(
                [200, 201, 403, 404, 409, 412, 422].contains(&answer.status),
                "round {round}, {one:?}: {answer}"
            );
            *succeeded.entry(one.wish).or_default() += usize::from(answer.status < 300);
        }
        let verified = verified(&app).await;
        assert!(verified.is_right(), "round {round}, {asked:?}: {:?}", verified.differences);
    }
    let never: Vec<_> =
        Wish::ALL.into_iter().filter(|wish| succeeded.get(wish).is_none_or(|count| *count == 0)).collect();
    assert!(never.is_empty(), "{never:?} never succeeded: {succeeded:?}");
    is_right(&app).await;
    all_is_right(&app).await;
}
