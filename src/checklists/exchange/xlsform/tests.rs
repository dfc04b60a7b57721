#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod leaving;

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::cells::{Cells, Sheet};
use super::*;
use crate::checklists::{exchange::Note, samples::contents};

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

/// The rule that an expression over these questions becomes, or the code of its refusal.
fn rule(relevant: &str) -> Result<Json, String> {
    let columns: &[&str] = &["type", "name", "label", "relevant", "kind", "calculation"];
    let rows: &[&[&str]] = &[
        columns,
        &["select_one yn", "agreed", "?", "", "yes_no", ""],
        &["select_one size", "size", "?", "", "", ""],
        &["select_multiple size", "sizes", "?", "", "", ""],
        &["decimal", "bill", "?", "", "", ""],
        &["integer", "age", "?", "", "", ""],
        &["text", "words", "?", "", "", ""],
        &["date", "day", "?", "", "", ""],
        &["time", "hour", "?", "", "", ""],
        &["image", "photo", "?", "", "", ""],
        &["calculate", "adult", "", "", "", "${age} >= 18"],
        &["calculate", "limit", "", "", "", "12.5"],
        &["text", "used", "?", "${adult} = true() and ${bill} > ${limit}", "", ""],
        &["text", "asked", "?", relevant, "", ""],
        &["text", "later", "?", "", "", ""],
    ];
    let (content, errors, _) =
        understood(sheets(&[("survey", rows), ("choices", CHOICES), ("settings", SETTINGS)]));
    match errors.as_slice() {
        [] => Ok(content["sections"][0]["questions"][10]["show_when"].clone()),
        [(place, code)] if place == "survey!D14" => Err(code.clone()),
        other => panic!("{relevant}: {other:?}"),
    }
}

#[test]
fn expressions_become_rules() {
    let var = |key: &str| json!({ "var": key });
    let cases = [
        ("${agreed} = 'yes'", var("agreed")),
        ("${agreed} = \"no\"", json!({"===": [var("agreed"), false]})),
        ("${agreed} != 'yes'", json!({"!==": [var("agreed"), true]})),
        ("not( ${agreed}='yes' )", json!({"!": [var("agreed")]})),
        ("${size} = 'L-X'", json!({"===": [var("size"), "l_x"]})),
        ("'S' != ${size}", json!({"!==": [var("size"), "s"]})),
        ("${size} = 3", json!({"===": [var("size"), "n3"]})),
        ("selected(${size}, 'S')", json!({"===": [var("size"), "s"]})),
        ("selected('S 3', ${size})", json!({"in": [var("size"), ["s", "n3"]]})),
        ("selected(${sizes}, 'S')", json!({"in": ["s", var("sizes")]})),
        ("${sizes} != ''", json!({"!==": [var("sizes"), null]})),
        ("count-selected(${sizes}) > 0", json!({"!==": [var("sizes"), null]})),
        ("${bill} >= 4.5", json!({">=": [var("bill"), 450]})),
        ("18 <= ${age}", json!({">=": [var("age"), 18]})),
        ("${age} < -3", json!({"<": [var("age"), -3]})),
        ("${words} = ''", json!({"===": [var("words"), null]})),
        ("${words} = 'it''", json!(null)),
        ("${day} > date('2026-01-01')", json!({">": [var("day"), "2026-01-01"]})),
        ("decimal-time(${hour}) < decimal-time('09:30')", json!({"<": [var("hour"), "09:30"]})),
        ("decimal-time(${hour}) > decimal-time('1970-01-01T09:30')", json!({">": [var("hour"), "09:30"]})),
        ("${photo} != ''", json!({"!==": [var("photo"), null]})),
        ("true()", json!(null)),
        ("${age} = 1 and true()", json!({"===": [var("age"), 1]})),
        (
            "${age} = 1 or ${age} = 2 and ${agreed} = 'yes'",
            json!({"or": [{"===": [var("age"), 1]}, {"and": [{"===": [var("age"), 2]}, var("agreed")]}]}),
        ),
        ("${adult}", json!({">=": [var("age"), 18]})),
        ("${adult} = false()", json!({"!": [{">=": [var("age"), 18]}]})),
        ("${bill} <= ${limit}", json!({"<=": [var("bill"), 1250]})),
    ];
    for (expression, wanted) in cases {
        if expression == "${words} = 'it''" {
            assert_eq!(rule(expression), Err("malformed_expression".into()));
        } else {
            assert_eq!(rule(expression), Ok(wanted), "{expression}");
        }
    }
}

