//! Shoppers: what they declare, who gets to see it, and what follows from it.

use std::collections::BTreeSet;

use diesel::prelude::*;
use incognito::{
    accounts::model::{GrantScope, Role},
    db::{Conn, schema::shopper, types::Json},
    fieldwork::shoppers::{
        tie::{Destination, Tie, Ties},
        ties,
    },
    ids::BranchId,
};
use serde_json::{Value, json};

use crate::{
    app::{TestApp, each_engine_test, id},
    builders::{BrandWorld, World},
    employees::{add_employee, employee_body},
    personas::Persona,
    places::walk,
};

each_engine_test!(
    a_shopper_declares_repeats_and_changes,
    a_home_is_kept_coarsely,
    what_nobody_can_declare_is_refused_at_its_place,
    only_what_one_works_for_can_be_named,
    schedulers_see_the_shoppers_of_their_brands,
    shoppers_are_found_by_language,
    employees_who_may_be_shoppers_are_flagged,
    what_is_declared_is_shown_as_far_as_one_may_see,
    the_branch_side_learns_nothing,
    ties_follow_from_what_is_declared_and_who_works_where,
);

const OWN: &str = "/v1/me/shopper";

pub fn declaration() -> Value {
    json!({"languages": ["tr", "en"], "home": {"latitude": 41.0, "longitude": 29.0}, "travels_km": 30,
        "employers": [{"name": "A bakery"}], "relatives_branches": []})
}

/// Gives somebody an address and a name.
pub async fn call_them(app: &TestApp, world: &World, who: &Persona, email: &str, name: &str) {
    let body = json!({"email": email, "name": name, "language": "en"});
    let path = format!("/v1/accounts/{}", who.account);
    app.put(&world.staff.administrator, path, body).if_match("*").await.expect(200);
}

pub async fn shops_for(app: &TestApp, scopes: &[GrantScope]) -> Persona {
    let grants: Vec<_> = scopes.iter().map(|scope| (Role::Shopper, *scope)).collect();
    Persona::with(app, &grants).await
}

/// The ids on a list, each of which is there once.
async fn ids(app: &TestApp, who: &Persona, list: &str) -> BTreeSet<String> {
    let items = walk(app, who, list, 200).await;
    let ids: BTreeSet<_> = items.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids.len(), items.len(), "{list} has somebody twice");
    ids
}

fn set(people: &[&Persona]) -> BTreeSet<String> {
    people.iter().map(|one| one.account.to_string()).collect()
}

fn branch(brand: &BrandWorld, region: usize, branch: usize) -> BranchId {
    brand.regions[region].branches[branch].id
}

async fn a_shopper_declares_repeats_and_changes(app: TestApp) {
    let world = World::build(&app).await;
    let brand = &world.brands[0];
    for (field, value) in [
        ("languages", json!(["en"])),
        ("home", json!({"latitude": -41.0, "longitude": 29.0})),
        ("home", json!(null)),
        ("travels_km", json!(500)),
        ("employers", json!([{"name": "Anatolia", "brand_id": brand.id}, {"name": "A school"}])),
        ("relatives_branches", json!([branch(brand, 0, 0), branch(brand, 1, 1)])),
    ] {
        let who = shops_for(&app, &[brand.scope()]).await;
        let put = |body: &Value| app.put(&who, OWN, body.clone());
        let body = declaration();
        app.get(&who, OWN).await.expect_problem(404, "not_found");
        put(&body).if_match("*").await.expect_problem(412, "precondition_failed");
        let made = put(&body).await.expect(201);
        app.advance(1);
        let again = put(&body).await.expect(200);
        assert_eq!((&again.bytes, again.etag()), (&made.bytes, made.etag()));

        let mut other = body.clone();
        other[field] = value;
        put(&other).await.expect_problem(428, "precondition_required");
        put(&other).if_match("\"77\"").await.expect_problem(412, "precondition_failed");
        let changed = put(&other).if_match(made.etag()).await.expect(200);
        assert_ne!(changed.etag(), made.etag());
        put(&body).if_match(made.etag()).await.expect_problem(412, "precondition_failed");
        let read = app.get(&who, OWN).await.expect(200);
        assert_eq!((&read.bytes, read.etag()), (&changed.bytes, changed.etag()));
        let mut wanted = other.clone();
        wanted["created_at"] = made.json["created_at"].clone();
        wanted.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        assert_eq!(read.json, wanted);
        app.get(&who, OWN).header("if-none-match", read.etag()).await.expect(304);
        app.get(&world.staff.shopper, OWN).await.expect_problem(404, "not_found");
    }
}

