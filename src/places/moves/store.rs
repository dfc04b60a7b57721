//! The statements about where places lie, month by month.

use std::collections::HashMap;

use diesel::prelude::*;

use super::model::{Stay, Stays, Tree, Way};
use crate::{
    db::{
        Conn,
        engine::each_engine,
        schema::{branch, region, region_above, stay},
    },
    error::Result,
    ids::{BranchId, BrandId, RegionId},
    months::Month,
    places::{
        model::{Branch, Region, RegionAbove},
        steps::{
            self,
            model::{Node, NodeId, Placed},
        },
        store::many,
    },
};

// A statement takes 32,766 values on SQLite, and a stay has 4.
const STAYS_AT_ONCE: usize = 8_000;
/// So many branches are named by one statement.
const BRANCHES_AT_ONCE: usize = 500;

/// That the branch of a row lay in a region, however deep, in the months of the row: from the one column to the other.
macro_rules! lay_in {
    ($region:expr, $branch:expr, $from:expr, $to:expr) => {
        diesel::dsl::exists(
            $crate::db::schema::stay::table
                .filter($crate::db::schema::stay::region_id.eq($region))
                .filter($crate::db::schema::stay::branch_id.eq($branch))
                .filter($crate::db::schema::stay::from_month.le($from))
                .filter($crate::db::schema::stay::to_month.ge($to)),
        )
    };
    ($region:expr, $branch:expr, $month:expr) => {
        $crate::places::moves::store::lay_in!($region, $branch, $month, $month)
    };
}
pub(crate) use lay_in;

/// A brand's tree of regions, in all months.
///
/// # Errors
/// Those of the database.
pub fn tree(conn: &mut Conn, brand: BrandId) -> Result<Tree> {
    let regions: Vec<(RegionId, Option<RegionId>)> = region::table
        .filter(region::brand_id.eq(brand))
        .select((region::id, region::parent_id))
        .load(conn)?;
    let taken = steps::store::of_regions(conn, brand)?;
    let way = |(id, parent): (RegionId, Option<RegionId>)| {
        (id, Way::of(parent, taken.get(&id).map_or(&[], Vec::as_slice)))
    };
    Ok(Tree::new(regions.into_iter().map(way)))
}

/// The way of one place.
///
/// # Errors
/// Those of the database.
pub fn way(conn: &mut Conn, of: &Placed) -> Result<Way> {
    Ok(Way::of(of.region_id, &steps::store::of(conn, of.node.id())?))
}

/// Where a branch lies, however deep, in all months: THE answer to the question which regions are above it.
///
/// # Errors
/// Those of the database.
pub fn stays(conn: &mut Conn, of: BranchId) -> Result<Stays> {
    let rows: Vec<(RegionId, Month, Month)> = stay::table
        .filter(stay::branch_id.eq(of))
        .order((stay::region_id, stay::from_month))
        .select((stay::region_id, stay::from_month, stay::to_month))
        .load(conn)?;
    Ok(Stays(rows.into_iter().map(|(region, from, to)| Stay { region, from, to }).collect()))
}

/// The months in which these branches lie in a region.
///
/// # Errors
/// Those of the database.
pub fn stays_in(
    conn: &mut Conn,
    region: RegionId,
    branches: &[BranchId],
) -> Result<HashMap<BranchId, Vec<Stay>>> {
    let mut by_branch = HashMap::<_, Vec<_>>::new();
    for some in branches.chunks(BRANCHES_AT_ONCE) {
        let rows: Vec<(BranchId, Month, Month)> = stay::table
            .filter(stay::region_id.eq(region))
            .filter(stay::branch_id.eq_any(some.to_vec()))
            .select((stay::branch_id, stay::from_month, stay::to_month))
            .load(conn)?;
        for (branch, from, to) in rows {
            by_branch.entry(branch).or_default().push(Stay { region, from, to });
        }
    }
    Ok(by_branch)
}

/// The branches that lie in a place in any month.
///
/// # Errors
/// Those of the database.
pub fn branches_ever_in(conn: &mut Conn, place: Node) -> Result<Vec<BranchId>> {
    match place {
        Node::Branch(id) => Ok(vec![id]),
        Node::Region(id) => Ok(stay::table
            .filter(stay::region_id.eq(id))
            .select(stay::branch_id)
            .distinct()
            .order(stay::branch_id)
            .load(conn)?),
    }
}

/// Makes the stays of these branches of a brand anew.
///
/// # Errors
/// Those of the database.
pub fn make_stays(conn: &mut Conn, tree: &Tree, branches: &[BranchId]) -> Result<()> {
    for some in branches.chunks(BRANCHES_AT_ONCE) {
        diesel::delete(stay::table.filter(stay::branch_id.eq_any(some.to_vec()))).execute(conn)?;
        let rows: Vec<(BranchId, Option<RegionId>)> = branch::table
            .filter(branch::id.eq_any(some.to_vec()))
            .select((branch::id, branch::region_id))
            .load(conn)?;
        let ids: Vec<NodeId> = rows.iter().map(|(id, _)| id.cast()).collect();
        let taken = steps::store::of_all(conn, &ids)?;
        let mut stays = Vec::new();
        for (id, present) in rows {
            let way = Way::of(present, taken.get(&id.cast()).map_or(&[], Vec::as_slice));
            stays.extend(tree.stays(&way).0.into_iter().map(|stay| (id, stay)));
        }
        insert_stays(conn, &stays)?;
    }
    Ok(())
}