#[test]
fn what_no_rule_can_say_is_refused() {
    for expression in [
        "${age} + 1 > 2",
        "${age} > ${bill}",
        "${age} * 2 = 4",
        "today() > ${day}",
        "${sizes} = 'S'",
        "count-selected(${sizes}) > 2",
        "string-length(${words}) > 3",
        "if(${age} > 3, true(), false())",
        ". = 'a'",
        "${size} > 'S'",
        "${words} < 'b'",
        "'a' = 'a'",
        "${age}",
        "'yes'",
        "${photo} = 'a.jpg'",
        "${age} = 1.5",
        "jr:choice-name(${size}, '${size}') = 'Small'",
        "/data/age = 3",
        "pulldata('a', 'b', 'c', ${age}) = 1",
    ] {
        assert_eq!(rule(expression), Err("relevant_not_kept".into()), "{expression}");
    }
    for (expression, code) in [
        ("${size} = 'XXL'", "unknown_option"),
        ("${nobody} = 1", "unknown_name"),
        ("${later} = ''", "forward_reference"),
        ("${asked} = ''", "forward_reference"),
        ("${age > 3", "malformed_expression"),
        ("false()", "never_shown"),
        (&"(".repeat(100), "too_deep"),
    ] {
        assert_eq!(rule(expression), Err(code.into()), "{expression}");
    }
}

#[test]
fn constraints_become_limits() {
    let columns: &[&str] = &["type", "name", "label", "constraint", "kind", "currency"];
    let limited = |kind: &str, constraint: &str, more: &[&str]| {
        let row = [&[kind, "q", "?", constraint], more].concat();
        let (question, errors) = one(columns, &row);
        if errors.is_empty() { Ok(question["answer"].clone()) } else { Err(errors) }
    };
    let has = |kind, constraint, more: &[&str], wanted: &[(&str, Json)]| {
        let answer = limited(kind, constraint, more).unwrap();
        wanted
            .iter()
            .for_each(|(member, value)| assert_eq!(answer[member], *value, "{constraint}: {answer}"));
    };
    has("integer", ". >= 1 and . < 5", &[], &[("minimum", json!(1)), ("maximum", json!(4))]);
    has("integer", "0 < .", &[], &[("minimum", json!(1)), ("maximum", Json::Null)]);
    has("decimal", ". <= 0.125", &[], &[("maximum", json!(125)), ("decimals", json!(3))]);
    has("decimal", ". <= 12.5", &["amount", "EUR"], &[("maximum", json!(1250)), ("currency", json!("EUR"))]);
    has("integer", ". <= 90", &["duration"], &[("maximum", json!(90))]);
    has("text", "string-length(.) = 6", &[], &[("min_length", json!(6)), ("max_length", json!(6))]);
    has("text", "regex(., '^[0-9]+$')", &[], &[("pattern", json!("digits"))]);
    has("select_multiple size", "count-selected(.) <= 2", &[], &[("at_most", json!(2))]);
    has("date", ". >= date('2026-01-01')", &[], &[("earliest", json!("2026-01-01"))]);
    has("date", ". <= '2026-01-01'", &[], &[("latest", json!("2026-01-01"))]);
    for (kind, constraint) in [
        ("integer", ". != 3"),
        ("integer", ". > 1 or . < 0"),
        ("integer", ". > ${q}"),
        ("integer", ". > 1.5"),
        ("integer", "not(. > 3)"),
        ("integer", ". >= 1 and . >= 2"),
        ("text", "regex(., '^[A-Z]$')"),
        ("text", ". != 'a'"),
        ("select_one size", ". != 'S'"),
        ("select_multiple size", "not(selected(., 'S') and count-selected(.) > 1)"),
        ("date", ". <= today()"),
        ("range", ". > 2"),
    ] {
        let wanted = vec![("survey!D2".to_owned(), "constraint_not_kept".to_owned())];
        assert_eq!(limited(kind, constraint, &[]), Err(wanted), "{constraint}");
    }
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

/// A content with all that there is; the gate holds the form that it becomes to other programs, too.
fn everything() -> Content {
    serde_json::from_str(include_str!("../../../../tests/checklists/everything.json")).unwrap()
}

fn comes_back(content: &Content, name: Option<&str>) -> Form {
    let workbook = write(content, name).unwrap();
    let (form, _) = read(&workbook, Leave::Nothing).unwrap();
    assert_eq!(json!(form.content), json!(content));
    assert_eq!(form.content, *content);
    form
}

#[test]
fn everything_comes_back() {
    let form = comes_back(&everything(), Some("A name"));
    assert_eq!(form.name.as_deref(), Some("A name"));
    assert_eq!(write(&everything(), None).unwrap(), write(&everything(), None).unwrap());
}

#[test]
fn what_a_form_can_say_stands_in_its_own_words() {
    let sheets = writing::sheets(&everything(), None);
    let texts: Vec<&str> = sheets
        .iter()
        .flat_map(|sheet| sheet.rows.values().flat_map(|row| row.values()))
        .map(String::as_str)
        .collect();
    for wanted in [
        "label::Português (pt-BR)",
        "label::gsw (gsw)",
        "start=-3 end=7 step=1",
        ". >= -0.005 and . <= 4.500",
        "count-selected(.) >= 0 and count-selected(.) <= 2",
        "decimal-time(.) >= decimal-time('1970-01-01T14:05') and decimal-time(.) <= decimal-time('1970-01-01T14:05')",
        "${yes} = 'yes'",
        "selected('a c', ${one})",
        "selected(${several}, 'a')",
        "${decimal} >= -4.500",
        "${yes} = 'yes' or (${no} = 'yes' and ${one} = 'b')",
        "yes_2",
        "meta_2",
    ] {
        assert!(texts.contains(&wanted), "{wanted} in {texts:#?}");
    }
    assert!(texts.iter().filter(|text| text.contains("{\"")).count() < 10, "few rules need JSON");
}

#[test]
fn a_rule_in_json_holds_only_while_relevant_says_the_same() {
    let mut sheets = writing::sheets(&everything(), None);
    let header: BTreeMap<_, _> =
        sheets[0].rows[&0].iter().map(|(column, name)| (name.clone(), *column)).collect();
    let both = |cells: &&mut Cells| {
        cells.contains_key(&header["show_when"]) && cells.contains_key(&header["relevant"])
    };
    let row = sheets[0].rows.values_mut().skip(1).find(both).unwrap();
    row.insert(header["relevant"], "${yes} = 'no'".into());
    let (_, errors, _) = understood(sheets);
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].1, "rules_differ");
}

