//! Answering a return: the shopper's new answers take the place of the first ones, which are kept beside.

use super::{
    advance::{Advance, Looked, look},
    asked::Asked,
    complete::Files,
    completion::{Completion, never_to_come},
    model::{Submission, Visit, VisitHead},
    parts::{Parts, content_hash},
    revised::VisitRevised,
    revision::Revision,
    state::Step,
    store::{self, steps},
    submit::{Far, Submitted, back_to_review, differs, files_due_at, other_files},
    taken::{Details, TakenStep},
    unreadable::{self, unreadable},
    unscored::is_unscored,
};
use crate::{
    accounts::policy::Scope,
    checklists::{
        cache::Version,
        manifest::{Filled, Manifest},
    },
    db::{
        Conn,
        types::{Instant, Json, Written},
    },
    error::{Code, Error, Result},
    ids::{EvidenceId, VisitId},
    outbox,
};

/// What a phone answers to a return.
#[derive(Clone, Debug)]
pub struct Revise {
    /// The visit.
    pub visit: VisitId,
    /// Which revision of it this is.
    pub number: i32,
    /// What it says.
    pub sent: Revision,
}

/// Keeps a revision, and says how far the visit is. The same revision sent again is the one that is kept. One that comes after
/// its time is taken as long as nothing was decided.
///
/// # Errors
/// `wrong_state` if this revision is not asked for; `invalid` if it answers something else than what was asked, or is not what the
/// checklist allows; `visit_differs` if it is kept with other content; `not_complete` if the visit is complete, and files that are added
/// are not here or cannot be read and are needed; `evidence_differs` if files are kept under their ids and are others; `forbidden`
/// if the visit is not the caller's own; `not_found` if it is not there for the caller.
pub fn revise(
    conn: &mut Conn,
    scope: &Scope,
    command: &Revise,
    version: &Version,
    now: Instant,
) -> Result<Submitted> {
    let revised = revised(conn, scope, command, version, now)?;
    Ok(Submitted { shows_score: !is_unscored(conn, &revised.visit)?, ..revised })
}

fn revised(
    conn: &mut Conn,
    scope: &Scope,
    command: &Revise,
    version: &Version,
    now: Instant,
) -> Result<Submitted> {
    let advance = Advance::new(command.visit, Step::Revise, None);
    let looked = look(conn, scope, &advance)?;
    let taken = steps::of_visits(conn, vec![command.visit])?;
    let is_it = |step: &&TakenStep| {
        step.step() == Some(Step::Revise) && step.details().revision == Some(command.number)
    };
    let answered = taken.iter().rfind(is_it);
    if let Some(answered) = answered {
        return same_again(conn, looked.visit, command, answered, version);
    }
    let asked = Asked::open(&taken).filter(|asked| asked.revision == command.number);
    let Some(asked) = asked else {
        // In every state of the visit the answer names what the checklist would never take.
        let faults = command.sent.faults(&version.prepared);
        let refusal = not_asked(&looked.visit.head, command.number);
        return Err(if faults.is_empty() { refusal } else { Error::invalid(faults) });
    };
    let problems = command.sent.problems(&looked.visit.content.0, &asked.keys(), &version.prepared);
    if !problems.is_empty() {
        return Err(Error::invalid(problems));
    }
    write(conn, scope, &advance, looked, command, version, now)
}

fn not_asked(visit: &VisitHead, number: i32) -> Error {
    let detail = format!("this visit is {}, and revision {number} of it is not asked for", visit.state);
    Error::new(Code::WrongState).detail(detail)
}

