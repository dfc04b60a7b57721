//! What the clock does with returns: a visit whose shopper did not answer in time goes back to the reviewers.

use serde::{Deserialize, Serialize};

use super::{advance::advance_by_clock, complete::complete, state::Step, store, submit::back_to_review};
use crate::{
    app::App,
    db::{Conn, types::Instant},
    error::Result,
    ids::VisitId,
    work::{Queue, Task},
};

/// So many are dealt with in one transaction, so that other writes do not wait long behind it.
const AT_ONCE: i64 = 100;

/// Gives visits back to the reviewers whose return was not answered in time.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct LapseReturns {}

impl Task for LapseReturns {
    const KIND: &'static str = "lapse_returns";
    const QUEUE: Queue = Queue::new(Self::KIND);
    type State = ();

    async fn run(self, app: &App, (): &()) -> Result<()> {
        loop {
            let now = app.clock.now();
            let due = app.db.read(move |conn| store::returns::unanswered(conn, now, AT_ONCE)).await?;
            if due.is_empty() {
                return Ok(());
            }
            let all = move |conn: &mut Conn| due.iter().try_for_each(|id| lapse(conn, *id, now));
            app.db.write(all).await?;
        }
    }
}

/// Gives a visit back to the reviewers if the time to answer its return is over.
///
/// # Errors
/// None but those of the database.
pub fn lapse(conn: &mut Conn, id: VisitId, now: Instant) -> Result<()> {
    if store::returns::answer_by(conn, id)?.is_some_and(|until| now < until) {
        return Ok(());
    }
    // The last of its files may have come meanwhile.
    match advance_by_clock(conn, id, Step::Lapse, now)? {
        Some(mut lapsed) => {
            back_to_review(conn, &lapsed.visit.head, now)?;
            complete(conn, &mut lapsed.visit).map(drop)
        }
        None => Ok(()),
    }
}