async fn a_home_is_kept_coarsely(app: TestApp) {
    let who = Persona::everywhere(&app, Role::Shopper).await;
    let mut body = declaration();
    body["home"] = json!({"latitude": 41.008_237, "longitude": -28.978_359});
    let made = app.put(&who, OWN, body.clone()).await.expect(201);
    assert_eq!(made.json["home"], json!({"latitude": 41.0, "longitude": -29.0}));
    body["home"] = json!({"latitude": 40.95, "longitude": -29.04});
    app.put(&who, OWN, body.clone()).await.expect(200);
    let kept = move |conn: &mut Conn| {
        Ok(shopper::table.find(who.account).select(shopper::profile).first::<Json<Value>>(conn)?)
    };
    let Json(kept) = app.db().read(kept).await.unwrap();
    assert_eq!(kept["home"], json!({"north_tenths": 410, "east_tenths": -290}));
}

async fn what_nobody_can_declare_is_refused_at_its_place(app: TestApp) {
    let world = World::build(&app).await;
    let who = &world.staff.shopper;
    let place = |latitude: f64, longitude: f64| json!({"latitude": latitude, "longitude": longitude});
    let named = |name: &str| json!([{"name": name}]);
    let of_home = |field: &str| ["", "home", field].join("/");
    for (field, pointer, values) in [
        ("languages", "/languages", vec![json!([]), json!(["en", "en"]), json!(["en", "EN"])]),
        ("languages", "/languages/0", vec![json!(["english"])]),
        ("home", &of_home("latitude"), vec![place(90.1, 0.0), json!({"latitude": "x", "longitude": 0})]),
        ("home", &of_home("longitude"), vec![place(0.0, -180.1)]),
        ("home", &of_home("longitude"), vec![json!({"latitude": 1})]),
        ("home", "/home", vec![json!([41, 29])]),
        ("home", &of_home("accuracy_m"), vec![json!({"latitude": 1, "longitude": 1, "accuracy_m": 1})]),
        ("travels_km", "/travels_km", vec![json!(0), json!(501), json!(-1), json!(1.5), json!(null)]),
        ("employers", "/employers/0/name", vec![named(""), named("a\nb"), named(&"x".repeat(201))]),
        ("employers", "/employers/0/brand_id", vec![json!([{"name": "A", "brand_id": id::<()>()}])]),
        ("employers", "/employers/0", vec![json!([["A"]])]),
        ("employers", "/employers", vec![json!(vec![json!({"name": "A"}); 21])]),
        ("relatives_branches", "/relatives_branches/0", vec![json!([id::<()>()]), json!(["x"])]),
        ("relatives_branches", "/relatives_branches", vec![json!(vec![json!(id::<()>()); 51])]),
        ("gender", "/gender", vec![json!("f")]),
        ("age", "/age", vec![json!(30)]),
    ] {
        for value in values {
            let mut body = declaration();
            body[field] = value;
            app.put(who, OWN, body).await.expect_invalid(pointer);
        }
    }
    app.get(who, OWN).await.expect_problem(404, "not_found");
    let least = json!({"languages": ["en"], "travels_km": 1});
    let made = app.put(who, OWN, least).await.expect(201);
    assert_eq!((&made.json["employers"], made.json.get("home")), (&json!([]), None));
}