fn write(
    conn: &mut Conn,
    scope: &Scope,
    advance: &Advance,
    looked: Looked,
    Revise { number, sent, .. }: &Revise,
    version: &Version,
    now: Instant,
) -> Result<Submitted> {
    let kept = looked.visit.clone();
    let content = sent.applied_to(&kept.content.0, &version.prepared);
    let files = Files::of(conn, &content.manifest)?;
    let mut begun = looked.begin(Step::Revise)?;
    let head = &mut begun.visit.head;
    let parts = renew(head, &kept, &content, version, (*number, now))?;
    let others = never_to_come(head, &sent.manifest, &files.here);
    if !others.is_empty() {
        return Err(other_files(others));
    }
    let completion = match head.completed_at {
        Some(at) => {
            require_added(head, &content.manifest, sent, &files, version)?;
            Completion::At(at)
        }
        None => unreadable::completion(conn, head, content.filled(), &files)?,
    };
    if let (None, Some(at)) = (head.completed_at, completion.at()) {
        head.complete(at.max(now))?;
    }
    let due = files_due_at(conn, head.assignment_id, &completion, now)?;
    let written = Written::new(&content).map_err(Error::internal)?;
    store::insert_before(conn, &kept, now, None)?;
    store::replace(conn, &begun.visit.head, &written, &Json(parts.clone()), due)?;
    back_to_review(conn, &begun.visit.head, due.unwrap_or(now))?;
    let details = Details { revision: Some(*number), ..Details::default() };
    let visit = begun.take(conn, scope, advance, details, now)?.visit.head;
    outbox::record(conn, &VisitRevised::new(&visit), now)?;
    let unreadable = unreadable(&content.manifest, &files.problems);
    let kept = Some(content.manifest);
    let (parts, unattested) = (Some(parts), Vec::new());
    Ok(Submitted { visit, parts, completion, unreadable, unattested, kept, shows_score: true })
}

/// Makes this content the revision of this number of a visit, since this moment: gives what stands in its digest in place of what
/// may have to be erased.
pub(super) fn renew(
    head: &mut VisitHead,
    kept: &Visit,
    content: &Submission,
    version: &Version,
    (number, now): (i32, Instant),
) -> Result<Parts> {
    let parts = Parts::renewed(kept.parts(), &kept.content.0, content, &version.prepared)?;
    head.content_hash = content_hash(content, Some(&parts))?;
    head.score = content.score(&version.prepared);
    (head.revision, head.revised_at) = (number, Some(now));
    Ok(parts)
}

/// Refuses files that are added to a visit that is complete and are not here, or cannot be read and are needed: so a visit
/// that is complete stays so.
fn require_added(
    head: &VisitHead,
    manifest: &Manifest,
    sent: &Revision,
    files: &Files,
    version: &Version,
) -> Result<()> {
    let is_added = |id: &EvidenceId| sent.manifest.iter().any(|file| file.id == *id);
    let mut added = manifest.clone();
    added.retain(|file| is_added(&file.id));
    let mut missing = Completion::of(head, &added, &files.here).missing();
    if missing.is_empty() {
        let unreadable: Vec<_> = files.problems.keys().copied().filter(|id| is_added(id)).collect();
        let filled = Filled { answers: &sent.answers, manifest: &added };
        missing = version.prepared.needed(filled, &unreadable);
    }
    if missing.is_empty() {
        return Ok(());
    }
    let missing = missing.into_iter().map(EvidenceId::uuid);
    let detail = "send the files that are added before the revision, each in a form that the server can read";
    Err(Error::new(Code::NotComplete).detail(detail).missing(missing))
}

/// The revision that is kept, if this is it.
fn same_again(
    conn: &mut Conn,
    current: Visit,
    command: &Revise,
    answered: &TakenStep,
    version: &Version,
) -> Result<Submitted> {
    let before = store::before(conn, vec![command.visit])?.into_iter();
    let mut replaced = before.skip_while(|was| was.replaced_at < answered.taken_at);
    let Some(was) = replaced.next().filter(|was| was.replaced_at == answered.taken_at) else {
        return Err(Error::internal("what a revision took the place of is not kept"));
    };
    let far = Far::of(conn, &current)?;
    let kept = match replaced.next() {
        None => current,
        Some(then) => then.of(&current.head, Some((command.number, answered.taken_at))),
    };
    let sent = command.sent.applied_to(&was.content.0, &version.prepared);
    if kept.is_same(&sent) { Ok(Submitted::again(kept, far)) } else { Err(differs(&kept, &sent)) }
}
