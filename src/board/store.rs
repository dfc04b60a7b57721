//! The statements of the job board.

pub mod jobs;
pub mod past;
pub mod ratings;

use diesel::{dsl::exists, prelude::*};

use crate::{
    db::{Conn, schema::visit},
    error::Result,
    ids::AssignmentId,
};

/// Whether a visit was made for this assignment.
///
/// # Errors
/// Those of the database.
pub fn has_visit(conn: &mut Conn, of: AssignmentId) -> Result<bool> {
    Ok(diesel::select(exists(visit::table.filter(visit::assignment_id.eq(of)))).get_result(conn)?)
}
