//! Figures and lists as files: what they say is what the JSON says.

use std::{collections::BTreeMap, io::Cursor};

use calamine::{Data, Reader, Xlsx};
use incognito::accounts::model::Role;
use serde_json::{Value, json};

use super::Tree;
use crate::{
    app::{Answer, TestApp, each_engine_test},
    personas::Persona,
};

each_engine_test!(
    a_file_says_what_the_json_says,
    a_workbook_has_typed_cells,
    columns_have_titles_in_the_language_of_their_reader,
    files_are_written_as_their_readers_expect,
    an_address_may_end_as_a_file_does,
    nothing_is_a_file_with_names_of_columns,
);

const MARCH: &str = "from=2026-03&to=2026-03";
const CSV: &str = "text/csv";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The addresses below that of the brand, each with the lists that its rows are made of: `items` of those that come in pages.
const FIGURES: [(&str, &[&str]); 11] = [
    ("score?planned=true", &["sections"]),
    ("trend?step=week&planned=true", &["points"]),
    ("breakdown?by=question", &["items"]),
    ("breakdown?by=weekday", &["items"]),
    ("drivers?", &["drivers"]),
    ("distribution?", &["bins"]),
    ("comparison?", &[]),
    ("ranking?sort=worst", &["items"]),
    ("heatmap?by=section", &["items", "cells"]),
    ("movers?direction=up", &["items", "drivers"]),
    ("ranking?campaign_id=7d0c4e3a-0000-4000-8000-000000000001", &["items"]),
];

type Row = BTreeMap<String, String>;

async fn ask(app: &TestApp, who: &Persona, path: &str, accept: &str) -> Answer {
    app.get(who, path).header("accept", accept).await
}

/// The rows of a CSV file in English, each cell under the name of its column.
fn rows(answer: &Answer) -> Vec<Row> {
    let bytes = answer.bytes.strip_prefix("\u{feff}".as_bytes()).expect("a mark of UTF-8");
    let mut reader = csv::Reader::from_reader(bytes);
    let names = reader.headers().unwrap().clone();
    let row = |record: csv::StringRecord| {
        names.iter().map(str::to_owned).zip(record.iter().map(str::to_owned)).collect()
    };
    reader.records().map(|record| row(record.unwrap())).collect()
}

/// What a JSON thing says without lists of things: each value under the names that lead to it.
fn leaves(thing: &Value, lists: &[&str]) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for (name, value) in thing.as_object().into_iter().flatten() {
        match value {
            _ if lists.contains(&name.as_str()) => {}
            Value::Object(_) => {
                let inner = leaves(value, &[]).into_iter();
                found.extend(inner.map(|(inner, value)| (format!("{name}_{inner}"), value)));
            }
            value => found.push((name.clone(), value.clone())),
        }
    }
    found
}

/// The rows that a JSON answer has, each as what it and the things around it say.
fn wanted(thing: &Value, lists: &[&str]) -> Vec<Vec<(String, Value)>> {
    let own = || leaves(thing, lists);
    let items = lists.first().and_then(|list| thing[*list].as_array()).filter(|items| !items.is_empty());
    let Some(items) = items else { return vec![own()] };
    let list = lists[0];
    let with_own = |item: Vec<(String, Value)>| {
        let mine = own();
        let taken = |name: &String| mine.iter().any(|(known, _)| known == name);
        let named = item.into_iter().map(|(name, value)| match taken(&name) {
            true => (format!("{list}_{name}"), value),
            false => (name, value),
        });
        let named: Vec<_> = named.collect();
        mine.iter().cloned().chain(named).collect()
    };
    items.iter().flat_map(|item| wanted(item, &lists[1..])).map(with_own).collect()
}

/// A value as CSV has it: as it is, or of basis points as per cent.
fn is_in(row: &Row, name: &str, value: &Value) -> bool {
    let plain = match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        value => value.to_string(),
    };
    let percent = value.as_i64().map(|points| format!("{:.2}", points as f64 / 100.0)).unwrap_or_default();
    // Of a thing that is missing, each member is.
    let mut below =
        row.iter().filter(|(known, _)| known.strip_prefix(name).is_some_and(|rest| rest.starts_with('_')));
    row.get(name) == Some(&plain)
        || row.get(&format!("{name}_percent")) == Some(&percent)
        || value.is_null() && below.next().is_some() && below.all(|(_, cell)| cell.is_empty())
}

