//! The next visit of the queue: it is found and claimed in one transaction, so two reviewers who ask at once get two visits.

use super::{
    claim::{self, Claimed},
    queue::{ClaimedBy, QueueFilter, QueueList},
    store,
};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::Result,
};

/// Claims the first visit of this list that no reviewer has and that the caller did not make; none if nothing of it waits.
///
/// # Errors
/// None but those of the database.
pub fn next(conn: &mut Conn, scope: &Scope, list: QueueList, now: Instant) -> Result<Option<Claimed>> {
    let filter = QueueFilter { claimed: Some(ClaimedBy::None), of_others: true, ..list.filter };
    let list = QueueList { filter, ..list };
    let mut first = Vec::new();
    if list.filter.incomplete != Some(true) {
        first = store::waiting(conn, scope, &list, None, 1, now)?
            .iter()
            .map(|one| one.place(list.sort))
            .collect();
    }
    if list.filter.incomplete != Some(false) {
        first.extend(store::first_without_files(conn, scope, &list, now)?);
    }
    match first.into_iter().min() {
        Some(place) => claim::claim(conn, scope, place.id, now).map(Some),
        None => Ok(None),
    }
}
