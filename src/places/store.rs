//! All SQL about brands, regions and branches.

mod bulk;

use std::collections::HashMap;

use diesel::{dsl::AsExprOf, prelude::*, sql_types::Bool};

pub(super) use self::bulk::import;
use super::model::{Above, Branch, Brand, DEEPEST, Region};
use crate::{
    accounts::policy::Scope,
    db::{
        Conn,
        engine::{MultiBackend, each_engine},
        schema::{branch, brand, region, region_above},
    },
    error::{Code, Error, FieldError, Result},
    ids::{BranchId, BrandId, RegionId},
};

/// So many branches are named by one statement.
const NAMES_AT_ONCE: usize = 500;

/// Why a place does not move by being changed: figures are kept per region.
const STAYS: &str = "it is elsewhere in the tree, and stays there: changing a place does not move it";

/// A brand, if the scope covers anything in it.
///
/// # Errors
/// `not_found` if it is not there, or out of scope.
pub fn brand(conn: &mut Conn, scope: &Scope, id: BrandId) -> Result<Brand> {
    let there = brand_if_there(conn, id)?.filter(|_| scope.touches_brand(id));
    there.ok_or_else(|| Error::new(Code::NotFound))
}

/// A region, if the scope covers all of it.
///
/// # Errors
/// `not_found` if it is not there, or out of scope.
pub fn region(conn: &mut Conn, scope: &Scope, id: RegionId) -> Result<Region> {
    Ok(seen_regions(scope).filter(region::id.eq(id)).select(Region::as_select()).first(conn)?)
}

/// A branch, if the scope covers it.
///
/// # Errors
/// `not_found` if it is not there, or out of scope.
pub fn branch(conn: &mut Conn, scope: &Scope, id: BranchId) -> Result<Branch> {
    Ok(seen_branches(scope).filter(branch::id.eq(id)).select(Branch::as_select()).first(conn)?)
}

/// The code and the name of those of these branches that are in scope.
pub fn branch_names(
    conn: &mut Conn,
    scope: &Scope,
    ids: &[BranchId],
) -> Result<HashMap<BranchId, (String, String)>> {
    let mut names = HashMap::with_capacity(ids.len());
    for ids in ids.chunks(NAMES_AT_ONCE) {
        let rows: Vec<(BranchId, String, String)> = seen_branches(scope)
            .filter(branch::id.eq_any(ids.to_vec()))
            .select((branch::id, branch::code, branch::name))
            .load(conn)?;
        names.extend(rows.into_iter().map(|(id, code, name)| (id, (code, name))));
    }
    Ok(names)
}

/// The region itself and every one that it lies in, upwards; nothing if there is no such region.
pub fn regions_above(conn: &mut Conn, id: RegionId) -> Result<Vec<RegionId>> {
    Ok(region_above::table
        .filter(region_above::region_id.eq(id))
        .order(region_above::height)
        .select(region_above::ancestor_id)
        .load(conn)?)
}

/// The ids of the branches in scope, for `….filter(some::branch_id.eq_any(branches_in(&scope)))`.
///
/// An engine may put all of them together before it looks at the first: for one branch [`branch()`] is quicker, and
/// where the scope is operator-wide, no filter at all is.
pub fn branches_in(scope: &Scope) -> BranchIds {
    branch_ids(scope.is_operator_wide(), scope.brands(), scope.regions(), scope.branches())
}

#[diesel::dsl::auto_type(type_name = "BranchIds")]
fn branch_ids(all: bool, brands: Vec<BrandId>, regions: Vec<RegionId>, branches: Vec<BranchId>) -> _ {
    let all: AsExprOf<bool, Bool> = all.into_sql::<Bool>();
    let below: Below = below(regions);
    branch::table
        .filter(
            all.or(branch::brand_id.eq_any(brands))
                .or(branch::region_id.eq_any(below))
                .or(branch::id.eq_any(branches)),
        )
        .select(branch::id)
}

fn seen_branches(scope: &Scope) -> branch::BoxedQuery<'static, MultiBackend> {
    let all = branch::table.into_boxed();
    if scope.is_operator_wide() {
        return all;
    }
    all.filter(
        branch::brand_id
            .eq_any(scope.brands())
            .or(branch::region_id.eq_any(below(scope.regions())))
            .or(branch::id.eq_any(scope.branches())),
    )
}

fn seen_regions(scope: &Scope) -> region::BoxedQuery<'static, MultiBackend> {
    let all = region::table.into_boxed();
    if scope.is_operator_wide() {
        return all;
    }
    let below = below(scope.regions());
    all.filter(region::brand_id.eq_any(scope.brands()).or(region::id.nullable().eq_any(below)))
}

/// These regions and all that lie in them.
#[diesel::dsl::auto_type(type_name = "Below")]
fn below(regions: Vec<RegionId>) -> _ {
    region_above::table
        .filter(region_above::ancestor_id.eq_any(regions))
        .select(region_above::region_id.nullable())
}