/// Keeps the stays of new branches.
///
/// # Errors
/// Those of the database.
pub fn insert_stays(conn: &mut Conn, stays: &[(BranchId, Stay)]) -> Result<()> {
    for some in stays.chunks(STAYS_AT_ONCE) {
        let row = |(id, is): &(BranchId, Stay)| {
            (
                stay::branch_id.eq(*id),
                stay::region_id.eq(is.region),
                stay::from_month.eq(is.from),
                stay::to_month.eq(is.to),
            )
        };
        let rows: Vec<_> = some.iter().map(row).collect();
        each_engine!(conn, c => diesel::insert_into(stay::table).values(&rows).execute(c))?;
    }
    Ok(())
}

/// The places whose planned moves begin no later than this month.
///
/// # Errors
/// Those of the database.
pub fn to_carry_out(conn: &mut Conn, until: Month) -> Result<Vec<Node>> {
    let regions: Vec<RegionId> = region::table
        .filter(region::moves_from.le(until))
        .order((region::moves_from, region::id))
        .select(region::id)
        .load(conn)?;
    let branches: Vec<BranchId> = branch::table
        .filter(branch::moves_from.le(until))
        .order((branch::moves_from, branch::id))
        .select(branch::id)
        .load(conn)?;
    Ok(regions.into_iter().map(Node::Region).chain(branches.into_iter().map(Node::Branch)).collect())
}

/// Where regions of a brand are to move, and what they are called.
///
/// # Errors
/// Those of the database.
pub fn to_come(conn: &mut Conn, brand: BrandId) -> Result<Vec<(Option<RegionId>, String)>> {
    Ok(region::table
        .filter(region::brand_id.eq(brand))
        .filter(region::moves_from.is_not_null())
        .select((region::moves_to, region::name))
        .load(conn)?)
}

/// Whether another region than this one has this name here, or will have it.
///
/// # Errors
/// Those of the database.
pub fn is_name_taken_at(
    conn: &mut Conn,
    (brand, parent): (BrandId, Option<RegionId>),
    name: &str,
    but: RegionId,
) -> Result<bool> {
    type Ends = (Option<RegionId>, Option<Month>, Option<RegionId>);
    let others: Vec<Ends> = region::table
        .filter(region::brand_id.eq(brand))
        .filter(region::name.eq(name.to_owned()))
        .filter(region::id.ne(but))
        .select((region::parent_id, region::moves_from, region::moves_to))
        .load(conn)?;
    Ok(others.iter().any(|(is, from, to)| *is == parent || from.is_some() && *to == parent))
}

/// The places of a brand that are to move.
///
/// # Errors
/// Those of the database.
pub fn planned(conn: &mut Conn, brand: BrandId) -> Result<Vec<Placed>> {
    let regions: Vec<Region> = region::table
        .filter(region::brand_id.eq(brand))
        .filter(region::moves_from.is_not_null())
        .order(region::id)
        .select(Region::as_select())
        .load(conn)?;
    let branches: Vec<Branch> = branch::table
        .filter(branch::brand_id.eq(brand))
        .filter(branch::moves_from.is_not_null())
        .order(branch::id)
        .select(Branch::as_select())
        .load(conn)?;
    Ok(regions.into_iter().map(Placed::from).chain(branches.into_iter().map(Placed::from)).collect())
}

/// Lets a region, with all below it, lie in this region at present.
///
/// # Errors
/// Those of the database.
pub fn hang(conn: &mut Conn, id: RegionId, parent: Option<RegionId>) -> Result<()> {
    let below: Vec<(RegionId, i32)> = region_above::table
        .filter(region_above::ancestor_id.eq(id))
        .select((region_above::region_id, region_above::height))
        .load(conn)?;
    let was: Vec<RegionId> = region_above::table
        .filter(region_above::region_id.eq(id))
        .filter(region_above::ancestor_id.ne(id))
        .select(region_above::ancestor_id)
        .load(conn)?;
    let ids: Vec<RegionId> = below.iter().map(|(region, _)| *region).collect();
    for some in ids.chunks(BRANCHES_AT_ONCE) {
        let gone = region_above::table
            .filter(region_above::region_id.eq_any(some.to_vec()))
            .filter(region_above::ancestor_id.eq_any(was.clone()));
        diesel::delete(gone).execute(conn)?;
    }
    let above = match parent {
        Some(parent) => crate::places::store::regions_above(conn, parent)?,
        None => Vec::new(),
    };
    let rows: Vec<RegionAbove> = below
        .iter()
        .flat_map(|&(region_id, height)| {
            (height + 1..).zip(&above).map(move |(height, &ancestor_id)| RegionAbove {
                region_id,
                ancestor_id,
                height,
            })
        })
        .collect();
    many::insert_above(conn, &rows)
}

/// The time zones of the branches that lie in a region at present, each once.
///
/// # Errors
/// Those of the database.
pub fn zones_in(conn: &mut Conn, id: RegionId) -> Result<Vec<String>> {
    let below = region_above::table
        .filter(region_above::ancestor_id.eq(id))
        .select(region_above::region_id.nullable());
    Ok(branch::table
        .filter(branch::region_id.eq_any(below))
        .select(branch::time_zone)
        .distinct()
        .order(branch::time_zone)
        .load(conn)?)
}
