//! From answers to scores, in integers only.
//!
//! An answer to a question of weight `w` (its own times its section's) earns `p` of `P` points: `w·p` is earned, `w·P`
//! was possible, and a score is 10 000 times the sum of the first over the sum of the second. What is not applicable,
//! hidden or not answered counts in neither sum, a bonus only in the first. Without anything possible there is no
//! score, which is not zero.
//!
//! A critical question is triggered when it is answered, carries points and earned none of them:
//! - `section_zero` makes what its section earned 0, for the section's score and for the visit's;
//!   what was possible stays;
//! - `visit_zero` makes the visit's score 0, `cap` holds it at or below the given score; sections
//!   keep theirs.
//!
//! Effects never raise a score and never make one where there is none; of several the lowest wins. They touch sections
//! and visits only: what dimensions, sides, standards and questions score is of what was answered.
//!
//! The largest checklist that can be published keeps every sum far below what 64 bits hold: 500 questions of 200 options
//! of 1000 points, weighted 1000 times 1000, are 10¹⁴. Sums of others stop at the greatest number.

mod basis;
mod because;
mod counts;
mod explanation;
mod steps;
mod sums;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::given::{Answered, Given};
use super::manifest::Filled;
use super::model::{AnswerKind, Critical, Key, Question, Section};
use super::prepared::Prepared;
use super::standards::model::Side;
use super::validity::fits;
pub use crate::limits::BasisPoints;
use basis::Basis;
pub use because::{Because, Chosen};
pub use explanation::{Explanation, Figures, QuestionExplanation, SectionExplanation, Why};
use sums::{Sums, Tallies};

/// What a visit scored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Scored {
    /// The score of the whole visit, after critical effects; none if nothing was possible.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overall: Option<BasisPoints>,
    /// What each section scored, in the order of the checklist.
    pub sections: Vec<SubjectScore>,
    /// What each dimension scored, in the order of their keys.
    pub dimensions: Vec<SubjectScore>,
    /// What each side scored that the checklist has dimensions of.
    pub sides: Vec<SideScore>,
    /// What each standard scored, in the order of their keys.
    pub standards: Vec<SubjectScore>,
    /// What each question scored, in the order of the checklist.
    pub questions: Vec<SubjectScore>,
    /// What all sections earned. A cap or a visit set to zero changes `overall`, not this.
    pub earned: i64,
    /// What all sections could have earned.
    pub possible: i64,
    /// The critical questions that earned nothing, in the order of the checklist.
    pub effects: Vec<CriticalEffect>,
}

/// What one section, dimension, standard or question scored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubjectScore {
    /// Its key.
    pub key: Key,
    /// Its score; none if nothing was possible.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<BasisPoints>,
    /// What it earned; a section 0 where a critical question set it to zero.
    pub earned: i64,
    /// What it could have earned.
    pub possible: i64,
}

/// What one side of service scored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SideScore {
    /// The side.
    pub side: Side,
    /// Its score; none if nothing was possible.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<BasisPoints>,
    /// What it earned.
    pub earned: i64,
    /// What it could have earned.
    pub possible: i64,
}

/// A critical question that earned nothing, and what follows from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CriticalEffect {
    /// The question.
    pub question: Key,
    /// What it does.
    pub effect: Critical,
}

impl Prepared {
    /// Scores a visit. An answer that [`Prepared::check_answers`] refuses counts as not given.
    pub fn score<'f>(&self, filled: impl Into<Filled<'f>>) -> Scored {
        self.score_and_show(filled.into(), |_, _| {})
    }

    /// The same, with a look at each question in the order of the checklist, and at what was answered to it.
    pub(super) fn score_and_show(&self, filled: Filled, mut show: impl FnMut(&Question, Answered)) -> Scored {
        let mut tallies = Tallies::new(self.subjects());
        let mut questions = Vec::with_capacity(self.len());
        let sums = self.sum_up(filled, |_, question, line| {
            show(question, line.answered);
            tallies.add(questions.len(), line);
            questions.push(line.tally().subject(&question.key));
        });
        sums.scored(tallies, questions)
    }

    /// The score of a whole visit, as in [`Prepared::score`]: for those who need no more, and need it often.
    pub fn overall<'f>(&self, filled: impl Into<Filled<'f>>) -> Option<BasisPoints> {
        self.sum_up(filled.into(), |_, _, _| {}).overall()
    }

    /// The one way through a visit: adds up every question and shows each line on the way.
    fn sum_up<'p>(
        &'p self,
        filled: Filled,
        mut show: impl FnMut(&'p Section, &'p Question, &Line),
    ) -> Sums<'p> {
        let given = self.lay_out(filled, |_| {});
        let mut sums = Sums::default();
        let mut next = self.points().iter().zip(&given);
        for section in &self.content().sections {
            let mut sum = sums::Sum::default();
            for (question, (points, given)) in section.questions.iter().zip(&mut next) {
                let line = Line::of(section, question, *points, given);
                show(section, question, &line);
                sum.add(&line);
                sums.effects.extend(line.triggered.map(|effect| (&question.key, effect)));
            }
            sums.sections.push((&section.key, sum));
        }
        sums
    }
}

/// What one question brings to its section's sum.
struct Line<'f> {
    answered: Answered<'f>,
    /// The weight of the question times that of its section.
    weight: i64,
    /// What the answer earned of how many points; none if it does not count.
    points: Option<i64>,
    earned: i64,
    possible: i64,
    why: Why,
    triggered: Option<Critical>,
}

impl<'f> Line<'f> {
    fn of(section: &Section, question: &Question, points: Option<i64>, given: &Given<'f>) -> Self {
        Self::answered(section, question, points, given.answered(&question.answer))
    }

    fn answered(section: &Section, question: &Question, points: Option<i64>, answered: Answered<'f>) -> Self {
        let weight = i64::from(section.weight) * i64::from(question.weight);
        let nothing =
            |why| Self { answered, weight, points: None, earned: 0, possible: 0, why, triggered: None };
        let most = match (answered, points) {
            (Answered::Hidden, _) => return nothing(Why::Hidden),
            (Answered::NotApplicable, _) => return nothing(Why::NotApplicable),
            (Answered::Nothing, _) => return nothing(Why::NotAnswered),
            (_, None) => return nothing(Why::CarriesNoPoints),
            (_, Some(most)) => most,
        };
        let Some(earned) = earned(&question.answer, answered) else { return nothing(Why::NotAnswered) };
        Self {
            points: Some(earned),
            earned: weight.saturating_mul(earned),
            possible: if question.bonus { 0 } else { weight.saturating_mul(most) },
            // By points, not by `earned`: a critical question may have no weight.
            triggered: question.critical.filter(|_| earned == 0),
            ..nothing(Why::Answered)
        }
    }
}

/// The points that an answer earns (`p`); none if it is no answer to this kind of question.
pub(super) fn earned(kind: &AnswerKind, answered: Answered) -> Option<i64> {
    if fits(kind, answered) { Basis::of(kind, answered).map(|basis| basis.points()) } else { None }
}
