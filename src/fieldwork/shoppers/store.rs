//! All SQL about what shoppers declare.

use diesel::prelude::*;

use super::model::{Person, Shopper, Ties};
use crate::{
    accounts::{self, policy::Scope},
    db::{Conn, schema::shopper},
    error::{Code, Error, Result},
    ids::AccountId,
    places,
};

/// What somebody declared of themselves; nothing as long as they have not.
pub fn declared(conn: &mut Conn, whose: AccountId) -> Result<Option<Shopper>> {
    Ok(shopper::table.find(whose).select(Shopper::as_select()).first(conn).optional()?)
}

/// What ties a shopper to brands and branches, in three statements. It is for the one who decides whether the shopper
/// may go somewhere, so no scope bounds it.
///
/// # Errors
/// `not_found` if there is no such account.
pub fn ties(conn: &mut Conn, shopper: AccountId) -> Result<Ties> {
    let account = accounts::store::account(conn, shopper)?.ok_or_else(|| Error::new(Code::NotFound))?;
    let person = Person::of(&account.email, &account.name);
    let profile = declared(conn, shopper)?.map(|shopper| shopper.profile.0);
    let (emails, names) = (vec![person.email.clone()], vec![person.name.clone()]);
    let employees = places::employees::store::working_with_keys(conn, &Scope::everything(), emails, names)?;
    Ok(Ties::of(profile.as_ref(), &person, &employees))
}
