//! Actions: what missed standards propose, what is done about it, and whether it helped.

use diesel::prelude::*;
use incognito::{
    accounts::model::Role,
    db::{Conn, schema::visit as visit_row},
    ids::{ActionId, BranchId, StandardId, VersionId, VisitId},
    months::Month,
    visits::state::State,
};
use serde_json::{Value, json};

use crate::{
    app::{Answer, TestApp, each_engine_test, id},
    builders::{World, content, visit_body},
    employees::{add_employee, employee_body},
    ledger::all_is_right,
    personas::Persona,
    standards::{add_dimension, standard_body},
};

each_engine_test!(
    an_action_is_done_with_a_proof_and_confirmed_by_another,
    what_is_wrong_with_an_action_has_its_place,
    actions_are_listed_and_overdue_ones_are_seen,
    missed_standards_propose_a_training,
    the_next_visits_show_whether_it_helped,
    what_is_said_about_an_action_stays,
);

pub fn action_body(branch: BranchId, standard: impl serde::Serialize, owner: &Persona) -> Value {
    json!({"branch_id": branch, "standard_id": standard, "title": "Practise greetings",
        "owner_account_id": owner.account, "due_on": "2026-04-01"})
}

pub struct Case {
    pub world: World,
    pub branch: BranchId,
    pub standard: StandardId,
    version: VersionId,
    manager: Persona,
    another: Persona,
}

impl Case {
    pub async fn new(app: &TestApp) -> Self {
        let world = World::build(app).await;
        let brand = world.brands[0].id;
        let designer = &world.staff.designer;
        let dimension = add_dimension(app, designer, brand, "speed").await;
        let standard = id();
        let body = standard_body(brand, "greeted", dimension, "Guests are greeted.");
        app.put(designer, format!("/v1/standards/{standard}"), body).await.expect(201);
        let mut content = content();
        content["sections"][0]["questions"][0]["standard"] = json!("greeted");
        let (_, version) = world.staff.checklist(app, brand, content).await;
        let branch = world.brands[0].regions[0].branches[0].id;
        let scope = world.brands[0].branch_scope(0, 0);
        let manager = Persona::with(app, &[(Role::Manager, scope)]).await;
        let another = Persona::with(app, &[(Role::Manager, world.brands[0].region_scope(0))]).await;
        Self { world, branch, standard, version, manager, another }
    }

    fn body(&self) -> Value {
        action_body(self.branch, self.standard, &self.manager)
    }

    async fn action(&self, app: &TestApp) -> ActionId {
        let action = id();
        app.put(&self.manager, format!("/v1/actions/{action}"), self.body()).await.expect(201);
        action
    }

    /// A visit that was greeted or not, in this state and month.
    pub async fn visit(&self, app: &TestApp, greeted: bool, state: State, month: Month) -> VisitId {
        let assignment = self.world.staff.assignment(app, self.branch, self.version).await;
        let visit = id();
        let mut body = visit_body(assignment, self.version);
        body["answers"]["greeted"]["value"] = json!(greeted);
        app.put(&self.world.staff.shopper, format!("/v1/visits/{visit}"), body).await.expect(201);
        let set = move |conn: &mut Conn| {
            let to = (visit_row::state.eq(state), visit_row::month.eq(month));
            Ok(diesel::update(visit_row::table.find(visit)).set(to).execute(conn)?)
        };
        assert_eq!(app.db().write(set).await.unwrap(), 1);
        visit
    }
}

fn month(number: i32) -> Month {
    Month::new(2026, number).unwrap()
}

fn path(action: ActionId) -> String {
    format!("/v1/actions/{action}")
}

async fn become_state(app: &TestApp, who: &Persona, action: ActionId, body: Value) -> Answer {
    let now = app.get(who, path(action)).await.expect(200);
    app.put(who, path(action), body).if_match(now.etag()).await
}

