//! Declaring: a shopper says what decides which visits they can do.

use std::collections::HashSet;

use super::{
    model::{Profile, Shopper},
    store,
};
use crate::{
    accounts::policy::Scope,
    db::{
        Conn,
        types::{Instant, Json},
    },
    error::{Error, FieldError, Result},
    ids::{BranchId, BrandId},
    precondition::{IfMatch, Put, Stored},
};

/// Keeps what the caller declares, every branch once.
///
/// # Errors
/// Those of the precondition; `invalid` with the brands and branches that the caller does not work for.
pub fn declare(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    profile: &Profile,
    now: Instant,
) -> Result<Stored<Shopper>> {
    let old = store::declared(conn, scope.account)?;
    let new = Shopper {
        account_id: scope.account,
        profile: Json(profile.with_each_branch_once()),
        revision: 1,
        created_at: now,
    };
    let stored = if_match.revise(old.as_ref(), new)?;
    if stored.put != Put::Keep {
        require_known(conn, scope, profile, old.as_ref().map(|old| &old.profile.0))?;
    }
    stored.write(conn, store::insert, store::update)
}

/// Refuses brands and branches that the shopper does not work for. What was declared once may be declared again,
/// even if the shopper has lost the grants for it.
fn require_known(conn: &mut Conn, scope: &Scope, new: &Profile, old: Option<&Profile>) -> Result<()> {
    let mut known = Nameable::of(conn, scope, new)?;
    if let Some(old) = old {
        known.brands.extend(old.brands());
        known.branches.extend(&old.relatives_branches);
    }
    let wrong: Vec<_> = known.unknown_brands(new).chain(known.unknown_branches(new)).collect();
    if wrong.is_empty() { Ok(()) } else { Err(Error::invalid(wrong)) }
}

/// What a shopper may name.
struct Nameable {
    brands: HashSet<BrandId>,
    branches: HashSet<BranchId>,
}

impl Nameable {
    /// Of what the profile names, that which is of brands that the caller works for.
    fn of(conn: &mut Conn, scope: &Scope, profile: &Profile) -> Result<Self> {
        let brands = store::brands(conn, profile.brands().collect())?;
        let branches = store::branches(conn, profile.relatives_branches.clone())?;
        Ok(Self {
            brands: brands.into_iter().filter(|brand| scope.works_for(*brand)).collect(),
            branches: branches
                .into_iter()
                .filter(|(_, brand)| scope.works_for(*brand))
                .map(|(branch, _)| branch)
                .collect(),
        })
    }

    fn unknown_brands<'a>(&'a self, profile: &'a Profile) -> impl Iterator<Item = FieldError> + 'a {
        profile.employers.iter().enumerate().filter_map(|(at, employer)| {
            let named = employer.brand_id.filter(|brand| !self.brands.contains(brand));
            let pointer = format!("/employers/{at}/brand_id");
            named.map(|_| FieldError::new(pointer, "unknown", "there is no such brand"))
        })
    }

    fn unknown_branches<'a>(&'a self, profile: &'a Profile) -> impl Iterator<Item = FieldError> + 'a {
        profile.relatives_branches.iter().enumerate().filter_map(|(at, branch)| {
            let pointer = format!("/relatives_branches/{at}");
            let wrong = || FieldError::new(pointer, "unknown", "there is no such branch");
            (!self.branches.contains(branch)).then(wrong)
        })
    }
}
