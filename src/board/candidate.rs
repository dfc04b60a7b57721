//! What is known of a shopper when it is decided what they may take, in a bounded number of statements.

use super::{past::PastAssignment, ratings::Rating, store::past};
use crate::{
    db::{Conn, types::Instant},
    error::Result,
    fieldwork::{
        eligibility::Candidate,
        qualifications,
        shoppers::{self, ties},
    },
    ids::AccountId,
};

/// The shopper, as far as it decides what they may take.
///
/// # Errors
/// `not_found` if there is no such account.
pub fn read(conn: &mut Conn, shopper: AccountId, now: Instant) -> Result<Candidate> {
    let declared = shoppers::store::declared(conn, shopper)?;
    let past = past::assignments(conn, shopper)?;
    Ok(Candidate {
        languages: declared.map(|declared| declared.profile.0.languages).unwrap_or_default(),
        ties: ties::of(conn, shopper, now)?,
        qualifications: qualifications::store::certificates::valid(conn, shopper, now)?,
        jobs: past.iter().filter(|one| one.is_held(now)).count(),
        rating: rated(conn, shopper, &past, now)?.overall(),
        visits: past.iter().filter_map(|one| one.branch_visit(now)).collect(),
    })
}

/// How far the shopper can be relied on, and how good the visits are.
///
/// # Errors
/// Those of the database.
pub fn rating(conn: &mut Conn, shopper: AccountId, now: Instant) -> Result<Rating> {
    let past = past::assignments(conn, shopper)?;
    rated(conn, shopper, &past, now)
}

fn rated(conn: &mut Conn, shopper: AccountId, past: &[PastAssignment], now: Instant) -> Result<Rating> {
    let mut events: Vec<_> = past.iter().flat_map(PastAssignment::events).collect();
    events.extend(past::steps(conn, shopper, now)?.iter().filter_map(|step| step.event()));
    Ok(Rating::of(events, now))
}
