//! The statements about reports.

mod list;
mod preparing;

use std::collections::{BTreeMap, HashMap};

use diesel::{dsl::sql, expression::SqlLiteral, prelude::*, sql_types::Bool};

pub use self::{list::*, preparing::*};
use super::model::{Report, ReportComment, ReportFile, Shows};
use crate::{
    accounts::policy::Scope,
    db::{
        Conn,
        engine::each_engine,
        pieces::pieces,
        schema::{
            appeal, assignment, branch, employee, report, report_comment, report_file, standard_version,
            visit, visit_step,
        },
        sealing::rows_sealed,
        types::{Instant, Json},
    },
    error::Result,
    ids::{
        AccountId, AppealId, AssignmentId, BranchId, BrandId, CampaignId, RegionId, ReportCommentId,
        ReportFileId, ReportId, StandardId, VisitId,
    },
    places,
    visits::{
        state::{State, Step},
        store::steps,
    },
};

/// So many ids are named by one statement.
const AT_ONCE: usize = 500;

/// A region, or the branches of a brand that are in none; with a branch of it.
pub type Part = (BrandId, Option<RegionId>);

/// That a visit is in this state: spelled out, because only so the engines see that a partial index answers it.
fn is_in(state: State) -> SqlLiteral<Bool> {
    sql::<Bool>(&format!("visit.state = '{state}'"))
}

/// The regions with visits in this state, each with the time zone of the first of their branches that has one.
pub fn regions_with(conn: &mut Conn, state: State) -> Result<BTreeMap<Part, String>> {
    let rows: Vec<(BrandId, Option<RegionId>, BranchId, String)> = visit::table
        .inner_join(branch::table.on(branch::id.eq(visit::branch_id)))
        .filter(is_in(state))
        .select((branch::brand_id, branch::region_id, branch::id, branch::time_zone))
        .distinct()
        .order(branch::id.desc())
        .load(conn)?;
    // The first one takes the place of the others.
    Ok(rows.into_iter().map(|(brand, region, _, zone)| ((brand, region), zone)).collect())
}

/// A visit that waits for a night.
#[derive(Clone, Debug, Queryable)]
pub struct WaitingVisit {
    /// The visit.
    pub id: VisitId,
    /// The assignment that it was made for.
    pub assignment_id: AssignmentId,
    /// Whether it has counted for the branch's side since before there were reports.
    pub shown_before: bool,
}

/// The visits of a region that are in this state.
pub fn visits_of(conn: &mut Conn, (brand, region): Part, state: State) -> Result<Vec<WaitingVisit>> {
    let mut query = visit::table
        .inner_join(branch::table.on(branch::id.eq(visit::branch_id)))
        .filter(is_in(state))
        .filter(branch::brand_id.eq(brand))
        .order(visit::id)
        .select((visit::id, visit::assignment_id, visit::shown_before))
        .into_boxed();
    query = match region {
        Some(region) => query.filter(branch::region_id.eq(region)),
        None => query.filter(branch::region_id.is_null()),
    };
    Ok(query.load(conn)?)
}

/// Since when each of these visits has been approved.
pub fn approved_at(conn: &mut Conn, visits: &[VisitId]) -> Result<HashMap<VisitId, Instant>> {
    let mut all = HashMap::new();
    for some in visits.chunks(AT_ONCE) {
        let rows: Vec<(VisitId, Instant)> = visit_step::table
            .filter(visit_step::visit_id.eq_any(some.to_vec()))
            .filter(visit_step::to_state.eq(State::Approved))
            .order((visit_step::visit_id, visit_step::number))
            .select((visit_step::visit_id, visit_step::taken_at))
            .load(conn)?;
        // A later one takes the place of an earlier one.
        all.extend(rows);
    }
    Ok(all)
}

/// The campaigns that these assignments are of.
pub fn campaigns_of(
    conn: &mut Conn,
    assignments: &[AssignmentId],
) -> Result<HashMap<AssignmentId, CampaignId>> {
    let mut all = HashMap::new();
    for some in assignments.chunks(AT_ONCE) {
        let rows: Vec<(AssignmentId, CampaignId)> = assignment::table
            .filter(assignment::id.eq_any(some.to_vec()))
            .filter(assignment::campaign_id.is_not_null())
            .select((assignment::id, assignment::campaign_id.assume_not_null()))
            .load(conn)?;
        all.extend(rows);
    }
    Ok(all)
}

/// What the reports of these visits show, of those that have one.
pub fn shows_of(conn: &mut Conn, visits: &[VisitId]) -> Result<Vec<(VisitId, Shows)>> {
    let mut shows = Vec::with_capacity(visits.len());
    for some in visits.chunks(AT_ONCE) {
        let rows: Vec<(VisitId, Json<Shows>)> = report::table
            .filter(report::visit_id.eq_any(some.to_vec()))
            .select((report::visit_id, report::shows))
            .load(conn)?;
        shows.extend(rows.into_iter().map(|(visit, Json(shows))| (visit, shows)));
    }
    Ok(shows)
}

/// Keeps a report with its photos and recordings.
pub fn insert(conn: &mut Conn, new: &Report, files: &[ReportFile]) -> Result<()> {
    diesel::insert_into(report::table).values(new).execute(conn)?;
    for file in files {
        diesel::insert_into(report_file::table).values(file).execute(conn)?;
    }
    Ok(())
}

/// Keeps reports of the past without files, which go into the ledger in the same transaction.
pub fn insert_past(conn: &mut Conn, past: Vec<Report>) -> Result<()> {
    for piece in pieces(past) {
        let rows: Vec<_> = piece.into_iter().map(|one| (one, report::sealed.eq(true))).collect();
        each_engine!(conn, c => diesel::insert_into(report::table).values(rows).execute(c))?;
    }
    Ok(())
}

