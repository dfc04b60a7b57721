#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod oracle;
mod properties;
mod vectors;

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;
use crate::checklists::answers::Answers;

proptest! {
    #[test]
    fn a_share_is_the_nearest_score(earned in 0_i64..500, possible in 0_i64..500) {
        let expected = oracle::nearest(earned.into(), possible.into());
        prop_assert_eq!(number(BasisPoints::of(earned, possible)), expected);
    }
}

fn number(score: Option<BasisPoints>) -> Option<i128> {
    score.map(|score| score.get().into())
}

/// Two sections: `a` worth 2 and 1 points, `b` a scale from 1 to 5, a bonus of weight 4, and words.
fn checklist(critical: Json) -> Prepared {
    let text = json!({"en": "…"});
    let content = json!({"title": text, "languages": ["en"], "sections": [
        {"key": "a", "title": text, "questions": [
            {"key": "greeted", "text": text, "weight": 2, "critical": critical, "answer": {"kind": "yes_no"}},
            {"key": "clean", "text": text, "not_applicable": true, "answer": {"kind": "yes_no"}}]},
        {"key": "b", "title": text, "questions": [
            {"key": "smile", "text": text, "required": false, "answer": {"kind": "scale", "from": 1, "to": 5}},
            {"key": "extra", "text": text, "required": false, "weight": 4, "bonus": true, "answer": {"kind": "yes_no"}},
            {"key": "words", "text": text, "required": false, "answer": {"kind": "text"}}]}]});
    Prepared::new(serde_json::from_value(content).unwrap())
}

fn answers(json: Json) -> Answers {
    serde_json::from_value(json).unwrap()
}

/// The critical effect, the answers `greeted` and `clean`, and the scores of the visit, `a` and `b`.
type Case = (Json, bool, Json, [Option<i32>; 3]);

#[test]
fn scores_by_example() {
    let (yes, no, n_a) = (json!({"value": true}), json!({"value": false}), json!({"not_applicable": true}));
    let cap = |score: u16| json!({"effect": "cap", "score": score});
    let cases: [Case; 9] = [
        (Json::Null, true, yes.clone(), [Some(7143), Some(10_000), Some(5000)]),
        (Json::Null, false, yes.clone(), [Some(4286), Some(3333), Some(5000)]),
        (Json::Null, true, n_a.clone(), [Some(6667), Some(10_000), Some(5000)]),
        (Json::Null, false, no, [Some(2857), Some(0), Some(5000)]),
        (json!({"effect": "section_zero"}), false, yes.clone(), [Some(2857), Some(0), Some(5000)]),
        (json!({"effect": "section_zero"}), true, yes.clone(), [Some(7143), Some(10_000), Some(5000)]),
        (json!({"effect": "visit_zero"}), false, yes.clone(), [Some(0), Some(3333), Some(5000)]),
        (cap(4000), false, yes.clone(), [Some(4000), Some(3333), Some(5000)]),
        (cap(9000), false, yes, [Some(4286), Some(3333), Some(5000)]),
    ];
    for (i, (critical, greeted, clean, expected)) in cases.into_iter().enumerate() {
        let given = json!({"greeted": {"value": greeted}, "clean": clean, "smile": {"value": 3}});
        let scored = checklist(critical).score(&answers(given));
        let scores = [scored.overall, scored.sections[0].score, scored.sections[1].score];
        assert_eq!(scores.map(|score| score.map(BasisPoints::get)), expected, "case {i}");
    }
}

#[test]
fn every_tie_is_rounded_to_even() {
    for possible in [1, 2, 3, 7, 32, 64, 96] {
        for earned in 0..=possible + 1 {
            let expected = oracle::nearest(earned.into(), possible.into());
            assert_eq!(number(BasisPoints::of(earned, possible)), expected, "{earned}/{possible}");
        }
    }
}

#[test]
fn half_is_rounded_to_even_and_scores_are_held() {
    let cases = [
        (1, 32, 312),
        (3, 32, 938),
        (1, 3, 3333),
        (2, 3, 6667),
        (7, 5, 10_000),
        (-1, 5, 0),
        (1, 20_000, 0),
        (3, 20_000, 2),
    ];
    for (earned, possible, expected) in cases {
        assert_eq!(BasisPoints::of(earned, possible).unwrap().get(), expected, "{earned}/{possible}");
    }
    assert_eq!(BasisPoints::of(i64::MAX, i64::MAX), Some(BasisPoints::FULL));
    assert_eq!(BasisPoints::of(5, 0), None);
    assert!(BasisPoints::try_from(10_001).is_err() && BasisPoints::try_from(-1).is_err());
}

#[test]
fn a_bonus_adds_to_earned_only() {
    let given = json!({"greeted": {"value": false}, "clean": {"value": false}, "extra": {"value": true}});
    let scored = checklist(Json::Null).score(&answers(given));
    assert_eq!((scored.earned, scored.possible, scored.overall), (4, 3, Some(BasisPoints::FULL)));
    assert_eq!(scored.sections[1].score, None, "a bonus alone makes no score");
}

#[test]
fn nothing_possible_is_no_score() {
    let scored = checklist(json!({"effect": "visit_zero"})).score(&Answers::default());
    assert_eq!((scored.overall, scored.possible, scored.effects.len()), (None, 0, 0));
}

