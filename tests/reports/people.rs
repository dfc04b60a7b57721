//! Who reads reports, and who says something about them.

use incognito::{accounts::model::Role, ids::BrandId};
use serde_json::{Value, json};

use super::{another, list, manager, release_all, report};
use crate::{
    app::{TestApp, each_engine_test, id},
    builders::World,
    employees::{add_employee, employee_body},
    ledger::all_is_right,
    notices::notice_body,
    personas::Persona,
    reviews::approve,
};

each_engine_test!(an_employee_reads_as_far_as_staff_were_informed, people_of_the_branch_s_side_comment);

/// Two visits to the first branch, and one to the second, whose reports went out.
async fn released(app: &TestApp) -> World {
    let world = World::build(app).await;
    let more = another(app, &world).await;
    let [one, two] = &world.brands[0].regions[0].branches;
    for visit in [one.visit, two.visit, more] {
        approve(app, &world.staff.reviewer, visit).await.expect(200);
    }
    release_all(app).await;
    world
}

/// Somebody with the role, who works in the first branch.
pub async fn employee(app: &TestApp, world: &World, code: &str) -> Persona {
    let brand = &world.brands[0];
    let persona = Persona::with(app, &[(Role::Employee, brand.scope())]).await;
    let mut body = employee_body(brand.regions[0].branches[0].id, code);
    body["account_id"] = json!(persona.account);
    add_employee(app, world, body).await;
    persona
}

pub async fn inform(app: &TestApp, world: &World, level: &str) {
    let mut body = notice_body(world.brands[0].id);
    body["content"]["level"] = json!(level);
    body["content"]["informed_on"] = json!("2026-01-01");
    body["content"]["starts_on"] = json!("2026-01-02");
    app.put(&world.staff.administrator, format!("/v1/notices/{}", id::<()>()), body).await.expect(201);
}

/// Staff know that reports will name them, and none does yet.
pub async fn named_later(app: &TestApp, world: &World) {
    named_later_in(app, world, world.brands[0].id).await;
}

/// The same in this brand.
pub async fn named_later_in(app: &TestApp, world: &World, brand: BrandId) {
    let mut body = notice_body(brand);
    body["content"]["level"] = json!("person");
    body["content"]["starts_on"] = json!("2027-01-01");
    app.put(&world.staff.administrator, format!("/v1/notices/{}", id::<()>()), body).await.expect(201);
}

async fn an_employee_reads_as_far_as_staff_were_informed(app: TestApp) {
    let world = released(&app).await;
    let employee = employee(&app, &world, "1").await;
    let stranger = Persona::with(&app, &[(Role::Employee, world.brands[0].scope())]).await;
    let elsewhere = Persona::with(&app, &[(Role::Employee, world.brands[0].region_scope(1))]).await;
    let count = async |who: &Persona| list(&app, who, "").await.len();
    assert_eq!(count(&employee).await, 0, "staff were told nothing");
    inform(&app, &world, "region").await;
    assert_eq!(count(&employee).await, 0, "of figures of regions only");
    inform(&app, &world, "branch").await;
    assert_eq!(count(&employee).await, 2, "those of the own branch");
    assert_eq!([count(&stranger).await, count(&elsewhere).await], [0, 0]);
    let own = list(&app, &employee, "").await;
    report(&app, &employee, &own[0]["id"]).await;
    let of_all = list(&app, &manager(&app, &world).await, "").await;
    assert_eq!(of_all.len(), 3);
    let other = of_all.iter().find(|one| !own.contains(one)).unwrap();
    let path = format!("/v1/reports/{}", other["id"].as_str().unwrap());
    app.get(&employee, &path).await.expect_problem(404, "not_found");
    for what in ["/v1/visits", "/v1/reviews", "/v1/employees", "/v1/branches"] {
        app.get(&employee, what).await.expect_problem(403, "forbidden");
    }
}

async fn people_of_the_branch_s_side_comment(app: TestApp) {
    let world = released(&app).await;
    inform(&app, &world, "branch").await;
    let (manager, employee) = (manager(&app, &world).await, employee(&app, &world, "1").await);
    let of = list(&app, &employee, "").await[0]["id"].as_str().unwrap().to_owned();
    let comment =
        |number: u8| format!("/v1/reports/{of}/comments/00000000-0000-4000-8000-0000000000{number:02}");
    let says = |text: &str| json!({"text": text});
    let first = app.put(&employee, comment(1), says("The door was being repaired.")).await.expect(201);
    assert_eq!(
        (first.text("/name"), first.json["account_id"].clone()),
        ("Somebody".to_owned(), json!(employee.account))
    );
    let again = app.put(&employee, comment(1), says("The door was being repaired.")).await.expect(200);
    assert_eq!(again.bytes, first.bytes);
    app.put(&employee, comment(1), says("Another thing.")).await.expect_problem(409, "conflict");
    app.put(&manager, comment(1), says("The door was being repaired.")).await.expect_problem(409, "conflict");
    app.advance(1);
    app.put(&manager, comment(2), says("It is done.")).await.expect(201);
    app.put(&manager, comment(3), json!({"text": " "})).await.expect_invalid("/text");
    app.put(&world.staff.reviewer, comment(4), says("No.")).await.expect_problem(403, "forbidden");
    let stranger = Persona::with(&app, &[(Role::Manager, world.brands[0].region_scope(1))]).await;
    app.put(&stranger, comment(4), says("No.")).await.expect_problem(404, "not_found");
    let all = app.get(&world.staff.reviewer, format!("/v1/reports/{of}/comments?limit=1")).await.expect(200);
    let texts =
        |items: &Value| items.as_array().unwrap().iter().map(|one| one["text"].clone()).collect::<Vec<_>>();
    assert_eq!(texts(&all.json["items"]), ["The door was being repaired."]);
    let next = format!("/v1/reports/{of}/comments?cursor={}", all.text("/next_cursor"));
    assert_eq!(texts(&app.get(&employee, next).await.expect(200).json["items"]), ["It is done."]);
    all_is_right(&app).await;
}
