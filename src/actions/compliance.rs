//! How often a branch keeps a standard, by the visits whose reports are out.
//!
//! A visit keeps a standard if the questions that verify it earn all that they can. The share of visits that keep it has
//! Wilson's interval, which is honest for a handful of visits and never of width zero. Source: NIST/SEMATECH e-Handbook of
//! Statistical Methods, 7.2.4.1 'Confidence intervals'.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    checklists::cache::Version,
    ids::{StandardId, VersionId},
    limits::{BasisPoints, Count},
    months::Month,
    visits::model::Visit,
};

/// So many of a branch's newest visits are looked at.
pub const MOST_VISITS: i64 = 200;
/// So many months back visits are looked at.
pub const MONTHS: i32 = 12;
/// A standard that fewer visits keep than this share, in basis points, proposes a training.
pub const PROPOSED_BELOW: i64 = 8_000;
/// A full share, in basis points.
const FULL: i64 = 10_000;
/// The 97.5 % quantile of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// How many visits were asked about a standard, and how many kept it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// How many visits.
    pub visits: i64,
    /// How many of them kept it.
    pub kept: i64,
}

impl Kept {
    /// The same with one visit more.
    #[must_use]
    pub fn with(self, is_kept: bool) -> Self {
        Self { visits: self.visits + 1, kept: self.kept + i64::from(is_kept) }
    }

    /// Whether there are too few visits to say anything.
    pub fn insufficient(self, minimum: i64) -> bool {
        self.visits < minimum.max(1)
    }

    /// The share of visits that kept it, in basis points, rounded half to even; none without visits.
    pub fn share(self) -> Option<i64> {
        let (whole, rest) = ((self.kept * FULL).checked_div(self.visits)?, (self.kept * FULL) % self.visits);
        let is_up = rest * 2 > self.visits || rest * 2 == self.visits && whole % 2 == 1;
        Some(whole + i64::from(is_up))
    }

    /// Where the true share lies with 95 % confidence, in basis points, rounded outwards; none without visits.
    pub fn interval(self) -> Option<(i64, i64)> {
        if self.visits == 0 {
            return None;
        }
        let (n, share) = (self.visits as f64, self.kept as f64 / self.visits as f64);
        let (middle, scale) = (share + Z * Z / (2.0 * n), 1.0 + Z * Z / n);
        let reach = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
        let at = |end: f64| end / scale * FULL as f64;
        let (low, high) = (at(middle - reach).floor() as i64, at(middle + reach).ceil() as i64);
        Some((low.clamp(0, FULL), high.clamp(0, FULL)))
    }

    /// Whether it changed from these visits to the others, as far as the two intervals tell it.
    pub fn change(self, since: Self, minimum: i64) -> Trend {
        if self.insufficient(minimum) || since.insufficient(minimum) {
            return Trend::NotKnownYet;
        }
        match (self.interval(), since.interval()) {
            (Some((_, high)), Some((low, _))) if low > high => Trend::Better,
            (Some((low, _)), Some((_, high))) if high < low => Trend::Worse,
            _ => Trend::NotBeyondChance,
        }
    }
}

/// What became of a standard after an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Trend {
    /// There are too few visits before or since.
    NotKnownYet,
    /// The two intervals overlap: it may be chance.
    NotBeyondChance,
    /// More visits keep it since.
    Better,
    /// Fewer visits keep it since.
    Worse,
}

/// How often a standard was kept.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct ComplianceView {
    /// How many visits were asked about it, of those whose reports are out.
    #[schema(value_type = Count)]
    visits: i64,
    /// How many of them kept it; null with fewer visits than the brand's minimum.
    #[schema(value_type = Option<Count>)]
    kept: Option<i64>,
    /// The share of them, in basis points; null with fewer visits than the brand's minimum.
    #[schema(value_type = Option<BasisPoints>)]
    share: Option<i64>,
    /// Where the true share lies with 95 % confidence: at least this.
    #[schema(value_type = Option<BasisPoints>)]
    low: Option<i64>,
    /// At most this.
    #[schema(value_type = Option<BasisPoints>)]
    high: Option<i64>,
    /// Whether there are fewer visits than the brand's minimum.
    insufficient: bool,
}

