#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;
use crate::checklists::samples::contents;

fn content() -> Json {
    let text = json!({"en": "A text", "fr": "Un texte"});
    let option = |key: &str, points: i32| json!({"key": key, "text": text, "points": points});
    json!({"title": text, "languages": ["en", "fr"], "sections": [{"key": "s", "title": text, "questions": [
        {"key": "yes", "text": text, "answer": {"kind": "yes_no"}},
        {"key": "choice", "text": text, "answer": {"kind": "one_choice", "options": [option("a", 1), option("b", 0)]}},
        {"key": "scale", "text": text, "answer": {"kind": "scale", "from": 1, "to": 5}},
        {"key": "words", "text": text, "answer": {"kind": "text"}}]}]})
}

fn problems(content: Json) -> Vec<(String, &'static str)> {
    let content: Content = serde_json::from_value(content).unwrap();
    content.check().into_iter().map(|problem| (problem.pointer, problem.code)).collect()
}

#[test]
fn each_problem_has_its_place() {
    let (q, text) = ("/sections/0/questions", json!({"en": "A", "fr": "B"}));
    let zero = json!({"effect": "visit_zero"});
    let question = |key: String| json!({"key": key, "text": text, "answer": {"kind": "yes_no"}});
    let many = |n: usize| (0..n).map(|i| question(format!("q{i}"))).collect::<Json>();
    let sections = |n: usize| {
        let section =
            |i| json!({"key": format!("s{i}"), "title": text, "questions": [question(format!("q{i}"))]});
        (0..n).map(section).collect::<Json>()
    };
    let options = |n: usize| {
        (0..n).map(|i| json!({"key": format!("o{i}"), "text": text, "points": 1})).collect::<Json>()
    };
    let cases = [
        ("/languages".into(), json!([]), "/languages".into(), "too_few"),
        ("/languages/1".into(), json!("french"), "/languages/1".into(), "malformed_language"),
        ("/languages".into(), json!(["en", "fr", "en"]), "/languages/2".into(), "duplicate"),
        ("/title".into(), json!({"en": "A"}), "/title/fr".into(), "missing_translation"),
        (
            "/title".into(),
            json!({"en": "A", "fr": "B", "a/b": "C"}),
            "/title/a~1b".into(),
            "unlisted_language",
        ),
        ("/title/en".into(), json!(" \n"), "/title/en".into(), "empty"),
        ("/title/en".into(), json!("é".repeat(2001)), "/title/en".into(), "too_long"),
        ("/title/en".into(), json!("a\u{1}"), "/title/en".into(), "control_character"),
        ("/sections".into(), json!([]), "/sections".into(), "too_few"),
        ("/sections".into(), sections(51), "/sections".into(), "too_many"),
        ("/sections/0/key".into(), json!("S"), "/sections/0/key".into(), "malformed_key"),
        (q.into(), json!([]), q.into(), "too_few"),
        (q.into(), many(501), "/sections".into(), "too_many"),
        (format!("{q}/1/key"), json!("yes"), format!("{q}/1/key"), "duplicate"),
        (format!("{q}/0/weight"), json!(1001), format!("{q}/0/weight"), "out_of_range"),
        (format!("{q}/0/help"), json!({"en": "A"}), format!("{q}/0/help/fr"), "missing_translation"),
        (format!("{q}/3/critical"), zero.clone(), format!("{q}/3/critical"), "critical_without_points"),
        (
            format!("{q}/0/critical"),
            json!({"effect": "cap", "score": 10_001}),
            format!("{q}/0/critical/score"),
            "out_of_range",
        ),
        (format!("{q}/1/answer/options"), options(1), format!("{q}/1/answer/options"), "too_few"),
        (format!("{q}/1/answer/options"), options(201), format!("{q}/1/answer/options"), "too_many"),
        (
            format!("{q}/1/answer/options/1/key"),
            json!("a"),
            format!("{q}/1/answer/options/1/key"),
            "duplicate",
        ),
        (
            format!("{q}/1/answer/options/1/points"),
            json!(1001),
            format!("{q}/1/answer/options/1/points"),
            "out_of_range",
        ),
        (format!("{q}/2/answer/to"), json!(1), format!("{q}/2/answer/to"), "out_of_range"),
        (format!("{q}/2/answer/to"), json!(102), format!("{q}/2/answer/to"), "out_of_range"),
        (format!("{q}/3/answer/max_length"), json!(0), format!("{q}/3/answer/max_length"), "out_of_range"),
        (
            format!("{q}/3/answer/max_length"),
            json!(10_001),
            format!("{q}/3/answer/max_length"),
            "out_of_range",
        ),
    ];
    for (place, value, pointer, code) in cases {
        let mut content = content();
        let (parent, member) = place.rsplit_once('/').unwrap();
        match content.pointer_mut(parent).unwrap() {
            Json::Object(members) => drop(members.insert(member.to_owned(), value)),
            items => items[member.parse::<usize>().unwrap()] = value,
        }
        let found = problems(content);
        assert!(found.contains(&(pointer, code)), "{place}: {code} not in {found:?}");
    }
}

#[test]
fn nothing_wrong_is_no_problem() {
    assert_eq!(problems(content()), []);
}

#[test]
fn the_largest_checklist_is_allowed() {
    let text = json!({"en": "é".repeat(2000)});
    let question = |i| json!({"key": format!("q{i}"), "text": {"en": "A"}, "answer": {"kind": "yes_no"}});
    let section = |s: i32| {
        json!({"key": format!("s{s}"), "title": text,
        "questions": (s * 10..s * 10 + 10).map(question).collect::<Json>()})
    };
    let sections: Json = (0..50).map(section).collect();
    assert_eq!(problems(json!({"title": text, "languages": ["en"], "sections": sections})), []);
}

#[test]
fn a_checklist_that_can_never_score_is_refused() {
    for (member, value) in [("weight", json!(0)), ("bonus", json!(true)), ("answer", json!({"kind": "text"}))]
    {
        let mut content = content();
        for question in content["sections"][0]["questions"].as_array_mut().unwrap() {
            question[member] = value.clone();
        }
        assert_eq!(problems(content), [("/sections".to_owned(), "nothing_to_score")], "{member}");
    }
}

#[test]
fn a_bonus_is_not_critical() {
    let mut content = content();
    let question = &mut content["sections"][0]["questions"][0];
    (question["bonus"], question["critical"]) = (json!(true), json!({"effect": "section_zero"}));
    assert_eq!(problems(content), [("/sections/0/questions/0/critical".to_owned(), "critical_bonus")]);
}

#[test]
fn the_list_of_problems_is_bounded() {
    let mut content = content();
    content["sections"] = (0..2000).map(|_| json!({"key": "", "title": {}, "questions": []})).collect();
    assert_eq!(problems(content).len(), MOST_PROBLEMS);
}

proptest! {
    #[test]
    fn arbitrary_checklists_can_be_published(content in contents()) {
        prop_assert_eq!(content.check(), vec![]);
    }
}
