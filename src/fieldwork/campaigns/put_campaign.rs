//! Making a campaign, and changing one.

use super::{model::Campaign, store};
use crate::{
    accounts::policy::Scope,
    checklists,
    db::{Conn, types::Instant},
    error::{Code, Error, FieldError, Result, if_there},
    fieldwork::{
        assignments::{self, surplus},
        qualifications,
    },
    places,
    precondition::{IfMatch, Put, Stored},
};

/// Makes a campaign, given as it would be if it were new, or changes the one that has its id. Jobs that it does not want any
/// more leave the board in the same transaction.
///
/// # Errors
/// `not_found` if the scope does not cover its brand; those of the precondition; `invalid` with all that contradicts
/// itself, or that its brand does not have; `conflict` if there are assignments, and its brand or version would change.
pub fn put_campaign(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    new: &Campaign,
    now: Instant,
) -> Result<Stored<Campaign>> {
    let old = store::campaign_to_change(conn, scope, new.id)?;
    if !scope.covers_brand(new.brand_id) {
        return Err(Error::new(Code::NotFound));
    }
    let stored = if_match.revise(old.as_ref(), new.clone())?;
    if stored.put != Put::Keep {
        check(conn, &stored.thing)?;
    }
    if let Some(old) = &old {
        require_same_origin(conn, old, &stored.thing)?;
    }
    let stored = stored.write(conn, store::insert_campaign, store::update_campaign)?;
    if stored.put == Put::Change {
        surplus::cancel_all(conn, &stored.thing, Some(scope.account), surplus::UNWANTED, now)?;
    }
    Ok(stored)
}

/// Holds a campaign to what its brand has, and to sense.
fn check(conn: &mut Conn, wanted: &Campaign) -> Result<()> {
    // Only a caller who sees all brands gets this: to any other, one of others and none are both `not_found`.
    if places::store::brand_if_there(conn, wanted.brand_id)?.is_none() {
        return Err(Error::invalid(vec![FieldError::new("/brand_id", "unknown", "there is no such brand")]));
    }
    let mut wrong = wanted.terms.0.contradictions("/terms");
    wrong.extend(unknown_version(conn, wanted)?);
    wrong.extend(unknown_qualification(conn, wanted)?);
    wrong.extend(wanted.terms.0.places.unknown(conn, wanted.brand_id, "/terms/places")?);
    if wrong.is_empty() { Ok(()) } else { Err(Error::invalid(wrong)) }
}

fn unknown_version(conn: &mut Conn, of: &Campaign) -> Result<Option<FieldError>> {
    let brand = if_there(checklists::store::version_brand(conn, of.version_id))?;
    let wrong = |code, message| Some(FieldError::new("/checklist_version_id", code, message));
    if brand != Some(of.brand_id) {
        return Ok(wrong("unknown", "the brand has no such version"));
    }
    let is_test = qualifications::store::is_test(conn, of.version_id)?;
    Ok(if is_test { wrong("test", qualifications::model::IS_TEST) } else { None })
}

fn unknown_qualification(conn: &mut Conn, of: &Campaign) -> Result<Option<FieldError>> {
    let Some(id) = of.terms.0.who.qualification_id else { return Ok(None) };
    let brand = if_there(qualifications::store::brand_of(conn, id))?;
    let message = "the brand has no such qualification";
    let wrong = || FieldError::new("/terms/who/qualification_id", "unknown", message);
    Ok((brand != Some(of.brand_id)).then(wrong))
}

/// A campaign of which assignments were made keeps its brand and its version.
fn require_same_origin(conn: &mut Conn, old: &Campaign, wanted: &Campaign) -> Result<()> {
    let is_same = (old.brand_id, old.version_id) == (wanted.brand_id, wanted.version_id);
    if is_same || !assignments::store::has_any_of(conn, old.id)? {
        return Ok(());
    }
    Err(Error::new(Code::Conflict)
        .detail("there are assignments of this campaign: it keeps its brand and its checklist version"))
}
