//! Employees: entered and changed by hand, imported from a file, and seen by those whose they are.

use std::collections::BTreeSet;

use actix_web::{http::Method, web::Bytes};
use futures_util::future::join_all;
use incognito::{
    accounts::model::Role,
    ids::{BranchId, BrandId, EmployeeId},
};
use serde_json::{Value, json};

use crate::{
    app::{Answer, Call, TestApp, each_engine_test, id},
    builders::World,
    personas::Persona,
    places::{only, walk},
};

each_engine_test!(
    employees_are_entered_repeated_and_changed,
    what_no_employee_can_be_is_refused_at_its_place,
    a_code_is_one_persons_and_nobody_changes_the_brand,
    many_who_enter_the_same_person_enter_one,
    hr_sees_and_changes_its_part_of_the_tree,
    a_file_enters_employees_and_again_changes_nothing,
    every_bad_line_is_told_and_nothing_is_kept,
    six_thousand_employees_fit_into_a_file,
    files_are_for_those_who_have_the_whole_brand,
);

const HEADER: &str = "branch_code,code,name,email,active\n";

pub fn employee_body(branch: BranchId, code: &str) -> Value {
    json!({"branch_id": branch, "code": code, "name": format!("Person {code}"), "active": true})
}

/// Somebody who works in a branch, entered by an administrator.
pub async fn add_employee(app: &TestApp, world: &World, body: Value) -> EmployeeId {
    let employee = id();
    app.put(&world.staff.administrator, path(employee), body).await.expect(201);
    employee
}

fn path(employee: EmployeeId) -> String {
    format!("/v1/employees/{employee}")
}

fn import<'a>(app: &'a TestApp, who: &Persona, brand: BrandId, lines: impl AsRef<str>) -> Call<'a> {
    let file = Bytes::from(HEADER.to_owned() + lines.as_ref());
    app.call(Method::POST, format!("/v1/brands/{brand}/employees/import")).by(who).body("text/csv", file)
}

/// What an import counts.
fn counts(answer: &Answer) -> Value {
    only(answer, &["employees_added", "employees_changed", "employees_unchanged"])
}

fn imported(added: u32, changed: u32, unchanged: u32) -> Value {
    json!({"employees_added": added, "employees_changed": changed, "employees_unchanged": unchanged})
}

/// The codes of all on a list, each of whom is there once.
async fn codes(app: &TestApp, who: &Persona, list: &str) -> BTreeSet<String> {
    let items = walk(app, who, list, 200).await;
    let codes: BTreeSet<_> = items.iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect();
    assert_eq!(codes.len(), items.len(), "{list} has somebody twice");
    codes
}

fn set<T: ToString>(codes: impl IntoIterator<Item = T>) -> BTreeSet<String> {
    codes.into_iter().map(|code| code.to_string()).collect()
}

async fn employees_are_entered_repeated_and_changed(app: TestApp) {
    let world = World::build(&app).await;
    let brand = &world.brands[0];
    let hr = Persona::with(&app, &[(Role::Hr, brand.scope())]).await;
    let auditor = Persona::with(&app, &[(Role::Auditor, brand.scope())]).await;
    let (here, elsewhere) = (brand.regions[0].branches[0].id, brand.regions[1].branches[1].id);
    for (field, value) in [
        ("name", json!("Ayşe Yılmaz")),
        ("code", json!("№ 8")),
        ("email", json!("ayse@example.org")),
        ("active", json!(false)),
        ("branch_id", json!(elsewhere)),
    ] {
        let path = path(id());
        let put = |body: &Value| app.put(&hr, &path, body.clone());
        let body = employee_body(here, &format!("of {field}"));
        app.get(&auditor, &path).await.expect_problem(404, "not_found");
        put(&body).if_match("\"1\"").await.expect_problem(412, "precondition_failed");
        let made = put(&body).await.expect(201);
        app.advance(60);
        let again = put(&body).await.expect(200);
        assert_eq!((&again.bytes, again.etag()), (&made.bytes, made.etag()));
        assert_eq!((made.json.get("email"), &made.json["brand_id"]), (None, &json!(brand.id)));

        let mut other = body.clone();
        other[field] = value;
        put(&other).await.expect_problem(428, "precondition_required");
        put(&other).if_match("\"77\"").await.expect_problem(412, "precondition_failed");
        let changed = put(&other).if_match(made.etag()).await.expect(200);
        assert_ne!(changed.etag(), made.etag());
        put(&body).if_match(made.etag()).await.expect_problem(412, "precondition_failed");
        let late = put(&other).if_match(made.etag()).await.expect(200);
        assert_eq!(late.etag(), changed.etag(), "the same again is no second change");

        let read = app.get(&auditor, &path).await.expect(200);
        assert_eq!((&read.json, read.etag()), (&changed.json, changed.etag()));
        for (field, value) in other.as_object().unwrap() {
            assert_eq!(&read.json[field], value, "{field}");
        }
        app.get(&auditor, &path).header("if-none-match", read.etag()).await.expect(304);
    }
}

