//! Relocating: what was counted at a place that lies elsewhere from a month on is taken out of the regions that it lay in, and put into those
//! that it lies in, month by month. The figures of the place itself, and of its brand, stay.

use std::collections::BTreeSet;

use super::{
    fold::{Figured, Folded},
    model::{Place, PlaceKind, Reader},
    store,
};
use crate::{
    db::Conn,
    error::{Error, FieldError, Result},
    ids::RegionId,
    months::Month,
    places::{
        moves::{self, lying::Change},
        steps::model::{Node, Placed},
    },
};

/// Refuses a month of which the branch's side has been shown anything at the place, or of a later one: what it was shown would change, and the
/// difference of two nights would be what was counted in branches that are not its own.
///
/// # Errors
/// `invalid`, with the first month that may be named.
pub fn require_unshown(conn: &mut Conn, place: &Placed, from: Month) -> Result<()> {
    let branches = moves::store::branches_ever_in(conn, place.node)?;
    match store::shown::last_month(conn, &branches)? {
        Some(last) if from <= last => {
            let first = last.plus(1).unwrap_or(last);
            let message = format!(
                "figures of {last} were shown to managers there: it moves from {first} on at the earliest"
            );
            Err(Error::invalid(vec![FieldError::new("/from", "shown", message)]))
        }
        _ => Ok(()),
    }
}

/// Moves the figures of a place to the regions that it lies in now. What has not been folded yet follows by itself.
///
/// # Errors
/// None but those of the database.
pub fn relocate(conn: &mut Conn, moved: &Placed, change: &Change) -> Result<()> {
    let place = match moved.node {
        Node::Region(id) => Place::Region(id),
        Node::Branch(id) => Place::Branch(id),
    };
    let mut sums = Folded::default();
    for (month, scores) in store::folded_from(conn, place, change.from)? {
        let above = |regions: Vec<RegionId>| regions.into_iter().collect::<BTreeSet<_>>();
        let (was, is) = (above(change.before.above(month)), above(change.after.above(month)));
        let of = |region: &RegionId| Figured {
            place: region.cast(),
            kind: PlaceKind::Region,
            brand: moved.brand_id,
            reader: Reader::Desk,
            month,
        };
        let taken_out = scores.clone().taken_out(0);
        was.difference(&is).for_each(|region| sums.add(of(region), &taken_out));
        is.difference(&was).for_each(|region| sums.add(of(region), &scores));
    }
    sums.keep(conn)
}
