//! Giving: a scheduler gives a shopper an assignment directly, outside of any campaign.

use super::{
    model::{Assignment, DirectAssignment},
    store,
};
use crate::{
    accounts::{self, policy::Scope},
    checklists,
    db::{Conn, types::Instant},
    error::{Code, Error, FieldError, Result, if_there},
    fieldwork::shoppers::ties,
    ids::BrandId,
    places,
    precondition::{Put, Stored},
};

/// Gives a shopper an assignment; the same again is the one that is there, and an assignment does not change.
///
/// # Errors
/// `invalid` if branch, version and shopper do not belong together, or it closes before it opens; `not_eligible` if the
/// shopper is tied to the brand or the branch; `conflict` if another assignment has this id.
pub fn give(
    conn: &mut Conn,
    scope: &Scope,
    given: &DirectAssignment,
    now: Instant,
) -> Result<Stored<Assignment>> {
    let brand = brand_of_all(conn, scope, given)?;
    let new = Assignment::direct(given, brand, now);
    // What was given stays given: the same again is answered as before, even if a tie is known by now.
    if let Some(thing) = store::find(conn, given.id)? {
        return if thing.wants_the_same(&new) { Ok(Stored { put: Put::Keep, thing }) } else { Err(taken()) };
    }
    require_untied(conn, brand, given)?;
    store::insert(conn, &new)?;
    Ok(Stored { put: Put::Make, thing: new })
}

fn taken() -> Error {
    Error::new(Code::Conflict).detail("an assignment with this id is there and wants something else")
}

/// No shopper is sent where they have a conflict of interest. What campaigns ask for besides is not asked here, since
/// there is no campaign; and whether a namesake is the shopper, the scheduler can find out.
fn require_untied(conn: &mut Conn, brand: BrandId, given: &DirectAssignment) -> Result<()> {
    let tie = ties::of(conn, given.shopper_id)?.with(brand, given.branch_id);
    let Some(tie) = tie.filter(|tie| tie.excludes()) else { return Ok(()) };
    Err(Error::new(Code::NotEligible).fields(vec![FieldError::new("/shopper_id", tie.code(), tie.about())]))
}

/// The brand that branch, version and shopper belong to.
fn brand_of_all(conn: &mut Conn, scope: &Scope, given: &DirectAssignment) -> Result<BrandId> {
    let brand = if_there(places::store::branch(conn, scope, given.branch_id))?.map(|branch| branch.brand_id);
    let version = if_there(checklists::store::version_brand(conn, given.version_id))?;
    let is_shopper =
        brand.map(|brand| accounts::grants::is_shopper_of(conn, given.shopper_id, brand)).transpose()?;
    let checks = [
        (brand.is_some(), "/branch_id", "unknown", "there is no such branch"),
        (
            version.is_some() && version == brand,
            "/checklist_version_id",
            "unknown",
            "the brand has no such version",
        ),
        (is_shopper == Some(true), "/shopper_id", "no_shopper", "this account is no shopper for the brand"),
        (given.window.opens_at < given.window.closes_at, "/closes_at", "range", "it closes after it opens"),
    ];
    let wrong: Vec<_> = checks
        .into_iter()
        .filter(|(good, ..)| !good)
        .map(|(_, pointer, code, message)| FieldError::new(pointer, code, message))
        .collect();
    match brand {
        Some(brand) if wrong.is_empty() => Ok(brand),
        _ => Err(Error::invalid(wrong)),
    }
}