async fn all(app: &TestApp, who: &Persona, path: &str, is_paged: bool) -> Value {
    if !is_paged {
        return ask(app, who, path, "application/json").await.expect(200).json;
    }
    let (mut items, mut cursor) = (Vec::new(), String::new());
    loop {
        // The columns of a heat map are those of the branches of the page.
        let limit = if path.contains("heatmap") { 200 } else { 2 };
        let page = ask(app, who, &format!("{path}&limit={limit}{cursor}"), "application/json").await;
        let page = page.expect(200).json;
        items.extend(page["items"].as_array().unwrap().clone());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return json!({ "items": items }),
        }
    }
}

async fn a_file_says_what_the_json_says(app: TestApp) {
    let tree = Tree::build(&app).await;
    tree.march(&app).await;
    let manager = Persona::everywhere(&app, Role::Manager).await;
    for who in [&tree.world.staff.administrator, &manager] {
        for (figure, lists) in FIGURES {
            if std::ptr::eq(who, &manager) && (figure.starts_with("distribution") || figure.contains("week"))
            {
                continue;
            }
            let path = format!("/v1/{}/{figure}&{MARCH}", tree.place("brand"));
            let json = all(&app, who, &path, lists.first() == Some(&"items")).await;
            let file = ask(&app, who, &path, CSV).await.expect(200);
            assert_eq!(file.header("content-type"), "text/csv; charset=utf-8", "{figure}");
            assert!(file.header("content-disposition").starts_with("attachment; filename="), "{figure}");
            let rows = rows(&file);
            let wanted: Vec<_> = match lists.split_first() {
                Some((&"items", deeper)) => {
                    let items = json["items"].as_array().unwrap().iter();
                    items.flat_map(|item| wanted(item, deeper)).collect()
                }
                _ => wanted(&json, lists),
            };
            assert_eq!(rows.len(), wanted.len(), "{figure}: {file}");
            for (row, wanted) in rows.iter().zip(wanted) {
                for (name, value) in wanted.iter().filter(|(_, value)| !value.is_array()) {
                    assert!(is_in(row, name, value), "{figure}: {name} is {value}, and not in {row:?}");
                }
            }
        }
    }
}

async fn a_workbook_has_typed_cells(app: TestApp) {
    let tree = Tree::build(&app).await;
    tree.march(&app).await;
    let who = &tree.world.staff.administrator;
    let path = format!("/v1/{}/ranking?{MARCH}", tree.place("brand"));
    let json = ask(&app, who, &path, "application/json").await.expect(200).json;
    let file = ask(&app, who, &path, XLSX).await.expect(200);
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(file.bytes.to_vec())).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    let names: Vec<_> = sheet.rows().next().unwrap().iter().map(ToString::to_string).collect();
    let column = |name: &str| names.iter().position(|known| known == name).unwrap();
    let items = json["items"].as_array().unwrap();
    assert_eq!(sheet.height(), items.len() + 1);
    for (row, item) in sheet.rows().skip(1).zip(items) {
        assert_eq!(row[column("code")], Data::String(item["code"].as_str().unwrap().to_owned()));
        assert_eq!(row[column("visits")], Data::Float(item["visits"].as_i64().unwrap() as f64));
        assert_eq!(row[column("insufficient")], Data::Bool(item["insufficient"].as_bool().unwrap()));
        let score = item["score"].as_i64().map_or(Data::Empty, |score| Data::Float(score as f64 / 100.0));
        assert_eq!(row[column("score_percent")], score);
    }
}

