//! What ties a shopper to brands and branches: reading it.

use std::collections::HashSet;

use super::{
    model::{Person, Profile},
    store,
    tie::{DeclaredTie, RoleTies, Ties, WITHDRAWN_FOR},
};
use crate::{
    accounts::{self, policy::Scope},
    db::{Conn, types::Instant},
    error::{Code, Error, Result},
    ids::AccountId,
    places::{
        self,
        employees::{self, store::PersonKeys},
    },
};

/// What ties a shopper to brands and branches now, in a bounded number of statements. It is for acts that decide whether
/// the shopper may go somewhere, so no scope bounds it.
///
/// # Errors
/// `not_found` if there is no such account.
pub fn of(conn: &mut Conn, shopper: AccountId, now: Instant) -> Result<Ties> {
    let account = accounts::store::account(conn, shopper)?.ok_or_else(|| Error::new(Code::NotFound))?;
    let person = Person::of(shopper, &account.email, &account.name);
    let keys = PersonKeys {
        accounts: vec![shopper],
        emails: vec![person.email.clone()],
        names: vec![person.name.clone()],
    };
    let employees = employees::store::working_with_keys(conn, &Scope::everything(), keys)?;
    let settled = match employees.is_empty() {
        true => Vec::new(),
        false => store::namesakes(conn, vec![shopper])?,
    };
    let mut ties = Ties { roles: roles(conn, shopper)?, ..Ties::default() };
    if let Some(declared) = store::declared(conn, shopper)? {
        for tie in declared_ties(conn, &declared.profile.0)? {
            match tie {
                DeclaredTie::Employer(brand) => ties.employers.push(brand),
                DeclaredTie::Relative(branch) => ties.relatives.push(branch),
            }
        }
        let since = now.plus_seconds(-WITHDRAWN_FOR);
        let withdrawn = store::kept_ties(conn, vec![shopper])?.into_iter().map(|(_, tie)| tie);
        let withdrawn = withdrawn.filter(|tie| tie.withdrawn_at.is_some_and(|at| at > since));
        ties.withdrawn = withdrawn.map(|tie| tie.tie).collect();
    }
    Ok(ties.with_employees(&person, &employees, &settled))
}

/// What a profile declares to be tied to. Names are compared with those of the brands only if there is an employer without
/// a brand.
///
/// # Errors
/// Those of the database.
pub(super) fn declared_ties(conn: &mut Conn, profile: &Profile) -> Result<HashSet<DeclaredTie>> {
    let by_name = profile.employers.iter().any(|employer| employer.brand_id.is_none());
    let brands = if by_name { places::store::brand_names(conn)? } else { Vec::new() };
    Ok(DeclaredTie::all_of(profile, &brands))
}

/// The roles that tie an account to places.
fn roles(conn: &mut Conn, of: AccountId) -> Result<RoleTies> {
    let mut roles = RoleTies::of(&accounts::store::grants(conn, of)?);
    if !roles.regions.is_empty() {
        roles.regions = places::store::regions_below(conn, roles.regions)?;
    }
    Ok(roles)
}
