//! Making a standard, or changing what it says.

use super::{brand_language::require_brand_language, model::Standard, store};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::{Error, FieldError, Result},
    precondition::{IfMatch, Put},
};

/// Makes the standard, or changes what the one with its id says: that is its next version, and what it said before is
/// kept. A standard that exists keeps its brand, its key and the moment at which it was made.
///
/// # Errors
/// `not_found` if the scope does not cover its brand; `conflict` if its brand or key would change, or another standard
/// of the brand has the key; `invalid` if there is no such brand, the brand lacks its dimension, or its text is not in
/// the brand's language; those of [`IfMatch::step`].
pub fn put_standard(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    mut wanted: Standard,
    now: Instant,
) -> Result<(Put, Standard)> {
    let old = store::standard_to_change(conn, scope, wanted.id)?;
    if let Some(old) = &old {
        old.identity().stays(wanted.identity())?;
        (wanted.version, wanted.created_at) = (old.version, old.created_at);
    }
    let step = if_match.step(old.as_ref(), &wanted, |one| one.version)?;
    if step == Put::Keep {
        return Ok((step, wanted));
    }
    require_brand_language(conn, scope, wanted.brand_id, "/text", &wanted.text.0)?;
    require_dimension(conn, &wanted)?;
    let kept = step.take(conn, wanted, insert, store::update_standard)?;
    store::insert_standard_versions(conn, &[kept.to_version(scope.account, now)])?;
    Ok((step, kept))
}

fn insert(conn: &mut Conn, new: &Standard) -> Result<()> {
    let inserted = store::insert_standard(conn, new);
    inserted.map_err(|error| error.conflicting("another standard of the brand has this key"))
}

/// Holds the dimension to be one of the brand.
fn require_dimension(conn: &mut Conn, standard: &Standard) -> Result<()> {
    if store::has_dimension(conn, standard.brand_id, standard.dimension_id)? {
        return Ok(());
    }
    let why = "the brand has no such dimension";
    Err(Error::invalid(vec![FieldError::new("/dimension_id", "unknown", why)]))
}
