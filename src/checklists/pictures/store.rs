//! All SQL about example pictures. No statement changes one.

use std::collections::HashSet;

use diesel::prelude::*;

use super::{super::store::covered, model::Picture};
use crate::{
    accounts::policy::Scope,
    db::{Conn, engine::each_engine, inserted_or_taken, schema::picture, sealing::rows_sealed},
    error::{Code, Error, Result},
    ids::{BrandId, PictureId},
};

/// The picture with this id and its bytes.
///
/// # Errors
/// `not_found` if there is none, or the scope neither touches its brand nor is of a shopper who works for it.
pub fn picture(conn: &mut Conn, scope: &Scope, id: PictureId) -> Result<(Picture, Vec<u8>)> {
    let columns = (Picture::as_select(), picture::bytes);
    let (found, bytes): (Picture, Vec<u8>) = picture::table.find(id).select(columns).first(conn)?;
    if scope.touches_brand(found.brand_id) || scope.works_for(found.brand_id) {
        return Ok((found, bytes));
    }
    Err(Error::new(Code::NotFound))
}

/// The picture that has the id of this new one, if there is one.
///
/// # Errors
/// `not_found` if the scope does not cover the brand of either.
pub fn picture_to_put(conn: &mut Conn, scope: &Scope, new: &Picture) -> Result<Option<Picture>> {
    let old = picture::table.find(new.id).select(Picture::as_select()).first::<Picture>(conn).optional()?;
    covered(scope, old.as_ref().unwrap_or(new).brand_id).map(|()| old)
}

/// Keeps a new picture. It never changes.
///
/// # Errors
/// `invalid` if there is no such brand; `conflict` if there is a picture with this id.
pub fn insert_picture(conn: &mut Conn, new: &Picture, bytes: &[u8]) -> Result<()> {
    let inserted = each_engine!(conn, c => diesel::insert_into(picture::table)
        .values((new, picture::bytes.eq(bytes)))
        .on_conflict_do_nothing()
        .execute(c))?;
    inserted_or_taken(inserted)
}

/// The ids of all pictures of a brand.
pub fn ids(conn: &mut Conn, brand: BrandId) -> Result<HashSet<PictureId>> {
    let ids: Vec<PictureId> =
        picture::table.filter(picture::brand_id.eq(brand)).select(picture::id).load(conn)?;
    Ok(ids.into_iter().collect())
}

rows_sealed!(picture::table by id, set_sealed);