async fn what_no_employee_can_be_is_refused_at_its_place(app: TestApp) {
    let world = World::build(&app).await;
    let who = &world.staff.administrator;
    let mut good = employee_body(world.brands[0].regions[0].branches[0].id, "1");
    good["email"] = json!("one@example.org");
    for (field, values) in [
        ("branch_id", vec![json!(null), json!("no"), json!(id::<()>()), json!(world.brands[0].id)]),
        ("code", vec![json!(""), json!(" "), json!("a\nb"), json!("x".repeat(65)), json!(7)]),
        ("name", vec![json!(""), json!("\0"), json!("é".repeat(201)), json!(null)]),
        ("email", vec![json!(""), json!("a@"), json!("one"), json!(format!("{}@b.org", "x".repeat(250)))]),
        ("active", vec![json!("yes"), json!(1)]),
        ("account_id", vec![json!(id::<()>()), json!("x")]),
        ("brand_id", vec![json!(world.brands[0].id)]),
    ] {
        for value in values {
            let mut body = good.clone();
            body[field] = value;
            app.put(who, path(id()), body).await.expect_invalid(&format!("/{field}"));
        }
    }
    let missing = json!({"branch_id": good["branch_id"], "code": "1"});
    app.put(who, path(id()), missing).await.expect_problem(422, "invalid");
    assert_eq!(walk(&app, who, "/v1/employees", 50).await, [json!(null); 0]);
    good["email"] = json!(null);
    good.as_object_mut().unwrap().remove("active");
    let made = app.put(who, path(id()), good).await.expect(201);
    assert_eq!((&made.json["active"], made.json.get("email")), (&json!(true), None));
}

async fn a_code_is_one_persons_and_nobody_changes_the_brand(app: TestApp) {
    let world = World::build(&app).await;
    let who = &world.staff.administrator;
    let [own, other] = &world.brands;
    let (here, elsewhere) = (own.regions[0].branches[0].id, other.regions[0].branches[0].id);
    let first = add_employee(&app, &world, employee_body(here, "1")).await;
    add_employee(&app, &world, employee_body(here, "2")).await;
    add_employee(&app, &world, employee_body(elsewhere, "1")).await;
    let beside = own.regions[1].branches[0].id;
    app.put(who, path(id()), employee_body(beside, "1")).await.expect_problem(409, "conflict");
    for body in [employee_body(here, "2"), employee_body(elsewhere, "3")] {
        app.put(who, path(first), body).if_match("\"1\"").await.expect_problem(409, "conflict");
    }
    app.put(who, path(first), employee_body(beside, "1")).if_match("\"1\"").await.expect(200);
}

async fn many_who_enter_the_same_person_enter_one(app: TestApp) {
    let world = World::build(&app).await;
    let who = &world.staff.administrator;
    let body = employee_body(world.brands[0].regions[0].branches[0].id, "1");
    let same = path(id());
    let mut statuses: Vec<_> = join_all((0..10).map(async |_| app.put(who, &same, body.clone()).await))
        .await
        .iter()
        .map(|answer| answer.status)
        .collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [[200; 9].as_slice(), &[201]].concat());
    let others = (0..10).map(async |_| app.put(who, path(id()), body.clone()).await);
    for answer in join_all(others).await {
        answer.expect_problem(409, "conflict");
    }
    assert_eq!(walk(&app, who, "/v1/employees", 50).await.len(), 1);
}

