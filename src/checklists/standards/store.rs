//! All SQL about dimensions and standards. No statement changes a version of a standard.

use std::collections::HashMap;

use diesel::prelude::*;

use super::{
    super::{
        bindings::{BoundDimension, BoundStandard},
        model::Key,
        pictures,
        store::{covered, touched},
        text::Text,
    },
    catalogue::{Catalogue, Listed},
    model::{Dimension, Side, Standard, StandardVersion},
};
use crate::{
    accounts::policy::Scope,
    db::{
        Conn,
        engine::each_engine,
        inserted_or_taken,
        schema::{dimension, standard, standard_version},
        sealing::{revisions_sealed, rows_sealed},
        types::Json,
    },
    error::Result,
    ids::{BrandId, DimensionId, StandardId},
};

// A statement takes 32,766 values on SQLite and 65,535 on PostgreSQL.
const AT_ONCE: usize = 2_500;

/// Dimensions of this brand, or of all that the scope touches, after this one in the order of their ids.
pub fn dimensions(
    conn: &mut Conn,
    scope: &Scope,
    brand: Option<BrandId>,
    after: Option<DimensionId>,
    limit: i64,
) -> Result<Vec<Dimension>> {
    let mut query =
        dimension::table.select(Dimension::as_select()).order(dimension::id).limit(limit).into_boxed();
    if !scope.is_operator_wide() {
        query = query.filter(dimension::brand_id.eq_any(scope.touched_brands()));
    }
    if let Some(brand) = brand {
        query = query.filter(dimension::brand_id.eq(brand));
    }
    if let Some(after) = after {
        query = query.filter(dimension::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// The dimension with this id.
///
/// # Errors
/// `not_found` if there is none, or the scope does not touch its brand.
pub fn dimension(conn: &mut Conn, scope: &Scope, id: DimensionId) -> Result<Dimension> {
    let found: Dimension = dimension::table.find(id).select(Dimension::as_select()).first(conn)?;
    touched(scope, found.brand_id).map(|()| found)
}

/// The dimension with this id, to be changed; nothing if there is none yet.
///
/// # Errors
/// `not_found` if the scope does not cover its brand.
pub fn dimension_to_change(conn: &mut Conn, scope: &Scope, id: DimensionId) -> Result<Option<Dimension>> {
    let found = dimension::table.find(id).select(Dimension::as_select()).first::<Dimension>(conn);
    found.optional()?.map(|found| covered(scope, found.brand_id).map(|()| found)).transpose()
}

/// Whether the brand has this dimension.
pub fn has_dimension(conn: &mut Conn, brand: BrandId, id: DimensionId) -> Result<bool> {
    let of: Option<BrandId> = dimension::table.find(id).select(dimension::brand_id).first(conn).optional()?;
    Ok(of == Some(brand))
}

/// Keeps a new dimension.
///
/// # Errors
/// `conflict` if there is one with this id, or another of the brand with this key.
pub fn insert_dimension(conn: &mut Conn, new: &Dimension) -> Result<()> {
    let inserted = each_engine!(conn, c => diesel::insert_into(dimension::table)
        .values(new)
        .on_conflict_do_nothing()
        .execute(c))?;
    inserted_or_taken(inserted)
}

/// Keeps many new dimensions, whose ids and keys the brand does not have.
pub fn insert_dimensions(conn: &mut Conn, new: &[Dimension]) -> Result<()> {
    for some in new.chunks(AT_ONCE) {
        each_engine!(conn, c => diesel::insert_into(dimension::table).values(some).execute(c))?;
    }
    Ok(())
}

/// Keeps a changed dimension.
pub fn update_dimension(conn: &mut Conn, changed: &Dimension) -> Result<()> {
    diesel::update(dimension::table.find(changed.id))
        .set((
            dimension::name.eq(&changed.name),
            dimension::side.eq(changed.side),
            dimension::servqual.eq(changed.servqual),
            dimension::track.eq(changed.track),
            dimension::revision.eq(changed.revision),
        ))
        .execute(conn)?;
    Ok(())
}

/// Which standards a list has of those in scope.
#[derive(Clone, Copy, Debug)]
pub struct StandardFilter {
    /// Only those of this brand.
    pub brand: Option<BrandId>,
    /// Only those of this dimension.
    pub dimension: Option<DimensionId>,
    /// Only those that are retired, or only those that are not.
    pub retired: Option<bool>,
    /// So many at most.
    pub rows: i64,
}

/// Standards of brands that the scope touches, after this one in the order of their ids.
pub fn standards(
    conn: &mut Conn,
    scope: &Scope,
    filter: StandardFilter,
    after: Option<StandardId>,
) -> Result<Vec<Standard>> {
    let mut query =
        standard::table.select(Standard::as_select()).order(standard::id).limit(filter.rows).into_boxed();
    if !scope.is_operator_wide() {
        query = query.filter(standard::brand_id.eq_any(scope.touched_brands()));
    }
    if let Some(brand) = filter.brand {
        query = query.filter(standard::brand_id.eq(brand));
    }
    if let Some(dimension) = filter.dimension {
        query = query.filter(standard::dimension_id.eq(dimension));
    }
    if let Some(retired) = filter.retired {
        query = query.filter(standard::retired.eq(retired));
    }
    if let Some(after) = after {
        query = query.filter(standard::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// The standard with this id.
///
/// # Errors
/// `not_found` if there is none, or the scope does not touch its brand.
pub fn standard(conn: &mut Conn, scope: &Scope, id: StandardId) -> Result<Standard> {
    let found: Standard = standard::table.find(id).select(Standard::as_select()).first(conn)?;
    touched(scope, found.brand_id).map(|()| found)
}

/// The standard with this id, to be changed; nothing if there is none yet.
///
/// # Errors
/// `not_found` if the scope does not cover its brand.
pub fn standard_to_change(conn: &mut Conn, scope: &Scope, id: StandardId) -> Result<Option<Standard>> {
    let found = standard::table.find(id).select(Standard::as_select()).first::<Standard>(conn);
    found.optional()?.map(|found| covered(scope, found.brand_id).map(|()| found)).transpose()
}

/// Keeps a new standard.
///
/// # Errors
/// `conflict` if there is one with this id, or another of the brand with this key.
pub fn insert_standard(conn: &mut Conn, new: &Standard) -> Result<()> {
    let inserted = each_engine!(conn, c => diesel::insert_into(standard::table)
        .values(new)
        .on_conflict_do_nothing()
        .execute(c))?;
    inserted_or_taken(inserted)
}

/// Keeps many new standards, whose ids and keys the brand does not have.
pub fn insert_standards(conn: &mut Conn, new: &[Standard]) -> Result<()> {
    for some in new.chunks(AT_ONCE) {
        each_engine!(conn, c => diesel::insert_into(standard::table).values(some).execute(c))?;
    }
    Ok(())
}

/// Keeps versions of standards.
pub fn insert_standard_versions(conn: &mut Conn, new: &[StandardVersion]) -> Result<()> {
    for some in new.chunks(AT_ONCE) {
        each_engine!(conn, c => diesel::insert_into(standard_version::table).values(some).execute(c))?;
    }
    Ok(())
}

/// Keeps a changed standard.
pub fn update_standard(conn: &mut Conn, changed: &Standard) -> Result<()> {
    diesel::update(standard::table.find(changed.id))
        .set((
            standard::dimension_id.eq(changed.dimension_id),
            standard::version.eq(changed.version),
            standard::text.eq(&changed.text),
            standard::retired.eq(changed.retired),
        ))
        .execute(conn)?;
    Ok(())
}

/// The versions of a standard after this one, in the order of their numbers.
///
/// # Errors
/// `not_found` if there is no such standard, or the scope does not touch its brand.
pub fn standard_versions(
    conn: &mut Conn,
    scope: &Scope,
    of: StandardId,
    after: Option<i32>,
    limit: i64,
) -> Result<Vec<StandardVersion>> {
    standard(conn, scope, of)?;
    Ok(standard_version::table
        .filter(standard_version::standard_id.eq(of))
        .filter(standard_version::version.gt(after.unwrap_or(0)))
        .order(standard_version::version)
        .limit(limit)
        .select(StandardVersion::as_select())
        .load(conn)?)
}

/// The dimensions of a brand by their keys.
pub fn dimensions_by_key(conn: &mut Conn, brand: BrandId) -> Result<HashMap<Key, BoundDimension>> {
    let dimensions: Vec<(String, DimensionId, Side)> = dimension::table
        .filter(dimension::brand_id.eq(brand))
        .select((dimension::key, dimension::id, dimension::side))
        .load(conn)?;
    let by_key = |(key, id, side): (String, _, _)| (Key::from(key), BoundDimension { id, side });
    Ok(dimensions.into_iter().map(by_key).collect())
}

/// What the standards of a brand ask for, and what its dimensions are called, by their keys.
pub fn texts(conn: &mut Conn, brand: BrandId) -> Result<(HashMap<Key, Text>, HashMap<Key, Text>)> {
    let standards: Vec<(String, Json<Text>)> = standard::table
        .filter(standard::brand_id.eq(brand))
        .select((standard::key, standard::text))
        .load(conn)?;
    let dimensions: Vec<(String, Json<Text>)> = dimension::table
        .filter(dimension::brand_id.eq(brand))
        .select((dimension::key, dimension::name))
        .load(conn)?;
    let by_key = |(key, Json(text)): (String, Json<Text>)| (Key::from(key), text);
    Ok((standards.into_iter().map(by_key).collect(), dimensions.into_iter().map(by_key).collect()))
}

/// Everything that the checklists of a brand can refer to at this moment. An act that publishes reads it within its own
/// transaction.
pub fn catalogue(conn: &mut Conn, brand: BrandId) -> Result<Catalogue> {
    let dimensions = dimensions_by_key(conn, brand)?;
    let rows: Vec<(String, StandardId, i32, String, bool)> = standard::table
        .inner_join(dimension::table.on(dimension::id.eq(standard::dimension_id)))
        .filter(standard::brand_id.eq(brand))
        .select((standard::key, standard::id, standard::version, dimension::key, standard::retired))
        .load(conn)?;
    let by_key = |(key, id, version, dimension, retired): (String, _, _, String, _)| {
        let bound = BoundStandard { id, version, dimension: Key::from(dimension) };
        (Key::from(key), Listed { bound, retired })
    };
    let standards = rows.into_iter().map(by_key).collect();
    Ok(Catalogue { dimensions, standards, pictures: pictures::store::ids(conn, brand)? })
}

revisions_sealed!(dimension::table by id, set_dimensions_sealed);

revisions_sealed!(standard::table by id, set_standards_sealed);

rows_sealed!(standard_version::table by standard_id and version, set_standard_versions_sealed);
