//! What becomes of the jobs of places that move or retire.

use incognito::{estate::carry_out_moves::CarryOutMoves, ids::AssignmentId, work::Task};
use serde_json::{Value, json};

use super::{step, to};
use crate::{
    app::{TestApp, each_engine_test},
    board::{claim, shopper},
    builders::branch_body,
    campaigns::{add_campaign, campaign_body, changed, plan},
    ledger::all_is_right,
    scores::Tree,
};

each_engine_test!(a_move_ends_jobs_that_are_not_wanted_there, jobs_end_for_their_own_reason);

/// The jobs of a campaign in this state at a branch.
async fn jobs(
    app: &TestApp,
    tree: &Tree,
    campaign: impl ToString,
    branch: &str,
    state: &str,
) -> Vec<AssignmentId> {
    let who = tree.world.staff.scheduler.clone().renewed(app);
    let list = format!("/v1/assignments?campaign_id={}&state={state}&limit=200", campaign.to_string());
    let jobs = app.get(&who, list).await.expect(200).json["items"].as_array().unwrap().clone();
    let here = jobs.iter().filter(|job| job["branch_id"] == json!(tree.branches[branch]));
    here.map(|job| job["id"].as_str().unwrap().parse().unwrap()).collect()
}

/// The last step of an assignment.
async fn last(app: &TestApp, tree: &Tree, job: AssignmentId) -> Value {
    let who = tree.world.staff.scheduler.clone().renewed(app);
    let history = app.get(&who, format!("/v1/assignments/{job}/history")).await.expect(200);
    history.json["steps"].as_array().unwrap().last().unwrap().clone()
}

async fn a_move_ends_jobs_that_are_not_wanted_there(app: TestApp) {
    let tree = Tree::build(&app).await;
    let scheduler = &tree.world.staff.scheduler;
    let places = [("/terms/places", json!({"regions": [tree.regions["city"]]}))];
    let of_city =
        add_campaign(&app, scheduler, changed(&campaign_body(tree.brand, tree.version), &places)).await;
    let of_brand = add_campaign(&app, scheduler, campaign_body(tree.brand, tree.version)).await;
    for campaign in [of_city, of_brand] {
        plan(&app, scheduler, campaign).await.expect(200);
    }
    let count = async |campaign, branch, state| jobs(&app, &tree, campaign, branch, state).await.len();
    let [held, open] = jobs(&app, &tree, of_city, "a", "open").await[..] else { panic!("not two jobs") };
    claim(&app, &shopper(&app).await, held).await.expect(200);
    to(&app, &tree, "a", Some("abroad"), "2026-03").await.expect(200);
    assert_eq!((count(of_city, "a", "open").await, count(of_city, "a", "assigned").await), (0, 1));
    let over = last(&app, &tree, open).await;
    assert_eq!(
        (&over["to"], &over["reason"]),
        (&json!("cancelled"), &json!("its branch lies in another region"))
    );
    assert_eq!(over["account_id"], json!(tree.world.staff.administrator.account));
    assert_eq!((count(of_brand, "a", "open").await, count(of_city, "b", "open").await), (2, 2));
    // Of a move that is to come jobs end when it is carried out, and nobody ends them.
    to(&app, &tree, "b", Some("country"), "2026-04").await.expect(200);
    let [open, offered] = jobs(&app, &tree, of_city, "b", "open").await[..] else { panic!("not two jobs") };
    app.advance(17 * 86_400);
    let (who, offer) = (shopper(&app).await, format!("/v1/assignments/{offered}"));
    let to_whom = json!({"shopper_id": who.account});
    app.post(&scheduler.clone().renewed(&app), format!("{offer}/offer"), to_whom).await.expect(200);
    CarryOutMoves {}.run(app.app(), &()).await.unwrap();
    assert_eq!((count(of_city, "b", "open").await, count(of_brand, "b", "open").await), (0, 2));
    let over = last(&app, &tree, open).await;
    assert_eq!(
        (&over["reason"], &over["account_id"]),
        (&json!("its branch lies in another region"), &Value::Null)
    );
    // A job that is offered ends when the offer is not taken.
    app.post(&who, format!("{offer}/decline"), json!({"reason": "I am away."})).await.expect(204);
    assert_eq!(last(&app, &tree, offered).await["reason"], "its branch lies in another region");
    let again = plan(&app, &scheduler.clone().renewed(&app), of_city).await.expect(200);
    assert_eq!(again.json, json!({"added": 0, "already_there": 0, "impossible": []}));
    all_is_right(&app).await;
}

async fn jobs_end_for_their_own_reason(app: TestApp) {
    let tree = Tree::build(&app).await;
    let (administrator, scheduler) = (&tree.world.staff.administrator, &tree.world.staff.scheduler);
    let day = json!("2026-04-10");
    let one_day =
        [("/terms/starts_on", day.clone()), ("/terms/ends_on", day), ("/terms/visits_per_branch", json!(1))];
    let campaign =
        add_campaign(&app, scheduler, changed(&campaign_body(tree.brand, tree.version), &one_day)).await;
    plan(&app, scheduler, campaign).await.expect(200);
    let mut open = Vec::new();
    for branch in ["a", "b", "c"] {
        open.extend(jobs(&app, &tree, campaign, branch, "open").await);
    }
    // By other clocks the same hours are of another day, which the campaign does not have.
    let path = format!("/v1/{}", tree.place("a"));
    let mut body = branch_body(tree.brand, Some(tree.regions["city"]), "a");
    body["time_zone"] = json!("Pacific/Kiritimati");
    app.put(administrator, path, body).if_match("*").await.expect(200);
    to(&app, &tree, "a", Some("abroad"), "2026-03").await.expect(200);
    to(&app, &tree, "b", Some("abroad"), "2026-03").await.expect(200);
    let retire = |from: &str| json!({"from": from, "reason": "The lease ends."});
    step(&app, &tree, "c", "retire", retire("2026-04-10")).await.expect(200);
    let reasons = [last(&app, &tree, open[0]).await, last(&app, &tree, open[2]).await];
    let wanted = ["the campaign does not want it any more", "its branch retires"];
    assert_eq!(reasons.map(|step| step["reason"].clone()), wanted.map(|reason| json!(reason)));
    assert_eq!(jobs(&app, &tree, campaign, "b", "open").await.len(), 1, "it is wanted where it lies now");
    let planned = plan(&app, scheduler, campaign).await.expect(200);
    let retires = json!([{"branch_id": tree.branches["c"], "why": "retires", "visits": 1}]);
    assert_eq!(planned.json["impossible"], retires, "{planned}");
    // The whole day before that is the branch's, and the night after it is not.
    step(&app, &tree, "c", "restore", json!({"reason": "It goes on."})).await.expect(200);
    step(&app, &tree, "c", "retire", retire("2026-04-11")).await.expect(200);
    assert_eq!(plan(&app, scheduler, campaign).await.expect(200).json["added"], 1);
    let night = [one_day.as_slice(), &[("/terms/windows", json!({"from": "18:00", "to": "02:00"}))]].concat();
    let night =
        add_campaign(&app, scheduler, changed(&campaign_body(tree.brand, tree.version), &night)).await;
    assert_eq!(plan(&app, scheduler, night).await.expect(200).json["impossible"], retires);
    all_is_right(&app).await;
}
