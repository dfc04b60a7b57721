//! What a phone takes along: all that is to be done without a network, and what became of what was sent.

use incognito::{accounts::model::Role, db::types::Instant, ids::AssignmentId};
use serde_json::{Value, json};

use crate::{
    app::{TestApp, each_engine_test, id},
    board::{Board, accept, offer},
    builders::{World, assignment_body, branch_body, content, visit_body},
    fieldwork::path,
    personas::Persona,
    receipts::with_photos,
    uploads::File,
};

each_engine_test!(
    a_phone_gets_all_that_it_needs,
    work_is_there_until_its_visit_arrives,
    work_stays_for_thirty_days_after_it_closed,
    a_phone_knows_what_a_campaign_wants,
    a_phone_hears_what_became_of_its_visits,
    decisions_are_told_since_whenever_the_phone_was_away,
);

async fn a_phone_gets_all_that_it_needs(app: TestApp) {
    let world = World::build(&app).await;
    let (staff, brand) = (&world.staff, &world.brands[0]);
    let branch = brand.regions[0].branches[0].id;
    let shopper = Persona::everywhere(&app, Role::Shopper).await;
    let work = || app.get(&shopper, "/v1/me/work");
    let nothing = work().await.expect(200);
    let wanted = |assignments: Vec<Value>, versions: Vec<Value>, now: Instant| json!({"server_time": now, "assignments": assignments, "ended": [], "visits": [], "campaigns": [], "checklist_versions": versions, "files": nothing.json["files"]});
    assert_eq!(nothing.json, wanted(vec![], vec![], app.now()));

    let (second_checklist, second_version) = staff.checklist(&app, brand.id, content()).await;
    let (mut assignments, mut heads) = (Vec::new(), Vec::new());
    for (version, closes_at) in [
        (brand.version, "2026-03-20T00:00:00Z"),
        (second_version, "2026-03-21T00:00:00Z"),
        (brand.version, "2026-03-22T00:00:00Z"),
    ] {
        let given = id();
        let mut body = assignment_body(branch, version, &shopper);
        body["closes_at"] = json!(closes_at);
        app.put(&staff.scheduler, path(given), body).await.expect(201);
        let place = json!({"id": branch, "code": "North 1", "name": "North 1", "address": "1 Main Street",
            "latitude": 41.0082, "longitude": 28.9784, "time_zone": "Europe/Istanbul",
            "languages": ["tr", "en"]});
        assignments.push(json!({"id": given, "state": "assigned", "campaign_id": null,
            "checklist_version_id": version, "opens_at": "2026-03-01T00:00:00Z", "closes_at": closes_at,
            "answer_by": null, "submit_by": null, "pay": null, "branch": place}));
    }
    let mut versions = [(brand.version, brand.checklist), (second_version, second_checklist)];
    versions.sort();
    for (version, checklist) in versions {
        let href = format!("/v1/checklist-versions/{version}");
        let read = app.get(&shopper, &href).await.expect(200);
        assert_eq!(read.json["content"]["sections"].as_array().map(Vec::len), Some(2), "{read}");
        heads.push(json!({"id": version, "checklist_id": checklist, "number": 1, "hash": read.json["hash"],
            "href": href}));
    }
    let got = work().await.expect(200);
    assert_eq!(got.json, wanted(assignments, heads, app.now()));
    assert_ne!(got.etag(), nothing.etag());

    app.advance(300);
    let unchanged = work().header("if-none-match", got.etag()).await.expect(304);
    assert!(unchanged.bytes.is_empty() && unchanged.etag() == got.etag());
    let branch_path = format!("/v1/branches/{branch}");
    let mut moved = branch_body(brand.id, Some(brand.regions[0].id), "North 1");
    moved["address"] = json!("2 Main Street");
    app.put(&staff.administrator, branch_path, moved).if_match("*").await.expect(200);
    let changed = work().header("if-none-match", got.etag()).await.expect(200);
    assert_eq!(changed.text("/assignments/0/branch/address"), "2 Main Street");
}

