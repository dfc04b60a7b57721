//! The statements about documents of notices. None changes one.

use std::collections::HashSet;

use diesel::prelude::*;

use super::model::Document;
use crate::{
    accounts::policy::Scope,
    db::{Conn, engine::each_engine, inserted_or_taken, schema::notice_document, sealing::rows_sealed},
    error::{Code, Error, Result},
    ids::{BrandId, DocumentId},
};

/// The document with this id and its bytes.
///
/// # Errors
/// `not_found` if there is none, or the scope does not touch its brand.
pub(super) fn document(conn: &mut Conn, scope: &Scope, id: DocumentId) -> Result<(Document, Vec<u8>)> {
    let columns = (Document::as_select(), notice_document::bytes);
    let (found, bytes): (Document, Vec<u8>) = notice_document::table.find(id).select(columns).first(conn)?;
    if scope.touches_brand(found.brand_id) { Ok((found, bytes)) } else { Err(Error::new(Code::NotFound)) }
}

/// The document that has the id of this new one, if there is one.
///
/// # Errors
/// `not_found` if the scope does not touch the brand of either.
pub(super) fn document_to_put(conn: &mut Conn, scope: &Scope, new: &Document) -> Result<Option<Document>> {
    let found = notice_document::table.find(new.id).select(Document::as_select());
    let old = found.first::<Document>(conn).optional()?;
    let brand = old.as_ref().unwrap_or(new).brand_id;
    if scope.touches_brand(brand) { Ok(old) } else { Err(Error::new(Code::NotFound)) }
}

/// Of these documents, those that the brand has.
///
/// # Errors
/// Those of the database.
pub fn documents_among(conn: &mut Conn, brand: BrandId, ids: &[DocumentId]) -> Result<HashSet<DocumentId>> {
    let found: Vec<DocumentId> = notice_document::table
        .filter(notice_document::brand_id.eq(brand))
        .filter(notice_document::id.eq_any(ids.to_vec()))
        .select(notice_document::id)
        .load(conn)?;
    Ok(found.into_iter().collect())
}

/// Keeps a new document. It never changes.
///
/// # Errors
/// `invalid` if there is no such brand; `conflict` if there is a document with this id.
pub(super) fn insert_document(conn: &mut Conn, new: &Document, bytes: &[u8]) -> Result<()> {
    let inserted = each_engine!(conn, c => diesel::insert_into(notice_document::table)
        .values((new, notice_document::bytes.eq(bytes)))
        .on_conflict_do_nothing()
        .execute(c))?;
    inserted_or_taken(inserted)
}

rows_sealed!(notice_document::table by id, set_sealed);
