#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod words;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::checklists::samples::contents;

/// Every member that there is, with another value than its default.
fn full() -> Value {
    let text = |text: &str| json!({"en": text, "fr": format!("{text} (fr)")});
    let option =
        |key: &str, words: &str, points: u16| json!({"key": key, "text": text(words), "points": points});
    let options =
        json!([option("cash", "Cash", 3), option("card", "Card", 1), option("cheque", "Cheque", 2)]);
    let bands = json!([{"up_to": 60, "points": 5}, {"points": 1}]);
    let question = |key: &str, words: &str, answer: Value| {
        json!({"key": key, "text": text(words), "help": text("Look closely"), "weight": 5, "required": false,
            "not_applicable": true, "bonus": true, "critical": {"effect": "cap", "score": 9500},
            "standard": "greeting", "dimension": "welcome", "comment": {"when": "below", "share": 5000},
            "photo": {"when": "always"}, "show_when": {"===": [{"var": "pay"}, "cash"]},
            "pictures": [{"id": "00000000-0000-0000-0000-000000000001", "alt": text("A badge")},
                {"id": "00000000-0000-0000-0000-000000000002", "alt": text("A smile")}],
            "answer": answer})
    };
    let control = |mut question: Value| {
        question["control"] = json!({"!": [{"var": "greeted"}]});
        question
    };
    json!({"title": text("Service"), "languages": ["en", "fr"], "sections": [
        {"key": "arrival", "title": text("Arrival"), "weight": 2, "questions": [
            control(question("pay", "How did you pay?", json!({"kind": "one_choice", "options": options}))),
            question("greeted", "Were you greeted?", json!({"kind": "yes_no", "expect": "no"})),
            question("seen", "What did you see?",
                json!({"kind": "several_choices", "options": options, "at_least": 2, "at_most": 2})),
        ]},
        {"key": "table", "title": text("At the table"), "show_when": {"===": [{"var": "greeted"}, true]}, "questions": [
            question("scale", "How clean?", json!({"kind": "scale", "from": 1, "to": 5, "reversed": true})),
            question("number", "How warm?", json!({"kind": "number", "decimals": 1, "minimum": -5, "maximum": 500,
                "unit": text("°C"), "bands": bands})),
            question("amount", "How much?",
                json!({"kind": "amount", "currency": "EUR", "minimum": 1, "maximum": 9, "bands": bands})),
            question("wait", "How long?", json!({"kind": "duration", "minimum": 1, "maximum": 9, "bands": bands})),
            question("words", "What else?", json!({"kind": "text", "min_length": 2, "max_length": 9,
                "pattern": "letters", "bands": bands})),
            question("when", "When?", json!({"kind": "date_time", "ask": "time", "earliest": "08:00",
                "latest": "09:00", "bands": bands})),
            question("shot", "Show it", json!({"kind": "photo", "at_least": 2, "at_most": 3, "bands": bands})),
            question("sound", "Record it", json!({"kind": "audio", "at_least": 2, "at_most": 3, "max_seconds": 9,
                "bands": bands})),
            question("where", "Where?", json!({"kind": "location"})),
            question("sign", "Sign", json!({"kind": "signature"})),
            question("note", "Read this", json!({"kind": "note"})),
        ]},
    ]})
}

fn read(json: &Value) -> Content {
    serde_json::from_value(json.clone()).unwrap()
}

/// Where everything in it is.
fn pointers(value: &Value, at: String, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, inner)| pointers(inner, format!("{at}/{name}"), found));
        }
        Value::Array(items) => {
            (0..).zip(items).for_each(|(i, inner): (usize, _)| pointers(inner, format!("{at}/{i}"), found));
        }
        _ => {}
    }
    found.push(at);
}

/// What could stand in the place of a value.
fn others(value: &Value) -> Vec<Value> {
    match value {
        Value::Bool(is) => vec![json!(!is)],
        Value::Number(number) => {
            let number = number.as_i64().unwrap();
            vec![json!(number + 1), json!(0), json!(1), Value::Null]
        }
        Value::String(text) => {
            let known = ["yes", "date", "digits", "always", "never", "visit_zero", "one_choice", "note"];
            let longer = [format!("{text}x"), "00000000-0000-0000-0000-000000000009".to_owned()];
            known.map(str::to_owned).into_iter().chain(longer).map(Value::from).collect()
        }
        Value::Array(items) => {
            let turned: Vec<_> = items.iter().rev().cloned().collect();
            let twice = [items.clone(), items.clone()].concat();
            let fewer = items.get(1..).unwrap_or_default().to_vec();
            vec![json!(turned), json!(twice), json!(fewer), json!([])]
        }
        Value::Object(_) => vec![json!({}), json!({"kind": "location"}), Value::Null],
        Value::Null => Vec::new(),
    }
}

