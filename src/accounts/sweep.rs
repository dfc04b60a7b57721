//! Forgetting sessions that have long been over.

use serde::{Deserialize, Serialize};

use super::store;
use crate::{
    app::App,
    error::Result,
    work::{Queue, Task},
};

/// How long a session is kept after its end, in seconds: long enough to answer 'was it me who signed in there?'.
const KEPT: i64 = 30 * 86_400;
/// So many are forgotten in one transaction, so that other writes do not wait long behind it.
const AT_ONCE: i64 = 500;

/// Deletes the sessions that ended more than 30 days ago, with their refresh tokens.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct SweepSessions {}

impl Task for SweepSessions {
    const KIND: &'static str = "sweep_sessions";
    const QUEUE: Queue = Queue::new(Self::KIND);
    type State = ();

    async fn run(self, app: &App, (): &()) -> Result<()> {
        let before = app.clock.now().plus_seconds(-KEPT);
        while app.db.write(move |conn| store::forget_sessions(conn, before, AT_ONCE)).await? > 0 {}
        Ok(())
    }
}
