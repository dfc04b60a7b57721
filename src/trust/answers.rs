//! Whether a shopper answered without reading: the same place on every scale and in every list; a wrong answer where it is known
//! which is right; answers that cannot be right together; comments that say nothing.
//!
//! Those who hurry through a form choose one place and stay there (straightlining: Y. Kim, J. Dykema, J. Stevenson, P.
//! Black and D. Moberg, Straightlining, Social Science Computer Review 37, 2019). Yes and no are left out: an honest
//! visit often has only one of them.

use std::collections::BTreeMap;

use super::model::{Flag, FlagEvidence};
use crate::checklists::{
    answers::{AnswerValue, Answers},
    manifest::Filled,
    model::{AnswerKind, Choice},
    prepared::Prepared,
};

/// So many answers at one place are a line. Of eight honest ones on scales of five, all are the same by chance once in
/// 80,000 visits; but answers go together, so it is a reason to look.
pub const LINE: usize = 8;
/// A line of nothing but the best answers is what an excellent branch gets: it has to be so long to be a flag.
pub const BEST_LINE: usize = 15;
/// A scale or a list with fewer places is left out.
pub const FEWEST_PLACES: i64 = 3;

/// Where an answer stands.
#[derive(Clone, Copy)]
struct Mark {
    /// Counted from 1.
    place: i64,
    /// How many places there are.
    of: i64,
    /// Whether it earns all that it can.
    best: bool,
}

/// Lines in the answers: of all questions with equally many places, at least [`LINE`], and each answered at the same.
pub fn straight_lines(checklist: &Prepared, answers: &Answers) -> Vec<FlagEvidence> {
    let questions = checklist.content().sections.iter().flat_map(|section| &section.questions);
    let mut marks: BTreeMap<i64, Vec<Mark>> = BTreeMap::new();
    for question in questions {
        let value = answers.get(question.key.as_str()).and_then(|answer| answer.value.as_ref());
        let mark = value.and_then(|value| mark(&question.answer, value));
        if let Some(mark) = mark.filter(|mark| mark.of >= FEWEST_PLACES) {
            marks.entry(mark.of).or_default().push(mark);
        }
    }
    marks.into_values().filter_map(|marks| line(&marks)).collect()
}

/// What the checklist itself says is wrong with what was answered.
pub fn against_checklist(checklist: &Prepared, filled: Filled<'_>) -> Vec<Flag> {
    let missed = checklist.wrong_controls(filled).into_iter();
    let missed = missed.map(|key| Flag::of_question(key, FlagEvidence::ControlMissed {}));
    let language = checklist.content().languages.first().map_or("en", String::as_str);
    let contradicted = checklist.contradictions(filled).into_iter().map(|one| {
        let message = one.message.get(language).unwrap_or_default().to_owned();
        Flag::of_visit(FlagEvidence::Contradiction { message })
    });
    missed.chain(contradicted).chain(short_comments(checklist, filled)).collect()
}

/// Comments that were asked for and are shorter than the checklist wants.
fn short_comments(checklist: &Prepared, filled: Filled<'_>) -> Vec<Flag> {
    let Some(at_least) = checklist.content().shortest_comment.map(i64::from) else { return Vec::new() };
    let short = |(key, comment): (_, &str)| {
        let characters = i64::try_from(comment.trim().chars().count()).unwrap_or(i64::MAX);
        let short = FlagEvidence::ShortComment { characters, at_least };
        (characters < at_least).then(|| Flag::of_question(key, short))
    };
    checklist.asked_comments(filled).into_iter().filter_map(short).collect()
}

fn line(marks: &[Mark]) -> Option<FlagEvidence> {
    let Mark { place, of, .. } = *marks.first()?;
    let all_best = marks.iter().all(|mark| mark.best);
    let long_enough = marks.len() >= if all_best { BEST_LINE } else { LINE };
    let straight = marks.iter().all(|mark| mark.place == place);
    let questions = i64::try_from(marks.len()).unwrap_or(i64::MAX);
    (long_enough && straight).then_some(FlagEvidence::StraightLine { questions, place, of, all_best })
}