async fn only_what_one_works_for_can_be_named(app: TestApp) {
    let world = World::build(&app).await;
    let [own, other] = &world.brands;
    let who = shops_for(&app, &[own.scope()]).await;
    let mut body = declaration();
    body["employers"] = json!([{"name": "A"}, {"name": "B", "brand_id": other.id}]);
    body["relatives_branches"] = json!([branch(own, 0, 0), branch(own, 0, 0), branch(other, 0, 0)]);
    let answer = app.put(&who, OWN, body.clone()).await;
    let answer = answer.expect_invalid("/employers/1/brand_id").expect_invalid("/relatives_branches/2");
    assert_eq!(answer.json["errors"].as_array().map(Vec::len), Some(2), "{answer}");
    let everywhere = &world.staff.shopper;
    let made = app.put(everywhere, OWN, body.clone()).await.expect(201);
    assert_eq!(made.json["relatives_branches"], json!([branch(own, 0, 0), branch(other, 0, 0)]), "each once");

    // What was declared before the grant was taken back stays declared, and more can be said beside it.
    let account = format!("/v1/accounts/{}", everywhere.account);
    let grants = app.get(&world.staff.administrator, &account).await.expect(200);
    let narrow = json!({"role": "shopper", "scope": {"brand_id": own.id}});
    let path = format!("{account}/grants/{}", id::<()>());
    app.put(&world.staff.administrator, path, narrow).await.expect(201);
    let path = format!("{account}/grants/{}", grants.text("/grants/0/id"));
    app.delete(&world.staff.administrator, path).await.expect(204);
    body["travels_km"] = json!(31);
    app.put(everywhere, OWN, body.clone()).if_match(made.etag()).await.expect(200);
    body["relatives_branches"] = json!([branch(other, 1, 1)]);
    app.put(everywhere, OWN, body).if_match("*").await.expect_invalid("/relatives_branches/0");
}

async fn schedulers_see_the_shoppers_of_their_brands(app: TestApp) {
    let world = World::build(&app).await;
    let [own, other] = &world.brands;
    let everywhere = &world.staff.shopper;
    let ours = shops_for(&app, &[own.scope()]).await;
    let theirs = shops_for(&app, &[other.region_scope(0)]).await;
    let both = shops_for(&app, &[own.branch_scope(0, 0), own.branch_scope(0, 1), other.scope()]).await;
    let gone = shops_for(&app, &[own.scope()]).await;
    let body = json!({"email": "gone@example.org", "name": "G", "language": "en", "disabled": true});
    let path = format!("/v1/accounts/{}", gone.account);
    app.put(&world.staff.administrator, path, body).if_match("*").await.expect(200);

    let all = [everywhere, &ours, &theirs, &both];
    for (scope, seen) in [
        (GrantScope::default(), all.to_vec()),
        (own.scope(), vec![everywhere, &ours, &both]),
        (own.region_scope(0), vec![everywhere, &ours, &both]),
        (own.branch_scope(0, 1), vec![everywhere, &ours, &both]),
        (own.region_scope(1), vec![everywhere, &ours]),
        (own.branch_scope(1, 1), vec![everywhere, &ours]),
        (other.scope(), vec![everywhere, &theirs, &both]),
        (other.branch_scope(0, 1), vec![everywhere, &theirs, &both]),
        (other.branch_scope(1, 1), vec![everywhere, &both]),
    ] {
        for role in [Role::Scheduler, Role::Auditor, Role::Administrator] {
            let who = Persona::with(&app, &[(role, scope)]).await;
            assert_eq!(ids(&app, &who, "/v1/shoppers").await, set(&seen), "{role} {scope:?}");
            let of = |brand: &BrandWorld| format!("/v1/shoppers?brand_id={}", brand.id);
            let others: Vec<_> = seen.iter().copied().filter(|one| one.account != theirs.account).collect();
            let in_own = if scope.brand_id == Some(other.id) { set(&[]) } else { set(&others) };
            assert_eq!(ids(&app, &who, &of(own)).await, in_own, "{role} {scope:?}");
            for shopper in all.into_iter().chain([&gone]) {
                let sees = seen.iter().any(|one| one.account == shopper.account);
                let answer = app.get(&who, format!("/v1/shoppers/{}", shopper.account)).await;
                let answer = answer.expect(if sees { 200 } else { 404 });
                // Who they are is for those who see all of a brand; or the shopper has had work there.
                let is_narrow = scope.region_id.is_some() || scope.branch_id.is_some();
                let is_named = sees && (!is_narrow || shopper.account == everywhere.account);
                for name in ["email", "name"] {
                    assert_eq!(
                        answer.json.get(name).is_some_and(Value::is_string),
                        is_named,
                        "{role} {scope:?} {answer}"
                    );
                }
            }
            app.get(&who, format!("/v1/shoppers/{}", who.account)).await.expect_problem(404, "not_found");
        }
    }
    let whole = walk(&app, &world.staff.scheduler, "/v1/shoppers", 200).await;
    for limit in [1, 3] {
        assert_eq!(walk(&app, &world.staff.scheduler, "/v1/shoppers", limit).await, whole, "by {limit}");
    }
    for who in [everywhere, &ours] {
        app.get(who, "/v1/shoppers").await.expect_problem(403, "forbidden");
        app.get(who, format!("/v1/shoppers/{}", who.account)).await.expect_problem(403, "forbidden");
    }
}

