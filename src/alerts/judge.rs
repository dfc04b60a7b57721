//! Whether the condition of a rule holds at each place that the rule looks at.

use super::{
    model::{Ends, Found},
    rules::model::Content,
};
use crate::{
    checklists::counted::Subject,
    scores::{
        model::Place,
        statistics::{Interval, ON_ONE_SIDE, Spread, Sums, Tail, discoveries},
        watch::{Watch, Watched},
    },
};

/// What is found at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// The place.
    pub place: Place,
    /// The figure, if the condition of the rule holds.
    pub found: Option<Found>,
}

/// A place whose figure is sufficient.
struct Looked {
    place: Place,
    /// Whether the figure lies beyond the mark.
    is_beyond_mark: bool,
    /// How often chance alone would put it as far out on the side of the mark that is asked for.
    chance: f64,
    found: Found,
}

/// Judges each place whose figure is sufficient. What is to be beyond chance is held to how many places were looked at (Benjamini and
/// Hochberg), by the chances of the side that is asked for: a place that lies on the other side counts as one that was looked at, and as no more.
pub fn judge(content: &Content, subject: &Subject, watch: &Watch) -> Vec<Judged> {
    let look = |one: &Watched| looked(content, subject, one, watch);
    let looked: Vec<_> = watch.places.iter().filter_map(look).collect();
    let beyond_chance = match content.condition.beyond_chance {
        true => discoveries(&looked.iter().map(|one| one.chance).collect::<Vec<_>>(), ON_ONE_SIDE),
        false => vec![true; looked.len()],
    };
    let judged = |(one, is_beyond_chance): (Looked, bool)| Judged {
        place: one.place,
        found: Some(one.found).filter(|_| one.is_beyond_mark && is_beyond_chance),
    };
    looked.into_iter().zip(beyond_chance).map(judged).collect()
}

fn looked(content: &Content, subject: &Subject, one: &Watched, watch: &Watch) -> Option<Looked> {
    let (sums, spread, minimum) = (one.now.sums, &watch.spread, watch.of.minimum);
    let (condition, tail) = (content.condition, content.condition.kind.tail());
    let score = sums.mean()?;
    let looked = |compared_to, (is_beyond_mark, chance), interval| {
        let (subject, visits) = (content.subject.clone(), sums.n);
        let found = Found { subject, condition, visits, score, compared_to, interval };
        Looked { place: one.place, is_beyond_mark, chance, found }
    };
    if condition.compares() {
        let before = one.then.mean()?;
        if sums.insufficient(minimum, spread) || one.then.insufficient(minimum, spread) {
            return None;
        }
        let change = sums.change_since(one.then, spread)?;
        // A change of nothing is none, however low the mark.
        let by = condition.mark.unwrap_or(0).max(1);
        let is_beyond_mark = match tail {
            Tail::Lower => change.difference <= -by,
            Tail::Upper => change.difference >= by,
        };
        let interval = Ends { low: change.low, high: change.high };
        return Some(looked(before, (is_beyond_mark, change.chance_on(tail)), interval));
    }
    let mark = if condition.by_target { one.target? } else { condition.mark? };
    let is_beyond_mark = match tail {
        Tail::Lower => score < mark,
        Tail::Upper => score > mark,
    };
    let (interval, chance) = against(subject, sums, (mark, tail), spread)?;
    if minimum.is_missed(sums.n, Some(interval)) {
        return None;
    }
    let ends = Ends { low: interval.low, high: interval.high };
    Some(looked(mark, (is_beyond_mark, chance), ends))
}

/// The interval of a figure, and how often chance alone would put it so far from a mark on this side: of a subject in which each visit scored all or nothing
/// those of a proportion, as in a breakdown.
fn against(
    subject: &Subject,
    sums: Sums,
    (mark, tail): (i32, Tail),
    spread: &Spread,
) -> Option<(Interval, f64)> {
    match sums.share().filter(|_| *subject != Subject::Overall) {
        Some(share) => {
            let end = |end: i64| i32::try_from(end).unwrap_or_default();
            let (low, high) = share.interval()?;
            Some((Interval { low: end(low), high: end(high) }, share.chance_against(mark, tail)))
        }
        None => {
            let interval = sums.interval(spread)?;
            Some((interval, sums.chance_against(mark, spread, tail)))
        }
    }
}
