//! Places: made and changed by hand, and seen by the people whose they are.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use incognito::{
    accounts::model::{GrantScope, Role},
    ids::{BranchId, BrandId, RegionId},
};
use serde_json::{Value, json};

use self::import::{file, import, line};
use crate::{
    app::{Answer, TestApp, each_engine_test, id},
    builders::branch_body,
    personas::Persona,
};

mod files;
mod import;
mod moved;
mod workbooks;

each_engine_test!(
    places_are_made_repeated_and_changed,
    what_no_place_can_be_is_refused_at_its_place,
    regions_nest_and_stay_where_they_are,
    branches_have_one_code_and_stay_where_they_are,
    many_who_make_the_same_place_make_one,
    lists_are_complete_and_filtered,
    names_that_look_the_same_are_one,
    a_branch_may_have_no_position,
    managers_see_their_part_of_the_tree,
);

/// Everything on a list, read in pages of this size.
pub async fn walk(app: &TestApp, who: &Persona, list: &str, limit: usize) -> Vec<Value> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    let joint = if list.contains('?') { '&' } else { '?' };
    loop {
        let page = app.get(who, format!("{list}{joint}limit={limit}{cursor}")).await.expect(200);
        let items = page.json["items"].as_array().unwrap();
        assert!(items.len() <= limit, "{page}");
        assert!(all.is_empty() || all.last() != items.first(), "the list goes round in circles: {page}");
        all.extend(items.iter().cloned());
        let Some(next) = page.json["next_cursor"].as_str() else { return all };
        cursor = format!("&cursor={next}");
    }
}

/// These fields of an answer.
pub fn only(answer: &Answer, fields: &[&str]) -> Value {
    fields.iter().map(|field| ((*field).to_owned(), answer.json[*field].clone())).collect()
}

/// What the things on a list are called, each of which is there once.
async fn names(app: &TestApp, who: &Persona, list: &str, field: &str) -> BTreeSet<String> {
    let items = walk(app, who, list, 200).await;
    let names: BTreeSet<_> = items.iter().map(|item| item[field].as_str().unwrap().to_owned()).collect();
    assert_eq!(names.len(), items.len(), "{list} has something twice");
    names
}

fn set<T: ToString>(names: impl IntoIterator<Item = T>) -> BTreeSet<String> {
    names.into_iter().map(|name| name.to_string()).collect()
}

async fn make_brand(app: &TestApp, who: &Persona) -> BrandId {
    let brand = id();
    let body = json!({"name": "Lumen", "language": "fr"});
    app.put(who, format!("/v1/brands/{brand}"), body).await.expect(201);
    brand
}

async fn make_region(
    app: &TestApp,
    who: &Persona,
    brand: BrandId,
    parent: Option<RegionId>,
    name: &str,
) -> RegionId {
    let region = id();
    app.put(who, format!("/v1/regions/{region}"), region_body(brand, parent, name)).await.expect(201);
    region
}

fn region_body(brand: BrandId, parent: Option<RegionId>, name: &str) -> Value {
    json!({"brand_id": brand, "parent_id": parent, "name": name})
}

async fn nothing_is_kept(app: &TestApp, who: &Persona, brand: BrandId) {
    for list in ["regions", "branches"] {
        assert_eq!(walk(app, who, &format!("/v1/{list}?brand_id={brand}"), 50).await, [json!(null); 0]);
    }
}

async fn places_are_made_repeated_and_changed(app: TestApp) {
    let who = Persona::administrator(&app).await;
    let brand = make_brand(&app, &who).await;
    let region = make_region(&app, &who, brand, None, "France").await;
    for (kind, body, field, value) in [
        ("brands", json!({"name": "Lumen", "language": "fr"}), "minimum_visits", json!(5)),
        ("brands", json!({"name": "Lumen", "language": "fr"}), "maximum_margin", json!(400)),
        (
            "brands",
            json!({"name": "Lumen", "language": "fr"}),
            "recognition",
            json!({"best_branch": true, "most_improved": false, "standard_mastered": true}),
        ),
        ("regions", region_body(brand, Some(region), "Île-de-France"), "name", json!("Paris")),
        ("branches", branch_body(brand, Some(region), "FR-1"), "latitude", json!(-33.448_912_345)),
    ] {
        let path = format!("/v1/{kind}/{}", id::<()>());
        let put = |body: &Value| app.put(&who, &path, body.clone());
        app.get(&who, &path).await.expect_problem(404, "not_found");
        put(&body).if_match("\"1\"").await.expect_problem(412, "precondition_failed");
        let made = put(&body).await.expect(201);
        let again = put(&body).await.expect(200);
        assert_eq!((&again.json, again.etag()), (&made.json, made.etag()));

        let mut other = body.clone();
        other[field] = value;
        put(&other).await.expect_problem(428, "precondition_required");
        put(&other).if_match("\"77\"").await.expect_problem(412, "precondition_failed");
        let changed = put(&other).if_match(made.etag()).await.expect(200);
        assert_ne!(changed.etag(), made.etag());
        put(&body).if_match(made.etag()).await.expect_problem(412, "precondition_failed");
        let late = put(&other).if_match(made.etag()).await.expect(200);
        assert_eq!(late.etag(), changed.etag(), "the same again is no second change");

        let read = app.get(&who, &path).await.expect(200);
        assert_eq!((&read.json, read.etag()), (&changed.json, changed.etag()));
        for (field, value) in other.as_object().unwrap() {
            assert_eq!(&read.json[field], value, "{field} of {path}");
        }
        app.get(&who, &path).header("if-none-match", read.etag()).await.expect(304);
    }
}

