//! Showing a file to those who may see its visit.

use super::{find, store};
use crate::{
    accounts::policy::Scope,
    checklists::key::Key,
    db::Conn,
    error::{Code, Error, Result},
    evidence::{self, clean::CleanCopy, model::Evidence},
    ids::EvidenceId,
};

/// A file that was sent for a visit.
#[derive(Clone, Debug)]
pub struct ShownFile {
    /// Its row.
    pub file: Evidence,
    /// The question that it belongs to, if its visit has arrived and names it.
    pub question: Option<Key>,
    /// What was read in it, if it was.
    pub copy: Option<CleanCopy>,
}

/// A file of a visit, if the visit is the caller's own or the scope covers its branch. As long as the visit has not
/// arrived, only its shopper sees the file; and a visit has no files but those of its shopper.
///
/// # Errors
/// `not_found` if there is no such file, or the caller may not see it.
pub fn show_file(conn: &mut Conn, scope: &Scope, id: EvidenceId) -> Result<ShownFile> {
    let file = evidence::store::find(conn, id)?.ok_or_else(|| Error::new(Code::NotFound))?;
    let question = if store::shopper_of(conn, file.visit_id)? == Some(file.shopper_id) {
        let visit = find::visit(conn, scope, file.visit_id)?;
        visit.manifest().iter().find(|named| named.id == id).map(|named| named.question.clone())
    } else if file.shopper_id == scope.account {
        None
    } else {
        return Err(Error::new(Code::NotFound));
    };
    let copy = evidence::store::clean_copy(conn, id)?;
    Ok(ShownFile { file, question, copy })
}
