//! Whether shoppers see scores: the campaign's choice.

use std::collections::HashSet;

use super::store::work::hiding_scores;
use crate::{
    db::Conn,
    error::Result,
    ids::{AccountId, AssignmentId},
    visits::model::VisitHead,
};

/// Whether the campaign of this visit shows its shopper no score.
///
/// # Errors
/// Those of the database.
pub fn is_unscored(conn: &mut Conn, visit: &VisitHead) -> Result<bool> {
    Ok(!hiding_scores(conn, vec![visit.assignment_id])?.is_empty())
}

/// The same visits without the scores that this account is not shown, because it made the visit.
///
/// # Errors
/// Those of the database.
pub fn without_hidden(conn: &mut Conn, by: AccountId, mut visits: Vec<VisitHead>) -> Result<Vec<VisitHead>> {
    let own: Vec<_> =
        visits.iter().filter(|visit| visit.shopper_id == by).map(|one| one.assignment_id).collect();
    if own.is_empty() {
        return Ok(visits);
    }
    let hiding: HashSet<AssignmentId> = hiding_scores(conn, own)?.into_iter().collect();
    for visit in &mut visits {
        if visit.shopper_id == by && hiding.contains(&visit.assignment_id) {
            visit.score = None;
        }
    }
    Ok(visits)
}
