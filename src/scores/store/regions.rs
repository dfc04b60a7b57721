//! The statements about the figures of many regions at once.

use std::collections::{HashMap, hash_map::Entry};

use diesel::prelude::*;

use super::{Figure, changes};
use crate::{
    db::{Conn, schema::figure},
    error::Result,
    ids::{BranchId, BrandId, RegionId},
    months::Period,
    places::moves::{self, model::Stays},
    scores::{
        model::{Place, PlaceId, Reader},
        vector::Vector,
    },
};

/// What is counted for desks in a period at each of these regions of a brand, of those that have anything.
pub(in crate::scores) fn region_scores(
    conn: &mut Conn,
    brand: BrandId,
    regions: &[RegionId],
    period: Period,
) -> Result<HashMap<PlaceId, Vector>> {
    let ids: Vec<PlaceId> = regions.iter().map(|region| region.cast()).collect();
    let rows: Vec<Figure> = figure::table
        .filter(figure::place_id.eq_any(ids))
        .filter(figure::reader.eq(Reader::Desk))
        .filter(figure::month.between(period.from(), period.to()))
        .select(Figure::as_select())
        .load(conn)?;
    let mut by_region = HashMap::<PlaceId, Vector>::new();
    let mut add = |region: PlaceId, scores: &Vector| {
        let all = by_region.entry(region).or_default();
        *all = all.plus(scores);
    };
    for row in rows {
        add(row.place_id, &row.scores()?);
    }
    // Few changes wait to be folded: they are of few branches.
    let mut stays = HashMap::<BranchId, Stays>::new();
    for change in changes::of(conn, (Place::Brand(brand), brand), Reader::Desk, period)? {
        let stays = match stays.entry(change.branch_id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(moves::store::stays(conn, change.branch_id)?),
        };
        let scores = change.scores()?;
        stays
            .regions_in(change.month)
            .filter(|region| regions.contains(region))
            .for_each(|region| add(region.cast(), &scores));
    }
    Ok(by_region)
}