/// The report of a visit, if it went out.
pub fn of_visit(conn: &mut Conn, visit: VisitId) -> Result<Option<Report>> {
    let found = report::table.filter(report::visit_id.eq(visit)).select(Report::as_select());
    Ok(found.first(conn).optional()?)
}

/// The days on which the reports of these visits went out.
pub fn released_on(conn: &mut Conn, visits: &[VisitId]) -> Result<HashMap<VisitId, String>> {
    let mut all = HashMap::new();
    for some in visits.chunks(AT_ONCE) {
        let rows: Vec<(VisitId, String)> = report::table
            .filter(report::visit_id.eq_any(some.to_vec()))
            .select((report::visit_id, report::released_on))
            .load(conn)?;
        all.extend(rows);
    }
    Ok(all)
}

/// A report of a branch in scope, with the state of its visit as the branch's side is shown it now.
///
/// # Errors
/// `not_found` if it is not there, or out of scope.
pub fn report(conn: &mut Conn, scope: &Scope, id: ReportId, now: Instant) -> Result<(Report, State)> {
    let (report, state): (Report, State) = report::table
        .inner_join(visit::table.on(visit::id.eq(report::visit_id)))
        .filter(report::id.eq(id))
        .filter(report::branch_id.eq_any(places::store::branches_in(scope)))
        .select((Report::as_select(), visit::state))
        .first(conn)?;
    let shown = steps::withdrawn_lately(conn, now)?.remove(&report.visit_id);
    Ok((report, shown.unwrap_or(state)))
}

/// The photos and recordings of a report, in an order that says nothing.
pub fn files(conn: &mut Conn, of: ReportId) -> Result<Vec<ReportFile>> {
    Ok(report_file::table
        .filter(report_file::report_id.eq(of))
        .order(report_file::id)
        .select(ReportFile::as_select())
        .load(conn)?)
}

/// A photo or a recording of a report.
///
/// # Errors
/// `not_found` if it is not there.
pub fn file(conn: &mut Conn, id: ReportFileId) -> Result<ReportFile> {
    Ok(report_file::table.find(id).select(ReportFile::as_select()).first(conn)?)
}

/// Why a visit was withdrawn: what was said when that was proposed last.
pub fn reason_of_withdrawal(conn: &mut Conn, visit: VisitId) -> Result<Option<String>> {
    let found = visit_step::table
        .filter(visit_step::visit_id.eq(visit))
        .filter(visit_step::step.eq(Some(Step::ProposeWithdrawal)))
        .order(visit_step::number.desc())
        .select(visit_step::reason)
        .first::<Option<String>>(conn)
        .optional()?;
    Ok(found.flatten())
}

/// Whether an appeal against the report of this visit is open.
pub fn is_under_appeal(conn: &mut Conn, visit: VisitId) -> Result<bool> {
    let open = appeal::table
        .filter(appeal::visit_id.eq(visit))
        // Spelled out, because only so the engines see that the partial index answers it.
        .filter(sql::<Bool>("appeal.state = 'open'"));
    Ok(open.select(appeal::id).first::<AppealId>(conn).optional()?.is_some())
}

/// The wordings of these versions of standards.
pub fn wordings(
    conn: &mut Conn,
    standards: &[(StandardId, i32)],
) -> Result<HashMap<(StandardId, i32), crate::checklists::text::Text>> {
    let mut all = HashMap::new();
    let ids: Vec<_> = standards.iter().map(|(id, _)| *id).collect();
    for some in ids.chunks(AT_ONCE) {
        let rows: Vec<(StandardId, i32, Json<crate::checklists::text::Text>)> = standard_version::table
            .filter(standard_version::standard_id.eq_any(some.to_vec()))
            .select((standard_version::standard_id, standard_version::version, standard_version::text))
            .load(conn)?;
        all.extend(rows.into_iter().map(|(id, version, Json(text))| ((id, version), text)));
    }
    Ok(all)
}

/// The branches in which an account works.
pub fn works_in(conn: &mut Conn, account: AccountId) -> Result<Vec<(BrandId, BranchId)>> {
    Ok(employee::table
        .filter(employee::account_id.eq(Some(account)))
        .filter(employee::active)
        .select((employee::brand_id, employee::branch_id))
        .load(conn)?)
}

/// The comment with this id.
pub fn find_comment(conn: &mut Conn, id: ReportCommentId) -> Result<Option<ReportComment>> {
    Ok(report_comment::table.find(id).select(ReportComment::as_select()).first(conn).optional()?)
}

/// Keeps a comment; says whether there was none under its id.
pub fn insert_comment(conn: &mut Conn, new: &ReportComment) -> Result<bool> {
    let inserted = each_engine!(conn, c => diesel::insert_into(report_comment::table)
        .values(new)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(inserted == 1)
}

/// So many comments on a report after this one, the first first.
pub fn comments(
    conn: &mut Conn,
    of: ReportId,
    after: Option<(Instant, ReportCommentId)>,
    rows: i64,
) -> Result<Vec<ReportComment>> {
    let mut query = report_comment::table
        .filter(report_comment::report_id.eq(of))
        .order((report_comment::created_at, report_comment::id))
        .limit(rows)
        .select(ReportComment::as_select())
        .into_boxed();
    if let Some((at, id)) = after {
        let at_once = report_comment::created_at.eq(at).and(report_comment::id.gt(id));
        query = query.filter(report_comment::created_at.gt(at).or(at_once));
    }
    Ok(query.load(conn)?)
}

rows_sealed!(report::table by id, set_reports_sealed);
rows_sealed!(report_file::table by id, set_files_sealed);
rows_sealed!(report_comment::table by id with salt, set_comments_sealed);
