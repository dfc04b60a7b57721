//! The statements about the steps that were taken with visits.

use std::collections::{BTreeMap, HashMap};

use diesel::{dsl::sql, prelude::*, sql_types::Bool};

use crate::{
    db::{
        Conn,
        engine::each_engine,
        pieces::pieces,
        schema::visit_step,
        sealing::rows_sealed,
        types::{Instant, Json},
    },
    error::Result,
    ids::{AccountId, VisitId},
    seals::salted::Salt,
    visits::{
        state::{State, Step},
        taken::{Details, TakenStep},
    },
};

/// More steps of one visit than this are not shown.
const MOST_STEPS: i64 = 200;

/// A step that is taken with a visit.
#[derive(Clone, Debug)]
pub struct NewStep {
    /// The visit.
    pub visit_id: VisitId,
    /// Which of the visit's steps it is; the first is 1.
    pub number: i32,
    /// Which step it is.
    pub step: Step,
    /// The state that the visit was in.
    pub from_state: State,
    /// The state that it is in since.
    pub to_state: State,
    /// Who takes the step; none if the clock does.
    pub account_id: Option<AccountId>,
    /// The reason that is given.
    pub reason: Option<String>,
    /// What is kept with it beside.
    pub details: Details,
    /// When it is taken.
    pub taken_at: Instant,
}

impl NewStep {
    /// The step as it is kept.
    fn taken(self) -> TakenStep {
        let Self { visit_id, number, step, from_state, to_state, account_id, reason, details, taken_at } =
            self;
        let step = Some(step);
        let details = Some(details).filter(|details| *details != Details::default()).map(Json);
        TakenStep { visit_id, number, step, from_state, to_state, account_id, reason, details, taken_at }
    }
}

/// Adds a step to the others of its visit.
pub fn insert(conn: &mut Conn, new: NewStep) -> Result<TakenStep> {
    let row = new.taken();
    diesel::insert_into(visit_step::table).values(&row).execute(conn)?;
    Ok(row)
}

/// Keeps steps of the past, which go into the ledger in the same transaction, with the salts of their reasons.
pub fn insert_past(conn: &mut Conn, past: Vec<(NewStep, Option<Salt>)>) -> Result<()> {
    for piece in pieces(past) {
        let rows = piece.into_iter().map(|(step, salt)| {
            let salt = salt.map(|salt| salt.to_bytes().to_vec());
            (step.taken(), visit_step::salt.eq(salt), visit_step::sealed.eq(true))
        });
        let rows: Vec<_> = rows.collect();
        each_engine!(conn, c => diesel::insert_into(visit_step::table).values(rows).execute(c))?;
    }
    Ok(())
}

/// The last step that was taken with a visit.
pub fn last(conn: &mut Conn, of: VisitId) -> Result<Option<TakenStep>> {
    Ok(visit_step::table
        .filter(visit_step::visit_id.eq(of))
        .order(visit_step::number.desc())
        .select(TakenStep::as_select())
        .first(conn)
        .optional()?)
}

/// The number of the last step of a visit; none if it has taken none.
pub fn last_number(conn: &mut Conn, of: VisitId) -> Result<Option<i32>> {
    let last = visit_step::table.filter(visit_step::visit_id.eq(of)).order(visit_step::number.desc());
    Ok(last.select(visit_step::number).first(conn).optional()?)
}

/// The latest 200 steps of a visit, in their order.
pub fn latest(conn: &mut Conn, of: VisitId) -> Result<Vec<TakenStep>> {
    let mut steps: Vec<TakenStep> = visit_step::table
        .filter(visit_step::visit_id.eq(of))
        .order(visit_step::number.desc())
        .limit(MOST_STEPS)
        .select(TakenStep::as_select())
        .load(conn)?;
    steps.reverse();
    Ok(steps)
}

/// The steps that were taken with these visits, of each in their order.
pub fn of_visits(conn: &mut Conn, visits: Vec<VisitId>) -> Result<Vec<TakenStep>> {
    Ok(visit_step::table
        .filter(visit_step::visit_id.eq_any(visits))
        .order((visit_step::visit_id, visit_step::number))
        .select(TakenStep::as_select())
        .load(conn)?)
}

/// When each of these visits came back to the reviewers last: it was revised, its return lapsed, or it was reopened. Not of those
/// that never did.
pub fn came_back(conn: &mut Conn, of: &[VisitId]) -> Result<BTreeMap<VisitId, Instant>> {
    let back = [Step::Revise, Step::Lapse, Step::Reopen].map(Some);
    let steps: Vec<(VisitId, Instant)> = visit_step::table
        .filter(visit_step::visit_id.eq_any(of.to_vec()))
        .filter(visit_step::step.eq_any(back))
        .order((visit_step::visit_id, visit_step::number))
        .select((visit_step::visit_id, visit_step::taken_at))
        .load(conn)?;
    // A later one takes the place of an earlier one.
    Ok(steps.into_iter().collect())
}

/// The last step with each of these visits that says who works on it, or that no reviewer does any more.
pub fn claims(conn: &mut Conn, of: &[VisitId]) -> Result<BTreeMap<VisitId, TakenStep>> {
    let is_about_claims = |step: &Step| matches!(step, Step::Claim | Step::HandOver) || step.ends_claims();
    let about: Vec<_> = Step::ALL.iter().copied().filter(is_about_claims).map(Some).collect();
    let steps: Vec<TakenStep> = visit_step::table
        .filter(visit_step::visit_id.eq_any(of.to_vec()))
        .filter(visit_step::step.eq_any(about))
        .order((visit_step::visit_id, visit_step::number))
        .select(TakenStep::as_select())
        .load(conn)?;
    // A later one takes the place of an earlier one.
    Ok(steps.into_iter().map(|step| (step.visit_id, step)).collect())
}

/// For longer than this no night is waited for, in seconds: a day, and an hour more where clocks are set back.
const LONGEST_WAIT: i64 = 25 * 60 * 60;

/// The visits that were withdrawn since the last night, each with the state that the branch's side is still shown. Such visits
/// are few: two reviewers have to agree on each.
pub fn withdrawn_lately(conn: &mut Conn, now: Instant) -> Result<HashMap<VisitId, State>> {
    let steps: Vec<TakenStep> = visit_step::table
        // Spelled out, because only so the engines see that the partial index answers it.
        .filter(sql::<Bool>("visit_step.step = 'withdraw'"))
        .filter(visit_step::taken_at.gt(now.plus_seconds(-LONGEST_WAIT)))
        .select(TakenStep::as_select())
        .load(conn)?;
    let waits = |step: &TakenStep| step.details().shown_from.is_some_and(|from| from > now);
    Ok(steps.into_iter().filter(waits).map(|step| (step.visit_id, step.from_state)).collect())
}

rows_sealed!(visit_step::table by visit_id and number with salt, set_steps_sealed);
