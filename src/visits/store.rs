//! All SQL about visits.

pub mod work;

use diesel::{dsl::sql, prelude::*, sql_types::Bool};

use super::{
    completion::{Completion, Named},
    model::{self, Kept, NewVisit, Submission, Visit},
    state::{State, Step},
};
use crate::{
    accounts::policy::Scope,
    checklists::{key::Key, manifest::Manifest},
    db::{
        Conn,
        engine::each_engine,
        notices::{self, Topic},
        schema::{checklist_version, visit, visit_step},
        types::{Instant, Sha256, Written},
    },
    error::{Code, Error, FieldError, Result},
    evidence::{self, clean::CleanCopy, model::Evidence},
    fieldwork::{self, model::Wanted},
    ids::{AccountId, AssignmentId, ChecklistId, EvidenceId, VersionId, VisitId},
    months::{Month, Period},
    places,
};

/// What is noted by transactions that complete a visit. Its row is the event: whoever acts on it finds it there.
pub const COMPLETED: Topic = "visit_completed";

/// Visits in the queue whose completion was not taken notice of. It is spelled out, because only so the engines see that
/// the partial index answers it; so to ask costs no more, however many wait for a decision.
pub const UNNOTICED: &str = "(visit.noticed_at IS NULL AND visit.state IN ('complete', 'in_review'))";

/// A visit that was checked and scored and is now to be kept.
#[derive(Debug)]
pub struct Arrival {
    /// Made on the phone.
    pub id: VisitId,
    /// Whose phone.
    pub shopper: AccountId,
    /// The assignment that it was made for.
    pub assignment: AssignmentId,
    /// The version that was filled in.
    pub version: VersionId,
    /// When it began, on the phone's clock.
    pub started_at: Instant,
    /// All that it told.
    pub told: Written<Submission>,
    /// The digest of that.
    pub hash: Sha256,
    /// The evidence that it says it has.
    pub manifest: Manifest,
    /// Basis points.
    pub score: Option<i32>,
    /// When it arrived.
    pub at: Instant,
}

/// Keeps a visit exactly once; the same again is the one that is there.
///
/// # Errors
/// `visit_differs` if it is there with other content; `assignment_taken` if its assignment has another visit;
/// `evidence_differs` if it names files that are here for good and are others;
/// `invalid` if it is not the shopper's assignment or not for this version; `not_found` if the id is another
/// shopper's.
pub fn submit(conn: &mut Conn, arrival: &Arrival) -> Result<Kept> {
    let (wanted, zone) = assignment_of(conn, arrival)?;
    let named = Named { id: arrival.id, shopper: arrival.shopper, manifest: &arrival.manifest };
    let files = files(conn, &arrival.manifest)?;
    let completion = Completion::of(&named, &files, arrival.at);
    let state = match completion {
        Completion::At(_) => State::Submitted.after(Step::Arrive)?,
        Completion::Missing(_) => State::Submitted,
    };
    let visit = NewVisit {
        id: arrival.id,
        assignment_id: wanted.id,
        brand_id: wanted.brand_id,
        branch_id: wanted.branch_id,
        version_id: wanted.version_id,
        shopper_id: arrival.shopper,
        state,
        content: &arrival.told,
        content_hash: arrival.hash,
        score: arrival.score,
        month: Month::of(model::made_at(arrival.started_at, wanted.opens_at, arrival.at), &zone),
        received_at: arrival.at,
        completed_at: completion.at(),
    };
    let inserted = each_engine!(conn, c => diesel::insert_into(visit::table)
        .values(visit)
        .on_conflict_do_nothing()
        .execute(c))?;
    if inserted != 1 {
        return same_again(conn, arrival);
    }
    let never = named.never_to_come(&files);
    if !never.is_empty() {
        return Err(Error::new(Code::EvidenceDiffers).fields(never.into_iter().map(differing_file).collect()));
    }
    if completion.at().is_some() {
        notices::note(conn, COMPLETED);
    }
    let Arrival { id, hash: content_hash, score, at: received_at, .. } = *arrival;
    Ok(Kept { id, content_hash, score, received_at, state, completion })
}

fn differing_file(at: usize) -> FieldError {
    FieldError::new(format!("/manifest/{at}"), "differs", "another file is here under this id")
}

fn assignment_of(conn: &mut Conn, arrival: &Arrival) -> Result<(Wanted, jiff::tz::TimeZone)> {
    let wrong = |pointer, message| Error::invalid(vec![FieldError::new(pointer, "unknown", message)]);
    let (wanted, zone) = fieldwork::store::own(conn, arrival.shopper, arrival.assignment)?
        .ok_or_else(|| wrong("/assignment_id", "you have no such assignment"))?;
    if wanted.version_id != arrival.version {
        return Err(wrong("/checklist_version_id", "the assignment wants another version"));
    }
    // Not the machine's own data, which may lack a zone that the branch was made with.
    let zone = places::model::time_zone(&zone)
        .ok_or_else(|| Error::internal(format_args!("there is no time zone {zone}")))?;
    Ok((wanted, zone))
}

