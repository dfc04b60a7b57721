//! The statements about places, and what a scope lets through of them.

mod branches;
mod brands;
pub(super) mod many;
mod regions;

use diesel::{dsl::AsExprOf, prelude::*, sql_types::Bool};

pub use self::{branches::*, brands::*, regions::*};
use crate::{
    accounts::policy::Scope,
    db::{
        Conn,
        engine::MultiBackend,
        schema::{branch, region, region_above},
        types::Instant,
    },
    error::Result,
    ids::{BranchId, BrandId, RegionId},
    places::model::PlaceState,
};

/// Which regions or branches are listed of those in scope.
#[derive(Clone, Copy, Debug)]
pub struct PlaceFilter {
    /// Only those of this brand.
    pub brand: Option<BrandId>,
    /// Only those in this region, however deep; a region is within itself.
    pub within: Option<RegionId>,
    /// Only those that are in this state at this moment.
    pub state: Option<(PlaceState, Instant)>,
}

/// A query of regions or branches, of those alone that are in this state at this moment.
macro_rules! in_state {
    ($query:expr, $place:ident, $state:expr) => {
        match $state {
            None => $query,
            Some((PlaceState::Active, now)) => {
                $query.filter($place::retired_at.is_null().or($place::retired_at.gt(now)))
            }
            Some((PlaceState::Retired, now)) => $query.filter($place::retired_at.le(now)),
        }
    };
}
use in_state;

/// The regions and the branches of a brand that are retired at this moment.
///
/// # Errors
/// Those of the database.
pub fn retired(conn: &mut Conn, brand: BrandId, now: Instant) -> Result<(Vec<RegionId>, Vec<BranchId>)> {
    let regions = region::table
        .filter(region::brand_id.eq(brand))
        .filter(region::retired_at.le(now))
        .select(region::id)
        .load(conn)?;
    let branches = branch::table
        .filter(branch::brand_id.eq(brand))
        .filter(branch::retired_at.le(now))
        .select(branch::id)
        .load(conn)?;
    Ok((regions, branches))
}

/// The ids of the branches in scope, for `….filter(some::branch_id.eq_any(branches_in(&scope)))`.
///
/// An engine may put all of them together before it looks at the first: for one branch [`branch()`] is quicker, and
/// where the scope is operator-wide, no filter at all is.
pub fn branches_in(scope: &Scope) -> BranchIds {
    branch_ids(scope.is_operator_wide(), scope.brands(), scope.regions(), scope.branches())
}

/// The ids of the branches that lie in this region, however deep.
pub fn branches_within(region: RegionId) -> BranchIds {
    branch_ids(false, Vec::new(), vec![region], Vec::new())
}

#[diesel::dsl::auto_type(type_name = "BranchIds")]
fn branch_ids(all: bool, brands: Vec<BrandId>, regions: Vec<RegionId>, branches: Vec<BranchId>) -> _ {
    let all: AsExprOf<bool, Bool> = all.into_sql::<Bool>();
    let below: Below = below(regions);
    branch::table
        .filter(
            all.or(branch::brand_id.eq_any(brands))
                .or(branch::region_id.eq_any(below))
                .or(branch::id.eq_any(branches)),
        )
        .select(branch::id)
}

fn seen_branches(scope: &Scope) -> branch::BoxedQuery<'static, MultiBackend> {
    let all = branch::table.into_boxed();
    if scope.is_operator_wide() {
        return all;
    }
    all.filter(
        branch::brand_id
            .eq_any(scope.brands())
            .or(branch::region_id.eq_any(below(scope.regions())))
            .or(branch::id.eq_any(scope.branches())),
    )
}

fn seen_regions(scope: &Scope) -> region::BoxedQuery<'static, MultiBackend> {
    let all = region::table.into_boxed();
    if scope.is_operator_wide() {
        return all;
    }
    let below = below(scope.regions());
    all.filter(region::brand_id.eq_any(scope.brands()).or(region::id.nullable().eq_any(below)))
}

/// These regions and all that lie in them.
#[diesel::dsl::auto_type(type_name = "Below")]
fn below(regions: Vec<RegionId>) -> _ {
    region_above::table
        .filter(region_above::ancestor_id.eq_any(regions))
        .select(region_above::region_id.nullable())
}
