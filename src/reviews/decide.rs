//! A decision about a visit and what follows from it, in one transaction.

use crate::{
    accounts::policy::Scope,
    checklists::cache::Version,
    db::{Conn, types::Instant},
    error::{Code, Error, Result},
    fieldwork::{assignments, campaigns},
    ids::AssignmentId,
    outbox,
    reviews::{claim::require_free, decided::VisitDecided, second_opinions},
    scores::{self, model::Counted},
    trust,
    visits::{
        self,
        advance::{Advance, Advanced, look},
        complete::complete,
        model::{Visit, VisitHead},
        state::Step,
        submit::back_to_review,
        taken::{Details, TakenStep},
    },
};

/// What a reviewer decides.
#[derive(Clone, Debug)]
pub struct Decide {
    /// The step, and its reason.
    pub advance: Advance,
    /// Whether the shopper is paid for a visit that is rejected.
    pub paid: Option<bool>,
    /// Whether another visit is wanted in the place of one that does not count; if it is not said, as its campaign has it.
    pub second_visit: Option<bool>,
    /// The id of the assignment that is opened for it.
    pub next: AssignmentId,
    /// The lot by which a second reviewer is asked as well: 0 to 9999.
    pub opinion_lot: i64,
}

impl Decide {
    /// Whether this was said with a step.
    fn is_said(&self, with: &Details) -> bool {
        (self.paid.is_none() || self.paid == with.paid)
            && (self.second_visit.is_none() || self.second_visit == with.second_visit)
    }
}

/// What a decision led to.
#[derive(Debug)]
pub struct Decided {
    /// The visit as it is from now on.
    pub visit: VisitHead,
    /// The last step with it: the decision, unless that is one of before to which others have come.
    pub taken: Option<TakenStep>,
}

/// Decides about a visit that was made under this version. A visit that counts from now on is added to the figures of its
/// places; one that no longer counts is taken out. The same again is the same answer.
///
/// # Errors
/// As [`advance`](visits::advance::advance).
pub fn decide(
    conn: &mut Conn,
    scope: &Scope,
    command: &Decide,
    version: &Version,
    now: Instant,
) -> Result<Decided> {
    let looked = look(conn, scope, &command.advance)?;
    if looked.repeated(scope, &command.advance, |decision| command.is_said(decision))?.is_some() {
        return Ok(Decided { taken: looked.last, visit: looked.visit.head });
    }
    require_free(conn, scope, command.advance.visit, now)?;
    require_made(&looked.visit, command.advance.step)?;
    let was_wanted_again = looked.last.as_ref().is_some_and(TakenStep::wants_again);
    let begun = looked.begin(command.advance.step)?;
    let details = match command.advance.step {
        Step::Reject | Step::Exclude => settle(conn, &begun.visit, command, now)?,
        _ => Details::default(),
    };
    if was_wanted_again {
        visits::store::set_wanted_again(conn, begun.visit.head.id, false)?;
        assignments::do_not_make_again(conn, begun.visit.head.assignment_id, now)?;
    }
    let advanced = begun.take(conn, scope, &command.advance, details, now)?;
    let Advanced { taken, mut visit, .. } = follow(conn, advanced, version, command.opinion_lot, now)?;
    if command.advance.step == Step::Reopen {
        trust::store::wait_again(conn, visit.head.id)?;
        back_to_review(conn, &visit.head, now)?;
        // The last of its files may have come meanwhile.
        complete(conn, &mut visit)?;
    }
    Ok(Decided { visit: visit.head, taken: Some(taken) })
}

/// What follows from a decision of a reviewer or of the clock: figures, events, what is asked of a second reviewer.
pub(super) fn follow(
    conn: &mut Conn,
    advanced: Advanced,
    version: &Version,
    opinion_lot: i64,
    now: Instant,
) -> Result<Advanced> {
    let Advanced { from, taken, visit } = &advanced;
    outbox::record(conn, &VisitDecided::new(&visit.head, taken.number, taken.account_id), now)?;
    match (from.is_counted(), visit.head.state.is_counted()) {
        (false, true) => scores::count::count(conn, &Counted::for_desks(visit, version))?,
        (true, false) => {
            scores::count::uncount(conn, &Counted::for_desks(visit, version))?;
            if !visits::store::shown_before(conn, vec![visit.head.id])?.is_empty() {
                visits::store::set_not_shown_before(conn, visit.head.id)?;
                scores::count::take_back(conn, &Counted::for_branch_side(visit, version, |_| false))?;
            }
        }
        _ => {}
    }
    if visit.head.state.is_decided() {
        trust::store::stop_waiting(conn, visit.head.id)?;
        second_opinions::ask::ask_by_lot(conn, &visit.head, taken, opinion_lot, now)?;
    }
    Ok(advanced)
}

/// A visit that could not be made as it was wanted counts in no score, so it is not approved.
fn require_made(visit: &Visit, step: Step) -> Result<()> {
    let Some(outcome) = visit.content.0.outcome.as_ref().filter(|_| step == Step::Approve) else {
        return Ok(());
    };
    let (state, kind) = (visit.head.state, outcome.kind);
    let detail = format!(
        "this visit is {state} with the outcome {kind}, and cannot become approved: exclude it, and it is paid as its campaign says"
    );
    Err(Error::new(Code::WrongState).detail(detail))
}

/// Settles whether a visit that does not count is paid, and whether it is to be made again: then the next try at it is on the
/// board at once.
fn settle(conn: &mut Conn, visit: &Visit, command: &Decide, now: Instant) -> Result<Details> {
    let VisitHead { id, assignment_id, .. } = visit.head;
    let second_visit = is_wanted_again(conn, assignment_id, command.second_visit)?;
    let mut next_assignment_id = None;
    if second_visit {
        visits::store::set_wanted_again(conn, id, true)?;
        let is_open = assignments::make_again(conn, assignment_id, command.next, now)?;
        next_assignment_id = is_open.then_some(command.next);
    }
    let second_visit = Some(second_visit);
    let paid = match (command.advance.step, &visit.content.0.outcome) {
        (Step::Exclude, Some(_)) => Some(pays_outcomes(conn, assignment_id)?),
        _ => command.paid,
    };
    Ok(Details { paid, second_visit, next_assignment_id, ..Details::default() })
}

/// Outside of any campaign no visit is wanted but the one that was made.
fn is_wanted_again(conn: &mut Conn, made_for: AssignmentId, wish: Option<bool>) -> Result<bool> {
    let terms = campaigns::store::terms_of(conn, made_for)?;
    Ok(terms.is_some_and(|terms| wish.unwrap_or(terms.second_visits)))
}

/// Outside of any campaign it is paid.
fn pays_outcomes(conn: &mut Conn, made_for: AssignmentId) -> Result<bool> {
    Ok(campaigns::store::terms_of(conn, made_for)?.is_none_or(|terms| terms.pays_outcomes))
}
