//! The tables of figures: what they say of a place and a month is what its trend and its breakdown say, to desks and to the branch's side.

use std::collections::BTreeMap;

use incognito::{
    accounts::model::{GrantScope, Role},
    scores::show_daily::ShowBrand,
    work::Task,
};
use serde_json::{Value, json};

use super::{all, encoded, rows};
use crate::{
    app::{TestApp, each_engine_test, id},
    personas::Persona,
    reports::release_all,
    scores::{Tree, lend},
};

each_engine_test!(
    scores_are_those_of_trends,
    subjects_are_those_of_breakdowns,
    figures_come_in_pages_and_are_asked_for_as_tables_are,
    columns_say_what_they_are_in_the_language_of_their_reader,
);

const MONTHS: [&str; 4] = ["2025-12", "2026-01", "2026-02", "2026-03"];
const PERIOD: &str = "from=2025-12&to=2026-03";

/// A brand with visits in several months, targets and what it lends, of which the months that are over are shown to the branch's side; and
/// those who read figures of it.
async fn scene(app: &TestApp) -> (Tree, Vec<Persona>) {
    let tree = Tree::build(app).await;
    tree.three_months(app).await;
    let sections = json!({"kind": "section", "checklist_id": tree.checklist, "key": "arrival"});
    for (place, subject, from) in [
        (json!({}), json!({"kind": "overall"}), "2026-01"),
        (json!({"region_id": tree.regions["city"]}), json!({"kind": "overall"}), "2026-02"),
        (json!({"branch_id": tree.branches["a"]}), sections, "2026-01"),
    ] {
        let mut body = json!({"brand_id": tree.brand, "subject": subject, "from": from, "score": 8_000});
        body.as_object_mut().unwrap().extend(place.as_object().unwrap().clone());
        app.put(&tree.world.staff.designer, format!("/v1/targets/{}", id::<()>()), body).await.expect(201);
    }
    lend(app, tree.brand, 900).await;
    app.advance(17 * 86_400);
    release_all(app).await;
    ShowBrand { brand_id: tree.brand }.run(app.app(), &()).await.unwrap();
    let brand = GrantScope { brand_id: Some(tree.brand), ..GrantScope::default() };
    let city = GrantScope { region_id: Some(tree.regions["city"]), ..brand };
    let branch = GrantScope { branch_id: Some(tree.branches["a"]), ..brand };
    let readers = vec![
        Persona::everywhere(app, Role::Auditor).await,
        Persona::with(app, &[(Role::Manager, brand)]).await,
        Persona::with(app, &[(Role::Hr, city)]).await,
        Persona::with(app, &[(Role::Designer, brand)]).await,
        // From a desk in the city, and from the branch's side all around it.
        Persona::with(app, &[(Role::Designer, city), (Role::Manager, brand)]).await,
        Persona::with(app, &[(Role::Manager, branch)]).await,
    ];
    (tree, readers)
}

/// All places of the brand: the address, the kind and what each is called.
fn places(tree: &Tree) -> Vec<(String, &'static str, String)> {
    let regions = tree.regions.keys().map(|name| (tree.place(name), "region", (*name).to_owned()));
    let branches = tree.branches.keys().map(|name| (tree.place(name), "branch", (*name).to_owned()));
    let brand = (tree.place("brand"), "brand", "Caucasus".to_owned());
    [brand].into_iter().chain(regions).chain(branches).collect()
}

/// A row by its key, without the names that the API has elsewhere.
type ByKey = BTreeMap<String, Value>;

fn by_key(rows: &[Value]) -> ByKey {
    let key = |row: &Value| {
        let subject = row.get("subject").and_then(Value::as_str).unwrap_or("overall");
        format!("{} {} {subject}", row["place_id"].as_str().unwrap(), row["month"].as_str().unwrap())
    };
    let by_key: ByKey = rows.iter().map(|row| (key(row), row.clone())).collect();
    assert_eq!(by_key.len(), rows.len(), "a row is there twice");
    by_key
}

/// What the table has of a figure of the API.
fn measured(figure: &Value) -> Value {
    let percent = |value: &Value| value.as_i64().map_or(Value::Null, |points| json!(points as f64 / 100.0));
    let target = figure.get("target").unwrap_or(&Value::Null);
    json!({
        "visits": figure["visits"],
        "score": figure["score"],
        "score_percent": percent(&figure["score"]),
        "interval_low_percent": percent(&figure["interval"]["low"]),
        "interval_high_percent": percent(&figure["interval"]["high"]),
        "statistics": figure["statistics"],
        "insufficient": figure["insufficient"],
        "target_score_percent": percent(&target["score"]),
        "target_of": target["of"],
        "target_distance_percent": percent(&target["distance"]),
        "target_standing": target["standing"],
    })
}

