//! What a checklist cannot say is left out and listed, when that is asked for: nothing in silence.

use super::*;
use crate::checklists::samples::contents;

/// What comes of a form: its sections, and the places and codes of what was left out.
fn taken(tables: &[(&str, &[&[&str]])]) -> (Json, Mistakes) {
    let mut findings = ImportFindings::new(Leave::Out);
    let form = form(sheets(tables), &mut findings);
    let (form, remarks) = findings.into_result(form).unwrap();
    let left_out = remarks.left_out.into_iter().map(|one| (one.at, one.code.to_owned())).collect();
    (serde_json::to_value(form.content).unwrap()["sections"].clone(), left_out)
}

fn survey(rows: &[&[&str]]) -> (Json, Mistakes) {
    taken(&[("survey", rows), ("choices", CHOICES), ("settings", SETTINGS)])
}

fn at(places: &[(&str, &str)]) -> Mistakes {
    places.iter().map(|(at, code)| ((*at).to_owned(), (*code).to_owned())).collect()
}

fn keys(section: &Json) -> Vec<&str> {
    section["questions"].as_array().unwrap().iter().map(|one| one["key"].as_str().unwrap()).collect()
}

#[test]
fn a_cell_is_left_out_and_its_question_stays() {
    let columns = ["type", "name", "label", "relevant", "constraint", "default", "required", "appearance"];
    for (cells, place, code) in [
        (["integer", "n", "N?", "", "", "5", "", ""], "survey!F2", "not_kept"),
        (["integer", "n", "N?", "", ". > today()", "", "", ""], "survey!E2", "constraint_not_kept"),
        (["integer", "n", "N?", "jr:choice-name(1)", "", "", "", ""], "survey!D2", "relevant_not_kept"),
        (["integer", "n", "N?", "${nothing} = 1", "", "", "", ""], "survey!D2", "unknown_name"),
        (["integer", "n", "N?", "", "", "", "${a} = 1", ""], "survey!G2", "required_not_kept"),
        (["select_one yn", "n", "N?", "", "", "", "", "search('x')"], "survey!H2", "appearance_not_kept"),
        (["select_one yn or_other", "n", "N?", "", "", "", "", ""], "survey!A2", "type_not_kept"),
    ] {
        let (sections, left_out) = survey(&[&columns, &cells]);
        assert_eq!(left_out, at(&[(place, code)]), "{cells:?}");
        assert_eq!(keys(&sections[0]), ["n"], "{cells:?}");
        assert_eq!(sections[0]["questions"][0].get("show_when"), None);
    }
    let (sections, left_out) = survey(&[&columns, &["text", "n", "Dear ${name}, why?"]]);
    assert_eq!(left_out, at(&[("survey!C2", "text_not_kept")]));
    assert_eq!(sections[0]["questions"][0]["text"], json!({"en": "Dear …, why?"}));
    // Of two limits none is kept where one cannot be.
    let (sections, left_out) = survey(&[&columns, &["integer", "n", "N?", "", ". > 0 and . < ${x}"]]);
    assert_eq!(left_out, at(&[("survey!E2", "constraint_not_kept")]));
    assert_eq!(sections[0]["questions"][0]["answer"].get("minimum"), None);
}

#[test]
fn every_cell_of_a_row_that_is_left_out_is_listed() {
    let columns = ["type", "name", "label", "hint", "relevant"];
    let rows: &[&[&str]] = &[
        &columns,
        &["barcode", "code", "Scan", "Hold still", ""],
        &["text", "why", "Why?", "", "${code} != ''"],
        &["calculate", "known", "", "", ""],
        &["text", "how", "How?", "", "${known} = 1"],
        &["", "loose", "A remark?", "", ""],
        &["text", "last", "Last?", "", ""],
    ];
    let (sections, left_out) = survey(rows);
    let wanted = at(&[
        ("survey!A2", "type_not_kept"),
        ("survey!B2", "left_with_row"),
        ("survey!C2", "left_with_row"),
        ("survey!D2", "left_with_row"),
        ("survey!B4", "left_with_row"),
        ("survey!A6", "missing_type"),
        ("survey!B6", "left_with_row"),
        ("survey!C6", "left_with_row"),
        ("survey!E3", "follows"),
        ("survey!E5", "follows"),
    ]);
    assert!(left_out.contains(&("survey!A4".to_owned(), "calculate_not_kept".to_owned())));
    let without_calculation: Mistakes =
        left_out.into_iter().filter(|(_, code)| code != "calculate_not_kept").collect();
    assert_eq!(without_calculation, wanted);
    assert_eq!(keys(&sections[0]), ["why", "how", "last"]);
}

