//! What each section and each question weighs: its share of all that a visit can earn. Points and weights say that only
//! when they are multiplied and added up.

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    findings::{Finding, Findings},
    model::{Content, Critical, FULL_SCORE, Key, Question, Section},
};
use crate::limits::BasisPoints;

/// A critical question whose share is less, in basis points, has a warning.
const LITTLE: i32 = 500;

/// What every section and every question weighs in a visit in which all of them are shown and count.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Shares {
    /// What all sections can earn together: for each question its points, times its weight, times its section's.
    pub possible: i64,
    /// The sections, in the order of the checklist.
    pub sections: Vec<SectionShare>,
}

/// What a section weighs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SectionShare {
    /// The section.
    pub key: Key,
    /// What it can earn.
    pub possible: i64,
    /// Its share of the whole.
    pub share: BasisPoints,
    /// Its questions, in the order of the checklist.
    pub questions: Vec<QuestionShare>,
}

/// What a question weighs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct QuestionShare {
    /// The question.
    pub key: Key,
    /// What it can earn. For a bonus it is 0, because it can only add.
    pub possible: i64,
    /// Its share of the whole.
    pub share: BasisPoints,
    /// How far the score of an otherwise full visit falls when this question alone earns nothing: by its share, or by what
    /// it does as a critical question.
    pub at_stake: BasisPoints,
}

impl Content {
    /// What every section and every question weighs.
    pub fn shares(&self) -> Shares {
        let possible = total(self.sections.iter().map(of_section));
        let share = |part| BasisPoints::of(part, possible).unwrap_or(BasisPoints::ZERO);
        let sections = self.sections.iter().map(|section| {
            let whole = of_section(section);
            let questions = section.questions.iter().map(|question| {
                let own = of_question(section, question);
                let at_stake = at_stake(question.critical, share(own), share(whole));
                QuestionShare { key: question.key.clone(), possible: own, share: share(own), at_stake }
            });
            SectionShare {
                key: section.key.clone(),
                possible: whole,
                share: share(whole),
                questions: questions.collect(),
            }
        });
        Shares { possible, sections: sections.collect() }
    }

    /// Warns of critical questions that weigh little.
    pub(super) fn weigh(&self, findings: &mut Findings) {
        let Shares { possible, sections } = self.shares();
        for (i, (section, shares)) in self.sections.iter().zip(&sections).enumerate() {
            for (j, (question, share)) in section.questions.iter().zip(&shares.questions).enumerate() {
                let weighs_little = share.possible > 0 && share.share.get() < LITTLE;
                if question.critical.is_none() || !weighs_little {
                    continue;
                }
                let (own, points) = (share.possible, share.share.get());
                let percent = format!("{}.{:02}", points / 100, points % 100);
                let message = format!(
                    "The question is critical, and {own} of {possible} points are its own ({percent} %). Give it more \
                     weight if it is to count for more when it earns a part of its points, or in a section's score."
                );
                let at = format!("/sections/{i}/questions/{j}/weight");
                findings.add(Finding::warning(at, "critical_weighs_little", message));
            }
        }
    }
}

/// What is lost of a full score when one question earns nothing.
fn at_stake(critical: Option<Critical>, own: BasisPoints, section: BasisPoints) -> BasisPoints {
    match critical {
        None => own,
        Some(Critical::SectionZero {}) => own.max(section),
        Some(Critical::VisitZero {}) => BasisPoints::FULL,
        Some(Critical::Cap { score }) => {
            own.max(BasisPoints::clamped(i32::from(FULL_SCORE) - i32::from(score)))
        }
    }
}

fn of_section(section: &Section) -> i64 {
    total(section.questions.iter().map(|question| of_question(section, question)))
}

fn of_question(section: &Section, question: &Question) -> i64 {
    let points = if question.bonus { 0 } else { question.points().unwrap_or(0) };
    let weight = i64::from(section.weight) * i64::from(question.weight);
    weight.saturating_mul(points)
}

fn total(parts: impl Iterator<Item = i64>) -> i64 {
    parts.fold(0, i64::saturating_add)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::{Value, json};

    use super::*;

    fn content(questions: Value) -> Content {
        let content = json!({"title": {"en": "Visit"}, "languages": ["en"], "sections": [
            {"key": "safety", "title": {"en": "Safety"}, "questions": questions},
            {"key": "rest", "title": {"en": "The rest"}, "weight": 2, "questions": [
                {"key": "clean", "text": {"en": "How clean?"}, "weight": 11,
                    "answer": {"kind": "scale", "from": 0, "to": 6}},
            ]},
        ]});
        serde_json::from_value(content).unwrap()
    }

    fn yes_no(key: &str, more: Value) -> Value {
        let mut question =
            json!({"key": key, "text": {"en": "Safe?"}, "weight": 4, "answer": {"kind": "yes_no"}});
        question.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        question
    }

    fn stakes(more: Value) -> (i32, i32) {
        let shares = content(json!([yes_no("exit", more)])).shares();
        let question = &shares.sections[0].questions[0];
        (question.share.get(), question.at_stake.get())
    }

    #[test]
    fn the_share_of_a_question_is_told_with_what_it_can_do() {
        let shares = content(json!([yes_no("exit", json!({}))])).shares();
        assert_eq!((shares.possible, shares.sections[0].possible), (136, 4));
        let found: Vec<_> = shares.sections.iter().map(|section| section.share.get()).collect();
        assert_eq!(found, [294, 9706]);
        for (critical, at_stake) in [
            (json!({}), 294),
            (json!({"critical": {"effect": "section_zero"}}), 294),
            (json!({"critical": {"effect": "visit_zero"}}), 10_000),
            (json!({"critical": {"effect": "cap", "score": 6000}}), 4_000),
            (json!({"critical": {"effect": "cap", "score": 10_000}}), 294),
        ] {
            assert_eq!(stakes(critical.clone()), (294, at_stake), "{critical}");
        }
        assert_eq!(stakes(json!({"bonus": true})), (0, 0));
    }

    #[test]
    fn a_critical_question_that_weighs_little_has_a_warning() {
        let warned = |more: Value| {
            let findings = content(json!([yes_no("exit", more)])).findings();
            let mut found = findings.warnings.into_iter();
            found.find(|one| one.code == "critical_weighs_little").map(|one| (one.pointer, one.message))
        };
        let (at, message) = warned(json!({"critical": {"effect": "visit_zero"}})).unwrap();
        assert_eq!(at, "/sections/0/questions/0/weight");
        assert!(message.contains("4 of 136 points are its own (2.94 %)"), "{message}");
        assert_eq!(warned(json!({})), None);
        assert_eq!(warned(json!({"weight": 0, "critical": {"effect": "visit_zero"}})), None);
        assert_eq!(warned(json!({"weight": 7, "critical": {"effect": "visit_zero"}})), None);
    }
}