async fn shoppers_are_found_by_language(app: TestApp) {
    let world = World::build(&app).await;
    let who = &world.staff.scheduler;
    let speaks = async |languages: Value| {
        let shopper = Persona::everywhere(&app, Role::Shopper).await;
        let mut body = declaration();
        body["languages"] = languages;
        app.put(&shopper, OWN, body).await.expect(201);
        shopper
    };
    let brazilian = speaks(json!(["en", "pt-BR"])).await;
    let portuguese = speaks(json!(["pt", "fil"])).await;
    let english = speaks(json!(["en"])).await;
    for (language, seen) in [
        ("pt", vec![&brazilian, &portuguese]),
        ("pt-BR", vec![&brazilian]),
        ("en", vec![&brazilian, &english]),
        ("fi", vec![]),
        ("fil", vec![&portuguese]),
    ] {
        let found = ids(&app, who, &format!("/v1/shoppers?language={language}")).await;
        assert_eq!(found, set(&seen), "{language}");
    }
    let mut body = declaration();
    body["languages"] = json!(["fr"]);
    app.put(&english, OWN, body).if_match("*").await.expect(200);
    assert_eq!(ids(&app, who, "/v1/shoppers?language=en").await, set(&[&brazilian]));
    assert_eq!(ids(&app, who, "/v1/shoppers?language=fr").await, set(&[&english]));
    assert_eq!(ids(&app, who, "/v1/shoppers?language=EN").await, set(&[&brazilian]));
    for language in ["", "p%25", "english"] {
        let answer = app.get(who, format!("/v1/shoppers?language={language}")).await;
        answer.expect_invalid("language");
    }
}

async fn employees_who_may_be_shoppers_are_flagged(app: TestApp) {
    let world = World::build(&app).await;
    let [own, other] = &world.brands;
    let ana = shops_for(&app, &[own.scope()]).await;
    let everywhere = &world.staff.shopper;
    call_them(&app, &world, &ana, "ana@example.org", "Ana Ilieva").await;
    call_them(&app, &world, everywhere, "ben@example.org", "Ben").await;
    let works = async |at: BranchId, code: &str, email: Option<&str>, name: &str, active: bool| {
        let mut body = employee_body(at, code);
        (body["email"], body["name"], body["active"]) = (json!(email), json!(name), json!(active));
        add_employee(&app, &world, body).await
    };
    let by_email = works(branch(own, 0, 0), "1", Some("ANA@example.org"), "A. I.", true).await;
    let by_name = works(branch(own, 1, 0), "2", None, "ILIEVA, Ána", true).await;
    works(branch(own, 1, 1), "3", Some("ana@example.org"), "Ana Ilieva", false).await;
    let elsewhere = works(branch(other, 0, 0), "4", None, "Ana Ilieva", true).await;
    works(branch(own, 0, 1), "5", None, "Ana", true).await;
    let ben = works(branch(other, 0, 0), "6", Some("ben@example.org"), "Ben", true).await;

    let flag = |employee, at: BranchId, by| json!({"employee_id": employee, "branch_id": at, "by": by});
    let email = flag(by_email, branch(own, 0, 0), "email");
    let name = flag(by_name, branch(own, 1, 0), "name");
    let bens = flag(ben, branch(other, 0, 0), "email");
    let sorted = |flags: &[&Value]| {
        let mut flags: Vec<_> = flags.iter().map(|flag| (*flag).clone()).collect();
        flags.sort_by_key(|flag| flag["employee_id"].as_str().unwrap().to_owned());
        Value::from(flags)
    };
    for (scope, of_ana, of_ben) in [
        (GrantScope::default(), sorted(&[&email, &name]), sorted(&[&bens])),
        (own.scope(), sorted(&[&email, &name]), sorted(&[])),
        // Who is only listed without a name is not shown to be like anybody.
        (own.region_scope(0), sorted(&[]), sorted(&[])),
        (own.branch_scope(1, 0), sorted(&[]), sorted(&[])),
        (own.branch_scope(1, 1), sorted(&[]), sorted(&[])),
    ] {
        let who = Persona::with(&app, &[(Role::Scheduler, scope)]).await;
        let list = walk(&app, &who, "/v1/shoppers", 50).await;
        for (shopper, wanted) in [(&ana, &of_ana), (everywhere, &of_ben)] {
            let read = app.get(&who, format!("/v1/shoppers/{}", shopper.account)).await.expect(200);
            assert_eq!(&read.json["may_be_employee"], wanted, "{scope:?}");
            assert!(list.contains(&read.json), "the list says the same: {list:?}");
        }
    }
    // Once she works for the other brand too, whoever is like her there counts as well.
    let path = format!("/v1/accounts/{}/grants/{}", ana.account, id::<()>());
    let grant = json!({"role": "shopper", "scope": {"brand_id": other.id}});
    app.put(&world.staff.administrator, path, grant).await.expect(201);
    let read = app.get(&world.staff.scheduler, format!("/v1/shoppers/{}", ana.account)).await.expect(200);
    let more = flag(elsewhere, branch(other, 0, 0), "name");
    assert_eq!(read.json["may_be_employee"], sorted(&[&email, &name, &more]));
}