async fn an_action_is_done_with_a_proof_and_confirmed_by_another(app: TestApp) {
    let case = Case::new(&app).await;
    let action = case.action(&app).await;
    let made = app.get(&case.manager, path(action)).await.expect(200);
    let wanted = json!({"id": action, "brand_id": case.world.brands[0].id, "branch_id": case.branch,
        "standard_id": case.standard, "title": "Practise greetings", "owner_account_id": case.manager.account,
        "due_on": "2026-04-01", "overdue": false, "state": "open", "created_by": case.manager.account,
        "created_at": "2026-03-15T10:00:00Z"});
    assert_eq!(made.json, wanted);
    app.put(&case.manager, path(action), case.body()).await.expect(200);
    let mut body = case.body();
    body["state"] = json!("done");
    become_state(&app, &case.manager, action, body.clone()).await.expect_invalid("/proof");
    body["proof"] = json!("All of the team has been to the training.");
    let done = become_state(&app, &case.manager, action, body.clone()).await.expect(200);
    assert_eq!(done.json["done_by"], json!(case.manager.account));
    body["state"] = json!("confirmed");
    let own = become_state(&app, &case.manager, action, body.clone()).await;
    own.expect_problem(403, "forbidden");
    let confirmed = become_state(&app, &case.another, action, body.clone()).await.expect(200);
    assert_eq!(
        (&confirmed.json["state"], &confirmed.json["done_by"]),
        (&json!("confirmed"), &json!(case.manager.account))
    );
    body["state"] = json!("open");
    become_state(&app, &case.another, action, body).await.expect_problem(409, "wrong_state");
    let hr = Persona::with(&app, &[(Role::Hr, case.world.brands[0].scope())]).await;
    app.get(&hr, path(action)).await.expect(200);
    app.put(&hr, path(action), case.body()).await.expect_problem(403, "forbidden");
    let elsewhere = Persona::with(&app, &[(Role::Manager, case.world.brands[0].region_scope(1))]).await;
    app.get(&elsewhere, path(action)).await.expect_problem(404, "not_found");
    all_is_right(&app).await;
}

async fn what_is_wrong_with_an_action_has_its_place(app: TestApp) {
    let case = Case::new(&app).await;
    let brand = &case.world.brands[0];
    let foreign = Persona::with(&app, &[(Role::Manager, brand.region_scope(1))]).await;
    let other_standard: StandardId = id();
    for (member, value, pointer) in [
        ("branch_id", json!(brand.regions[1].branches[0].id), "/branch_id"),
        ("standard_id", json!(other_standard), "/standard_id"),
        ("owner_account_id", json!(foreign.account), "/owner_account_id"),
        ("owner_account_id", json!(case.world.staff.shopper.account), "/owner_account_id"),
        ("owner_account_id", Value::Null, "/owner_account_id"),
        ("owner_employee_id", json!(id::<()>()), "/owner_account_id"),
        ("due_on", json!("soon"), "/due_on"),
        ("title", json!(""), "/title"),
        ("state", json!("dropped"), "/state"),
    ] {
        let mut body = case.body();
        body[member] = value;
        app.put(&case.manager, path(id()), body).await.expect_invalid(pointer);
    }
    // An employee of the branch sees to it as well.
    let employee = add_employee(&app, &case.world, employee_body(case.branch, "9")).await;
    let mut body = case.body();
    body["owner_account_id"] = Value::Null;
    body["owner_employee_id"] = json!(employee);
    app.put(&case.manager, path(id()), body).await.expect(201);
    // It stays in its branch.
    let action = case.action(&app).await;
    let mut body = case.body();
    body["branch_id"] = json!(brand.regions[0].branches[1].id);
    body["owner_account_id"] = json!(case.another.account);
    become_state(&app, &case.another, action, body).await.expect_problem(409, "conflict");
}

