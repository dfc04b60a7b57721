//! OData: the tables are the lists, to the last digit; what is not supported has its name; and pages cover each row once.

mod figures;
mod pieces;
mod taken;

use std::collections::BTreeMap;

use actix_web::http::Method;
use data_encoding::BASE64;
use incognito::accounts::model::{GrantScope, Role};
use serde_json::{Value, json};

use crate::{
    api_keys::program,
    app::{Answer, TestApp, each_engine_test},
    builders::World,
    personas::Persona,
    reports::release_all,
    reviews::{approve, exclude, reject},
};

each_engine_test!(
    tables_are_described,
    places_are_those_in_reach,
    visits_are_those_of_the_list_over_filters,
    reports_are_those_of_the_list,
    pages_cover_each_row_once,
    rows_are_sorted_and_counted,
    groups_are_the_figures_of_scores,
    what_is_not_supported_has_its_name,
    what_is_made_to_break_in_reads_nothing,
    spreadsheets_are_asked_for_a_key,
);

/// Visits in several states; those who read them at desks, and at the branch's side.
async fn scene(app: &TestApp) -> (World, Persona) {
    let world = World::build(app).await;
    let visits: Vec<_> =
        world.brands.iter().flat_map(|brand| &brand.regions).flat_map(|region| &region.branches).collect();
    for branch in &visits[..4] {
        approve(app, &world.staff.reviewer, branch.visit).await.expect(200);
    }
    reject(app, &world.staff.reviewer, visits[4].visit).await.expect(200);
    exclude(app, &world.staff.reviewer, visits[5].visit).await.expect(200);
    let auditor = Persona::everywhere(app, Role::Auditor).await;
    (world, auditor)
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn rows(answer: &Answer) -> Vec<Value> {
    answer.json["value"].as_array().unwrap_or_else(|| panic!("no rows: {answer}")).clone()
}

fn by_id(rows: Vec<Value>) -> BTreeMap<String, Value> {
    let count = rows.len();
    let rows: BTreeMap<_, _> =
        rows.into_iter().map(|row| (row["id"].as_str().unwrap().to_owned(), row)).collect();
    assert_eq!(rows.len(), count, "a row is there twice");
    rows
}

/// All rows, page after page.
async fn all(app: &TestApp, who: &Persona, first: &str, size: usize) -> Vec<Value> {
    let (mut found, mut next) = (Vec::new(), Some(first.to_owned()));
    while let Some(path) = next {
        let call = app.get(who, &path).header("prefer", &format!("odata.maxpagesize={size}"));
        let page = call.await.expect(200);
        assert_eq!(page.header("preference-applied"), format!("odata.maxpagesize={size}"));
        let some = rows(&page);
        assert!(some.len() <= size, "{page}");
        found.extend(some);
        let link = page.json.get("@odata.nextLink").map(|link| link.as_str().unwrap().to_owned());
        next = link.map(|link| link[link.find("/odata").unwrap()..].to_owned());
        assert!(found.len() < 1_000, "it goes on for ever");
    }
    found
}

async fn tables_are_described(app: TestApp) {
    let who = Persona::everywhere(&app, Role::Manager).await;
    for path in ["/odata", "/odata/", "/odata/?$format=json"] {
        let service = app.get(&who, path).await.expect(200);
        assert_eq!(service.header("odata-version"), "4.0");
        assert!(service.header("content-type").starts_with("application/json"), "{service}");
        let names: Vec<_> =
            rows(&service).iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect();
        assert_eq!(names, ["Brands", "Regions", "Branches", "Visits", "Reports", "Scores", "Subjects"]);
        assert!(service.text("/@odata.context").ends_with("/odata/$metadata"));
    }
    let metadata = app.get(&who, "/odata/$metadata").await.expect(200);
    assert_eq!(
        (metadata.header("odata-version"), metadata.header("content-type")),
        ("4.0", "application/xml")
    );
    let text = String::from_utf8(metadata.bytes.to_vec()).unwrap();
    for part in [
        "<edmx:Edmx Version=\"4.0\"",
        "<EntitySet Name=\"Visits\" EntityType=\"incognito.Visit\"/>",
        "<Property Name=\"score_percent\" Type=\"Edm.Decimal\" Precision=\"5\" Scale=\"2\">",
        "<Property Name=\"id\" Type=\"Edm.Guid\" Nullable=\"false\">",
    ] {
        assert!(text.contains(part), "no {part} in {text}");
    }
    // Every column of every table is in its rows, and no other.
    let (_, auditor) = scene(&app).await;
    for (set, entity) in
        [("Brands", "Brand"), ("Regions", "Region"), ("Branches", "Branch"), ("Visits", "Visit")]
    {
        let (_, of_type) = text.split_once(&format!("<EntityType Name=\"{entity}\">")).unwrap();
        let (of_type, _) = of_type.split_once("</EntityType>").unwrap();
        let mut wanted: Vec<_> = of_type.split("<Property Name=\"").skip(1).collect();
        wanted.iter_mut().for_each(|one| *one = one.split('"').next().unwrap());
        let page = app.get(&auditor, format!("/odata/{set}?$top=1")).await.expect(200);
        let row = &rows(&page)[0];
        let names: Vec<_> = row.as_object().unwrap().keys().map(String::as_str).collect();
        wanted.sort_unstable();
        assert_eq!(names, wanted, "{set}");
        assert!(page.text("/@odata.context").ends_with(&format!("/odata/$metadata#{set}")), "{page}");
    }
    let full = app
        .get(&auditor, "/odata/Visits?$top=1&$select=id,score")
        .header("accept", "application/json;odata.metadata=full");
    let full = full.await.expect(200);
    let row = &rows(&full)[0];
    assert_eq!((&row["@odata.type"], &row["id@odata.type"]), (&json!("#incognito.Visit"), &json!("#Guid")));
    assert!(
        row["@odata.id"]
            .as_str()
            .unwrap()
            .ends_with(&format!("/odata/Visits({})", row["id"].as_str().unwrap()))
    );
    assert!(full.text("/@odata.context").ends_with("#Visits(id,score)"));
    let none =
        app.get(&auditor, "/odata/Visits?$format=application/json;odata.metadata=none").await.expect(200);
    assert_eq!(none.json.as_object().unwrap().keys().collect::<Vec<_>>(), ["value"]);
}

async fn places_are_those_in_reach(app: TestApp) {
    let (world, _) = scene(&app).await;
    let brand = &world.brands[0];
    for (scope, counts) in [
        (GrantScope::default(), [2, 4, 8]),
        (brand.scope(), [1, 2, 4]),
        (brand.region_scope(0), [1, 1, 2]),
        (brand.branch_scope(0, 0), [1, 0, 1]),
    ] {
        let who = Persona::with(&app, &[(Role::Manager, scope)]).await;
        for (set, list, count) in [
            ("Brands", "brands", counts[0]),
            ("Regions", "regions", counts[1]),
            ("Branches", "branches", counts[2]),
        ] {
            let found = by_id(rows(&app.get(&who, format!("/odata/{set}")).await.expect(200)));
            assert_eq!(found.len(), count, "{set} of {scope:?}");
            let listed = app.get(&who, format!("/v1/{list}?limit=200")).await.expect(200).json;
            for item in listed["items"].as_array().unwrap() {
                let row = &found[item["id"].as_str().unwrap()];
                for (name, cell) in row.as_object().unwrap() {
                    assert_eq!(cell, item.get(name).unwrap_or(&Value::Null), "{name} of {set}");
                }
            }
        }
    }
    let of_brand = format!("/odata/Branches?$filter={}", encoded(&format!("brand_id eq {}", brand.id)));
    let who = Persona::everywhere(&app, Role::Hr).await;
    assert_eq!(rows(&app.get(&who, of_brand).await.expect(200)).len(), 4);
}

/// What the list of visits says of these parameters, and what the table says of this filter.
async fn visits_are_those_of_the_list_over_filters(app: TestApp) {
    let (world, auditor) = scene(&app).await;
    let (brand, branch) = (world.brands[0].id, world.brands[0].regions[0].branches[0].id);
    let received = app.get(&auditor, "/v1/visits?limit=200").await.expect(200).json;
    let received = received["items"][3]["received_at"].as_str().unwrap().to_owned();
    for (filter, parameters) in [
        (String::new(), String::new()),
        (format!("brand_id eq {brand}"), format!("brand_id={brand}")),
        (format!("branch_id eq {branch}"), format!("branch_id={branch}")),
        ("state eq 'approved'".to_owned(), "state=approved".to_owned()),
        ("'excluded' eq state".to_owned(), "state=excluded".to_owned()),
        ("month eq 2026-03-01".to_owned(), "month=2026-03".to_owned()),
        ("month eq 2026-04-01".to_owned(), "month=2026-04".to_owned()),
        ("score ge 5000".to_owned(), "lowest_score=5000".to_owned()),
        ("score_percent le 50.00".to_owned(), "highest_score=5000".to_owned()),
        (format!("received_at ge {received}"), format!("received_from={received}")),
        (format!("received_at lt {received}"), format!("received_before={received}")),
        (
            format!("state eq 'approved' and brand_id eq {brand} and score ne null"),
            format!("state=approved&brand_id={brand}&lowest_score=0"),
        ),
    ] {
        let list = format!("/v1/visits?limit=200&{parameters}");
        let listed = app.get(&auditor, list.trim_end_matches('&')).await.expect(200).json;
        let table = match filter.is_empty() {
            true => "/odata/Visits".to_owned(),
            false => format!("/odata/Visits?$filter={}", encoded(&filter)),
        };
        let found = by_id(rows(&app.get(&auditor, table).await.expect(200)));
        let listed = listed["items"].as_array().unwrap();
        assert_eq!(found.len(), listed.len(), "{filter}");
        for item in listed {
            let row = &found[item["id"].as_str().unwrap()];
            for name in [
                "brand_id",
                "branch_id",
                "assignment_id",
                "checklist_version_id",
                "state",
                "score",
                "received_at",
                "completed_at",
            ] {
                assert_eq!(row[name], item[name], "{name} by {filter}");
            }
            assert_eq!(row["month"], json!(format!("{}-01", item["month"].as_str().unwrap())));
            assert!(row.get("shopper_id").is_none());
        }
        // The same figures as in the file, digit by digit.
        let list = format!("/v1/visits.csv?{parameters}");
        let file = app.get(&auditor, list.trim_end_matches(['&', '?'])).await.expect(200);
        let mut reader = csv::Reader::from_reader(&file.bytes[3..]);
        let names = reader.headers().unwrap().clone();
        let at = |name: &str| names.iter().position(|one| one == name).unwrap();
        let mut count = 0;
        for record in reader.records() {
            let record = record.unwrap();
            let row = &found[&record[at("id")]];
            let written =
                if row["score_percent"].is_null() { String::new() } else { row["score_percent"].to_string() };
            let exact: f64 = record[at("score_percent")].parse().unwrap_or(f64::NAN);
            let own: f64 = written.parse().unwrap_or(f64::NAN);
            assert!(
                (exact.is_nan() && own.is_nan()) || exact.to_string() == own.to_string(),
                "{filter}: {record:?}"
            );
            count += 1;
        }
        assert_eq!(count, found.len(), "{filter}");
    }
    // The decimals are written out.
    let raw = app.get(&auditor, "/odata/Visits?$select=score_percent").await.expect(200);
    let raw = String::from_utf8(raw.bytes.to_vec()).unwrap();
    let decimals = regex::Regex::new(r#""score_percent":(null|[0-9]+\.[0-9]{2})}"#).unwrap();
    assert_eq!(decimals.find_iter(&raw).count(), 8, "{raw}");
    // Those of a region's auditor alone, and none for who lists no visits.
    let of_region = Persona::with(&app, &[(Role::Auditor, world.brands[0].region_scope(0))]).await;
    assert_eq!(rows(&app.get(&of_region, "/odata/Visits").await.expect(200)).len(), 2);
    assert!(rows(&app.get(&world.staff.shopper, "/odata/Visits").await.expect(200)).is_empty());
    for role in [Role::Manager, Role::Hr, Role::Designer] {
        let who = Persona::everywhere(&app, role).await;
        let refused = app.get(&who, "/odata/Visits").await.expect(403);
        assert_eq!(refused.json["error"]["code"], "forbidden");
    }
}

async fn reports_are_those_of_the_list(app: TestApp) {
    let (world, _) = scene(&app).await;
    release_all(&app).await;
    for scope in [GrantScope::default(), world.brands[0].region_scope(0)] {
        let manager = Persona::with(&app, &[(Role::Manager, scope)]).await;
        let listed = app.get(&manager, "/v1/reports?limit=200").await.expect(200).json;
        let listed = listed["items"].as_array().unwrap();
        assert!(!listed.is_empty());
        let found = by_id(rows(&app.get(&manager, "/odata/Reports").await.expect(200)));
        assert_eq!(found.len(), listed.len());
        for item in listed {
            let row = &found[item["id"].as_str().unwrap()];
            for (name, value) in item.as_object().unwrap() {
                assert_eq!(&row[name], value, "{name}");
            }
            assert_eq!(row.as_object().unwrap().len(), item.as_object().unwrap().len() + 1);
        }
        let paged = by_id(all(&app, &manager, "/odata/Reports", 1).await);
        assert_eq!(paged, found);
    }
}

async fn pages_cover_each_row_once(app: TestApp) {
    let (_, auditor) = scene(&app).await;
    for set in ["Brands", "Regions", "Branches", "Visits"] {
        let whole = rows(&app.get(&auditor, format!("/odata/{set}")).await.expect(200));
        for size in [1, 2, 3, 100] {
            assert_eq!(all(&app, &auditor, &format!("/odata/{set}"), size).await, whole, "{set} by {size}");
        }
    }
    let ids = |rows: &[Value]| rows.iter().map(|row| row["id"].clone()).collect::<Vec<_>>();
    let whole = ids(&rows(&app.get(&auditor, "/odata/Visits").await.expect(200)));
    let sorted = "/odata/Visits?$orderby=state%20desc,id";
    let by_state = ids(&rows(&app.get(&auditor, sorted).await.expect(200)));
    // Of rows that are alike none is left out and none comes twice.
    let alike = "/odata/Visits?$orderby=state";
    let whole_alike = rows(&app.get(&auditor, alike).await.expect(200));
    for size in [1, 3] {
        assert_eq!(all(&app, &auditor, alike, size).await, whole_alike, "by {size}");
    }
    for (beginning, order) in [("/odata/Visits?", &whole), (&format!("{sorted}&"), &by_state)] {
        for (options, from, to) in [
            ("$top=5", 0, 5),
            ("$skip=3", 3, 8),
            ("$skip=2&$top=4", 2, 6),
            ("$skip=7&$top=9", 7, 8),
            ("$top=0", 0, 0),
            ("$skip=9", 8, 8),
        ] {
            let path = format!("{beginning}{options}&$count=true");
            let found = ids(&all(&app, &auditor, &path, 2).await);
            assert_eq!(found, order[from..to], "{path}");
            let first = app.get(&auditor, &path).await.expect(200);
            assert_eq!(first.json["@odata.count"], json!(8), "{path}");
        }
    }
    let filtered = format!("/odata/Visits?$filter={}", encoded("state ne 'approved'"));
    assert_eq!(all(&app, &auditor, &filtered, 1).await.len(), 4);
    // A link is good for what it is of.
    let page = app.get(&auditor, &filtered).header("prefer", "odata.maxpagesize=1").await.expect(200);
    let link = page.text("/@odata.nextLink");
    let (_, token) = link.split_once("%24skiptoken=").unwrap();
    for other in ["/odata/Visits?", "/odata/Branches?", "/odata/Visits?$count=true&"] {
        let refused = app.get(&auditor, format!("{other}$skiptoken={token}")).await.expect(400);
        assert_eq!(refused.code(), "malformed_request");
    }
}

async fn rows_are_sorted_and_counted(app: TestApp) {
    let (_, auditor) = scene(&app).await;
    for (order, column, descends) in [
        ("received_at desc", "received_at", true),
        ("received_at", "received_at", false),
        ("state asc", "state", false),
        ("score desc,id", "score", true),
    ] {
        let found =
            rows(&app.get(&auditor, format!("/odata/Visits?$orderby={}", encoded(order))).await.expect(200));
        let key = |row: &Value| match &row[column] {
            Value::String(text) => (0, text.clone()),
            Value::Null => (-1, String::new()),
            other => (other.as_i64().unwrap(), String::new()),
        };
        let keys: Vec<_> = found.iter().map(key).collect();
        let mut sorted = keys.clone();
        sorted.sort();
        if descends {
            sorted.reverse();
        }
        assert_eq!(keys, sorted, "{order}");
    }
    let filter = encoded("state eq 'approved'");
    let counted =
        app.get(&auditor, format!("/odata/Visits?$filter={filter}&$count=true&$top=1")).await.expect(200);
    assert_eq!((&counted.json["@odata.count"], rows(&counted).len()), (&json!(4), 1));
    let not = app.get(&auditor, "/odata/Visits?$count=false").await.expect(200);
    assert!(not.json.get("@odata.count").is_none());
}

/// What is counted in groups is what the list has, and a mean is the figure of the API.
async fn groups_are_the_figures_of_scores(app: TestApp) {
    let (world, auditor) = scene(&app).await;
    let groups = async |apply: &str| {
        rows(&app.get(&auditor, format!("/odata/Visits?$apply={}", encoded(apply))).await.expect(200))
    };
    for row in groups("groupby((state),aggregate($count as n))").await {
        let state = row["state"].as_str().unwrap();
        let listed = app.get(&auditor, format!("/v1/visits?limit=200&state={state}")).await.expect(200).json;
        assert_eq!(row["n"], json!(listed["items"].as_array().unwrap().len()), "{state}");
    }
    let all = groups("aggregate($count as n,score with max as best)").await;
    assert_eq!(all, [json!({"n": 8, "best": all[0]["best"]})]);
    let counted = "filter(state in ('approved','released','final'))";
    let means = "aggregate(score_percent with average as mean,$count as n)";
    for (place, column) in [("brands", "brand_id"), ("branches", "branch_id")] {
        let found = groups(&format!("{counted}/groupby(({column},month),{means})")).await;
        assert!(!found.is_empty());
        for row in found {
            let month = &row["month"].as_str().unwrap()[..7];
            let path = format!("/v1/{place}/{}/score?from={month}&to={month}", row[column].as_str().unwrap());
            let figure = app.get(&auditor, path).await.expect(200).json;
            assert_eq!(row["n"], figure["visits"], "{figure}");
            let score = figure["score"].as_i64().unwrap();
            assert_eq!(
                row["mean"].to_string(),
                (score as f64 / 100.0).to_string().parse::<f64>().map(|one| json!(one).to_string()).unwrap()
            );
        }
    }
    let own = Persona::with(&app, &[(Role::Auditor, world.brands[1].scope())]).await;
    let of_own = app
        .get(&own, "/odata/Visits?$apply=groupby((brand_id),aggregate($count%20as%20n))")
        .await
        .expect(200);
    assert_eq!(rows(&of_own), [json!({"brand_id": world.brands[1].id, "n": 4})]);
    assert!(of_own.text("/@odata.context").ends_with("#Visits(brand_id,n)"), "{of_own}");
}

async fn what_is_not_supported_has_its_name(app: TestApp) {
    let who = Persona::everywhere(&app, Role::Auditor).await;
    for (path, name) in [
        ("/odata/Visits?$expand=branch", "$expand"),
        ("/odata/Visits?$apply=topcount(2,score)", "topcount() in this place of $apply"),
        ("/odata/Visits?$apply=groupby((state))&$top=1", "$top beside $apply"),
        ("/odata/Visits?$search=x", "$search"),
        ("/odata/Visits?$filter=tolower(state)%20eq%20'a'", "tolower()"),
        ("/odata/Visits?colour=red", "colour"),
        ("/odata/Visits?$format=atom", "$format=atom"),
        ("/odata/$metadata?$format=json", "$format"),
        ("/odata/Nothing", "Nothing"),
        ("/odata/$batch", "$batch"),
    ] {
        let refused = app.get(&who, path).await.expect(501);
        assert_eq!((refused.code(), refused.header("odata-version")), ("not_supported", "4.0"), "{refused}");
        assert!(refused.text("/error/message").contains(&format!("{name} is not supported")), "{refused}");
    }
    for path in [
        "/odata/Visits?$filter=state%20eq",
        "/odata/Visits?$top=x",
        "/odata/Visits?$select=nothing",
        "/odata/Visits?$orderby=",
    ] {
        let refused = app.get(&who, path).await.expect(400);
        assert_eq!(
            (refused.code(), refused.header("content-type")),
            ("malformed_request", "application/json")
        );
    }
    let place = app.get(&who, "/odata/Visits?$filter=state%20eq%205").await.expect(400);
    assert!(place.text("/error/message").contains("at 10 of $filter a value of Edm.String"), "{place}");
}

/// No text of a filter becomes a part of a statement.
async fn what_is_made_to_break_in_reads_nothing(app: TestApp) {
    let (world, _) = scene(&app).await;
    let of_branch = Persona::with(&app, &[(Role::Auditor, world.brands[0].branch_scope(0, 0))]).await;
    let own = rows(&app.get(&of_branch, "/odata/Visits").await.expect(200)).len();
    assert_eq!(own, 1);
    for text in [
        "' OR '1'='1",
        "'; DROP TABLE visit; --",
        "x' UNION SELECT * FROM account --",
        "\u{0}",
        "%' OR 1=1 --",
        "\\'; DELETE FROM visit; --",
        "ʼ; DROP TABLE visit",
    ] {
        let quoted = text.replace('\'', "''");
        for filter in [
            format!("state eq '{quoted}'"),
            format!("contains(state,'{quoted}')"),
            format!("state eq '{text}"),
            format!("state eq 'a' or {text}"),
            text.to_owned(),
        ] {
            for option in ["$filter", "$orderby", "$select", "$skiptoken", "$top"] {
                let path = format!("/odata/Visits?{option}={}", encoded(&filter));
                let answer = app.get(&of_branch, path).await;
                assert!([200, 400, 501].contains(&answer.status), "{filter}: {answer}");
                if answer.status == 200 {
                    assert!(rows(&answer).is_empty(), "{filter}: {answer}");
                }
            }
        }
    }
    let deep = format!("/odata/Visits?$filter={}", encoded(&"(".repeat(3_000)));
    app.get(&of_branch, deep).await.expect(400);
    let auditor = Persona::everywhere(&app, Role::Auditor).await;
    assert_eq!(rows(&app.get(&auditor, "/odata/Visits").await.expect(200)).len(), 8);
}

async fn spreadsheets_are_asked_for_a_key(app: TestApp) {
    let (world, _) = scene(&app).await;
    let manager = Persona::with(&app, &[(Role::Manager, world.brands[0].scope())]).await;
    for path in ["/odata", "/odata/$metadata", "/odata/Branches"] {
        let asked = app.call(Method::GET, path).await.expect(401);
        let offered: Vec<_> = asked.headers.get_all("www-authenticate").iter().collect();
        assert!(offered.iter().any(|one| one.to_str().unwrap().starts_with("Basic ")), "{offered:?}");
        assert_eq!(asked.json["error"]["code"], "sign_in_needed");
    }
    let (program, _) = program(&app, &manager, &world.brands[0].region_scope(0)).await;
    let pair = BASE64.encode(format!("excel:{}", program.token.unwrap()).as_bytes());
    let by_key = async |path: &str| {
        app.call(Method::GET, path).header("authorization", &format!("Basic {pair}")).await
    };
    by_key("/odata/").await.expect(200);
    by_key("/odata/$metadata").await.expect(200);
    assert_eq!(rows(&by_key("/odata/Branches").await.expect(200)).len(), 2);
    assert_eq!(by_key("/odata/Visits").await.expect(403).code(), "forbidden");
}
