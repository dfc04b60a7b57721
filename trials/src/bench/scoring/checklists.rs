//! Checklists to be scored: of every kind of question, and as large as they may be.

use incognito::{
    checklists::{
        answers::{Answer, AnswerValue, Answers},
        bindings::Bindings,
        manifest::{Filled, Manifest},
        model::{AnswerKind, Content, MAX_QUESTIONS, MAX_SECTIONS, OPTIONS, Question},
    },
    db::types::{Id, Instant},
    visits::model::Submission,
};
use serde_json::{Value, json};

use crate::bench::submissions::Dice;

/// Most bytes of JSON that a checklist may have.
const MOST_BYTES: usize = 1 << 20;
/// What the sections of [`of_every_kind`] have.
const KINDS: usize = 15;

/// A visit as it was filled in.
pub(super) struct FilledIn {
    answers: Answers,
    manifest: Manifest,
}

impl FilledIn {
    pub(super) fn filled(&self) -> Filled<'_> {
        Filled { answers: &self.answers, manifest: &self.manifest }
    }

    /// The same as a phone sends it.
    pub(super) fn submission(&self) -> Submission {
        Submission {
            assignment_id: Id::named("assignment"),
            checklist_version_id: Id::named("version"),
            started_at: Instant::from_micros(1_700_000_000_000_000),
            ended_at: Instant::from_micros(1_700_001_800_000_000),
            answers: self.answers.clone(),
            manifest: self.manifest.clone(),
            positions: Default::default(),
            device: None,
            outcome: None,
            spent: Default::default(),
        }
    }
}

/// Sections of every kind of question, with weights, standards, rules and things asked for, and what its keys stand for.
///
/// # Errors
/// None, as long as it is a checklist.
pub(super) fn of_every_kind(questions: usize) -> Result<(Content, Bindings), serde_json::Error> {
    let sections: Vec<_> = (0..questions / KINDS).map(section).collect();
    let content = json!({ "title": text("Bench"), "languages": ["en", "fr"], "sections": sections });
    let id = |number: usize| uuid::Uuid::from_u128(number as u128 + 1);
    let side = |number: usize| if number.is_multiple_of(2) { "personal" } else { "procedural" };
    let dimension = |number| (format!("d{number}"), json!({ "id": id(number), "side": side(number) }));
    let standard = |number: usize| {
        let bound = json!({ "id": id(number), "version": 1, "dimension": format!("d{}", number % 7) });
        (format!("st{number}"), bound)
    };
    let dimensions: serde_json::Map<_, _> = (0..7).map(dimension).collect();
    let standards: serde_json::Map<_, _> = (0..KINDS).map(standard).collect();
    let bindings = json!({ "dimensions": dimensions, "standards": standards });
    Ok((serde_json::from_value(content)?, serde_json::from_value(bindings)?))
}

fn text(text: &str) -> Value {
    json!({ "en": text, "fr": format!("{text} ?") })
}

fn options(count: usize) -> Vec<Value> {
    let option = |i| json!({ "key": format!("o{i}"), "text": text("An option"), "points": i });
    (0..count).map(option).collect()
}

