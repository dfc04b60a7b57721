//! Targets, and how a figure stands to one.

use crate::{
    checklists::counted::Subject,
    db::types::{Instant, text_enum},
    ids::{BrandId, TargetId},
    months::Month,
    precondition::revised,
    scores::{
        model::{Place, PlaceKind},
        statistics::Interval,
    },
};

/// What a subject is to score at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Its id.
    pub id: TargetId,
    /// The brand of the place.
    pub brand: BrandId,
    /// The place, for good.
    pub place: Place,
    /// The subject, for good.
    pub subject: Subject,
    /// The first month.
    pub from: Month,
    /// The last month; none as long as it has no end.
    pub to: Option<Month>,
    /// The score, in basis points.
    pub score: i32,
    /// Counts changes, for the ETag.
    pub revision: i64,
    /// When it was made.
    pub created_at: Instant,
}

revised!(Target);

impl Target {
    /// Whether the two have a month in common.
    pub fn overlaps(&self, other: &Self) -> bool {
        let begins_in_time = |one: &Self, other: &Self| other.to.is_none_or(|last| one.from <= last);
        begins_in_time(self, other) && begins_in_time(other, self)
    }
}

text_enum! {
    /// Where the interval of a figure lies, seen from its target.
    pub enum TargetStanding {
        /// No part of it is below the target: it is surely met.
        Above = "above",
        /// All of it is below the target: it is surely missed.
        Below = "below",
        /// The target lies within it: either may be.
        Around = "around",
    }
}

/// The target of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Aim {
    /// The score, in basis points.
    pub score: i32,
    /// Whose target it is: that of the branch itself, or of a place that it lies in.
    pub of: PlaceKind,
}

impl Aim {
    /// Where an interval lies.
    pub fn standing(self, interval: Interval) -> TargetStanding {
        match (interval.low >= self.score, interval.high < self.score) {
            (true, _) => TargetStanding::Above,
            (_, true) => TargetStanding::Below,
            _ => TargetStanding::Around,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn target(from: &str, to: Option<&str>) -> Target {
        let (id, brand) = ("0b8ac1f4-7a9f-4c62-9d0f-3b6c5a1d2e3f".parse().unwrap(), BrandId::named("brand"));
        let month = |text: &str| text.parse().unwrap();
        let (place, subject) = (Place::Brand(brand), Subject::Overall);
        let (from, to, created_at) = (month(from), to.map(month), Instant::from_micros(0));
        Target { id, brand, place, subject, from, to, score: 9_000, revision: 1, created_at }
    }

    #[test]
    fn months_in_common_are_seen_from_both_sides() {
        for (one, other, wanted) in [
            (("2026-01", Some("2026-03")), ("2026-04", None), false),
            (("2026-01", Some("2026-04")), ("2026-04", None), true),
            (("2026-01", None), ("2030-01", Some("2030-01")), true),
            (("2026-01", Some("2026-12")), ("2026-03", Some("2026-05")), true),
            (("2026-06", None), ("2026-03", Some("2026-05")), false),
        ] {
            let (one, other) = (target(one.0, one.1), target(other.0, other.1));
            assert_eq!((one.overlaps(&other), other.overlaps(&one)), (wanted, wanted), "{one:?} {other:?}");
        }
    }

    #[test]
    fn a_target_is_met_by_an_interval_that_begins_at_it() {
        let standing =
            |low, high| Aim { score: 9_000, of: PlaceKind::Brand }.standing(Interval { low, high });
        assert_eq!(standing(9_000, 9_500), TargetStanding::Above);
        assert_eq!(standing(8_999, 9_500), TargetStanding::Around);
        assert_eq!(standing(8_000, 9_000), TargetStanding::Around);
        assert_eq!(standing(8_000, 8_999), TargetStanding::Below);
    }
}
