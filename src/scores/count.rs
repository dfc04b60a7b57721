//! Counting visits: a visit that counts is in the figures of its branch, of every region above it, and of its brand. For the
//! branch's side it counts from the release of its report on, in figures of its branch of their own.
//!
//! Each of these acts writes one row, which no other one writes ([`fold`](super::fold) brings them into the figures); what is read is always both.

use super::{
    model::{Counted, Reader},
    store::changes,
};
use crate::{
    db::{Conn, types::Id},
    error::Result,
    visits::store::steps,
};

/// Adds a visit to the figures of its places.
///
/// # Errors
/// None but those of the database.
pub fn count(conn: &mut Conn, visit: &Counted) -> Result<()> {
    change(conn, Reader::Desk, "in", visit)
}

/// Takes a visit out of the figures of its places again; what is given is exactly what was counted.
///
/// # Errors
/// None but those of the database.
pub fn uncount(conn: &mut Conn, visit: &Counted) -> Result<()> {
    change(conn, Reader::Desk, "out", &visit.taken_out(0))
}

/// Adds a visit to what the branch's side is shown of its branch from the next night on, because its report goes out.
///
/// # Errors
/// None but those of the database.
pub fn release(conn: &mut Conn, visit: &Counted) -> Result<()> {
    change(conn, Reader::BranchSide, "in", visit)
}

/// Takes a visit out of that again, because its report is withdrawn.
///
/// # Errors
/// None but those of the database.
pub fn withdraw(conn: &mut Conn, visit: &Counted) -> Result<()> {
    change(conn, Reader::BranchSide, "out", &visit.taken_out(0))
}

/// Takes a visit out of that which was in it without a report. Who reads figures knows nothing of what it scored, so what is
/// shown of its months does not change before enough of them have.
///
/// # Errors
/// None but those of the database.
pub fn take_back(conn: &mut Conn, visit: &Counted) -> Result<()> {
    change(conn, Reader::BranchSide, "back", &visit.taken_out(1))
}

/// Each change has an id of its own: one step of a visit brings it in or out once for each reader.
fn change(conn: &mut Conn, reader: Reader, way: &str, change: &Counted) -> Result<()> {
    let step = steps::last_number(conn, change.visit_id)?.unwrap_or_default();
    let id = Id::named(&format!("{} {step} {reader} {way}", change.visit_id));
    changes::add(conn, id, reader, change)
}
