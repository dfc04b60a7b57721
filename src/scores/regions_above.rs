//! The regions that a place lay in, month by month.

use super::{model::Place, visible::Visible};
use crate::{
    db::Conn,
    error::Result,
    ids::RegionId,
    months::{Month, Period},
    places::moves::{self, model::Stays},
};

/// The regions that a place lies in in each month of a period, from the nearest up. A region is within itself.
///
/// # Errors
/// None but those of the database.
pub(super) fn regions_above(
    conn: &mut Conn,
    place: &Visible,
    period: Period,
) -> Result<Vec<(Month, Vec<RegionId>)>> {
    let tree = moves::store::tree(conn, place.brand)?;
    let stays = match place.place {
        Place::Branch(id) => moves::store::stays(conn, id)?,
        Place::Brand(_) | Place::Region(_) => Stays::default(),
    };
    let above = |month| match place.place {
        Place::Brand(_) => Vec::new(),
        Place::Region(id) => tree.above(Some(id), month),
        Place::Branch(_) => tree.nearest_first(stays.regions_in(month).collect(), month),
    };
    Ok(period.each_month().map(|month| (month, above(month))).collect())
}