/// What is there in the place of a visit that could not be kept.
fn same_again(conn: &mut Conn, arrival: &Arrival) -> Result<Kept> {
    let kept: Option<Visit> =
        visit::table.find(arrival.id).select(Visit::as_select()).first(conn).optional()?;
    match kept {
        None => Err(Error::new(Code::AssignmentTaken)),
        Some(kept) if kept.shopper_id != arrival.shopper => Err(Error::new(Code::NotFound)),
        Some(mut kept) if kept.content_hash == arrival.hash => {
            let completion = settle(conn, &mut kept)?;
            Ok(Kept::new(&kept, completion))
        }
        Some(kept) => {
            let told = arrival.told.read().map_err(Error::internal)?;
            Err(Error::new(Code::VisitDiffers).fields(model::differences(&kept.content.0, &told)))
        }
    }
}

/// Takes note of a file that has arrived whole, in the transaction that keeps it: if it is the last that its visit was
/// waiting for, the visit is complete. If the visit is still to come, it will look for the file itself.
///
/// # Errors
/// `evidence_differs` if its visit says that it is another file: then it is not kept.
///
/// Of a visit and its last file, or of two last files, that arrive at once, one is second: SQLite has one writer, and on
/// PostgreSQL each has read what the other writes, so that one of them is done again and sees the other.
pub fn evidence_arrived(conn: &mut Conn, file: &Evidence) -> Result<()> {
    let waiting = visit::table
        .find(file.visit_id)
        .filter(visit::shopper_id.eq(file.shopper_id))
        .filter(visit::state.eq(State::Submitted));
    let waiting: Option<Visit> =
        each_engine!(conn, c => waiting.select(Visit::as_select()).first(c).optional())?;
    if let Some(mut waiting) = waiting {
        let visit = Named::of(&waiting);
        let never = visit.never_to_come(std::slice::from_ref(file));
        if !never.is_empty() {
            return Err(Error::new(Code::EvidenceDiffers).detail("the manifest of its visit says otherwise"));
        }
        settle(conn, &mut waiting)?;
    }
    Ok(())
}

/// Completes a visit that waits for nothing any more.
fn settle(conn: &mut Conn, visit: &mut Visit) -> Result<Completion> {
    let completion = completion_of(conn, visit)?;
    if visit.state == State::Submitted && completion.at().is_some() {
        visit.state = visit.state.after(Step::Arrive)?;
        visit.completed_at = completion.at();
        diesel::update(visit::table.find(visit.id))
            .set((visit::state.eq(visit.state), visit::completed_at.eq(visit.completed_at)))
            .execute(conn)?;
        notices::note(conn, COMPLETED);
    }
    Ok(completion)
}

/// How far a visit is that is kept.
pub fn completion_of(conn: &mut Conn, visit: &Visit) -> Result<Completion> {
    match visit.completed_at {
        Some(at) => Ok(Completion::At(at)),
        None => {
            let named = Named::of(visit);
            Ok(Completion::of(&named, &files(conn, named.manifest)?, visit.received_at))
        }
    }
}

/// What is here under the ids that a manifest names. Nothing is asked of the database for a visit without evidence.
fn files(conn: &mut Conn, manifest: &Manifest) -> Result<Vec<Evidence>> {
    if manifest.is_empty() {
        return Ok(Vec::new());
    }
    evidence::store::with_ids(conn, manifest.iter().map(|file| file.id).collect())
}

/// The visit, if it is the caller's own or the scope covers its branch.
pub fn visit(conn: &mut Conn, scope: &Scope, id: VisitId) -> Result<Visit> {
    let visit: Visit = visit::table.find(id).select(Visit::as_select()).first(conn)?;
    if visit.shopper_id != scope.account || !scope.works_for(visit.brand_id) {
        places::store::branch(conn, scope, visit.branch_id)?;
    }
    Ok(visit)
}

/// The visit as [`visit()`] gives it, with how far it is: for one state of the data.
pub fn visit_and_completion(conn: &mut Conn, scope: &Scope, id: VisitId) -> Result<(Visit, Completion)> {
    let visit = visit(conn, scope, id)?;
    let completion = completion_of(conn, &visit)?;
    Ok((visit, completion))
}

/// A file that was sent for a visit, as those may see it who may see the visit.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The file.
    pub file: Evidence,
    /// The question that it belongs to, if its visit has arrived and names it.
    pub question: Option<Key>,
    /// What was read in it, if it was.
    pub copy: Option<CleanCopy>,
}

