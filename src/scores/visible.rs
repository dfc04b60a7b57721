//! The places whose scores a caller may see.

use super::model::Place;
use crate::{
    accounts::policy::Scope,
    db::Conn,
    error::{Code, Error, Result, if_there},
    places,
};

/// Who reads figures, and so what is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// A desk sees everything.
    Desk,
    /// Managers and HR see what gives no visit away.
    BranchSide,
}

/// A place whose scores the caller may see: only [`visible`] makes one, and it asks the scope.
#[derive(Clone, Copy, Debug)]
pub struct Visible {
    /// The place.
    pub place: Place,
    /// Fewer visits than this are insufficient: for ranks, and for money.
    pub minimum: i64,
    /// As whom the caller sees it.
    pub reader: Reader,
}

/// A region or a branch that is in scope, or a brand that is in scope as a whole: a caller who sees a part of a brand
/// sees the scores of that part. Who sees it from a desk and from the branch's side sees it from the desk.
///
/// # Errors
/// `not_found` if it is not there, or out of scope.
pub fn visible(conn: &mut Conn, scope: &Scope, place: Place) -> Result<Visible> {
    if let Some(minimum) = if_there(minimum(conn, &scope.at_desks(), place))? {
        return Ok(Visible { place, minimum, reader: Reader::Desk });
    }
    Ok(Visible { place, minimum: minimum(conn, scope, place)?, reader: Reader::BranchSide })
}

/// The minimum of visits of the brand that a place in scope is of.
fn minimum(conn: &mut Conn, scope: &Scope, place: Place) -> Result<i64> {
    let brand = match place {
        Place::Brand(id) if scope.covers_brand(id) => id,
        Place::Brand(_) => return Err(Error::new(Code::NotFound)),
        Place::Region(id) => places::store::region(conn, scope, id)?.brand_id,
        Place::Branch(id) => places::store::branch(conn, scope, id)?.brand_id,
    };
    Ok(i64::from(places::store::brand(conn, scope, brand)?.minimum_visits))
}
