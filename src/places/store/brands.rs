//! The statements about brands.

use diesel::prelude::*;

use crate::{
    accounts::policy::Scope,
    db::{Conn, schema::brand, sealing::revisions_sealed},
    error::{Code, Error, Result},
    ids::BrandId,
    places::model::Brand,
};

/// A brand, if the scope covers anything in it.
///
/// # Errors
/// `not_found` if it is not there, or out of scope.
pub fn brand(conn: &mut Conn, scope: &Scope, id: BrandId) -> Result<Brand> {
    let found = brand_if_there(conn, id)?.filter(|_| scope.touches_brand(id));
    found.ok_or_else(|| Error::new(Code::NotFound))
}

/// The brand with this id, in no scope.
///
/// # Errors
/// Those of the database.
pub fn brand_if_there(conn: &mut Conn, id: BrandId) -> Result<Option<Brand>> {
    Ok(brand::table.find(id).select(Brand::as_select()).first(conn).optional()?)
}

/// Refuses to write in a brand that the scope does not cover whole.
///
/// # Errors
/// `not_found` if the brand is not there, or not the caller's to change.
pub fn require_brand(conn: &mut Conn, scope: &Scope, id: BrandId) -> Result<()> {
    brand_to_fill(conn, scope, id).map(drop)
}

/// The brand that the caller writes in.
///
/// # Errors
/// `not_found` if it is not there, or not the caller's to change.
pub fn brand_to_fill(conn: &mut Conn, scope: &Scope, id: BrandId) -> Result<Brand> {
    let found = brand_if_there(conn, id)?.filter(|_| scope.covers_brand(id));
    found.ok_or_else(|| Error::new(Code::NotFound).detail("there is no such brand"))
}

/// Brands of which anything is in scope, after this one in the order of their ids.
///
/// # Errors
/// Those of the database.
pub fn brands(conn: &mut Conn, scope: &Scope, after: Option<BrandId>, rows: i64) -> Result<Vec<Brand>> {
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
///
/// # Errors
/// Those of the database.
pub fn brands_named(conn: &mut Conn, scope: &Scope, name: &str) -> Result<Vec<Brand>> {
    let mut query = brand::table.filter(brand::name.eq(name.to_owned())).into_boxed();
    if !scope.is_operator_wide() {
        query = query.filter(brand::id.eq_any(scope.brands()));
    }
    Ok(query.order(brand::id).select(Brand::as_select()).load(conn)?)
}

/// What each brand is called.
///
/// # Errors
/// Those of the database.
pub fn brand_names(conn: &mut Conn) -> Result<Vec<(BrandId, String)>> {
    Ok(brand::table.select((brand::id, brand::name)).load(conn)?)
}

/// Keeps a new brand.
///
/// # Errors
/// Those of the database.
pub fn insert_brand(conn: &mut Conn, new: &Brand) -> Result<()> {
    diesel::insert_into(brand::table).values(new).execute(conn)?;
    Ok(())
}

/// Keeps a changed brand.
///
/// # Errors
/// Those of the database.
pub fn update_brand(conn: &mut Conn, changed: &Brand) -> Result<()> {
    diesel::update(brand::table.find(changed.id))
        .set((
            brand::name.eq(&changed.name),
            brand::language.eq(&changed.language),
            brand::minimum_visits.eq(changed.minimum_visits),
            brand::fallback_languages.eq(&changed.fallback_languages),
            brand::branch_defaults.eq(&changed.branch_defaults),
            brand::recognition.eq(&changed.recognition),
            brand::maximum_margin.eq(changed.maximum_margin),
            brand::revision.eq(changed.revision),
        ))
        .execute(conn)?;
    Ok(())
}

revisions_sealed!(brand::table by id, set_brands_sealed);
