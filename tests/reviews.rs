//! Reviews: the queue, and decisions that are made once.

pub mod by_lot;
mod claims;
mod comments;
mod decisions;
pub mod desk;
mod history;
mod notes;
mod opinions;
pub mod returns;
mod second_visits;

use actix_web::http::Method;
use diesel::prelude::*;
use futures_util::future::{join, join_all};
use incognito::{
    accounts::model::Role,
    db::schema::{figure_change, visit, visit_step},
    ids::VisitId,
    visits::{
        state::{State, Step},
        store::steps,
        taken::{Details, TakenStep},
    },
};
use serde_json::{Value, json};

use crate::{
    app::{Call, TestApp, each_engine_test, id},
    builders::{BranchWorld, World, visit_body},
    personas::Persona,
    verify::verified,
    visits::path,
};

each_engine_test!(
    the_longest_waiting_comes_first,
    a_page_follows_though_the_one_before_was_decided,
    a_decision_is_remembered,
    only_what_waits_can_be_decided,
    a_rejection_says_why,
    sixteen_approvals_at_once_count_once,
    sixteen_visits_approved_at_once_count_sixteen,
    of_approving_and_rejecting_one_wins,
    nobody_decides_about_a_visit_of_their_own,
);

pub fn approve<'a>(app: &'a TestApp, who: &Persona, visit: VisitId) -> Call<'a> {
    app.call(Method::POST, format!("{}/review/approve", path(visit))).by(who)
}

pub fn reject<'a>(app: &'a TestApp, who: &Persona, visit: VisitId) -> Call<'a> {
    app.post(who, format!("{}/review/reject", path(visit)), json!({"reason": "Of another place."}))
}

pub fn exclude<'a>(app: &'a TestApp, who: &Persona, visit: VisitId) -> Call<'a> {
    app.post(who, format!("{}/review/exclude", path(visit)), json!({"reason": "It was being rebuilt."}))
}

pub fn reopen<'a>(app: &'a TestApp, who: &Persona, visit: VisitId) -> Call<'a> {
    app.post(who, format!("{}/review/reopen", path(visit)), json!({"reason": "It was another visit."}))
}

type Decide = for<'a> fn(&'a TestApp, &Persona, VisitId) -> Call<'a>;

fn branches(world: &World) -> impl Iterator<Item = &BranchWorld> {
    world.brands.iter().flat_map(|brand| &brand.regions).flat_map(|region| &region.branches)
}

/// Sends the visits of these branches that were still to be made, one a second.
async fn arrive(app: &TestApp, world: &World, branches: &[usize]) -> Vec<VisitId> {
    let mut arrived = Vec::new();
    for &branch in branches {
        app.advance(1);
        let brand = &world.brands[branch / 4];
        let to = brand.regions[branch / 2 % 2].branches[branch % 2].open_assignment;
        let visit = id();
        app.put(&world.staff.shopper, path(visit), visit_body(to, brand.version)).await.expect(201);
        arrived.push(visit);
    }
    arrived
}

fn ids(items: &Value) -> Vec<VisitId> {
    let items = items.as_array().unwrap();
    items.iter().map(|item| item["visit_id"].as_str().unwrap().parse().unwrap()).collect()
}

async fn the_longest_waiting_comes_first(app: TestApp) {
    let world = World::build(&app).await;
    // Those of the beginning arrived at one moment, and stand in the order of their ids.
    let mut wanted: Vec<_> = branches(&world).map(|branch| branch.visit).collect();
    wanted.sort();
    wanted.extend(arrive(&app, &world, &[7, 2, 5, 0, 1]).await);
    for limit in [1, 4, 13, 50] {
        let (mut seen, mut next) = (Vec::new(), format!("/v1/reviews?limit={limit}"));
        while !next.is_empty() {
            let page = app.get(&world.staff.reviewer, &next).await.expect(200);
            seen.extend(ids(&page.json["items"]));
            let link = page.header("link").trim_start_matches('<');
            next = link.trim_end_matches(">; rel=\"next\"").to_owned();
        }
        assert_eq!(seen, wanted, "{limit} at a time");
    }
    let first = &app.get(&world.staff.reviewer, "/v1/reviews").await.expect(200).json["items"][12];
    let (branch, brand) = (&world.brands[0].regions[0].branches[1], &world.brands[0]);
    assert_eq!(
        *first,
        json!({"visit_id": wanted[12], "brand_id": brand.id, "branch_id": branch.id, "state": "complete",
            "score": 10_000, "received_at": "2026-03-15T10:00:05Z", "review_due_at": "2026-03-18T10:00:05Z", "language": null, "leniency": null,
            "flags": null, "weight": null, "reviewer_id": null,
            "claimed_until": null})
    );
    let neighbour = Persona::with(&app, &[(Role::Reviewer, world.brands[0].region_scope(1))]).await;
    let mut in_reach = world.brands[0].regions[1].branches.each_ref().map(|branch| branch.visit).to_vec();
    in_reach.sort();
    in_reach.push(wanted[9]); // the second of those that arrived later
    assert_eq!(ids(&app.get(&neighbour, "/v1/reviews").await.expect(200).json["items"]), in_reach);
}

