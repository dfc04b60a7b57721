//! Upholding an appeal: answers are corrected, and every figure follows.

use super::{
    model::{Appeal, AppealState},
    read::for_reviewer,
    settle::{Ending, next_night, require_another, require_open, settle},
};
use crate::{
    accounts::policy::Scope,
    checklists::{
        answers::{Answer, Answers},
        cache::Version,
        key::Key,
    },
    db::{Conn, types::Instant},
    error::{Error, FieldError, Result},
    ids::AppealId,
    reports,
    scores::{count, model::Counted},
    visits::{
        self,
        correct_answers::{CorrectAnswers, Corrected, correct_answers},
        state::State,
    },
};

/// For what an appeal is upheld.
#[derive(Clone, Debug)]
pub struct Uphold {
    /// The appeal.
    pub appeal: AppealId,
    /// The right answers. What is objected to and not among them stays.
    pub answers: Answers,
    /// Why so.
    pub reason: String,
}

/// Upholds an appeal against the report of a visit that was made under this version: its answers are corrected under a new revision. The
/// sums that desks see follow in the same transaction, those of the branch's side with the next night. The same again by the same
/// person is the same answer.
///
/// # Errors
/// `not_found` if it is not there, or out of scope; `forbidden` if the caller made the visit or filed the appeal; `wrong_state` if
/// it is over; `invalid` without an answer; otherwise as [`correct_answers`].
pub fn uphold(
    conn: &mut Conn,
    scope: &Scope,
    command: &Uphold,
    version: &Version,
    now: Instant,
) -> Result<(Appeal, State)> {
    let (appeal, visit) = for_reviewer(conn, scope, command.appeal)?;
    require_another(&appeal, scope)?;
    if is_done(conn, scope, &appeal, command)? {
        return Ok((appeal, visit.state));
    }
    require_open(&appeal, visit.state)?;
    if command.answers.is_empty() {
        let why = "name the answers that are corrected, or decline the appeal";
        return Err(Error::invalid(vec![FieldError::new("/answers", "required", why)]));
    }
    let shown_until = next_night(conn, &appeal, now)?;
    let correction = CorrectAnswers { visit: appeal.visit_id, answers: command.answers.clone(), shown_until };
    let corrected = correct_answers(conn, scope, &correction, &appeal.questions(), version, now)?;
    recount(conn, &corrected, version)?;
    let ending = Ending {
        state: AppealState::Upheld,
        reason: Some(command.reason.clone()),
        corrected: Some(keys(&command.answers)),
        shown_from: Some(shown_until),
    };
    Ok((settle(conn, scope, appeal, ending, now)?, visit.state))
}

fn keys(answers: &Answers) -> Vec<Key> {
    answers.iter().map(|(key, _)| key.clone()).collect()
}

/// Whether this person upheld it so already.
fn is_done(conn: &mut Conn, scope: &Scope, appeal: &Appeal, command: &Uphold) -> Result<bool> {
    let decision = (appeal.state, appeal.decided_by, appeal.reason.as_ref());
    if decision != (AppealState::Upheld, Some(scope.account), Some(&command.reason)) {
        return Ok(false);
    }
    let corrected = appeal.corrected.as_ref().map(|keys| keys.0.clone()).unwrap_or_default();
    let Some(visit) = visits::store::find(conn, appeal.visit_id)? else { return Ok(false) };
    let is_kept =
        |(key, answer): (&Key, &Answer)| {
            visit.content.0.answers.get(key.as_str()).is_some_and(|kept| {
                (&kept.value, kept.not_applicable) == (&answer.value, answer.not_applicable)
            })
        };
    Ok(corrected == keys(&command.answers) && command.answers.clone().tidied().iter().all(is_kept))
}

/// Takes what the visit scored out of all figures, and puts in what it scores.
fn recount(conn: &mut Conn, visit: &Corrected, version: &Version) -> Result<()> {
    let Corrected { before, after, .. } = visit;
    count::uncount(conn, &Counted::for_desks(before, version))?;
    count::count(conn, &Counted::for_desks(after, version))?;
    let Some(report) = reports::store::of_visit(conn, after.head.id)? else { return Ok(()) };
    count::withdraw(conn, &reports::counted::counted(before, version, &report.shows.0))?;
    count::release(conn, &reports::counted::counted(after, version, &report.shows.0))
}
