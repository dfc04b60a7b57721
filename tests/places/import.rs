//! Places imported from a file: whole or not at all.

use actix_web::{http::Method, web::Bytes};
use futures_util::future::join_all;
use incognito::{
    accounts::model::{GrantScope, Role},
    ids::BrandId,
};
use serde_json::{Value, json};

use super::{make_brand, make_region, names, nothing_is_kept, only, set, walk};
use crate::{
    app::{Answer, Call, TestApp, each_engine_test, id},
    personas::Persona,
};

each_engine_test!(
    a_file_makes_places_and_again_changes_nothing,
    every_bad_line_is_told_and_nothing_is_kept,
    the_first_line_names_the_columns,
    an_import_moves_nothing,
    ten_thousand_branches_fit_into_a_file,
    files_at_once_double_nothing,
    files_that_are_none_or_not_allowed_are_refused,
    files_as_spreadsheet_programs_write_them,
);

pub(super) const HEADER: &str = "region,branch,name,address,latitude,longitude,time_zone,languages";

pub(super) fn line(region: &str, code: &str, name: &str) -> String {
    format!("{region},{code},{name},\"1 rue X, Paris\",48.8564,2.3546,Europe/Paris,fr;en\n")
}

pub(super) fn file(lines: impl IntoIterator<Item = String>) -> String {
    lines.into_iter().fold(format!("{HEADER}\n"), |file, line| file + &line)
}

pub(super) fn import<'a>(
    app: &'a TestApp,
    who: &Persona,
    brand: BrandId,
    file: impl Into<Bytes>,
) -> Call<'a> {
    app.call(Method::POST, format!("/v1/brands/{brand}/places/import")).by(who).body("text/csv", file)
}

pub(super) fn imported(
    regions_added: u32,
    branches_added: u32,
    branches_changed: u32,
    branches_unchanged: u32,
) -> Value {
    json!({"regions_added": regions_added, "branches_added": branches_added,
        "branches_changed": branches_changed, "branches_unchanged": branches_unchanged})
}

/// What an import counts.
pub(super) fn counts(answer: &Answer) -> Value {
    only(answer, &["regions_added", "branches_added", "branches_changed", "branches_unchanged"])
}

/// Pointer and code of every mistake.
pub(super) fn mistakes(answer: &Answer) -> Vec<(String, String)> {
    let errors = answer.json["errors"].as_array().unwrap();
    let text = |error: &Value, field: &str| error[field].as_str().unwrap().to_owned();
    errors.iter().map(|error| (text(error, "pointer"), text(error, "code"))).collect()
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
    let mistake = |(line, at, code, why)| json!({"pointer": format!("/lines/{line}{at}"), "code": code, "message": why});
    assert_eq!(answer.json["errors"], wanted.iter().copied().map(mistake).collect::<Value>());
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
    let lines = [line("Europe", "FR-1", "Lumen"), line("", "FR-2", "Lumen"), line("Asia", "KZ-1", "Lumen")];
    import(&app, &who, brand, file(lines)).await.expect(200);
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
    let unnamed = import(&app, &own, brand, good).header("content-type", "application/octet-stream");
    assert_eq!(counts(&unnamed.await.expect(200)), imported(0, 0, 0, 1));
}

async fn files_as_spreadsheet_programs_write_them(app: TestApp) {
    let who = Persona::administrator(&app).await;
    for (file, regions, branches) in [
        (&include_bytes!("../cases/places/places-semicolons-decimal-comma-excel.csv")[..], 1, 1),
        (include_bytes!("../cases/places/places-trailing-empty-column-excel.csv"), 1, 1),
        (include_bytes!("../cases/places/places-region-nfc-and-nfd.csv"), 1, 2),
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
}
