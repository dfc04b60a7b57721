//! The statements about tries at tests. None of them changes a try.

use diesel::prelude::*;

use crate::{
    db::{
        Conn, engine::each_engine, inserted_or_taken, schema::qualification_attempt, sealing::rows_sealed,
        types::Instant,
    },
    error::Result,
    fieldwork::qualifications::model::Attempt,
    ids::{AccountId, AttemptId, QualificationId, VersionId},
};

/// The try with this id, in no scope.
///
/// # Errors
/// Those of the database.
pub fn find(conn: &mut Conn, id: AttemptId) -> Result<Option<Attempt>> {
    Ok(qualification_attempt::table.find(id).select(Attempt::as_select()).first(conn).optional()?)
}

/// The version under which a try of the shopper's at this test was scored; none if there is no such try.
///
/// # Errors
/// Those of the database.
pub fn version_of(
    conn: &mut Conn,
    shopper: AccountId,
    of: QualificationId,
    id: AttemptId,
) -> Result<Option<VersionId>> {
    Ok(qualification_attempt::table
        .find(id)
        .filter(qualification_attempt::shopper_id.eq(shopper))
        .filter(qualification_attempt::qualification_id.eq(of))
        .select(qualification_attempt::version_id)
        .first(conn)
        .optional()?)
}

/// Keeps a new try.
///
/// # Errors
/// `conflict` if there is one with this id.
pub fn insert_attempt(conn: &mut Conn, new: &Attempt) -> Result<()> {
    let inserted = each_engine!(conn, c => diesel::insert_into(qualification_attempt::table)
        .values(new)
        .on_conflict_do_nothing()
        .execute(c))?;
    inserted_or_taken(inserted)
}

/// When the shopper tried these tests after this moment.
///
/// # Errors
/// Those of the database.
pub fn moments(
    conn: &mut Conn,
    shopper: AccountId,
    of: &[QualificationId],
    after: Instant,
) -> Result<Vec<(QualificationId, Instant)>> {
    Ok(qualification_attempt::table
        .filter(qualification_attempt::shopper_id.eq(shopper))
        .filter(qualification_attempt::taken_at.gt(after))
        .filter(qualification_attempt::qualification_id.eq_any(of.to_vec()))
        .select((qualification_attempt::qualification_id, qualification_attempt::taken_at))
        .load(conn)?)
}

rows_sealed!(qualification_attempt::table by id with salt, set_attempts_sealed);
