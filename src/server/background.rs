//! What runs beside the requests: THE table of the kinds of tasks, and the start of their worker and of the
//! dispatcher of events.

pub mod api;

use std::sync::Arc;

use futures_util::future::join;

use super::consumers;
use crate::{
    accounts::sweep::SweepSessions,
    app::App,
    board::expire::ExpireAssignments,
    evidence::{read::ReadEvidence, sweep::SweepUploads},
    outbox::dispatcher::{self, Dispatcher},
    trust::look::{LookAtVisit, LookAtVisits},
    work::{
        kind::Kind,
        schedule::Schedule,
        worker::{self, Worker},
    },
};

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Every kind of task there is. A kind without a row here stays in the database until a server knows it.
pub fn kinds(app: &App) -> Vec<Kind> {
    vec![
        Kind::by::<SweepSessions>(Schedule::Every(DAY), ()),
        Kind::by::<SweepUploads>(Schedule::Every(HOUR), app.parts.clone()),
        Kind::by::<ExpireAssignments>(Schedule::Every(MINUTE), ()),
        Kind::when_wanted::<LookAtVisits>(app.versions.clone()),
        Kind::of::<LookAtVisit>(app.versions.clone()),
        Kind::of::<ReadEvidence>(app.readers.clone()),
    ]
}

/// All that runs beside the requests of this server.
#[derive(Debug)]
pub struct Background {
    worker: Worker,
    dispatcher: Dispatcher,
}

/// Starts it on the runtime that this is called on.
pub fn start(app: &Arc<App>) -> Background {
    Background {
        worker: worker::start(app, &kinds(app)),
        dispatcher: dispatcher::start(app, consumers::table()),
    }
}

impl Background {
    /// Begins nothing more, and waits for what runs.
    pub async fn stop(self) {
        join(self.dispatcher.stop(), self.worker.stop()).await;
    }
}
