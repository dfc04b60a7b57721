//! All SQL about visits.

pub mod anew;
pub mod before;
pub mod blind;
pub mod comments;
pub mod list;
pub mod past;
pub mod returns;
pub mod steps;
pub mod work;

use std::collections::HashMap;

use diesel::{dsl::sql, prelude::*, sql_types::Bool};

pub use self::before::*;
use super::{
    model::{Submission, Visit, VisitHead},
    parts::Parts,
    state::State,
};
use crate::{
    accounts::policy::Scope,
    db::{
        Conn,
        engine::each_engine,
        notices::{self, Topic},
        schema::{assignment, checklist_version, visit, visit_content},
        types::{Instant, Json, Sha256, Written},
    },
    error::Result,
    ids::{AccountId, BranchId, ChecklistId, VisitId},
    months::{Month, Period},
    places,
};

/// What is noted by transactions that complete a visit. Its row is the event: a consumer finds it there.
pub const COMPLETED: Topic = "visit_completed";

/// What is noted by transactions that let a visit wait for the lot by which it is approved. Its row is the event.
pub const TO_BE_DRAWN: Topic = "visit_to_be_drawn";

/// Visits in the queue whose completion was not taken notice of. It is spelled out, because only so the engines see that
/// the partial index answers it; so to ask costs no more, however many wait for a decision.
pub const UNNOTICED: &str = "(visit.noticed_at IS NULL AND visit.state IN ('complete', 'in_review'))";

/// Adds a visit that was made then, whose files are waited for until then, and that is to be decided about until then; says
/// whether there was none under its id or for its assignment.
pub fn insert(
    conn: &mut Conn,
    visit: &VisitHead,
    content: &Written<Submission>,
    parts: &Json<Parts>,
    made_at: Instant,
    files_due_at: Option<Instant>,
    review_due_at: Instant,
) -> Result<bool> {
    let times = (
        visit::made_at.eq(Some(made_at)),
        visit::files_due_at.eq(files_due_at),
        visit::review_due_at.eq(Some(review_due_at)),
    );
    let inserted = each_engine!(conn, c => diesel::insert_into(visit::table)
        .values((visit, times))
        .on_conflict_do_nothing()
        .execute(c))?;
    if inserted == 0 {
        return Ok(false);
    }
    let kept = (visit_content::visit_id.eq(visit.id), visit_content::content.eq(content));
    let row = (kept, visit_content::parts.eq(Some(parts)));
    each_engine!(conn, c => diesel::insert_into(visit_content::table).values(row).execute(c))?;
    if visit.completed_at.is_some() {
        notices::note(conn, COMPLETED);
    }
    Ok(true)
}

/// The visit with this id, of any shopper.
pub fn find(conn: &mut Conn, id: VisitId) -> Result<Option<Visit>> {
    let with_content = visit::table.inner_join(visit_content::table).filter(visit::id.eq(id));
    Ok(with_content.select(Visit::as_select()).first(conn).optional()?)
}

/// Who made the visit with this id.
pub fn shopper_of(conn: &mut Conn, id: VisitId) -> Result<Option<AccountId>> {
    Ok(visit::table.find(id).select(visit::shopper_id).first(conn).optional()?)
}

/// The shopper's visit with this id, if it waits for files: what every file that arrives asks.
pub fn waiting_for_files(conn: &mut Conn, id: VisitId, shopper: AccountId) -> Result<Option<Visit>> {
    let waiting = visit::table
        .inner_join(visit_content::table)
        .filter(visit::id.eq(id))
        .filter(visit::shopper_id.eq(shopper))
        .filter(visit::state.eq(State::Submitted));
    Ok(each_engine!(conn, c => waiting.select(Visit::as_select()).first(c).optional())?)
}

/// Writes down that a visit is complete, and since when.
pub fn set_complete(conn: &mut Conn, visit: &VisitHead) -> Result<()> {
    diesel::update(visit::table.find(visit.id))
        .set((visit::state.eq(visit.state), visit::completed_at.eq(visit.completed_at)))
        .execute(conn)?;
    notices::note(conn, COMPLETED);
    Ok(())
}

/// Puts another content in the place of what is kept of a visit.
pub fn replace(
    conn: &mut Conn,
    visit: &VisitHead,
    content: &Written<Submission>,
    parts: &Json<Parts>,
    files_due_at: Option<Instant>,
) -> Result<()> {
    each_engine!(conn, c => diesel::update(visit::table.find(visit.id))
        .set((
            visit::state.eq(visit.state),
            visit::content_hash.eq(visit.content_hash),
            visit::score.eq(visit.score),
            visit::completed_at.eq(visit.completed_at),
            visit::files_due_at.eq(files_due_at),
            visit::anew_at.eq(None::<Instant>),
            visit::revision.eq(visit.revision),
            visit::revised_at.eq(visit.revised_at),
            // What looks at visits has not seen it so.
            visit::noticed_at.eq(None::<Instant>),
        ))
        .execute(c))?;
    each_engine!(conn, c => diesel::update(visit_content::table.find(visit.id))
        .set((visit_content::content.eq(content), visit_content::parts.eq(Some(parts))))
        .execute(c))?;
    if visit.completed_at.is_some() {
        notices::note(conn, COMPLETED);
    }
    Ok(())
}

