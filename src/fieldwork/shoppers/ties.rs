//! What ties a shopper to brands and branches.

use super::{
    model::{Person, Ties},
    store,
};
use crate::{
    accounts::{self, policy::Scope},
    db::Conn,
    error::{Code, Error, Result},
    ids::AccountId,
    places::employees,
};

/// What ties a shopper to brands and branches, in three statements. It is for acts that decide whether the shopper may
/// go somewhere, so no scope bounds it.
///
/// # Errors
/// `not_found` if there is no such account.
pub fn of(conn: &mut Conn, shopper: AccountId) -> Result<Ties> {
    let account = accounts::store::account(conn, shopper)?.ok_or_else(|| Error::new(Code::NotFound))?;
    let person = Person::of(&account.email, &account.name);
    let profile = store::declared(conn, shopper)?.map(|shopper| shopper.profile.0);
    let (emails, names) = (vec![person.email.clone()], vec![person.name.clone()]);
    let employees = employees::store::working_with_keys(conn, &Scope::everything(), emails, names)?;
    Ok(Ties::of(profile.as_ref(), &person, &employees))
}
