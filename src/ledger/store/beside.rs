//! What is read beside what is sealed: the blobs that files have, and what follows from other rows.

use diesel::prelude::*;
use serde_json::Value;

use crate::{
    audit::AuditKind,
    db::{
        Conn,
        schema::{
            appeal_file, assignment, assignment_step, audit, branch, clean_copy, declared_tie, evidence,
            notice_document, picture, region, region_above, report_file, shopper, shopper_language,
        },
        types::{Id, Instant, Json, Sha256},
    },
    error::Result,
    evidence::model::FileState,
    fieldwork::assignments::model::AssignmentState,
    ids::{
        AccountId, AppealFileId, AssignmentId, BranchId, BrandId, DocumentId, EvidenceId, PictureId,
        RegionId, ReportFileId,
    },
};

/// A file that is kept, and the blobs that it has: of what was sent, and of its copies.
pub(in crate::ledger) type Stored = (EvidenceId, Vec<Sha256>);

/// Files after this one that are kept, with the blobs that have to be there.
pub(in crate::ledger) fn stored(
    conn: &mut Conn,
    after: Option<EvidenceId>,
    limit: i64,
) -> Result<Vec<Stored>> {
    let mut query = evidence::table
        .left_join(clean_copy::table.on(clean_copy::evidence_id.eq(evidence::id)))
        .filter(evidence::state.eq(FileState::Kept))
        .order(evidence::id)
        .limit(limit)
        .select((
            evidence::id,
            evidence::sha256,
            clean_copy::sha256.nullable(),
            clean_copy::thumbnail_sha256.nullable(),
        ))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(evidence::id.gt(after));
    }
    let rows: Vec<(EvidenceId, Sha256, Option<Sha256>, Option<Sha256>)> = query.load(conn)?;
    let blobs =
        |(id, sent, copy, thumbnail)| (id, [Some(sent), copy, thumbnail].into_iter().flatten().collect());
    Ok(rows.into_iter().map(blobs).collect())
}

/// A step that the audit has of a visit: which of its steps, and who took it.
pub(in crate::ledger) type RecordedStep = (Option<Id<()>>, Option<AccountId>, Json<Value>);

/// The steps that the audit has of these visits.
pub(in crate::ledger) fn recorded_steps(
    conn: &mut Conn,
    of: &[crate::ids::VisitId],
) -> Result<Vec<RecordedStep>> {
    let subjects: Vec<_> = of.iter().map(|id| Some(id.cast::<()>())).collect();
    // Asked for the kind as well, SQLite takes the index of kinds, and reads the steps of all visits for each page of them.
    let about: Vec<(AuditKind, RecordedStep)> = audit::table
        .filter(audit::subject_id.eq_any(subjects))
        .select((audit::kind, (audit::subject_id, audit::account_id, audit::details)))
        .load(conn)?;
    Ok(about.into_iter().filter(|(kind, _)| *kind == AuditKind::VisitStep).map(|(_, step)| step).collect())
}

/// A file of a report, and its blob.
pub(in crate::ledger) type StoredPhoto = (ReportFileId, Vec<Sha256>);

/// Files of reports after this one, with the blobs that have to be there.
pub(in crate::ledger) fn stored_photos(
    conn: &mut Conn,
    after: Option<ReportFileId>,
    limit: i64,
) -> Result<Vec<StoredPhoto>> {
    let mut query = report_file::table
        .order(report_file::id)
        .limit(limit)
        .select((report_file::id, report_file::sha256))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(report_file::id.gt(after));
    }
    let rows: Vec<(ReportFileId, Sha256)> = query.load(conn)?;
    Ok(rows.into_iter().map(|(id, copy)| (id, vec![copy])).collect())
}

/// An assignment, as far as its steps decide about it.
#[derive(Clone, Copy, Debug, Queryable)]
pub(in crate::ledger) struct Life {
    pub(in crate::ledger) id: AssignmentId,
    pub(in crate::ledger) state: AssignmentState,
    pub(in crate::ledger) revision: i64,
    pub(in crate::ledger) shopper_id: Option<AccountId>,
    pub(in crate::ledger) closes_at: Instant,
    pub(in crate::ledger) answer_by: Option<Instant>,
    pub(in crate::ledger) submit_by: Option<Instant>,
    pub(in crate::ledger) due_at: Option<Instant>,
}