/// Writes down whether another visit is wanted in the place of this one.
pub fn set_wanted_again(conn: &mut Conn, id: VisitId, wanted_again: bool) -> Result<()> {
    diesel::update(visit::table.find(id)).set(visit::wanted_again.eq(wanted_again)).execute(conn)?;
    Ok(())
}

/// In the place of which of these visits another one is wanted.
pub fn wanted_again(conn: &mut Conn, ids: Vec<VisitId>) -> Result<Vec<VisitId>> {
    let wanted = visit::table.filter(visit::id.eq_any(ids)).filter(visit::wanted_again);
    Ok(wanted.select(visit::id).load(conn)?)
}

/// Which of these visits were approved before there were reports: they have counted for the branch's side since, without one.
pub fn shown_before(conn: &mut Conn, ids: Vec<VisitId>) -> Result<Vec<VisitId>> {
    let shown = visit::table.filter(visit::id.eq_any(ids)).filter(visit::shown_before);
    Ok(shown.select(visit::id).load(conn)?)
}

/// Writes down that a visit does not count for the branch's side any more without a report.
pub fn set_not_shown_before(conn: &mut Conn, id: VisitId) -> Result<()> {
    diesel::update(visit::table.find(id)).set(visit::shown_before.eq(false)).execute(conn)?;
    Ok(())
}

/// Writes down the state of a visit.
pub fn set_state(conn: &mut Conn, visit: &VisitHead) -> Result<()> {
    diesel::update(visit::table.find(visit.id)).set(visit::state.eq(visit.state)).execute(conn)?;
    Ok(())
}

/// By what reviewers find a visit in their queue, once it was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueMarks {
    /// Until when it is to be decided about.
    pub due_at: Instant,
    /// 0 if its heaviest flag weighs most, up to 3 if it has none.
    pub rank: i32,
    /// In which language its shopper wrote, as far as that is known.
    pub language: Option<String>,
    /// Whether it waits for the lot by which such visits are approved.
    pub to_be_drawn: bool,
}

/// Writes down by what reviewers find a visit in their queue.
pub fn set_queue_marks(conn: &mut Conn, id: VisitId, marks: &QueueMarks) -> Result<()> {
    diesel::update(visit::table.find(id))
        .set((
            visit::review_due_at.eq(Some(marks.due_at)),
            visit::review_rank.eq(marks.rank),
            visit::language.eq(marks.language.as_deref()),
            visit::to_be_drawn.eq(marks.to_be_drawn),
        ))
        .execute(conn)?;
    if marks.to_be_drawn {
        notices::note(conn, TO_BE_DRAWN);
    }
    Ok(())
}

/// Visits that wait for the lot by which they are approved, the longest waiting first.
pub fn to_be_drawn(conn: &mut Conn, limit: i64) -> Result<Vec<VisitId>> {
    Ok(visit::table
        .filter(sql::<Bool>("visit.to_be_drawn"))
        .order((visit::received_at, visit::id))
        .limit(limit)
        .select(visit::id)
        .load(conn)?)
}

/// Writes down that the lot of a visit was drawn.
pub fn set_drawn(conn: &mut Conn, id: VisitId) -> Result<()> {
    diesel::update(visit::table.find(id)).set(visit::to_be_drawn.eq(false)).execute(conn)?;
    Ok(())
}

/// Writes down which reviewer has claimed a visit and since when, or that none has any more.
pub fn set_claim(conn: &mut Conn, id: VisitId, claim: Option<(AccountId, Instant)>) -> Result<()> {
    let (by, at) = claim.unzip();
    diesel::update(visit::table.find(id))
        .set((visit::claimed_by.eq(by), visit::claimed_at.eq(at)))
        .execute(conn)?;
    Ok(())
}

