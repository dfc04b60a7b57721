#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;
use crate::checklists::model::Content;
use crate::checklists::samples::{values, visits};

/// A score the slow and obvious way, in exact fractions: of all scores from 0 to
/// 10 000 the one nearest to `10000·earned/possible`, the even one of two equally near.
fn nearest(earned: i128, possible: i128) -> Option<i128> {
    let distance = |score: &i128| ((score * possible - 10_000 * earned).abs(), score % 2);
    (possible > 0).then(|| (0..=10_000).min_by_key(distance).unwrap())
}

/// What an answer earns and could have earned in points, of JSON alone.
fn oracle_points(kind: &Json, value: &Json) -> Option<(i128, i128)> {
    let number = |json: &Json| json.as_i64().map(i128::from);
    match kind["kind"].as_str()? {
        "yes_no" => Some(((value.as_bool()? == (kind["expect"] != "no")).into(), 1)),
        "one_choice" => {
            let options = kind["options"].as_array()?;
            let chosen = options.iter().find(|option| option["key"] == *value)?;
            let best = options.iter().filter_map(|option| number(&option["points"])).max()?;
            Some((number(&chosen["points"]).unwrap_or(0), best))
        }
        "scale" => {
            let worst = if kind["reversed"] == true { "to" } else { "from" };
            Some((
                (number(value)? - number(&kind[worst])?).abs(),
                number(&kind["to"])? - number(&kind["from"])?,
            ))
        }
        _ => None,
    }
    .filter(|(_, possible)| *possible > 0)
}

struct Oracle {
    overall: Option<i128>,
    sections: Vec<Option<i128>>,
}

fn oracle(content: &Content, answers: &Answers) -> Oracle {
    let (content, answers) = (json!(content), json!(answers));
    let (mut all_earned, mut all_possible, mut highest) = (0, 0, 10_000);
    let mut sections = Vec::new();
    for section in content["sections"].as_array().unwrap() {
        let (mut earned, mut possible, mut zero) = (0, 0, false);
        for question in section["questions"].as_array().unwrap() {
            let value = &answers[question["key"].as_str().unwrap()]["value"];
            let Some((p, most)) = oracle_points(&question["answer"], value) else { continue };
            let weight = i128::from(question["weight"].as_i64().unwrap());
            earned += weight * p;
            possible += if question["bonus"] == true { 0 } else { weight * most };
            match question["critical"]["effect"].as_str().filter(|_| p == 0) {
                Some("section_zero") => zero = true,
                Some("visit_zero") => highest = 0,
                Some("cap") => highest = highest.min(question["critical"]["score"].as_i64().unwrap().into()),
                _ => {}
            }
        }
        earned *= i128::from(!zero);
        sections.push(nearest(earned, possible));
        (all_earned, all_possible) = (all_earned + earned, all_possible + possible);
    }
    Oracle { overall: nearest(all_earned, all_possible).map(|score| score.min(highest)), sections }
}

fn number(score: Option<BasisPoints>) -> Option<i128> {
    score.map(|score| score.get().into())
}

/// Every score of a visit by name, whatever the order of its sections.
fn scores(scored: &Scored) -> Vec<(String, Option<BasisPoints>)> {
    let mut scores: Vec<_> = scored.sections.iter().map(|s| (s.key.to_string(), s.score)).collect();
    scores.sort();
    scores.push(("overall".into(), scored.overall));
    scores
}

/// A visit, one of its questions, and two values for it.
fn two_values() -> impl Strategy<Value = (Content, Answers, Key, [AnswerValue; 2])> {
    visits().prop_flat_map(|(content, answers)| {
        let questions: Vec<_> = content.sections.iter().flat_map(|s| &s.questions).cloned().collect();
        let values = prop::sample::select(questions).prop_flat_map(|question| {
            let pair = [values(&question.answer), values(&question.answer)];
            (Just(question.key), pair)
        });
        (Just(content), Just(answers), values).prop_map(|(c, a, (key, pair))| (c, a, key, pair))
    })
}

fn with(answers: &Answers, key: &Key, answer: Answer) -> Answers {
    answers.iter().map(|(k, a)| (k.clone(), a.clone())).chain([(key.clone(), answer)]).collect()
}

fn given(value: &AnswerValue) -> Answer {
    Answer { value: Some(value.clone()), ..Answer::default() }
}

