//! Submitting a visit: it is kept exactly once, and is complete at once if all of its files are here.

use jiff::tz::TimeZone;

use super::{
    complete::{self, Files},
    completion::{Completion, never_to_come},
    differences::differences,
    model::{Submission, Visit, VisitHead, made_at, was_there_at},
    parts::{Parts, content_hash},
    send_anew::{is_in_its_place, put_in_its_place},
    state::State,
    store,
    unreadable::{self, Unreadable, unattested, unreadable},
};
use crate::{
    checklists::{manifest::Manifest, prepared::Prepared},
    db::{
        Conn,
        types::{Instant, Json, Sha256, Written},
    },
    error::{Code, Error, FieldError, Result},
    fieldwork::{
        assignments::{self, model::OwnAssignment},
        campaigns::{self, terms::CampaignLimits},
    },
    ids::{AccountId, AssignmentId, EvidenceId, VisitId},
    months::Month,
    places,
};

/// A visit whose answers were checked and scored, and which is now to be kept.
#[derive(Debug)]
pub struct Submit {
    /// Made on the phone.
    pub id: VisitId,
    /// Whose phone it is.
    pub shopper: AccountId,
    /// What the phone sent, without answers that were not asked for.
    pub submission: Submission,
    /// The same as it is kept.
    pub written: Written<Submission>,
    /// What stands in its digest in place of what may have to be erased.
    pub parts: Json<Parts>,
    /// Its digest.
    pub hash: Sha256,
    /// Basis points; none if nothing that was answered carries points.
    pub score: Option<i32>,
}

impl Submit {
    /// Writes the submission out, and draws the salts for its digest.
    ///
    /// # Errors
    /// `internal` if it cannot be JSON, or if there is no randomness.
    pub fn new(
        id: VisitId,
        shopper: AccountId,
        submission: Submission,
        checklist: &Prepared,
        score: Option<i32>,
    ) -> Result<Self> {
        let written = Written::new(&submission).map_err(Error::internal)?;
        let parts = Parts::of(&submission, checklist)?;
        let hash = content_hash(&submission, Some(&parts))?;
        Ok(Self { id, shopper, submission, written, parts: Json(parts), hash, score })
    }
}

/// A visit that is kept.
#[derive(Debug)]
pub struct Submitted {
    /// What is known of it.
    pub visit: VisitHead,
    /// What stands in its digest in place of what may have to be erased; none of the first visits.
    pub parts: Option<Parts>,
    /// How far it is.
    pub completion: Completion,
    /// The files that it names, in the order in which they are kept, if it was kept before.
    pub kept: Option<Manifest>,
    /// Its files that the server cannot read, in the order of its manifest.
    pub unreadable: Vec<Unreadable>,
    /// Those of them because of which it has no receipt, although it is complete.
    pub unattested: Vec<EvidenceId>,
    /// Whether its shopper is shown the score.
    pub shows_score: bool,
}

/// Keeps a visit, and says how far it is. The same visit sent again is the one that is kept.
///
/// # Errors
/// `visit_differs` if it is kept with other content; `assignment_taken` if its assignment has another visit;
/// `evidence_differs` if it names files that are kept and are others; `invalid` if it is not the shopper's assignment, or
/// not for this version; `not_found` if the id is another shopper's.
pub fn submit(conn: &mut Conn, command: &Submit, now: Instant) -> Result<Submitted> {
    let manifest = &command.submission.manifest;
    let (mut visit, assignment) = arriving(conn, command, now)?;
    let files = Files::of(conn, manifest)?;
    let completion = unreadable::completion(conn, &visit, command.submission.filled(), &files)?;
    if let Some(at) = completion.at() {
        visit.complete(at)?;
    }
    let due = files_due_at(conn, assignment.id, &completion, now)?;
    let made_at =
        was_there_at(command.submission.started_at, (assignment.created_at, assignment.opens_at), now);
    // The usual time, until the visit is looked at: what every visit asks of its campaign is one statement more.
    let review_due_at = CampaignLimits::default().review_by(due.unwrap_or(now));
    if !store::insert(conn, &visit, &command.written, &command.parts, made_at, due, review_due_at)? {
        let again = same_again(conn, command, now)?;
        return Ok(Submitted { shows_score: assignment.shows_scores(), ..again });
    }
    let others = never_to_come(&visit, manifest, &files.here);
    if !others.is_empty() {
        return Err(other_files(others));
    }
    assignments::surplus::end_next_tries(conn, &assignment, now)?;
    let unreadable = unreadable(manifest, &files.problems);
    Ok(Submitted {
        visit,
        parts: Some(command.parts.0.clone()),
        completion,
        unreadable,
        unattested: Vec::new(),
        kept: None,
        shows_score: assignment.shows_scores(),
    })
}

/// Until when the missing files of a visit that arrives now are waited for; not asked of one without.
pub(super) fn files_due_at(
    conn: &mut Conn,
    made_for: AssignmentId,
    completion: &Completion,
    now: Instant,
) -> Result<Option<Instant>> {
    if completion.at().is_some() {
        return Ok(None);
    }
    Ok(Some(limits_of(conn, made_for)?.files_due_at(now)))
}

