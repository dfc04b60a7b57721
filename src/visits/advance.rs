//! The one guarded step: a person takes a visit from one state to the next.
//!
//! What a network may repeat is asked twice and done once ([`Looked::repeated`]): the same step by the same person, for the same
//! reason, is answered as it was the first time, as long as no other step came after it. A step that was asked for under a key of
//! its client is known by that also when others came after it.

use super::{
    blind, find,
    model::{Visit, VisitHead},
    state::{Leads, State, Step, Taker},
    store::{
        self, set_claim, set_state,
        steps::{self, NewStep},
    },
    taken::{Details, TakenStep},
};
use crate::{
    accounts::policy::Scope,
    audit::{self, About, AuditKind, Entry},
    db::{Conn, types::Instant},
    error::{Code, Error, Result},
    ids::{AccountId, BrandId, DecisionId, VisitId},
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
    /// The id under which its client asks for it, if that made one.
    pub key: Option<DecisionId>,
}

impl Advance {
    /// This step with this visit, for this reason.
    pub fn new(visit: VisitId, step: Step, reason: Option<String>) -> Self {
        Self { visit, step, reason, key: None }
    }

    /// The same under this key.
    #[must_use]
    pub fn under(self, key: Option<DecisionId>) -> Self {
        Self { key, ..self }
    }
}

/// A visit as it is, before a step is taken with it.
#[derive(Debug)]
pub struct Looked {
    /// The visit.
    pub visit: Visit,
    /// The last step that was taken with it.
    pub last: Option<TakenStep>,
    /// The step that this person took under the key of the command, if there is one.
    under_key: Option<TakenStep>,
    /// Whether the person is not to know what was decided: then the visit is shown as it was before, without its last step.
    is_blind: bool,
}

/// A step that may be taken now.
#[derive(Debug)]
pub struct Begun {
    /// The visit as it is from now on.
    pub visit: Visit,
    /// The state that it was in.
    pub from: State,
    number: i32,
}

/// What a step led to.
#[derive(Debug)]
pub struct Advanced {
    /// The state that the visit was in.
    pub from: State,
    /// The step as it is kept.
    pub taken: TakenStep,
    /// The visit as it is now.
    pub visit: Visit,
}

/// Looks at a visit for a person who may take this step with it, if its state allows it.
///
/// # Errors
/// `not_found` if the visit is out of scope; `forbidden` if it is the caller's own.
pub fn look(conn: &mut Conn, scope: &Scope, command: &Advance) -> Result<Looked> {
    let mut visit = find::visit(conn, scope, command.visit)?;
    may_take(scope, command.step, &visit.head)?;
    let is_blind = blind::is_blind_to(conn, scope, &visit.head)?;
    let mut under_key = None;
    if command.key.is_some() {
        let is_it =
            |step: &TakenStep| (step.account_id, step.details().key) == (Some(scope.account), command.key);
        under_key = steps::of_visits(conn, vec![command.visit])?.into_iter().find(is_it);
    }
    let mut last = steps::last(conn, command.visit)?;
    if is_blind {
        (visit.head.state, last) = (blind::waiting(&visit.head), None);
    }
    Ok(Looked { visit, last, under_key, is_blind })
}

impl Looked {
    /// The step as it is kept, if this person took it before: under the key of the command, or as the last one for the same reason;
    /// `is_same` says whether what was said with it is the same.
    ///
    /// # Errors
    /// `conflict` if this person took another step under the key.
    pub fn repeated(
        &self,
        scope: &Scope,
        command: &Advance,
        is_same: impl Fn(&Details) -> bool,
    ) -> Result<Option<&TakenStep>> {
        let is_same = |taken: &TakenStep| is_same(&Details { key: None, ..taken.details() });
        if let Some(taken) = &self.under_key {
            let is_it = (taken.step(), &taken.reason) == (Some(command.step), &command.reason);
            let other = "something else was asked of this visit under this key: make another key";
            return match is_it && is_same(taken) {
                true => Ok(Some(taken)),
                false => Err(Error::new(Code::Conflict).detail(other)),
            };
        }
        let Some(last) = &self.last else { return Ok(None) };
        let is_where_it_led = match command.step.leads_from(last.from_state) {
            None => false,
            Some(Leads::To(state)) => self.visit.head.state == state,
            Some(Leads::ToReview) => {
                matches!(self.visit.head.state, State::Submitted | State::Complete)
            }
        };
        let asked = (Some(command.step), Some(scope.account), &command.reason);
        let is_it = (last.step(), last.account_id, &last.reason) == asked;
        Ok((is_it && is_where_it_led && is_same(last)).then_some(last))
    }

    /// Refuses a person who is to give a second opinion first.
    ///
    /// # Errors
    /// `wrong_state`.
    pub fn require_seeing(&self) -> Result<()> {
        if self.is_blind { Err(blind::opinion_first()) } else { Ok(()) }
    }

