//! Making a qualification, and changing one.

use super::{
    model::{self, Qualification},
    store,
};
use crate::{
    accounts::policy::Scope,
    checklists::cache::Versions,
    db::{Conn, Db},
    error::{Code, Error, FieldError, Result, if_there},
    precondition::{IfMatch, Stored},
};

/// Whether the version that is to be the test can be one. A version never changes, so this is asked before anything is
/// written.
///
/// # Errors
/// `not_found` if the scope does not cover the brand; `invalid` if the brand has no such version, or it cannot be a test.
pub async fn check_test(db: &Db, versions: &Versions, scope: &Scope, wanted: &Qualification) -> Result<()> {
    let invalid = |pointer, code, why: &str| Err(Error::invalid(vec![FieldError::new(pointer, code, why)]));
    if !scope.covers_brand(wanted.brand_id) {
        return Err(Error::new(Code::NotFound));
    }
    let version = match (wanted.version_id, wanted.pass_mark) {
        (None, None) => return Ok(()),
        (Some(version), Some(_)) => if_there(versions.get(db, version).await)?,
        (Some(_), None) => {
            return invalid("/pass_mark", "required", "a test is passed with so many basis points");
        }
        (None, Some(_)) => {
            return invalid("/checklist_version_id", "required", "there is no test to be passed");
        }
    };
    let Some(version) = version.filter(|version| version.brand_id == wanted.brand_id) else {
        return invalid("/checklist_version_id", "unknown", "the brand has no such version");
    };
    let wrong = model::unfit(version.prepared.content());
    if wrong.is_empty() { Ok(()) } else { Err(Error::invalid(wrong)) }
}

/// Makes a qualification, given as it would be if it were new and with a test that was [checked](check_test), or changes
/// the one that has its id.
///
/// # Errors
/// `not_found` if the scope does not cover its brand; `conflict` if it belongs to another brand; those of the
/// precondition; `invalid` if there is no such brand, or if visits are made under the version that is to be the test.
pub fn put_qualification(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    new: &Qualification,
) -> Result<Stored<Qualification>> {
    let old = store::qualification_to_change(conn, scope, new.id)?;
    if old.as_ref().is_some_and(|old| old.brand_id != new.brand_id) {
        return Err(Error::new(Code::Conflict).detail("it belongs to another brand, and stays there"));
    }
    let stored = if_match.revise(old.as_ref(), new.clone())?;
    // Shoppers read the versions of their visits with what answers earn, and all that a version asks is known to those who made one.
    let becomes_test =
        new.version_id.filter(|version| old.as_ref().and_then(|old| old.version_id) != Some(*version));
    if let Some(version) = becomes_test
        && store::is_for_visits(conn, version)?
    {
        let why = "visits are made under this version: a test has one of its own";
        return Err(Error::invalid(vec![FieldError::new("/checklist_version_id", "for_visits", why)]));
    }
    // Its test was checked, so that the only thing that it can refer to in vain is its brand.
    let kept = stored.write(conn, store::insert_qualification, store::update_qualification);
    kept.map_err(|error| error.pointing("/brand_id", "there is no such brand"))
}