/// Brands of which anything is in scope, after this one in the order of their ids.
pub(super) fn brands(
    conn: &mut Conn,
    scope: &Scope,
    after: Option<BrandId>,
    rows: i64,
) -> Result<Vec<Brand>> {
    let mut query = brand::table.into_boxed();
    if !scope.is_operator_wide() {
        query = query.filter(brand::id.eq_any(scope.touched_brands()));
    }
    if let Some(after) = after {
        query = query.filter(brand::id.gt(after));
    }
    Ok(query.order(brand::id).limit(rows).select(Brand::as_select()).load(conn)?)
}

/// Brands of this name that are in scope whole, in the order of their ids: names need not differ.
pub fn brands_named(conn: &mut Conn, scope: &Scope, name: &str) -> Result<Vec<Brand>> {
    let mut query = brand::table.filter(brand::name.eq(name.to_owned())).into_boxed();
    if !scope.is_operator_wide() {
        query = query.filter(brand::id.eq_any(scope.brands()));
    }
    Ok(query.order(brand::id).select(Brand::as_select()).load(conn)?)
}

/// Which regions or branches are wanted of those in scope.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    /// Only those of this brand.
    pub(super) brand: Option<BrandId>,
    /// Only those in this region, however deep.
    pub(super) within: Option<RegionId>,
    /// So many at most.
    pub(super) rows: i64,
}

/// Regions in scope, after this one in the order of their ids. A region is within itself.
pub(super) fn regions(
    conn: &mut Conn,
    scope: &Scope,
    wanted: Wanted,
    after: Option<RegionId>,
) -> Result<Vec<Region>> {
    let mut query = seen_regions(scope);
    if let Some(brand) = wanted.brand {
        query = query.filter(region::brand_id.eq(brand));
    }
    if let Some(within) = wanted.within {
        query = query.filter(region::id.nullable().eq_any(below(vec![within])));
    }
    if let Some(after) = after {
        query = query.filter(region::id.gt(after));
    }
    Ok(query.order(region::id).limit(wanted.rows).select(Region::as_select()).load(conn)?)
}

/// All regions of a brand that are in scope.
pub fn regions_of(conn: &mut Conn, scope: &Scope, brand: BrandId) -> Result<Vec<Region>> {
    Ok(seen_regions(scope).filter(region::brand_id.eq(brand)).select(Region::as_select()).load(conn)?)
}

/// Branches in scope, after this one in the order of their ids.
pub(super) fn branches(
    conn: &mut Conn,
    scope: &Scope,
    wanted: Wanted,
    after: Option<BranchId>,
) -> Result<Vec<Branch>> {
    let mut query = seen_branches(scope);
    if let Some(brand) = wanted.brand {
        query = query.filter(branch::brand_id.eq(brand));
    }
    if let Some(within) = wanted.within {
        query = query.filter(branch::region_id.eq_any(below(vec![within])));
    }
    if let Some(after) = after {
        query = query.filter(branch::id.gt(after));
    }
    Ok(query.order(branch::id).limit(wanted.rows).select(Branch::as_select()).load(conn)?)
}

/// The brand with this id, whoever asks: what a `PUT` would change.
pub fn brand_if_there(conn: &mut Conn, id: BrandId) -> Result<Option<Brand>> {
    Ok(brand::table.find(id).select(Brand::as_select()).first(conn).optional()?)
}

/// Refuses to write in a brand that the scope does not cover whole.
///
/// # Errors
/// `not_found` if the brand is not there, or not the caller's to change.
pub(super) fn require_brand(conn: &mut Conn, scope: &Scope, id: BrandId) -> Result<()> {
    let there = brand_if_there(conn, id)?.filter(|_| scope.covers_brand(id));
    there.map(|_| ()).ok_or_else(|| Error::new(Code::NotFound).detail("there is no such brand"))
}

/// The region that a `PUT` into this brand would change, if there is one.
///
/// # Errors
/// `not_found` if the brand is not there, or brand or region are not the caller's to change.
pub(super) fn region_to_change(
    conn: &mut Conn,
    scope: &Scope,
    brand: BrandId,
    id: RegionId,
) -> Result<Option<Region>> {
    require_brand(conn, scope, brand)?;
    let there: Option<Region> = region::table.find(id).select(Region::as_select()).first(conn).optional()?;
    match there {
        Some(region) if !scope.covers_brand(region.brand_id) => Err(Error::new(Code::NotFound)),
        there => Ok(there),
    }
}

/// The branch that a `PUT` into this brand would change, if there is one.
///
/// # Errors
/// `not_found` if the brand is not there, or brand or branch are not the caller's to change.
pub(super) fn branch_to_change(
    conn: &mut Conn,
    scope: &Scope,
    brand: BrandId,
    id: BranchId,
) -> Result<Option<Branch>> {
    require_brand(conn, scope, brand)?;
    let there: Option<Branch> = branch::table.find(id).select(Branch::as_select()).first(conn).optional()?;
    match there {
        Some(branch) if !scope.covers_brand(branch.brand_id) => Err(Error::new(Code::NotFound)),
        there => Ok(there),
    }
}

