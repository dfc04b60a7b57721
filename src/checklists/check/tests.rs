#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;
use crate::checklists::findings::MOST_FINDINGS;
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
        ("/sections/0/weight".into(), json!(1001), "/sections/0/weight".into(), "out_of_range"),
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

/// The findings about a checklist with this one question beside one that is right.
fn findings_of(question: Json) -> Findings {
    let mut content = content();
    let (standard, mut asked) = (json!("s"), json!({"key": "asked", "text": {"en": "A", "fr": "B"}}));
    for question in content["sections"][0]["questions"].as_array_mut().unwrap() {
        question["standard"] = standard.clone();
    }
    asked.as_object_mut().unwrap().extend(question.as_object().unwrap().clone());
    content["sections"][0]["questions"][0] = asked;
    serde_json::from_value::<Content>(content).unwrap().findings()
}

fn codes(found: &[FieldError]) -> Vec<(&str, &str)> {
    let prefix = "/sections/0/questions/0";
    found
        .iter()
        .map(|found| (found.pointer.strip_prefix(prefix).unwrap_or(&found.pointer), found.code))
        .collect()
}

#[test]
fn what_is_wrong_with_an_answer_has_its_place() {
    let text = json!({"en": "A", "fr": "B"});
    let option = |key: &str, points: Option<u16>| json!({"key": key, "text": text, "points": points});
    let ab = json!([option("a", Some(1)), option("b", None)]);
    let bands = |bands: Json| json!({"kind": "duration", "bands": bands});
    let cases = [
        (json!({"kind": "several_choices", "options": [ab[0]]}), "/answer/options", "too_few"),
        (
            json!({"kind": "several_choices", "options": ab, "at_least": 3}),
            "/answer/at_least",
            "out_of_range",
        ),
        (json!({"kind": "several_choices", "options": ab, "at_most": 3}), "/answer/at_most", "out_of_range"),
        (
            json!({"kind": "several_choices", "options": ab, "at_least": 0, "at_most": 0}),
            "/answer/at_most",
            "out_of_range",
        ),
        (json!({"kind": "number", "decimals": 7}), "/answer/decimals", "out_of_range"),
        (json!({"kind": "number", "minimum": 2, "maximum": 1}), "/answer/maximum", "out_of_range"),
        (json!({"kind": "number", "maximum": i64::MAX}), "/answer/maximum", "out_of_range"),
        (json!({"kind": "number", "unit": {"en": "m"}}), "/answer/unit/fr", "missing_translation"),
        (json!({"kind": "amount", "currency": "EURO"}), "/answer/currency", "unknown_currency"),
        (
            json!({"kind": "amount", "currency": "EUR", "minimum": i64::MIN}),
            "/answer/minimum",
            "out_of_range",
        ),
        (json!({"kind": "duration", "minimum": -1}), "/answer/minimum", "out_of_range"),
        (json!({"kind": "text", "min_length": 0}), "/answer/min_length", "out_of_range"),
        (json!({"kind": "text", "min_length": 11, "max_length": 10}), "/answer/min_length", "out_of_range"),
        (
            json!({"kind": "date_time", "ask": "date", "earliest": "2026-02-30"}),
            "/answer/earliest",
            "malformed_moment",
        ),
        (json!({"kind": "date_time", "ask": "time", "latest": "9:00"}), "/answer/latest", "malformed_moment"),
        (
            json!({"kind": "date_time", "ask": "time", "earliest": "10:00", "latest": "09:59"}),
            "/answer/latest",
            "out_of_range",
        ),
        (
            json!({"kind": "date_time", "ask": "date", "bands": [{"points": 1}]}),
            "/answer/bands",
            "bands_without_measure",
        ),
        (json!({"kind": "photo", "at_least": 0}), "/answer/at_least", "out_of_range"),
        (json!({"kind": "photo", "at_least": 3, "at_most": 2}), "/answer/at_most", "out_of_range"),
        (json!({"kind": "audio", "at_most": 21}), "/answer/at_most", "out_of_range"),
        (json!({"kind": "audio", "max_seconds": 0}), "/answer/max_seconds", "out_of_range"),
        (
            bands(json!([{"up_to": 5, "points": 1}, {"up_to": 5, "points": 0}])),
            "/answer/bands/1/up_to",
            "out_of_range",
        ),
        (bands(json!([{"points": 1}, {"up_to": 5, "points": 0}])), "/answer/bands/0/up_to", "required"),
        (bands(json!([{"up_to": 5, "points": 1001}])), "/answer/bands/0/points", "out_of_range"),
        (bands((0..51).map(|i| json!({"up_to": i, "points": i})).collect()), "/answer/bands", "too_many"),
    ];
    for (answer, pointer, code) in cases {
        let found = findings_of(json!({"standard": "s", "answer": answer})).errors;
        assert_eq!(codes(&found), [(pointer, code)], "{answer}");
    }
}

