//! Whether a shopper does work in a branch: a grant over a brand, a region or a branch is for work there and nowhere else.

use crate::{
    accounts::{self, policy::Scope},
    db::Conn,
    error::{Result, if_there},
    ids::{AccountId, BranchId},
    places,
};

/// Whether the caller does a shopper's work in this branch.
///
/// # Errors
/// Those of the database.
pub fn caller_works_in(conn: &mut Conn, scope: &Scope, branch: BranchId) -> Result<bool> {
    Ok(if_there(places::store::branch(conn, &scope.fieldwork(), branch))?.is_some())
}

/// Whether this account does a shopper's work in this branch, and may still sign in.
///
/// # Errors
/// Those of the database.
pub fn works_in(conn: &mut Conn, shopper: AccountId, branch: BranchId) -> Result<bool> {
    let Some(places) = accounts::grants::fieldwork_of(conn, shopper)? else { return Ok(false) };
    Ok(if_there(places::store::branch(conn, &places, branch))?.is_some())
}
