//! Making a branch, and changing one.

use super::{
    model::{Branch, STAYS},
    moves,
    put_region::{require_not_retired, require_region},
    store,
};
use crate::{
    accounts::policy::Scope,
    db::Conn,
    error::{Code, Error, Result},
    precondition::{IfMatch, Stored},
};

/// Makes a branch, given as it would be if it were new, or changes the one that has its id.
///
/// # Errors
/// `not_found` if its brand is not there or not the caller's to change; those of the precondition; `invalid` if its
/// region is not of its brand or retired; `conflict` if it would move, or if another one of the brand has its code.
pub fn put_branch(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    new: &Branch,
) -> Result<Stored<Branch>> {
    let old = store::branch_to_change(conn, scope, new.brand_id, new.id)?;
    let stored = if_match.revise(old.as_ref(), new.clone())?;
    if old.is_some_and(|old| !stored.thing.is_where(&old)) {
        return Err(Error::new(Code::Conflict).detail(STAYS));
    }
    let written = stored.write(conn, insert, store::update_branch);
    written.map_err(|error| error.taken("another branch of the brand has this code"))
}

fn insert(conn: &mut Conn, new: &Branch) -> Result<()> {
    if let Some(region) = new.region_id {
        require_region(conn, new.brand_id, region, "/region_id")?;
        require_not_retired(conn, region, "/region_id")?;
    }
    store::insert_branch(conn, new)?;
    let tree = moves::store::tree(conn, new.brand_id)?;
    moves::store::make_stays(conn, &tree, &[new.id])
}
