//! The statements about the branches that lay in a place.

use diesel::prelude::*;
use jiff::tz::TimeZone;

use crate::{
    accounts::policy::Scope,
    db::{
        Conn,
        schema::{branch, stay},
        types::Instant,
    },
    error::Result,
    ids::{BranchId, BrandId, RegionId},
    months::{Month, Period},
    places::{self, model::time_zone},
    scores::{model::Place, visible::Visible},
};

/// A branch of a place.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Standing {
    /// The branch.
    pub id: BranchId,
    /// What the brand knows it by.
    pub code: String,
    /// What it is called.
    pub name: String,
    /// Since when it is retired, or when it will be.
    retired_at: Option<Instant>,
    /// The IANA time zone.
    time_zone: String,
}

impl Standing {
    /// Whether it was retired before this month began there.
    pub fn is_retired_before(&self, month: Month) -> bool {
        let zone = || time_zone(&self.time_zone).unwrap_or(TimeZone::UTC);
        // What retires with the first of a month was visited up to the month before.
        let last = |at: Instant| Month::of(Instant::from_micros(at.micros() - 1), &zone());
        self.retired_at.is_some_and(|at| last(at) < month)
    }
}

/// Which branches of a place are listed, and which of their months count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listed {
    /// Those that lay in the place in any month of the period, each with the months in which it did: so the place is the sum of them.
    ByMonths(Period),
    /// Those that lay in the place in this month, each with all its months: what the branch itself scored.
    In(Month),
}

impl Listed {
    /// The months in which a branch has to lie in the place.
    pub(super) fn months(self) -> (Month, Month) {
        match self {
            Self::ByMonths(period) => (period.from(), period.to()),
            Self::In(month) => (month, month),
        }
    }
}

/// The branches of a place that are listed for the caller, visited or not, in the order of their codes. A branch that lies elsewhere by now is
/// named only to those who may see it there.
pub fn branches(conn: &mut Conn, scope: &Scope, place: &Visible, listed: Listed) -> Result<Vec<Standing>> {
    let (from, to) = listed.months();
    let branches = branch::table.order((branch::code, branch::id)).into_boxed();
    let within = match place.place {
        Place::Brand(id) => branches.filter(branch::brand_id.eq(id)),
        Place::Region(id) => branches.filter(branch::id.eq_any(branches_in(id, from, to))),
        Place::Branch(id) => branches.filter(branch::id.eq(id)),
    };
    let columns = (branch::id, branch::code, branch::name, branch::retired_at, branch::time_zone);
    let mut all: Vec<Standing> = within.select(columns).load(conn)?;
    let scope = place.reader.of(scope);
    // Who sees a brand's scores sees all of its branches.
    if matches!(place.place, Place::Region(_)) && !scope.is_operator_wide() {
        let ids: Vec<_> = all.iter().map(|one| one.id).collect();
        let seen = places::store::branch_names(conn, &scope, &ids)?;
        all.retain(|one| seen.contains_key(&one.id));
    }
    Ok(all)
}

/// The branches that lay within a place in any month of a period.
pub(in crate::scores) fn branches_of(conn: &mut Conn, place: Place, period: Period) -> Result<Vec<BranchId>> {
    let branches = branch::table.order(branch::id).select(branch::id).into_boxed();
    let within = match place {
        Place::Brand(id) => branches.filter(branch::brand_id.eq(id)),
        Place::Region(id) => branches.filter(branch::id.eq_any(branches_in(id, period.from(), period.to()))),
        Place::Branch(id) => branches.filter(branch::id.eq(id)),
    };
    Ok(within.load(conn)?)
}

/// All branches of a brand.
pub(in crate::scores) fn branches_of_brand(conn: &mut Conn, brand: BrandId) -> Result<Vec<BranchId>> {
    Ok(branch::table.filter(branch::brand_id.eq(brand)).order(branch::id).select(branch::id).load(conn)?)
}

/// The branches that lay in a region in any of these months, however deep.
#[diesel::dsl::auto_type(no_type_alias)]
pub(in crate::scores) fn branches_in(region: RegionId, from: Month, to: Month) -> _ {
    stay::table
        .filter(stay::region_id.eq(region))
        .filter(stay::from_month.le(to))
        .filter(stay::to_month.ge(from))
        .select(stay::branch_id)
}