/// All that can be read of those that differ from the full one in one place.
fn mutants() -> Vec<(String, Content)> {
    let (full, mut places) = (full(), Vec::new());
    pointers(&full, String::new(), &mut places);
    let mut mutants = Vec::new();
    for at in &places {
        let mut add = |mutated: Value, how: String| {
            if let Ok(content) = serde_json::from_value::<Content>(mutated) {
                mutants.push((how, content));
            }
        };
        for other in others(full.pointer(at).unwrap()) {
            let mut mutated = full.clone();
            *mutated.pointer_mut(at).unwrap() = other.clone();
            add(mutated, format!("{at}: {other}"));
        }
        if let Some((parent, name)) = at.rsplit_once('/') {
            let mut mutated = full.clone();
            if let Some(Value::Object(members)) = mutated.pointer_mut(parent) {
                members.remove(name);
                add(mutated, format!("{at} is gone"));
            }
        }
    }
    mutants
}

#[test]
fn no_change_of_any_field_goes_untold() {
    let full = read(&full());
    let mut listed = 0;
    let mutants = mutants();
    for (how, mutant) in &mutants {
        for (from, to) in [(&full, mutant), (mutant, &full)] {
            let found = diff(Some(from), to);
            assert_eq!(found.changes.is_empty(), from == to, "{how}");
            listed += found.changes.len();
            for change in &found.changes {
                assert!(
                    change.words.ends_with('.') && !change.words.contains(" {}"),
                    "{how}: {}",
                    change.words
                );
            }
        }
        assert_eq!(diff(Some(mutant), mutant), Diff::default(), "{how}");
    }
    assert!(mutants.len() > 1_000 && listed > 2_000, "{} mutants, {listed} changes", mutants.len());
}

/// One (kind, subject, words) a change.
fn told_of(from: &Value, to: &Value) -> Vec<(Kind, Subject, String)> {
    let found = diff(Some(&read(from)), &read(to));
    found.changes.into_iter().map(|change| (change.kind, change.subject, change.words)).collect()
}

#[test]
fn what_stands_elsewhere_has_moved() {
    let full = full();
    let mut after = full.clone();
    let questions = after.pointer_mut("/sections/1/questions").unwrap().as_array_mut().unwrap();
    let moved = questions.remove(0);
    questions.push(moved);
    let words = "In section 'At the table', 'How clean?' moved from place 1 to place 11.";
    assert_eq!(told_of(&full, &after), [(Kind::Moved, Subject::Question, words.to_owned())]);

    let mut after = full.clone();
    let moved = after.pointer_mut("/sections/1/questions").unwrap().as_array_mut().unwrap().remove(2);
    after.pointer_mut("/sections/0/questions").unwrap().as_array_mut().unwrap().insert(0, moved);
    let words = "'How much?' moved from section 'At the table' to section 'Arrival'.";
    assert_eq!(told_of(&full, &after), [(Kind::Moved, Subject::Question, words.to_owned())]);
    let found = diff(Some(&read(&full)), &read(&after));
    assert_eq!(found.changes[0].affects, Affects::Scores);
    assert_eq!(found.changes[0].section, Some("arrival".into()));

    let mut after = full.clone();
    after["sections"].as_array_mut().unwrap().swap(0, 1);
    let words = "Section 'At the table' moved from place 2 to place 1.";
    assert_eq!(told_of(&full, &after), [(Kind::Moved, Subject::Section, words.to_owned())]);

    let mut after = full.clone();
    after.pointer_mut("/sections/0/questions/0/answer/options").unwrap().as_array_mut().unwrap().swap(1, 2);
    let words =
        "In section 'Arrival', the option 'Cheque' of 'How did you pay?' moved from place 3 to place 2.";
    assert_eq!(told_of(&full, &after), [(Kind::Moved, Subject::Option, words.to_owned())]);

    let mut after = full.clone();
    after["languages"] = json!(["fr", "en"]);
    let words = "The order of the languages went from en, fr to fr, en.";
    assert_eq!(told_of(&full, &after), [(Kind::Moved, Subject::Languages, words.to_owned())]);
}

