#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod arbitrary;
mod faults;
mod written;

use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::{Given, Literal, Rule, check};
use crate::checklists::answers::Answers;
use crate::checklists::findings::Severity;
use crate::checklists::manifest::{Filled, Manifest};
use crate::checklists::model::{Content, Question};
use crate::checklists::prepared::Prepared;

/// The file that client teams run as well.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vectors {
    rules: Vec<RuleVector>,
    checklists: Vec<ChecklistVector>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleVector {
    name: String,
    questions: Vec<Question>,
    rule: Rule,
    answers: Answers,
    #[serde(default)]
    manifest: Manifest,
    holds: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChecklistVector {
    name: String,
    checklist: Content,
    answers: Answers,
    #[serde(default)]
    manifest: Manifest,
    hidden: Vec<String>,
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("../../../tests/vectors/rules.json")).unwrap()
}

fn rule(json: Json) -> Rule {
    serde_json::from_value(json.clone()).unwrap_or_else(|error| panic!("{json}: {error}"))
}

/// A checklist with one section of these questions.
fn content(questions: Json) -> Content {
    let text = json!({"en": "?"});
    content_of(json!([{"key": "s", "title": text, "questions": questions}]))
}

fn content_of(sections: Json) -> Content {
    let content = json!({"title": {"en": "?"}, "languages": ["en"], "sections": sections});
    serde_json::from_value(content.clone()).unwrap_or_else(|error| panic!("{content:#}: {error}"))
}

fn hidden(prepared: &Prepared, answers: &Answers, manifest: &Manifest) -> Vec<String> {
    let hidden = prepared.hidden(Filled { answers, manifest });
    hidden.into_iter().map(|key| key.as_str().to_owned()).collect()
}

fn errors(content: &Content) -> Vec<String> {
    let findings = check(content).into_iter().filter(|finding| finding.severity == Severity::Error);
    findings.map(|finding| format!("{} {}", finding.pointer, finding.code)).collect()
}

#[test]
fn every_rule_of_the_vectors_holds_as_it_says() {
    let vectors = vectors().rules;
    assert!(vectors.len() >= 120);
    for vector in vectors {
        let mut questions: Vec<_> = vector.questions.iter().map(|question| json!(question)).collect();
        let target = json!({"key": "target", "text": {"en": "?"}, "show_when": vector.rule, "answer": {"kind": "note"}});
        questions.push(target);
        let content = content(json!(questions));
        assert_eq!(errors(&content), [""; 0], "{}", vector.name);
        let hidden = hidden(&Prepared::new(content), &vector.answers, &vector.manifest);
        let expected: &[&str] = if vector.holds { &[] } else { &["target"] };
        assert_eq!(hidden, expected, "{}", vector.name);
    }
}

#[test]
fn every_checklist_of_the_vectors_hides_what_it_says() {
    let vectors = vectors().checklists;
    assert!(vectors.len() >= 40);
    for vector in vectors {
        assert_eq!(errors(&vector.checklist), [""; 0], "{}", vector.name);
        let prepared = Prepared::new(vector.checklist);
        assert_eq!(hidden(&prepared, &vector.answers, &vector.manifest), vector.hidden, "{}", vector.name);

        let is_shown = |key: &str| !vector.hidden.iter().any(|hidden| hidden == key);
        let mut kept = (vector.answers.clone(), vector.manifest.clone());
        kept.0.retain(|key, _| is_shown(key.as_str()));
        kept.1.retain(|file| is_shown(file.question.as_str()));
        let dropped = prepared.without_hidden(vector.answers, vector.manifest);
        assert_eq!(dropped, kept, "{}", vector.name);
        assert_eq!(hidden(&prepared, &dropped.0, &dropped.1), vector.hidden, "{}: again", vector.name);
    }
}

#[test]
fn what_is_no_earlier_question_stands_for_nothing() {
    let ask = |key: &str| json!({"===": [{"var": key}, null]});
    let question = |key: &str, rule: Json| json!({"key": key, "text": {"en": "?"}, "show_when": rule, "answer": {"kind": "yes_no"}});
    let questions = [
        question("a", ask("b")),
        question("b", ask("b")),
        question("c", ask("nosuch")),
        question("d", ask("a")),
    ];
    let prepared = Prepared::new(content(json!(questions)));
    let all = json!({"a": {"value": true}, "b": {"value": true}, "nosuch": {"value": true}});
    let answers = serde_json::from_value(all).unwrap();
    assert_eq!(hidden(&prepared, &answers, &Manifest::default()), ["d"]);
}

#[test]
fn answers_to_unknown_questions_are_not_hidden() {
    let never = json!({"!": [{"===": [{"var": "nosuch"}, null]}]});
    let question = json!({"key": "a", "text": {"en": "?"}, "show_when": never, "answer": {"kind": "yes_no"}});
    let prepared = Prepared::new(content(json!([question])));
    let answers: Answers =
        serde_json::from_value(json!({"a": {"value": true}, "b": {"value": true}})).unwrap();
    let (left, _) = prepared.without_hidden(answers, Manifest::default());
    let left: Vec<_> = left.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(left, ["b"], "that is the fault of another check");
}

#[test]
fn questions_are_those_that_it_asks_about() {
    let rule =
        rule(json!({"or": [{"var": "a"}, {"!": [{"in": ["x", {"var": "b"}]}]}, {"<": [1, {"var": "a"}, 3]},
        {"none": [{"var": "c"}, {"===": [{"var": ""}, "x"]}]}]}));
    let keys: Vec<_> = rule.questions().into_iter().map(|key| key.as_str()).collect();
    assert_eq!(keys, ["a", "b", "a", "c"]);
}

#[test]
fn every_type_against_every_value() {
    let list = ["a".to_owned()];
    let given = [
        Given::Nothing,
        Given::Bool(true),
        Given::Integer(1),
        Given::Text("a"),
        Given::List(&list),
        Given::Position,
    ];
    let values = [Literal::Null, Literal::Bool(true), Literal::Integer(1), Literal::Text("a".into())];
    for answer in given {
        for with in &values {
            let holds = |operator: &str| {
                let rule = rule(json!({operator: [{"var": "q"}, with]}));
                rule.holds(&|_: &str| answer)
            };
            let same = matches!(
                (answer, with),
                (Given::Nothing, Literal::Null)
                    | (Given::Bool(_), Literal::Bool(_))
                    | (Given::Integer(_), Literal::Integer(_))
                    | (Given::Text(_), Literal::Text(_))
            );
            let ordered = same && matches!(answer, Given::Integer(_) | Given::Text(_));
            let expected = [same, !same, false, ordered, false, ordered];
            assert_eq!(["===", "!==", "<", "<=", ">", ">="].map(holds), expected, "{answer:?} {with:?}");
        }
    }
}
