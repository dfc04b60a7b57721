//! What shoppers see in the demo's branches. Each branch has its own quality, and gets better or worse over
//! the year; each question is more or less hard; each shopper is more or less strict.

use super::{
    dice::Dice,
    phrases::{Phrases, phrases},
    plan::{VISITS, Visit},
};
use crate::checklists::{
    answers::{Answer, AnswerValue, Answers},
    model::{AnswerKind, Choice, Content, Critical, Expected, Question},
};

/// What a reviewer finds wrong with a visit.
const REASONS: [&str; 3] = [
    "The answers describe another branch.",
    "The visit was much shorter than the checklist asks for.",
    "Half of the comments were copied from an earlier visit.",
];

/// What a reviewer decides about a visit.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Decision {
    Approve,
    Reject(&'static str),
    /// It is still in the queue.
    Later,
}

/// Most visits are approved, a few rejected; of the latest, some are still to be looked at.
pub(super) fn decision(visit: &Visit) -> Decision {
    let mut dice = Dice::of(&format!("review of {}", visit.name));
    if visit.turn + 1 == VISITS && dice.happens(0.6) {
        Decision::Later
    } else if dice.happens(0.03) {
        dice.one_of(&REASONS).map_or(Decision::Approve, |reason| Decision::Reject(reason))
    } else {
        Decision::Approve
    }
}

/// What the shopper answers.
pub(super) fn answers(content: &Content, visit: &Visit) -> Answers {
    let mut scene = Scene {
        quality: quality(visit),
        words: phrases(&visit.language),
        dice: Dice::of(&format!("answers of {}", visit.name)),
    };
    let questions = content.sections.iter().flat_map(|section| &section.questions);
    questions.filter_map(|question| Some((question.key.clone(), scene.answer(question)?))).collect()
}

/// How likely an ordinary thing is to go well on this visit.
fn quality(visit: &Visit) -> f64 {
    let mut branch = Dice::of(&format!("branch {}", visit.code));
    let (level, trend) = (branch.between(0.55, 0.90), branch.between(-0.16, 0.20));
    let mood = Dice::of(&format!("day of {}", visit.name)).between(-0.08, 0.08);
    let strictness = Dice::of(&format!("shopper {}", visit.shopper)).between(-0.03, 0.03);
    level + trend * (visit.turn as f64 / VISITS as f64 - 0.5) + mood + strictness
}

struct Scene {
    quality: f64,
    words: &'static Phrases,
    dice: Dice,
}

impl Scene {
    /// Nothing if the shopper leaves the question out.
    fn answer(&mut self, question: &Question) -> Option<Answer> {
        if question.not_applicable && self.dice.happens(how_often_not_applicable(question)) {
            return Some(Answer { not_applicable: true, ..Answer::default() });
        }
        if !question.required && self.dice.happens(0.4) {
            return None;
        }
        let goes_well = self.goes_well(question);
        let (value, poor) = self.value(question, goes_well)?;
        let comment = poor && self.dice.happens(0.15);
        let comment = comment.then(|| self.dice.one_of(&self.words.poor)).flatten();
        Some(Answer { value: Some(value), comment: comment.map(ToString::to_string), ..Answer::default() })
    }

    /// How likely each step of this question is to go well on this visit.
    fn goes_well(&self, question: &Question) -> f64 {
        let hardness = Dice::of(&format!("question {}", question.key)).between(-0.12, 0.12);
        let well = (self.quality - hardness).clamp(0.05, 0.99);
        match question.critical {
            // What is critical is trained, so it fails seldom.
            Some(Critical::VisitZero {}) => 1.0 - (1.0 - well) * 0.02,
            Some(Critical::SectionZero {} | Critical::Cap { .. }) => 1.0 - (1.0 - well) * 0.2,
            None if question.bonus => well * 0.4,
            None => well,
        }
    }

    /// The answer, and whether it is a poor one.
    fn value(&mut self, question: &Question, goes_well: f64) -> Option<(AnswerValue, bool)> {
        match &question.answer {
            AnswerKind::YesNo { expect } => {
                let well = self.dice.happens(goes_well);
                Some((AnswerValue::Bool(well == (*expect == Expected::Yes)), !well && !question.bonus))
            }
            AnswerKind::Scale { from, to, reversed } => {
                let (from, to) = (i64::from(*from), i64::from(*to));
                let steps = (from..to).filter(|_| self.dice.happens(goes_well)).count() as i64;
                let value = if *reversed { to - steps } else { from + steps };
                Some((AnswerValue::Integer(value), steps * 2 < to - from))
            }
            AnswerKind::OneChoice { options } => self.choice(options, goes_well),
            AnswerKind::Text { max_length, .. } => {
                let words = if question.required { &self.words.improve[..] } else { &self.words.best[..] };
                let text = self.dice.one_of(words)?.chars().take(*max_length as usize).collect();
                Some((AnswerValue::Text(text), false))
            }
            _ => None,
        }
    }

    /// From the best option downwards, until something goes well.
    fn choice(&mut self, options: &[Choice], goes_well: f64) -> Option<(AnswerValue, bool)> {
        let mut options: Vec<_> = options.iter().collect();
        options.sort_by_key(|option| std::cmp::Reverse(option.points));
        let last = options.len().checked_sub(1)?;
        let chosen = (0..last).find(|_| self.dice.happens(goes_well)).unwrap_or(last);
        let option = options.get(chosen)?;
        Some((AnswerValue::Text(option.key.to_string()), chosen * 2 > last))
    }
}

fn how_often_not_applicable(question: &Question) -> f64 {
    match question.key.as_str() {
        "problem_solved" => 0.85,
        _ => Dice::of(&format!("use of {}", question.key)).between(0.15, 0.5),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::BTreeMap;

    use super::*;
    use crate::{
        checklists::prepared::Prepared,
        demo::{CHECKLIST, plan::tests::a_year},
    };

    fn checklist() -> Prepared {
        Prepared::new(serde_json::from_str(CHECKLIST).unwrap())
    }

    #[test]
    fn every_visit_is_accepted_and_the_same_every_time() {
        let checklist = checklist();
        assert_eq!(checklist.content().check(), []);
        for visit in a_year() {
            let answers = answers(checklist.content(), &visit);
            assert_eq!(checklist.check_answers(&answers), [], "{}", visit.name);
            assert_eq!(answers, super::answers(checklist.content(), &visit));
        }
    }

    #[test]
    fn branches_differ_and_most_do_well() {
        let (checklist, mut branches) = (checklist(), BTreeMap::<_, Vec<i32>>::new());
        for visit in a_year() {
            let scored = checklist.score(&answers(checklist.content(), &visit));
            branches.entry(visit.code).or_default().push(scored.overall.unwrap().get());
        }
        let mean = |scores: &Vec<i32>| scores.iter().sum::<i32>() / scores.len() as i32;
        let mut means: Vec<_> = branches.values().map(mean).collect();
        means.sort_unstable();
        assert!(means[0] > 5_000 && means[20] > 7_000 && means[39] < 9_800, "{means:?}");
        assert!(means[39] - means[0] > 1_500, "{means:?}");
    }

    #[test]
    fn a_reviewer_approves_most() {
        let year = a_year();
        let decided = |wanted: fn(&Decision) -> bool| year.iter().filter(|v| wanted(&decision(v))).count();
        let rejected = decided(|one| matches!(one, Decision::Reject(_)));
        let later = decided(|one| *one == Decision::Later);
        assert!((15..50).contains(&rejected), "{rejected} rejected");
        assert!((15..35).contains(&later), "{later} still in the queue");
    }
}