async fn columns_have_titles_in_the_language_of_their_reader(app: TestApp) {
    let tree = Tree::build(&app).await;
    tree.march(&app).await;
    let who = &tree.world.staff.administrator;
    let head = |answer: &Answer, separator: u8| -> Vec<String> {
        let bytes = answer.bytes.strip_prefix("\u{feff}".as_bytes()).unwrap();
        let mut reader = csv::ReaderBuilder::new().delimiter(separator).from_reader(bytes);
        reader.headers().unwrap().iter().map(str::to_owned).collect()
    };
    for (figure, _) in FIGURES {
        let path = format!("/v1/{}/{figure}&{MARCH}", tree.place("brand"));
        let names = head(&ask(&app, who, &path, CSV).await.expect(200), b',');
        for (language, separator) in [("en", b','), ("fr", b';'), ("ru", b';'), ("bg", b';'), ("tr", b';')] {
            let file = app.get(who, path.clone()).header("accept", CSV).header("accept-language", language);
            let titles = head(&file.await.expect(200), separator);
            titled(&names, &titles, &format!("{figure} in {language}"));
        }
    }
    // Of a heat map, whose columns have several levels, and of a workbook with its chart.
    let path = format!("/v1/{}/ranking?{MARCH}", tree.place("brand"));
    for (language, title) in [("tr", "Puan, %"), ("bg", "Резултат, %")] {
        let book = app.get(who, path.clone()).header("accept", XLSX).header("accept-language", language);
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(book.await.expect(200).bytes.to_vec())).unwrap();
        let sheet = book.worksheet_range_at(0).unwrap().unwrap();
        assert!(sheet.rows().next().unwrap().contains(&Data::String(title.to_owned())), "{language}");
    }
    let names =
        app.get(who, format!("{path}&header=names")).header("accept", XLSX).header("accept-language", "tr");
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(names.await.expect(200).bytes.to_vec())).unwrap();
    let sheet = book.worksheet_range_at(0).unwrap().unwrap();
    assert!(sheet.rows().next().unwrap().contains(&Data::String("score_percent".to_owned())));
    // Titles where no language is wished for, on demand; and programs keep the names.
    let english = app.get(who, format!("{path}&header=titles")).header("accept", CSV).await.expect(200);
    assert!(head(&english, b',').contains(&"Score, %".to_owned()), "{english}");
    let typed = app.get(who, path.clone()).header("accept", "application/vnd.apache.parquet");
    let typed = crate::every_form::of_parquet(&typed.header("accept-language", "tr").await.expect(200));
    assert!(typed.0.contains(&"score_percent".to_owned()), "{typed:?}");
    // It is a word of files alone.
    app.get(who, format!("{path}&header=names")).await.expect_invalid("header");
    app.get(who, format!("{path}&header=none")).header("accept", CSV).await.expect_invalid("header");
}

/// Each of these columns has a title that is not its name, and no two have the same.
#[track_caller]
pub fn titled(names: &[String], titles: &[String], what: &str) {
    assert_eq!(names.len(), titles.len(), "{what}");
    let untitled: Vec<_> = names.iter().zip(titles).filter(|(name, title)| name == title).collect();
    assert!(untitled.is_empty(), "{what}: {untitled:?}");
    let once: std::collections::BTreeSet<_> = titles.iter().collect();
    assert_eq!(once.len(), titles.len(), "{what}: {titles:?}");
}

