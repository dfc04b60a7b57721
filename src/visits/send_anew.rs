//! Sending a visit anew: with the same answers and other files, under its id.

use super::{
    advance::{Advance, look},
    complete::Files,
    completion::{Completion, never_to_come},
    differences::differences,
    model::{Visit, VisitHead},
    store,
    submit::{Submit, Submitted, files_due_at, limits_of, other_files},
    taken::Details,
    unreadable::{self, takes_their_place, unreadable},
};
use crate::{
    accounts::policy::Scope,
    db::{Conn, types::Instant},
    error::{Code, Error, Result},
    ids::EvidenceId,
};

/// Lets a visit that waits for files be sent once more, with another manifest. Until the time to answer a return is over it
/// does not stand in the queue. The same again is the same answer.
///
/// # Errors
/// As [`advance`](super::advance::advance).
pub fn send_anew(conn: &mut Conn, scope: &Scope, command: &Advance, now: Instant) -> Result<VisitHead> {
    let looked = look(conn, scope, command)?;
    let is_repeated = looked.repeated(scope, command, |_| true)?.is_some();
    if is_repeated && (command.key.is_some() || store::anew::is_awaited_anew(conn, command.visit)?) {
        return Ok(looked.visit.head);
    }
    let begun = looked.begin(command.step)?;
    let visit = begun.take(conn, scope, command, Details::default(), now)?.visit;
    let limits = limits_of(conn, visit.head.assignment_id)?;
    store::anew::set_anew(conn, visit.head.id, now, limits.return_by(now))?;
    Ok(visit.head)
}

/// Whether what is sent under the id of this visit takes its place: if nothing differs but the files, and that was asked for
/// or only files are replaced that the server cannot read.
pub(super) fn is_in_its_place(conn: &mut Conn, kept: &Visit, command: &Submit) -> Result<bool> {
    let fields = differences(&kept.content.0.clone().tidied(), &command.submission);
    if !fields.iter().all(|field| field.pointer == "/manifest") {
        return Ok(false);
    }
    if store::anew::is_awaited_anew(conn, kept.head.id)? {
        return Ok(true);
    }
    let is_open = !kept.head.state.is_decided();
    let problems = unreadable::problems(conn, kept.manifest())?;
    Ok(is_open && takes_their_place(kept.manifest(), &command.submission.manifest, &problems))
}

/// Puts what is sent in the place of what is kept, with its digest and salts, and keeps that beside it.
///
/// A visit that is complete stays so, and since then: so all that takes the place of other files has to be here before.
///
/// # Errors
/// `evidence_differs` if it names files that are kept and are others; `not_complete` if it is complete, and names files that
/// are not here or that a question needs and the server cannot read.
pub(super) fn put_in_its_place(
    conn: &mut Conn,
    kept: Visit,
    command: &Submit,
    now: Instant,
) -> Result<Submitted> {
    store::insert_before(conn, &kept, now, None)?;
    let manifest = &command.submission.manifest;
    let mut head = VisitHead { content_hash: command.hash, score: command.score, ..kept.head };
    let files = Files::of(conn, manifest)?;
    let others = never_to_come(&head, manifest, &files.here);
    if !others.is_empty() {
        return Err(other_files(others));
    }
    let completion = unreadable::completion(conn, &head, command.submission.filled(), &files)?;
    let completion = match (head.completed_at, completion) {
        (Some(_), Completion::Missing(missing)) => {
            return Err(Error::new(Code::NotComplete).missing(missing.into_iter().map(EvidenceId::uuid)));
        }
        (Some(at), Completion::At(_)) => Completion::At(at),
        (None, Completion::At(at)) => Completion::At(at.max(now)),
        (None, missing) => missing,
    };
    if let (None, Some(at)) = (head.completed_at, completion.at()) {
        head.complete(at)?;
    }
    let due = files_due_at(conn, head.assignment_id, &completion, now)?;
    store::replace(conn, &head, &command.written, &command.parts, due)?;
    let unreadable = unreadable(manifest, &files.problems);
    let parts = Some(command.parts.0.clone());
    Ok(Submitted {
        visit: head,
        parts,
        completion,
        unreadable,
        unattested: Vec::new(),
        kept: None,
        shows_score: true,
    })
}
