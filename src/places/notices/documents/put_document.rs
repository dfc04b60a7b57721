//! Keeping a document of a notice, which never changes.

use super::{
    model::{Document, is_pdf},
    store,
};
use crate::{
    accounts::policy::Scope,
    db::Conn,
    error::{Error, FieldError, Result},
    precondition::{Put, Stored, unchanging},
};

/// Holds bytes to be PDF, by how they begin.
///
/// # Errors
/// `invalid` if they are not.
pub fn require_pdf(bytes: &[u8]) -> Result<()> {
    let why = "these bytes are not PDF: save the document as PDF";
    if is_pdf(bytes) { Ok(()) } else { Err(Error::invalid(vec![FieldError::new("", "signature", why)])) }
}

/// Keeps a document. The same document again is answered with the one that was kept.
///
/// # Errors
/// `not_found` if the scope does not touch its brand; `conflict` if another document has its id; `invalid` if there is no
/// such brand.
pub fn put_document(
    conn: &mut Conn,
    scope: &Scope,
    new: &Document,
    bytes: &[u8],
) -> Result<Stored<Document>> {
    let old = store::document_to_put(conn, scope, new)?;
    let stored = unchanging(old, new, Document::is_same, "another document has this id, and keeps it")?;
    if stored.put == Put::Make {
        let kept = store::insert_document(conn, new, bytes);
        // A document refers to its brand and to nothing else.
        kept.map_err(|error| error.pointing("brand_id", "there is no such brand"))?;
    }
    Ok(stored)
}
