//! Places: made and changed by hand, imported from a file, and seen by those whose they are.

use std::collections::BTreeSet;

use actix_web::{http::Method, web::Bytes};
use futures_util::future::join_all;
use incognito::{
    accounts::model::{GrantScope, Role},
    ids::{BranchId, BrandId, RegionId},
};
use serde_json::{Value, json};

use crate::{
    app::{Answer, Call, TestApp, each_engine_test, id},
    builders::branch_body,
    personas::Persona,
};

mod files;

each_engine_test!(
    places_are_made_repeated_and_changed,
    what_no_place_can_be_is_refused_at_its_place,
    regions_nest_and_stay_where_they_are,
    branches_have_one_code_and_stay_where_they_are,
    many_who_make_the_same_place_make_one,
    lists_are_complete_and_filtered,
    managers_see_their_part_of_the_tree,
    a_file_makes_places_and_again_changes_nothing,
    every_bad_line_is_told_and_nothing_is_kept,
    the_first_line_names_the_columns,
    an_import_moves_nothing,
    ten_thousand_branches_fit_into_a_file,
    files_at_once_double_nothing,
    files_that_are_none_or_not_allowed_are_refused,
    files_as_spreadsheet_programs_write_them,
);

const HEADER: &str = "region,branch,name,address,latitude,longitude,time_zone,languages";

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

fn line(region: &str, code: &str, name: &str) -> String {
    format!("{region},{code},{name},\"1 rue X, Paris\",48.8564,2.3546,Europe/Paris,fr;en\n")
}

fn file(lines: impl IntoIterator<Item = String>) -> String {
    lines.into_iter().fold(format!("{HEADER}\n"), |file, line| file + &line)
}

fn import<'a>(app: &'a TestApp, who: &Persona, brand: BrandId, file: impl Into<Bytes>) -> Call<'a> {
    app.call(Method::POST, format!("/v1/brands/{brand}/places/import")).by(who).body("text/csv", file)
}

fn imported(
    regions_added: u32,
    branches_added: u32,
    branches_changed: u32,
    branches_unchanged: u32,
) -> Value {
    json!({"regions_added": regions_added, "branches_added": branches_added,
        "branches_changed": branches_changed, "branches_unchanged": branches_unchanged})
}

