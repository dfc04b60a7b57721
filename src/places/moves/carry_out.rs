//! Carrying out a planned move once its month has begun: from then on the columns of the place say that it lies in the new region. Figures are
//! counted by months, and took the move into account when it was planned.

use super::{present::present, store};
use crate::{
    db::{Conn, types::Instant},
    error::{Error, Result},
    places::{
        self,
        steps::{
            self,
            model::{Node, Placed},
        },
    },
};

/// Carries out the move that is planned of a place, if its month has begun and it need not wait for another one; gives the place if it was
/// carried out.
///
/// # Errors
/// Those of the database; `conflict` if another region there has its name.
pub fn carry_out_if_begun(conn: &mut Conn, place: Node, now: Instant) -> Result<Option<Placed>> {
    let Some(place) = steps::store::find(conn, place)? else { return Ok(None) };
    if !can_be_carried_out(conn, &place, now)? {
        return Ok(None);
    }
    carry_out(conn, place.next()).map(Some)
}

/// Whether the month of the move that is planned of a place has begun, and the region that it moves to does not lie in the place itself at
/// present. Where it does, another move takes that region out of the place in the same month, and has not been carried out yet.
///
/// # Errors
/// Those of the database.
pub(super) fn can_be_carried_out(conn: &mut Conn, place: &Placed, now: Instant) -> Result<bool> {
    let present = present(conn, place, now)?;
    Ok(place.moves_from.is_some_and(|from| from <= present) && !has_to_wait(conn, place)?)
}

fn has_to_wait(conn: &mut Conn, place: &Placed) -> Result<bool> {
    match (place.node, place.moves_to) {
        (Node::Region(id), Some(to)) => Ok(places::store::regions_above(conn, to)?.contains(&id)),
        _ => Ok(false),
    }
}

/// Lets a place lie where its planned move says.
///
/// # Errors
/// Those of the database; `conflict` if another region there has its name.
pub(super) fn carry_out(conn: &mut Conn, place: Placed) -> Result<Placed> {
    let region_id = place.moves_to;
    let is = Placed { region_id, moves_from: None, moves_to: None, ..place };
    steps::store::update(conn, &is)
        .map_err(|error: Error| error.taken("another region there has its name"))?;
    if let Node::Region(id) = is.node {
        store::hang(conn, id, region_id)?;
    }
    Ok(is)
}