async fn what_no_place_can_be_is_refused_at_its_place(app: TestApp) {
    let who = Persona::administrator(&app).await;
    let brand = make_brand(&app, &who).await;
    let good = [
        ("brands", json!({"name": "Lumen", "language": "fr"})),
        ("regions", region_body(brand, None, "France")),
        ("branches", branch_body(brand, None, "FR-1")),
    ];
    for (kind, field, values) in [
        ("brands", "name", vec![json!(""), json!(" "), json!("a\0b"), json!("a\nb"), json!("x".repeat(201))]),
        ("brands", "language", vec![json!(""), json!("french"), json!("f\0")]),
        ("brands", "minimum_visits", vec![json!(1), json!(1001), json!(2.5), json!("3")]),
        ("brands", "maximum_margin", vec![json!(0), json!(10_001), json!("5 %")]),
        ("brands", "recognition", vec![json!(true), json!([true])]),
        ("regions", "name", vec![json!(""), json!("a/b"), json!("\0"), json!(null), json!("é".repeat(201))]),
        ("regions", "parent_id", vec![json!(id::<()>()), json!("no"), json!(brand)]),
        ("branches", "code", vec![json!(""), json!("\0"), json!("x".repeat(65)), json!(7)]),
        ("branches", "address", vec![json!(""), json!("a\nb"), json!("x".repeat(501))]),
        ("branches", "latitude", vec![json!(90.000_1), json!(-91), json!("48"), json!(null)]),
        ("branches", "longitude", vec![json!(180.000_1), json!(-181)]),
        ("branches", "time_zone", vec![json!("Paris"), json!("europe/paris"), json!("../UTC"), json!("\0")]),
        ("branches", "region_id", vec![json!(id::<()>()), json!(brand)]),
        (
            "branches",
            "languages",
            vec![json!([]), json!(["fr", "fr"]), json!("french"), json!(vec!["fr"; 21])],
        ),
        ("branches", "opening_hours", vec![json!("always")]),
    ] {
        for value in values {
            let (_, mut body) = good.iter().find(|(of, _)| *of == kind).unwrap().clone();
            body[field] = value;
            let answer = app.put(&who, format!("/v1/{kind}/{}", id::<()>()), body).await;
            answer.expect_invalid(&format!("/{field}"));
        }
    }
    let mut body = branch_body(brand, None, "FR-1");
    body["languages"] = json!(["fr", "french"]);
    app.put(&who, format!("/v1/branches/{}", id::<()>()), body).await.expect_invalid("/languages/1");
    nothing_is_kept(&app, &who, brand).await;
}

async fn regions_nest_and_stay_where_they_are(app: TestApp) {
    let who = Persona::administrator(&app).await;
    let (brand, other) = (make_brand(&app, &who).await, make_brand(&app, &who).await);
    let top = make_region(&app, &who, brand, None, "1").await;
    let mut deepest = top;
    for depth in 2..=32 {
        deepest = make_region(&app, &who, brand, Some(deepest), &depth.to_string()).await;
    }
    let put = async |body| app.put(&who, format!("/v1/regions/{}", id::<()>()), body).await;
    let answer = put(region_body(brand, Some(deepest), "33")).await.expect_invalid("/parent_id");
    assert_eq!(answer.json["errors"][0]["code"], "depth");
    let list = format!("/v1/regions?region_id={top}");
    assert_eq!(names(&app, &who, &list, "name").await, set(1..=32));

    put(region_body(brand, None, "1")).await.expect_problem(409, "conflict");
    put(region_body(brand, Some(top), "2")).await.expect_problem(409, "conflict");
    put(region_body(brand, Some(top), "1")).await.expect(201);
    put(region_body(other, None, "1")).await.expect(201);
    put(region_body(other, Some(top), "2")).await.expect_invalid("/parent_id");
    put(region_body(id(), None, "1")).await.expect_problem(404, "not_found");

    let stays = make_region(&app, &who, brand, None, "Stays").await;
    for body in [
        region_body(brand, Some(top), "Stays"),
        region_body(brand, Some(stays), "Stays"), // in itself
        region_body(other, None, "Stays"),
        region_body(brand, None, "1"),
    ] {
        let put = app.put(&who, format!("/v1/regions/{stays}"), body).if_match("\"1\"");
        put.await.expect_problem(409, "conflict");
    }
}