async fn hr_sees_and_changes_its_part_of_the_tree(app: TestApp) {
    let world = World::build(&app).await;
    let [own, other] = &world.brands;
    let mut all = Vec::new();
    for (brand, name) in [(own, "own"), (other, "other")] {
        for (r, region) in brand.regions.iter().enumerate() {
            for (b, branch) in region.branches.iter().enumerate() {
                let code = format!("{name} {r}{b}");
                all.push((add_employee(&app, &world, employee_body(branch.id, &code)).await, code));
            }
        }
    }
    for (scope, seen) in [
        (incognito::accounts::model::GrantScope::default(), all.iter().map(|(_, code)| &**code).collect()),
        (own.scope(), vec!["own 00", "own 01", "own 10", "own 11"]),
        (own.region_scope(1), vec!["own 10", "own 11"]),
        (own.branch_scope(1, 0), vec!["own 10"]),
        (other.branch_scope(0, 1), vec!["other 01"]),
    ] {
        for role in [Role::Hr, Role::Auditor, Role::Administrator] {
            let who = Persona::with(&app, &[(role, scope)]).await;
            assert_eq!(codes(&app, &who, "/v1/employees").await, set(&seen), "{role} {scope:?}");
            for (employee, code) in &all {
                let wanted = if seen.contains(&&**code) { 200 } else { 404 };
                app.get(&who, path(*employee)).await.expect(wanted);
            }
        }
    }
    let everybody = &world.staff.administrator;
    let list = |filter: String| format!("/v1/employees?{filter}");
    let (brand, branch) = (own.id, own.regions[1].branches[1].id);
    for (filter, seen) in [
        (format!("brand_id={brand}"), vec!["own 00", "own 01", "own 10", "own 11"]),
        (format!("branch_id={branch}"), vec!["own 11"]),
        (format!("brand_id={}&branch_id={branch}", other.id), vec![]),
        (format!("brand_id={}", id::<()>()), vec![]),
    ] {
        assert_eq!(codes(&app, everybody, &list(filter.clone())).await, set(seen), "{filter}");
    }
    let whole = walk(&app, everybody, "/v1/employees", 200).await;
    for limit in [1, 3] {
        assert_eq!(walk(&app, everybody, "/v1/employees", limit).await, whole, "by {limit}");
    }

    let hr = Persona::with(&app, &[(Role::Hr, own.region_scope(1))]).await;
    let put = |employee, body| app.put(&hr, path(employee), body).if_match("\"1\"");
    let mine = own.regions[1].branches[0].id;
    put(all[2].0, employee_body(branch, "own 10")).await.expect(200);
    put(all[3].0, employee_body(own.regions[0].branches[0].id, "own 11")).await.expect_invalid("/branch_id");
    put(all[0].0, employee_body(mine, "own 00")).await.expect_problem(404, "not_found");
    put(all[4].0, employee_body(mine, "other 00")).await.expect_problem(404, "not_found");
    app.put(&hr, path(id()), employee_body(mine, "new")).await.expect(201);
    let manager = Persona::with(&app, &[(Role::Manager, own.scope())]).await;
    for list in ["/v1/employees".to_owned(), path(all[0].0)] {
        app.get(&manager, list).await.expect_problem(403, "forbidden");
    }
    let auditor = Persona::with(&app, &[(Role::Auditor, own.scope())]).await;
    app.put(&auditor, path(id()), employee_body(mine, "x")).await.expect_problem(403, "forbidden");
}

async fn a_file_enters_employees_and_again_changes_nothing(app: TestApp) {
    let world = World::build(&app).await;
    let brand = &world.brands[0];
    let hr = Persona::with(&app, &[(Role::Hr, brand.scope())]).await;
    add_employee(&app, &world, employee_body(brand.regions[0].branches[0].id, "stays")).await;
    let first = "North 1,1,Ayşe Yılmaz,ayse@example.org,yes\n\nSouth 2, 2 ,\"Ilieva, Ana\",,no\n";
    assert_eq!(counts(&import(&app, &hr, brand.id, first).await.expect(200)), imported(2, 0, 0));
    let all = async || {
        let mut all = walk(&app, &hr, "/v1/employees", 50).await;
        all.sort_by_key(|one| one["code"].to_string());
        all
    };
    let made = all().await;
    let [ayse, ana, _] = made.as_slice() else { panic!("{made:?}") };
    let (north, south) = (brand.regions[0].branches[0].id, brand.regions[1].branches[1].id);
    for (field, value) in [
        ("brand_id", json!(brand.id)),
        ("branch_id", json!(north)),
        ("name", json!("Ayşe Yılmaz")),
        ("email", json!("ayse@example.org")),
        ("active", json!(true)),
    ] {
        assert_eq!(ayse[field], value, "{field}");
    }
    assert_eq!(
        (&ana["code"], &ana["name"], ana.get("email"), &ana["active"], &ana["branch_id"]),
        (&json!("2"), &json!("Ilieva, Ana"), None, &json!(false), &json!(south))
    );
    app.advance(60);
    assert_eq!(counts(&import(&app, &hr, brand.id, first).await.expect(200)), imported(0, 0, 2));
    assert_eq!(all().await, made, "nothing is doubled, and nothing has changed");

    let second =
        "South 2,1,Ayşe Yılmaz,ayse@example.org,yes\nSouth 2,2,\"Ilieva, Ana\",,no\nNorth 2,3,New,,1\n";
    assert_eq!(counts(&import(&app, &hr, brand.id, second).await.expect(200)), imported(1, 1, 1));
    let later = all().await;
    assert_eq!((later[0]["branch_id"].clone(), &later[0]["id"]), (json!(south), &ayse["id"]));
    assert_eq!((&later[1], later.len(), &later[3]), (ana, 4, &made[2]));
    for (employee, revision) in [(&later[0], "\"2\""), (&later[1], "\"1\"")] {
        let read =
            app.get(&hr, format!("/v1/employees/{}", employee["id"].as_str().unwrap())).await.expect(200);
        assert_eq!((&read.json, read.etag()), (employee, revision));
    }
}

