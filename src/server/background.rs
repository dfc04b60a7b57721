//! What runs beside the requests: THE table of the kinds of tasks, and the start of their worker and of the
//! dispatcher of events.

pub mod api;
pub mod oversee;

use std::sync::Arc;

use futures_util::future::join;

use super::{consumers, house::House};
use crate::{
    accounts::sweep::SweepSessions,
    alerts::{evaluate::EvaluateAlerts, evaluate_rule::EvaluateRule, look_again::LookAgain},
    board::{
        expire::ExpireAssignments,
        rate::{RateShopper, RateShoppers},
    },
    digests::{issue::IssueDigest, issue_due::IssueDigests},
    estate::carry_out_moves::CarryOutMoves,
    evidence::{read::ReadEvidence, sweep::SweepUploads},
    exports::{remove_parts::RemoveParts, sweep::SweepExports, write_export::WriteExport},
    ledger::seal::SealFacts,
    outbox::dispatcher::{self, Dispatcher},
    reports::{
        finish::FinishVisits,
        release::{Means, ReleaseRegion, ReleaseReports},
    },
    reviews::approve_by_lot::ApproveByLot,
    scores::{
        fold::FoldFigures,
        show_daily::{ShowBrand, ShowFigures},
    },
    trust::look::{LookAtVisit, LookAtVisits},
    visits::lapse::LapseReturns,
    work::{
        kind::Kind,
        schedule::Schedule,
        worker::{self, Worker},
    },
};

const MINUTE: i64 = 60;
/// So that no hour of the night is missed.
const HALF_AN_HOUR: i64 = 30 * MINUTE;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Every kind of task there is. A kind without a row here stays in the database until a server knows it.
pub fn kinds(house: &House) -> Vec<Kind> {
    let versions = || Arc::clone(&house.versions);
    let means = || Arc::new(house.figures.clone().into_inner());
    let for_reports = Means { versions: versions(), readers: Arc::clone(&house.readers) };
    vec![
        Kind::by::<SweepSessions>(Schedule::Every(DAY), Arc::default()),
        Kind::by::<SweepUploads>(Schedule::Every(HOUR), Arc::clone(&house.parts)),
        Kind::by::<ExpireAssignments>(Schedule::Every(MINUTE), Arc::default()),
        Kind::by::<CarryOutMoves>(Schedule::Every(MINUTE), Arc::default()),
        Kind::by::<LapseReturns>(Schedule::Every(MINUTE), Arc::default()),
        Kind::by::<RateShoppers>(Schedule::Every(DAY), Arc::default()),
        Kind::of::<RateShopper>(Arc::default()),
        Kind::when_wanted::<LookAtVisits>(versions()),
        Kind::of::<LookAtVisit>(versions()),
        Kind::when_wanted::<ApproveByLot>(versions()),
        Kind::when_wanted::<FoldFigures>(Arc::default()),
        Kind::by::<ShowFigures>(Schedule::Every(DAY), Arc::default()),
        Kind::of::<ShowBrand>(Arc::default()),
        Kind::of::<EvaluateAlerts>(Arc::default()),
        Kind::of::<EvaluateRule>(means()),
        Kind::of::<LookAgain>(Arc::default()),
        Kind::by::<IssueDigests>(Schedule::Every(MINUTE), Arc::default()),
        Kind::of::<IssueDigest>(means()),
        Kind::by::<ReleaseReports>(Schedule::Every(HALF_AN_HOUR), Arc::default()),
        Kind::of::<ReleaseRegion>(Arc::new(for_reports)),
        Kind::by::<FinishVisits>(Schedule::Every(HALF_AN_HOUR), Arc::default()),
        Kind::of::<WriteExport>(Arc::clone(&house.exports)),
        Kind::of::<RemoveParts>(Arc::default()),
        Kind::by::<SweepExports>(Schedule::Every(HOUR), Arc::default()),
        Kind::of::<ReadEvidence>(Arc::clone(&house.readers)),
        Kind::when_wanted::<SealFacts>(Arc::default()),
    ]
}

/// All that runs beside the requests of this server.
#[derive(Debug)]
pub struct Background {
    worker: Worker,
    dispatcher: Dispatcher,
}

/// Starts it on the runtime that this is called on.
pub fn start(house: &House) -> Background {
    let app = house.ground();
    Background {
        worker: worker::start(&app, &kinds(house)),
        dispatcher: dispatcher::start(&app, consumers::table()),
    }
}

impl Background {
    /// Begins nothing more, and waits for what runs.
    pub async fn stop(self) {
        join(self.dispatcher.stop(), self.worker.stop()).await;
    }
}
