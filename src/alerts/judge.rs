//! Whether what a rule looks for is so, at each place that it looks at.

use super::{
    model::{Ends, Found},
    rules::model::{AlertCondition, Content},
};
use crate::{
    checklists::counted::Subject,
    scores::{
        model::Place,
        statistics::{Interval, Spread, Sums, discoveries},
        watch::{Watch, Watched},
    },
};

/// What is found at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The place.
    pub place: Place,
    /// The figure, if what the rule looks for is so.
    pub found: Option<Found>,
}

/// A place whose figure is sufficient.
struct Looked {
    place: Place,
    is_passed: bool,
    /// How often chance alone would make it so.
    chance: f64,
    found: Found,
}

/// Judges each place whose figure is sufficient. What is to be beyond chance is held to it with how many places were looked at (Benjamini and
/// Hochberg).
pub fn judge(content: &Content, subject: &Subject, watch: &Watch) -> Vec<Judged> {
    let look = |one: &Watched| looked(content, subject, one, watch);
    let looked: Vec<_> = watch.places.iter().filter_map(look).collect();
    let beyond_chance = match content.condition.beyond_chance {
        true => discoveries(&looked.iter().map(|one| one.chance).collect::<Vec<_>>()),
        false => vec![true; looked.len()],
    };
    let judged = |(one, is_beyond): (Looked, bool)| Judged {
        place: one.place,
        found: Some(one.found).filter(|_| one.is_passed && is_beyond),
    };
    looked.into_iter().zip(beyond_chance).map(judged).collect()
}

fn looked(content: &Content, subject: &Subject, one: &Watched, watch: &Watch) -> Option<Looked> {
    let (sums, spread, minimum) = (one.now.sums, &watch.spread, watch.of.minimum);
    let condition = content.condition;
    let score = sums.mean()?;
    let looked = |compared_to, (is_passed, chance), interval| {
        let (subject, visits) = (content.subject.clone(), sums.n);
        let found = Found { subject, condition, visits, score, compared_to, interval };
        Looked { place: one.place, is_passed, chance, found }
    };
    if condition.compares() {
        let before = one.then.mean()?;
        if sums.insufficient(minimum, spread) || one.then.insufficient(minimum, spread) {
            return None;
        }
        let change = sums.change_since(one.then, spread)?;
        // A change of nothing is none, however low the mark.
        let by = condition.mark.unwrap_or(0).max(1);
        let is_passed = match condition.kind {
            AlertCondition::Fell => change.difference <= -by,
            _ => change.difference >= by,
        };
        let interval = Ends { low: change.low, high: change.high };
        return Some(looked(before, (is_passed, change.chance), interval));
    }
    let mark = if condition.by_target { one.target? } else { condition.mark? };
    let is_passed = if condition.kind == AlertCondition::Above { score > mark } else { score < mark };
    let (interval, chance) = against(subject, sums, mark, spread)?;
    if minimum.is_missed(sums.n, Some(interval)) {
        return None;
    }
    let ends = Ends { low: interval.low, high: interval.high };
    Some(looked(mark, (is_passed, chance), ends))
}

/// The interval of a figure, and how often chance alone would put it so far from a mark: of a subject in which each visit scored all or nothing those of a
/// proportion, as in a breakdown.
fn against(subject: &Subject, sums: Sums, mark: i32, spread: &Spread) -> Option<(Interval, f64)> {
    match sums.share().filter(|_| *subject != Subject::Overall) {
        Some(share) => {
            let end = |end: i64| i32::try_from(end).unwrap_or_default();
            let (low, high) = share.interval()?;
            Some((Interval { low: end(low), high: end(high) }, share.chance_against(mark)))
        }
        None => {
            let interval = sums.interval(spread)?;
            Some((interval, sums.chance_against(mark, spread)))
        }
    }
}
