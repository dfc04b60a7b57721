//! The places whose scores a caller may see.

use super::model::Place;
use crate::{
    accounts::policy::Scope,
    db::Conn,
    error::{Code, Error, Result},
    places,
};

/// A place whose scores the caller may see: only [`visible`] makes one, and it asks the scope.
#[derive(Clone, Copy, Debug)]
pub struct Visible {
    /// The place.
    pub place: Place,
    /// Fewer visits than this are insufficient: for ranks, and for money.
    pub minimum: i64,
}

/// A region or a branch that is in scope, or a brand that is in scope as a whole: a caller who sees a part of a brand
/// sees the scores of that part.
///
/// # Errors
/// `not_found` if it is not there, or out of scope.
pub fn visible(conn: &mut Conn, scope: &Scope, place: Place) -> Result<Visible> {
    let brand = match place {
        Place::Brand(id) if scope.covers_brand(id) => id,
        Place::Brand(_) => return Err(Error::new(Code::NotFound)),
        Place::Region(id) => places::store::region(conn, scope, id)?.brand_id,
        Place::Branch(id) => places::store::branch(conn, scope, id)?.brand_id,
    };
    let brand = places::store::brand(conn, scope, brand)?;
    Ok(Visible { place, minimum: i64::from(brand.minimum_visits) })
}