/// What an import counts.
fn counts(answer: &Answer) -> Value {
    let fields = ["regions_added", "branches_added", "branches_changed", "branches_unchanged"];
    fields
        .into_iter()
        .map(|field| (field.to_owned(), answer.json[field].clone()))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// Pointer and code of every mistake.
fn mistakes(answer: &Answer) -> Vec<(String, String)> {
    let errors = answer.json["errors"].as_array().unwrap();
    let text = |error: &Value, field: &str| error[field].as_str().unwrap().to_owned();
    errors.iter().map(|error| (text(error, "pointer"), text(error, "code"))).collect()
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
        ("brands", "language", vec![json!(""), json!("french"), json!("f\0"), json!("FR")]),
        ("brands", "minimum_visits", vec![json!(1), json!(1001), json!(2.5), json!("3")]),
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

async fn a_file_makes_places_and_again_changes_nothing(app: TestApp) {
    let who = Persona::administrator(&app).await;
    let brand = make_brand(&app, &who).await;
    make_region(&app, &who, brand, None, "Europe").await;
    let first = "\u{feff}languages,time_zone,longitude,latitude,address,name,branch,region\r\n\
        fr;en,Europe/Paris,2.3546,48.8564,\"42, rue \"\"X\"\"\",  Lumen Marais ,FR-1, Europe / France \r\n\
        \r\n\
        bg,Europe/Sofia,23.32,42.69,\"бул. „Витоша“ 48\",Lumen София,BG-1,Europe/Bulgaria\r\n\
        en,UTC,0,-90,The South Pole,Lumen Pole,P-1,";
    let answer = import(&app, &who, brand, first).await.expect(200);
    assert_eq!(counts(&answer), imported(2, 3, 0, 0));
    assert_eq!(names(&app, &who, "/v1/regions", "name").await, set(["Europe", "France", "Bulgaria"]));
    let branches = async || {
        let mut all = walk(&app, &who, "/v1/branches", 50).await;
        all.sort_by_key(|branch| branch["code"].to_string());
        all
    };
    let made = branches().await;
    let [sofia, paris, pole] = made.as_slice() else { panic!("{made:?}") };
    for (field, value) in [
        ("code", json!("FR-1")),
        ("name", json!("Lumen Marais")),
        ("address", json!("42, rue \"X\"")),
        ("latitude", json!(48.8564)),
        ("longitude", json!(2.3546)),
        ("time_zone", json!("Europe/Paris")),
        ("languages", json!(["fr", "en"])),
        ("brand_id", json!(brand)),
    ] {
        assert_eq!(paris[field], value, "{field}");
    }
    assert_eq!((&sofia["name"], pole.get("region_id")), (&json!("Lumen София"), None));
    let region =
        app.get(&who, format!("/v1/regions/{}", paris["region_id"].as_str().unwrap())).await.expect(200);
    assert_eq!((region.text("/name"), region.json["parent_id"].is_string()), ("France".to_owned(), true));

    app.advance(60);
    let again = import(&app, &who, brand, first).await.expect(200);
    assert_eq!(counts(&again), imported(0, 0, 0, 3));
    assert_eq!(branches().await, made, "nothing is doubled, and nothing has changed");

    let second = first.replace("The South Pole", "Amundsen–Scott").replace("Lumen София", "Lumen Sofia");
    let second = second + "\nfr,Europe/Paris,1,48,2 rue Y,New,FR-2,Europe/France";
    assert_eq!(counts(&import(&app, &who, brand, second).await.expect(200)), imported(0, 1, 2, 1));
    let later = branches().await;
    assert_eq!(
        (&later[1], &later[3]["id"], &later[3]["address"]),
        (paris, &pole["id"], &json!("Amundsen–Scott"))
    );
    for (branch, revision) in [(&later[0], "\"2\""), (&later[1], "\"1\""), (&later[3], "\"2\"")] {
        let read =
            app.get(&who, format!("/v1/branches/{}", branch["id"].as_str().unwrap())).await.expect(200);
        assert_eq!((&read.json, read.etag()), (branch, revision));
    }
}

async fn every_bad_line_is_told_and_nothing_is_kept(app: TestApp) {
    const PLAIN: &str = "a line of text without control characters, and not only white space";
    const LATITUDE: &str = "degrees from -90 to 90, such as 48.85";
    const LONGITUDE: &str = "degrees from -180 to 180, such as 48.85";
    const ZONE: &str = "an IANA time zone, such as Europe/Paris";
    const TAGS: &str = "1 to 20 different language tags separated by ;, such as fr;pt-BR";
    let who = Persona::administrator(&app).await;
    let brand = make_brand(&app, &who).await;
    let (deep, long) = ("x/".repeat(32) + "x", "é".repeat(501));
    let table: &[(usize, &str, &str, &str, &str)] = &[
        (0, "Europe//France", "/region", "format", "names of regions separated by /, none of them empty"),
        (0, &deep, "/region", "depth", "regions nest at most 32 deep"),
        (0, "Eu\0rope", "/region", "format", PLAIN),
        (1, "", "/branch", "required", "this is missing"),
        (1, &long, "/branch", "length", "has 501 characters; at most 64"),
        (1, "FR-0", "/branch", "duplicate", "line 2 has this code already"),
        (2, " ", "/name", "required", "this is missing"),
        (2, &long, "/name", "length", "has 501 characters; at most 200"),
        (3, "a\0b", "/address", "format", PLAIN),
        (3, &long, "/address", "length", "has 501 characters; at most 500"),
        (4, "", "/longitude", "required", "a position has a latitude and a longitude, or neither"),
        (4, "90.1", "/latitude", "range", LATITUDE),
        (4, "NaN", "/latitude", "range", LATITUDE),
        (5, "\"2,3,5\"", "/longitude", "range", LONGITUDE),
        (6, "Paris", "/time_zone", "format", ZONE),
        (7, "french", "/languages", "format", TAGS),
        (7, "fr;fr", "/languages", "format", TAGS),
        (7, "fr,en", "", "columns", "has 9 values; the header names 8 columns"),
    ];
    let mut lines = vec![line("Europe/France", "FR-0", "Good")];
    for (i, (column, cell, ..)) in table.iter().enumerate() {
        let code = format!("FR-{}", i + 1);
        let mut cells = ["Europe", &code, "Lumen", "1 rue X", "48", "2", "Europe/Paris", "fr"];
        cells[*column] = cell;
        lines.push(cells.join(",") + "\n");
    }
    lines.push("short,line\n".to_owned());
    lines.push(",FR-99,,,x,y,,\n".to_owned());
    let answer = import(&app, &who, brand, file(lines)).await.expect_problem(422, "invalid");

    let mut wanted: Vec<_> = (3..).zip(table).map(|(n, &(_, _, at, code, why))| (n, at, code, why)).collect();
    let n = 3 + table.len();
    wanted.push((n, "", "columns", "has 2 values; the header names 8 columns"));
    wanted.push((n + 1, "/name", "required", "this is missing"));
    wanted.push((n + 1, "/address", "required", "this is missing"));
    wanted.push((n + 1, "/latitude", "range", LATITUDE));
    wanted.push((n + 1, "/longitude", "range", LONGITUDE));
    let said = |(line, at, code, why)| json!({"pointer": format!("/lines/{line}{at}"), "code": code, "message": why});
    assert_eq!(answer.json["errors"], wanted.iter().copied().map(said).collect::<Value>());
    let total = format!("Nothing was imported: there are {} mistakes.", wanted.len());
    assert_eq!(answer.text("/detail"), total);
    nothing_is_kept(&app, &who, brand).await;
}

async fn the_first_line_names_the_columns(app: TestApp) {
    let who = Persona::administrator(&app).await;
    let brand = make_brand(&app, &who).await;
    let good = line("Europe", "FR-1", "Lumen");
    let without = HEADER.replace(",address", "");
    for (file, wanted) in [
        (format!("{HEADER},branch\n{good}"), vec![("1/branch", "duplicate")]),
        (format!("{without}\n{good}"), vec![("1/address", "required")]),
        (format!("\n{}\n{good}", HEADER.replace(",name", ",title")), vec![("2/name", "required")]),
        (String::new(), vec![("1", "required")]),
        ("\u{feff}\r\n".to_owned(), vec![("1", "required")]),
    ] {
        let answer = import(&app, &who, brand, file.clone()).await.expect_problem(422, "invalid");
        let wanted: Vec<_> =
            wanted.iter().map(|(at, code)| (format!("/lines/{at}"), (*code).to_owned())).collect();
        assert_eq!(mistakes(&answer), wanted, "{file}");
    }
    nothing_is_kept(&app, &who, brand).await;
    assert_eq!(counts(&import(&app, &who, brand, HEADER).await.expect(200)), imported(0, 0, 0, 0));
}

async fn an_import_moves_nothing(app: TestApp) {
    let who = Persona::administrator(&app).await;
    let brand = make_brand(&app, &who).await;
    let there = [line("Europe", "FR-1", "Lumen"), line("", "FR-2", "Lumen"), line("Asia", "KZ-1", "Lumen")];
    import(&app, &who, brand, file(there)).await.expect(200);
    let before = walk(&app, &who, "/v1/branches", 50).await;
    let moved = [
        line("Europe", "FR-3", "New"),
        line("Europe/France", "FR-1", "Lumen"),
        line("Asia", "KZ-1", "Changed"),
        line("Europe", "FR-2", "Lumen"),
    ];
    let answer = import(&app, &who, brand, file(moved)).await.expect_problem(422, "invalid");
    let wanted = ["/lines/3/region", "/lines/5/region"].map(|at| (at.to_owned(), "conflict".to_owned()));
    assert_eq!(mistakes(&answer), wanted);
    assert_eq!(walk(&app, &who, "/v1/branches", 50).await, before);
    assert_eq!(names(&app, &who, "/v1/regions", "name").await, set(["Europe", "Asia"]));
}

async fn ten_thousand_branches_fit_into_a_file(app: TestApp) {
    let who = Persona::administrator(&app).await;
    let brand = make_brand(&app, &who).await;
    let chain = |name: &str| {
        let region = |i: usize| format!("R{}/C{}/P{}", i % 5, i % 50, i % 500);
        file((0..10_000).map(|i| line(&region(i), &format!("B-{i}"), &format!("{name} {i}"))))
    };
    for (name, wanted) in [
        ("Lumen", imported(5 + 50 + 500, 10_000, 0, 0)),
        ("Lumen", imported(0, 0, 0, 10_000)),
        ("Lux", imported(0, 0, 10_000, 0)),
    ] {
        assert_eq!(counts(&import(&app, &who, brand, chain(name)).await.expect(200)), wanted);
    }
    let codes = names(&app, &who, "/v1/branches", "code").await;
    assert_eq!(codes, set((0..10_000).map(|i| format!("B-{i}"))));
}

async fn files_at_once_double_nothing(app: TestApp) {
    let who = Persona::administrator(&app).await;
    let brand = make_brand(&app, &who).await;
    let some = |from: u32, to: u32| {
        file((from..to).map(|i| line(&format!("R{}/C{}", i % 3, i % 9), &i.to_string(), "Lumen")))
    };
    let files = [some(0, 60), some(30, 90), some(0, 60), some(30, 90)];
    let answers = join_all(files.map(async |file| import(&app, &who, brand, file).await)).await;
    let sum = |field: &str| answers.iter().map(|answer| answer.json[field].as_u64().unwrap()).sum::<u64>();
    assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
    assert_eq!((sum("regions_added"), sum("branches_added")), (3 + 9, 90));
    assert_eq!((sum("branches_changed"), sum("branches_unchanged")), (0, 4 * 60 - 90));
    assert_eq!(walk(&app, &who, "/v1/regions", 50).await.len(), 3 + 9);
    assert_eq!(names(&app, &who, "/v1/branches", "code").await, set(0..90));
}

async fn files_that_are_none_or_not_allowed_are_refused(app: TestApp) {
    let who = Persona::administrator(&app).await;
    let (brand, other) = (make_brand(&app, &who).await, make_brand(&app, &who).await);
    let region = make_region(&app, &who, other, None, "Europe").await;
    let of_brand = |brand: BrandId| GrantScope { brand_id: Some(brand), ..GrantScope::default() };
    let in_region = GrantScope { region_id: Some(region), ..of_brand(other) };
    let good = file([line("Europe", "FR-1", "Lumen")]);
    for (role, scope, to, status, code) in [
        (Role::Manager, of_brand(brand), brand, 403, "forbidden"),
        (Role::Designer, GrantScope::default(), brand, 403, "forbidden"),
        (Role::Administrator, of_brand(other), brand, 404, "not_found"),
        (Role::Administrator, in_region, other, 404, "not_found"),
        (Role::Administrator, of_brand(brand), id(), 404, "not_found"),
    ] {
        let other = Persona::with(&app, &[(role, scope)]).await;
        import(&app, &other, to, good.clone()).await.expect_problem(status, code);
    }
    import(&app, &Persona::nobody(), brand, good.clone()).await.expect_problem(401, "sign_in_needed");
    for media_type in ["application/json", "text/plain", "text/csvx"] {
        let call = import(&app, &who, brand, good.clone()).header("content-type", media_type);
        call.await.expect_problem(415, "unsupported_media_type");
    }
    let call = import(&app, &who, brand, good.clone()).header("content-type", "text/csv; charset=klingon");
    call.await.expect_problem(415, "unsupported_media_type");
    let damaged = [file([line("Европа", "FR-1", "Люмен")]).as_bytes(), b"Europe,FR-2,\xce le\n"].concat();
    let answer = import(&app, &who, brand, damaged).await.expect_problem(422, "invalid");
    assert_eq!(mistakes(&answer), [("/lines/3".to_owned(), "encoding".to_owned())]);
    let padded = |size: usize| good.clone() + &"\n".repeat(size - good.len());
    import(&app, &who, brand, padded((8 << 20) + 1)).await.expect_problem(413, "body_too_large");
    nothing_is_kept(&app, &who, brand).await;

    let own = Persona::with(&app, &[(Role::Administrator, of_brand(brand))]).await;
    let call = import(&app, &own, brand, padded(8 << 20)).header("content-type", "Text/CSV; charset=utf-8");
    assert_eq!(counts(&call.await.expect(200)), imported(1, 1, 0, 0));
}

async fn files_as_spreadsheet_programs_write_them(app: TestApp) {
    let who = Persona::administrator(&app).await;
    for (file, regions, branches) in [
        (&include_bytes!("cases/places/places-semicolons-decimal-comma-excel.csv")[..], 1, 1),
        (include_bytes!("cases/places/places-trailing-empty-column-excel.csv"), 1, 1),
        (include_bytes!("cases/places/places-region-nfc-and-nfd.csv"), 1, 2),
    ] {
        let brand = make_brand(&app, &who).await;
        let answer = import(&app, &who, brand, file).await.expect(200);
        assert_eq!(counts(&answer), imported(regions, branches, 0, 0));
        let again = import(&app, &who, brand, file).await.expect(200);
        assert_eq!(counts(&again), imported(0, 0, 0, branches));
        let listed = app.get(&who, format!("/v1/branches?brand_id={brand}")).await.expect(200);
        let branch = &listed.json["items"][0];
        assert_eq!((&branch["latitude"], &branch["longitude"]), (&json!(48.1), &json!(2.1)));
    }
    // By the API as well a name that looks the same is the same.
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