#[test]
fn what_is_never_shown_is_left_out_with_its_rows() {
    let columns = ["type", "name", "label", "relevant"];
    let rows: &[&[&str]] = &[
        &columns,
        &["begin_group", "off", "Off", "false()"],
        &["text", "inner", "Inner?", ""],
        &["end_group", "", "", ""],
        &["begin_group", "on", "On", ""],
        &["text", "never", "Never?", "1 = 2 or false()"],
        &["text", "hidden", "Hidden?", "false()"],
        &["text", "after", "After?", "${hidden} = 'x'"],
        &["end_group", "", "", ""],
    ];
    let (sections, left_out) = survey(rows);
    assert_eq!((sections.as_array().unwrap().len(), keys(&sections[0])), (1, vec!["never", "after"]));
    for place in [
        "survey!D2",
        "survey!C2",
        "survey!B3",
        "survey!C3",
        "survey!D6",
        "survey!D7",
        "survey!B7",
        "survey!D8",
    ] {
        assert!(left_out.iter().any(|(at, _)| at == place), "{place}: {left_out:?}");
    }
}

#[test]
fn repeats_are_asked_once_and_rows_without_a_name_get_a_key() {
    let columns = ["type", "name", "label", "repeat_count"];
    let rows: &[&[&str]] = &[
        &columns,
        &["begin_repeat", "child", "Child", "3"],
        &["text", "called", "Called?", ""],
        &["end_repeat", "", "", ""],
        &["begin_group", "", "More", ""],
        &["note", "", "Thank you.", ""],
        &["end_group", "", "", ""],
        &["begin_group", "child", "Again", ""],
        &["text", "called", "Called?", ""],
        &["end_group", "", "", ""],
        &["begin_group", "child", "And again", ""],
        &["text", "called", "Called?", ""],
        &["end_group", "", "", ""],
    ];
    let (sections, left_out) = survey(rows);
    assert_eq!(left_out, at(&[("survey!A2", "type_not_kept")]));
    let titles: Vec<_> = sections.as_array().unwrap().iter().map(|one| one["title"]["en"].clone()).collect();
    assert_eq!(titles, ["Child", "More", "Again", "And again"]);
    let names: Vec<_> = sections.as_array().unwrap().iter().map(|one| one["key"].as_str().unwrap()).collect();
    assert_eq!((names[0], names[2], names[3]), ("child", "child_2", "child_3"));
    assert!(names[1].starts_with("n_"), "{names:?}");
    let all: std::collections::BTreeSet<_> = sections.as_array().unwrap().iter().flat_map(keys).collect();
    assert_eq!(all.len(), 4, "each has its own key: {all:?}");
}

#[test]
fn options_and_languages_are_left_out_too() {
    let choices: &[&[&str]] = &[
        &["list_name", "name", "label::Martian", "label::French (fr)", "media::image"],
        &["a", "x", "Xx", "Le ${x}", "x.png"],
        &["a", "x", "again", "encore", ""],
        &["a", "", "nameless", "", ""],
        &["a", "y", "Yy", "Y", ""],
    ];
    let rows: &[&[&str]] =
        &[&["type", "name", "label::Martian", "label::French (fr)"], &["select_one a", "q", "Mm?", "Quoi ?"]];
    let (sections, left_out) = taken(&[("survey", rows), ("choices", choices)]);
    let wanted = at(&[
        ("choices!D2", "text_not_kept"),
        ("choices!E2", "not_kept"),
        ("choices!B3", "duplicate"),
        ("choices!A3", "left_with_row"),
        ("choices!C3", "left_with_row"),
        ("choices!D3", "left_with_row"),
        ("choices!B4", "missing_name"),
        ("choices!A4", "left_with_row"),
        ("choices!C4", "left_with_row"),
    ]);
    assert_eq!(left_out, wanted);
    let question = &sections[0]["questions"][0];
    assert_eq!(question["text"], json!({"qaa": "Mm?", "fr": "Quoi ?"}));
    assert_eq!(question["answer"]["options"][0]["text"], json!({"qaa": "Xx", "fr": "Le …"}));
}

#[test]
fn what_nothing_can_be_made_of_is_refused_all_the_same() {
    let mut findings = ImportFindings::new(Leave::Out);
    let nothing = form(sheets(&[("other", &[&["name", "label"]])]), &mut findings);
    let refused = findings.into_result(nothing).unwrap_err();
    assert_eq!(refused.particulars().fields[0].code, "missing_sheet");
    assert!(read(b"no workbook", Leave::Out).is_err());
}

#[test]
fn a_sheet_alone_may_have_any_name() {
    let rows: &[&[&str]] = &[&["Type", "name", "label"], &["text", "why", "Why?"]];
    let (sections, left_out) = taken(&[("Sheet1", rows)]);
    assert_eq!((keys(&sections[0]), left_out), (vec!["why"], Vec::new()));
    let mut findings = ImportFindings::default();
    form(sheets(&[("Sheet1", rows), ("Sheet2", rows)]), &mut findings);
    assert_eq!(findings.errors[0].code, "missing_sheet");
}

proptest! {
    /// A form that is taken whole is the same with and without leaving out.
    #[test]
    fn what_can_be_carried_is_carried_the_same(content in contents()) {
        let Ok(workbook) = write(&content, None) else { return Ok(()) };
        let (whole, _) = read(&workbook, Leave::Nothing).unwrap();
        let (form, remarks) = read(&workbook, Leave::Out).unwrap();
        prop_assert_eq!(whole, form);
        prop_assert_eq!(remarks.left_out, []);
    }
}
