//! The statements about regions.

use std::collections::HashSet;

use diesel::prelude::*;

use super::{PlaceFilter, below, in_state, require_brand, seen_regions};
use crate::{
    accounts::policy::Scope,
    db::{
        Conn,
        schema::{branch, region, region_above},
        sealing::revisions_sealed,
    },
    error::{Code, Error, Result},
    ids::{BranchId, BrandId, RegionId},
    places::model::{PlaceState, Region},
};

/// A region, if the scope covers all of it.
///
/// # Errors
/// `not_found` if it is not there, or out of scope.
pub fn region(conn: &mut Conn, scope: &Scope, id: RegionId) -> Result<Region> {
    Ok(seen_regions(scope).filter(region::id.eq(id)).select(Region::as_select()).first(conn)?)
}

/// So many regions in scope after this one, in the order of their ids.
///
/// # Errors
/// Those of the database.
pub fn regions(
    conn: &mut Conn,
    scope: &Scope,
    filter: PlaceFilter,
    after: Option<RegionId>,
    rows: i64,
) -> Result<Vec<Region>> {
    let mut query = seen_regions(scope);
    if let Some(brand) = filter.brand {
        query = query.filter(region::brand_id.eq(brand));
    }
    if let Some(within) = filter.within {
        query = query.filter(region::id.nullable().eq_any(below(vec![within])));
    }
    query = in_state!(query, region, filter.state);
    if let Some(after) = after {
        query = query.filter(region::id.gt(after));
    }
    Ok(query.order(region::id).limit(rows).select(Region::as_select()).load(conn)?)
}

/// All regions of a brand that are in scope.
///
/// # Errors
/// Those of the database.
pub fn regions_of(conn: &mut Conn, scope: &Scope, brand: BrandId) -> Result<Vec<Region>> {
    Ok(seen_regions(scope).filter(region::brand_id.eq(brand)).select(Region::as_select()).load(conn)?)
}

/// What these regions are called, in no scope.
///
/// # Errors
/// Those of the database.
pub fn region_names(conn: &mut Conn, ids: &[RegionId]) -> Result<Vec<(RegionId, String)>> {
    let of = region::table.filter(region::id.eq_any(ids.to_vec()));
    Ok(of.select((region::id, region::name)).load(conn)?)
}

/// Of these regions, those that the brand has.
///
/// # Errors
/// Those of the database.
pub fn regions_among(conn: &mut Conn, brand: BrandId, ids: &[RegionId]) -> Result<HashSet<RegionId>> {
    let found: Vec<RegionId> = region::table
        .filter(region::brand_id.eq(brand))
        .filter(region::id.eq_any(ids.to_vec()))
        .select(region::id)
        .load(conn)?;
    Ok(found.into_iter().collect())
}

/// The region itself and every one that it lies in, upwards; nothing if there is no such region.
///
/// # Errors
/// Those of the database.
pub fn regions_above(conn: &mut Conn, id: RegionId) -> Result<Vec<RegionId>> {
    Ok(region_above::table
        .filter(region_above::region_id.eq(id))
        .order(region_above::height)
        .select(region_above::ancestor_id)
        .load(conn)?)
}

/// These regions and all that lie in them.
///
/// # Errors
/// Those of the database.
pub fn regions_below(conn: &mut Conn, ids: Vec<RegionId>) -> Result<Vec<RegionId>> {
    Ok(region_above::table
        .filter(region_above::ancestor_id.eq_any(ids))
        .select(region_above::region_id)
        .load(conn)?)
}

/// The branches that lie in a region at present, however deep.
///
/// # Errors
/// Those of the database.
pub fn branches_below(conn: &mut Conn, id: RegionId) -> Result<Vec<BranchId>> {
    Ok(branch::table
        .filter(branch::region_id.eq_any(below(vec![id])))
        .order(branch::id)
        .select(branch::id)
        .load(conn)?)
}

/// The regions that have a branch in common with a scope that names regions or branches: those in its regions, and those that
/// its regions and branches lie in.
///
/// # Errors
/// Those of the database.
pub fn regions_meeting(conn: &mut Conn, scope: &Scope) -> Result<Vec<RegionId>> {
    let mut own = scope.regions();
    if !scope.branches().is_empty() {
        let of_branches: Vec<Option<RegionId>> =
            branch::table.filter(branch::id.eq_any(scope.branches())).select(branch::region_id).load(conn)?;
        own.extend(of_branches.into_iter().flatten());
    }
    let above = region_above::table
        .filter(region_above::region_id.eq_any(own))
        .select(region_above::ancestor_id)
        .load(conn)?;
    Ok([regions_below(conn, scope.regions())?, above].concat())
}

/// The region that a `PUT` into this brand would change, if there is one.
///
/// # Errors
/// `not_found` if the brand is not there, or brand or region are not the caller's to change.
pub fn region_to_change(
    conn: &mut Conn,
    scope: &Scope,
    brand: BrandId,
    id: RegionId,
) -> Result<Option<Region>> {
    require_brand(conn, scope, brand)?;
    let found: Option<Region> = region::table.find(id).select(Region::as_select()).first(conn).optional()?;
    match found {
        Some(region) if !scope.covers_brand(region.brand_id) => Err(Error::new(Code::NotFound)),
        found => Ok(found),
    }
}

/// Keeps a new region; what it lies in is kept by itself.
///
/// # Errors
/// `conflict` if one beside it has its name.
pub fn insert_region(conn: &mut Conn, new: &Region) -> Result<()> {
    diesel::insert_into(region::table).values(new).execute(conn)?;
    Ok(())
}

/// Keeps a changed region, where it is in the tree.
///
/// # Errors
/// `conflict` if one beside it has it.
pub fn update_region(conn: &mut Conn, changed: &Region) -> Result<()> {
    diesel::update(region::table.find(changed.id))
        .set((
            region::name.eq(&changed.name),
            region::branch_defaults.eq(&changed.branch_defaults),
            region::revision.eq(changed.revision),
        ))
        .execute(conn)?;
    Ok(())
}

revisions_sealed!(region::table by id, set_regions_sealed);
