//! What is written as a form is read as the same checklist.

use std::collections::BTreeMap;

use super::*;
use crate::checklists::samples::contents;

/// A content with all that there is; the gate holds the form that it becomes to other programs, too.
fn everything() -> Content {
    serde_json::from_str(include_str!("../../../../../tests/checklists/everything.json")).unwrap()
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
    let in_json = texts.iter().filter(|text| text.contains("{\"")).count();
    assert!(in_json < 20, "few rules need JSON: {in_json}");
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
}
