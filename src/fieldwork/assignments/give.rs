//! Giving: a scheduler gives a shopper an assignment directly, outside of any campaign.

use super::{
    model::{Assignment, DirectAssignment, Window},
    store,
};
use crate::{
    accounts::policy::Scope,
    checklists,
    db::{Conn, types::Instant},
    error::{Code, Error, FieldError, Result, if_there},
    fieldwork::{
        eligibility::WhyNot,
        qualifications,
        shoppers::{tie::Destination, ties, works_in::works_in},
    },
    ids::AccountId,
    places::{self, model::Branch},
    precondition::{Put, Stored},
};

/// Gives a shopper an assignment; the same again is the one that is there, and an assignment does not change.
///
/// # Errors
/// `invalid` if branch, version and shopper do not belong together, if the version is a qualification's test, or if it
/// closes before it opens, is over, or reaches beyond the day on which the branch retires; `not_eligible` if the
/// shopper is tied to the brand or the branch; `conflict` if another assignment has this id.
pub fn give(
    conn: &mut Conn,
    scope: &Scope,
    given: &DirectAssignment,
    now: Instant,
) -> Result<Stored<Assignment>> {
    let branch = require_one_brand(conn, scope, given)?;
    let new = Assignment::direct(given, branch.brand_id, now);
    // What was given stays given: the same again is answered as before, even if a tie is known by now.
    if let Some(thing) = store::find(conn, given.id)? {
        return if thing.wants_the_same(&new) { Ok(Stored { put: Put::Keep, thing }) } else { Err(taken()) };
    }
    require_sense(conn, given, now)?;
    require_visited(&branch, given.window, "/closes_at")?;
    require_untied(conn, &branch, given.shopper_id, now)?;
    store::insert(conn, &new)?;
    Ok(Stored { put: Put::Make, thing: new })
}

/// What is given now can still be done, and is a visit.
fn require_sense(conn: &mut Conn, given: &DirectAssignment, now: Instant) -> Result<()> {
    let is_test = qualifications::store::is_test(conn, given.version_id)?;
    let test = || FieldError::new("/checklist_version_id", "test", qualifications::model::IS_TEST);
    let past = || FieldError::new("/closes_at", "past", "it closes later than now");
    let is_over = given.window.closes_at <= now;
    let wrong: Vec<_> = [is_test.then(test), is_over.then(past)].into_iter().flatten().collect();
    if wrong.is_empty() { Ok(()) } else { Err(Error::invalid(wrong)) }
}

/// Refuses a window that reaches beyond the day on which the branch retires.
///
/// # Errors
/// `invalid`, at the place of the request that names the window's end.
pub(super) fn require_visited(at: &Branch, window: Window, pointer: &str) -> Result<()> {
    match at.retired_at {
        Some(until) if window.closes_at > until => {
            let message = format!("the branch retires at {until}");
            Err(Error::invalid(vec![FieldError::new(pointer, "retired", message)]))
        }
        _ => Ok(()),
    }
}

fn taken() -> Error {
    Error::new(Code::Conflict).detail("an assignment with this id is there and wants something else")
}

/// No shopper is sent where they have a conflict of interest. What campaigns ask for besides is not asked here, since
/// there is no campaign; and whether a namesake is the shopper, the scheduler can find out.
fn require_untied(conn: &mut Conn, at: &Branch, shopper: AccountId, now: Instant) -> Result<()> {
    let tie = ties::of(conn, shopper, now)?.with(Destination::from(at));
    let Some(tie) = tie.filter(|tie| tie.excludes()) else { return Ok(()) };
    let code = WhyNot::from(tie).code.as_str();
    Err(Error::new(Code::NotEligible).fields(vec![FieldError::new("/shopper_id", code, tie.about())]))
}

/// The branch, if version and shopper are of its brand.
fn require_one_brand(conn: &mut Conn, scope: &Scope, given: &DirectAssignment) -> Result<Branch> {
    let branch = if_there(places::store::branch(conn, scope, given.branch_id))?;
    let brand = branch.as_ref().map(|branch| branch.brand_id);
    let version = if_there(checklists::store::version_brand(conn, given.version_id))?;
    let is_shopper = branch.is_some() && works_in(conn, given.shopper_id, given.branch_id)?;
    let checks = [
        (brand.is_some(), "/branch_id", "unknown", "there is no such branch"),
        (
            version.is_some() && version == brand,
            "/checklist_version_id",
            "unknown",
            "the brand has no such version",
        ),
        (is_shopper, "/shopper_id", "no_shopper", "this account is no shopper for the branch"),
        (given.window.opens_at < given.window.closes_at, "/closes_at", "range", "it closes after it opens"),
    ];
    let wrong: Vec<_> = checks
        .into_iter()
        .filter(|(good, ..)| !good)
        .map(|(_, pointer, code, message)| FieldError::new(pointer, code, message))
        .collect();
    match branch {
        Some(branch) if wrong.is_empty() => Ok(branch),
        _ => Err(Error::invalid(wrong)),
    }
}
