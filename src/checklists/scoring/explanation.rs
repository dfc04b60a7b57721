//! Why a visit scored what it did: the sums of scoring, shown line by line.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{BasisPoints, CriticalEffect, Line, Sum, Sums};
use crate::checklists::manifest::Filled;
use crate::checklists::model::{Critical, Key, Question, Section};
use crate::checklists::prepared::Prepared;

/// Why a visit scored what it did, line by line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Explanation {
    /// How the score of the whole visit comes about.
    pub overall: Figures,
    /// How each section's score comes about, in the order of the checklist.
    pub sections: Vec<SectionExplanation>,
    /// What each question brought, in the order of the checklist.
    pub questions: Vec<QuestionExplanation>,
    /// The critical questions that earned nothing, in the order of the checklist.
    pub effects: Vec<CriticalEffect>,
}

/// How a score comes about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Figures {
    /// What counts as earned, after sections were set to zero.
    pub earned: i64,
    /// What could have been earned.
    pub possible: i64,
    /// The score as it would be without any critical effect; none if nothing was possible.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before_effects: Option<BasisPoints>,
    /// The score after critical effects; none if nothing was possible.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<BasisPoints>,
}

/// How one section's score comes about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SectionExplanation {
    /// The section.
    pub key: Key,
    /// Its figures.
    pub figures: Figures,
}

/// What one question brought to the score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuestionExplanation {
    /// The section that it is in.
    pub section: Key,
    /// The question.
    pub question: Key,
    /// Its weight; `earned` and `possible` are points times this.
    pub weight: u16,
    /// What it earned, before critical effects.
    pub earned: i64,
    /// What it could have earned; 0 for a bonus.
    pub possible: i64,
    /// Whether it is a bonus.
    pub bonus: bool,
    /// Why it counts or does not.
    pub why: Why,
    /// What it does to the score as a critical question that earned nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub triggered: Option<Critical>,
}

/// Why a question counts or does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// It was answered and counts.
    Answered,
    /// It did not apply to this visit.
    NotApplicable,
    /// It was not answered.
    NotAnswered,
    /// It was answered, but no answer to it earns points.
    CarriesNoPoints,
}

impl Prepared {
    /// Scores a visit and says why, line by line.
    pub fn explain<'f>(&self, filled: impl Into<Filled<'f>>) -> Explanation {
        let Filled { answers, .. } = filled.into();
        let mut questions = Vec::new();
        let sums =
            self.sum_up(answers, |section, question, line| questions.push(line.explain(section, question)));
        sums.explained(questions)
    }
}

impl Line {
    fn explain(&self, section: &Section, question: &Question) -> QuestionExplanation {
        QuestionExplanation {
            section: section.key.clone(),
            question: question.key.clone(),
            weight: question.weight,
            earned: self.earned,
            possible: self.possible,
            bonus: question.bonus,
            why: self.why,
            triggered: self.triggered,
        }
    }
}

impl Sum {
    fn figures(&self) -> Figures {
        Figures {
            earned: self.counted(),
            possible: self.possible,
            before_effects: BasisPoints::of(self.earned, self.possible),
            score: self.score(),
        }
    }
}

impl Sums<'_> {
    fn explained(&self, questions: Vec<QuestionExplanation>) -> Explanation {
        let section =
            |(key, sum): &(&Key, Sum)| SectionExplanation { key: (*key).clone(), figures: sum.figures() };
        let possible = self.total(|sum| sum.possible);
        Explanation {
            overall: Figures {
                earned: self.total(Sum::counted),
                possible,
                before_effects: BasisPoints::of(self.total(|sum| sum.earned), possible),
                score: self.overall(),
            },
            sections: self.sections.iter().map(section).collect(),
            questions,
            effects: self.effects(),
        }
    }
}
