//! What an import writes: a whole file in a few statements.

use std::collections::HashMap;

use diesel::{prelude::*, upsert::excluded};

use super::{
    super::{
        lines::{Line, Mistakes},
        model::{Above, Branch, Imported, Region},
    },
    require_brand,
};
use crate::{
    accounts::policy::Scope,
    clock::Clock,
    db::{
        Conn,
        engine::each_engine,
        schema::{branch, region, region_above},
        types::Instant,
    },
    error::Result,
    ids::{BrandId, RegionId},
};

// A statement takes 32,766 values on SQLite and 65,535 on PostgreSQL.
const BRANCHES_AT_ONCE: usize = 2_500;
const REGIONS_AT_ONCE: usize = 5_000;
const ABOVE_AT_ONCE: usize = 10_000;

/// Makes what is missing and changes what differs.
///
/// # Errors
/// `not_found` if the brand is not there or not the caller's to change; `invalid` with every line whose branch would
/// have to move to another region.
pub(in crate::places) fn import(
    conn: &mut Conn,
    scope: &Scope,
    brand: BrandId,
    lines: &[Line],
    clock: &Clock,
) -> Result<Imported> {
    require_brand(conn, scope, brand)?;
    let mut tree = Tree::load(conn, brand, clock)?;
    let there = branches_by_code(conn, brand)?;
    let (mut new, mut changed, mut unchanged) = (Vec::new(), Vec::new(), 0);
    let mut mistakes = Mistakes::default();
    for line in lines {
        let region = tree.reach(&line.region);
        match there.get(&line.code) {
            None => new.push(line.branch(clock.new_id(), brand, region, tree.now)),
            Some(old) if old.region_id != region => {
                let message = "the branch is in another region; an import does not move it";
                mistakes.add(line.number, "region", "conflict", message);
            }
            Some(old) if line.describes(old) => unchanged += 1,
            Some(old) => {
                let wanted = line.branch(old.id, brand, region, old.created_at);
                changed.push(Branch { revision: old.revision + 1, ..wanted });
            }
        }
    }
    mistakes.none_or_error()?;
    tree.keep(conn)?;
    insert_branches(conn, &new)?;
    update_branches(conn, &changed)?;
    Ok(Imported {
        regions_added: count(&tree.new),
        branches_added: count(&new),
        branches_changed: count(&changed),
        branches_unchanged: unchanged,
    })
}

fn count<T>(things: &[T]) -> u32 {
    u32::try_from(things.len()).unwrap_or(u32::MAX)
}

/// A brand's regions by their names on the way down, with those that are still to be kept.
struct Tree<'a> {
    brand: BrandId,
    clock: &'a Clock,
    now: Instant,
    below: HashMap<Option<RegionId>, HashMap<String, RegionId>>,
    new: Vec<Region>,
    above: Vec<Above>,
}

impl<'a> Tree<'a> {
    fn load(conn: &mut Conn, brand: BrandId, clock: &'a Clock) -> Result<Self> {
        let regions: Vec<(RegionId, Option<RegionId>, String)> = region::table
            .filter(region::brand_id.eq(brand))
            .select((region::id, region::parent_id, region::name))
            .load(conn)?;
        let mut below: HashMap<_, HashMap<_, _>> = HashMap::new();
        for (id, parent, name) in regions {
            below.entry(parent).or_default().insert(name, id);
        }
        Ok(Self { brand, clock, now: clock.now(), below, new: Vec::new(), above: Vec::new() })
    }

    /// The region at the end of this path; those that are missing are made.
    fn reach(&mut self, path: &[String]) -> Option<RegionId> {
        let mut passed: Vec<RegionId> = Vec::with_capacity(path.len());
        for name in path {
            let parent = passed.first().copied();
            let there = self.below.get(&parent).and_then(|regions| regions.get(name)).copied();
            let id = there.unwrap_or_else(|| self.make(name, &passed));
            passed.insert(0, id);
        }
        passed.first().copied()
    }

    fn make(&mut self, name: &str, parents: &[RegionId]) -> RegionId {
        let (id, parent_id) = (self.clock.new_id(), parents.first().copied());
        let region = Region {
            id,
            brand_id: self.brand,
            parent_id,
            name: name.to_owned(),
            revision: 1,
            created_at: self.now,
        };
        self.new.push(region);
        self.above.extend(Above::all(id, parents));
        self.below.entry(parent_id).or_default().insert(name.to_owned(), id);
        id
    }

    /// Keeps the new ones, which are in an order that has parents first.
    fn keep(&self, conn: &mut Conn) -> Result<()> {
        for some in self.new.chunks(REGIONS_AT_ONCE) {
            each_engine!(conn, c => diesel::insert_into(region::table).values(some).execute(c))?;
        }
        for some in self.above.chunks(ABOVE_AT_ONCE) {
            each_engine!(conn, c => diesel::insert_into(region_above::table).values(some).execute(c))?;
        }
        Ok(())
    }
}

fn branches_by_code(conn: &mut Conn, brand: BrandId) -> Result<HashMap<String, Branch>> {
    let branches: Vec<Branch> =
        branch::table.filter(branch::brand_id.eq(brand)).select(Branch::as_select()).load(conn)?;
    Ok(branches.into_iter().map(|branch| (branch.code.clone(), branch)).collect())
}

fn insert_branches(conn: &mut Conn, new: &[Branch]) -> Result<()> {
    for some in new.chunks(BRANCHES_AT_ONCE) {
        each_engine!(conn, c => diesel::insert_into(branch::table).values(some).execute(c))?;
    }
    Ok(())
}

/// Changes many rows in one statement: an insertion that finds them all there.
fn update_branches(conn: &mut Conn, changed: &[Branch]) -> Result<()> {
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
