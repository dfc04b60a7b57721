//! Making a checklist, or changing its name.

use super::{records::Checklist, store};
use crate::{
    accounts::policy::Scope,
    db::Conn,
    error::{Code, Error, Result},
    precondition::{IfMatch, Put},
};

/// Makes the checklist, or gives the one with its id this name. A checklist that exists keeps its brand, its revision
/// and the moment at which it was made.
///
/// # Errors
/// `not_found` if the scope does not cover its brand; `conflict` if it belongs to another brand; `invalid` if there is
/// no such brand; those of [`IfMatch::step`].
pub fn put_checklist(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    wanted: Checklist,
) -> Result<(Put, Checklist)> {
    let old = store::checklist_to_change(conn, scope, wanted.id)?;
    let wanted = match &old {
        None if !scope.covers_brand(wanted.brand_id) => return Err(Error::new(Code::NotFound)),
        None => wanted,
        Some(old) if old.brand_id != wanted.brand_id => {
            return Err(Error::new(Code::Conflict).detail("it belongs to another brand, and stays there"));
        }
        Some(old) => Checklist { name: wanted.name, ..old.clone() },
    };
    let step = if_match.step(old.as_ref(), &wanted, |one| one.revision)?;
    let kept = step.take(conn, wanted, store::insert_checklist, store::update_checklist);
    Ok((step, kept.map_err(name_the_brand)?))
}

/// A checklist refers to its brand and to nothing else. Only a caller whose scope covers all brands learns that one does
/// not exist: for all others, a brand of others and no brand are both `not_found`.
fn name_the_brand(error: Error) -> Error {
    error.pointing("/brand_id", "there is no such brand")
}