#[test]
fn what_is_wrong_with_a_question_has_its_place() {
    let alt = json!({"en": "A", "fr": "B"});
    let picture = |n: u128| json!({"id": uuid::Uuid::from_u128(n), "alt": alt});
    let cases = [
        (json!({"pictures": (0..6).map(picture).collect::<Json>()}), "/pictures", "too_many"),
        (json!({"pictures": [picture(1), picture(1)]}), "/pictures/1/id", "duplicate"),
        (
            json!({"pictures": [{"id": uuid::Uuid::nil(), "alt": {"en": "A"}}]}),
            "/pictures/0/alt/fr",
            "missing_translation",
        ),
        (json!({"standard": "No Key"}), "/standard", "malformed_key"),
        (json!({"dimension": ""}), "/dimension", "malformed_key"),
        (json!({"comment": {"when": "below", "share": 0}}), "/comment/share", "out_of_range"),
        (json!({"photo": {"when": "below", "share": 10_001}}), "/photo/share", "out_of_range"),
        (
            json!({"answer": {"kind": "text"}, "comment": {"when": "below", "share": 1}}),
            "/comment",
            "demand_without_points",
        ),
        (json!({"answer": {"kind": "note"}, "photo": {"when": "always"}}), "/photo", "never_answered"),
    ];
    for (mut question, pointer, code) in cases {
        if question["answer"].is_null() {
            question["answer"] = json!({"kind": "yes_no"});
        }
        assert_eq!(codes(&findings_of(question.clone()).errors), [(pointer, code)], "{question}");
    }
}

#[test]
fn a_critical_question_can_be_failed() {
    let option =
        |key: &str, points: u16| json!({"key": key, "text": {"en": "A", "fr": "B"}, "points": points});
    let choice = |kind: &str, points: [u16; 2], at_least: u16| {
        let options = [option("a", points[0]), option("b", points[1])];
        if kind == "one_choice" {
            json!({"kind": kind, "options": options})
        } else {
            json!({"kind": kind, "options": options, "at_least": at_least})
        }
    };
    let duration = |bands: Json| json!({"kind": "duration", "bands": bands});
    let cases = [
        (choice("one_choice", [1, 2], 1), false),
        (choice("one_choice", [1, 0], 1), true),
        (choice("several_choices", [1, 2], 1), false),
        (choice("several_choices", [1, 2], 0), true),
        (choice("several_choices", [1, 0], 1), true),
        (choice("several_choices", [1, 0], 2), false),
        (json!({"kind": "scale", "from": 0, "to": 5}), true),
        (duration(json!([{"up_to": 60, "points": 2}, {"points": 1}])), false),
        (duration(json!([{"up_to": 60, "points": 2}, {"points": 0}])), true),
        (duration(json!([{"up_to": 60, "points": 2}])), true),
        // No answer lies outside of the limits.
        (json!({"kind": "number", "minimum": 0, "maximum": 5, "bands": [{"up_to": 10, "points": 1}]}), false),
        (json!({"kind": "number", "minimum": 1, "bands": [{"up_to": 0, "points": 0}, {"points": 1}]}), false),
        (json!({"kind": "number", "minimum": 0, "bands": [{"up_to": 0, "points": 0}, {"points": 1}]}), true),
        (json!({"kind": "photo", "at_most": 3, "bands": [{"up_to": 3, "points": 5}]}), false),
        (json!({"kind": "photo", "at_most": 4, "bands": [{"up_to": 3, "points": 5}]}), true),
        (
            json!({"kind": "text", "min_length": 9, "bands": [{"up_to": 8, "points": 0}, {"points": 1}]}),
            false,
        ),
    ];
    for (answer, fails) in cases {
        let found = findings_of(json!({"answer": answer, "critical": {"effect": "visit_zero"}})).errors;
        let expected: &[_] = if fails { &[] } else { &[("/critical", "critical_never_fails")] };
        assert_eq!(codes(&found), expected, "{answer}");
    }
}