async fn what_is_declared_is_shown_as_far_as_one_may_see(app: TestApp) {
    let world = World::build(&app).await;
    let [own, other] = &world.brands;
    let who = &world.staff.shopper;
    call_them(&app, &world, who, "ben@example.org", "Ben").await;
    let path = format!("/v1/shoppers/{}", who.account);
    let blank = app.get(&world.staff.scheduler, &path).await.expect(200);
    let wanted = json!({"id": who.account, "email": "ben@example.org", "name": "Ben", "languages": [],
        "employers": [], "relatives_branches": [], "may_be_employee": [], "withdrawn_ties": []});
    assert_eq!(blank.json, wanted);

    let mut body = declaration();
    body["employers"] = json!([{"name": "Anatolia", "brand_id": own.id}, {"name": "Balkan", "brand_id": other.id},
        {"name": "A bakery"}]);
    body["relatives_branches"] = json!([branch(own, 0, 0), branch(own, 1, 0), branch(other, 0, 0)]);
    app.put(who, OWN, body.clone()).await.expect(201);
    let bare = |name: &str| json!({"name": name});
    for (scope, employers, branches) in [
        (GrantScope::default(), body["employers"].clone(), body["relatives_branches"].clone()),
        (
            own.scope(),
            json!([body["employers"][0], bare("Balkan"), bare("A bakery")]),
            json!([branch(own, 0, 0), branch(own, 1, 0)]),
        ),
        (
            own.region_scope(1),
            json!([body["employers"][0], bare("Balkan"), bare("A bakery")]),
            json!([branch(own, 1, 0)]),
        ),
        (
            other.branch_scope(1, 1),
            json!([bare("Anatolia"), body["employers"][1], bare("A bakery")]),
            json!([]),
        ),
    ] {
        let scheduler = Persona::with(&app, &[(Role::Scheduler, scope)]).await;
        let mut wanted = wanted.clone();
        (wanted["languages"], wanted["travels_km"]) = (json!(["tr", "en"]), json!(30));
        (wanted["employers"], wanted["relatives_branches"]) = (employers, branches);
        let read = app.get(&scheduler, &path).await.expect(200);
        assert_eq!(read.json, wanted, "all that there is, and no home: {scope:?}");
        assert_eq!(walk(&app, &scheduler, "/v1/shoppers", 50).await, [wanted]);
    }
}