/// A file of a visit, if the visit is the caller's own or the scope covers its branch. As long as the visit has not
/// arrived, only whoever sent the file sees it; and a visit has no files but those of its shopper.
pub fn evidence(conn: &mut Conn, scope: &Scope, id: EvidenceId) -> Result<Shown> {
    let nothing = || Error::new(Code::NotFound);
    let file = evidence::store::find(conn, id)?.ok_or_else(nothing)?;
    let arrived: Option<AccountId> =
        visit::table.find(file.visit_id).select(visit::shopper_id).first(conn).optional()?;
    let question = if arrived == Some(file.shopper_id) {
        let manifest = self::visit(conn, scope, file.visit_id)?.content.0.manifest;
        manifest.iter().find(|named| named.id == id).map(|named| named.question.clone())
    } else if file.shopper_id == scope.account {
        None
    } else {
        return Err(nothing());
    };
    let copy = evidence::store::clean_copy(conn, id)?;
    Ok(Shown { file, question, copy })
}

/// Takes a visit one step on and remembers who did it; gives it with the number of the step.
///
/// # Errors
/// `wrong_state` if it is not in a state that allows the step.
pub fn advance(
    conn: &mut Conn,
    scope: &Scope,
    id: VisitId,
    step: Step,
    reason: Option<&str>,
    now: Instant,
) -> Result<(Visit, i32)> {
    let mut visit = visit(conn, scope, id)?;
    let from = visit.state;
    visit.state = from.after(step)?;
    diesel::update(visit::table.find(id)).set(visit::state.eq(visit.state)).execute(conn)?;
    let taken: i64 = visit_step::table.filter(visit_step::visit_id.eq(id)).count().get_result(conn)?;
    let number = i32::try_from(taken).map_err(Error::internal)? + 1;
    diesel::insert_into(visit_step::table)
        .values((
            visit_step::visit_id.eq(id),
            visit_step::number.eq(number),
            visit_step::from_state.eq(from.as_str()),
            visit_step::to_state.eq(visit.state.as_str()),
            visit_step::account_id.eq(scope.account),
            visit_step::reason.eq(reason),
            visit_step::taken_at.eq(now),
        ))
        .execute(conn)?;
    Ok((visit, number))
}

/// Visits in the scope that wait for a decision, the longest waiting first.
pub fn waiting(
    conn: &mut Conn,
    scope: &Scope,
    after: Option<(Instant, VisitId)>,
    limit: i64,
) -> Result<Vec<Visit>> {
    let mut query = visit::table
        // Spelled out, because only so the engines see that the partial index answers it.
        .filter(sql::<Bool>("visit.state IN ('complete', 'in_review')"))
        .filter(visit::branch_id.eq_any(places::store::branches_in(scope)))
        .order((visit::received_at, visit::id))
        .limit(limit)
        .select(Visit::as_select())
        .into_boxed();
    if let Some((at, id)) = after {
        query = query.filter(visit::received_at.gt(at).or(visit::received_at.eq(at).and(visit::id.gt(id))));
    }
    Ok(query.load(conn)?)
}

/// Visits after this one in the order of their ids, whatever their state: for whoever goes through all of them.
pub fn page(conn: &mut Conn, after: Option<VisitId>, limit: i64) -> Result<Vec<Visit>> {
    let mut query = visit::table.order(visit::id).limit(limit).select(Visit::as_select()).into_boxed();
    if let Some(after) = after {
        query = query.filter(visit::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// The counted visits of a checklist, whatever its version, in these months and in the scope: so many of the newest,
/// those first.
pub fn newest_counted(
    conn: &mut Conn,
    scope: &Scope,
    of: ChecklistId,
    period: Period,
    most: i64,
) -> Result<Vec<VisitId>> {
    let versions = checklist_version::table.filter(checklist_version::checklist_id.eq(of));
    let counted: Vec<_> = State::ALL.iter().copied().filter(|state| state.is_counted()).collect();
    let mut query = visit::table
        .filter(visit::version_id.eq_any(versions.select(checklist_version::id)))
        .filter(visit::month.between(period.from(), period.to()))
        .filter(visit::state.eq_any(counted))
        .order((visit::received_at.desc(), visit::id.desc()))
        .limit(most)
        .select(visit::id)
        .into_boxed();
    if !scope.is_operator_wide() {
        query = query.filter(visit::branch_id.eq_any(places::store::branches_in(scope)));
    }
    Ok(query.load(conn)?)
}

/// The visits with these ids, in the order of their ids: for whoever found the ids in scope.
pub fn with_ids(conn: &mut Conn, ids: &[VisitId]) -> Result<Vec<Visit>> {
    Ok(visit::table
        .filter(visit::id.eq_any(ids.to_vec()))
        .order(visit::id)
        .select(Visit::as_select())
        .load(conn)?)
}

/// Takes down that a visit's completion was taken notice of.
pub fn take_notice(conn: &mut Conn, id: VisitId, now: Instant) -> Result<()> {
    diesel::update(visit::table.find(id).filter(visit::noticed_at.is_null()))
        .set(visit::noticed_at.eq(Some(now)))
        .execute(conn)?;
    Ok(())
}

/// How many visits there are.
pub fn count(conn: &mut Conn) -> Result<i64> {
    Ok(visit::table.count().get_result(conn)?)
}