async fn work_is_there_until_its_visit_arrives(app: TestApp) {
    let world = World::build(&app).await;
    let branch = &world.brands[0].regions[0].branches[0];
    let another = Persona::everywhere(&app, Role::Shopper).await;
    let theirs: AssignmentId = id();
    let body = assignment_body(branch.id, world.brands[0].version, &another);
    app.put(&world.staff.scheduler, path(theirs), body).await.expect(201);
    let mine = async || todo(&app, &world.staff.shopper).await;

    let mut open: Vec<_> = world
        .brands
        .iter()
        .flat_map(|brand| &brand.regions)
        .flat_map(|region| &region.branches)
        .map(|branch| branch.open_assignment.to_string())
        .collect();
    open.sort();
    assert_eq!(mine().await, open, "neither what is done nor what is another's");
    assert_eq!(todo(&app, &another).await, [theirs.to_string()]);

    let (visit, body) = (id::<()>(), visit_body(branch.open_assignment, world.brands[0].version));
    app.put(&world.staff.shopper, format!("/v1/visits/{visit}"), body).await.expect(201);
    open.retain(|one| *one != branch.open_assignment.to_string());
    assert_eq!(mine().await, open);
    let reason = json!({"reason": "The photo is of another place."});
    app.post(&world.staff.reviewer, format!("/v1/visits/{visit}/review/reject"), reason).await.expect(200);
    assert_eq!(mine().await, open, "a rejected visit was made all the same");
    assert_eq!(todo(&app, &another).await, [theirs.to_string()]);
}

async fn work_stays_for_thirty_days_after_it_closed(app: TestApp) {
    let world = World::build(&app).await;
    let until = |moment: &str| {
        let moment: jiff::Timestamp = moment.parse().unwrap();
        moment.as_second() - app.now().unix_seconds()
    };
    app.advance(until("2026-04-30T23:59:59Z"));
    let shopper = world.staff.shopper.clone().renewed(&app);
    assert_eq!(todo(&app, &shopper).await.len(), 8, "what closed on 1 April");
    app.advance(1);
    assert!(todo(&app, &shopper).await.is_empty());
}

async fn a_phone_knows_what_a_campaign_wants(app: TestApp) {
    let board = Board::set(&app).await;
    let shopper = Persona::everywhere(&app, Role::Shopper).await;
    let job = board.job(&app).await;
    let listed = app.get(&shopper, "/v1/jobs").await.expect(200).json["items"][0].clone();
    assert_eq!(listed["id"], json!(job));
    let work = async || app.get(&shopper, "/v1/me/work").await.expect(200).json["assignments"].clone();
    offer(&app, &board, job, &shopper).await.expect(200);
    let offered = work().await;
    assert_eq!((&offered[0]["id"], &offered[0]["state"]), (&json!(job), &json!("offered")));
    assert_eq!(offered[0]["answer_by"], json!(app.now().plus_seconds(86_400)));

    accept(&app, &shopper, job).await.expect(200);
    let assigned = work().await;
    assert_eq!((&assigned[0]["state"], &assigned[0]["answer_by"]), (&json!("assigned"), &json!(null)));
    let campaigns = app.get(&shopper, "/v1/me/work").await.expect(200).json["campaigns"].clone();
    assert_eq!(
        (&campaigns, &assigned[0]["campaign_id"]),
        (&json!([listed["campaign"]]), &json!(board.campaign))
    );
    for same in ["pay", "opens_at", "closes_at", "submit_by"] {
        assert!(!listed[same].is_null() && assigned[0][same] == listed[same], "{same}: {listed} {assigned}");
    }
    assert_eq!(listed["campaign"]["windows"], json!({"from": "10:00", "to": "20:00", "span_days": 7}));
}

