//! Carrying out a planned move: the month has begun, so the place lies there at present. What is counted by months knew it before.

use super::{plan_move::present, store};
use crate::{
    db::{Conn, types::Instant},
    error::{Error, Result},
    places::steps::{
        self,
        model::{Node, Placed},
    },
};

/// Carries out the move that is planned of a place, if its month has begun; gives the place if there was something to do.
///
/// # Errors
/// Those of the database.
pub fn carry_out_if_begun(conn: &mut Conn, place: Node, now: Instant) -> Result<Option<Placed>> {
    let Some(place) = steps::store::find(conn, place)? else { return Ok(None) };
    let present = present(conn, &place, now)?;
    if place.moves_from.is_none_or(|from| from > present) {
        return Ok(None);
    }
    carry_out(conn, place.next()).map(Some)
}

/// Lets a place lie where its planned move says.
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
