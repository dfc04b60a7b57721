//! What happened to a visit, from its arrival on.

use std::collections::BTreeMap;

use super::{
    blind, find, finish,
    model::Visit,
    state::{State, Step},
    store,
    taken::TakenStep,
};
use crate::{
    accounts::{self, policy::Scope},
    db::{Conn, types::Instant},
    error::Result,
    ids::{AccountId, BrandId, VisitId},
};

/// One thing that happened to a visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happening {
    /// It arrived.
    Arrived(Instant),
    /// It was sent anew, with other files.
    Replaced(Instant),
    /// The last of it arrived.
    Completed(Instant),
    /// A step was taken with it.
    Taken(Box<TakenStep>),
}

impl Happening {
    /// When it happened.
    pub fn at(&self) -> Instant {
        match self {
            Self::Arrived(at) | Self::Replaced(at) | Self::Completed(at) => *at,
            Self::Taken(step) => step.taken_at,
        }
    }

    /// What comes first of what happened at one moment.
    fn order(&self) -> (Instant, u8) {
        let rank = match self {
            Self::Arrived(_) => 0,
            // It is asked for before it comes.
            Self::Taken(step) if step.step() == Some(Step::SendAnew) => 1,
            Self::Replaced(_) => 2,
            Self::Completed(_) => 3,
            Self::Taken(_) => 4,
        };
        (self.at(), rank)
    }
}

/// What happened to a visit.
#[derive(Debug)]
pub struct History {
    /// The brand that it belongs to.
    pub brand: BrandId,
    /// Who made it.
    pub shopper: AccountId,
    /// All that happened, the first first.
    pub happened: Vec<Happening>,
    /// The names of those of a desk who took steps.
    pub names: BTreeMap<AccountId, String>,
}

/// What happened to a visit: for its shopper, as long as what was begun may be sent, and for desks whose scope covers its
/// branch. The latest 200 steps are shown; to who may give a second opinion that is wanted, none that tells the decision.
///
/// # Errors
/// `not_found` if there is no such visit, or it is out of scope.
pub fn history(conn: &mut Conn, scope: &Scope, id: VisitId, now: Instant) -> Result<History> {
    let scope = finish::with_begun(conn, scope, now)?;
    let visit = find::visit(conn, &scope, id)?;
    let mut steps = store::steps::latest(conn, id)?;
    if blind::is_blind_to(conn, &scope, &visit.head)? {
        steps.retain(|step| !blind::tells(step));
    }
    let replaced = store::before(conn, vec![id])?.into_iter().map(|was| was.replaced_at).collect();
    let shopper = visit.head.shopper_id;
    let who = steps.iter().filter_map(|step| step.account_id).filter(|account| *account != shopper);
    let names = accounts::store::names(conn, who.collect())?;
    Ok(History { brand: visit.head.brand_id, shopper, happened: in_order(&visit, steps, replaced), names })
}

fn in_order(visit: &Visit, steps: Vec<TakenStep>, replaced: Vec<Instant>) -> Vec<Happening> {
    // A reviewer who takes it without files completes it by that.
    let is_by_step = steps.iter().any(|step| step.step() == Some(Step::TakeWithout));
    let completed = visit.head.completed_at.filter(|_| !is_by_step);
    // What a revision took the place of was not sent anew.
    let is_revised =
        |at: &Instant| steps.iter().any(|step| step.details().revision.is_some() && step.taken_at == *at);
    let replaced: Vec<_> = replaced.into_iter().filter(|at| !is_revised(at)).collect();
    let mut all = vec![Happening::Arrived(visit.head.received_at)];
    all.extend(replaced.into_iter().map(Happening::Replaced));
    all.extend(completed.map(Happening::Completed));
    all.extend(steps.into_iter().map(|step| Happening::Taken(Box::new(step))));
    all.sort_by_key(Happening::order);
    all
}

/// The states that a visit was in after each of these.
pub fn states(happened: &[Happening]) -> Vec<State> {
    let (mut state, mut is_whole) = (State::Submitted, false);
    let after = |one: &Happening| {
        match one {
            Happening::Arrived(_) | Happening::Replaced(_) => {}
            Happening::Completed(_) => is_whole = true,
            Happening::Taken(step) => state = step.to_state,
        }
        if state == State::Submitted && is_whole {
            state = State::Complete;
        }
        state
    };
    happened.iter().map(after).collect()
}
