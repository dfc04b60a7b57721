//! What is known of a shopper when it is decided what they may take, in a bounded number of statements.

use diesel::prelude::*;

use crate::{
    board::{
        model::{Been, Candidate},
        ratings::{Event, Happened, REMEMBERED, Rating, Taken},
    },
    db::{
        Conn,
        schema::{assignment, assignment_step, branch, visit},
        types::Instant,
    },
    error::Result,
    fieldwork::{self, model::AssignmentState},
    ids::{AccountId, AssignmentId, BranchId, BrandId, RegionId},
    visits::state::State,
};

/// No more of a shopper's assignments than this are looked at, the latest ones.
const MOST_PAST: i64 = 1_000;
/// No more of the steps than this that came to no visit.
const MOST_STEPS: i64 = 500;

/// The shopper, as far as it decides what they may take.
///
/// # Errors
/// `not_found` if there is no such account.
pub fn candidate(conn: &mut Conn, shopper: AccountId, now: Instant) -> Result<Candidate> {
    let declared = fieldwork::shoppers::store::declared(conn, shopper)?;
    let past = past(conn, shopper)?;
    let held = |one: &&Past| one.is_held(now);
    Ok(Candidate {
        languages: declared.map(|declared| declared.profile.0.languages).unwrap_or_default(),
        ties: fieldwork::shoppers::store::ties(conn, shopper)?,
        qualifications: fieldwork::qualifications::store::valid(conn, shopper, now)?,
        jobs: past.iter().filter(held).count(),
        rating: rated(conn, shopper, &past, now)?.overall(),
        been: past.iter().filter_map(|one| one.been(now)).collect(),
    })
}

/// How far the shopper can be relied on, and how good the visits are.
pub fn rating(conn: &mut Conn, shopper: AccountId, now: Instant) -> Result<Rating> {
    let past = past(conn, shopper)?;
    rated(conn, shopper, &past, now)
}

fn rated(conn: &mut Conn, shopper: AccountId, past: &[Past], now: Instant) -> Result<Rating> {
    let mut events: Vec<_> = past.iter().flat_map(Past::events).collect();
    events.extend(steps(conn, shopper, now)?);
    Ok(Rating::of(events, now))
}

/// An assignment of the shopper's, with what came of it.
#[derive(Queryable)]
struct Past {
    assignment: AssignmentId,
    brand: BrandId,
    branch: BranchId,
    region: Option<RegionId>,
    opens_at: Instant,
    closes_at: Instant,
    submit_by: Option<Instant>,
    answer_by: Option<Instant>,
    state: AssignmentState,
    visit: Option<(State, Instant)>,
}

impl Past {
    /// Whether the visit is still to be made, in time, or its shopper can still say that they make it: else whoever is
    /// offered several at once could take them all, whatever the campaign asks for.
    fn is_held(&self, now: Instant) -> bool {
        let until = match self.state {
            AssignmentState::Assigned => self.submit_by.unwrap_or(self.closes_at),
            AssignmentState::Offered => self.answer_by.unwrap_or(self.closes_at),
            _ => return false,
        };
        self.visit.is_none() && now < until
    }

    fn been(&self, now: Instant) -> Option<Been> {
        let &Self { brand, branch, region, opens_at, closes_at, .. } = self;
        let (from, until) = match self.visit {
            Some((_, received_at)) => (received_at, received_at),
            None => self.is_held(now).then_some((opens_at, closes_at))?,
        };
        Some(Been { brand, branch, region, from, until })
    }

    fn events(&self) -> Vec<Event> {
        let Some((state, at)) = self.visit else { return Vec::new() };
        let arrived = Happened::arrived(at, self.submit_by, self.closes_at);
        let what = [Some(arrived), Happened::decided(state)].into_iter().flatten();
        what.map(|what| Event { assignment: self.assignment, brand: self.brand, what, at }).collect()
    }
}

/// What the shopper has or had or is offered, the latest first. Through the assignments, since visits are not found by their shopper.
fn past(conn: &mut Conn, shopper: AccountId) -> Result<Vec<Past>> {
    Ok(assignment::table
        .inner_join(branch::table.on(branch::id.eq(assignment::branch_id)))
        .left_join(visit::table.on(visit::assignment_id.eq(assignment::id)))
        .filter(assignment::shopper_id.eq(shopper))
        .order((assignment::closes_at.desc(), assignment::id))
        .limit(MOST_PAST)
        .select((
            assignment::id,
            assignment::brand_id,
            assignment::branch_id,
            branch::region_id,
            assignment::opens_at,
            assignment::closes_at,
            assignment::submit_by,
            assignment::answer_by,
            assignment::state,
            (visit::state, visit::received_at).nullable(),
        ))
        .load(conn)?)
}

/// What steps say that came to no visit.
fn steps(conn: &mut Conn, shopper: AccountId, now: Instant) -> Result<Vec<Event>> {
    type Row = (
        (AssignmentId, BrandId, Instant),
        (AssignmentState, AssignmentState, Option<AccountId>, Instant),
        Option<State>,
    );
    let rows: Vec<Row> = assignment_step::table
        .inner_join(assignment::table.on(assignment::id.eq(assignment_step::assignment_id)))
        .left_join(visit::table.on(visit::assignment_id.eq(assignment_step::assignment_id)))
        .filter(assignment_step::shopper_id.eq(shopper))
        .filter(assignment_step::taken_at.gt(now.plus_seconds(-REMEMBERED)))
        .order((assignment_step::taken_at.desc(), assignment_step::assignment_id))
        .limit(MOST_STEPS)
        .select((
            (assignment::id, assignment::brand_id, assignment::closes_at),
            (
                assignment_step::from_state,
                assignment_step::to_state,
                assignment_step::account_id,
                assignment_step::taken_at,
            ),
            visit::state.nullable(),
        ))
        .load(conn)?;
    let event = |((assignment, brand, closes_at), (from, to, by, at), visit): Row| {
        let what = Taken { from, to, shopper, by, at, closes_at }.says()?;
        // What was given up or missed and came all the same is late, and no more.
        let undone = visit.is_some() && what != Happened::Unanswered;
        (!undone).then_some(Event { assignment, brand, what, at })
    };
    Ok(rows.into_iter().filter_map(event).collect())
}
