//! What was asked anew of a visit, and what was answered.

use super::{
    asked::Asked,
    blind, find, finish,
    model::Submission,
    revision::{Change, changes},
    state::Step,
    store::{self, steps},
    taken::TakenStep,
};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::Result,
    ids::VisitId,
};

/// A return with its answer, if there is one; or a correction because of an appeal.
#[derive(Clone, Debug)]
pub struct VisitRevision {
    /// Which revision it is, or is to be.
    pub revision: i32,
    /// What was asked; none of a correction.
    pub asked: Option<Asked>,
    /// When it was asked, or corrected.
    pub asked_at: Instant,
    /// The answer.
    pub answered: Option<Answered>,
}

/// What was answered.
#[derive(Clone, Debug)]
pub struct Answered {
    /// When.
    pub at: Instant,
    /// What was changed by it, by question.
    pub changes: Vec<Change>,
}

/// The returns of a visit with their answers, and the corrections because of appeals, in their order: for its shopper, as long as
/// what was begun may be sent, and for desks whose scope covers its branch.
///
/// # Errors
/// `not_found` if there is no such visit, or it is out of scope.
pub fn revisions(conn: &mut Conn, scope: &Scope, id: VisitId, now: Instant) -> Result<Vec<VisitRevision>> {
    let scope = finish::with_begun(conn, scope, now)?;
    let visit = find::visit(conn, &scope, id)?;
    let steps = steps::of_visits(conn, vec![id])?;
    let mut contents: Vec<(Option<Instant>, Submission)> = store::before(conn, vec![id])?
        .into_iter()
        .map(|was| (Some(was.replaced_at), was.content.0))
        .collect();
    contents.push((None, visit.content.0));
    let mut listed = listed(&steps, &contents);
    if blind::is_blind_to(conn, &scope, &visit.head)? {
        // What was corrected had been approved.
        listed.retain(|one| one.asked.is_some());
    }
    Ok(listed)
}

/// The revisions that these steps tell of; each content with when another took its place, in their order.
fn listed(steps: &[TakenStep], contents: &[(Option<Instant>, Submission)]) -> Vec<VisitRevision> {
    let answered = |step: &TakenStep| {
        let place = contents.iter().position(|(until, _)| *until == Some(step.taken_at));
        let pair = place.and_then(|place| contents.get(place).zip(contents.get(place + 1)));
        let changes = pair.map(|((_, before), (_, after))| changes(before, after)).unwrap_or_default();
        Answered { at: step.taken_at, changes }
    };
    let mut found: Vec<VisitRevision> = Vec::new();
    for step in steps {
        let details = step.details();
        match (step.step(), details.asked, details.revision) {
            (Some(Step::Return), Some(asked), _) => found.push(VisitRevision {
                revision: asked.revision,
                asked: Some(asked),
                asked_at: step.taken_at,
                answered: None,
            }),
            (Some(Step::Revise), _, Some(number)) => {
                let last = found.iter_mut().rfind(|one| one.revision == number);
                last.into_iter().for_each(|one| one.answered = Some(answered(step)));
            }
            (Some(Step::Correct), _, Some(revision)) => found.push(VisitRevision {
                revision,
                asked: None,
                asked_at: step.taken_at,
                answered: Some(answered(step)),
            }),
            _ => {}
        }
    }
    found
}