async fn files_are_written_as_their_readers_expect(app: TestApp) {
    let tree = Tree::build(&app).await;
    tree.march(&app).await;
    let who = &tree.world.staff.administrator;
    let path = format!("/v1/{}/ranking?{MARCH}", tree.place("brand"));
    let text = |answer: Answer| String::from_utf8(answer.expect(200).bytes.to_vec()).unwrap();
    let english = text(ask(&app, who, &path, CSV).await);
    let french =
        text(app.get(who, path.clone()).header("accept", CSV).header("accept-language", "fr-CH").await);
    assert!(english.starts_with("\u{feff}") && english.contains("\r\n"), "{english}");
    assert!(french.starts_with("\u{feff}Identifiant du point de vente;Code;Nom;"), "{french}");
    let named =
        app.get(who, format!("{path}&header=names")).header("accept", CSV).header("accept-language", "fr");
    let named = text(named.await);
    assert_eq!(named.lines().next(), Some(english.lines().next().unwrap().replace(',', ";").as_str()));
    let score = ask(&app, who, &path, "application/json").await.json["items"][0]["score"].as_i64().unwrap();
    let [point, comma] = ['.', ','].map(|mark| format!("{}{mark}{:02}", score / 100, score % 100));
    assert!(english.contains(&format!(",{point},")), "{english}");
    assert!(french.contains(&format!(";{comma};")), "{french}");

    // What a spreadsheet program would compute is text.
    let branch = tree.branches["a"];
    let known = app.get(who, format!("/v1/branches/{branch}")).await.expect(200);
    let mut renamed = known.json.clone();
    renamed["name"] = json!("=HYPERLINK(\"http://x\")");
    for name in ["id", "revision", "created_at", "retired_on", "region_since"] {
        renamed.as_object_mut().unwrap().remove(name);
    }
    app.put(who, format!("/v1/branches/{branch}"), renamed)
        .header("if-match", known.header("etag"))
        .await
        .expect(200);
    let file = ask(&app, who, &path, CSV).await.expect(200);
    let names: Vec<_> = rows(&file).into_iter().map(|row| row["name"].clone()).collect();
    assert!(names.contains(&"'=HYPERLINK(\"http://x\")".to_owned()), "{names:?}");
}

async fn an_address_may_end_as_a_file_does(app: TestApp) {
    let tree = Tree::build(&app).await;
    tree.march(&app).await;
    let who = &tree.world.staff.administrator;
    let ranking = format!("/v1/{}/ranking", tree.place("brand"));
    let by_header = ask(&app, who, &format!("{ranking}?{MARCH}"), CSV).await.expect(200);
    let by_name = app.get(who, format!("{ranking}.csv?{MARCH}")).await.expect(200);
    assert_eq!(by_name.bytes, by_header.bytes);
    assert_eq!(by_name.header("content-disposition"), "attachment; filename=\"ranking.csv\"");
    let book = app.get(who, format!("{ranking}.xlsx?{MARCH}")).await.expect(200);
    let again = app.get(who, format!("{ranking}.xlsx?{MARCH}")).await.expect(200);
    assert_eq!(book.bytes, again.bytes, "the same figures are the same bytes");
    assert_eq!(book.header("content-type"), XLSX);
    let visits = app.get(who, "/v1/visits.jsonl").await.expect(200);
    assert_eq!(visits.header("content-type"), "application/jsonl");
    let whole = app.get(who, "/v1/visits").await.expect(200).json;
    assert_eq!(
        rows(&app.get(who, "/v1/visits.csv").await.expect(200)).len(),
        whole["items"].as_array().unwrap().len()
    );
    // A file is the whole list.
    app.get(who, format!("{ranking}.csv?{MARCH}&limit=2")).await.expect_invalid("limit");
    // No such file, no such address, and nothing for those who may not read the figure.
    app.get(who, "/v1/me.csv").await.expect_problem(404, "not_found");
    app.get(who, format!("{ranking}.exe?{MARCH}")).await.expect_problem(404, "not_found");
    app.get(&tree.world.staff.shopper, format!("{ranking}.csv")).await.expect_problem(403, "forbidden");
    app.put(who, format!("{ranking}.csv"), json!({})).await.expect_problem(404, "not_found");
}

async fn nothing_is_a_file_with_names_of_columns(app: TestApp) {
    let tree = Tree::build(&app).await;
    let who = &tree.world.staff.administrator;
    let path = format!("/v1/visits?brand_id={}&month=1999-01", tree.brand);
    let file = ask(&app, who, &path, CSV).await.expect(200);
    assert_eq!(rows(&file), []);
    let text = String::from_utf8(file.bytes.to_vec()).unwrap();
    assert!(text.contains("shopper_id") && text.lines().count() == 1, "{text}");
    let book = ask(&app, who, &path, XLSX).await.expect(200);
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(book.bytes.to_vec())).unwrap();
    assert_eq!(book.worksheet_range_at(0).unwrap().unwrap().height(), 1);
}
