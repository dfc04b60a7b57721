//! The SQL that reads what a document carries beside its content.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::document::CarriedStandard;
use crate::{
    checklists::{pictures::model::Picture, standards::model::Dimension},
    db::{
        Conn,
        schema::{dimension, picture, standard},
        types::Json,
    },
    error::Result,
    ids::{BrandId, PictureId},
};

/// The standards of a brand with these keys, in the order of their keys.
pub fn standards(conn: &mut Conn, brand: BrandId, keys: &BTreeSet<&str>) -> Result<Vec<CarriedStandard>> {
    let rows: Vec<(String, String, Json<_>)> = standard::table
        .inner_join(dimension::table.on(dimension::id.eq(standard::dimension_id)))
        .filter(standard::brand_id.eq(brand).and(standard::key.eq_any(keys.iter().copied())))
        .order(standard::key)
        .select((standard::key, dimension::key, standard::text))
        .load(conn)?;
    let carried = |(key, dimension, Json(text)): (String, String, _)| CarriedStandard {
        key: key.into(),
        dimension: dimension.into(),
        text,
    };
    Ok(rows.into_iter().map(carried).collect())
}

/// The dimensions of a brand with these keys, in the order of their keys.
pub fn dimensions(conn: &mut Conn, brand: BrandId, keys: &BTreeSet<&str>) -> Result<Vec<Dimension>> {
    Ok(dimension::table
        .filter(dimension::brand_id.eq(brand).and(dimension::key.eq_any(keys.iter().copied())))
        .order(dimension::key)
        .select(Dimension::as_select())
        .load(conn)?)
}

/// The pictures of a brand with these ids and their bytes, in the order of their ids.
pub fn pictures(
    conn: &mut Conn,
    brand: BrandId,
    ids: &BTreeSet<PictureId>,
) -> Result<Vec<(Picture, Vec<u8>)>> {
    Ok(picture::table
        .filter(picture::brand_id.eq(brand).and(picture::id.eq_any(ids.iter().copied())))
        .order(picture::id)
        .select((Picture::as_select(), picture::bytes))
        .load(conn)?)
}
