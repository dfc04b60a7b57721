//! Whether a report is appealed against.

use super::store;
use crate::{db::Conn, error::Result, ids::VisitId};

/// Whether an appeal against the report of this visit is open: then the visit does not become final.
///
/// # Errors
/// Those of the database.
pub fn is_under_appeal(conn: &mut Conn, visit: VisitId) -> Result<bool> {
    store::is_under_appeal(conn, visit)
}
