//! Places that move and retire: what was counted stays where it was counted, and who sees a place follows where it lies.

mod at_once;
mod figures;
mod jobs;
mod moves;
mod retirement;

use incognito::{
    accounts::model::{GrantScope, Role},
    estate::carry_out_moves::CarryOutMoves,
    ids::AssignmentId,
    scores::show_daily::ShowBrand,
    work::Task,
};
use serde_json::{Value, json};

use crate::{
    app::{Answer, TestApp, each_engine_test, id},
    board::{claim, shopper},
    builders::visit_body,
    campaigns::{add_campaign, campaign_body, counts, plan},
    ledger::all_is_right,
    personas::Persona,
    reports::release_all,
    reviews::approve,
    scores::{BEST, GOOD, POOR, Tree, ZERO},
    verify::{fold, verified},
    visits::path,
};

each_engine_test!(
    figures_of_the_past_stay_where_they_were_counted,
    a_region_moves_with_all_below_it,
    a_planned_move_is_seen_and_can_be_taken_back,
    what_was_shown_does_not_move,
    spans_end_where_a_branch_moves,
    a_retired_branch_gets_no_jobs_and_keeps_its_past,
    a_region_retires_and_is_restored_with_all_below_it,
);

const JANUARY: &str = "2026-01-14T09:00:00Z";
const FEBRUARY: &str = "2026-02-14T09:00:00Z";
const MARCH: &str = "2026-03-14T09:00:00Z";

pub async fn step(app: &TestApp, tree: &Tree, place: &str, step: &str, body: Value) -> Answer {
    let (who, at) =
        (&tree.world.staff.administrator.clone().renewed(app), format!("/v1/{}", tree.place(place)));
    let tag = app.get(who, &at).await.expect(200).etag().to_owned();
    app.post(who, format!("{at}/{step}"), body).if_match(&tag).await
}

pub async fn to(app: &TestApp, tree: &Tree, place: &str, region: Option<&str>, from: &str) -> Answer {
    let mut body = json!({"from": from, "reason": "Sales were divided anew."});
    if let Some(region) = region {
        body["region_id"] = json!(tree.regions[region]);
    }
    step(app, tree, place, "move", body).await
}

/// The region or the branch as it is now.
async fn seen(app: &TestApp, tree: &Tree, place: &str) -> Value {
    let administrator = tree.world.staff.administrator.clone().renewed(app);
    app.get(&administrator, format!("/v1/{}", tree.place(place))).await.expect(200).json
}

async fn visits(app: &TestApp, who: &Persona, tree: &Tree, place: &str, (from, to): (&str, &str)) -> i64 {
    let path = format!("/v1/{}/score?from=2026-{from}&to=2026-{to}", tree.place(place));
    app.get(who, path).await.expect(200).json["visits"].as_i64().unwrap()
}

/// The codes of the branches in a ranking, with how many visits each has, in the order of the codes.
async fn ranked(app: &TestApp, who: &Persona, tree: &Tree, place: &str, (from, to): (&str, &str)) -> Value {
    let path = format!("/v1/{}/ranking?from=2026-{from}&to=2026-{to}", tree.place(place));
    let items = app.get(who, path).await.expect(200).json["items"].as_array().unwrap().clone();
    let mut rows: Vec<_> = items.iter().map(|row| (row["code"].to_string(), row["visits"].clone())).collect();
    rows.sort_by(|one, other| one.0.cmp(&other.0));
    rows.into_iter().map(|(code, visits)| json!([code.trim_matches('"'), visits])).collect()
}

async fn is_right(app: &TestApp) {
    for _ in 0..2 {
        let verified = verified(app).await;
        assert!(verified.is_right(), "{:?}", verified.differences);
        fold(app).await;
    }
}

