//! Making a reason for sending visits back, and changing one.

use super::{model::ReturnReason, store};
use crate::{
    accounts::policy::Scope,
    db::Conn,
    error::{Code, Error, Result, if_there},
    precondition::{IfMatch, Stored},
};

/// Makes a reason, given as it would be if it were new, or changes the one that has its id.
///
/// # Errors
/// `forbidden` if the scope is not the whole operator; those of the precondition.
pub fn put_return_reason(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    new: &ReturnReason,
) -> Result<Stored<ReturnReason>> {
    if !scope.is_operator_wide() {
        let detail = "the list is the operator's: a grant over all of it changes it";
        return Err(Error::new(Code::Forbidden).detail(detail));
    }
    let old = if_there(store::return_reason(conn, new.id))?;
    let stored = if_match.revise(old.as_ref(), new.clone())?;
    stored.write(conn, store::insert_return_reason, store::update_return_reason)
}
