//! The statements about steps of places, and about the columns that they change.

use std::collections::HashMap;

use diesel::{dsl::count_star, prelude::*};

use super::model::{Node, NodeId, NodeKind, PlaceStep, Placed};
use crate::{
    accounts::policy::Scope,
    db::{
        Conn,
        engine::each_engine,
        schema::{branch, place_step, region},
        sealing::rows_sealed,
    },
    error::{Code, Error, Result},
    ids::{BrandId, RegionId},
    places::model::{Branch, Region},
};

// A statement takes 32,766 values on SQLite, and a step has 14.
const STEPS_AT_ONCE: usize = 2_000;
/// So many places are named by one statement.
const PLACES_AT_ONCE: usize = 500;

/// The place, to be moved or retired.
///
/// # Errors
/// `not_found` if it is not there, or not the caller's to change.
pub fn to_change(conn: &mut Conn, scope: &Scope, node: Node) -> Result<Placed> {
    let found = find(conn, node)?.filter(|found| scope.covers_brand(found.brand_id));
    found.ok_or_else(|| Error::new(Code::NotFound))
}

/// The place, in no scope.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &mut Conn, node: Node) -> Result<Option<Placed>> {
    Ok(match node {
        Node::Region(id) => {
            let found = region::table.find(id).select(Region::as_select()).first(conn).optional()?;
            found.map(Placed::from)
        }
        Node::Branch(id) => {
            let found = branch::table.find(id).select(Branch::as_select()).first(conn).optional()?;
            found.map(Placed::from)
        }
    })
}

/// Keeps where a place lies and what is to become of it.
///
/// # Errors
/// `conflict` if a region beside it has its name.
pub fn update(conn: &mut Conn, is: &Placed) -> Result<()> {
    match is.node {
        Node::Region(id) => diesel::update(region::table.find(id))
            .set((
                region::parent_id.eq(is.region_id),
                region::retired_at.eq(is.retired_at),
                region::retired_with.eq(is.retired_with),
                region::moves_from.eq(is.moves_from),
                region::moves_to.eq(is.moves_to),
                region::revision.eq(is.revision),
            ))
            .execute(conn)?,
        Node::Branch(id) => diesel::update(branch::table.find(id))
            .set((
                branch::region_id.eq(is.region_id),
                branch::retired_at.eq(is.retired_at),
                branch::retired_with.eq(is.retired_with),
                branch::moves_from.eq(is.moves_from),
                branch::moves_to.eq(is.moves_to),
                branch::revision.eq(is.revision),
            ))
            .execute(conn)?,
    };
    Ok(())
}

/// These regions, and the branches right in them.
///
/// # Errors
/// Those of the database.
pub fn within(conn: &mut Conn, regions: &[RegionId]) -> Result<Vec<Placed>> {
    let mut found = Vec::new();
    for some in regions.chunks(PLACES_AT_ONCE) {
        let own: Vec<Region> = region::table
            .filter(region::id.eq_any(some.to_vec()))
            .order(region::id)
            .select(Region::as_select())
            .load(conn)?;
        let branches: Vec<Branch> = branch::table
            .filter(branch::region_id.eq_any(some.to_vec()))
            .order(branch::id)
            .select(Branch::as_select())
            .load(conn)?;
        found.extend(own.into_iter().map(Placed::from).chain(branches.into_iter().map(Placed::from)));
    }
    Ok(found)
}

/// How many steps were taken with each of these places, if any was.
///
/// # Errors
/// Those of the database.
pub fn counts(conn: &mut Conn, places: &[NodeId]) -> Result<HashMap<NodeId, i64>> {
    let mut by_place = HashMap::new();
    for some in places.chunks(PLACES_AT_ONCE) {
        let counted: Vec<(NodeId, i64)> = place_step::table
            .filter(place_step::place_id.eq_any(some.to_vec()))
            .group_by(place_step::place_id)
            .select((place_step::place_id, count_star()))
            .load(conn)?;
        by_place.extend(counted);
    }
    Ok(by_place)
}

/// Keeps new steps.
///
/// # Errors
/// Those of the database.
pub fn insert(conn: &mut Conn, steps: &[PlaceStep]) -> Result<()> {
    for some in steps.chunks(STEPS_AT_ONCE) {
        each_engine!(conn, c => diesel::insert_into(place_step::table).values(some).execute(c))?;
    }
    Ok(())
}

/// The steps that were taken with a place, the first one first.
///
/// # Errors
/// Those of the database.
pub fn of(conn: &mut Conn, place: NodeId) -> Result<Vec<PlaceStep>> {
    Ok(place_step::table
        .filter(place_step::place_id.eq(place))
        .order(place_step::number)
        .select(PlaceStep::as_select())
        .load(conn)?)
}

/// The last step that was taken with a place.
///
/// # Errors
/// Those of the database.
pub fn last(conn: &mut Conn, place: NodeId) -> Result<Option<PlaceStep>> {
    Ok(place_step::table
        .filter(place_step::place_id.eq(place))
        .order(place_step::number.desc())
        .select(PlaceStep::as_select())
        .first(conn)
        .optional()?)
}

/// The steps that were taken with these places, by place, the first one first.
///
/// # Errors
/// Those of the database.
pub fn of_all(conn: &mut Conn, places: &[NodeId]) -> Result<HashMap<NodeId, Vec<PlaceStep>>> {
    let mut by_place = HashMap::<_, Vec<_>>::new();
    for some in places.chunks(PLACES_AT_ONCE) {
        let steps: Vec<PlaceStep> = place_step::table
            .filter(place_step::place_id.eq_any(some.to_vec()))
            .order(place_step::number)
            .select(PlaceStep::as_select())
            .load(conn)?;
        steps.into_iter().for_each(|step| by_place.entry(step.place_id).or_default().push(step));
    }
    Ok(by_place)
}

/// The steps that were taken with a brand's regions, by region, the first one first.
///
/// # Errors
/// Those of the database.
pub fn of_regions(conn: &mut Conn, brand: BrandId) -> Result<HashMap<RegionId, Vec<PlaceStep>>> {
    let steps: Vec<PlaceStep> = place_step::table
        .filter(place_step::brand_id.eq(brand))
        .filter(place_step::place_kind.eq(NodeKind::Region))
        .order(place_step::number)
        .select(PlaceStep::as_select())
        .load(conn)?;
    let mut by_region = HashMap::<_, Vec<_>>::new();
    steps.into_iter().for_each(|step| by_region.entry(step.place_id.cast()).or_default().push(step));
    Ok(by_region)
}

rows_sealed!(place_step::table by id with salt, set_steps_sealed);