async fn figures_of_the_past_stay_where_they_were_counted(app: TestApp) {
    let tree = Tree::build(&app).await;
    let desk = &tree.world.staff.administrator;
    for at in [JANUARY, FEBRUARY, MARCH] {
        tree.approved(&app, "a", &BEST, at).await;
        tree.approved(&app, "b", &POOR, at).await;
    }
    fold(&app).await;
    let late = tree.visit(&app, "a", &GOOD, FEBRUARY).await;
    let moved = to(&app, &tree, "a", Some("abroad"), "2026-03").await.expect(200);
    assert_eq!(moved.json["region_id"], json!(tree.regions["abroad"]));
    is_right(&app).await;
    // What is decided about later counts where the branch lay in that month.
    approve(&app, &tree.world.staff.reviewer, late).await.expect(200);
    tree.approved(&app, "a", &ZERO, MARCH).await;
    let shown = async |place, months| visits(&app, desk, &tree, place, months).await;
    assert_eq!([shown("city", ("01", "02")).await, shown("city", ("03", "03")).await], [5, 1]);
    assert_eq!([shown("abroad", ("01", "02")).await, shown("abroad", ("03", "03")).await], [0, 2]);
    assert_eq!([shown("country", ("01", "03")).await, shown("brand", ("01", "03")).await], [6, 8]);
    assert_eq!(shown("a", ("01", "03")).await, 5, "a branch keeps all that was counted in it");
    is_right(&app).await;
    // The region is the sum of its branches in each month.
    assert_eq!(ranked(&app, desk, &tree, "city", ("01", "03")).await, json!([["a", 3], ["b", 3]]));
    assert_eq!(ranked(&app, desk, &tree, "city", ("03", "03")).await, json!([["b", 1]]));
    let abroad = json!([["a", 2], ["d", 0], ["f", 0]]);
    assert_eq!(ranked(&app, desk, &tree, "abroad", ("01", "03")).await, abroad);
    // Who has the region alone does not see the branch that went by name.
    let scope = GrantScope {
        brand_id: Some(tree.brand),
        region_id: Some(tree.regions["city"]),
        ..GrantScope::default()
    };
    let of_city = Persona::with(&app, &[(Role::Administrator, scope)]).await;
    let city = ranked(&app, &of_city, &tree, "city", ("01", "03")).await;
    assert_eq!(city, json!([["b", 3]]));
    assert_eq!(visits(&app, &of_city, &tree, "city", ("01", "03")).await, 6);
    app.get(&of_city, format!("/v1/{}", tree.place("a"))).await.expect_problem(404, "not_found");
    let heat = format!("/v1/{}/heatmap?from=2026-01&to=2026-03", tree.place("abroad"));
    let heat = app.get(desk, heat).await.expect(200);
    assert_eq!(heat.json["items"].as_array().map(Vec::len), Some(3), "{heat}");
    // The same again is the same answer, and no second step; what cannot be is refused.
    let again =
        json!({"region_id": tree.regions["abroad"], "from": "2026-03", "reason": "Sales were divided anew."});
    let at = format!("/v1/{}/move", tree.place("a"));
    let again = app.post(desk, &at, again).if_match("\"1\"").await.expect(200);
    assert_eq!((&again.json, again.etag()), (&moved.json, moved.etag()));
    to(&app, &tree, "a", Some("abroad"), "2026-04").await.expect_invalid("/region_id");
    to(&app, &tree, "a", None, "2026-02").await.expect_invalid("/from");
    let unknown = json!({"region_id": id::<()>(), "from": "2026-04", "reason": "No."});
    step(&app, &tree, "a", "move", unknown).await.expect_invalid("/region_id");
    let missing = json!({"from": "2026-04", "reason": "No."});
    app.post(desk, &at, missing).await.expect_problem(428, "precondition_required");
    let history = app.get(desk, format!("/v1/{}/history", tree.place("a"))).await.expect(200);
    assert_eq!(history.json["steps"].as_array().map(Vec::len), Some(1), "{history}");
    assert_eq!(history.json["steps"][0]["from_region_id"], json!(tree.regions["city"]), "{history}");
    assert!(app.get(desk, "/v1/audit?limit=200").await.expect(200).json.to_string().contains("place_step"));
    all_is_right(&app).await;
}

async fn a_region_moves_with_all_below_it(app: TestApp) {
    let tree = Tree::build(&app).await;
    let desk = &tree.world.staff.administrator;
    for branch in ["a", "c", "d"] {
        for at in [FEBRUARY, MARCH] {
            tree.approved(&app, branch, &GOOD, at).await;
        }
    }
    fold(&app).await;
    to(&app, &tree, "country", Some("city"), "2026-03").await.expect_invalid("/region_id");
    to(&app, &tree, "country", Some("country"), "2026-03").await.expect_invalid("/region_id");
    to(&app, &tree, "city", Some("abroad"), "2026-03").await.expect(200);
    tree.approved(&app, "b", &GOOD, MARCH).await;
    let shown = async |place, months| visits(&app, desk, &tree, place, months).await;
    let march = [shown("country", ("03", "03")).await, shown("abroad", ("03", "03")).await];
    assert_eq!((march, shown("city", ("03", "03")).await), ([1, 3], 2));
    assert_eq!([shown("country", ("02", "02")).await, shown("abroad", ("02", "02")).await], [2, 1]);
    is_right(&app).await;
    // What is seen by grants is what lies there now.
    let scope = GrantScope {
        brand_id: Some(tree.brand),
        region_id: Some(tree.regions["abroad"]),
        ..GrantScope::default()
    };
    let manager = Persona::with(&app, &[(Role::Manager, scope)]).await;
    app.get(&manager, format!("/v1/{}", tree.place("a"))).await.expect(200);
    app.get(&manager, format!("/v1/{}", tree.place("c"))).await.expect_problem(404, "not_found");
    all_is_right(&app).await;
}