async fn a_page_follows_though_the_one_before_was_decided(app: TestApp) {
    let world = World::build(&app).await;
    let reviewer = &world.staff.reviewer;
    let mut wanted: Vec<_> = branches(&world).map(|branch| branch.visit).collect();
    wanted.sort();
    let first = app.get(reviewer, "/v1/reviews?limit=3").await.expect(200);
    for &visit in &wanted[..2] {
        approve(&app, reviewer, visit).await.expect(200);
    }
    reject(&app, reviewer, wanted[2]).await.expect(200);
    let next = format!("/v1/reviews?limit=3&cursor={}", first.text("/next_cursor"));
    assert_eq!(ids(&app.get(reviewer, next).await.expect(200).json["items"]), wanted[3..6]);
    assert_eq!(ids(&app.get(reviewer, "/v1/reviews").await.expect(200).json["items"]), wanted[3..]);
}

async fn a_decision_is_remembered(app: TestApp) {
    let world = World::build(&app).await;
    let [one, another] = &world.brands[0].regions[0].branches;
    let reviewer = &world.staff.reviewer;
    app.advance(5);
    let approved = approve(&app, reviewer, one.visit).await.expect(200);
    let decision = |visit: VisitId, state: &str, paid: bool| json!({"visit_id": visit, "state": state, "paid": paid, "next_assignment_id": null});
    assert_eq!(approved.json, decision(one.visit, "approved", true));
    let rejected = reject(&app, reviewer, another.visit).await.expect(200);
    assert_eq!(rejected.json, decision(another.visit, "rejected", false));
    approve(&app, reviewer, another.visit).await.expect(409);
    let steps = async |of: VisitId| {
        let taken = app.db().read(move |conn| steps::latest(conn, of)).await.unwrap();
        let what = |step: TakenStep| {
            let (named, details) = (step.step(), step.details());
            assert_eq!((step.number, step.account_id, step.taken_at), (1, Some(reviewer.account), app.now()));
            (named.unwrap(), step.from_state, step.to_state, step.reason, details)
        };
        taken.into_iter().map(what).collect::<Vec<_>>()
    };
    let (complete, nothing) = (State::Complete, Details::default());
    let approval = (Step::Approve, complete, State::Approved, None, nothing.clone());
    assert_eq!(steps(one.visit).await, [approval]);
    let settled = Details { paid: Some(false), second_visit: Some(false), ..nothing };
    let rejection = (Step::Reject, complete, State::Rejected, Some("Of another place.".to_owned()), settled);
    assert_eq!(steps(another.visit).await, [rejection]);
}

async fn only_what_waits_can_be_decided(app: TestApp) {
    let world = World::build(&app).await;
    let (branch, reviewer) = (&world.brands[0].regions[0].branches[0], &world.staff.reviewer);
    let (of, at) = (branch.visit, branch.id);
    let decisions: [(Decide, Step); 4] =
        [(approve, Step::Approve), (reject, Step::Reject), (exclude, Step::Exclude), (reopen, Step::Reopen)];
    for &state in State::ALL {
        for (decide, step) in decisions {
            let put = move |conn: &mut incognito::db::Conn| {
                diesel::delete(visit_step::table.filter(visit_step::visit_id.eq(of))).execute(conn)?;
                diesel::delete(figure_change::table.filter(figure_change::branch_id.eq(at))).execute(conn)?;
                Ok(diesel::update(visit::table.find(of)).set(visit::state.eq(state)).execute(conn)?)
            };
            assert_eq!(app.db().write(put).await.unwrap(), 1);
            let answer = decide(&app, reviewer, of).await;
            let after = app.get(reviewer, path(of)).await.expect(200).text("/state");
            match state.after(step, true) {
                Ok(wanted) => {
                    let wanted = wanted.to_string();
                    assert_eq!((answer.expect(200).text("/state"), after), (wanted.clone(), wanted));
                }
                Err(_) => {
                    let detail = answer.expect_problem(409, "wrong_state").text("/detail");
                    let wanted = match step {
                        Step::Approve => "approved",
                        Step::Reject => "rejected",
                        Step::Exclude => "excluded",
                        _ => "complete",
                    };
                    assert!(detail.contains(&format!("is {state}")) && detail.contains(wanted), "{detail}");
                    assert_eq!(after, state.as_str());
                }
            }
        }
    }
}

async fn a_rejection_says_why(app: TestApp) {
    let world = World::build(&app).await;
    let (visit, reviewer) = (world.brands[0].regions[0].branches[0].visit, &world.staff.reviewer);
    let reject = |body: Value| app.post(reviewer, format!("{}/review/reject", path(visit)), body);
    for (body, pointer) in [
        (json!({}), "/reason"),
        (json!({"reason": null}), "/reason"),
        (json!({"reason": ""}), "/reason"),
        (json!({"reason": " "}), "/reason"),
        (json!({"reason": "x".repeat(2_001)}), "/reason"),
        (json!({"reason": "a\0b"}), "/reason"),
        (json!({"reason": "a", "score": 1}), "/score"),
    ] {
        reject(body).await.expect_invalid(pointer);
    }
    assert_eq!(app.get(reviewer, path(visit)).await.expect(200).text("/state"), "complete");
    reject(json!({"reason": "x".repeat(2_000)})).await.expect(200);
}