impl ComplianceView {
    /// What is shown of it.
    pub fn new(kept: Kept, minimum: i64) -> Self {
        let insufficient = kept.insufficient(minimum);
        let shown = Some(kept).filter(|_| !insufficient);
        let (low, high) = shown.and_then(Kept::interval).unzip();
        Self {
            visits: kept.visits,
            kept: shown.map(|one| one.kept),
            share: shown.and_then(Kept::share),
            low,
            high,
            insufficient,
        }
    }
}

/// What these visits say of each standard, month by month: of those alone whose versions are given.
pub fn by_standard(
    visits: &[Visit],
    versions: &HashMap<VersionId, Arc<Version>>,
) -> BTreeMap<StandardId, BTreeMap<Month, Kept>> {
    let mut all: BTreeMap<StandardId, BTreeMap<Month, Kept>> = BTreeMap::new();
    for visit in visits {
        let Some(version) = versions.get(&visit.head.version_id) else { continue };
        let prepared = &version.prepared;
        for subject in prepared.explain(visit.content.0.filled()).standards {
            let Some(bound) = prepared.bindings().standards.get(&subject.key) else { continue };
            if subject.possible > 0 {
                let month = all.entry(bound.id).or_default().entry(visit.head.month).or_default();
                *month = month.with(subject.earned >= subject.possible);
            }
        }
    }
    all
}

/// All of these months that the function takes, together.
pub fn together(months: &BTreeMap<Month, Kept>, takes: impl Fn(Month) -> bool) -> Kept {
    let taken = months.iter().filter(|(month, _)| takes(**month));
    taken.fold(Kept::default(), |sum, (_, one)| Kept {
        visits: sum.visits + one.visits,
        kept: sum.kept + one.kept,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn kept(kept: i64, visits: i64) -> Kept {
        Kept { visits, kept }
    }

    #[test]
    fn shares_are_rounded_half_to_even() {
        let wanted =
            [(0, 0, None), (0, 4, Some(0)), (4, 4, Some(10_000)), (1, 3, Some(3_333)), (2, 3, Some(6_667))];
        for (of, visits, share) in wanted {
            assert_eq!(kept(of, visits).share(), share);
        }
        assert_eq!(kept(1, 32).share(), Some(312), "312.5");
        assert_eq!(kept(3, 32).share(), Some(938), "937.5");
    }

    /// The values of Wilson's interval for 0 of 10, 5 of 10 and 10 of 10 as R gives them (`prop.test(…, correct = FALSE)`).
    #[test]
    fn intervals_are_wilson_s() {
        assert_eq!(kept(0, 0).interval(), None);
        assert_eq!(kept(0, 10).interval(), Some((0, 2_776)));
        assert_eq!(kept(5, 10).interval(), Some((2_365, 7_635)));
        assert_eq!(kept(10, 10).interval(), Some((7_224, 10_000)));
        for visits in 1..60 {
            for of in 0..=visits {
                let one = kept(of, visits);
                let (low, high) = one.interval().unwrap_or_default();
                assert!(
                    low < high && one.share().is_some_and(|share| (low..=high).contains(&share)),
                    "{one:?}"
                );
            }
        }
    }

    #[test]
    fn a_change_is_one_beyond_chance_or_none() {
        assert_eq!(kept(0, 2).change(kept(9, 9), 3), Trend::NotKnownYet);
        assert_eq!(kept(0, 9).change(kept(2, 2), 3), Trend::NotKnownYet);
        assert_eq!(kept(2, 5).change(kept(4, 5), 3), Trend::NotBeyondChance);
        assert_eq!(kept(1, 12).change(kept(12, 12), 3), Trend::Better);
        assert_eq!(kept(12, 12).change(kept(1, 12), 3), Trend::Worse);
    }
}
