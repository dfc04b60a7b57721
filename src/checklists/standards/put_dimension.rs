//! Making a dimension, or changing one.

use super::{brand_language::require_brand_language, model::Dimension, store};
use crate::{
    accounts::policy::Scope,
    db::Conn,
    error::Result,
    precondition::{IfMatch, Put},
};

/// Makes the dimension, or changes the one with its id. A dimension that exists keeps its brand, its key, its revision
/// and the moment at which it was made.
///
/// # Errors
/// `not_found` if the scope does not cover its brand; `conflict` if its brand or key would change, or another dimension
/// of the brand has the key; `invalid` if there is no such brand, or its name is not in the brand's language; those of
/// [`IfMatch::step`].
pub fn put_dimension(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    mut wanted: Dimension,
) -> Result<(Put, Dimension)> {
    let old = store::dimension_to_change(conn, scope, wanted.id)?;
    if let Some(old) = &old {
        old.identity().stays(wanted.identity())?;
        (wanted.revision, wanted.created_at) = (old.revision, old.created_at);
    }
    let step = if_match.step(old.as_ref(), &wanted, |one| one.revision)?;
    if step != Put::Keep {
        require_brand_language(conn, scope, wanted.brand_id, "/name", &wanted.name.0)?;
    }
    let kept = step.take(conn, wanted, insert, store::update_dimension)?;
    Ok((step, kept))
}

fn insert(conn: &mut Conn, new: &Dimension) -> Result<()> {
    let inserted = store::insert_dimension(conn, new);
    inserted.map_err(|error| error.conflicting("another dimension of the brand has this key"))
}
