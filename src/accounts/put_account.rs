//! Making an account, and changing one.

use super::{model::Account, passwords::Passwords, store};
use crate::{
    db::{Conn, Db, types::Instant},
    error::Result,
    ids::AccountId,
    precondition::{IfMatch, Put, Stored},
};

/// The hash of a password that the account does not have yet; nothing for the one that it has.
///
/// # Errors
/// Those of the database and of hashing.
pub async fn hash_if_new(
    db: &Db,
    passwords: &Passwords,
    id: AccountId,
    password: Option<String>,
) -> Result<Option<String>> {
    let Some(password) = password else { return Ok(None) };
    let kept = db.read(move |conn| store::account(conn, id)).await?.and_then(|old| old.password_hash);
    if kept.is_some() && passwords.matches(password.clone(), kept).await? {
        return Ok(None);
    }
    passwords.hash(password).await.map(Some)
}

/// Makes an account, given as it would be if it were new, or changes the one that has its id: without a password hash,
/// the old one stays. An account that is disabled or gets another password loses its sessions.
///
/// # Errors
/// Those of the precondition; `conflict` if another account has the address.
pub fn put_account(
    conn: &mut Conn,
    if_match: &IfMatch,
    new: &Account,
    now: Instant,
) -> Result<Stored<Account>> {
    let old = store::account(conn, new.id)?;
    let stored = if_match.revise(old.as_ref(), new.clone())?;
    let stored = stored.write(conn, store::insert_account, store::update_account)?;
    let has_new_password = old.is_some_and(|old| old.password_hash != stored.thing.password_hash);
    if stored.put == Put::Change && (stored.thing.disabled || has_new_password) {
        store::revoke_sessions(conn, new.id, now)?;
    }
    Ok(stored)
}