#[test]
fn what_comes_and_goes_is_told_once() {
    let full = full();
    let mut after = full.clone();
    after.pointer_mut("/sections/0/questions").unwrap().as_array_mut().unwrap().remove(1);
    after["sections"].as_array_mut().unwrap().remove(1);
    let found = told_of(&full, &after);
    assert_eq!(found[0].2, "In section 'Arrival', 'Were you greeted?' was removed.");
    assert_eq!(found[1].2, "Section 'At the table' was removed.");
    assert_eq!(
        (found.len(), found[12].2.as_str()),
        (13, "In section 'At the table', 'Read this' was removed.")
    );
    let found = told_of(&after, &full);
    assert_eq!(found[0].2, "In section 'Arrival', 'Were you greeted?' was added: yes or no, with weight 5.");
    assert_eq!(found[1].2, "Section 'At the table' was added, with 11 questions.");
    assert_eq!(found.len(), 13);

    // A new language is one change, however many texts it has.
    let mut text = full.to_string();
    text = text.replace("\"fr\":", "\"de\":").replace("[\"en\",\"fr\"]", "[\"en\",\"de\"]");
    let found = told_of(&full, &serde_json::from_str(&text).unwrap());
    let words: Vec<_> = found.iter().map(|(_, _, words)| words.as_str()).collect();
    assert_eq!(words, ["The language 'de' was added.", "The language 'fr' was removed."]);

    let first = diff(None, &read(&full));
    let kinds: HashSet<_> = first.changes.iter().map(|change| format!("{:?}", change.kind)).collect();
    assert_eq!((kinds, first.changes.len()), (["Added".to_owned()].into(), 1 + 2 + 2 + 14));
    assert_eq!(first.changes[0].words, "The title 'Service' was added.");
}

#[test]
fn of_very_many_changes_the_rest_are_counted() {
    let content = |weight: u16, required: bool| {
        let question = |n: usize| {
            json!({"key": format!("q{n}"), "text": {"en": weight.to_string()}, "weight": weight, "required": required,
                "bonus": required, "not_applicable": required, "answer": {"kind": "yes_no"}})
        };
        let questions: Vec<_> = (0..500).map(question).collect();
        read(&json!({"title": {"en": "T"}, "languages": ["en"], "sections": [
            {"key": "s", "title": {"en": "S"}, "questions": questions}]}))
    };
    let found = diff(Some(&content(1, false)), &content(2, true));
    assert_eq!((found.changes.len(), found.more), (MOST_CHANGES, 500));
    let wanted = Summary { changed: 2_500, scores: 1_000, wording: 500, flow: 1_000, ..Summary::default() };
    assert_eq!(found.summary, wanted);
}

proptest! {
    #[test]
    fn nothing_changed_is_nothing_told(content in contents()) {
        prop_assert_eq!(diff(Some(&content), &content), Diff::default());
    }

    #[test]
    fn what_differs_is_told(from in contents(), to in contents()) {
        prop_assert_eq!(diff(Some(&from), &to).changes.is_empty(), from == to);
    }

    #[test]
    fn moving_a_question_is_moving_it(
        content in contents(), (a, b, c, d) in any::<(prop::sample::Index, prop::sample::Index, prop::sample::Index, prop::sample::Index)>()
    ) {
        let mut after = content.clone();
        let a = a.index(after.sections.len());
        let question = { let from = &mut after.sections[a].questions; let at = b.index(from.len()); from.remove(at) };
        let c = c.index(after.sections.len());
        let to = &mut after.sections[c].questions;
        to.insert(d.index(to.len() + 1), question);
        let found = diff(Some(&content), &after);
        prop_assert_eq!(found.changes.is_empty(), content == after);
        prop_assert!(found.changes.len() <= 1, "{:?}", found);
        prop_assert!(found.changes.iter().all(|change| change.kind == Kind::Moved), "{:?}", found);
    }
}
