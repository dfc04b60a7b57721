//! Making a standard, or changing one.

use super::{brand_language::require_brand_language, model::Standard, store};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::{Error, FieldError, Result},
    precondition::{IfMatch, Put, Stored},
};

/// Makes a standard, given as it would be if it were new, or changes the one that has its id. Each change is a next
/// version of it, and all versions are kept.
///
/// # Errors
/// `not_found` if the scope does not cover its brand; `conflict` if its brand or key would change, or another standard
/// of the brand has the key; `invalid` if there is no such brand, the brand lacks its dimension, or its text is not in
/// the brand's language; those of the precondition.
pub fn put_standard(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    new: &Standard,
    now: Instant,
) -> Result<Stored<Standard>> {
    let old = store::standard_to_change(conn, scope, new.id)?;
    if let Some(old) = &old {
        old.identity().stays(new.identity())?;
    }
    let stored = if_match.revise(old.as_ref(), new.clone())?;
    if stored.put == Put::Keep {
        return Ok(stored);
    }
    require_brand_language(conn, scope, new.brand_id, "/text", &new.text.0)?;
    require_dimension(conn, new)?;
    let stored = stored.write(conn, insert, store::update_standard)?;
    store::insert_standard_versions(conn, &[stored.thing.to_version(scope.account, now)])?;
    Ok(stored)
}

fn insert(conn: &mut Conn, new: &Standard) -> Result<()> {
    let inserted = store::insert_standard(conn, new);
    inserted.map_err(|error| error.taken("another standard of the brand has this key"))
}

/// Holds the dimension to be one of the brand.
fn require_dimension(conn: &mut Conn, standard: &Standard) -> Result<()> {
    if store::has_dimension(conn, standard.brand_id, standard.dimension_id)? {
        return Ok(());
    }
    let why = "the brand has no such dimension";
    Err(Error::invalid(vec![FieldError::new("/dimension_id", "unknown", why)]))
}