#[track_caller]
fn are_as_wanted(found: &ByKey, wanted: &ByKey, who: usize) {
    let keys = |of: &ByKey| of.keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(found), keys(wanted), "reader {who}");
    for (key, wanted) in wanted {
        let (row, wanted) = (found[key].as_object().unwrap(), wanted.as_object().unwrap());
        for (name, value) in wanted {
            let cell = &row[name];
            let is_same = match (cell.as_f64(), value.as_f64()) {
                (Some(cell), Some(value)) => (cell * 100.0).round() == (value * 100.0).round(),
                _ => cell == value,
            };
            assert!(is_same, "{name} of {key} for reader {who} is {cell}, and not {value}");
        }
        assert_eq!(row.len(), wanted.len(), "{key}: {row:?}");
    }
}

async fn scores_are_those_of_trends(app: TestApp) {
    let (tree, readers) = scene(&app).await;
    let mut seen = Vec::new();
    for (number, who) in readers.iter().enumerate() {
        let mut wanted = ByKey::new();
        for (address, kind, name) in places(&tree) {
            let trend = app.get(who, format!("/v1/{address}/trend?{PERIOD}")).await;
            if trend.status == 404 {
                continue;
            }
            let trend = trend.expect(200).json;
            for point in trend["points"].as_array().unwrap().iter().filter(|point| point["visits"] != 0) {
                let month = format!("{}-01", point["from"].as_str().unwrap());
                let mut row = measured(point);
                let place = json!({"place_id": trend["place_id"], "place_kind": kind, "place_name": name,
                    "brand_id": tree.brand, "month": month});
                row.as_object_mut().unwrap().extend(place.as_object().unwrap().clone());
                wanted.insert(format!("{} {month} overall", trend["place_id"].as_str().unwrap()), row);
            }
        }
        let found = by_key(&rows(&app.get(who, "/odata/Scores").await.expect(200)));
        are_as_wanted(&found, &wanted, number);
        let figures = found.values().filter(|row| !row["score"].is_null()).count();
        seen.push((found.len(), figures));
    }
    // The desk has more than the branch's side, and there are figures of both with targets and statistics.
    assert!(seen.iter().all(|(_, figures)| *figures > 0), "{seen:?}");
    assert!(seen[0].1 > seen[1].1 && seen[4].1 > seen[1].1, "{seen:?}");
    let shopper = app.get(&Persona::everywhere(&app, Role::Shopper).await, "/odata/Scores").await.expect(403);
    assert_eq!(shopper.json["error"]["code"], "forbidden");
}

async fn subjects_are_those_of_breakdowns(app: TestApp) {
    let (tree, readers) = scene(&app).await;
    for (number, who) in readers.iter().enumerate().filter(|(number, _)| [0, 1, 4].contains(number)) {
        let mut wanted = ByKey::new();
        for (address, kind, name) in places(&tree) {
            for month in MONTHS {
                for by in ["checklist", "side", "section", "dimension", "standard", "question"] {
                    let path = format!("/v1/{address}/breakdown?by={by}&from={month}&to={month}&limit=1000");
                    let Value::Array(items) =
                        app.get(who, path).header("accept-language", "bg").await.json["items"].take()
                    else {
                        continue;
                    };
                    for item in items {
                        let id = address.split_once('/').unwrap().1;
                        let parts = [&item["checklist_id"], &item["side"], &item["key"]];
                        let parts = parts.iter().filter_map(|part| part.as_str());
                        let subject = [by].into_iter().chain(parts).collect::<Vec<_>>().join("/");
                        let month = format!("{month}-01");
                        let mut row = measured(&item);
                        let named = json!({"place_id": id, "place_kind": kind, "place_name": name,
                            "brand_id": tree.brand, "month": month, "subject": subject, "kind": by,
                            "checklist_id": item["checklist_id"], "side": item["side"], "key": item["key"],
                            "title": item["title"], "is_share": item["is_share"]});
                        row.as_object_mut().unwrap().extend(named.as_object().unwrap().clone());
                        wanted.insert(format!("{id} {month} {subject}"), row);
                    }
                }
            }
        }
        let table = app.get(who, "/odata/Subjects?$format=json").header("accept-language", "bg");
        let table = table.header("prefer", "odata.maxpagesize=5000").await.expect(200);
        assert_eq!(table.header("vary"), "accept-language");
        let found = by_key(&rows(&table));
        are_as_wanted(&found, &wanted, number);
        let kinds: std::collections::BTreeSet<_> =
            found.values().map(|row| row["kind"].as_str().unwrap()).collect();
        assert!(kinds.len() > 2, "{kinds:?}");
    }
}