fn shuffled() -> impl Strategy<Value = (Content, Content, Answers)> {
    visits().prop_flat_map(|(content, answers)| {
        let sections: Vec<_> = content
            .sections
            .iter()
            .map(|section| {
                let section = section.clone();
                Just(section.questions.clone())
                    .prop_shuffle()
                    .prop_map(move |questions| Section { questions, ..section.clone() })
            })
            .collect();
        let original = content.clone();
        let moved = sections.prop_shuffle().prop_map(move |sections| Content { sections, ..content.clone() });
        (Just(original), moved, Just(answers))
    })
}

proptest! {
    #[test]
    fn a_share_is_the_nearest_score(earned in 0_i64..500, possible in 0_i64..500) {
        let expected = nearest(earned.into(), possible.into());
        prop_assert_eq!(number(BasisPoints::of(earned, possible)), expected);
    }

    #[test]
    fn the_oracle_agrees((content, answers) in visits()) {
        let expected = oracle(&content, &answers);
        let scored = Prepared::new(content).score(&answers);
        prop_assert_eq!(number(scored.overall), expected.overall);
        let sections: Vec<_> = scored.sections.iter().map(|section| number(section.score)).collect();
        prop_assert_eq!(sections, expected.sections);
    }

    #[test]
    fn the_explanation_adds_up((content, answers) in visits()) {
        let prepared = Prepared::new(content);
        let (scored, explained) = (prepared.score(&answers), prepared.explain(&answers));
        prop_assert_eq!(&scored.effects, &explained.effects);
        prop_assert_eq!(scored.overall, explained.overall.score);
        prop_assert_eq!(explained.overall.possible, explained.questions.iter().map(|q| q.possible).sum::<i64>());
        let earned = explained.questions.iter().map(|q| q.earned).sum();
        prop_assert_eq!(explained.overall.before_effects, BasisPoints::of(earned, scored.possible));
        prop_assert!(explained.overall.score <= explained.overall.before_effects);
        let triggered: Vec<_> = explained.questions.iter().filter_map(|q| Some((&q.question, q.triggered?))).collect();
        prop_assert_eq!(triggered, scored.effects.iter().map(|e| (&e.question, e.effect)).collect::<Vec<_>>());
        for (section, explained) in scored.sections.iter().zip(&explained.sections) {
            prop_assert_eq!((section.score, section.earned), (explained.figures.score, explained.figures.earned));
        }
    }

    #[test]
    fn a_better_answer_never_lowers_a_score((content, answers, key, values) in two_values()) {
        let prepared = Prepared::new(content);
        let kind = &prepared.question(key.as_str()).unwrap().answer;
        let mut visits = values.each_ref().map(|value| (
            oracle_points(&json!(kind), &json!(value)),
            scores(&prepared.score(&with(&answers, &key, given(value)))),
        ));
        visits.sort_by_key(|(points, _)| *points);
        let [(_, worse), (_, better)] = visits;
        for (worse, better) in worse.iter().zip(&better) {
            prop_assert!(worse <= better, "{worse:?} {better:?}");
        }
    }

    #[test]
    fn order_never_matters((content, moved, answers) in shuffled()) {
        let (here, there) = (Prepared::new(content).score(&answers), Prepared::new(moved).score(&answers));
        prop_assert_eq!(scores(&here), scores(&there));
        prop_assert_eq!((here.earned, here.possible), (there.earned, there.possible));
    }

    #[test]
    fn not_applicable_never_counts((content, answers, key, _) in two_values()) {
        let not_applicable = with(&answers, &key, Answer { not_applicable: true, ..Answer::default() });
        let mut without = content.clone();
        for section in &mut without.sections {
            section.questions.retain(|question| question.key != key);
        }
        prop_assert_eq!(Prepared::new(content).score(&not_applicable), Prepared::new(without).score(&answers));
    }

    #[test]
    fn a_score_reads_back_as_written((content, answers) in visits()) {
        let prepared = Prepared::new(content);
        let (scored, explained) = (prepared.score(&answers), prepared.explain(&answers));
        let (a, b) = (serde_json::to_string(&scored).unwrap(), serde_json::to_string(&explained).unwrap());
        prop_assert_eq!(serde_json::from_str::<Scored>(&a).unwrap(), scored);
        prop_assert_eq!(serde_json::from_str::<Explanation>(&b).unwrap(), explained);
    }
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
            let expected = nearest(earned.into(), possible.into());
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
