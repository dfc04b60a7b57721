//! The one guarded step: a person takes a visit from one state to the next.

use super::{
    find,
    model::{Visit, VisitHead},
    state::{State, Step, Taker},
    store::{self, TakenStep},
};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::{Code, Error, Result},
    ids::VisitId,
};

/// A step that a person takes with a visit.
#[derive(Clone, Debug)]
pub struct Advance {
    /// The visit.
    pub visit: VisitId,
    /// The step.
    pub step: Step,
    /// The reason, for the shopper and the record.
    pub reason: Option<String>,
}

impl Advance {
    /// This step with this visit, for this reason.
    pub fn new(visit: VisitId, step: Step, reason: Option<String>) -> Self {
        Self { visit, step, reason }
    }
}

/// What a step led to.
#[derive(Debug)]
pub struct Advanced {
    /// The state that the visit was in.
    pub from: State,
    /// Which of the visit's steps this was; the first is 1.
    pub number: i32,
    /// The visit as it is now.
    pub visit: Visit,
}

/// Takes a visit one step on, and remembers who did it.
///
/// # Errors
/// `not_found` if the visit is out of scope; `forbidden` if it is the caller's own; `wrong_state` if its state does not
/// allow the step.
pub fn advance(conn: &mut Conn, scope: &Scope, command: &Advance, now: Instant) -> Result<Advanced> {
    let mut visit = find::visit(conn, scope, command.visit)?;
    may_take(scope, command.step, &visit.head)?;
    let from = visit.head.state;
    visit.head.state = from.after(command.step)?;
    store::set_state(conn, &visit.head)?;
    let number = store::add_step(
        conn,
        &TakenStep {
            visit_id: visit.head.id,
            from_state: from,
            to_state: visit.head.state,
            account_id: scope.account,
            reason: command.reason.as_deref(),
            taken_at: now,
        },
    )?;
    Ok(Advanced { from, number, visit })
}

fn may_take(scope: &Scope, step: Step, visit: &VisitHead) -> Result<()> {
    match step.taker() {
        Taker::Server => Err(Error::internal(format_args!("a person does not {step:?} a visit"))),
        Taker::Another(permission) if !scope.is_of(permission) => Err(Error::new(Code::Forbidden)),
        Taker::Another(_) if visit.shopper_id == scope.account => {
            Err(Error::new(Code::Forbidden).detail("you made this visit: another person decides about it"))
        }
        Taker::Another(_) => Ok(()),
        Taker::Anybody(permission) if scope.is_of(permission) => Ok(()),
        Taker::Anybody(_) => Err(Error::new(Code::Forbidden)),
    }
}