#[test]
fn what_is_hidden_counts_for_nothing() {
    let text = json!({"en": "…"});
    let question = |key: &str, rule: Json| {
        json!({"key": key, "text": text, "show_when": rule,
        "critical": {"effect": "visit_zero"}, "answer": {"kind": "yes_no"}})
    };
    let questions = [question("a", Json::Null), question("b", json!({"!": {"var": "a"}}))];
    let sections = json!([{"key": "s", "title": text, "questions": questions}]);
    let content = json!({"title": text, "languages": ["en"], "sections": sections});
    let prepared = Prepared::new(serde_json::from_value(content).unwrap());
    let hidden = answers(json!({"a": {"value": true}, "b": {"value": false}}));
    assert_eq!(prepared.score(&hidden).overall, Some(BasisPoints::FULL));
    let shown = answers(json!({"a": {"value": false}, "b": {"value": false}}));
    assert_eq!(prepared.overall(&shown), Some(BasisPoints::ZERO));
    let why: Vec<_> = prepared.explain(&hidden).questions.iter().map(|line| line.why).collect();
    assert_eq!(why, [Why::Answered, Why::Hidden]);
}

/// The most that can be earned: 500 questions, 200 options of 1000 points each, weighted 1000 times 1000.
#[test]
fn the_greatest_sums_are_exact() {
    let text = json!({"en": "…"});
    let keys: Vec<_> = (0..200).map(|i| format!("o{i}")).collect();
    let options: Vec<_> = keys.iter().map(|key| json!({"key": key, "text": text, "points": 1000})).collect();
    let answer = json!({"kind": "several_choices", "options": options});
    let question = |i: usize| json!({"key": format!("q{i}"), "text": text, "weight": 1000, "answer": answer});
    let questions: Vec<_> = (0..500).map(question).collect();
    let sections = json!([{"key": "s", "title": text, "weight": 1000, "questions": questions}]);
    let content = json!({"title": text, "languages": ["en"], "sections": sections});
    let prepared = Prepared::new(serde_json::from_value(content).unwrap());
    let answer = |chosen: &[String]| (0..500).map(|i| (format!("q{i}"), json!({"value": chosen}))).collect();
    let all = prepared.score(&answers(Json::Object(answer(&keys))));
    assert_eq!((all.earned, all.possible), (100_000_000_000_000, 100_000_000_000_000));
    assert_eq!(all.overall, Some(BasisPoints::FULL));
    let half = prepared.score(&answers(Json::Object(answer(&keys[..100]))));
    assert_eq!((half.earned, half.overall), (50_000_000_000_000, BasisPoints::of(1, 2)));
}

#[test]
fn every_answer_says_because() {
    let text = json!({"en": "…"});
    let option = |key: &str, points: Json| json!({"key": key, "text": text, "points": points});
    let options = json!([option("a", json!(2)), option("b", Json::Null), option("c", json!(3))]);
    let bands = json!([{"up_to": 120, "points": 10}, {"up_to": 300, "points": 4}]);
    let cases = [
        (
            json!({"kind": "yes_no", "expect": "no"}),
            json!(true),
            json!({"by": "expected", "expected": "no", "given": "yes"}),
        ),
        (
            json!({"kind": "one_choice", "options": options}),
            json!("b"),
            json!({"by": "options", "chosen": [{"option": "b", "points": 0}]}),
        ),
        (
            json!({"kind": "several_choices", "options": options}),
            json!(["c", "a"]),
            json!({"by": "options", "chosen": [{"option": "c", "points": 3}, {"option": "a", "points": 2}]}),
        ),
        (
            json!({"kind": "scale", "from": 1, "to": 5, "reversed": true}),
            json!(2),
            json!({"by": "steps", "worst": 5, "steps": 3}),
        ),
        (
            json!({"kind": "duration", "bands": bands}),
            json!(121),
            json!({"by": "band", "measure": 121, "up_to": 300, "above_all": false}),
        ),
        (
            json!({"kind": "duration", "bands": bands}),
            json!(301),
            json!({"by": "band", "measure": 301, "above_all": true}),
        ),
        (
            json!({"kind": "text", "bands": [{"points": 1}]}),
            json!("été"),
            json!({"by": "band", "measure": 3, "above_all": false}),
        ),
        (json!({"kind": "text"}), json!("été"), Json::Null),
    ];
    for (kind, value, because) in cases {
        let question = json!({"key": "q", "text": text, "weight": 2, "answer": kind});
        let sections = json!([{"key": "s", "title": text, "weight": 3, "questions": [question]}]);
        let content = json!({"title": text, "languages": ["en"], "sections": sections});
        let prepared = Prepared::new(serde_json::from_value(content).unwrap());
        let explained = prepared.explain(&answers(json!({"q": {"value": value}})));
        assert_eq!(json!(explained.questions[0].because), because, "{kind}");
        assert_eq!(explained.questions[0].weight, 6);
    }
}

#[test]
fn every_line_says_why() {
    let given =
        json!({"greeted": {"value": false}, "clean": {"not_applicable": true}, "words": {"value": "Fine."}});
    let explained = checklist(json!({"effect": "section_zero"})).explain(&answers(given));
    let why: Vec<_> = explained.questions.iter().map(|line| (line.question.as_str(), line.why)).collect();
    let expected = [
        ("greeted", Why::Answered),
        ("clean", Why::NotApplicable),
        ("smile", Why::NotAnswered),
        ("extra", Why::NotAnswered),
        ("words", Why::CarriesNoPoints),
    ];
    assert_eq!(why, expected);
    assert_eq!(explained.questions[0].triggered, Some(Critical::SectionZero {}));
}
