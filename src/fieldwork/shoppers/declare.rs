//! Declaring: a shopper says what decides which visits they can do.

use std::collections::HashSet;

use super::{
    model::{Profile, Shopper},
    store,
    tie::{DeclaredTie, KeptTie},
    ties::declared_ties,
};
use crate::{
    accounts::policy::Scope,
    db::{
        Conn,
        types::{Instant, Json},
    },
    error::{Error, FieldError, Result},
    ids::{AccountId, BranchId, BrandId},
    precondition::{IfMatch, Put, Stored},
};

/// Keeps what the caller declares, every branch once; and since when each tie is declared, or that it is not any more.
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
    let stored = stored.write(conn, store::insert, store::update)?;
    if stored.put != Put::Keep {
        keep_ties(conn, old.as_ref(), &stored.thing, now)?;
    }
    Ok(stored)
}

/// Writes down which ties are declared from now on and which are not any more.
fn keep_ties(conn: &mut Conn, old: Option<&Shopper>, new: &Shopper, now: Instant) -> Result<()> {
    let whose = new.account_id;
    let declared = declared_ties(conn, &new.profile.0)?;
    let mut kept: Vec<_> =
        store::kept_ties(conn, vec![whose])?.into_iter().map(|(_, tie): (AccountId, KeptTie)| tie).collect();
    let mut number = kept.iter().map(|tie| tie.number).max().unwrap_or_default();
    kept.retain(|tie| tie.withdrawn_at.is_none());
    let mut add = |conn: &mut Conn, tie: DeclaredTie, declared_at| {
        number += 1;
        let new = KeptTie { number, tie, declared_at, withdrawn_at: None };
        store::insert_tie(conn, whose, &new).map(|()| new)
    };
    // What was declared before ties were written down, or before a brand had the name of an employer.
    if let Some(old) = old {
        for tie in declared_ties(conn, &old.profile.0)? {
            if !kept.iter().any(|kept| kept.tie == tie) {
                kept.push(add(conn, tie, old.created_at)?);
            }
        }
    }
    for tie in &declared {
        if !kept.iter().any(|kept| kept.tie == *tie) {
            add(conn, *tie, now)?;
        }
    }
    for gone in kept.iter().filter(|kept| !declared.contains(&kept.tie)) {
        store::withdraw_tie(conn, whose, gone.number, now)?;
    }
    Ok(())
}

/// Refuses brands and branches that the shopper does not work for. What was declared once may be declared again,
/// even if the shopper has lost the grants for it.
fn require_known(conn: &mut Conn, scope: &Scope, new: &Profile, old: Option<&Profile>) -> Result<()> {
    let mut known = Nameable::of(conn, scope, new)?;
    if let Some(old) = old {
        known.brands.extend(old.brands());
        known.branches.extend(old.relatives_branches.iter());
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
        let branches = store::branches(conn, profile.relatives_branches.to_vec())?;
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
