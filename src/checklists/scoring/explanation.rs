//! Why a visit scored what it did: the sums of scoring, shown line by line.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::sums::{Sum, Sums, Tallies};
use super::{BasisPoints, Because, CriticalEffect, Line, SideScore, SubjectScore};
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
    /// What each dimension scored, in the order of their keys. No critical effect touches it.
    pub dimensions: Vec<SubjectScore>,
    /// What each side scored that the checklist has dimensions of. No critical effect touches it.
    pub sides: Vec<SideScore>,
    /// What each standard scored, in the order of their keys. No critical effect touches it.
    pub standards: Vec<SubjectScore>,
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
    /// The standard that it verifies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standard: Option<Key>,
    /// The dimension that it belongs to: its standard's, or else its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dimension: Option<Key>,
    /// Its weight times that of its section: 0 to 1000000.
    pub weight: i64,
    /// The points of its answer, before weights; none if it does not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<i64>,
    /// The most points that an answer can have; none if it carries no points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub most_points: Option<i64>,
    /// What it earned, before critical effects: `points` times `weight`.
    pub earned: i64,
    /// What it could have earned: `most_points` times `weight`; 0 for a bonus, and if it does not count.
    pub possible: i64,
    /// Its score, before critical effects; none if nothing was possible.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<BasisPoints>,
    /// Whether it is a bonus.
    pub bonus: bool,
    /// Why it counts or does not.
    pub why: Why,
    /// What about the answer earned its points; none if it does not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<Because>,
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
    /// A rule hid it in this visit.
    Hidden,
    /// It was not answered.
    NotAnswered,
    /// It was answered, but no answer to it earns points.
    CarriesNoPoints,
}

impl Prepared {
    /// Scores a visit and explains the score, question by question.
    pub fn explain<'f>(&self, filled: impl Into<Filled<'f>>) -> Explanation {
        let mut tallies = Tallies::new(self.subjects());
        let mut questions = Vec::with_capacity(self.len());
        let sums = self.sum_up(filled.into(), |section, question, line| {
            tallies.add(questions.len(), line);
            questions.push(self.explain_line(section, question, line));
        });
        sums.explained(tallies, questions)
    }

    /// The same for the shopper who made the visit: of a control question it says what it says of every question without weight,
    /// which is what the shopper is shown of it.
    pub fn explain_to_shopper<'f>(&self, filled: impl Into<Filled<'f>>) -> Explanation {
        let mut tallies = Tallies::new(self.subjects());
        let mut questions = Vec::with_capacity(self.len());
        let sums = self.sum_up(filled.into(), |section, question, line| {
            tallies.add(questions.len(), line);
            questions.push(match question.is_control() {
                false => self.explain_line(section, question, line),
                true => {
                    let shown = question.for_shoppers();
                    let line = Line::answered(section, &shown, shown.points(), line.answered);
                    self.explain_line(section, &shown, &line)
                }
            });
        });
        sums.explained(tallies, questions)
    }

    fn explain_line(&self, section: &Section, question: &Question, line: &Line) -> QuestionExplanation {
        QuestionExplanation {
            section: section.key.clone(),
            question: question.key.clone(),
            standard: question.standard.clone(),
            dimension: self.bindings().dimension(question).cloned(),
            weight: line.weight,
            points: line.points,
            most_points: question.points(),
            earned: line.earned,
            possible: line.possible,
            score: line.tally().score(),
            bonus: question.bonus,
            why: line.why,
            because: line.because(question),
            triggered: line.triggered,
        }
    }
}

impl Sum {
    fn figures(&self) -> Figures {
        let counted = self.counted();
        Figures {
            earned: counted.earned,
            possible: counted.possible,
            before_effects: self.before_effects().score(),
            score: counted.score(),
        }
    }
}

impl Sums<'_> {
    fn explained(&self, tallies: Tallies, questions: Vec<QuestionExplanation>) -> Explanation {
        let section =
            |(key, sum): &(&Key, Sum)| SectionExplanation { key: (*key).clone(), figures: sum.figures() };
        let counted = self.total(Sum::counted);
        Explanation {
            overall: Figures {
                earned: counted.earned,
                possible: counted.possible,
                before_effects: self.total(Sum::before_effects).score(),
                score: self.overall(),
            },
            sections: self.sections.iter().map(section).collect(),
            dimensions: tallies.dimensions(),
            sides: tallies.sides(),
            standards: tallies.standards(),
            questions,
            effects: self.effects(),
        }
    }
}
