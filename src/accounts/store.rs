//! The statements about accounts, grants and sessions.

mod grants;
mod sessions;

use std::collections::BTreeMap;

use diesel::prelude::*;

pub use self::{grants::*, sessions::*};
use super::model::Account;
use crate::{
    db::{Conn, schema::account, sealing::revisions_sealed},
    error::Result,
    ids::AccountId,
};

/// The account with this address (lower case).
///
/// # Errors
/// Those of the database.
pub fn account_by_email(conn: &mut Conn, email: &str) -> Result<Option<Account>> {
    Ok(account::table.filter(account::email.eq(email)).select(Account::as_select()).first(conn).optional()?)
}

/// The epoch that an account is in; a new one begins with each new password and with each disabling.
///
/// # Errors
/// `not_found` if there is no such account.
pub(super) fn epoch(conn: &mut Conn, id: AccountId) -> Result<i64> {
    Ok(account::table.find(id).select(account::epoch).first(conn)?)
}

/// The epoch that an account is in, unless it is disabled or not there.
///
/// # Errors
/// Those of the database.
pub fn standing_epoch(conn: &mut Conn, id: AccountId) -> Result<Option<i64>> {
    let able = account::table.find(id).filter(account::disabled.eq(false));
    Ok(able.select(account::epoch).first(conn).optional()?)
}

/// Begins the next epoch of an account.
///
/// # Errors
/// Those of the database.
pub(super) fn begin_epoch(conn: &mut Conn, id: AccountId) -> Result<()> {
    diesel::update(account::table.find(id)).set(account::epoch.eq(account::epoch + 1)).execute(conn)?;
    Ok(())
}

/// The account with this id.
///
/// # Errors
/// Those of the database.
pub fn account(conn: &mut Conn, id: AccountId) -> Result<Option<Account>> {
    Ok(account::table.find(id).select(Account::as_select()).first(conn).optional()?)
}

/// What these accounts are called.
///
/// # Errors
/// Those of the database.
pub fn names(conn: &mut Conn, ids: Vec<AccountId>) -> Result<BTreeMap<AccountId, String>> {
    let names = account::table.filter(account::id.eq_any(ids)).select((account::id, account::name));
    Ok(names.load::<(AccountId, String)>(conn)?.into_iter().collect())
}

/// Accounts after this one in the order of their ids.
///
/// # Errors
/// Those of the database.
pub fn accounts(conn: &mut Conn, after: Option<AccountId>, limit: i64) -> Result<Vec<Account>> {
    let mut query = account::table.select(Account::as_select()).order(account::id).limit(limit).into_boxed();
    if let Some(after) = after {
        query = query.filter(account::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// Keeps a new account.
///
/// # Errors
/// `conflict` if another account has the address.
pub fn insert_account(conn: &mut Conn, new: &Account) -> Result<()> {
    diesel::insert_into(account::table).values(new).execute(conn)?;
    Ok(())
}

/// Keeps a changed account.
///
/// # Errors
/// `conflict` if another account has the address.
pub(super) fn update_account(conn: &mut Conn, changed: &Account) -> Result<()> {
    diesel::update(account::table.find(changed.id))
        .set((
            account::email.eq(&changed.email),
            account::name.eq(&changed.name),
            account::language.eq(&changed.language),
            account::password_hash.eq(&changed.password_hash),
            account::disabled.eq(changed.disabled),
            account::revision.eq(changed.revision),
        ))
        .execute(conn)?;
    Ok(())
}

/// Keeps another hash of the same password, unless the account got another password meanwhile.
///
/// # Errors
/// Those of the database.
pub(super) fn renew_hash(conn: &mut Conn, whose: AccountId, old: Option<&str>, new: &str) -> Result<()> {
    let unchanged = account::table.filter(account::id.eq(whose)).filter(account::password_hash.eq(old));
    diesel::update(unchanged).set(account::password_hash.eq(new)).execute(conn)?;
    Ok(())
}

/// Counts one more change of what an account is granted, which is part of what is seen of it.
///
/// # Errors
/// Those of the database.
pub(super) fn count_grants(conn: &mut Conn, whose: AccountId) -> Result<()> {
    let more = (
        account::revision.eq(account::revision + 1),
        account::grants_version.eq(account::grants_version + 1),
    );
    diesel::update(account::table.find(whose)).set(more).execute(conn)?;
    Ok(())
}

revisions_sealed!(account::table by id with salts, set_accounts_sealed);