/// Visits after this one in the order of their ids, in any state: for a walk through all of them.
pub fn page(conn: &mut Conn, after: Option<VisitId>, limit: i64) -> Result<Vec<Visit>> {
    let mut query = visit::table
        .inner_join(visit_content::table)
        .order(visit::id)
        .limit(limit)
        .select(Visit::as_select())
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(visit::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// The visits to these branches that count for anybody or are said to, in one month or in all.
pub fn counted_of(conn: &mut Conn, branches: &[BranchId], month: Option<Month>) -> Result<Vec<Visit>> {
    let counted: Vec<_> = State::ALL.iter().copied().filter(|state| state.is_counted()).collect();
    // By their assignments, which have an index for it.
    let of = assignment::table.filter(assignment::branch_id.eq_any(branches.to_vec())).select(assignment::id);
    let mut query = visit::table
        .inner_join(visit_content::table)
        .filter(visit::assignment_id.eq_any(of))
        .filter(visit::state.eq_any(counted).or(visit::shown_before))
        .select(Visit::as_select())
        .into_boxed();
    if let Some(month) = month {
        query = query.filter(visit::month.eq(month));
    }
    Ok(query.load(conn)?)
}

/// The counted visits of a checklist, of all its versions, in these months and in the scope: so many of the newest, those
/// first.
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

/// The visits of a branch whose reports are out, from this month on: so many of the newest, by the month that they count in. Each
/// is as the branch's side is shown it now.
pub fn shown(conn: &mut Conn, of: BranchId, from: Month, most: i64, now: Instant) -> Result<Vec<Visit>> {
    let shown: Vec<_> = State::ALL.iter().copied().filter(|state| state.is_shown()).collect();
    let lately: Vec<_> = steps::withdrawn_lately(conn, now)?.into_keys().collect();
    // By their assignments, which have an index for it.
    let wanted = assignment::table.filter(assignment::branch_id.eq(of)).select(assignment::id);
    let mut visits: Vec<Visit> = visit::table
        .inner_join(visit_content::table)
        .filter(visit::assignment_id.eq_any(wanted))
        .filter(visit::month.ge(from))
        .filter(visit::state.eq_any(shown).or(visit::id.eq_any(lately)))
        .order((visit::month.desc(), visit::id))
        .limit(most)
        .select(Visit::as_select())
        .load(conn)?;
    let still = still_shown(conn, visits.iter().map(|visit| visit.head.id).collect(), now)?;
    for visit in &mut visits {
        if let Some(was) = still.get(&visit.head.id) {
            *visit = was.clone().of(&visit.head, None);
        }
    }
    Ok(visits)
}

/// The visits with these ids, in the order of their ids; the caller has found the ids in scope.
pub fn with_ids(conn: &mut Conn, ids: &[VisitId]) -> Result<Vec<Visit>> {
    Ok(visit::table
        .inner_join(visit_content::table)
        .filter(visit::id.eq_any(ids.to_vec()))
        .order(visit::id)
        .select(Visit::as_select())
        .load(conn)?)
}

/// Writes down that the completion of visits was taken notice of, of those that still have the content of this digest.
pub fn take_notice(conn: &mut Conn, of: &[(VisitId, Sha256)], now: Instant) -> Result<()> {
    // Each content names its assignment, so no two visits share a digest.
    let (ids, contents): (Vec<_>, Vec<_>) = of.iter().copied().unzip();
    let as_it_is = visit::table.filter(visit::id.eq_any(ids)).filter(visit::content_hash.eq_any(contents));
    diesel::update(as_it_is.filter(visit::noticed_at.is_null()))
        .set(visit::noticed_at.eq(Some(now)))
        .execute(conn)?;
    Ok(())
}

/// The digest of the content of each of these visits, and in which state the visit is.
pub fn standing(conn: &mut Conn, ids: &[VisitId]) -> Result<HashMap<VisitId, (Sha256, State)>> {
    let found: Vec<(VisitId, Sha256, State)> = visit::table
        .filter(visit::id.eq_any(ids.to_vec()))
        .select((visit::id, visit::content_hash, visit::state))
        .load(conn)?;
    Ok(found.into_iter().map(|(id, content, state)| (id, (content, state))).collect())
}

/// Writes down that a visit is back with the reviewers, who are to decide about it until then.
pub fn set_review_due(conn: &mut Conn, id: VisitId, due_at: Instant) -> Result<()> {
    diesel::update(visit::table.find(id)).set(visit::review_due_at.eq(Some(due_at))).execute(conn)?;
    Ok(())
}

/// How many visits there are.
pub fn count(conn: &mut Conn) -> Result<i64> {
    Ok(visit::table.count().get_result(conn)?)
}

/// Writes down how much of these visits is in the ledger: their arrival (1), or their completion as well (2).
pub fn set_sealed(conn: &mut Conn, ids: Vec<VisitId>, sealed: i32) -> Result<()> {
    if !ids.is_empty() {
        diesel::update(visit::table.filter(visit::id.eq_any(ids)))
            .set(visit::sealed.eq(sealed))
            .execute(conn)?;
    }
    Ok(())
}