#[test]
fn what_looks_like_a_mistake_is_a_warning() {
    let same = json!([{"up_to": 5, "points": 3}, {"points": 3}]);
    let option =
        |key: &str, points: u16| json!({"key": key, "text": {"en": "A", "fr": "B"}, "points": points});
    let choice = json!({"kind": "one_choice", "options": [option("a", 0), option("b", 1)]});
    let cases = [
        (json!({"weight": 0, "answer": choice}), "/weight", "weight_zero"),
        (json!({"answer": {"kind": "yes_no"}}), "/standard", "no_standard"),
        (
            json!({"standard": "s", "answer": {"kind": "duration", "bands": same}}),
            "/answer",
            "points_never_differ",
        ),
    ];
    for (question, pointer, code) in cases {
        let found = findings_of(question.clone());
        assert_eq!((codes(&found.warnings), found.errors), (vec![(pointer, code)], vec![]), "{question}");
    }
    assert_eq!(findings_of(json!({"dimension": "d", "answer": {"kind": "yes_no"}})).warnings, []);
    // Asked only for a rule.
    assert_eq!(findings_of(json!({"weight": 0, "answer": {"kind": "yes_no"}})).warnings, []);

    let text = json!({"en": "A", "fr": "B"});
    let mut content = content();
    let facts = json!({"key": "facts", "title": text,
        "questions": [{"key": "when", "text": text, "answer": {"kind": "date_time", "ask": "time"}}]});
    content["sections"].as_array_mut().unwrap().push(facts);
    let found = serde_json::from_value::<Content>(content).unwrap().findings();
    let section: Vec<_> =
        found.warnings.iter().filter(|found| found.code == "section_without_points").collect();
    assert_eq!((section.len(), section[0].pointer.as_str()), (1, "/sections/1"));
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
    assert_eq!(problems(content).len(), MOST_FINDINGS);
}

proptest! {
    #[test]
    fn arbitrary_checklists_can_be_published(content in contents()) {
        prop_assert_eq!(content.check(), vec![]);
    }
}

#[test]
fn what_is_held_against_answers_can_be_wrong() {
    let message = json!({"en": "No.", "fr": "Non."});
    let question = |more: Json| {
        let mut content = content();
        content["sections"][0]["questions"][0]
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        content
    };
    let declares = |all: Json| {
        let mut content = content();
        content["contradictions"] = all;
        content
    };
    let (q, c) = ("/sections/0/questions/0", "/contradictions/0");
    // Any question may be asked about, also the own and later ones.
    let good =
        json!([{"when": {"and": [{"var": "yes"}, {"===": [{"var": "scale"}, 1]}]}, "message": message}]);
    assert_eq!(problems(declares(good.clone())), []);
    assert_eq!(
        problems(question(json!({"control": {"and": [{"var": "yes"}, {">": [{"var": "scale"}, 1]}]}}))),
        []
    );
    for (content, pointer, code) in [
        (question(json!({"control": {"var": "nobody"}})), format!("{q}/control/var"), "unknown_question"),
        (
            question(json!({"control": {"var": "yes"}, "bonus": true})),
            format!("{q}/control"),
            "control_bonus",
        ),
        (
            question(json!({"control": {"var": "yes"}, "critical": {"effect": "visit_zero"}})),
            format!("{q}/critical"),
            "critical_without_points",
        ),
        (
            question(json!({"control": {"var": "yes"}, "comment": {"when": "below", "share": 5}})),
            format!("{q}/comment"),
            "demand_without_points",
        ),
        (
            declares(json!([{"when": {"===": [{"var": "choice"}, "z"]}, "message": message}])),
            format!("{c}/when/===/1"),
            "unknown_option",
        ),
        (
            declares(json!([{"when": {"var": "yes"}, "message": {"en": "No."}}])),
            format!("{c}/message/fr"),
            "missing_translation",
        ),
        (declares(json!(vec![good[0].clone(); 51])), "/contradictions".to_owned(), "too_many"),
    ] {
        let found = problems(content);
        assert!(found.contains(&(pointer.clone(), code)), "{pointer} {code}: {found:?}");
    }
    for shortest in [0, 2_001] {
        let mut content = content();
        content["shortest_comment"] = json!(shortest);
        assert_eq!(problems(content), [("/shortest_comment".to_owned(), "out_of_range")]);
    }
}
