//! Writing down what was found in a visit, and by what later looks find it.

use super::{
    model::{Flag, Summary},
    store::{
        self,
        traces::{self, Traces},
    },
};
use crate::{
    db::{Conn, types::Instant},
    error::Result,
    ids::{AccountId, VisitId},
    visits::{self, store::QueueMarks},
};

/// Keeps by what later looks find a visit. It is done before the visit itself is looked at: so of two that are looked at
/// in one moment, one at least sees the other.
///
/// # Errors
/// None but those of the database.
pub fn leave_traces(conn: &mut Conn, shopper: AccountId, left: &Traces) -> Result<()> {
    // All of them are there if one of them is.
    if traces::insert_look(conn, shopper, &left.stay)? {
        traces::insert_photos(conn, &left.looks)?;
        traces::insert_bands(conn, left.stay.visit, &left.bands)?;
    }
    Ok(())
}

/// What a look at a visit brought.
#[derive(Clone, Debug)]
pub struct Look {
    /// The visit.
    pub visit: VisitId,
    /// What was found, in this order.
    pub flags: Vec<Flag>,
    /// Whether it waits for a decision.
    pub waits: bool,
    /// Until when it is to be decided about.
    pub due_at: Instant,
    /// In which language its shopper wrote, as far as that is known.
    pub language: Option<String>,
    /// Whether its campaign has visits approved by lot in which nothing was found.
    pub by_lot: bool,
}

/// Writes down that a visit was looked at, what was found, and by what reviewers find it in their queue. It is done once: if the
/// visit was looked at meanwhile, nothing changes.
///
/// # Errors
/// None but those of the database.
pub fn record(conn: &mut Conn, look: &Look, now: Instant) -> Result<()> {
    let found = Summary::of(&look.flags);
    if store::set_looked_at(conn, look.visit, found, now)? {
        store::insert_flags(conn, look.visit, &look.flags)?;
        if look.waits {
            store::insert_waiting(conn, look.visit, look.flags.iter().map(|flag| flag.evidence.kind()))?;
        }
        let marks = QueueMarks {
            due_at: look.due_at,
            rank: found.rank(),
            language: look.language.clone(),
            to_be_drawn: look.by_lot && look.waits && look.flags.is_empty(),
        };
        visits::store::set_queue_marks(conn, look.visit, &marks)?;
    }
    Ok(())
}
