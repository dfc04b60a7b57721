#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod coming_back;
mod expressions;
mod leaving;

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::cells::{Cells, Sheet};
use super::*;
use crate::checklists::exchange::Note;

/// Sheets of these rows of cells, the first of which names the columns.
fn sheets(tables: &[(&str, &[&[&str]])]) -> Vec<Sheet> {
    let row = |row: &&[&str]| -> Cells {
        let cells = (0..).zip(row.iter()).filter(|(_, text)| !text.is_empty());
        cells.map(|(column, text)| (column, (*text).to_owned())).collect()
    };
    let sheet = |(name, rows): &(&str, &[&[&str]])| Sheet {
        name: (*name).to_owned(),
        rows: (0..).zip(rows.iter().map(row)).filter(|(_, cells)| !cells.is_empty()).collect(),
        ..Sheet::default()
    };
    tables.iter().map(sheet).collect()
}

type Mistakes = Vec<(String, String)>;

/// What comes of a form: the content, and the places and codes of mistakes.
fn understood(sheets: Vec<Sheet>) -> (Json, Mistakes, Vec<Note>) {
    let mut findings = ImportFindings::default();
    let form = form(sheets, &mut findings);
    let errors = findings.errors.iter().map(|error| (error.pointer.clone(), error.code.to_owned())).collect();
    (serde_json::to_value(form.content).unwrap(), errors, findings.notes)
}

const CHOICES: &[&[&str]] = &[
    &["list_name", "name", "label", "points"],
    &["yn", "yes", "Yes", ""],
    &["yn", "no", "No", ""],
    &["size", "S", "Small", "1"],
    &["size", "L-X", "Large", ""],
    &["size", "3", "Three", ""],
];
const SETTINGS: &[&[&str]] = &[&["form_title", "default_language"], &["A form", "English (en)"]];

/// The survey's first question with its mistakes.
fn one(columns: &[&str], row: &[&str]) -> (Json, Mistakes) {
    let (content, errors, _) =
        understood(sheets(&[("survey", &[columns, row]), ("choices", CHOICES), ("settings", SETTINGS)]));
    (content["sections"][0]["questions"][0].clone(), errors)
}

#[test]
fn what_cannot_be_kept_is_refused_at_its_cell() {
    let cases: &[(&[&str], &[&str], &str, &str)] = &[
        (&["type", "name", "label"], &["barcode", "q", "?"], "survey!A2", "type_not_kept"),
        (&["type", "name", "label"], &["select_one size or_other", "q", "?"], "survey!A2", "type_not_kept"),
        (&["type", "name", "label"], &["select_one none", "q", "?"], "survey!A2", "unknown_list"),
        (&["type", "name", "label"], &["begin_repeat", "q", "?"], "survey!A2", "type_not_kept"),
        (&["type", "name", "label"], &["text", "", "?"], "survey!B2", "missing_name"),
        (&["type", "name", "label"], &["begin_group", "g", "?"], "survey!A2", "unbalanced_group"),
        (&["type", "name", "label"], &["end_group", "", ""], "survey!A2", "unbalanced_group"),
        (&["type", "name", "label"], &["note", "q", "So ${much}"], "survey!C2", "text_not_kept"),
        (&["type", "name", "label", "default"], &["text", "q", "?", "x"], "survey!D2", "not_kept"),
        (&["type", "name", "label", "read_only"], &["text", "q", "?", "yes"], "survey!D2", "not_kept"),
        (
            &["type", "name", "label", "required"],
            &["text", "q", "?", "${a}=1"],
            "survey!D2",
            "required_not_kept",
        ),
        (
            &["type", "name", "label", "media::image"],
            &["text", "q", "?", "a.png"],
            "survey!D2",
            "picture_not_kept",
        ),
        (
            &["type", "name", "label", "appearance"],
            &["date", "q", "?", "year"],
            "survey!D2",
            "appearance_not_kept",
        ),
        (
            &["type", "name", "label", "parameters"],
            &["range", "q", "?", "step=0.5"],
            "survey!D2",
            "step_not_kept",
        ),
        (
            &["type", "name", "label", "calculation"],
            &["calculate", "q", "", "1 + 1"],
            "survey!D2",
            "calculate_not_kept",
        ),
        (
            &["type", "name", "label", "label::Klingon"],
            &["text", "q", "?", "x"],
            "survey!D1",
            "unknown_language",
        ),
        (&["type", "name", "label", "label::en"], &["text", "q", "?", "x"], "survey!D1", "duplicate"),
        (&["type", "name", "label", "weight"], &["text", "q", "?", "1.5"], "survey!D2", "malformed"),
        (&["type", "name", "label", "critical"], &["text", "q", "?", "cap"], "survey!D2", "malformed"),
        (&["type", "name", "label", "bands"], &["integer", "q", "?", "1,2"], "survey!D2", "malformed"),
        (&["type", "name", "label", "bands"], &["note", "q", "?", "1:2"], "survey!D2", "not_kept"),
        (&["type", "name", "label", "kind"], &["text", "q", "?", "amount"], "survey!D2", "kind_mismatch"),
        (&["type", "name", "label", "show_when"], &["text", "q", "?", "{"], "survey!D2", "malformed"),
    ];
    for (columns, row, place, code) in cases {
        let (_, errors) = one(columns, row);
        assert_eq!(errors, [((*place).to_owned(), (*code).to_owned())], "{columns:?} {row:?}");
    }
}

