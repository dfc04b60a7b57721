//! What a place is called.

use super::{
    model::Place,
    subjects::languages,
    visible::{Visible, visible},
};
use crate::{
    accounts::policy::Scope,
    db::Conn,
    error::Result,
    places::store::{branch, brand, region},
};

/// A place that the caller may see, with its name.
#[derive(Clone, Debug)]
pub struct Called {
    /// The place.
    pub place: Visible,
    /// What it is called.
    pub name: String,
    /// The languages in which its brand is read, the first one first.
    pub languages: Vec<String>,
}

/// A place with its name.
///
/// # Errors
/// `not_found` if it is not there, or out of scope.
pub fn called(conn: &mut Conn, scope: &Scope, place: Place) -> Result<Called> {
    let place = visible(conn, scope, place)?;
    let seen = place.seen();
    let name = match place.place {
        Place::Brand(id) => brand(conn, &seen, id)?.name,
        Place::Region(id) => region(conn, &seen, id)?.name,
        Place::Branch(id) => branch(conn, &seen, id)?.name,
    };
    Ok(Called { name, languages: languages(conn, place.brand)?, place })
}