async fn a_phone_hears_what_became_of_its_visits(app: TestApp) {
    let world = World::build(&app).await;
    let (staff, branch) = (&world.staff, &world.brands[0].regions[0].branches[0]);
    let shopper = Persona::everywhere(&app, Role::Shopper).await;
    let (_, version) = staff.checklist(&app, world.brands[0].id, with_photos()).await;
    let visits = async || app.get(&shopper, "/v1/me/work").await.expect(200).json["visits"].clone();
    assert_eq!(visits().await, json!([]), "another's visits are another's");

    let (assignment, visit) = (id(), id());
    let body = assignment_body(branch.id, version, &shopper);
    app.put(&staff.scheduler, path(assignment), body).await.expect(201);
    let files = [
        File::for_visit(visit, "image/jpeg", vec![1; 900]),
        File::for_visit(visit, "image/jpeg", vec![2; 700]),
    ];
    let mut body = visit_body(assignment, version);
    body["manifest"] = files.iter().map(|file| file.listed("photos")).collect();
    app.put(&shopper, format!("/v1/visits/{visit}"), body).await.expect(201);
    let mut wanted = json!({"id": visit, "assignment_id": assignment, "state": "submitted",
        "received_at": app.now(), "missing": [files[0].id, files[1].id], "unreadable": [], "send_anew": false,
        "returned": null, "paid": null, "decided_at": null, "reason": null});
    assert_eq!(visits().await, json!([wanted]));

    files[0].put(&app, &shopper).await.expect(201);
    wanted["missing"] = json!([files[1].id]);
    assert_eq!(visits().await, json!([wanted]));
    files[1].put(&app, &shopper).await.expect(201);
    (wanted["missing"], wanted["state"]) = (json!([]), json!("complete"));
    assert_eq!(visits().await, json!([wanted]));

    app.advance(60);
    let reject = format!("/v1/visits/{visit}/review/reject");
    app.post(&staff.reviewer, reject, json!({"reason": "The photo is of another place."})).await.expect(200);
    (wanted["state"], wanted["paid"]) = (json!("rejected"), json!(false));
    (wanted["decided_at"], wanted["reason"]) = (json!(app.now()), json!("The photo is of another place."));
    assert_eq!(visits().await, json!([wanted]));
}

async fn decisions_are_told_since_whenever_the_phone_was_away(app: TestApp) {
    const DAY: i64 = 86_400;
    let world = World::build(&app).await;
    let listed = async |since: &str| {
        let shopper = world.staff.shopper.clone().renewed(&app);
        let work = app.get(&shopper, format!("/v1/me/work{since}")).await.expect(200);
        work.json["visits"].as_array().unwrap().len()
    };
    assert_eq!(listed("").await, 8);
    let arrived = app.now();
    app.advance(31 * DAY);
    assert_eq!(listed("").await, 0, "told for thirty days");
    assert_eq!(listed(&format!("?since={}", arrived.plus_seconds(-1))).await, 8, "unless the phone was away");
    assert_eq!(listed(&format!("?since={arrived}")).await, 0, "after that moment");
    let reviewer = world.staff.reviewer.clone().renewed(&app);
    let visit = world.brands[0].regions[0].branches[0].visit;
    app.post(&reviewer, format!("/v1/visits/{visit}/review/approve"), json!({})).await.expect(200);
    assert_eq!(listed("").await, 1, "a late decision is a new one");
    let shopper = world.staff.shopper.clone().renewed(&app);
    app.get(&shopper, "/v1/me/work?since=yesterday").await.expect_invalid("since");
}

/// The ids of what a shopper has to do, in the order of ids.
async fn todo(app: &TestApp, shopper: &Persona) -> Vec<String> {
    let work = app.get(shopper, "/v1/me/work").await.expect(200);
    let ids = work.json["assignments"].as_array().unwrap().iter();
    let mut ids: Vec<_> = ids.map(|one| one["id"].as_str().unwrap().to_owned()).collect();
    ids.sort();
    ids
}
