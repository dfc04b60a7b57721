//! From answers to scores, in integers only.
//!
//! An answer to a question of weight `w` earns `p` of `P` points: `w·p` is earned, `w·P` was
//! possible, and a score is 10 000 times the sum of the first over the sum of the second. What is not
//! applicable or not answered counts in neither sum, a bonus only in the first. Without anything
//! possible there is no score, which is not zero.
//!
//! A critical question is triggered when it is answered, carries points and earned none of them:
//! - `section_zero` makes what its section earned 0, for the section's score and for the visit's;
//!   what was possible stays;
//! - `visit_zero` makes the visit's score 0, `cap` holds it at or below the given score; sections
//!   keep theirs.
//!
//! Effects never raise a score and never make one where there is none; of several the lowest wins.

mod explanation;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answers::{Answer, AnswerValue, Answers};
use super::manifest::Filled;
use super::model::{AnswerKind, Choice, Critical, Expected, FULL_SCORE, Key, Question, Section};
use super::prepared::Prepared;
pub use explanation::{Explanation, Figures, QuestionExplanation, SectionExplanation, Why};

/// A score in basis points: 0 to 10000, where 10000 is 100 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "i32", into = "i32")]
#[schema(minimum = 0, maximum = 10000, example = 8750)]
pub struct BasisPoints(i32);

/// What a visit scored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Scored {
    /// The score of the whole visit, after critical effects; none if nothing was possible.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overall: Option<BasisPoints>,
    /// What each section scored, in the order of the checklist.
    pub sections: Vec<SectionScore>,
    /// What all sections earned. A cap or a visit set to zero changes `overall`, not this.
    pub earned: i64,
    /// What all sections could have earned.
    pub possible: i64,
    /// The critical questions that earned nothing, in the order of the checklist.
    pub effects: Vec<CriticalEffect>,
}

/// What one section scored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SectionScore {
    /// The section.
    pub key: Key,
    /// Its score, after critical effects; none if nothing was possible.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<BasisPoints>,
    /// What it earned: 0 where a critical question set it to zero.
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

impl BasisPoints {
    /// 0 %.
    pub const ZERO: Self = Self(0);
    /// 100 %.
    pub const FULL: Self = Self(FULL_SCORE as i32);

    /// The number of basis points.
    pub fn get(self) -> i32 {
        self.0
    }

    /// The share that was earned, rounded half to even and held within 0–10 000; none if nothing was possible.
    pub fn of(earned: i64, possible: i64) -> Option<Self> {
        if possible <= 0 {
            return None;
        }
        let scaled = i128::from(earned.clamp(0, possible)) * i128::from(FULL_SCORE);
        let (floor, rest) = (scaled / i128::from(possible), scaled % i128::from(possible));
        let up = match (2 * rest).cmp(&i128::from(possible)) {
            Ordering::Less => 0,
            Ordering::Equal => floor % 2,
            Ordering::Greater => 1,
        };
        i32::try_from(floor + up).ok().map(Self)
    }
}

impl TryFrom<i32> for BasisPoints {
    type Error = &'static str;

    fn try_from(score: i32) -> Result<Self, Self::Error> {
        let within = (Self::ZERO.0..=Self::FULL.0).contains(&score);
        within.then_some(Self(score)).ok_or("a score is from 0 to 10000 basis points")
    }
}

impl From<BasisPoints> for i32 {
    fn from(score: BasisPoints) -> Self {
        score.0
    }
}

