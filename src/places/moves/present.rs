//! Which month it is at a place.

use jiff::tz::TimeZone;

use super::store;
use crate::{
    db::{Conn, types::Instant},
    error::Result,
    months::Month,
    places::{
        model::time_zone,
        steps::model::{Node, Placed},
    },
};

/// The present month: of a branch by its clock, of a region the latest by the clocks of its branches.
///
/// # Errors
/// Those of the database.
pub fn present(conn: &mut Conn, place: &Placed, now: Instant) -> Result<Month> {
    let zones = match (place.node, &place.time_zone) {
        (Node::Region(id), _) => store::zones_in(conn, id)?,
        (Node::Branch(_), zone) => zone.iter().cloned().collect(),
    };
    let months = zones.iter().map(|zone| Month::of(now, &time_zone(zone).unwrap_or(TimeZone::UTC)));
    Ok(months.max().unwrap_or_else(|| Month::of(now, &TimeZone::UTC)))
}
