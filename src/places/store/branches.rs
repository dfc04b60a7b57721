//! The statements about branches.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::{PlaceFilter, below, in_state, require_brand, seen_branches};
use crate::{
    accounts::policy::Scope,
    db::{Conn, schema::branch, sealing::revisions_sealed},
    error::{Code, Error, Result},
    ids::{BranchId, BrandId},
    places::model::{Branch, PlaceState},
};

/// So many branches are named by one statement.
const NAMES_AT_ONCE: usize = 500;

/// A branch, if the scope covers it.
///
/// # Errors
/// `not_found` if it is not there, or out of scope.
pub fn branch(conn: &mut Conn, scope: &Scope, id: BranchId) -> Result<Branch> {
    Ok(seen_branches(scope).filter(branch::id.eq(id)).select(Branch::as_select()).first(conn)?)
}

/// The branch with this id, in no scope.
///
/// # Errors
/// Those of the database.
pub fn branch_if_there(conn: &mut Conn, id: BranchId) -> Result<Option<Branch>> {
    Ok(branch::table.find(id).select(Branch::as_select()).first(conn).optional()?)
}

/// So many branches in scope after this one, in the order of their ids.
///
/// # Errors
/// Those of the database.
pub fn branches(
    conn: &mut Conn,
    scope: &Scope,
    filter: PlaceFilter,
    after: Option<BranchId>,
    rows: i64,
) -> Result<Vec<Branch>> {
    let mut query = seen_branches(scope);
    if let Some(brand) = filter.brand {
        query = query.filter(branch::brand_id.eq(brand));
    }
    if let Some(within) = filter.within {
        query = query.filter(branch::region_id.eq_any(below(vec![within])));
    }
    query = in_state!(query, branch, filter.state);
    if let Some(after) = after {
        query = query.filter(branch::id.gt(after));
    }
    Ok(query.order(branch::id).limit(rows).select(Branch::as_select()).load(conn)?)
}

/// Of these branches, those that the brand has.
///
/// # Errors
/// Those of the database.
pub fn branches_among(conn: &mut Conn, brand: BrandId, ids: &[BranchId]) -> Result<HashSet<BranchId>> {
    let found: Vec<BranchId> = branch::table
        .filter(branch::brand_id.eq(brand))
        .filter(branch::id.eq_any(ids.to_vec()))
        .select(branch::id)
        .load(conn)?;
    Ok(found.into_iter().collect())
}

/// The code and the name of those of these branches that are in scope.
///
/// # Errors
/// Those of the database.
pub fn branch_names(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[BranchId],
) -> Result<HashMap<BranchId, (String, String)>> {
    let mut names = HashMap::with_capacity(ids.len());
    for ids in ids.chunks(NAMES_AT_ONCE) {
        let rows: Vec<(BranchId, String, String)> = seen_branches(scope)
            .filter(branch::id.eq_any(ids.to_vec()))
            .select((branch::id, branch::code, branch::name))
            .load(conn)?;
        names.extend(rows.into_iter().map(|(id, code, name)| (id, (code, name))));
    }
    Ok(names)
}

/// The branch that a `PUT` into this brand would change, if there is one.
///
/// # Errors
/// `not_found` if the brand is not there, or brand or branch are not the caller's to change.
pub fn branch_to_change(
    conn: &mut Conn,
    scope: &Scope,
    brand: BrandId,
    id: BranchId,
) -> Result<Option<Branch>> {
    require_brand(conn, scope, brand)?;
    match branch_if_there(conn, id)? {
        Some(branch) if !scope.covers_brand(branch.brand_id) => Err(Error::new(Code::NotFound)),
        found => Ok(found),
    }
}

/// Keeps a new branch.
///
/// # Errors
/// `conflict` if another one of the brand has its code.
pub fn insert_branch(conn: &mut Conn, new: &Branch) -> Result<()> {
    diesel::insert_into(branch::table).values(new).execute(conn)?;
    Ok(())
}

/// Keeps a changed branch, where it is in the tree.
///
/// # Errors
/// `conflict` if another one of the brand has its code.
pub fn update_branch(conn: &mut Conn, changed: &Branch) -> Result<()> {
    diesel::update(branch::table.find(changed.id))
        .set((
            branch::code.eq(&changed.code),
            branch::name.eq(&changed.name),
            branch::address.eq(&changed.address),
            branch::latitude.eq(changed.latitude),
            branch::longitude.eq(changed.longitude),
            branch::time_zone.eq(&changed.time_zone),
            branch::languages.eq(&changed.languages),
            branch::revision.eq(changed.revision),
        ))
        .execute(conn)?;
    Ok(())
}

revisions_sealed!(branch::table by id, set_branches_sealed);