async fn branches_have_one_code_and_stay_where_they_are(app: TestApp) {
    let who = Persona::administrator(&app).await;
    let (brand, other) = (make_brand(&app, &who).await, make_brand(&app, &who).await);
    let region = make_region(&app, &who, brand, None, "France").await;
    let stays: BranchId = id();
    let put = |branch: BranchId, body| app.put(&who, format!("/v1/branches/{branch}"), body);
    put(stays, branch_body(brand, Some(region), "A")).await.expect(201);
    put(id(), branch_body(brand, None, "A")).await.expect_problem(409, "conflict");
    put(id(), branch_body(brand, None, "B")).await.expect(201);
    put(id(), branch_body(other, None, "A")).await.expect(201);
    put(id(), branch_body(other, Some(region), "C")).await.expect_invalid("/region_id");
    put(id(), branch_body(id(), None, "A")).await.expect_problem(404, "not_found");
    for body in
        [branch_body(brand, None, "A"), branch_body(other, None, "A"), branch_body(brand, Some(region), "B")]
    {
        put(stays, body).if_match("\"1\"").await.expect_problem(409, "conflict");
    }
}

/// A phone or an impatient person sends it many times at once; or many people have the same idea.
async fn many_who_make_the_same_place_make_one(app: TestApp) {
    let who = Persona::administrator(&app).await;
    let brand = make_brand(&app, &who).await;
    for (kind, body) in
        [("regions", region_body(brand, None, "France")), ("branches", branch_body(brand, None, "FR-1"))]
    {
        let same = format!("/v1/{kind}/{}", id::<()>());
        let mut statuses: Vec<_> = join_all((0..10).map(async |_| app.put(&who, &same, body.clone()).await))
            .await
            .iter()
            .map(|answer| answer.status)
            .collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [[200; 9].as_slice(), &[201]].concat());
        let others =
            (0..10).map(async |_| app.put(&who, format!("/v1/{kind}/{}", id::<()>()), body.clone()).await);
        for answer in join_all(others).await {
            answer.expect_problem(409, "conflict");
        }
        assert_eq!(walk(&app, &who, &format!("/v1/{kind}?brand_id={brand}"), 50).await.len(), 1);
    }
}

async fn lists_are_complete_and_filtered(app: TestApp) {
    let who = Persona::administrator(&app).await;
    let (brand, other) = (make_brand(&app, &who).await, make_brand(&app, &who).await);
    let lines = (0..45).map(|i| line(&format!("R{}/C{}", i % 2, i % 6), &i.to_string(), "Lumen"));
    let lines = lines.chain((45..50).map(|i| line("", &i.to_string(), "Lumen")));
    import(&app, &who, brand, file(lines)).await.expect(200);
    import(&app, &who, other, file([line("R0", "0", "Other")])).await.expect(200);
    let regions = walk(&app, &who, &format!("/v1/regions?brand_id={brand}"), 50).await;
    let id_of =
        |name: &str| regions.iter().find(|region| region["name"] == name).unwrap()["id"].as_str().unwrap();
    let (r0, c4) = (id_of("R0"), id_of("C4"));

    let all = set(["R0", "R1", "C0", "C1", "C2", "C3", "C4", "C5"]);
    for (filter, regions, branches) in [
        (format!("brand_id={brand}"), all, set(0..50)),
        (format!("region_id={r0}"), set(["R0", "C0", "C2", "C4"]), set((0..45).step_by(2))),
        (format!("region_id={c4}&brand_id={brand}"), set(["C4"]), set((4..45).step_by(6))),
        (format!("region_id={c4}&brand_id={other}"), set([""; 0]), set([""; 0])),
        (format!("brand_id={other}"), set(["R0"]), set([0])),
        (format!("region_id={}", id::<()>()), set([""; 0]), set([""; 0])),
    ] {
        assert_eq!(names(&app, &who, &format!("/v1/regions?{filter}"), "name").await, regions, "{filter}");
        assert_eq!(names(&app, &who, &format!("/v1/branches?{filter}"), "code").await, branches, "{filter}");
    }
    for list in ["/v1/brands", "/v1/regions", "/v1/branches"] {
        let whole = walk(&app, &who, list, 200).await;
        for limit in [1, 7, 51] {
            assert_eq!(walk(&app, &who, list, limit).await, whole, "{list} by {limit}");
        }
    }
}

