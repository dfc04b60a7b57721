//! What happened to a visit: who did what, when and why. Desks and shoppers have types of their own.

use std::collections::BTreeMap;

use actix_web::web::{Data, Json, Path};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::ReadVisitHistory,
    app::App,
    audit::{
        About,
        api::{Look, Looking, Shown as ShownTo},
    },
    db::types::{Instant, text_enum},
    error::Result,
    ids::{AccountId, AssignmentId, VisitId},
    visits::{
        history::{self, Happening, History},
        state::{State, Step},
        taken::TakenStep,
    },
};

text_enum! {
    /// What happened to a visit.
    pub enum VisitEvent {
        /// It arrived.
        Arrived = "arrived",
        /// All of it had arrived.
        Completed = "completed",
        /// It was to be sent anew, with other files.
        SendAnew = "send_anew",
        /// It was sent anew.
        SentAnew = "sent_anew",
        /// It was taken without the files that had not come.
        TakenWithout = "taken_without",
        /// A reviewer took it up.
        Claimed = "claimed",
        /// A reviewer handed it to another one.
        HandedOver = "handed_over",
        /// A reviewer gave it back.
        Released = "released",
        /// It was found true and complete.
        Approved = "approved",
        /// It was not.
        Rejected = "rejected",
        /// It was found to be paid, and to count nowhere.
        Excluded = "excluded",
        /// Its shopper was asked to answer questions anew.
        Returned = "returned",
        /// Its shopper answered them.
        Revised = "revised",
        /// They were not answered in time.
        Lapsed = "lapsed",
        /// A decision or a return was taken back.
        Reopened = "reopened",
        /// Its report went out.
        ReportReleased = "report_released",
        /// An answer was changed because of an appeal.
        Corrected = "corrected",
        /// The time to appeal was over.
        Finished = "finished",
        /// A reviewer wanted it to be withdrawn.
        WithdrawalProposed = "withdrawal_proposed",
        /// It was not to be withdrawn.
        ReportKept = "report_kept",
        /// It was withdrawn.
        Withdrawn = "withdrawn",
    }
}

impl VisitEvent {
    const fn of(step: Step) -> Self {
        match step {
            Step::Arrive => Self::Completed,
            Step::SendAnew => Self::SendAnew,
            Step::TakeWithout => Self::TakenWithout,
            Step::Claim => Self::Claimed,
            Step::HandOver => Self::HandedOver,
            Step::Release => Self::Released,
            Step::Approve => Self::Approved,
            Step::Reject => Self::Rejected,
            Step::Exclude => Self::Excluded,
            Step::Return => Self::Returned,
            Step::Revise => Self::Revised,
            Step::Lapse => Self::Lapsed,
            Step::Reopen => Self::Reopened,
            Step::Report => Self::ReportReleased,
            Step::Correct => Self::Corrected,
            Step::Finish => Self::Finished,
            Step::ProposeWithdrawal => Self::WithdrawalProposed,
            Step::KeepReport => Self::ReportKept,
            Step::Withdraw => Self::Withdrawn,
        }
    }
}

/// What happened to a visit.
#[derive(Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum VisitHistory {
    /// As desks see it.
    Desk {
        /// What happened, the first first.
        items: Vec<DeskEntry>,
    },
    /// As its shopper sees it.
    Own {
        /// What happened, the first first.
        items: Vec<OwnEntry>,
    },
}

/// One thing that happened, for desks.
#[derive(Serialize, ToSchema)]
pub struct DeskEntry {
    at: Instant,
    what: VisitEvent,
    /// The state of the visit from then on.
    state: State,
    /// Who did it; null if the server did.
    account_id: Option<AccountId>,
    /// What that account is called; null if it is the shopper's.
    name: Option<String>,
    /// Why, if a reason was given.
    reason: Option<String>,
    /// Whether the shopper is paid, if that was decided.
    paid: Option<bool>,
    /// Whether another visit was wanted in its place, if that was decided.
    second_visit: Option<bool>,
    /// The assignment that was opened for it, if one was.
    next_assignment_id: Option<AssignmentId>,
    /// The reviewer to whom it was handed over, if it was.
    reviewer_id: Option<AccountId>,
}