    /// The step, if the visit's state allows it: nothing is written yet.
    ///
    /// # Errors
    /// `wrong_state` if it does not, or if the person is to give a second opinion first.
    pub fn begin(self, step: Step) -> Result<Begun> {
        self.require_seeing()?;
        let Self { mut visit, last, .. } = self;
        let from = visit.head.state;
        visit.head.state = from.after(step, visit.head.completed_at.is_some())?;
        Ok(Begun { visit, from, number: last.map_or(1, |last| last.number + 1) })
    }
}

impl Begun {
    /// Takes the step, and remembers who took it.
    ///
    /// # Errors
    /// None but those of the database.
    pub fn take(
        self,
        conn: &mut Conn,
        scope: &Scope,
        command: &Advance,
        details: Details,
        now: Instant,
    ) -> Result<Advanced> {
        let by = (Some(scope.account), command.reason.clone());
        let details = Details { key: command.key, ..details };
        self.write(conn, command.step, by, details, now)
    }

    fn write(
        self,
        conn: &mut Conn,
        step: Step,
        (account_id, reason): (Option<AccountId>, Option<String>),
        details: Details,
        now: Instant,
    ) -> Result<Advanced> {
        let Self { visit, from, number } = self;
        set_state(conn, &visit.head)?;
        match step {
            Step::Claim => set_claim(conn, visit.head.id, account_id.map(|by| (by, now)))?,
            Step::HandOver => set_claim(conn, visit.head.id, details.reviewer_id.map(|to| (to, now)))?,
            step if step.ends_claims() => set_claim(conn, visit.head.id, None)?,
            _ => {}
        }
        let new = NewStep {
            visit_id: visit.head.id,
            number,
            step,
            from_state: from,
            to_state: visit.head.state,
            account_id,
            reason,
            details,
            taken_at: now,
        };
        if let Some(entry) = audited(visit.head.brand_id, &new) {
            audit::record(conn, entry, now)?;
        }
        Ok(Advanced { from, taken: steps::insert(conn, new)?, visit })
    }
}

/// What the audit has of a step with a visit of this brand: nothing of a step that no person took.
pub fn audited(brand: BrandId, step: &NewStep) -> Option<Entry> {
    let details = audit::Details::default()
        .code("step", step.step.as_str())
        .code("from", step.from_state.as_str())
        .code("to", step.to_state.as_str())
        .number("number", step.number);
    let entry = Entry::new(AuditKind::VisitStep, (About::Visit, step.visit_id), step.number);
    Some(entry.by(step.account_id?).of(brand).with(details))
}

/// Takes a step with a visit that no person takes: at a time that was set, or by a rule of its campaign. It names no account.
///
/// # Errors
/// `not_found` if there is no such visit; `wrong_state` if its state does not allow the step.
pub fn by_clock(
    conn: &mut Conn,
    visit: VisitId,
    step: Step,
    details: Details,
    now: Instant,
) -> Result<Advanced> {
    let found = store::find(conn, visit)?.ok_or_else(|| Error::new(Code::NotFound))?;
    let last = steps::last(conn, visit)?;
    let begun = Looked { visit: found, last, under_key: None, is_blind: false }.begin(step)?;
    begun.write(conn, step, (None, None), details, now)
}

/// Takes a visit one step on, and remembers who did it.
///
/// # Errors
/// As [`look`] and [`Looked::begin`].
pub fn advance(conn: &mut Conn, scope: &Scope, command: &Advance, now: Instant) -> Result<Advanced> {
    let begun = look(conn, scope, command)?.begin(command.step)?;
    begun.take(conn, scope, command, Details::default(), now)
}

/// Takes a step whose time has come; none if the visit's state does not allow it any more.
///
/// # Errors
/// `not_found` if there is no such visit.
pub fn advance_by_clock(
    conn: &mut Conn,
    visit: VisitId,
    step: Step,
    now: Instant,
) -> Result<Option<Advanced>> {
    if step.taker() != Taker::Clock {
        return Err(Error::internal(format_args!("the clock does not {step} a visit")));
    }
    let found = store::find(conn, visit)?.ok_or_else(|| Error::new(Code::NotFound))?;
    if step.leads_from(found.head.state).is_none() {
        return Ok(None);
    }
    by_clock(conn, visit, step, Details::default(), now).map(Some)
}

fn may_take(scope: &Scope, step: Step, visit: &VisitHead) -> Result<()> {
    match step.taker() {
        Taker::Server | Taker::Clock => {
            Err(Error::internal(format_args!("a person does not {step} a visit")))
        }
        Taker::Maker(permission) if !scope.is_of(permission) || visit.shopper_id != scope.account => {
            Err(Error::new(Code::Forbidden))
        }
        Taker::Maker(_) => Ok(()),
        Taker::Another(permission) if !scope.is_of(permission) => Err(Error::new(Code::Forbidden)),
        Taker::Another(_) if visit.shopper_id == scope.account => {
            Err(Error::new(Code::Forbidden).detail("you made this visit: another person decides about it"))
        }
        Taker::Another(_) => Ok(()),
        Taker::Anybody(permission) if scope.is_of(permission) => Ok(()),
        Taker::Anybody(_) => Err(Error::new(Code::Forbidden)),
    }
}
