//! The places whose scores a caller may see.

use super::{
    model::{Place, Reader},
    shown::Shown,
    statistics::{Minimum, Sums},
    wanted::Wanted,
};
use crate::{
    accounts::policy::Scope,
    db::Conn,
    error::{Code, Error, FieldError, Result, if_there},
    ids::{BranchId, BrandId},
    places::{self, model::Brand},
};

/// A place whose scores the caller may see: only [`visible`] makes one of a place that is asked for, and it asks the scope.
#[derive(Clone, Debug)]
pub struct Visible {
    /// The place.
    pub place: Place,
    /// The brand that it is of.
    pub brand: BrandId,
    /// What is less is insufficient: for ranks, and for money.
    pub minimum: Minimum,
    /// As whom the caller sees it.
    pub reader: Reader,
    /// Whether the caller can list the visits that its figures are of: on the branch's side their reports.
    pub is_listed: bool,
    /// What the caller may see. It is private, so that no other module makes a `Visible`.
    scope: Scope,
}

impl Visible {
    /// A branch of the place, as the caller sees it.
    #[must_use]
    pub fn part(&self, branch: BranchId) -> Self {
        Self { place: Place::Branch(branch), ..self.clone() }
    }

    /// A greater place of the same brand, as what this one is compared with. The caller may not see its parts: callers of this must
    /// show only what many of them scored together.
    #[must_use]
    pub fn beside(&self, greater: Place) -> Self {
        Self { place: greater, ..self.clone() }
    }

    /// What the caller may see as such a reader.
    pub fn seen(&self) -> Scope {
        self.reader.of(&self.scope)
    }

    /// Whether the brand and its regions are shown beside this figure. With days or a filter they are shown only to callers who see the whole brand: a
    /// filter would take the other branches apart, and for the branch's side such figures are made of the reports that the caller can read.
    pub fn is_beside_all(&self, wanted: &Wanted) -> bool {
        wanted.period().is_some() || self.seen().covers_brand(self.brand)
    }

    /// What the caller is shown of some visits that were counted one by one: desks all of it, the branch's side how many there are if they
    /// are too few.
    pub fn shows(&self, sums: Sums) -> Shown {
        match self.reader {
            Reader::BranchSide if sums.n < self.minimum.visits.max(1) => Shown::new(Sums::default(), sums.n),
            _ => Shown::whole(sums),
        }
    }
}

/// A region or a branch that is in scope, or a brand that is in scope as a whole: a caller who sees a part of a brand
/// sees the scores of that part. A caller who may see the place both from a desk and from the branch's side sees it from the desk.
///
/// # Errors
/// `not_found` if it is not there, or out of scope.
pub fn visible(conn: &mut Conn, scope: &Scope, place: Place) -> Result<Visible> {
    let (of, reader) = match if_there(brand(conn, &scope.at_desks(), place))? {
        Some(of) => (of, Reader::Desk),
        None => (brand(conn, scope, place)?, Reader::BranchSide),
    };
    let is_listed = match scope.listing() {
        Some(listing) if reader == Reader::Desk => if_there(brand(conn, &listing, place))?.is_some(),
        _ => true,
    };
    Ok(Visible { place, brand: of.id, minimum: Minimum::of(&of), reader, is_listed, scope: scope.clone() })
}

/// The same of a place that is named with its brand.
///
/// # Errors
/// `not_found` if it is not there, or out of scope; `invalid` if it is of another brand.
pub fn place_of_brand(conn: &mut Conn, scope: &Scope, brand: BrandId, place: Place) -> Result<Visible> {
    let found = visible(conn, scope, place)?;
    if found.brand == brand {
        return Ok(found);
    }
    let pointer = format!("/{}_id", place.kind());
    Err(Error::invalid(vec![FieldError::new(pointer, "unknown", "the brand has no such place")]))
}

/// The brand that a place in scope is of.
fn brand(conn: &mut Conn, scope: &Scope, place: Place) -> Result<Brand> {
    let brand = match place {
        Place::Brand(id) if scope.covers_brand(id) => id,
        Place::Brand(_) => return Err(Error::new(Code::NotFound)),
        Place::Region(id) => places::store::region(conn, scope, id)?.brand_id,
        Place::Branch(id) => places::store::branch(conn, scope, id)?.brand_id,
    };
    places::store::brand(conn, scope, brand)
}

/// The whole brand of a place, as what the place is compared with: a caller who sees a place sees what its brand scores, and
/// nothing of each other place.
pub fn benchmark(of: &Visible) -> Visible {
    of.beside(Place::Brand(of.brand))
}