/// Assignments after this one.
pub(in crate::ledger) fn assignments(
    conn: &mut Conn,
    after: Option<AssignmentId>,
    limit: i64,
) -> Result<Vec<Life>> {
    let mut query = assignment::table
        .order(assignment::id)
        .limit(limit)
        .select((
            assignment::id,
            assignment::state,
            assignment::revision,
            assignment::shopper_id,
            assignment::closes_at,
            assignment::answer_by,
            assignment::submit_by,
            assignment::due_at,
        ))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(assignment::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// A step that was taken with an assignment.
#[derive(Clone, Copy, Debug, Queryable)]
pub(in crate::ledger) struct LifeStep {
    pub(in crate::ledger) assignment_id: AssignmentId,
    pub(in crate::ledger) number: i32,
    pub(in crate::ledger) from_state: AssignmentState,
    pub(in crate::ledger) to_state: AssignmentState,
    pub(in crate::ledger) shopper_id: Option<AccountId>,
}

/// The steps that were taken with these assignments, of each in their order.
pub(in crate::ledger) fn steps_of_assignments(
    conn: &mut Conn,
    of: Vec<AssignmentId>,
) -> Result<Vec<LifeStep>> {
    Ok(assignment_step::table
        .filter(assignment_step::assignment_id.eq_any(of))
        .order((assignment_step::assignment_id, assignment_step::number))
        .select((
            assignment_step::assignment_id,
            assignment_step::number,
            assignment_step::from_state,
            assignment_step::to_state,
            assignment_step::shopper_id,
        ))
        .load(conn)?)
}

/// Pictures after this one: of each its digest and its bytes.
pub(in crate::ledger) fn pictures(
    conn: &mut Conn,
    after: Option<PictureId>,
    limit: i64,
) -> Result<Vec<(PictureId, Sha256, Vec<u8>)>> {
    let mut query = picture::table
        .order(picture::id)
        .limit(limit)
        .select((picture::id, picture::sha256, picture::bytes))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(picture::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// A function that gives what is in a table of bytes after this one: its digest and its bytes. One at a time, because each may be
/// large.
macro_rules! bytes_after {
    ($(#[$about:meta])* $name:ident, $table:ident, $id:ty) => {
        $(#[$about])*
        pub(in crate::ledger) fn $name(
            conn: &mut Conn,
            after: Option<$id>,
        ) -> Result<Option<($id, Sha256, Vec<u8>)>> {
            let mut query = $table::table
                .order($table::id)
                .limit(1)
                .select(($table::id, $table::sha256, $table::bytes))
                .into_boxed();
            if let Some(after) = after {
                query = query.filter($table::id.gt(after));
            }
            Ok(query.load(conn)?.pop())
        }
    };
}

bytes_after!(
    /// The document of a notice after this one.
    document, notice_document, DocumentId
);
bytes_after!(
    /// The file of an appeal after this one.
    appeal_file, appeal_file, AppealFileId
);

/// Regions after this one.
pub(in crate::ledger) fn regions(
    conn: &mut Conn,
    after: Option<RegionId>,
    limit: i64,
) -> Result<Vec<RegionId>> {
    let mut query = region::table.order(region::id).limit(limit).select(region::id).into_boxed();
    if let Some(after) = after {
        query = query.filter(region::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// Branches after this one, each with its brand and the region that it lies in at present.
pub(in crate::ledger) fn branches(
    conn: &mut Conn,
    after: Option<BranchId>,
    limit: i64,
) -> Result<Vec<(BranchId, BrandId, Option<RegionId>)>> {
    let columns = (branch::id, branch::brand_id, branch::region_id);
    let mut query = branch::table.order(branch::id).limit(limit).select(columns).into_boxed();
    if let Some(after) = after {
        query = query.filter(branch::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// That a region lies in another one, or is it.
#[derive(Clone, Copy, Debug, Queryable)]
pub(in crate::ledger) struct Above {
    pub(in crate::ledger) region: RegionId,
    pub(in crate::ledger) ancestor: RegionId,
    pub(in crate::ledger) height: i32,
    pub(in crate::ledger) parent_of_ancestor: Option<RegionId>,
}

/// What these regions are said to lie in, of each from below.
pub(in crate::ledger) fn regions_above(conn: &mut Conn, of: Vec<RegionId>) -> Result<Vec<Above>> {
    Ok(region_above::table
        .inner_join(region::table.on(region::id.eq(region_above::ancestor_id)))
        .filter(region_above::region_id.eq_any(of))
        .order((region_above::region_id, region_above::height))
        .select((region_above::region_id, region_above::ancestor_id, region_above::height, region::parent_id))
        .load(conn)?)
}

/// What shoppers after this one declare.
pub(in crate::ledger) fn profiles(
    conn: &mut Conn,
    after: Option<AccountId>,
    limit: i64,
) -> Result<Vec<(AccountId, Json<Value>)>> {
    let mut query = shopper::table
        .order(shopper::account_id)
        .limit(limit)
        .select((shopper::account_id, shopper::profile))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(shopper::account_id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// The languages that these shoppers are found by.
pub(in crate::ledger) fn languages(conn: &mut Conn, of: Vec<AccountId>) -> Result<Vec<(AccountId, String)>> {
    Ok(shopper_language::table
        .filter(shopper_language::account_id.eq_any(of))
        .select((shopper_language::account_id, shopper_language::language))
        .load(conn)?)
}

/// A tie that a shopper declared: of which brand or branch, and whether it was withdrawn.
pub(in crate::ledger) type Declared = (AccountId, Option<BrandId>, Option<BranchId>, Option<Instant>);

/// The ties that these shoppers ever declared.
pub(in crate::ledger) fn ties(conn: &mut Conn, of: Vec<AccountId>) -> Result<Vec<Declared>> {
    Ok(declared_tie::table
        .filter(declared_tie::account_id.eq_any(of))
        .select((
            declared_tie::account_id,
            declared_tie::brand_id,
            declared_tie::branch_id,
            declared_tie::withdrawn_at,
        ))
        .load(conn)?)
}
