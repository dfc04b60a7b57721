//! What the clock does with assignments: offers that were not answered, jobs that no shopper took, visits that were not
//! made.

use serde::{Deserialize, Serialize};

use super::steps;
use crate::{
    app::App,
    error::Result,
    fieldwork::assignments,
    work::{Queue, Task},
};

/// So many are dealt with in one transaction, so that other writes do not wait long behind it.
const AT_ONCE: i64 = 100;

/// Puts offers that were not answered in time back on the board, and ends what is over; a visit that was missed is
/// wanted once more.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct ExpireAssignments {}

impl Task for ExpireAssignments {
    const KIND: &'static str = "expire_assignments";
    const QUEUE: Queue = Queue::new(Self::KIND);
    type State = ();

    async fn run(self, app: &App, (): &()) -> Result<()> {
        while expire_some(app).await? {}
        Ok(())
    }
}

/// Whether there was anything to be done.
async fn expire_some(app: &App) -> Result<bool> {
    let now = app.clock.now();
    let due = app.db.read(move |conn| assignments::store::due(conn, now, AT_ONCE)).await?;
    if due.is_empty() {
        return Ok(false);
    }
    let due: Vec<_> = due.into_iter().map(|id| (id, app.clock.ordered_id())).collect();
    let all = move |conn: &mut _| {
        due.iter().try_fold(false, |any, &(id, next)| Ok(steps::lapse(conn, id, next, now)? || any))
    };
    app.db.write(all).await
}
