//! Withdrawing a report that went out, because its visit turns out to be false: one reviewer proposes it with a reason, and another
//! one agrees.

use super::{counted::counted, night, store, withdrawn::ReportWithdrawn};
use crate::{
    accounts::policy::Scope,
    checklists::cache::Version,
    db::{Conn, types::Instant},
    error::{Code, Error, Result},
    ids::VisitId,
    outbox, places,
    scores::{self, model::Counted},
    visits::{
        advance::{Advance, Looked, look},
        model::VisitHead,
        state::Step,
        store::steps,
        taken::{Details, TakenStep},
    },
};

/// A visit, with the proposal to withdraw it that is open.
#[derive(Debug)]
pub struct Proposed {
    /// The visit.
    pub visit: VisitHead,
    /// The step by which it was proposed; none if that is settled.
    pub proposal: Option<TakenStep>,
}

/// Proposes to withdraw a visit whose report went out. The same again is the same answer.
///
/// # Errors
/// `wrong_state` if its report did not go out, or another proposal is open; otherwise as [`look`].
pub fn propose(conn: &mut Conn, scope: &Scope, command: &Advance, now: Instant) -> Result<Proposed> {
    let looked = look(conn, scope, command)?;
    if command.key.is_some() && looked.repeated(scope, command, |_| true)?.is_some() {
        return Ok(Proposed { proposal: open_proposal(conn, command.visit)?, visit: looked.visit.head });
    }
    looked.require_seeing()?;
    match open_proposal(conn, command.visit)? {
        Some(open) if open.account_id == Some(scope.account) && open.reason == command.reason => {
            Ok(Proposed { visit: looked.visit.head, proposal: Some(open) })
        }
        Some(_) => Err(Error::new(Code::WrongState).detail("it is proposed already to withdraw this visit")),
        None => {
            let taken = looked.begin(command.step)?.take(conn, scope, command, Details::default(), now)?;
            Ok(Proposed { visit: taken.visit.head, proposal: Some(taken.taken) })
        }
    }
}

/// Keeps the report: its reviewer takes the proposal back, or another one declines it. The same again is the same answer.
///
/// # Errors
/// `wrong_state` if no proposal is open; otherwise as [`look`].
pub fn keep(conn: &mut Conn, scope: &Scope, command: &Advance, now: Instant) -> Result<Proposed> {
    let looked = look(conn, scope, command)?;
    if looked.repeated(scope, command, |_| true)?.is_some() {
        return Ok(Proposed { proposal: open_proposal(conn, command.visit)?, visit: looked.visit.head });
    }
    require_proposal(conn, &looked)?;
    let kept = looked.begin(command.step)?.take(conn, scope, command, Details::default(), now)?;
    Ok(Proposed { visit: kept.visit.head, proposal: None })
}

/// Withdraws a visit that was made under this version: it counts nowhere any more, for desks from now on and for the branch's side
/// from the next night on, when its report says that it was withdrawn, and why. The same again is the same answer.
///
/// # Errors
/// `wrong_state` if no proposal is open; `forbidden` for the reviewer who proposed it; otherwise as [`look`].
pub fn withdraw(
    conn: &mut Conn,
    scope: &Scope,
    command: &Advance,
    version: &Version,
    now: Instant,
) -> Result<Proposed> {
    let looked = look(conn, scope, command)?;
    if looked.repeated(scope, command, |_| true)?.is_some() {
        return Ok(Proposed { visit: looked.visit.head, proposal: None });
    }
    let proposal = require_proposal(conn, &looked)?;
    if proposal.account_id == Some(scope.account) {
        return Err(
            Error::new(Code::Forbidden).detail("you proposed it: another reviewer agrees or declines")
        );
    }
    let branch = places::store::branch(conn, scope, looked.visit.head.branch_id)?;
    let details = Details { shown_from: Some(night::next(now, &branch.time_zone)), ..Details::default() };
    let withdrawn = looked.begin(command.step)?.take(conn, scope, command, details, now)?.visit;
    scores::count::uncount(conn, &Counted::for_desks(&withdrawn, version))?;
    if let Some(report) = store::of_visit(conn, command.visit)? {
        scores::count::withdraw(conn, &counted(&withdrawn, version, &report.shows.0))?;
        let event = ReportWithdrawn {
            report_id: report.id,
            visit_id: command.visit,
            brand_id: report.brand_id,
            branch_id: report.branch_id,
            reviewer_id: scope.account,
        };
        outbox::record(conn, &event, now)?;
    }
    Ok(Proposed { visit: withdrawn.head, proposal: None })
}

fn require_proposal(conn: &mut Conn, looked: &Looked) -> Result<TakenStep> {
    looked.require_seeing()?;
    let open = open_proposal(conn, looked.visit.head.id)?;
    let nothing = || {
        let state = looked.visit.head.state;
        Error::new(Code::WrongState)
            .detail(format!("this visit is {state}, and nobody proposed that it be withdrawn"))
    };
    open.ok_or_else(nothing)
}

/// The proposal about a visit that nothing came of yet. Other steps may have come after it.
fn open_proposal(conn: &mut Conn, visit: VisitId) -> Result<Option<TakenStep>> {
    let mut steps = steps::latest(conn, visit)?.into_iter();
    let is_about_it = |step: &TakenStep| {
        matches!(step.step(), Some(Step::ProposeWithdrawal | Step::KeepReport | Step::Withdraw))
    };
    let last = steps.rfind(is_about_it);
    Ok(last.filter(|step| step.step() == Some(Step::ProposeWithdrawal)))
}
