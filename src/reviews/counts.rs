//! How many visits wait for a decision, as a desk's start page shows it.

use super::{
    queue::{ClaimedBy, QueueFilter, QueueList, QueueOrder},
    store,
};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::Result,
    trust::model::Weight,
    visits::state::State,
};

/// Nothing is counted further than this: who sees so many knows enough, and a count of a million is dear.
pub const MOST_COUNTED: i64 = 1_000;

/// How many visits wait, each figure up to [`MOST_COUNTED`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Of which all has arrived, and that no reviewer has taken up.
    pub complete: i64,
    /// That a reviewer has taken up.
    pub in_review: i64,
    /// Whose files do not come.
    pub without_files: i64,
    /// Whose heaviest flag weighs so much; without those that the caller made.
    pub high: i64,
    /// Likewise.
    pub medium: i64,
    /// Likewise.
    pub low: i64,
    /// That should have been decided about by now.
    pub overdue: i64,
    /// That the caller has claimed.
    pub mine: i64,
    /// That other reviewers have claimed.
    pub others: i64,
}

/// How many of these visits wait, which are chosen by their places and their campaign.
///
/// # Errors
/// None but those of the database.
pub fn counts(conn: &mut Conn, scope: &Scope, filter: &QueueFilter, now: Instant) -> Result<Counts> {
    let mut of = |sort, state, narrow: &dyn Fn(&mut QueueFilter)| {
        let mut list = QueueList { filter: filter.clone(), sort };
        narrow(&mut list.filter);
        store::count(conn, scope, &list, state, MOST_COUNTED, now)
    };
    let all = |_: &mut QueueFilter| {};
    let age = QueueOrder::Age;
    let mut weighing = |weight| of(QueueOrder::Risk, None, &|filter| filter.weight = Some(weight));
    let (high, medium, low) = (weighing(Weight::High)?, weighing(Weight::Medium)?, weighing(Weight::Low)?);
    Ok(Counts {
        complete: of(age, Some(State::Complete), &all)?,
        in_review: of(age, Some(State::InReview), &all)?,
        without_files: of(age, Some(State::Submitted), &all)?,
        high,
        medium,
        low,
        overdue: of(QueueOrder::Deadline, None, &|filter| filter.due_before = Some(now))?,
        mine: of(age, None, &|filter| filter.claimed = Some(ClaimedBy::Mine))?,
        others: of(age, None, &|filter| filter.claimed = Some(ClaimedBy::Others))?,
    })
}
