//! Sending a visit anew: with the same answers and other files, under its id.

use super::{
    advance::{Advance, look},
    complete,
    completion::{Completion, never_to_come},
    differences::differences,
    model::{Visit, VisitHead},
    store,
    submit::{Submit, Submitted, files_due_at, limits_of, other_files},
    taken::Details,
};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::Result,
    fieldwork::assignments,
    ids::CampaignId,
};

/// Lets a visit that waits for files be sent once more, with another manifest. Until the time to answer a return is over it
/// does not stand in the queue. The same again is the same answer.
///
/// # Errors
/// As [`advance`](super::advance::advance).
pub fn send_anew(conn: &mut Conn, scope: &Scope, command: &Advance, now: Instant) -> Result<VisitHead> {
    let looked = look(conn, scope, command)?;
    let is_repeated = looked.repeated(scope, command, |_| true).is_some();
    if is_repeated && store::is_awaited_anew(conn, command.visit)? {
        return Ok(looked.visit.head);
    }
    let begun = looked.begin(command.step)?;
    let visit = begun.take(conn, scope, command, Details::default(), now)?.visit;
    let assignment = assignments::store::find(conn, visit.head.assignment_id)?;
    let limits = limits_of(conn, assignment.and_then(|assignment| assignment.campaign_id))?;
    store::set_anew(conn, visit.head.id, now, limits.return_by(now))?;
    Ok(visit.head)
}

/// Whether what is sent under the id of this visit takes its place: if that was asked for, and nothing differs but the files.
pub(super) fn is_in_its_place(conn: &mut Conn, kept: &Visit, command: &Submit) -> Result<bool> {
    let fields = differences(&kept.content.0.clone().tidied(), &command.submission);
    let only_files = fields.iter().all(|field| field.pointer == "/manifest");
    Ok(only_files && store::is_awaited_anew(conn, kept.head.id)?)
}

/// Puts what is sent in the place of what is kept, with its digest and salts, and keeps that beside it.
///
/// # Errors
/// `evidence_differs` if it names files that are kept and are others.
pub(super) fn put_in_its_place(
    conn: &mut Conn,
    kept: Visit,
    command: &Submit,
    campaign: Option<CampaignId>,
    now: Instant,
) -> Result<Submitted> {
    store::insert_before(conn, &kept, now)?;
    let manifest = &command.submission.manifest;
    let mut head = VisitHead { content_hash: command.hash, score: command.score, ..kept.head };
    let files = complete::files(conn, manifest)?;
    let others = never_to_come(&head, manifest, &files);
    if !others.is_empty() {
        return Err(other_files(others));
    }
    let completion = match Completion::of(&head, manifest, &files) {
        Completion::At(at) => Completion::At(at.max(now)),
        missing => missing,
    };
    if let Some(at) = completion.at() {
        head.complete(at)?;
    }
    let due = files_due_at(conn, campaign, &completion, now)?;
    store::replace(conn, &head, &command.written, &command.parts, due)?;
    Ok(Submitted { visit: head, parts: Some(command.parts.0.clone()), completion })
}