async fn names_that_look_the_same_are_one(app: TestApp) {
    let who = Persona::administrator(&app).await;
    let brand = make_brand(&app, &who).await;
    let name = |name: &str| json!({"brand_id": brand, "name": name});
    app.put(&who, format!("/v1/regions/{}", id::<()>()), name("\u{ce}le")).await.expect(201);
    let twin = app.put(&who, format!("/v1/regions/{}", id::<()>()), name("I\u{302}le")).await;
    twin.expect_problem(409, "conflict");
    let code =
        |code: &str| app.put(&who, format!("/v1/branches/{}", id::<()>()), branch_body(brand, None, code));
    code("\u{ce}-1").await.expect(201);
    code("I\u{302}-1").await.expect_problem(409, "conflict");
}

async fn a_branch_may_have_no_position(app: TestApp) {
    let who = Persona::administrator(&app).await;
    let brand = make_brand(&app, &who).await;
    let path = format!("/v1/branches/{}", id::<()>());
    let mut body = branch_body(brand, None, "FR-1");
    let (north, east) = (body["latitude"].take(), body["longitude"].take());
    let made = app.put(&who, &path, body.clone()).await.expect(201);
    assert_eq!((made.json.get("latitude"), made.json.get("longitude")), (None, None));
    body["latitude"] = north;
    app.put(&who, &path, body.clone()).if_match("\"1\"").await.expect_invalid("/longitude");
    body["longitude"] = east;
    let changed = app.put(&who, &path, body).if_match("\"1\"").await.expect(200);
    assert_eq!((&changed.json["latitude"], &changed.json["longitude"]), (&json!(41.0082), &json!(28.9784)));
}

async fn managers_see_their_part_of_the_tree(app: TestApp) {
    let who = Persona::administrator(&app).await;
    let (brand, other) = (make_brand(&app, &who).await, make_brand(&app, &who).await);
    let places = [("", "root"), ("A", "a"), ("A/B", "b"), ("A/B/C", "c"), ("D", "d")];
    import(&app, &who, brand, file(places.map(|(region, code)| line(region, code, "Lumen"))))
        .await
        .expect(200);
    let regions = walk(&app, &who, "/v1/regions", 50).await;
    let branches = walk(&app, &who, "/v1/branches", 50).await;
    let of_brand = |brand: BrandId| GrantScope { brand_id: Some(brand), ..GrantScope::default() };
    let in_region = |name: &str| {
        let region = regions.iter().find(|region| region["name"] == name).unwrap();
        GrantScope { region_id: serde_json::from_value(region["id"].clone()).unwrap(), ..of_brand(brand) }
    };
    let at_branch = |code: &str| {
        let branch = branches.iter().find(|branch| branch["code"] == code).unwrap();
        GrantScope { branch_id: serde_json::from_value(branch["id"].clone()).unwrap(), ..of_brand(brand) }
    };
    for (scopes, seen_regions, seen_branches) in [
        (vec![of_brand(brand)], vec!["A", "B", "C", "D"], vec!["root", "a", "b", "c", "d"]),
        (vec![in_region("A")], vec!["A", "B", "C"], vec!["a", "b", "c"]),
        (vec![in_region("B")], vec!["B", "C"], vec!["b", "c"]),
        (vec![in_region("C")], vec!["C"], vec!["c"]),
        (vec![at_branch("b")], vec![], vec!["b"]),
        (vec![in_region("C"), at_branch("root")], vec!["C"], vec!["root", "c"]),
        (vec![in_region("B"), in_region("C")], vec!["B", "C"], vec!["b", "c"]),
        (vec![of_brand(other)], vec![], vec![]),
    ] {
        let grants: Vec<_> = scopes.iter().map(|&scope| (Role::Manager, scope)).collect();
        let manager = Persona::with(&app, &grants).await;
        for (list, all, field, seen) in [
            ("/v1/regions", &regions, "name", set(seen_regions)),
            ("/v1/branches", &branches, "code", set(seen_branches)),
        ] {
            assert_eq!(names(&app, &manager, list, field).await, seen, "{scopes:?}");
            for item in all {
                let wanted = if seen.contains(item[field].as_str().unwrap()) { 200 } else { 404 };
                app.get(&manager, format!("{list}/{}", item["id"].as_str().unwrap())).await.expect(wanted);
            }
        }
        let brands = names(&app, &manager, "/v1/brands", "id").await;
        assert_eq!(brands, set(scopes[0].brand_id), "{scopes:?}");
    }
}
