//! Forms that were refused although they say all that a checklist needs, or refused at another cell than the wrong one.

use std::{fs, path::Path, process::Command};

use actix_web::http::Method;
use incognito::checklists::exchange::xlsform::MEDIA_TYPE;
use serde_json::{Value, json};

use super::Desk;
use crate::app::{Answer, TestApp, each_engine_test};

each_engine_test!(
    forms_that_say_all_that_is_needed_are_taken,
    what_a_checklist_cannot_say_is_refused_at_its_cell,
    names_that_are_no_keys_get_some,
    what_cannot_be_said_is_left_out_when_asked_to,
    workbooks_of_other_kinds_are_read,
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

/// Pointers and codes of all that was left out.
fn left_out(answer: &Answer) -> Vec<(&str, &str)> {
    let all = answer.json["left_out"].as_array().unwrap();
    all.iter().map(|one| (one["at"].as_str().unwrap(), one["code"].as_str().unwrap())).collect()
}

async fn what_cannot_be_said_is_left_out_when_asked_to(app: TestApp) {
    for (name, wanted, asked) in [
        ("10-default", &[("survey!D3", "not_kept")][..], &["shop", "n"][..]),
        (
            "15-place-of-a-rule-that-uses-a-calculation",
            &[("survey!D3", "calculate_not_kept"), ("survey!E4", "follows")],
            &["n", "why"],
        ),
        ("20-name-in-text", &[("survey!C3", "text_not_kept")], &["shop", "why"]),
        ("22-today-in-a-limit", &[("survey!D2", "constraint_not_kept")], &["d"]),
        ("01-version-is-a-date", &[], &["shop", "count"]),
    ] {
        let desk = Desk::set_up(&app).await;
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/xlsforms");
        let form = fs::read(folder.join(format!("{name}.xlsx"))).unwrap();
        let call = |query: &str| {
            let path = format!("{}/draft/import{query}", desk.path);
            app.call(Method::POST, path).by(&desk.designer).body(MEDIA_TYPE, form.clone())
        };
        let answer = call("?leave_out=true").await.expect(201);
        assert_eq!(
            (left_out(&answer), keys(&answer)),
            (wanted.to_vec(), asked.iter().map(ToString::to_string).collect()),
            "{name}"
        );
        let reasons = answer.json["left_out"].as_array().unwrap();
        assert!(reasons.iter().all(|one| one["message"].as_str().unwrap().len() > 20), "{reasons:?}");
        // Without being asked to, nothing is left out.
        let refused = call("?leave_out=false").if_match(answer.etag()).await;
        refused.expect(if wanted.is_empty() { 200 } else { 422 });
    }
    let named = Desk::set_up(&app).await;
    let none = named.app.call(Method::POST, format!("{}/draft/import?leave_out=true", named.path));
    none.by(&named.designer).body(MEDIA_TYPE, "no workbook").await.expect_problem(422, "invalid");
}

async fn workbooks_of_other_kinds_are_read(app: TestApp) {
    let older = include_bytes!("../cases/xlsforms/older-kind.xls");
    let desk = Desk::set_up(&app).await;
    let answer = desk.import("application/vnd.ms-excel", &older[..]).await.expect(201);
    assert_eq!(keys(&answer), ["greeted", "minutes"]);
    let asked = questions(&answer);
    assert_eq!(
        (&asked[0]["text"], &asked[0]["required"]),
        (&json!({"fr": "Vous a-t-on salué ?"}), &json!(true))
    );
    assert_eq!(asked[0]["answer"]["options"][0]["points"], json!(2));
    assert_eq!(asked[1]["show_when"], json!({"===": [{"var": "greeted"}, "yes"]}));
    let newer = include_bytes!("../cases/xlsforms/08-old-spelling.xlsx");
    for media_type in ["application/vnd.ms-excel.sheet.macroEnabled.12", "application/vnd.ms-excel"] {
        let answer = Desk::set_up(&app).await.import(media_type, &newer[..]).await.expect(201);
        assert_eq!(keys(&answer), ["open"], "{media_type}");
    }
    let half = older.get(..older.len() / 2).unwrap();
    desk.import("application/vnd.ms-excel", half)
        .if_match(answer.etag())
        .await
        .expect_problem(422, "invalid");
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

#[test]
fn the_command_line_lists_what_it_leaves_out() {
    let folder = tempfile::tempdir().unwrap();
    let (into, forms) = (
        folder.path().join("checklist.json"),
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/xlsforms"),
    );
    let convert = |options: &[&str], form: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_incognito"));
        command.arg("convert").args(options).arg(forms.join(form)).arg(&into);
        let done = command.output().unwrap();
        (done.status.success(), String::from_utf8(done.stderr).unwrap())
    };
    let (taken, output) = convert(&[], "10-default.xlsx");
    assert!(!taken && !into.exists() && output.contains("survey!D3"), "{output}");
    let (taken, output) = convert(&["--leave-out"], "10-default.xlsx");
    let listed: Vec<_> = output.lines().filter(|line| line.contains(": left out: ")).collect();
    assert!(taken && listed.len() == 1 && listed[0].starts_with("survey!D3: "), "{output}");
    let written: Value = serde_json::from_slice(&fs::read(&into).unwrap()).unwrap();
    assert_eq!(written["content"]["sections"][0]["questions"][1]["key"], "n");
    let (taken, output) = convert(&[], "older-kind.xls");
    assert!(taken && !output.contains("left out"), "{output}");
    assert!(!convert(&[], "older-kind.ods").0);
}
