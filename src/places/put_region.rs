//! Making a region, and changing one.

use super::{
    model::{DEEPEST, RETIRED, Region, RegionAbove, STAYS},
    moves::{self, store::is_name_taken_at},
    steps::{self, model::Node},
    store::{self, many},
};
use crate::{
    accounts::policy::Scope,
    db::Conn,
    error::{Code, Error, FieldError, Result},
    ids::{BrandId, RegionId},
    precondition::{IfMatch, Put, Stored},
};

const TAKEN: &str = "another region beside it has this name, or will have it";

/// Makes a region, given as it would be if it were new, or changes the one that has its id.
///
/// # Errors
/// `not_found` if its brand is not there or not the caller's to change; those of the precondition; `invalid` if its
/// parent is not of its brand, retired or too deep in any month; `conflict` if it would move, or if one beside it, or where it is to move, has its
/// name or will have it.
pub fn put_region(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    new: &Region,
) -> Result<Stored<Region>> {
    let old = store::region_to_change(conn, scope, new.brand_id, new.id)?;
    let stored = if_match.revise(old.as_ref(), new.clone())?;
    if old.is_some_and(|old| !stored.thing.is_where(&old)) {
        return Err(Error::new(Code::Conflict).detail(STAYS));
    }
    if stored.put != Put::Keep {
        require_free_name(conn, &stored.thing)?;
    }
    let written = stored.write(conn, insert, store::update_region);
    written.map_err(|error| error.taken(TAKEN))
}

/// Refuses a name that another region has, or will have: beside this one, or where this one is to move.
fn require_free_name(conn: &mut Conn, region: &Region) -> Result<()> {
    let Region { id, brand_id, ref name, .. } = *region;
    if is_name_taken_at(conn, (brand_id, region.parent_id), name, id)? {
        return Err(Error::new(Code::Conflict).detail(TAKEN));
    }
    if region.moves_from.is_some() && is_name_taken_at(conn, (brand_id, region.moves_to), name, id)? {
        let detail = "this region is to move, and another one there has this name, or will have it";
        return Err(Error::new(Code::Conflict).detail(detail));
    }
    Ok(())
}

/// Keeps a new region, with all that it lies in.
fn insert(conn: &mut Conn, new: &Region) -> Result<()> {
    let parents = match new.parent_id {
        Some(parent) => {
            require_region(conn, new.brand_id, parent, "/parent_id")?;
            require_not_retired(conn, parent, "/parent_id")?;
            store::regions_above(conn, parent)?
        }
        None => Vec::new(),
    };
    if moves::store::tree(conn, new.brand_id)?.is_ever_too_deep(new.parent_id, 1) {
        let message = format!("regions nest at most {DEEPEST} deep, in every month");
        return Err(Error::invalid(vec![FieldError::new("/parent_id", "depth", message)]));
    }
    store::insert_region(conn, new)?;
    many::insert_above(conn, &RegionAbove::all(new.id, &parents))
}

/// Refuses a region that the brand does not have.
///
/// # Errors
/// `invalid`, at the place of the request that names the region.
pub(super) fn require_region(conn: &mut Conn, brand: BrandId, id: RegionId, pointer: &str) -> Result<()> {
    if store::regions_among(conn, brand, &[id])?.contains(&id) {
        return Ok(());
    }
    Err(Error::invalid(vec![FieldError::new(pointer, "unknown", "the brand has no such region")]))
}

/// Refuses a region that is retired.
///
/// # Errors
/// `invalid`, at the place of the request that names the region.
pub(super) fn require_not_retired(conn: &mut Conn, id: RegionId, pointer: &str) -> Result<()> {
    let found = steps::store::find(conn, Node::Region(id))?;
    if found.is_some_and(|region| region.retired_at.is_some()) {
        return Err(Error::invalid(vec![FieldError::new(pointer, "retired", RETIRED)]));
    }
    Ok(())
}