/// One thing that happened, for the shopper: it has no place for a name.
#[derive(Serialize, ToSchema)]
pub struct OwnEntry {
    at: Instant,
    what: VisitEvent,
    /// The state of the visit from then on.
    state: State,
    /// Whether the shopper did it.
    own: bool,
    /// Why, if a reason was given.
    reason: Option<String>,
    /// Whether the visit is paid, if that was decided.
    paid: Option<bool>,
}

/// What is shown of one thing that happened.
struct Shown {
    at: Instant,
    what: VisitEvent,
    state: State,
    step: Option<TakenStep>,
}

impl Shown {
    fn all(happened: Vec<Happening>) -> impl Iterator<Item = Self> {
        let states = history::states(&happened);
        happened.into_iter().zip(states).filter_map(|(one, state)| {
            let at = one.at();
            let (what, step) = match one {
                Happening::Arrived(_) => (VisitEvent::Arrived, None),
                Happening::Replaced(_) => (VisitEvent::SentAnew, None),
                Happening::Completed(_) => (VisitEvent::Completed, None),
                Happening::Taken(step) => (VisitEvent::of(step.step()?), Some(*step)),
            };
            Some(Self { at, what, state, step })
        })
    }

    /// Who did it.
    fn by(&self, shopper: AccountId) -> Option<AccountId> {
        match (&self.step, self.what) {
            (Some(step), _) => step.account_id,
            (None, VisitEvent::Completed) => None,
            (None, _) => Some(shopper),
        }
    }

    fn desk(self, shopper: AccountId, names: &BTreeMap<AccountId, String>) -> DeskEntry {
        let account_id = self.by(shopper);
        let name = account_id.and_then(|account| names.get(&account).cloned());
        let Self { at, what, state, step } = self;
        let details = step.as_ref().map(TakenStep::details).unwrap_or_default();
        DeskEntry {
            at,
            what,
            state,
            account_id,
            name,
            paid: step.as_ref().and_then(TakenStep::is_paid),
            second_visit: details.second_visit,
            next_assignment_id: details.next_assignment_id,
            reviewer_id: details.reviewer_id,
            reason: step.and_then(|step| step.reason),
        }
    }

    /// Whether its shopper sees it.
    fn is_shown(&self) -> bool {
        self.step.as_ref().and_then(TakenStep::step).is_none_or(Step::is_shown)
    }

    fn own(self, shopper: AccountId) -> OwnEntry {
        let own = self.by(shopper) == Some(shopper);
        let Self { at, what, state, step } = self;
        let paid = step.as_ref().and_then(TakenStep::is_paid);
        OwnEntry { at, what, state, own, reason: step.and_then(|step| step.reason), paid }
    }
}

/// What happened to a visit, from its arrival on. Its shopper sees what happened and why, and nobody's name. Who may give a second
/// opinion that is wanted of it sees no decision, until that is given.
#[utoipa::path(get, path = "/v1/visits/{id}/history", responses((status = 200, description = "What happened.")))]
pub async fn visit_history(
    app: Data<App>,
    caller: Allowed<ReadVisitHistory>,
    looking: Looking,
    id: Path<VisitId>,
) -> Result<ShownTo<Json<VisitHistory>>> {
    let (account, id, now) = (caller.account(), id.into_inner(), app.clock.now());
    let read = move |conn: &mut _| history::history(conn, &caller.scope, id, now);
    let History { brand, shopper, happened, names } = app.db.snapshot(read).await?;
    let shown = Shown::all(happened).filter(|one| account != shopper || one.is_shown());
    let history = if account == shopper {
        VisitHistory::Own { items: shown.map(|one| one.own(shopper)).collect() }
    } else {
        VisitHistory::Desk { items: shown.map(|one| one.desk(shopper, &names)).collect() }
    };
    looking.show(account, Look::at((About::Visit, id), brand, [shopper]), Json(history)).await
}
