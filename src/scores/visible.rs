//! The places whose scores a caller may see.

use std::collections::{HashMap, HashSet, hash_map::Entry};

use super::{
    model::{Place, PlaceId, PlaceKind, Reader},
    shown::Shown,
    statistics::{Minimum, Sums},
    wanted::Wanted,
};
use crate::{
    accounts::policy::Scope,
    db::Conn,
    error::{Code, Error, FieldError, Result, if_there},
    ids::{BranchId, BrandId},
    places::{self, model::Brand, store::PlaceFilter},
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
    Ok(visible_by_name(conn, scope, place)?.0)
}

/// The same with what the place is called.
///
/// # Errors
/// Those of [`visible`].
pub fn visible_by_name(conn: &mut Conn, scope: &Scope, place: Place) -> Result<(Visible, String)> {
    let ((of, name), reader) = match if_there(found(conn, &scope.at_desks(), place))? {
        Some(found) => (found, Reader::Desk),
        None => (found(conn, scope, place)?, Reader::BranchSide),
    };
    let is_listed = match scope.listing() {
        Some(listing) if reader == Reader::Desk => if_there(found(conn, &listing, place))?.is_some(),
        _ => true,
    };
    let seen =
        Visible { place, brand: of.id, minimum: Minimum::of(&of), reader, is_listed, scope: scope.clone() };
    Ok((seen, name))
}

/// So many places of this kind in scope, of this brand if one is named, after this one in the order of their ids: each as [`visible_by_name`] has it.
///
/// # Errors
/// None but those of the database.
pub fn visible_after(
    conn: &mut Conn,
    scope: &Scope,
    (kind, brand): (PlaceKind, Option<BrandId>),
    after: Option<PlaceId>,
    rows: i64,
) -> Result<Vec<(Visible, String)>> {
    let places = listed(conn, scope, (kind, brand), after, rows)?;
    let (mut brands, mut all) = (HashMap::<BrandId, Brand>::new(), Vec::with_capacity(places.len()));
    let last = places.last().map(|(place, ..)| place.id());
    // Those up to the last one that are in this scope as well.
    let mut among = |scope: &Scope| -> Result<HashSet<Place>> {
        let (mut found, mut after) = (HashSet::new(), after);
        loop {
            let some = listed(conn, scope, (kind, brand), after, rows)?;
            let is_last = (some.len() as i64) < rows;
            after = some.last().map(|(place, ..)| place.id());
            found.extend(some.into_iter().map(|(place, ..)| place));
            if is_last || after >= last {
                return Ok(found);
            }
        }
    };
    let (at_desks, listing) =
        (among(&scope.at_desks())?, scope.listing().map(|one| among(&one)).transpose()?);
    for (place, id, name) in places {
        let of = match brands.entry(id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(places::store::brand(conn, scope, id)?),
        };
        let reader = if at_desks.contains(&place) { Reader::Desk } else { Reader::BranchSide };
        let is_listed =
            reader == Reader::BranchSide || listing.as_ref().is_none_or(|all| all.contains(&place));
        let minimum = Minimum::of(of);
        all.push((Visible { place, brand: id, minimum, reader, is_listed, scope: scope.clone() }, name));
    }
    Ok(all)
}

/// Places of a kind that are in scope as a whole, each with its brand and its name.
fn listed(
    conn: &mut Conn,
    scope: &Scope,
    (kind, brand): (PlaceKind, Option<BrandId>),
    after: Option<PlaceId>,
    rows: i64,
) -> Result<Vec<(Place, BrandId, String)>> {
    let filter = PlaceFilter { brand, within: None, state: None };
    Ok(match kind {
        PlaceKind::Brand => {
            let (mut all, mut after) = (Vec::new(), after.map(|id| id.cast()));
            // A brand of which a part is in scope is none of them.
            loop {
                let some = places::store::brands(conn, scope, after, rows)?;
                let is_last = (some.len() as i64) < rows;
                after = some.last().map(|one| one.id);
                let is_whole =
                    |one: &Brand| scope.covers_brand(one.id) && brand.is_none_or(|id| id == one.id);
                all.extend(
                    some.into_iter().filter(is_whole).map(|one| (Place::Brand(one.id), one.id, one.name)),
                );
                if is_last || all.len() as i64 >= rows {
                    all.truncate(usize::try_from(rows).unwrap_or_default());
                    break all;
                }
            }
        }
        PlaceKind::Region => {
            let all =
                places::store::regions(conn, scope, filter, after.map(|id| id.cast()), rows)?.into_iter();
            all.map(|one| (Place::Region(one.id), one.brand_id, one.name)).collect()
        }
        PlaceKind::Branch => {
            let all =
                places::store::branches(conn, scope, filter, after.map(|id| id.cast()), rows)?.into_iter();
            all.map(|one| (Place::Branch(one.id), one.brand_id, one.name)).collect()
        }
    })
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

/// The brand that a place in scope is of, and what the place is called.
fn found(conn: &mut Conn, scope: &Scope, place: Place) -> Result<(Brand, String)> {
    let (brand, name) = match place {
        Place::Brand(id) if scope.covers_brand(id) => (id, None),
        Place::Brand(_) => return Err(Error::new(Code::NotFound)),
        Place::Region(id) => {
            let region = places::store::region(conn, scope, id)?;
            (region.brand_id, Some(region.name))
        }
        Place::Branch(id) => {
            let branch = places::store::branch(conn, scope, id)?;
            (branch.brand_id, Some(branch.name))
        }
    };
    let brand = places::store::brand(conn, scope, brand)?;
    let name = name.unwrap_or_else(|| brand.name.clone());
    Ok((brand, name))
}

/// The whole brand of a place, as what the place is compared with: a caller who sees a place sees what its brand scores, and
/// nothing of each other place.
pub fn benchmark(of: &Visible) -> Visible {
    of.beside(Place::Brand(of.brand))
}