async fn a_planned_move_is_seen_and_can_be_taken_back(app: TestApp) {
    let tree = Tree::build(&app).await;
    let planned = to(&app, &tree, "a", Some("abroad"), "2026-05").await.expect(200);
    let wanted = json!({"from": "2026-05", "region_id": tree.regions["abroad"]});
    assert_eq!(
        (&planned.json["planned_move"], &planned.json["region_id"]),
        (&wanted, &json!(tree.regions["city"]))
    );
    let at = format!("/v1/{}", tree.place("a"));
    let seen = async |app: &TestApp| {
        app.get(&tree.world.staff.administrator.clone().renewed(app), &at).await.expect(200).json
    };
    assert_eq!(seen(&app).await["planned_move"], wanted);
    to(&app, &tree, "a", None, "2026-06").await.expect_problem(409, "conflict");
    let reason = json!({"reason": "It stays after all."});
    step(&app, &tree, "a", "take-back-move", reason.clone()).await.expect(200);
    assert_eq!(seen(&app).await["planned_move"], Value::Null);
    let other = json!({"reason": "Once more."});
    step(&app, &tree, "a", "take-back-move", other).await.expect_problem(409, "wrong_state");
    to(&app, &tree, "a", Some("abroad"), "2026-04").await.expect(200);
    all_is_right(&app).await;
    // Istanbul is three hours ahead: there April begins at 21:00.
    app.advance(16 * 86_400 + 11 * 3_600 - 1);
    CarryOutMoves {}.run(app.app(), &()).await.unwrap();
    assert_eq!(seen(&app).await["region_id"], json!(tree.regions["city"]));
    app.advance(1);
    step(&app, &tree, "a", "take-back-move", reason).await.expect_problem(409, "wrong_state");
    CarryOutMoves {}.run(app.app(), &()).await.unwrap();
    let carried = seen(&app).await;
    assert_eq!(
        (&carried["region_id"], &carried["planned_move"]),
        (&json!(tree.regions["abroad"]), &Value::Null)
    );
    is_right(&app).await;
    all_is_right(&app).await;
}

async fn a_day_begins(app: &TestApp, tree: &Tree) {
    release_all(app).await;
    ShowBrand { brand_id: tree.brand }.run(app.app(), &()).await.unwrap();
}

async fn what_was_shown_does_not_move(app: TestApp) {
    let tree = Tree::build(&app).await;
    for at in [JANUARY, FEBRUARY] {
        for seen in [BEST, GOOD, POOR] {
            tree.approved(&app, "a", &seen, at).await;
        }
    }
    // Nothing of it has been shown to managers yet: a past month may be named.
    to(&app, &tree, "a", Some("country"), "2026-02").await.expect(200);
    is_right(&app).await;
    a_day_begins(&app, &tree).await;
    to(&app, &tree, "a", Some("abroad"), "2026-02").await.expect_invalid("/from");
    to(&app, &tree, "a", Some("abroad"), "2026-03").await.expect(200);
    is_right(&app).await;
    a_day_begins(&app, &tree).await;
    is_right(&app).await;
}

async fn spans_end_where_a_branch_moves(app: TestApp) {
    let tree = Tree::build(&app).await;
    for (seen, at) in [(BEST, JANUARY), (GOOD, JANUARY), (GOOD, FEBRUARY), (POOR, FEBRUARY), (ZERO, FEBRUARY)]
    {
        tree.approved(&app, "a", &seen, at).await;
    }
    to(&app, &tree, "a", Some("abroad"), "2026-02").await.expect(200);
    app.advance(17 * 86_400);
    a_day_begins(&app, &tree).await;
    let scope = GrantScope { brand_id: Some(tree.brand), ..GrantScope::default() };
    let manager = Persona::with(&app, &[(Role::Manager, scope)]).await;
    let score = async |place: &str| {
        let path = format!("/v1/{}/score?from=2026-01&to=2026-03", tree.place(place));
        let score = app.get(&manager, path).await.expect(200).json;
        (score["visits"].as_i64(), score["score"].is_null())
    };
    // January's two are too few, and belong to no span of the region that the branch went to.
    assert_eq!([score("city").await, score("abroad").await], [(Some(2), true), (Some(3), false)]);
    assert_eq!(score("a").await, (Some(3), false));
    is_right(&app).await;
}

