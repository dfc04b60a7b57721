//! Making a dimension, or changing one.

use super::{brand_language::require_brand_language, model::Dimension, store};
use crate::{
    accounts::policy::Scope,
    db::Conn,
    error::Result,
    precondition::{IfMatch, Put, Stored},
};

/// Makes a dimension, given as it would be if it were new, or changes the one that has its id.
///
/// # Errors
/// `not_found` if the scope does not cover its brand; `conflict` if its brand or key would change, or another dimension
/// of the brand has the key; `invalid` if there is no such brand, or its name is not in the brand's language; those of
/// the precondition.
pub fn put_dimension(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    new: &Dimension,
) -> Result<Stored<Dimension>> {
    let old = store::dimension_to_change(conn, scope, new.id)?;
    if let Some(old) = &old {
        old.identity().stays(new.identity())?;
    }
    let stored = if_match.revise(old.as_ref(), new.clone())?;
    if stored.put != Put::Keep {
        require_brand_language(conn, scope, new.brand_id, "/name", &new.name.0)?;
    }
    stored.write(conn, insert, store::update_dimension)
}

fn insert(conn: &mut Conn, new: &Dimension) -> Result<()> {
    let inserted = store::insert_dimension(conn, new);
    inserted.map_err(|error| error.taken("another dimension of the brand has this key"))
}
