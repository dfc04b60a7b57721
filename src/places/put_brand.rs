//! Making a brand, and changing one.

use super::{model::Brand, store};
use crate::{
    accounts::policy::Scope,
    db::Conn,
    error::{Code, Error, Result},
    precondition::{IfMatch, Stored},
};

/// Makes a brand, given as it would be if it were new, or changes the one that has its id.
///
/// # Errors
/// `forbidden` if the scope does not cover it whole: only a brand that is there can be granted, and to every other
/// caller it looks the same whether it is; those of the precondition.
pub fn put_brand(conn: &mut Conn, scope: &Scope, if_match: &IfMatch, new: &Brand) -> Result<Stored<Brand>> {
    if !scope.covers_brand(new.id) {
        return Err(Error::new(Code::Forbidden));
    }
    let old = store::brand_if_there(conn, new.id)?;
    let stored = if_match.revise(old.as_ref(), new.clone())?;
    stored.write(conn, store::insert_brand, store::update_brand)
}