#[test]
fn what_no_form_can_say_is_not_written() {
    let unlisted = json!({"title": {"en": "A", "fr": "B"}, "languages": ["en"], "sections": []});
    let reference = json!({"title": {"en": "A"}, "languages": ["en"], "sections": [{"key": "s", "title": {"en": "A"},
        "questions": [{"key": "q", "text": {"en": "${q}"}, "answer": {"kind": "note"}}]}]});
    for content in [unlisted, reference] {
        let content: Content = serde_json::from_value(content).unwrap();
        assert_eq!(write(&content, None).unwrap_err().code(), Code::WrongState);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_checklist_comes_back(content in contents()) {
        let says_too_much = serde_json::to_string(&content).unwrap().contains("${");
        prop_assume!(!says_too_much);
        comes_back(&content, None);
    }

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

#[test]
fn a_rule_about_what_is_no_answer_is_refused_and_never_lost() {
    let with = |relevant: &str| -> Mistakes {
        let rows: &[&[&str]] = &[
            &["type", "name", "label", "relevant"],
            &["start", "began", "", ""],
            &["begin_group", "g", "G", ""],
            &["select_one size", "size", "?", ""],
            &["text", "asked", "?", relevant],
            &["end_group", "", "", ""],
        ];
        understood(sheets(&[("survey", rows), ("choices", CHOICES), ("settings", SETTINGS)])).1
    };
    assert_eq!(with("${size} = 'S'"), []);
    for relevant in [
        "${size} = 'S' and ${began} != ''",
        "not(${g} = 1) and ${size} = 'S'",
        "selected(${began}, 'a')",
        "${g} = 3",
    ] {
        let mistakes = with(relevant);
        assert_eq!(mistakes.len(), 1, "{relevant}: {mistakes:?}");
        assert_eq!(mistakes[0].0, "survey!D5", "{relevant}");
    }
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
