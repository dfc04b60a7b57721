#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod evidence;
mod kinds;

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;
use crate::checklists::samples::samples;

fn prepared() -> Prepared {
    let text = json!({"en": "A text"});
    let options = ["a", "b"].map(|key| json!({"key": key, "text": text, "points": 1}));
    let content = json!({"title": text, "languages": ["en"], "sections": [{"key": "s", "title": text, "questions": [
        {"key": "yes", "text": text, "answer": {"kind": "yes_no"}},
        {"key": "choice", "text": text, "required": false, "answer": {"kind": "one_choice", "options": options}},
        {"key": "scale", "text": text, "required": false, "not_applicable": true,
            "answer": {"kind": "scale", "from": -1, "to": 5}},
        {"key": "words", "text": text, "required": false, "answer": {"kind": "text", "max_length": 5}}]}]});
    Prepared::new(serde_json::from_value(content).unwrap())
}

fn problems(answers: Json) -> Vec<(String, &'static str)> {
    let answers = serde_json::from_value(answers).unwrap();
    let problems = prepared().check_answers(&answers);
    problems.into_iter().map(|problem| (problem.pointer, problem.code)).collect()
}

#[test]
fn each_problem_has_its_place() {
    let cases = [
        ("yes", json!({"value": "true"}), "/answers/yes/value", "wrong_type"),
        ("yes", json!({"value": 1}), "/answers/yes/value", "wrong_type"),
        ("yes", json!({"not_applicable": true}), "/answers/yes/not_applicable", "not_applicable_not_allowed"),
        ("yes", json!({}), "/answers/yes", "value_or_not_applicable"),
        ("scale", json!({"value": 1, "not_applicable": true}), "/answers/scale", "value_or_not_applicable"),
        ("scale", json!({"value": 6}), "/answers/scale/value", "out_of_range"),
        ("scale", json!({"value": -2}), "/answers/scale/value", "out_of_range"),
        ("scale", json!({"value": "1"}), "/answers/scale/value", "wrong_type"),
        ("choice", json!({"value": "c"}), "/answers/choice/value", "unknown_option"),
        ("choice", json!({"value": true}), "/answers/choice/value", "wrong_type"),
        ("words", json!({"value": "éééééé"}), "/answers/words/value", "too_long"),
        ("words", json!({"value": "a\u{0}"}), "/answers/words/value", "control_character"),
        ("words", json!({"value": " "}), "/answers/words/value", "empty"),
        ("yes", json!({"value": true, "comment": "é".repeat(2001)}), "/answers/yes/comment", "too_long"),
        ("yes", json!({"value": true, "comment": "\u{1b}"}), "/answers/yes/comment", "control_character"),
        ("a/~b", json!({"value": true}), "/answers/a~1~0b", "unknown_question"),
    ];
    for (key, answer, pointer, code) in cases {
        let mut answers = json!({"yes": {"value": true}});
        answers[key] = answer.clone();
        assert_eq!(problems(answers), [(pointer.to_owned(), code)], "{key}: {answer}");
    }
}

#[test]
fn what_is_required_must_be_there() {
    assert_eq!(problems(json!({})), [("/answers/yes".to_owned(), "required")]);
    assert_eq!(problems(json!({"words": {"value": "x"}})), [("/answers/yes".to_owned(), "required")]);
    let unknown = json!({"nosuch": {"value": true}});
    assert_eq!(problems(unknown).len(), 2, "an unknown answer stands for no required one");
}

#[test]
fn what_fits_is_accepted() {
    let answers = json!({"yes": {"value": false, "comment": "é".repeat(2000)}, "choice": {"value": "b"},
        "scale": {"not_applicable": true}, "words": {"value": "é\n\té!"}});
    assert_eq!(problems(answers), []);
}

proptest! {
    #[test]
    fn arbitrary_visits_are_accepted(sample in samples()) {
        prop_assert_eq!(sample.prepared().check_answers(sample.filled()), vec![]);
    }
}

/// What is wrong with this answer (if any) and these files to a question `q`, made of the members that are given.
fn wrong(question: &Json, answer: &Json, files: &[&str]) -> Vec<(String, &'static str)> {
    let text = json!({"en": "A text"});
    let mut asked = json!({"key": "q", "text": text});
    asked.as_object_mut().unwrap().extend(question.as_object().unwrap().clone());
    let section = json!({"key": "s", "title": text, "questions": [asked]});
    let content = json!({"title": text, "languages": ["en"], "sections": [section]});
    let file = |(i, kind): (u32, &&str)| {
        json!({"id": uuid::Uuid::from_u128(i.into()), "question": "q", "media_type": kind, "size": 1,
            "sha256": "0".repeat(64)})
    };
    let manifest = serde_json::from_value((0..).zip(files).map(file).collect()).unwrap();
    let answers = if answer.is_null() { json!({}) } else { json!({"q": answer}) };
    let answers = serde_json::from_value(answers).unwrap();
    let prepared = Prepared::new(serde_json::from_value(content).unwrap());
    let problems = prepared.check_answers(Filled { answers: &answers, manifest: &manifest });
    problems.into_iter().map(|problem| (problem.pointer, problem.code)).collect()
}