fn section(number: usize) -> Value {
    let bands = json!([{ "up_to": 120, "points": 10 }, { "up_to": 600, "points": 4 }, { "points": 0 }]);
    let first = format!("s{number}_q0");
    let shown = json!({ "var": first });
    let below = json!({ "when": "below", "share": 5000 });
    let asked = [
        (json!({ "kind": "yes_no" }), json!({ "critical": { "effect": "cap", "score": 7000 } })),
        (json!({ "kind": "yes_no", "expect": "no" }), json!({ "not_applicable": true, "comment": below })),
        (json!({ "kind": "one_choice", "options": options(4) }), json!({ "weight": 2 })),
        (
            json!({ "kind": "several_choices", "options": options(8), "at_most": 3 }),
            json!({ "show_when": shown }),
        ),
        (json!({ "kind": "scale", "from": 1, "to": 5 }), json!({ "weight": 3, "photo": below })),
        (json!({ "kind": "scale", "from": 0, "to": 10, "reversed": true }), json!({ "bonus": true })),
        (
            json!({ "kind": "number", "decimals": 1, "minimum": 0, "maximum": 1000, "bands": bands }),
            json!({}),
        ),
        (
            json!({ "kind": "amount", "currency": "EUR", "minimum": 0, "maximum": 1000, "bands": bands }),
            json!({}),
        ),
        (json!({ "kind": "duration", "maximum": 1000, "bands": bands }), json!({ "show_when": shown })),
        (json!({ "kind": "text", "max_length": 500 }), json!({ "required": false })),
        (json!({ "kind": "date_time", "ask": "time", "bands": bands }), json!({})),
        (json!({ "kind": "photo", "bands": [{ "up_to": 1, "points": 1 }, { "points": 2 }] }), json!({})),
        (json!({ "kind": "audio" }), json!({ "show_when": { "!": { "var": first } } })),
        (json!({ "kind": "location" }), json!({})),
        (json!({ "kind": "note" }), json!({})),
    ];
    let question = |(i, (answer, extra)): (usize, (Value, Value))| {
        let mut question = json!({ "key": format!("s{number}_q{i}"), "text": text("What did you see"),
            "standard": format!("st{i}"), "answer": answer });
        if let (Value::Object(question), Value::Object(extra)) = (&mut question, extra) {
            question.extend(extra);
        }
        question
    };
    let questions: Vec<_> = asked.into_iter().enumerate().map(question).collect();
    json!({ "key": format!("s{number}"), "title": text("A section"), "weight": 1 + number % 3, "questions": questions })
}

/// What is given to all questions that are shown; other seeds, other answers.
pub(super) fn filled_in(content: &Content, seed: u64) -> FilledIn {
    let dice = &mut Dice(seed);
    let (mut answers, mut files, mut served) = (Vec::new(), Vec::new(), false);
    for question in content.sections.iter().flat_map(|section| &section.questions) {
        let is_first = question.critical.is_some();
        served = if is_first { dice.below(4) != 0 } else { served };
        let is_audio = matches!(question.answer, AnswerKind::Audio { .. });
        if question.show_when.is_some() && served == is_audio {
            continue;
        }
        let value = if is_first { Some(AnswerValue::Bool(served)) } else { value(question, dice) };
        let comment = question.comment.map(|_| "They were busy with a delivery.".to_owned());
        let kind = if is_audio { "audio/mp4" } else { "image/jpeg" };
        let count = match question.answer {
            AnswerKind::Photo { .. } => 1 + dice.below(3),
            _ => u64::from(is_audio || question.photo.is_some()),
        };
        for _ in 0..count {
            let id = uuid::Uuid::from_u128(files.len() as u128 + 1);
            files.push(json!({ "id": id, "question": question.key, "media_type": kind, "size": 200_000,
                "sha256": "0".repeat(64) }));
        }
        if value.is_some() {
            answers.push((question.key.clone(), Answer { value, comment, ..Answer::default() }));
        }
    }
    let manifest = serde_json::from_value(Value::Array(files)).unwrap_or_default();
    FilledIn { answers: answers.into_iter().collect(), manifest }
}

fn value(question: &Question, dice: &mut Dice) -> Option<AnswerValue> {
    let key = |i: u64| format!("o{i}");
    Some(match &question.answer {
        AnswerKind::YesNo { .. } => AnswerValue::Bool(dice.below(8) != 0),
        AnswerKind::OneChoice { options } => AnswerValue::Text(key(dice.below(options.len() as u64))),
        AnswerKind::SeveralChoices { .. } => {
            let first = dice.below(6);
            AnswerValue::List((first..first + 1 + dice.below(3)).map(key).collect())
        }
        AnswerKind::Scale { from, to, .. } => {
            AnswerValue::Integer(i64::from(*from) + dice.below(u64::from(to.abs_diff(*from)) + 1) as i64)
        }
        AnswerKind::Number { .. } | AnswerKind::Amount { .. } | AnswerKind::Duration { .. } => {
            AnswerValue::Integer(dice.below(1001) as i64)
        }
        AnswerKind::Text { .. } => AnswerValue::Text(format!(
            "They said good morning, looked up, and helped within {} minutes.",
            dice.below(10)
        )),
        AnswerKind::DateTime { .. } => {
            AnswerValue::Text(format!("{:02}:{:02}", dice.below(24), dice.below(60)))
        }
        AnswerKind::Location {} => {
            let position = json!({ "latitude": 48.85, "longitude": 2.35, "accuracy_m": 12 });
            serde_json::from_value(position).ok()?
        }
        _ => return None,
    })
}