impl Prepared {
    /// Scores a visit. An answer that [`Prepared::check_answers`] refuses counts as not given.
    pub fn score<'f>(&self, filled: impl Into<Filled<'f>>) -> Scored {
        self.sum_up(filled.into().answers, |_, _, _| {}).scored()
    }

    /// The one way through a visit: adds up every question and shows each line on the way.
    fn sum_up<'p>(&'p self, answers: &Answers, mut show: impl FnMut(&Section, &Question, &Line)) -> Sums<'p> {
        let mut sums = Sums::default();
        for (section, questions) in self.sections() {
            let mut sum = Sum::default();
            for (question, points) in questions {
                let line = Line::of(question, points, answers.get(question.key.as_str()));
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
struct Line {
    earned: i64,
    possible: i64,
    why: Why,
    triggered: Option<Critical>,
}

impl Line {
    fn of(question: &Question, points: Option<i64>, answer: Option<&Answer>) -> Self {
        let Some(answer) = answer else {
            return Self::nothing(Why::NotAnswered);
        };
        if answer.not_applicable {
            return Self::nothing(Why::NotApplicable);
        }
        let Some(points) = points else {
            return Self::nothing(Why::CarriesNoPoints);
        };
        match answer.value.as_ref().and_then(|value| earned(&question.answer, value)) {
            Some(earned) => Self::answered(question, earned, points),
            None => Self::nothing(Why::NotAnswered),
        }
    }

    fn answered(question: &Question, earned: i64, points: i64) -> Self {
        let weight = i64::from(question.weight);
        Self {
            earned: weight * earned,
            possible: if question.bonus { 0 } else { weight * points },
            why: Why::Answered,
            // By points, not by `earned`: a critical question may have no weight.
            triggered: question.critical.filter(|_| earned == 0),
        }
    }

    fn nothing(why: Why) -> Self {
        Self { earned: 0, possible: 0, why, triggered: None }
    }
}

/// The points that this value earns (`p`); none if it is no answer to this kind of question.
fn earned(kind: &AnswerKind, value: &AnswerValue) -> Option<i64> {
    match (kind, value) {
        (AnswerKind::YesNo { expect }, AnswerValue::Bool(yes)) => {
            Some(i64::from(*yes == (*expect == Expected::Yes)))
        }
        (AnswerKind::OneChoice { options }, AnswerValue::Text(key)) => option_points(options, key),
        (AnswerKind::Scale { from, to, reversed }, AnswerValue::Integer(number)) => {
            let (from, to) = (i64::from(*from), i64::from(*to));
            let steps = || {
                if *reversed { to - number } else { number - from }
            };
            (from..=to).contains(number).then(steps)
        }
        _ => None,
    }
}

fn option_points(options: &[Choice], key: &str) -> Option<i64> {
    let option = options.iter().find(|option| option.key.as_str() == key)?;
    Some(option.points.map_or(0, i64::from))
}

/// The sums of a section, or of a visit.
#[derive(Clone, Copy, Default)]
struct Sum {
    earned: i64,
    possible: i64,
    zeroed: bool,
}

impl Sum {
    fn add(&mut self, line: &Line) {
        self.earned += line.earned;
        self.possible += line.possible;
        self.zeroed |= matches!(line.triggered, Some(Critical::SectionZero {}));
    }

    /// What counts as earned.
    fn counted(&self) -> i64 {
        if self.zeroed { 0 } else { self.earned }
    }

    fn score(&self) -> Option<BasisPoints> {
        BasisPoints::of(self.counted(), self.possible)
    }
}

/// The sums of all sections of a visit, with the critical questions that were triggered.
#[derive(Default)]
struct Sums<'p> {
    sections: Vec<(&'p Key, Sum)>,
    effects: Vec<(&'p Key, Critical)>,
}

impl Sums<'_> {
    fn total(&self, of: impl Fn(&Sum) -> i64) -> i64 {
        self.sections.iter().map(|(_, sum)| of(sum)).sum()
    }

    /// The highest score that the effects on the whole visit leave.
    fn ceiling(&self) -> BasisPoints {
        let ceilings = self.effects.iter().map(|(_, effect)| match effect {
            Critical::SectionZero {} => BasisPoints::FULL,
            Critical::VisitZero {} => BasisPoints::ZERO,
            Critical::Cap { score } => BasisPoints(i32::from(*score)),
        });
        ceilings.min().unwrap_or(BasisPoints::FULL)
    }

    fn overall(&self) -> Option<BasisPoints> {
        let score = BasisPoints::of(self.total(Sum::counted), self.total(|sum| sum.possible));
        score.map(|score| score.min(self.ceiling()))
    }

    fn effects(&self) -> Vec<CriticalEffect> {
        let effect =
            |&(question, effect): &(&Key, Critical)| CriticalEffect { question: question.clone(), effect };
        self.effects.iter().map(effect).collect()
    }

    fn scored(&self) -> Scored {
        let section = |(key, sum): &(&Key, Sum)| SectionScore {
            key: (*key).clone(),
            score: sum.score(),
            earned: sum.counted(),
            possible: sum.possible,
        };
        Scored {
            overall: self.overall(),
            sections: self.sections.iter().map(section).collect(),
            earned: self.total(Sum::counted),
            possible: self.total(|sum| sum.possible),
            effects: self.effects(),
        }
    }
}