async fn every_bad_line_is_told_and_nothing_is_kept(app: TestApp) {
    let world = World::build(&app).await;
    let (who, brand) = (&world.staff.administrator, &world.brands[0]);
    let mistakes = async |lines: &str| {
        let answer = import(&app, who, brand.id, lines).await.expect_problem(422, "invalid");
        let errors = answer.json["errors"].as_array().unwrap().iter();
        let text = |error: &Value, field: &str| error[field].as_str().unwrap().to_owned();
        errors.map(|error| (text(error, "pointer"), text(error, "code"))).collect::<Vec<_>>()
    };
    let at = |pointer: &str, code: &str| (format!("/lines/{pointer}"), code.to_owned());
    let wanted =
        [at("3/email", "email"), at("3/active", "required"), at("4/code", "duplicate"), at("5", "columns")];
    assert_eq!(mistakes("North 1,1,Ana,,yes\nNorth 1,2,Ana,ana,\nNorth 1,1,Ana,,yes\nshort\n").await, wanted);
    let wanted = [at("3/branch_code", "unknown"), at("4/branch_code", "unknown"), at("5/code", "duplicate")];
    let lines = "North 1,a,Ana,,yes\nNowhere,2,Ana,,yes\nNorth1,3,Ana,,yes\nNorth 1,A,Ana,,yes\n";
    assert_eq!(mistakes(lines).await, wanted);
    assert_eq!(walk(&app, who, "/v1/employees", 50).await, [json!(null); 0]);
}

async fn six_thousand_employees_fit_into_a_file(app: TestApp) {
    let world = World::build(&app).await;
    let (who, brand) = (&world.staff.administrator, world.brands[0].id);
    let lines = |name: &str| {
        (0..6_000)
            .map(|i| format!("North {},{i},{name} {i},p{i}@example.org,yes\n", 1 + i % 2))
            .collect::<String>()
    };
    assert_eq!(counts(&import(&app, who, brand, lines("Ana")).await.expect(200)), imported(6_000, 0, 0));
    assert_eq!(counts(&import(&app, who, brand, lines("Ana")).await.expect(200)), imported(0, 0, 6_000));
    assert_eq!(counts(&import(&app, who, brand, lines("Eva")).await.expect(200)), imported(0, 6_000, 0));
    let branch = world.brands[0].regions[0].branches[1].id;
    let page = app.get(who, format!("/v1/employees?branch_id={branch}&limit=1")).await.expect(200);
    assert!(page.text("/items/0/name").starts_with("Eva "), "{page}");
}

async fn files_are_for_those_who_have_the_whole_brand(app: TestApp) {
    let world = World::build(&app).await;
    let [own, other] = &world.brands;
    let good = "North 1,1,Ana,,yes\n";
    for (role, scope, to, status, code) in [
        (Role::Manager, own.scope(), own.id, 403, "forbidden"),
        (Role::Auditor, own.scope(), own.id, 403, "forbidden"),
        (Role::Hr, own.region_scope(0), own.id, 404, "not_found"),
        (Role::Hr, other.scope(), own.id, 404, "not_found"),
        (Role::Hr, own.scope(), id(), 404, "not_found"),
    ] {
        let who = Persona::with(&app, &[(role, scope)]).await;
        import(&app, &who, to, good).await.expect_problem(status, code);
    }
    let hr = Persona::with(&app, &[(Role::Hr, own.scope())]).await;
    let call = import(&app, &hr, own.id, good).header("content-type", "application/json");
    call.await.expect_problem(415, "unsupported_media_type");
    let padding = "\n".repeat((8 << 20) + 1 - HEADER.len());
    import(&app, &hr, own.id, padding).await.expect_problem(413, "body_too_large");
    assert_eq!(walk(&app, &hr, "/v1/employees", 50).await, [json!(null); 0]);
    import(&app, &hr, own.id, good).await.expect(200);
}