/// The largest checklist that there may be, and answers that choose all there is to choose.
pub(super) struct Largest {
    /// Its JSON.
    pub(super) checklist: String,
    /// The answers' JSON.
    pub(super) answers: String,
    /// How many options all its questions have.
    pub(super) options: usize,
}

/// 500 questions of several choices, each with a rule, and with as many options as a mebibyte of JSON holds.
///
/// # Errors
/// None, as long as it can be written as JSON.
pub(super) fn largest() -> Result<Largest, serde_json::Error> {
    let text = json!({ "en": "x" });
    let questions_each = MAX_QUESTIONS / MAX_SECTIONS;
    let question = |number: usize, options: &[Value]| {
        let mut question = json!({ "key": format!("q{number}"), "text": text,
            "answer": { "kind": "several_choices", "options": options } });
        if let Some(before) = number.checked_sub(1) {
            let chosen = json!({ "===": [{ "var": "" }, "o0"] });
            question["show_when"] = json!({ "some": [{ "var": format!("q{before}") }, chosen] });
        }
        question
    };
    let with = |count: usize| {
        let option = |i: usize| json!({ "key": format!("o{i}"), "text": text, "points": i });
        let options: Vec<_> = (0..count).map(option).collect();
        let section = |s: usize| {
            let questions = (s * questions_each..(s + 1) * questions_each).map(|q| question(q, &options));
            json!({ "key": format!("s{s}"), "title": text, "questions": questions.collect::<Vec<_>>() })
        };
        let sections: Vec<_> = (0..MAX_SECTIONS).map(section).collect();
        serde_json::to_string(&json!({ "title": text, "languages": ["en"], "sections": sections }))
    };
    // An option with a number of two digits takes two bytes more than the third of the first three.
    let (least, more) = (with(2)?.len(), with(3)?.len());
    let each = more.saturating_sub(least) + 2 * MAX_QUESTIONS;
    let mut count = (2 + MOST_BYTES.saturating_sub(least) / each).min(*OPTIONS.end());
    let mut checklist = with(count)?;
    while count < *OPTIONS.end() {
        let larger = with(count + 1)?;
        if larger.len() > MOST_BYTES {
            break;
        }
        (count, checklist) = (count + 1, larger);
    }
    let all: Vec<_> = (0..count).map(|i| format!("o{i}")).collect();
    let answers: serde_json::Map<_, _> =
        (0..MAX_QUESTIONS).map(|q| (format!("q{q}"), json!({ "value": all }))).collect();
    let answers = serde_json::to_string(&answers)?;
    Ok(Largest { checklist, answers, options: count * MAX_QUESTIONS })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use incognito::checklists::prepared::Prepared;

    #[test]
    fn every_visit_is_one_that_the_checklist_takes() {
        let (content, bindings) = of_every_kind(30).unwrap();
        assert_eq!(content.check(), []);
        assert_eq!(content.sections.iter().map(|section| section.questions.len()).sum::<usize>(), 30);
        let prepared = Prepared::bound(content, bindings);
        for seed in 0..64 {
            let visit = filled_in(prepared.content(), seed);
            assert_eq!(prepared.check_answers(visit.filled()), []);
            assert!(prepared.score(visit.filled()).overall.is_some());
            assert!(!prepared.hidden(visit.filled()).is_empty());
        }
    }
}
