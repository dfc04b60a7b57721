//! The statements that write many places at once.

use diesel::{prelude::*, upsert::excluded};

use crate::{
    db::{
        Conn,
        engine::each_engine,
        schema::{branch, region, region_above},
    },
    error::Result,
    ids::BrandId,
    places::model::{Branch, Region, RegionAbove},
};

// A statement takes 32,766 values on SQLite and 65,535 on PostgreSQL.
const BRANCHES_AT_ONCE: usize = 2_000;
const REGIONS_AT_ONCE: usize = 2_900;
const ABOVE_AT_ONCE: usize = 10_000;

/// All regions of a brand.
///
/// # Errors
/// Those of the database.
pub(in crate::places) fn all_regions(conn: &mut Conn, brand: BrandId) -> Result<Vec<Region>> {
    Ok(region::table.filter(region::brand_id.eq(brand)).select(Region::as_select()).load(conn)?)
}

/// All branches of a brand.
///
/// # Errors
/// Those of the database.
pub(in crate::places) fn all_branches(conn: &mut Conn, brand: BrandId) -> Result<Vec<Branch>> {
    Ok(branch::table.filter(branch::brand_id.eq(brand)).select(Branch::as_select()).load(conn)?)
}

/// Keeps new regions, in an order that has parents first.
///
/// # Errors
/// Those of the database.
pub(in crate::places) fn insert_regions(conn: &mut Conn, new: &[Region]) -> Result<()> {
    for some in new.chunks(REGIONS_AT_ONCE) {
        each_engine!(conn, c => diesel::insert_into(region::table).values(some).execute(c))?;
    }
    Ok(())
}

/// Keeps what regions lie in.
///
/// # Errors
/// Those of the database.
pub(in crate::places) fn insert_above(conn: &mut Conn, new: &[RegionAbove]) -> Result<()> {
    for some in new.chunks(ABOVE_AT_ONCE) {
        each_engine!(conn, c => diesel::insert_into(region_above::table).values(some).execute(c))?;
    }
    Ok(())
}

/// Keeps new branches.
///
/// # Errors
/// Those of the database.
pub(in crate::places) fn insert_branches(conn: &mut Conn, new: &[Branch]) -> Result<()> {
    for some in new.chunks(BRANCHES_AT_ONCE) {
        each_engine!(conn, c => diesel::insert_into(branch::table).values(some).execute(c))?;
    }
    Ok(())
}

/// Changes many rows in one statement: an insertion that finds them all there.
///
/// # Errors
/// Those of the database.
pub(in crate::places) fn update_branches(conn: &mut Conn, changed: &[Branch]) -> Result<()> {
    for some in changed.chunks(BRANCHES_AT_ONCE) {
        each_engine!(conn, c => diesel::insert_into(branch::table)
            .values(some)
            .on_conflict(branch::id)
            .do_update()
            .set((
                branch::name.eq(excluded(branch::name)),
                branch::address.eq(excluded(branch::address)),
                branch::latitude.eq(excluded(branch::latitude)),
                branch::longitude.eq(excluded(branch::longitude)),
                branch::time_zone.eq(excluded(branch::time_zone)),
                branch::languages.eq(excluded(branch::languages)),
                branch::revision.eq(excluded(branch::revision)),
            ))
            .execute(c))?;
    }
    Ok(())
}
