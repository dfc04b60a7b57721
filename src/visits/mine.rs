//! A shopper's own visits that were decided about.

use super::{
    grades::{Grades, grades},
    model::{Visit, VisitHead},
    state::Step,
    store::{self, comments, steps, work::Own},
    taken::TakenStep,
};
use crate::{
    db::{Conn, types::Instant},
    error::Result,
    fieldwork::assignments::model::Pay,
    ids::{AccountId, VisitId},
};

/// What became of one visit.
#[derive(Debug)]
pub struct Mine {
    /// The visit.
    pub visit: VisitHead,
    /// The last step that its shopper sees.
    pub decision: Option<TakenStep>,
    /// What was promised for it.
    pub pay: Option<Pay>,
    /// Whether its campaign shows scores.
    pub shows_score: bool,
    /// How good it was.
    pub grades: Grades,
}

/// So many visits of a shopper that were decided about, after this one, the newest first. Ask within a snapshot.
///
/// # Errors
/// Those of the database.
pub fn mine(
    conn: &mut Conn,
    shopper: AccountId,
    after: Option<(Instant, VisitId)>,
    rows: i64,
) -> Result<Vec<Mine>> {
    let own = store::work::decided(conn, shopper, after, rows)?;
    let ids: Vec<_> = own.iter().map(|one| one.visit.head.id).collect();
    let (all, corrections) = (steps::of_visits(conn, ids.clone())?, comments::of_visits(conn, &ids)?);
    let mine = |Own { visit, closes_at, submit_by, pay, terms }: Own| {
        let id = visit.head.id;
        let taken: Vec<_> = all.iter().filter(|step| step.visit_id == id).cloned().collect();
        let spelled: Vec<_> = corrections.iter().filter(|one| one.visit_id == id).cloned().collect();
        let grades = grades(&visit, &taken, &spelled, submit_by.unwrap_or(closes_at));
        let is_seen = |step: &&TakenStep| step.step().is_some_and(Step::is_shown);
        let decision = taken.iter().rfind(is_seen).cloned();
        let shows_score = terms.is_none_or(|terms| terms.0.show_scores);
        let Visit { head, .. } = visit;
        Mine { visit: head, decision, pay: pay.map(|pay| pay.0), shows_score, grades }
    };
    Ok(own.into_iter().map(mine).collect())
}
