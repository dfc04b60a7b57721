//! Forms that were refused although they say all that a checklist needs, or refused at another cell than the wrong one.

use std::{fs, path::Path};

use incognito::checklists::exchange::xlsform::MEDIA_TYPE;
use serde_json::{Value, json};

use super::Desk;
use crate::app::{Answer, TestApp, each_engine_test};

each_engine_test!(
    forms_that_say_all_that_is_needed_are_taken,
    what_a_checklist_cannot_say_is_refused_at_its_cell,
    names_that_are_no_keys_get_some,
);

/// Brings the form with this name.
async fn bring(app: &TestApp, name: &str) -> Answer {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/xlsforms");
    let form = fs::read(folder.join(format!("{name}.xlsx"))).unwrap();
    Desk::set_up(app).await.import(MEDIA_TYPE, form).await
}

fn notes(answer: &Answer) -> Vec<&str> {
    answer.json["notes"].as_array().unwrap().iter().map(|note| note["at"].as_str().unwrap()).collect()
}

fn questions(answer: &Answer) -> Vec<Value> {
    let sections = answer.json["content"]["sections"].as_array().unwrap().clone();
    sections.iter().flat_map(|section| section["questions"].as_array().unwrap().clone()).collect()
}

fn keys(answer: &Answer) -> Vec<String> {
    questions(answer).iter().map(|question| question["key"].as_str().unwrap().to_owned()).collect()
}

async fn forms_that_say_all_that_is_needed_are_taken(app: TestApp) {
    for (name, note, wanted) in [
        ("01-version-is-a-date", Some("settings!C2"), &["shop", "count"][..]),
        ("02-version-is-a-formula", Some("settings!C2"), &["shop", "count"]),
        ("04-typographic-quotes", None, &["open", "why"]),
        ("05-label-of-start", Some("survey!C2"), &["shop", "count"]),
        ("06-meta-deviceid", Some("survey!A2"), &["shop", "count"]),
        ("06-meta-today", Some("survey!A2"), &["shop", "count"]),
        ("07-settings-that-say-nothing", Some("settings!C2"), &["shop", "count"]),
        ("07-settings-that-say-nothing", Some("settings!D2"), &["shop", "count"]),
        ("08-old-spelling", None, &["open"]),
        ("09-note-column", Some("survey!D1"), &["shop", "count"]),
        ("11-same-name-in-two-groups", Some("survey!B6"), &["n", "b_n"]),
        ("13-stray-cell", Some("survey!E2"), &["shop", "count"]),
        ("13-stray-cell", Some("survey!E3"), &["shop", "count"]),
        ("14-appearance-on-calculate", Some("survey!F3"), &["n", "why"]),
        ("16-unused-calculation", Some("survey!D3"), &["n"]),
        ("17-hint-of-a-group", Some("survey!D2"), &["n"]),
        ("18-language-by-name", None, &["q"]),
        ("xlsform-disabled-column", Some("survey!D2"), &["b"]),
        ("xlsform-x000D-carriage-return-in-label", None, &["a"]),
    ] {
        let answer = bring(&app, name).await.expect(201);
        assert_eq!(keys(&answer), wanted, "{name}");
        assert!(note.is_none_or(|note| notes(&answer).contains(&note)), "{name}: {:?}", notes(&answer));
        let errors = answer.json["errors"].as_array().unwrap();
        // These forms name no title and give no points.
        let lacks = |error: &Value| {
            ["nothing_to_score", "missing_translation"].iter().any(|code| error["code"] == *code)
        };
        assert!(errors.iter().all(lacks), "{name} could be published with points: {errors:?}");
    }
    let quotes = bring(&app, "04-typographic-quotes").await;
    assert_eq!(questions(&quotes)[1]["show_when"], json!({"===": [{"var": "open"}, "no"]}));
    let calculated = bring(&app, "14-appearance-on-calculate").await;
    assert_eq!(questions(&calculated)[1]["show_when"], json!({">": [{"var": "n"}, 5]}));
    let returned = bring(&app, "xlsform-x000D-carriage-return-in-label").await;
    assert_eq!(questions(&returned)[0]["text"], json!({"und": "A\nB"}));
    let kurdish = bring(&app, "18-language-by-name").await;
    assert_eq!(kurdish.json["content"]["languages"], json!(["ku"]));
}

async fn what_a_checklist_cannot_say_is_refused_at_its_cell(app: TestApp) {
    for (name, cell) in [
        ("10-default", "survey!D3"),
        ("15-place-of-a-rule-that-uses-a-calculation", "survey!D3"),
        ("20-name-in-text", "survey!C3"),
        ("22-today-in-a-limit", "survey!D2"),
    ] {
        let refused = bring(&app, name).await.expect_problem(422, "invalid");
        let errors = refused.json["errors"].as_array().unwrap();
        let places: Vec<_> = errors.iter().map(|error| error["pointer"].as_str().unwrap()).collect();
        assert_eq!(places, [cell], "{name}");
    }
}

async fn names_that_are_no_keys_get_some(app: TestApp) {
    let answer = bring(&app, "12-names-not-ascii").await.expect(201);
    let options = questions(&answer)[0]["answer"]["options"].as_array().unwrap().clone();
    let keys: Vec<_> = options.iter().map(|option| option["key"].as_str().unwrap()).collect();
    assert_eq!((keys[0], keys[1], keys.len()), ("sofia", "burgaz_", 3));
    assert!(keys[2].starts_with("n_"), "{keys:?}");
    assert!(notes(&answer).contains(&"choices!B3") && notes(&answer).contains(&"choices!B4"));
    let again = bring(&app, "12-names-not-ascii").await.expect(201);
    assert_eq!(again.json["content"], answer.json["content"], "the same keys each time");
}