fn mark(kind: &AnswerKind, value: &AnswerValue) -> Option<Mark> {
    match (kind, value) {
        (AnswerKind::Scale { from, to, reversed }, AnswerValue::Integer(number)) => {
            let (from, to) = (i64::from(*from), i64::from(*to));
            let best = if *reversed { from } else { to };
            Some(Mark { place: number - from + 1, of: to - from + 1, best: *number == best })
        }
        (AnswerKind::OneChoice { options }, AnswerValue::Text(key)) => {
            let at = options.iter().position(|option| option.key.as_str() == key)?;
            let points = |option: &Choice| option.points.unwrap_or(0);
            let best = options.get(at).map(points) == options.iter().map(points).max();
            let count = |number: usize| i64::try_from(number).ok();
            Some(Mark { place: count(at)? + 1, of: count(options.len())?, best })
        }
        (
            AnswerKind::YesNo { .. }
            | AnswerKind::OneChoice { .. }
            | AnswerKind::SeveralChoices { .. }
            | AnswerKind::Scale { .. }
            | AnswerKind::Number { .. }
            | AnswerKind::Amount { .. }
            | AnswerKind::Duration { .. }
            | AnswerKind::Text { .. }
            | AnswerKind::DateTime { .. }
            | AnswerKind::Photo { .. }
            | AnswerKind::Audio { .. }
            | AnswerKind::Location {}
            | AnswerKind::Signature {}
            | AnswerKind::Note {},
            _,
        ) => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    /// A checklist of scales from 1 to 5 of which these are reversed, and of a list of three.
    fn checklist(reversed: &[bool], lists: usize) -> Prepared {
        let scale = |(number, reversed): (usize, &bool)| {
            json!({"key": format!("s{number}"), "text": {"en": "?"},
                "answer": {"kind": "scale", "from": 1, "to": 5, "reversed": reversed}})
        };
        let option = |key: &str, points| json!({"key": key, "text": {"en": "?"}, "points": points});
        let list = |number| {
            json!({"key": format!("l{number}"), "text": {"en": "?"}, "answer": {"kind": "one_choice",
                "options": [option("a", 0), option("b", 5), option("c", 9)]}})
        };
        let questions: Vec<Value> =
            reversed.iter().enumerate().map(scale).chain((0..lists).map(list)).collect();
        let content = json!({"title": {"en": "T"}, "languages": ["en"],
            "sections": [{"key": "s", "title": {"en": "S"}, "questions": questions}]});
        Prepared::new(serde_json::from_value(content).unwrap())
    }

    fn answers(marks: &[i64], chosen: &[&str]) -> Answers {
        let scales = marks.iter().enumerate().map(|(n, mark)| (format!("s{n}"), json!({"value": mark})));
        let lists = chosen.iter().enumerate().map(|(n, key)| (format!("l{n}"), json!({"value": key})));
        serde_json::from_value(Value::Object(scales.chain(lists).collect())).unwrap()
    }

    fn found(marks: &[i64], reversed: &[bool]) -> Vec<FlagEvidence> {
        straight_lines(&checklist(reversed, 0), &answers(marks, &[]))
    }

    #[test]
    fn a_line_is_long_and_straight() {
        let line = |questions, place, all_best| {
            vec![FlagEvidence::StraightLine { questions, place, of: 5, all_best }]
        };
        assert_eq!(found(&[4; 8], &[false; 8]), line(8, 4, false));
        assert_eq!(found(&[4; 7], &[false; 7]), []);
        assert_eq!(found(&[4, 4, 4, 4, 4, 4, 4, 5], &[false; 8]), []);
        assert_eq!(found(&[4; 8], &[false; 12]), line(8, 4, false), "what was not answered does not count");
    }

    #[test]
    fn the_best_everywhere_is_common() {
        assert_eq!(found(&[5; 14], &[false; 14]), []);
        let line = FlagEvidence::StraightLine { questions: 15, place: 5, of: 5, all_best: true };
        assert_eq!(found(&[5; 15], &[false; 15]), [line]);
        let mut turned = [false; 8];
        turned[3] = true;
        let line = FlagEvidence::StraightLine { questions: 8, place: 5, of: 5, all_best: false };
        assert_eq!(found(&[5; 8], &turned), [line], "the best here is the worst there");
    }

    #[test]
    fn lists_are_lines_of_their_own() {
        let checklist = checklist(&[false; 3], 8);
        let line = FlagEvidence::StraightLine { questions: 8, place: 2, of: 3, all_best: false };
        assert_eq!(straight_lines(&checklist, &answers(&[1, 2, 3], &["b"; 8])), [line]);
        assert_eq!(straight_lines(&checklist, &answers(&[1, 2, 3], &["c"; 8])), [], "all the best");
        assert_eq!(straight_lines(&checklist, &answers(&[1, 2, 3], &["b", "b", "b", "a"])), []);
    }

    proptest! {
        #[test]
        fn only_equal_places_are_a_line(marks in proptest::collection::vec(1_i64..=5, 0..30), turned in any::<u32>()) {
            let reversed: Vec<bool> = (0..marks.len()).map(|n| turned >> n & 1 == 1).collect();
            let best = |(mark, reversed): (&i64, &bool)| *mark == if *reversed { 1 } else { 5 };
            let all_best = marks.iter().zip(&reversed).all(best);
            let straight = marks.windows(2).all(|two| two[0] == two[1]);
            let wanted = straight && marks.len() >= if all_best { BEST_LINE } else { LINE };
            prop_assert_eq!(!found(&marks, &reversed).is_empty(), wanted);
        }

        /// It does not matter in which way round the questions run.
        #[test]
        fn a_line_is_one_wherever_it_lies(mark in 1_i64..=5, length in 1_usize..30) {
            let one = found(&vec![mark; length], &vec![false; length]);
            let other = found(&vec![6 - mark; length], &vec![true; length]);
            prop_assert_eq!(one.len(), other.len());
        }
    }
}
