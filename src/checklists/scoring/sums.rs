//! Adding up: lines to sections and visits, and beside them to dimensions, sides, standards.

use super::{BasisPoints, CriticalEffect, Line, Scored, SideScore, SubjectScore};
use crate::checklists::{
    model::{Critical, Key},
    standards::model::Side,
    subjects::{Belongs, Subjects},
};

/// What was earned of what was possible.
#[derive(Clone, Copy, Default)]
pub(super) struct Tally {
    pub(super) earned: i64,
    pub(super) possible: i64,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.earned = self.earned.saturating_add(other.earned);
        self.possible = self.possible.saturating_add(other.possible);
    }

    fn total(tallies: impl Iterator<Item = Self>) -> Self {
        let mut total = Self::default();
        tallies.for_each(|tally| total.add(tally));
        total
    }

    pub(super) fn score(&self) -> Option<BasisPoints> {
        BasisPoints::of(self.earned, self.possible)
    }

    pub(super) fn subject(self, key: &Key) -> SubjectScore {
        let Self { earned, possible } = self;
        SubjectScore { key: key.clone(), score: self.score(), earned, possible }
    }

    fn side(self, side: Side) -> SideScore {
        let Self { earned, possible } = self;
        SideScore { side, score: self.score(), earned, possible }
    }
}

impl Line<'_> {
    pub(super) fn tally(&self) -> Tally {
        Tally { earned: self.earned, possible: self.possible }
    }
}

/// The tallies of all dimensions, sides and standards. No critical effect touches them.
pub(super) struct Tallies<'p> {
    subjects: &'p Subjects,
    dimensions: Vec<Tally>,
    standards: Vec<Tally>,
}

impl<'p> Tallies<'p> {
    pub(super) fn new(subjects: &'p Subjects) -> Self {
        let tallies = |count| vec![Tally::default(); count];
        Self {
            subjects,
            dimensions: tallies(subjects.dimensions.len()),
            standards: tallies(subjects.standards.len()),
        }
    }

    /// Adds the line of the question with this number.
    pub(super) fn add(&mut self, question: usize, line: &Line) {
        let Belongs { dimension, standard } = self.subjects.of_question(question);
        let dimension = dimension.and_then(|at| self.dimensions.get_mut(at));
        let standard = standard.and_then(|at| self.standards.get_mut(at));
        dimension.into_iter().chain(standard).for_each(|tally| tally.add(line.tally()));
    }

    pub(super) fn dimensions(&self) -> Vec<SubjectScore> {
        let keys = self.subjects.dimensions.iter().map(|(key, _)| key);
        keys.zip(&self.dimensions).map(|(key, tally)| tally.subject(key)).collect()
    }

    pub(super) fn standards(&self) -> Vec<SubjectScore> {
        self.subjects.standards.iter().zip(&self.standards).map(|(key, tally)| tally.subject(key)).collect()
    }

    /// Each side that any dimension is of.
    pub(super) fn sides(&self) -> Vec<SideScore> {
        let sides = Side::ALL.iter().filter_map(|&side| {
            let all = self.subjects.dimensions.iter().zip(&self.dimensions);
            let mut own = all.filter(|((_, its), _)| *its == Some(side)).map(|(_, tally)| *tally).peekable();
            own.peek().is_some().then(|| Tally::total(own).side(side))
        });
        sides.collect()
    }
}

/// The sums of a section.
#[derive(Clone, Copy, Default)]
pub(super) struct Sum {
    tally: Tally,
    zeroed: bool,
}

impl Sum {
    pub(super) fn add(&mut self, line: &Line) {
        self.tally.add(line.tally());
        self.zeroed |= matches!(line.triggered, Some(Critical::SectionZero {}));
    }

    /// As it would be without critical effects.
    pub(super) fn before_effects(&self) -> Tally {
        self.tally
    }

    /// What counts.
    pub(super) fn counted(&self) -> Tally {
        if self.zeroed { Tally { earned: 0, ..self.tally } } else { self.tally }
    }
}

/// The sums of all sections of a visit, with the critical questions that were triggered.
#[derive(Default)]
pub(super) struct Sums<'p> {
    pub(super) sections: Vec<(&'p Key, Sum)>,
    pub(super) effects: Vec<(&'p Key, Critical)>,
}

impl Sums<'_> {
    pub(super) fn total(&self, of: impl Fn(&Sum) -> Tally) -> Tally {
        Tally::total(self.sections.iter().map(|(_, sum)| of(sum)))
    }

    /// The highest score that the effects on the whole visit leave.
    fn ceiling(&self) -> BasisPoints {
        let ceilings = self.effects.iter().map(|(_, effect)| match effect {
            Critical::SectionZero {} => BasisPoints::FULL,
            Critical::VisitZero {} => BasisPoints::ZERO,
            Critical::Cap { score } => BasisPoints::clamped(i32::from(*score)),
        });
        ceilings.min().unwrap_or(BasisPoints::FULL)
    }

    pub(super) fn overall(&self) -> Option<BasisPoints> {
        self.total(Sum::counted).score().map(|score| score.min(self.ceiling()))
    }

    pub(super) fn effects(&self) -> Vec<CriticalEffect> {
        let effect =
            |&(question, effect): &(&Key, Critical)| CriticalEffect { question: question.clone(), effect };
        self.effects.iter().map(effect).collect()
    }

    pub(super) fn scored(&self, tallies: Tallies, questions: Vec<SubjectScore>) -> Scored {
        let Tally { earned, possible } = self.total(Sum::counted);
        Scored {
            overall: self.overall(),
            sections: self.sections.iter().map(|(key, sum)| sum.counted().subject(key)).collect(),
            dimensions: tallies.dimensions(),
            sides: tallies.sides(),
            standards: tallies.standards(),
            questions,
            earned,
            possible,
            effects: self.effects(),
        }
    }
}