/// Gives a visit back to the reviewers, who have the time that its campaign gives them from then on.
///
/// # Errors
/// None but those of the database.
pub fn back_to_review(conn: &mut Conn, visit: &VisitHead, since: Instant) -> Result<()> {
    let due_at = limits_of(conn, visit.assignment_id)?.review_by(since);
    store::set_review_due(conn, visit.id, due_at)
}

/// The time limits of the campaign that wanted a visit, or the usual ones outside of any.
pub(super) fn limits_of(conn: &mut Conn, made_for: AssignmentId) -> Result<CampaignLimits> {
    Ok(campaigns::store::terms_of(conn, made_for)?.map(|terms| terms.limits).unwrap_or_default())
}

/// The refusal of a visit whose manifest names other files than those that are here, at these places.
pub(super) fn other_files(places: Vec<usize>) -> Error {
    let other = |place: usize| {
        FieldError::new(format!("/manifest/{place}"), "differs", "another file is here under this id")
    };
    Error::new(Code::EvidenceDiffers).fields(places.into_iter().map(other).collect())
}

/// The visit as it is when the first of it arrives, and the assignment that it was made for.
fn arriving(conn: &mut Conn, command: &Submit, now: Instant) -> Result<(VisitHead, OwnAssignment)> {
    let (assignment, zone) = assignment_of(conn, command)?;
    let made_at = made_at(command.submission.started_at, assignment.opens_at, now);
    let head = VisitHead {
        id: command.id,
        assignment_id: assignment.id,
        brand_id: assignment.brand_id,
        branch_id: assignment.branch_id,
        version_id: assignment.version_id,
        shopper_id: command.shopper,
        state: State::Submitted,
        content_hash: command.hash,
        score: command.score,
        month: Month::of(made_at, &zone),
        received_at: now,
        completed_at: None,
        revision: 0,
        revised_at: None,
    };
    Ok((head, assignment))
}

fn assignment_of(conn: &mut Conn, command: &Submit) -> Result<(OwnAssignment, TimeZone)> {
    let wrong = |pointer, message| Error::invalid(vec![FieldError::new(pointer, "unknown", message)]);
    let submission = &command.submission;
    let assignment = assignments::store::own(conn, command.shopper, submission.assignment_id)?
        .ok_or_else(|| wrong("/assignment_id", "you have no such assignment"))?;
    if assignment.version_id != submission.checklist_version_id {
        return Err(wrong("/checklist_version_id", "the assignment wants another version"));
    }
    // Not the machine's own data, which may lack a zone that the branch was made with.
    let zone = places::model::time_zone(&assignment.time_zone)
        .ok_or_else(|| Error::internal(format_args!("there is no time zone {}", assignment.time_zone)))?;
    Ok((assignment, zone))
}

/// The visit that is kept where this one could not be.
fn same_again(conn: &mut Conn, command: &Submit, now: Instant) -> Result<Submitted> {
    match store::find(conn, command.id)? {
        None => Err(Error::new(Code::AssignmentTaken)),
        Some(kept) if kept.head.shopper_id != command.shopper => Err(Error::new(Code::NotFound)),
        Some(mut kept) if kept.is_same(&command.submission) => {
            complete::complete(conn, &mut kept)?;
            let far = Far::of(conn, &kept)?;
            Ok(Submitted::again(kept, far))
        }
        Some(kept) if kept.head.revision > 0 => sent_before(conn, kept, command),
        Some(kept) if is_in_its_place(conn, &kept, command)? => put_in_its_place(conn, kept, command, now),
        Some(kept) => Err(differs(&kept, &command.submission)),
    }
}

/// What is known of a visit that was revised since it was sent like this.
fn sent_before(conn: &mut Conn, current: Visit, command: &Submit) -> Result<Submitted> {
    let before = store::before(conn, vec![command.id])?.into_iter();
    let mut before = before.map(|was| was.of(&current.head, None));
    match before.find(|was| was.is_same(&command.submission)) {
        Some(sent) => {
            let far = Far::of(conn, &current)?;
            Ok(Submitted::again(sent, far))
        }
        None => Err(differs(&current, &command.submission)),
    }
}

/// The refusal of a content that differs from what is kept.
pub(super) fn differs(kept: &Visit, sent: &Submission) -> Error {
    Error::new(Code::VisitDiffers).fields(differences(&kept.content.0, sent))
}

/// How far a visit is that is kept.
#[derive(Debug)]
pub(super) struct Far {
    completion: Completion,
    unreadable: Vec<Unreadable>,
    unattested: Vec<EvidenceId>,
}

impl Far {
    /// How far this one is.
    pub(super) fn of(conn: &mut Conn, visit: &Visit) -> Result<Self> {
        Ok(Self {
            completion: complete::completion(conn, visit)?,
            unreadable: unreadable(visit.manifest(), &unreadable::problems(conn, visit.manifest())?),
            unattested: unattested(conn, visit)?,
        })
    }
}

impl Submitted {
    /// A visit as it was sent at some time, of which is known how far it is now.
    pub(super) fn again(sent: Visit, Far { completion, unreadable, unattested }: Far) -> Self {
        let (visit, parts) = (sent.head, sent.parts.map(|Json(parts)| parts));
        let kept = Some(sent.content.0.manifest);
        Self { visit, parts, completion, unreadable, unattested, kept, shows_score: true }
    }
}