async fn figures_come_in_pages_and_are_asked_for_as_tables_are(app: TestApp) {
    let (tree, readers) = scene(&app).await;
    let (auditor, manager) = (&readers[0], &readers[1]);
    for (who, set, sizes) in [
        (auditor, "Scores", &[1, 2, 5][..]),
        (manager, "Scores", &[1, 3]),
        (auditor, "Subjects", &[7, 100]),
        (manager, "Subjects", &[5]),
    ] {
        let whole = all(&app, who, &format!("/odata/{set}"), 5_000).await;
        assert!(whole.len() > 8, "{whole:?}");
        for size in sizes {
            assert_eq!(all(&app, who, &format!("/odata/{set}"), *size).await, whole, "{set} by {size}");
        }
        let brand = format!("brand_id eq {} and month ge 2026-02-01", tree.brand);
        type Test<'t> = &'t dyn Fn(&Value) -> bool;
        let city = json!(tree.regions["city"]);
        let a = json!(tree.branches["a"]);
        let tests: [(&str, Test<'_>); 8] = [
            (&brand, &|row| row["month"].as_str().unwrap() >= "2026-02"),
            ("month eq 2026-01-01", &|row| row["month"] == "2026-01-01"),
            ("month gt 2026-01-15 and month lt 2026-03-01", &|row| row["month"] == "2026-02-01"),
            ("place_kind eq 'region' and insufficient eq false", &|row| {
                row["place_kind"] == "region" && row["insufficient"] == false
            }),
            (&format!("place_id eq {}", tree.regions["city"]), &|row| row["place_id"] == city),
            (&format!("place_id eq {} or month eq 2026-03-01", tree.branches["a"]), &|row| {
                row["place_id"] == a || row["month"] == "2026-03-01"
            }),
            ("insufficient ne true", &|row| row["insufficient"] != true),
            (&format!("brand_id eq {}", tree.world.brands[0].id), &|_| false),
        ];
        for (filter, holds) in tests {
            let path = format!("/odata/{set}?$filter={}", encoded(filter));
            let wanted: Vec<_> = whole.iter().filter(|row| holds(row)).cloned().collect();
            assert_eq!(all(&app, who, &path, 5_000).await, wanted, "{set}: {filter}");
        }
        let sorted =
            all(&app, who, &format!("/odata/{set}?$orderby=visits%20desc,month&$select=visits,month"), 4)
                .await;
        let key = |row: &Value| (-row["visits"].as_i64().unwrap(), row["month"].as_str().unwrap().to_owned());
        assert!(sorted.len() == whole.len() && sorted.is_sorted_by_key(key), "{sorted:?}");
        let counted = app.get(who, format!("/odata/{set}?$count=true&$top=1&$skip=1")).await.expect(200);
        assert_eq!((&counted.json["@odata.count"], &rows(&counted)[0]), (&json!(whole.len()), &whole[1]));
        let apply = "groupby((place_kind,insufficient),aggregate(visits with sum as all,$count as n))";
        for group in rows(&app.get(who, format!("/odata/{set}?$apply={}", encoded(apply))).await.expect(200))
        {
            let of_group = |row: &&Value| {
                row["place_kind"] == group["place_kind"] && row["insufficient"] == group["insufficient"]
            };
            let visits: i64 = whole.iter().filter(of_group).map(|row| row["visits"].as_i64().unwrap()).sum();
            assert_eq!(
                (&group["all"], &group["n"]),
                (&json!(visits), &json!(whole.iter().filter(of_group).count()))
            );
        }
    }
    // A row says by which address it is known.
    let full = app.get(auditor, "/odata/Subjects?$top=1&$format=application/json;odata.metadata=full").await;
    let row = &rows(&full.expect(200))[0];
    let key = format!(
        "Subjects(place_id={},month={},subject='{}')",
        row["place_id"].as_str().unwrap(),
        row["month"].as_str().unwrap(),
        encoded(row["subject"].as_str().unwrap())
    );
    assert!(row["@odata.id"].as_str().unwrap().ends_with(&key), "{row}");
    assert_eq!(row["insufficient@odata.type"], "#Boolean");
}

async fn columns_say_what_they_are_in_the_language_of_their_reader(app: TestApp) {
    let who = Persona::everywhere(&app, Role::Auditor).await;
    for (language, says) in [
        ("en", "Score, %"),
        ("fr-CH", "Résultat, %"),
        ("ru", "Оценка, %"),
        ("bg", "Резултат, %"),
        ("tr", "Puan, %"),
    ] {
        let schema = app.get(&who, "/odata/$metadata").header("accept-language", language).await.expect(200);
        assert_eq!(schema.header("content-language"), &language[..2]);
        assert_eq!(schema.header("vary"), "accept-language");
        let text = String::from_utf8(schema.bytes.to_vec()).unwrap();
        let property = format!(
            "<Property Name=\"score_percent\" Type=\"Edm.Decimal\" Precision=\"5\" Scale=\"2\">\
            <Annotation Term=\"Org.OData.Core.V1.Description\" String=\"{says}\"/></Property>"
        );
        assert_eq!(text.matches(&property).count(), 4, "{language}: {text}");
        let keys = "<EntityType Name=\"Subject\"><Key><PropertyRef Name=\"place_id\"/>\
            <PropertyRef Name=\"month\"/><PropertyRef Name=\"subject\"/></Key>";
        assert!(text.contains(keys), "{text}");
    }
}