#[test]
fn what_is_no_rule_is_told_in_words() {
    for (rule, words) in [
        (r#"{"===": [{"var": 5}, 1]}"#, "This is no rule"),
        (r#"{"and": [], "or": []}"#, "This is no rule"),
        ("7", "This is no rule"),
    ] {
        let mut findings = ImportFindings::default();
        let survey: &[&[&str]] = &[&["type", "name", "label", "show_when"], &["text", "q", "?", rule]];
        form(sheets(&[("survey", survey), ("settings", SETTINGS)]), &mut findings);
        let messages: Vec<_> = findings.errors.iter().map(|error| error.message.as_str()).collect();
        assert!(messages.iter().any(|message| message.starts_with(words)), "{rule}: {messages:?}");
        let raw = ["invalid type", "missing field", "unknown variant", "expected", "line "];
        assert!(!messages.iter().any(|message| raw.iter().any(|raw| message.contains(raw))), "{messages:?}");
    }
}

#[test]
fn groups_become_sections_and_inner_groups_go_into_them() {
    let rows: &[&[&str]] = &[
        &["type", "name", "label", "relevant", "weight", "required"],
        &["integer", "first", "?", "", "", "TRUE"],
        &["begin group", "Outer", "Outer", "${first} > 1", "3", ""],
        &["begin_group", "inner", "Inner", "${first} > 2", "", ""],
        &["text", "second", "?", "${first} > 3", "", "no"],
        &["end_group", "", "", "", "", ""],
        &["end group", "", "", "", "", ""],
        &["", "", "", "", "", ""],
        &["text", "third", "?", "", "", ""],
    ];
    let (content, errors, notes) = understood(sheets(&[("Survey", rows), ("settings", SETTINGS)]));
    assert_eq!(errors, []);
    let more = |than: i32| json!({">": [{"var": "first"}, than]});
    let sections = content["sections"].as_array().unwrap();
    let keys: Vec<_> = sections.iter().map(|section| section["key"].as_str().unwrap()).collect();
    assert_eq!(keys, ["ungrouped", "outer", "ungrouped_2"]);
    assert_eq!((&sections[1]["weight"], &sections[1]["show_when"]), (&json!(3), &more(1)));
    let inner = &sections[1]["questions"];
    assert_eq!((&inner[0]["key"], &inner[0]["answer"]["kind"]), (&json!("inner"), &json!("note")));
    assert_eq!(
        (&inner[0]["show_when"], &inner[1]["show_when"]),
        (&more(2), &json!({"and": [more(2), more(3)]}))
    );
    let places: Vec<_> = notes.iter().map(|note| note.at.as_str()).collect();
    assert_eq!(places, ["survey!A2", "survey!B3", "survey!A4", "survey!A9"]);
}

#[test]
fn a_label_without_a_language_is_kept_as_undetermined() {
    let rows: &[&[&str]] = &[&["type", "name", "label"], &["text", "q", "?"]];
    let (content, errors, notes) = understood(sheets(&[("survey", rows)]));
    assert_eq!((errors, &content["languages"]), (vec![], &json!(["und"])));
    assert_eq!(notes[0].at, "survey!C1");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_stands_in_the_cells_is_read_or_refused(
        rows in prop::collection::vec(prop::collection::vec("[ -~é]{0,12}", 6), 0..6),
        relevant in "[-${}a-z ='<>().,0-9!]{0,30}",
    ) {
        let columns = ["type", "name", "label::en", "relevant", "constraint", "weight"];
        let mut all: Vec<Vec<&str>> = vec![columns.to_vec(), vec!["integer", "a", "?"], vec!["text", "b", "?", &relevant, &relevant]];
        all.extend(rows.iter().map(|row| row.iter().map(String::as_str).collect()));
        let all: Vec<&[&str]> = all.iter().map(Vec::as_slice).collect();
        understood(sheets(&[("survey", &all), ("choices", &all)]));
    }
}

#[test]
fn cells_are_named_as_people_name_them() {
    let places = [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")];
    places
        .iter()
        .for_each(|(column, letters)| assert_eq!(place("survey", 6, *column), format!("survey!{letters}7")));
}

/// The workbook with one text in its parts replaced by another.
fn replaced(book: &[u8], from: &str, to: &str) -> Vec<u8> {
    use std::io::{Cursor, Read, Write};
    let mut old = zip::ZipArchive::new(Cursor::new(book)).unwrap();
    let mut new = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for at in 0..old.len() {
        let mut part = old.by_index(at).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap();
        new.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        new.write_all(text.replace(from, to).as_bytes()).unwrap();
    }
    new.finish().unwrap().into_inner()
}

#[test]
fn a_formula_that_was_never_computed_is_refused() {
    let mut book = rust_xlsxwriter::Workbook::new();
    let page = book.add_worksheet();
    page.set_name("survey").unwrap();
    let columns = [("type", "text"), ("name", "q"), ("label::en", "?")];
    for (column, (name, cell)) in (0..).zip(columns) {
        page.write_string(0, column, name).unwrap();
        page.write_string(1, column, cell).unwrap();
    }
    page.write_string(0, 3, "weight").unwrap();
    page.write_formula(1, 3, rust_xlsxwriter::Formula::new("=2*3").set_result("6")).unwrap();
    let book = book.save_to_buffer().unwrap();
    assert_eq!(read(&book, Leave::Nothing).unwrap().0.content.sections[0].questions[0].weight, 6);
    let refused = read(&replaced(&book, "<v>6</v>", ""), Leave::Nothing).unwrap_err();
    let first = &refused.particulars().fields[0];
    assert_eq!((first.pointer.as_str(), first.code), ("survey!D2", "formula_without_value"));
}
