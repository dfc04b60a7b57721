//! Asking for a second opinion.

use super::{
    model::{SecondOpinion, Verdict},
    store,
};
use crate::{
    db::{Conn, types::Instant},
    error::Result,
    fieldwork::campaigns,
    visits::{model::VisitHead, taken::TakenStep},
};

/// Asks for a second opinion about a visit that was decided about just now, if its campaign wants one of as many visits as this
/// lot (0 to 9999) is among. One that is wanted already is from now on about the new decision.
///
/// # Errors
/// None but those of the database.
pub fn ask_by_lot(
    conn: &mut Conn,
    visit: &VisitHead,
    taken: &TakenStep,
    lot: i64,
    now: Instant,
) -> Result<()> {
    if Verdict::of(visit.state).is_none() || lot >= share(conn, visit)? {
        return Ok(());
    }
    match store::find(conn, visit.id)? {
        None => store::insert(
            conn,
            &SecondOpinion {
                visit_id: visit.id,
                brand_id: visit.brand_id,
                first_state: visit.state,
                first_reviewer_id: taken.account_id,
                reviewer_id: None,
                state: None,
                reason: None,
                given_at: None,
                revision: 1,
                created_at: now,
            },
        ),
        Some(wanted) if wanted.state.is_none() => store::update(
            conn,
            &SecondOpinion {
                first_state: visit.state,
                first_reviewer_id: taken.account_id,
                revision: wanted.revision + 1,
                ..wanted
            },
        ),
        // It was given about an earlier decision, and stays so.
        Some(_) => Ok(()),
    }
}

/// Of how many visits their campaign wants a second opinion, in basis points.
fn share(conn: &mut Conn, visit: &VisitHead) -> Result<i64> {
    let terms = campaigns::store::terms_of(conn, visit.assignment_id)?;
    Ok(terms.and_then(|terms| terms.second_opinions_bp).map_or(0, |share| share.get()))
}