/// Keeps a new brand.
pub fn insert_brand(conn: &mut Conn, new: Brand) -> Result<Brand> {
    diesel::insert_into(brand::table).values(&new).execute(conn)?;
    Ok(new)
}

/// Keeps a changed brand, as its next revision.
pub(super) fn update_brand(conn: &mut Conn, mut changed: Brand) -> Result<Brand> {
    changed.revision += 1;
    diesel::update(brand::table.find(changed.id))
        .set((
            brand::name.eq(&changed.name),
            brand::language.eq(&changed.language),
            brand::minimum_visits.eq(changed.minimum_visits),
            brand::fallback_languages.eq(&changed.fallback_languages),
            brand::revision.eq(changed.revision),
        ))
        .execute(conn)?;
    Ok(changed)
}

/// Keeps a new region, with all that it lies in.
///
/// # Errors
/// `invalid` if its parent is not of its brand or too deep; `conflict` if one beside it has its name.
pub(super) fn insert_region(conn: &mut Conn, new: Region) -> Result<Region> {
    let parents = match new.parent_id {
        Some(parent) => {
            require_region(conn, new.brand_id, parent, "/parent_id")?;
            regions_above(conn, parent)?
        }
        None => Vec::new(),
    };
    if parents.len() >= DEEPEST {
        let message = format!("regions nest at most {DEEPEST} deep");
        return Err(Error::invalid(vec![FieldError::new("/parent_id", "depth", message)]));
    }
    diesel::insert_into(region::table).values(&new).execute(conn).map_err(name_taken)?;
    let above = Above::all(new.id, &parents);
    each_engine!(conn, c => diesel::insert_into(region_above::table).values(&above).execute(c))?;
    Ok(new)
}

/// Keeps a changed region, as its next revision.
///
/// # Errors
/// `conflict` if it would move, or if one beside it has its name.
pub(super) fn update_region(conn: &mut Conn, old: &Region, mut changed: Region) -> Result<Region> {
    if !changed.is_where(old) {
        return Err(Error::new(Code::Conflict).detail(STAYS));
    }
    changed.revision += 1;
    diesel::update(region::table.find(changed.id))
        .set((region::name.eq(&changed.name), region::revision.eq(changed.revision)))
        .execute(conn)
        .map_err(name_taken)?;
    Ok(changed)
}

/// Keeps a new branch.
///
/// # Errors
/// `invalid` if its region is not of its brand; `conflict` if another one of the brand has its code.
pub(super) fn insert_branch(conn: &mut Conn, new: Branch) -> Result<Branch> {
    if let Some(region) = new.region_id {
        require_region(conn, new.brand_id, region, "/region_id")?;
    }
    diesel::insert_into(branch::table).values(&new).execute(conn).map_err(code_taken)?;
    Ok(new)
}

/// Keeps a changed branch, as its next revision.
///
/// # Errors
/// `conflict` if it would move, or if another one of the brand has its code.
pub(super) fn update_branch(conn: &mut Conn, old: &Branch, mut changed: Branch) -> Result<Branch> {
    if !changed.is_where(old) {
        return Err(Error::new(Code::Conflict).detail(STAYS));
    }
    changed.revision += 1;
    diesel::update(branch::table.find(changed.id))
        .set((
            branch::code.eq(&changed.code),
            branch::name.eq(&changed.name),
            branch::address.eq(&changed.address),
            branch::latitude.eq(changed.latitude),
            branch::longitude.eq(changed.longitude),
            branch::time_zone.eq(&changed.time_zone),
            branch::languages.eq(&changed.languages),
            branch::revision.eq(changed.revision),
        ))
        .execute(conn)
        .map_err(code_taken)?;
    Ok(changed)
}

fn require_region(conn: &mut Conn, brand: BrandId, id: RegionId, pointer: &str) -> Result<()> {
    let of: Option<BrandId> = region::table.find(id).select(region::brand_id).first(conn).optional()?;
    if of == Some(brand) {
        return Ok(());
    }
    Err(Error::invalid(vec![FieldError::new(pointer, "unknown", "the brand has no such region")]))
}

fn name_taken(error: diesel::result::Error) -> Error {
    say_what_is_taken(error, "another region beside it has this name")
}

fn code_taken(error: diesel::result::Error) -> Error {
    say_what_is_taken(error, "another branch of the brand has this code")
}

/// Says what it is that contradicts, of an error that is a contradiction.
pub(super) fn say_what_is_taken(error: diesel::result::Error, detail: &str) -> Error {
    let error = Error::from(error);
    if error.code() == Code::Conflict { error.detail(detail) } else { error }
}
