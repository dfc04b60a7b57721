//! How far the account sees that a digest is for, and who may set a digest for another account.

use crate::{
    accounts::{
        self,
        policy::{Permission, Scope},
    },
    db::Conn,
    error::{Result, if_there},
    ids::AccountId,
    scores::{model::Place, visible::visible},
};

/// How far an account sees scores, if it may sign in and sees those of this place.
///
/// # Errors
/// Those of the database.
pub fn scope(conn: &mut Conn, account: AccountId, place: Place) -> Result<Option<Scope>> {
    let is_able = accounts::store::account(conn, account)?.is_some_and(|account| !account.disabled);
    if !is_able {
        return Ok(None);
    }
    let grants = accounts::store::grants(conn, account)?;
    let Some(scope) = Scope::of(Permission::ReadScores, account, &grants) else { return Ok(None) };
    let sees = if_there(visible(conn, &scope, place))?.is_some();
    Ok(Some(scope).filter(|_| sees))
}

/// Whether a caller manages accounts at this place: an administrator does.
///
/// # Errors
/// Those of the database.
pub fn manages(conn: &mut Conn, scope: &Scope, place: Place) -> Result<bool> {
    Ok(if_there(visible(conn, &scope.managing(), place))?.is_some())
}