/// Managers and HR see employees at most, and nothing of them depends on who shops.
async fn the_branch_side_learns_nothing(app: TestApp) {
    let world = World::build(&app).await;
    let brand = &world.brands[0];
    let shopper = &world.staff.shopper;
    call_them(&app, &world, shopper, "ben@example.org", "Ben").await;
    let mut body = declaration();
    body["relatives_branches"] = json!([branch(brand, 0, 0)]);
    app.put(shopper, OWN, body).await.expect(201);
    for role in [Role::Manager, Role::Hr, Role::Reviewer, Role::Designer] {
        for scope in [GrantScope::default(), brand.scope(), brand.branch_scope(0, 0)] {
            let who = Persona::with(&app, &[(role, scope)]).await;
            for path in
                ["/v1/shoppers".to_owned(), format!("/v1/shoppers/{}", shopper.account), OWN.to_owned()]
            {
                app.get(&who, path).await.expect_problem(403, "forbidden");
            }
            app.put(&who, OWN, declaration()).await.expect_problem(403, "forbidden");
        }
    }
    let hr = Persona::with(&app, &[(Role::Hr, brand.scope())]).await;
    let mut answers = Vec::new();
    for (email, name) in [("ben@example.org", "Ben"), ("eva@example.org", "Eva")] {
        let (employee, mut body) = (id::<()>(), employee_body(branch(brand, 0, 0), email));
        (body["email"], body["name"]) = (json!(email), json!(name));
        let path = format!("/v1/employees/{employee}");
        let made = app.put(&hr, &path, body).await.expect(201);
        let as_shown = |text: String| {
            text.replace(&employee.to_string(), "ID").replace(email, "EMAIL").replace(name, "NAME")
        };
        let texts = [made, app.get(&hr, &path).await.expect(200)].map(|answer| {
            assert!(!String::from_utf8_lossy(&answer.bytes).contains(&shopper.account.to_string()));
            as_shown(String::from_utf8(answer.bytes.to_vec()).unwrap())
        });
        answers.push(texts);
    }
    assert_eq!(answers[0], answers[1], "an employee who is like a shopper looks like any other");
}

async fn ties_follow_from_what_is_declared_and_who_works_where(app: TestApp) {
    let world = World::build(&app).await;
    let [own, other] = &world.brands;
    let ana = Persona::everywhere(&app, Role::Shopper).await;
    call_them(&app, &world, &ana, "ana@example.org", "Ana Ilieva").await;
    let now = app.now();
    let ties = async |who: &Persona| {
        let who = who.account;
        app.db().read(move |conn| ties::of(conn, who, now)).await.unwrap()
    };
    let to = |brand: &BrandWorld, region: usize, at: usize| Destination {
        brand: brand.id,
        branch: branch(brand, region, at),
        region: Some(brand.regions[region].id),
    };
    assert_eq!(ties(&ana).await, Ties::default());

    let mut body = declaration();
    body["employers"] = json!([{"name": "A bakery"}, {"name": "Balkan", "brand_id": other.id}]);
    body["relatives_branches"] = json!([branch(own, 0, 0)]);
    app.put(&ana, OWN, body).await.expect(201);
    let mut employee = employee_body(branch(own, 0, 1), "1");
    employee["name"] = json!("Ilieva Ana");
    let by_name = add_employee(&app, &world, employee.clone()).await;
    let all = ties(&ana).await;
    assert_eq!(
        (all.employers.as_slice(), all.relatives.as_slice()),
        (&[other.id][..], &[branch(own, 0, 0)][..])
    );
    for (place, wanted) in [
        (to(other, 1, 1), Some(Tie::Employer)),
        (to(own, 0, 0), Some(Tie::Relative)),
        (to(own, 0, 1), Some(Tie::Namesake)),
        (to(own, 1, 1), None),
    ] {
        assert_eq!(all.with(place), wanted);
    }

    (employee["branch_id"], employee["email"]) = (json!(branch(own, 1, 0)), json!("ANA@example.org"));
    let path = format!("/v1/employees/{by_name}");
    app.put(&world.staff.administrator, &path, employee.clone()).if_match("*").await.expect(200);
    let all = ties(&ana).await;
    assert_eq!(all.with(to(own, 0, 1)), Some(Tie::Employee), "anywhere in the brand");
    employee["active"] = json!(false);
    app.put(&world.staff.administrator, &path, employee).if_match("*").await.expect(200);
    let all = ties(&ana).await;
    assert_eq!(all.with(to(own, 0, 1)), None, "who left is no employee");
    let nobody = id();
    let missing = app.db().read(move |conn| ties::of(conn, nobody, now)).await.unwrap_err();
    assert_eq!(missing.code(), incognito::error::Code::NotFound);
}
