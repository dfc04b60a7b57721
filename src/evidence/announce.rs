//! Announcing a file: what a phone says of it before its bytes come, and whether there is room for it.

use super::{
    model::{Announcement, Evidence},
    store,
};
use crate::{
    db::{Conn, types::Instant},
    error::{Code, Error, FieldError, Result},
    fieldwork::assignments,
};

/// The file that is announced, if it was announced before; if it was not, then there is room for it.
///
/// A file that was given up may still be found: it has expired, and its announcement says nothing any more.
///
/// # Errors
/// `not_found` if the id is another shopper's; `conflict` if the file was announced with other facts; `invalid` if the
/// assignment is not the shopper's; `assignment_taken` if it has another visit; `visit_full`, `files_waiting`,
/// `daily_limit`.
pub fn announced(conn: &mut Conn, announcement: &Announcement, now: Instant) -> Result<Option<Evidence>> {
    match store::find(conn, announcement.id)? {
        Some(file) if file.is_expired(now) && file.shopper_id == announcement.shopper => Ok(Some(file)),
        Some(file) => file.same_as(announcement).map(|()| Some(file)),
        None => {
            is_for_own_work(conn, announcement)?;
            let usage = store::usage(conn, announcement, now)?;
            usage.has_room_for(announcement.size).map(|()| None)
        }
    }
}

/// Whether the assignment that is named, if one is, is the shopper's and wants this visit.
fn is_for_own_work(conn: &mut Conn, announcement: &Announcement) -> Result<()> {
    let Some(id) = announcement.assignment else { return Ok(()) };
    if assignments::store::own(conn, announcement.shopper, id)?.is_none() {
        let wrong = FieldError::new("assignment_id", "unknown", "you have no such assignment");
        return Err(Error::invalid(vec![wrong]));
    }
    match store::visit_of(conn, id)? {
        Some(visit) if visit != announcement.visit => Err(Error::new(Code::AssignmentTaken)),
        _ => Ok(()),
    }
}

/// Announces a file; a file that was announced before is left as it is.
///
/// # Errors
/// As [`announced`].
pub fn announce(conn: &mut Conn, announcement: &Announcement, now: Instant) -> Result<Evidence> {
    match waiting_or_kept(conn, announcement, now)? {
        Some(file) => Ok(file),
        None => {
            let file = announcement.arriving(now);
            store::insert(conn, &file)?;
            Ok(file)
        }
    }
}

/// The file as [`announced`] finds it; one that was given up is forgotten.
pub(super) fn waiting_or_kept(
    conn: &mut Conn,
    announcement: &Announcement,
    now: Instant,
) -> Result<Option<Evidence>> {
    let file = announced(conn, announcement, now)?;
    if file.as_ref().is_some_and(|file| file.is_expired(now)) {
        store::forget(conn, announcement.id)?;
        return Ok(None);
    }
    Ok(file)
}
