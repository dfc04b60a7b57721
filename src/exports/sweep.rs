//! Taking files away whose time is over.

use serde::{Deserialize, Serialize};

use super::{
    model::{Export, ExportState},
    remove_parts::RemoveParts,
    store,
};
use crate::{
    app::App,
    db::{Conn, types::Instant},
    error::{Code, Result},
    ids::TaskId,
    work::{self, Queue, Task},
};

/// So many are looked at in one transaction.
const AT_ONCE: i64 = 100;
/// That there was a file can be seen for so long after it is gone, in seconds.
const REMEMBERED_FOR: i64 = 30 * 86_400;

/// Takes the files of exports away that were kept long enough, and forgets exports without a file.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct SweepExports {}

impl Task for SweepExports {
    const KIND: &'static str = "sweep_exports";
    const QUEUE: Queue = Queue::new(Self::KIND);
    type State = ();

    async fn run(self, app: &App, (): &()) -> Result<()> {
        loop {
            let (now, tasks) =
                (app.clock.now(), (0..AT_ONCE).map(|_| app.clock.new_id()).collect::<Vec<_>>());
            if app.db.write(move |conn| sweep(conn, &tasks, now)).await? == 0 {
                return Ok(());
            }
        }
    }
}

/// How many were over.
fn sweep(conn: &mut Conn, tasks: &[TaskId], now: Instant) -> Result<usize> {
    let over = store::over(conn, now, AT_ONCE)?;
    for (export, task) in over.iter().zip(tasks) {
        match export.state {
            ExportState::Failed | ExportState::Expired => store::delete(conn, export.id)?,
            ExportState::Ready | ExportState::Waiting | ExportState::Running => {
                store::update(conn, &gone(export, now))?;
                work::enqueue(conn, &RemoveParts::of(export), *task, now)?;
            }
        }
    }
    Ok(over.len())
}

/// What is left of one whose time is over: one that was never ready has failed.
fn gone(export: &Export, now: Instant) -> Export {
    let mut gone = Export { expires_at: now.plus_seconds(REMEMBERED_FOR), ..export.clone() };
    if export.state.is_open() {
        gone.state = ExportState::Failed;
        gone.ended_at = Some(now);
        gone.progress.0.failed_because = Some(Code::Unavailable.name().to_owned());
    } else {
        gone.state = ExportState::Expired;
    }
    gone
}