async fn a_retired_branch_gets_no_jobs_and_keeps_its_past(app: TestApp) {
    let tree = Tree::build(&app).await;
    let (desk, scheduler) = (&tree.world.staff.administrator, &tree.world.staff.scheduler);
    tree.approved(&app, "a", &GOOD, MARCH).await;
    let late = tree.visit(&app, "a", &BEST, MARCH).await;
    let body = campaign_body(tree.brand, tree.version);
    let campaign = add_campaign(&app, scheduler, body).await;
    plan(&app, scheduler, campaign).await.expect(200);
    let list = format!("/v1/assignments?campaign_id={campaign}&state=open&limit=200");
    let open = async || {
        let jobs = app.get(scheduler, &list).await.expect(200).json["items"].as_array().unwrap().clone();
        jobs.into_iter().filter(|job| job["branch_id"] == json!(tree.branches["a"])).collect::<Vec<_>>()
    };
    let own = open().await;
    assert_eq!(own.len(), 2);
    let holder = shopper(&app).await;
    let held: AssignmentId = own[0]["id"].as_str().unwrap().parse().unwrap();
    claim(&app, &holder, held).await.expect(200);
    let missing = counts(&app, scheduler, campaign).await["all"]["missing"].clone();
    let body = json!({"from": "2026-03-15", "reason": "The lease ended."});
    step(&app, &tree, "a", "retire", body.clone()).await.expect(200);
    step(&app, &tree, "a", "retire", body).await.expect(200);
    assert_eq!(open().await.len(), 0, "the job that no shopper has is over");
    let shown = app.get(scheduler, format!("/v1/assignments/{held}")).await.expect(200);
    assert_eq!(shown.text("/state"), "assigned");
    let again = plan(&app, scheduler, campaign).await.expect(200);
    assert_eq!(again.json["added"], 0, "{again}");
    let counted = counts(&app, scheduler, campaign).await;
    assert_eq!((&counted["all"]["missing"], &counted["all"]["wanted"]), (&missing, &json!(13)), "{counted}");
    // Visits count that are approved after the day on which the branch retired, and that come after it.
    approve(&app, &tree.world.staff.reviewer, late).await.expect(200);
    let (later, body) = (id(), visit_body(held, tree.version));
    app.put(&holder, path(later), body).await.expect(201);
    approve(&app, &tree.world.staff.reviewer, later).await.expect(200);
    let list = async |state: &str| {
        let path = format!("/v1/branches?brand_id={}&state={state}", tree.brand);
        app.get(desk, path).await.expect(200).json["items"].as_array().unwrap().len()
    };
    assert_eq!((list("active").await, list("retired").await), (6, 1));
    assert_eq!(ranked(&app, desk, &tree, "city", ("03", "03")).await, json!([["a", 3], ["b", 0]]));
    assert_eq!(ranked(&app, desk, &tree, "city", ("04", "04")).await, json!([["b", 0]]));
    to(&app, &tree, "a", Some("abroad"), "2026-04").await.expect_problem(409, "wrong_state");
    step(&app, &tree, "a", "restore", json!({"reason": "A new lease."})).await.expect(200);
    assert_eq!(plan(&app, scheduler, campaign).await.expect(200).json["added"], 1);
    is_right(&app).await;
    all_is_right(&app).await;
}

async fn a_region_retires_and_is_restored_with_all_below_it(app: TestApp) {
    let tree = Tree::build(&app).await;
    let desk = &tree.world.staff.administrator;
    let body = json!({"from": "2026-03-10", "reason": "The lease ended."});
    step(&app, &tree, "a", "retire", body.clone()).await.expect(200);
    step(&app, &tree, "country", "retire", body.clone()).await.expect(200);
    let retired = async || {
        let path = format!("/v1/branches?brand_id={}&state=retired", tree.brand);
        app.get(desk, path).await.expect(200).json["items"].as_array().unwrap().len()
    };
    assert_eq!(retired().await, 3);
    let reason = json!({"reason": "It was a mistake."});
    step(&app, &tree, "b", "restore", reason.clone()).await.expect_problem(409, "wrong_state");
    let new = crate::builders::branch_body(tree.brand, Some(tree.regions["city"]), "new");
    app.put(desk, format!("/v1/branches/{}", id::<()>()), new).await.expect_invalid("/region_id");
    to(&app, &tree, "d", Some("city"), "2026-04").await.expect_invalid("/region_id");
    step(&app, &tree, "country", "restore", reason.clone()).await.expect(200);
    assert_eq!(retired().await, 1, "the branch that had retired by itself stays so");
    step(&app, &tree, "a", "restore", reason).await.expect(200);
    assert_eq!(retired().await, 0);
    all_is_right(&app).await;
}
