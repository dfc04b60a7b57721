//! The numbers that a brand lends to its places, as they are kept: a numbered line for each night that changed them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    statistics::{Basis, Extent, Repeated, Repeats, Spread, Within},
    store::lent as store,
};
use crate::{
    checklists::counted::Subject,
    db::{
        Conn,
        types::{Id, Instant, Readable},
    },
    error::Result,
    ids::BrandId,
};

/// What was counted of the visits of one night, from which all that is lent follows: kept beside it, so that it can be computed again
/// when the visits have changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// How shoppers came again.
    pub repeated: Repeated,
    /// How visits scatter within branches, by subject.
    pub within: BTreeMap<String, Within>,
    /// The least variance of each subject, in basis points squared.
    pub least: BTreeMap<String, i64>,
}

/// What is lent: whole numbers, so that every interval can be computed again to the last digit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// See [`Repeats::correlation`].
    correlation: i64,
    /// See [`Repeats::in_branch`].
    in_branch: [i64; 3],
    /// See [`Repeats::in_brand`].
    in_brand: [i64; 3],
    /// The variance within branches of each subject that is lent one, in basis points squared.
    variances: BTreeMap<String, i64>,
}

impl Terms {
    /// What follows from what was counted.
    pub fn of(counts: &Counts) -> Self {
        let repeats = counts.repeated.repeats();
        let variance = |(subject, within): (&String, &Within)| {
            let least = counts.least.get(subject).copied().unwrap_or_default();
            Some((subject.clone(), within.basis(repeats, least)?.variance))
        };
        let variances: BTreeMap<_, _> = counts.within.iter().filter_map(variance).collect();
        if variances.is_empty() {
            // Of so few visits the other numbers would tell who went where.
            return Self::default();
        }
        let Repeats { correlation, in_branch, in_brand } = repeats;
        Self { correlation, in_branch, in_brand, variances }
    }

    fn basis(&self, subject: &Subject) -> Option<Basis> {
        let Self { correlation, in_branch, in_brand, ref variances } = *self;
        let variance = *variances.get(&subject.to_string())?;
        Some(Basis { variance, repeats: Repeats { correlation, in_branch, in_brand } })
    }
}

/// What a brand lends today.
#[derive(Clone, Debug, Default)]
pub struct Lent(Option<(i64, Terms)>);

impl Lent {
    /// What this brand lends; nothing if that cannot be read, until the next night.
    ///
    /// # Errors
    /// None but those of the database.
    pub fn by(conn: &mut Conn, brand: BrandId) -> Result<Self> {
        let last = store::latest(conn, brand)?;
        Ok(Self(last.and_then(|(number, terms)| Some((number, terms?)))))
    }

    /// What is lent to visits of so many months.
    pub fn spread(&self, subject: &Subject, of: Extent, months: i32) -> Spread {
        let basis = self.0.as_ref().and_then(|(_, terms)| terms.basis(subject));
        basis.map_or(Spread::UNKNOWN, |basis| basis.spread(of, months))
    }

    /// The number of the line that this spread is of; none if nothing is lent.
    pub fn number(&self, spread: &Spread) -> Option<i64> {
        self.0.as_ref().map(|(number, _)| *number).filter(|_| spread.is_known())
    }
}

/// Keeps what a brand lends from now on, as a line with this id, unless the brand lent the same before.
///
/// # Errors
/// None but those of the database.
pub fn keep(conn: &mut Conn, id: Id<Terms>, brand: BrandId, counts: Counts, now: Instant) -> Result<()> {
    let (terms, before) = (Terms::of(&counts), store::latest(conn, brand)?);
    let (number, was) = before.unwrap_or((0, Some(Terms::default())));
    if was.as_ref() == Some(&terms) {
        Ok(())
    } else {
        store::add(conn, (id, brand), number + 1, (terms, counts), now)
    }
}

/// Computes each line of all brands again from what was counted for it, and names those that do not come out or cannot be read: the brand
/// and the number.
///
/// # Errors
/// None but those of the database.
pub fn wrong(conn: &mut Conn) -> Result<Vec<(BrandId, i64)>> {
    let (mut wrong, mut after) = (Vec::new(), None);
    loop {
        let lines = store::page(conn, after)?;
        let Some(last) = lines.last() else { return Ok(wrong) };
        after = Some(last.id);
        wrong.extend(lines.iter().filter(|line| !is_right(line)).map(|line| (line.brand_id, line.number)));
    }
}

/// Whether the terms of a line follow from what was counted for it. A line that was kept without that need only be readable.
fn is_right(line: &store::Line) -> bool {
    let Some(terms) = &line.terms.0 else { return false };
    match &line.counts {
        None => true,
        Some(Readable(counts)) => counts.as_ref().is_some_and(|counts| Terms::of(counts) == *terms),
    }
}