async fn actions_are_listed_and_overdue_ones_are_seen(app: TestApp) {
    let case = Case::new(&app).await;
    let (first, last) = (case.action(&app).await, id::<incognito::ids::Action>());
    let mut body = case.body();
    body["due_on"] = json!("2026-03-14");
    body["owner_account_id"] = json!(case.another.account);
    app.advance(1);
    app.put(&case.manager, path(last), body).await.expect(201);
    let listed = async |who: &Persona, query: String| {
        let answer = app.get(who, format!("/v1/actions?{query}")).await.expect(200);
        let items = answer.json["items"].as_array().unwrap();
        items.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let (one, two) = (first.to_string(), last.to_string());
    for (query, wanted) in [
        (String::new(), vec![&one, &two]),
        (format!("branch_id={}", case.branch), vec![&one, &two]),
        (format!("branch_id={}", id::<()>()), vec![]),
        ("state=done".to_owned(), vec![]),
        (format!("owner_account_id={}", case.another.account), vec![&two]),
        ("overdue=true".to_owned(), vec![&two]),
    ] {
        assert_eq!(listed(&case.manager, query.clone()).await.iter().collect::<Vec<_>>(), wanted, "{query}");
    }
    assert_eq!(app.get(&case.manager, path(last)).await.expect(200).json["overdue"], true);
    let elsewhere = Persona::with(&app, &[(Role::Manager, case.world.brands[0].branch_scope(0, 1))]).await;
    assert_eq!(listed(&elsewhere, String::new()).await, Vec::<String>::new());
}

async fn missed_standards_propose_a_training(app: TestApp) {
    let case = Case::new(&app).await;
    let proposals = format!("/v1/branches/{}/action-proposals", case.branch);
    let read = async || app.get(&case.manager, &proposals).await.expect(200).json["items"].clone();
    // What is approved and not out is not shown, and one visit is fewer than the brand wants.
    for _ in 0..3 {
        case.visit(&app, false, State::Approved, month(2)).await;
    }
    case.visit(&app, false, State::Released, month(2)).await;
    assert_eq!(read().await, json!([]));
    case.visit(&app, true, State::Final, month(2)).await;
    case.visit(&app, false, State::Withdrawn, month(2)).await;
    let action = case.action(&app).await;
    let items = read().await;
    let wanted =
        json!({"visits": 2, "kept": 1, "share": 5_000, "low": 945, "high": 9_055, "insufficient": false});
    assert_eq!((&items[0]["standard_id"], &items[0]["compliance"]), (&json!(case.standard), &wanted));
    assert_eq!((&items[0]["track"], &items[0]["action_ids"]), (&json!("customer_service"), &json!([action])));
    // Kept often enough, it proposes nothing.
    for _ in 0..8 {
        case.visit(&app, true, State::Released, month(3)).await;
    }
    assert_eq!(read().await, json!([]));
}

async fn the_next_visits_show_whether_it_helped(app: TestApp) {
    let case = Case::new(&app).await;
    for _ in 0..8 {
        case.visit(&app, false, State::Released, month(3)).await;
    }
    let action = case.action(&app).await;
    let effect = async || app.get(&case.manager, path(action) + "/effect").await.expect(200).json;
    let before = effect().await;
    assert_eq!((&before["before"]["visits"], &before["change"]), (&json!(8), &json!("not_known_yet")));
    assert_eq!(before["since"]["share"], Value::Null, "there are no visits");
    case.visit(&app, true, State::Released, month(4)).await;
    assert_eq!(effect().await["since"]["share"], Value::Null, "one visit is too few");
    case.visit(&app, true, State::Released, month(4)).await;
    assert_eq!(effect().await["change"], "better");
    for _ in 0..6 {
        case.visit(&app, false, State::Released, month(5)).await;
    }
    assert_eq!(effect().await["change"], "not_beyond_chance");
    let mut body = case.body();
    body["standard_id"] = Value::Null;
    let other = id();
    app.put(&case.manager, path(other), body).await.expect(201);
    app.get(&case.manager, path(other) + "/effect").await.expect_problem(404, "not_found");
}

async fn what_is_said_about_an_action_stays(app: TestApp) {
    let case = Case::new(&app).await;
    let action = case.action(&app).await;
    let comments = path(action) + "/comments";
    let one = format!("{comments}/{}", id::<()>());
    app.put(&case.manager, &one, json!({"text": "It is under way."})).await.expect(201);
    app.put(&case.manager, &one, json!({"text": "It is under way."})).await.expect(200);
    app.put(&case.manager, &one, json!({"text": "It is not."})).await.expect_problem(409, "conflict");
    app.put(&case.another, &one, json!({"text": "It is under way."})).await.expect_problem(409, "conflict");
    app.advance(1);
    let two = format!("{comments}/{}", id::<()>());
    app.put(&case.another, two, json!({"text": "Good."})).await.expect(201);
    let read = app.get(&case.manager, &comments).await.expect(200);
    let texts: Vec<_> =
        read.json["items"].as_array().unwrap().iter().map(|one| one["text"].clone()).collect();
    assert_eq!(texts, ["It is under way.", "Good."]);
    all_is_right(&app).await;
}
