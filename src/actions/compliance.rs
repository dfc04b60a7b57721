//! How often a branch keeps a standard, by the visits whose reports are out.
//!
//! A visit keeps a standard if the questions that verify it earn all that they can.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    checklists::cache::{Version, Versions},
    db::Db,
    error::Result,
    ids::{StandardId, VersionId},
    limits::{BasisPoints, Count},
    months::Month,
    scores::statistics::Proportion,
    visits::model::Visit,
};

/// So many of a branch's newest visits are looked at.
pub const MOST_VISITS: i64 = 200;
/// So many months back visits are looked at.
pub const MONTHS: i32 = 12;
/// A standard that fewer visits keep than this share, in basis points, proposes a training.
pub const PROPOSED_BELOW: i64 = 8_000;

/// Whether a standard is kept more or less often since than before, as far as the two intervals tell it.
pub fn change(before: Proportion, since: Proportion, minimum: i64) -> Trend {
    if before.insufficient(minimum) || since.insufficient(minimum) {
        return Trend::NotKnownYet;
    }
    match (before.interval(), since.interval()) {
        (Some((_, high)), Some((low, _))) if low > high => Trend::Better,
        (Some((low, _)), Some((_, high))) if high < low => Trend::Worse,
        _ => Trend::NotBeyondChance,
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
    pub fn new(kept: Proportion, minimum: i64) -> Self {
        let insufficient = kept.insufficient(minimum);
        let shown = Some(kept).filter(|_| !insufficient);
        let (low, high) = shown.and_then(Proportion::interval).unzip();
        Self {
            visits: kept.n,
            kept: shown.map(|one| one.hits),
            share: shown.and_then(Proportion::share),
            low,
            high,
            insufficient,
        }
    }
}

/// The versions of the checklists that these visits filled in.
///
/// # Errors
/// Those of the database.
pub async fn versions_of(
    db: &Db,
    versions: &Versions,
    visits: &[Visit],
) -> Result<HashMap<VersionId, Arc<Version>>> {
    let ids: BTreeSet<_> = visits.iter().map(|visit| visit.head.version_id).collect();
    let mut found = HashMap::new();
    for id in ids {
        found.insert(id, versions.get(db, id).await?);
    }
    Ok(found)
}

/// What these visits say of each standard, month by month: of those alone whose versions are given.
pub fn by_standard(
    visits: &[Visit],
    versions: &HashMap<VersionId, Arc<Version>>,
) -> BTreeMap<StandardId, BTreeMap<Month, Proportion>> {
    let mut all: BTreeMap<StandardId, BTreeMap<Month, Proportion>> = BTreeMap::new();
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
pub fn together(months: &BTreeMap<Month, Proportion>, takes: impl Fn(Month) -> bool) -> Proportion {
    let taken = months.iter().filter(|(month, _)| takes(**month));
    taken.fold(Proportion::default(), |sum, (_, one)| sum.plus(*one))
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn kept(hits: i64, n: i64) -> Proportion {
        Proportion { n, hits }
    }

    #[test]
    fn a_change_is_one_beyond_chance_or_none() {
        assert_eq!(change(kept(0, 2), kept(9, 9), 3), Trend::NotKnownYet);
        assert_eq!(change(kept(0, 9), kept(2, 2), 3), Trend::NotKnownYet);
        assert_eq!(change(kept(2, 5), kept(4, 5), 3), Trend::NotBeyondChance);
        assert_eq!(change(kept(1, 12), kept(12, 12), 3), Trend::Better);
        assert_eq!(change(kept(12, 12), kept(1, 12), 3), Trend::Worse);
    }
}
