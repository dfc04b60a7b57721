//! Making a checklist, or changing its name.

use super::{records::Checklist, store};
use crate::{
    accounts::policy::Scope,
    db::Conn,
    error::{Code, Error, Result},
    precondition::{IfMatch, Stored},
};

/// Makes a checklist, given as it would be if it were new, or changes the name of the one that has its id.
///
/// # Errors
/// `not_found` if the scope does not cover its brand; `conflict` if it belongs to another brand; `invalid` if there is
/// no such brand; those of the precondition.
pub fn put_checklist(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    new: &Checklist,
) -> Result<Stored<Checklist>> {
    let old = store::checklist_to_change(conn, scope, new.id)?;
    match &old {
        None if !scope.covers_brand(new.brand_id) => return Err(Error::new(Code::NotFound)),
        Some(old) if old.brand_id != new.brand_id => {
            return Err(Error::new(Code::Conflict).detail("it belongs to another brand, and stays there"));
        }
        _ => {}
    }
    let stored = if_match.revise(old.as_ref(), new.clone())?;
    stored.write(conn, store::insert_checklist, store::update_checklist).map_err(name_the_brand)
}

/// A checklist refers to its brand and to nothing else. Only a caller whose scope covers all brands learns that one does
/// not exist: for all others, a brand of others and no brand are both `not_found`.
fn name_the_brand(error: Error) -> Error {
    error.pointing("/brand_id", "there is no such brand")
}