/// How many visits the figures of each place rest on, from the first branch up to its brand.
async fn counted(app: &TestApp, world: &World) -> [Value; 3] {
    let brand = &world.brands[0];
    let (region, branch) = (&brand.regions[0], &brand.regions[0].branches[0]);
    let places =
        [format!("branches/{}", branch.id), format!("regions/{}", region.id), format!("brands/{}", brand.id)];
    let count = async |place| {
        let score = app.get(&world.staff.administrator, format!("/v1/{place}/score")).await.expect(200);
        score.json["visits"].clone()
    };
    join_all(places.into_iter().map(count)).await.try_into().unwrap()
}

async fn sixteen_approvals_at_once_count_once(app: TestApp) {
    let world = World::build(&app).await;
    let visit = world.brands[0].regions[0].branches[0].visit;
    let send = |_| approve(&app, &world.staff.reviewer, visit).into_future();
    let answers = join_all((0..16).map(send)).await;
    // They are one approval that the network repeats.
    let first = answers[0].clone().expect(200);
    assert!(answers.iter().all(|answer| (answer.status, &answer.bytes) == (200, &first.bytes)));
    assert_eq!(app.db().read(move |conn| steps::latest(conn, visit)).await.unwrap().len(), 1);
    assert_eq!(counted(&app, &world).await, [1, 1, 1]);
    let verified = verified(&app).await;
    assert!(verified.is_right() && verified.counted == 1, "{verified:?}");
}

/// All of them add to the same sums.
async fn sixteen_visits_approved_at_once_count_sixteen(app: TestApp) {
    let world = World::build(&app).await;
    let brand = &world.brands[0];
    let branch = &brand.regions[0].branches[0];
    let mut visits = Vec::new();
    for number in 0..16 {
        let to = world.staff.assignment(&app, branch.id, brand.version).await;
        let (visit, mut body) = (id(), visit_body(to, brand.version));
        body["answers"]["clean"] = json!({"value": number % 5 + 1});
        app.put(&world.staff.shopper, path(visit), body).await.expect(201);
        visits.push(visit);
    }
    let send = |visit: &VisitId| approve(&app, &world.staff.reviewer, *visit).into_future();
    for answer in join_all(visits.iter().map(send)).await {
        answer.expect(200);
    }
    assert_eq!(counted(&app, &world).await, [16, 16, 16]);
    let verified = verified(&app).await;
    assert!(verified.is_right() && verified.counted == 16, "{verified:?}");
}

async fn of_approving_and_rejecting_one_wins(app: TestApp) {
    let world = World::build(&app).await;
    let reviewer = &world.staff.reviewer;
    let race = async |visit: VisitId| {
        // Whoever is first is not always the same.
        let approved = approve(&app, reviewer, visit).into_future();
        let rejected = reject(&app, reviewer, visit).into_future();
        let (approved, rejected) = if visit.uuid().as_u128().is_multiple_of(2) {
            join(approved, rejected).await
        } else {
            let (rejected, approved) = join(rejected, approved).await;
            (approved, rejected)
        };
        let (winner, loser) =
            if approved.status == 200 { (approved, rejected) } else { (rejected, approved) };
        let (winner, detail) = (winner.expect(200), loser.expect_problem(409, "wrong_state").text("/detail"));
        let state = app.get(reviewer, path(visit)).await.expect(200).text("/state");
        assert_eq!(winner.text("/state"), state);
        assert!(detail.contains(&format!("is {state},")), "{detail}");
        u64::from(state == "approved")
    };
    let approved: u64 = join_all(branches(&world).map(|branch| race(branch.visit))).await.into_iter().sum();
    let verified = verified(&app).await;
    assert!(verified.is_right() && verified.counted == approved, "{approved} in {verified:?}");
}

async fn nobody_decides_about_a_visit_of_their_own(app: TestApp) {
    let world = World::build(&app).await;
    let (shopper, visit) = (&world.staff.shopper, branches(&world).next().unwrap().visit);
    let account = format!("/v1/accounts/{}", shopper.account);
    let before = app.get(&world.staff.administrator, &account).await.expect(200).etag().to_owned();
    let grant = format!("{account}/grants/{}", id::<()>());
    app.put(&world.staff.administrator, grant, json!({"role": "reviewer"})).await.expect(201);
    for decide in [approve as Decide, reject, exclude, reopen] {
        decide(&app, shopper, visit).await.expect_problem(403, "forbidden");
    }
    approve(&app, &world.staff.reviewer, visit).await.expect(200);
    reopen(&app, shopper, visit).await.expect_problem(403, "forbidden");

    // What somebody may is part of what is seen of them.
    app.get(&world.staff.administrator, &account).header("if-none-match", &before).await.expect(200);
}
