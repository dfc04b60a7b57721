//! The statements about corrections of comments. None changes one.

use diesel::prelude::*;

use crate::{
    db::{Conn, schema::visit_comment_correction, sealing::rows_sealed},
    error::Result,
    ids::VisitId,
    visits::comments::Correction,
};

/// All corrections of these visits, each visit's in their order.
///
/// # Errors
/// Those of the database.
pub fn of_visits(conn: &mut Conn, ids: &[VisitId]) -> Result<Vec<Correction>> {
    Ok(visit_comment_correction::table
        .filter(visit_comment_correction::visit_id.eq_any(ids.to_vec()))
        .order((visit_comment_correction::visit_id, visit_comment_correction::number))
        .select(Correction::as_select())
        .load(conn)?)
}

/// Keeps a new correction.
///
/// # Errors
/// `conflict` if another one has its number.
pub fn insert(conn: &mut Conn, new: &Correction) -> Result<()> {
    diesel::insert_into(visit_comment_correction::table).values(new).execute(conn)?;
    Ok(())
}

rows_sealed!(visit_comment_correction::table by visit_id and number with salt, set_comments_sealed);
