//! Submitting a visit: it is kept exactly once, and is complete at once if all of its files are here.

use jiff::tz::TimeZone;

use super::{
    complete,
    completion::{Completion, never_to_come},
    differences::differences,
    model::{Submission, VisitHead, made_at},
    parts::{Parts, content_hash},
    state::State,
    store,
};
use crate::{
    checklists::prepared::Prepared,
    db::{
        Conn,
        types::{Instant, Json, Sha256, Written},
    },
    error::{Code, Error, FieldError, Result},
    fieldwork::assignments::{self, model::OwnAssignment},
    ids::{AccountId, VisitId},
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
}

/// Keeps a visit, and says how far it is. The same visit sent again is the one that is kept.
///
/// # Errors
/// `visit_differs` if it is kept with other content; `assignment_taken` if its assignment has another visit;
/// `evidence_differs` if it names files that are kept and are others; `invalid` if it is not the shopper's assignment, or
/// not for this version; `not_found` if the id is another shopper's.
pub fn submit(conn: &mut Conn, command: &Submit, now: Instant) -> Result<Submitted> {
    let manifest = &command.submission.manifest;
    let mut visit = arriving(conn, command, now)?;
    let files = complete::files(conn, manifest)?;
    let completion = Completion::of(&visit, manifest, &files);
    if let Some(at) = completion.at() {
        visit.complete(at)?;
    }
    if !store::insert(conn, &visit, &command.written, &command.parts)? {
        return same_again(conn, command);
    }
    let others = never_to_come(&visit, manifest, &files);
    if !others.is_empty() {
        return Err(Error::new(Code::EvidenceDiffers).fields(others.into_iter().map(other_file).collect()));
    }
    Ok(Submitted { visit, parts: Some(command.parts.0.clone()), completion })
}

fn other_file(place: usize) -> FieldError {
    FieldError::new(format!("/manifest/{place}"), "differs", "another file is here under this id")
}

/// The visit as it is when the first of it arrives.
fn arriving(conn: &mut Conn, command: &Submit, now: Instant) -> Result<VisitHead> {
    let (assignment, zone) = assignment_of(conn, command)?;
    let made_at = made_at(command.submission.started_at, assignment.opens_at, now);
    Ok(VisitHead {
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
    })
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
fn same_again(conn: &mut Conn, command: &Submit) -> Result<Submitted> {
    match store::find(conn, command.id)? {
        None => Err(Error::new(Code::AssignmentTaken)),
        Some(kept) if kept.head.shopper_id != command.shopper => Err(Error::new(Code::NotFound)),
        Some(mut kept) if kept.is_same(&command.submission) => {
            let completion = complete::complete(conn, &mut kept)?;
            Ok(Submitted { visit: kept.head, parts: kept.parts.map(|Json(parts)| parts), completion })
        }
        Some(kept) => {
            let fields = differences(&kept.content.0, &command.submission);
            Err(Error::new(Code::VisitDiffers).fields(fields))
        }
    }
}
