//! Fieldwork: what a shopper is given.

use futures_util::future::join_all;
use incognito::{accounts::model::Role, ids::AssignmentId};
use serde_json::{Value, json};

use crate::{
    app::{TestApp, each_engine_test, id},
    builders::{World, assignment_body, content},
    personas::Persona,
};

each_engine_test!(
    an_assignment_is_given_once,
    what_does_not_belong_together_is_refused,
    assignments_are_listed_by_brand_and_reach,
);

pub fn path(assignment: AssignmentId) -> String {
    format!("/v1/assignments/{assignment}")
}

async fn an_assignment_is_given_once(app: TestApp) {
    let world = World::build(&app).await;
    let (staff, brand) = (&world.staff, &world.brands[0]);
    let [here, other_branch] = &brand.regions[0].branches;
    let given = id();
    let mut body = assignment_body(here.id, brand.version, &staff.shopper);
    let put = |body: &Value| app.put(&staff.scheduler, path(given), body.clone()).into_future();

    let at_once = join_all((0..16).map(|_| put(&body))).await;
    assert_eq!(at_once.iter().filter(|answer| answer.status == 201).count(), 1);
    assert_eq!(at_once.iter().filter(|answer| answer.status == 200).count(), 15);
    app.advance(60);
    let again = put(&body).await.expect(200);
    assert!(at_once.iter().all(|answer| answer.bytes == again.bytes && answer.etag() == again.etag()));
    for (name, value) in [
        ("id", json!(given)),
        ("brand_id", json!(brand.id)),
        ("created_at", json!("2026-03-15T10:00:00Z")),
        ("attempt", json!(1)),
        ("state", json!("assigned")),
    ] {
        body[name] = value;
    }
    assert_eq!(again.json, body);

    let another = Persona::everywhere(&app, Role::Shopper).await;
    let (_, other_version) = staff.checklist(&app, brand.id, content()).await;
    for (name, value) in [
        ("branch_id", json!(other_branch.id)),
        ("checklist_version_id", json!(other_version)),
        ("shopper_id", json!(another.account)),
        ("opens_at", json!("2026-03-01T00:00:00.000001Z")),
        ("closes_at", json!("2026-04-01T00:00:00.000001Z")),
    ] {
        let mut other = assignment_body(here.id, brand.version, &staff.shopper);
        other[name] = value;
        put(&other).await.expect_problem(409, "conflict");
    }
    let read = app.get(&staff.scheduler, path(given)).await.expect(200);
    assert_eq!((&read.bytes, read.etag()), (&again.bytes, again.etag()));
}

async fn what_does_not_belong_together_is_refused(app: TestApp) {
    let world = World::build(&app).await;
    let [own, other] = &world.brands;
    let elsewhere = Persona::with(&app, &[(Role::Shopper, other.scope())]).await;
    let of_the_brand = Persona::with(&app, &[(Role::Scheduler, own.scope())]).await;
    let (branch, version) = ("/branch_id", "/checklist_version_id");
    type Changes<'a> = &'a [(&'a str, Value)];
    let refused: [(Changes<'_>, &[&str]); 11] = [
        (&[("branch_id", json!(id::<()>()))], &[branch]),
        (&[("branch_id", json!(other.regions[0].branches[0].id))], &[branch]),
        (&[("branch_id", json!(own.regions[0].id))], &[branch]),
        (&[("checklist_version_id", json!(id::<()>()))], &[version]),
        (&[("checklist_version_id", json!(other.version))], &[version]),
        (&[("checklist_version_id", json!(own.checklist))], &[version]),
        (
            &[("shopper_id", json!(world.staff.reviewer.account)), ("checklist_version_id", json!(own.id))],
            &["/shopper_id", version],
        ),
        (&[("shopper_id", json!(elsewhere.account))], &["/shopper_id"]),
        (&[("closes_at", json!("2026-03-01T00:00:00Z"))], &["/closes_at"]),
        // It is the 15th, ten o'clock.
        (&[("closes_at", json!("2026-03-15T10:00:00Z"))], &["/closes_at"]),
        (
            &[("shopper_id", json!(id::<()>())), ("opens_at", json!("2026-05-01T00:00:00Z"))],
            &["/shopper_id", "/closes_at"],
        ),
    ];
    let wanted = id();
    for (changes, pointers) in refused {
        let mut body = assignment_body(own.regions[0].branches[0].id, own.version, &world.staff.shopper);
        for (name, value) in changes {
            body[*name] = value.clone();
        }
        let answer = app.put(&of_the_brand, path(wanted), body).await;
        let answer = pointers.iter().fold(answer, |answer, pointer| answer.expect_invalid(pointer));
        // An unknown branch has no brand, so nothing is said to be of that brand.
        if pointers != [branch] {
            assert_eq!(answer.json["errors"].as_array().map(Vec::len), Some(pointers.len()), "{answer}");
        }
        app.get(&world.staff.scheduler, path(wanted)).await.expect_problem(404, "not_found");
    }
}

async fn assignments_are_listed_by_brand_and_reach(app: TestApp) {
    let world = World::build(&app).await;
    let own = &world.brands[0];
    let (branch, mut wanted) = (&own.regions[0].branches[0], Vec::new());
    for _ in 0..5 {
        app.advance(1);
        wanted.push(world.staff.assignment(&app, branch.id, own.version).await.to_string());
    }
    let ids = async |who: &Persona, query: &str| {
        let page = app.get(who, format!("/v1/assignments?{query}")).await.expect(200);
        let items = page.json["items"].as_array().unwrap();
        items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let everybody = &world.staff.scheduler;
    assert_eq!(ids(everybody, "").await.len(), 16 + 5);
    assert_eq!(ids(everybody, &format!("brand_id={}", world.brands[1].id)).await.len(), 8);
    let of_brand = ids(everybody, &format!("brand_id={}", own.id)).await;
    assert_eq!((of_brand.len(), &of_brand[8..]), (8 + 5, &wanted[..]), "in the order of their making");

    let here = Persona::with(&app, &[(Role::Scheduler, own.branch_scope(0, 0))]).await;
    let mut all = vec![branch.assignment.to_string(), branch.open_assignment.to_string()];
    all.sort(); // made at the same moment
    all.extend(wanted);
    assert_eq!(ids(&here, "").await, all);
    assert!(ids(&here, &format!("brand_id={}", world.brands[1].id)).await.is_empty());
    let neighbour = Persona::with(&app, &[(Role::Scheduler, own.region_scope(1))]).await;
    assert_eq!(ids(&neighbour, "").await.len(), 4);
}
