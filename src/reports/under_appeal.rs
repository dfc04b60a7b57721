//! Whether a report is appealed against.

use crate::{db::Conn, error::Result, ids::VisitId};

/// Whether an appeal against the report of this visit is open: then the visit does not become final. There are no appeals yet.
///
/// # Errors
/// Those of the database.
pub fn is_under_appeal(_: &mut Conn, _: VisitId) -> Result<bool> {
    Ok(false)
}
