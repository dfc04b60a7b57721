//! All SQL about evidence.

use std::collections::{BTreeMap, HashSet};

use diesel::{
    dsl::{case_when, count_star, exists, not, select, sql},
    prelude::*,
    sql_types::{BigInt, Bool, Nullable},
};
use serde::{Deserialize, Serialize};

use super::{
    clean::CleanCopy,
    model::{Amount, Announcement, DAY, Evidence, FileState, LEAST_BYTES, UNREAD, Usage, WAITS},
};
use crate::{
    checklists::manifest::Manifest,
    db::{
        Conn,
        engine::each_engine,
        schema::{clean_copy, evidence, leaving_blob, visit, visit_before, visit_content},
        types::{Instant, Json, Sha256},
    },
    error::{Code, Error, Result},
    ids::{AccountId, AssignmentId, EvidenceId, VisitId},
    seals::salted::Salt,
};

/// The shopper's own file.
///
/// # Errors
/// `not_found` if there is none, or it is another's.
pub fn own(conn: &mut Conn, shopper: AccountId, id: EvidenceId) -> Result<Evidence> {
    let own = evidence::table.find(id).filter(evidence::shopper_id.eq(shopper));
    Ok(each_engine!(conn, c => own.select(Evidence::as_select()).first(c))?)
}

/// The file with this id, of any shopper.
pub fn find(conn: &mut Conn, id: EvidenceId) -> Result<Option<Evidence>> {
    Ok(each_engine!(conn, c => evidence::table.find(id).select(Evidence::as_select()).first(c).optional())?)
}

/// The files with these ids, finished or not, of any shopper.
pub fn with_ids(conn: &mut Conn, ids: Vec<EvidenceId>) -> Result<Vec<Evidence>> {
    Ok(evidence::table.filter(evidence::id.eq_any(ids)).select(Evidence::as_select()).load(conn)?)
}

#[diesel::declare_sql_function]
extern "SQL" {
    /// The sum as PostgreSQL gives it is a `numeric`, which only a cast makes an integer, and diesel knows no such cast:
    /// so it is declared as a smaller integer. It is always cast, and never read as that.
    #[aggregate]
    #[sql_name = "SUM"]
    fn sum_to_be_cast(size: BigInt) -> Nullable<Integer>;
}

/// Adds up files: how many, and their bytes, of each at least [`LEAST_BYTES`].
macro_rules! amount {
    ($conn:expr, $files:expr) => {{
        let counted = case_when(evidence::size.lt(LEAST_BYTES), LEAST_BYTES.into_sql::<BigInt>())
            .otherwise(evidence::size);
        let bytes = sum_to_be_cast(counted).cast::<Nullable<BigInt>>();
        let files = $files.select((count_star(), bytes));
        let (files, bytes): (i64, Option<i64>) = each_engine!($conn, c => files.first(c))?;
        Amount { files, bytes: bytes.unwrap_or_default() }
    }};
}

/// What there is already beside a file that is announced. Each file asks for it, so its statements are prepared once.
pub fn usage(conn: &mut Conn, announcement: &Announcement, now: Instant) -> Result<Usage> {
    let own = evidence::table.filter(evidence::shopper_id.eq(announcement.shopper));
    let of_visit = amount!(conn, own.filter(evidence::visit_id.eq(announcement.visit)));
    let of_day = amount!(conn, own.filter(evidence::created_at.gt(now.plus_seconds(-DAY))));
    let mut usage = Usage { of_visit, of_day, ..Usage::default() };
    if let Some(assignment) = announcement.assignment {
        usage.of_assignment = amount!(conn, own.filter(evidence::assignment_id.eq(assignment)));
    } else if !is_here(conn, announcement.visit, announcement.shopper)? {
        // What is older was swept, or is unfinished and will be.
        let recent = own.filter(evidence::created_at.gt(now.plus_seconds(-(WAITS + 2 * DAY))));
        let came = visit::table
            .filter(visit::id.eq(evidence::visit_id))
            .filter(visit::shopper_id.eq(evidence::shopper_id));
        let waiting = recent.filter(evidence::assignment_id.is_null()).filter(not(exists(came)));
        usage.waiting = Some(amount!(conn, waiting));
    }
    Ok(usage)
}

/// Whether this visit of the shopper is here.
fn is_here(conn: &mut Conn, visit: VisitId, shopper: AccountId) -> Result<bool> {
    let own = visit::table.find(visit).filter(visit::shopper_id.eq(shopper));
    Ok(each_engine!(conn, c => select(exists(own)).get_result(c))?)
}

/// The visit that this assignment has.
pub fn visit_of(conn: &mut Conn, assignment: AssignmentId) -> Result<Option<VisitId>> {
    let visit = visit::table.filter(visit::assignment_id.eq(assignment)).select(visit::id);
    Ok(each_engine!(conn, c => visit.first(c).optional())?)
}

/// Adds a file.
pub fn insert(conn: &mut Conn, file: &Evidence) -> Result<()> {
    each_engine!(conn, c => diesel::insert_into(evidence::table).values(file).execute(c))?;
    Ok(())
}

/// Puts off the end of an unfinished file's waiting.
pub fn put_off(conn: &mut Conn, id: EvidenceId, expires_at: Instant) -> Result<()> {
    let file = evidence::table.find(id).filter(evidence::state.eq(FileState::Arriving));
    diesel::update(file).set(evidence::expires_at.eq(expires_at)).execute(conn)?;
    Ok(())
}

/// Says of a file that was arriving that it is kept; whether it was arriving.
pub fn set_kept(conn: &mut Conn, id: EvidenceId, now: Instant) -> Result<bool> {
    let file = evidence::table.find(id).filter(evidence::state.eq(FileState::Arriving));
    let changed = diesel::update(file)
        .set((evidence::state.eq(FileState::Kept), evidence::kept_at.eq(Some(now))))
        .execute(conn)?;
    Ok(changed == 1)
}

/// Forgets a file that is not finished; whether there was one.
pub fn forget(conn: &mut Conn, id: EvidenceId) -> Result<bool> {
    let file = evidence::table.find(id).filter(evidence::state.eq(FileState::Arriving));
    Ok(diesel::delete(file).execute(conn)? == 1)
}

/// Forgets a file that was left unfinished for too long; whether there was one.
pub fn forget_expired(conn: &mut Conn, id: EvidenceId, now: Instant) -> Result<bool> {
    let file = evidence::table.find(id).filter(evidence::state.eq(FileState::Arriving));
    Ok(diesel::delete(file.filter(evidence::expires_at.le(now))).execute(conn)? == 1)
}

/// Files that were left unfinished for too long, the oldest first.
pub fn expired(conn: &mut Conn, now: Instant, limit: i64) -> Result<Vec<EvidenceId>> {
    Ok(evidence::table
        // Spelled out, because only so the engines see that the partial index answers it.
        .filter(sql::<Bool>("state = 'arriving'"))
        .filter(evidence::expires_at.le(now))
        .order((evidence::expires_at, evidence::id))
        .limit(limit)
        .select(evidence::id)
        .load(conn)?)
}

/// A file that is kept and waits for its visit.
#[derive(Clone, Copy, Debug)]
pub(super) struct WaitingFile {
    pub(super) id: EvidenceId,
    pub(super) kept_at: Instant,
    pub(super) sha256: Sha256,
    /// Whether it names an assignment.
    pub(super) for_assignment: bool,
    /// Its visit, once that is here.
    pub(super) visit_here: Option<VisitId>,
}

/// Files that have been kept since then at the latest and that no visit was seen to name, those that wait longest first.
pub(super) fn waiting(
    conn: &mut Conn,
    since: Instant,
    after: Option<(Instant, EvidenceId)>,
    limit: i64,
) -> Result<Vec<WaitingFile>> {
    type Row = (EvidenceId, Option<Instant>, Sha256, Option<AssignmentId>, Option<VisitId>);
    let visit = visit::id.eq(evidence::visit_id).and(visit::shopper_id.eq(evidence::shopper_id));
    let mut query = evidence::table
        .left_join(visit::table.on(visit))
        // Spelled out, because only so the engines see that the partial index answers it.
        .filter(sql::<Bool>("evidence.state = 'kept' AND NOT evidence.visit_came"))
        .filter(evidence::kept_at.le(since))
        .order((evidence::kept_at, evidence::id))
        .limit(limit)
        .select((
            evidence::id,
            evidence::kept_at,
            evidence::sha256,
            evidence::assignment_id,
            visit::id.nullable(),
        ))
        .into_boxed();
    if let Some((at, id)) = after {
        query = query.filter(evidence::kept_at.gt(at).or(evidence::kept_at.eq(at).and(evidence::id.gt(id))));
    }
    let rows: Vec<Row> = query.load(conn)?;
    let waiting = |(id, kept_at, sha256, assignment, visit_here): Row| {
        let for_assignment = assignment.is_some();
        Some(WaitingFile { id, kept_at: kept_at?, sha256, for_assignment, visit_here })
    };
    Ok(rows.into_iter().filter_map(waiting).collect())
}

/// As much of what a phone sent as says which files belong to it.
#[derive(Debug, Serialize, Deserialize)]
struct Naming {
    #[serde(default)]
    manifest: Manifest,
}

/// The files that these visits name, or named before they were sent anew.
pub(super) fn named_by(conn: &mut Conn, visits: Vec<VisitId>) -> Result<HashSet<EvidenceId>> {
    let now = visit_content::table
        .filter(visit_content::visit_id.eq_any(visits.clone()))
        .select(visit_content::content);
    let before =
        visit_before::table.filter(visit_before::visit_id.eq_any(visits)).select(visit_before::content);
    let mut named: Vec<Json<Naming>> = now.load(conn)?;
    named.extend(before.load::<Json<Naming>>(conn)?);
    Ok(named.iter().flat_map(|Json(one)| one.manifest.iter().map(|file| file.id)).collect())
}

/// Says of these files that their visits name them.
pub(super) fn set_visit_came(conn: &mut Conn, ids: Vec<EvidenceId>) -> Result<()> {
    diesel::update(evidence::table.filter(evidence::id.eq_any(ids)))
        .set(evidence::visit_came.eq(true))
        .execute(conn)?;
    Ok(())
}

/// Forgets a file that is kept, with what was read in it.
pub(super) fn forget_kept(conn: &mut Conn, id: EvidenceId) -> Result<()> {
    diesel::delete(clean_copy::table.find(id)).execute(conn)?;
    diesel::delete(evidence::table.find(id)).execute(conn)?;
    Ok(())
}

/// Whether any file has the blob with this digest, as it came or as a copy.
pub(super) fn is_needed(conn: &mut Conn, digest: Sha256) -> Result<bool> {
    let file = select(exists(evidence::table.filter(evidence::sha256.eq(digest)))).get_result(conn)?;
    let copy = clean_copy::table.filter(clean_copy::sha256.eq(digest));
    let small = clean_copy::table.filter(clean_copy::thumbnail_sha256.eq(digest));
    let copied: bool = select(exists(copy)).get_result(conn)?;
    Ok(file || copied || select(exists(small)).get_result(conn)?)
}

/// From now on no file is kept by this blob, and it is to be deleted.
pub(super) fn let_blob_leave(conn: &mut Conn, digest: Sha256, now: Instant) -> Result<()> {
    let row = (leaving_blob::sha256.eq(digest), leaving_blob::left_at.eq(now));
    each_engine!(conn, c => diesel::insert_into(leaving_blob::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(())
}

/// Blobs that are to be deleted.
pub(super) fn leaving_blobs(conn: &mut Conn, limit: i64) -> Result<Vec<Sha256>> {
    let leaving = leaving_blob::table.filter(leaving_blob::deleted_at.is_null());
    Ok(leaving.order(leaving_blob::left_at).limit(limit).select(leaving_blob::sha256).load(conn)?)
}

/// Says that these blobs are deleted.
pub(super) fn blobs_are_deleted(conn: &mut Conn, digests: &[Sha256], now: Instant) -> Result<()> {
    for digest in digests {
        diesel::update(leaving_blob::table.find(digest))
            .set(leaving_blob::deleted_at.eq(Some(now)))
            .execute(conn)?;
    }
    Ok(())
}

/// Speaks no more of the blobs that were deleted before then: they may come anew.
pub(super) fn forget_blobs(conn: &mut Conn, before: Instant) -> Result<()> {
    diesel::delete(leaving_blob::table.filter(leaving_blob::deleted_at.le(before))).execute(conn)?;
    Ok(())
}

/// Refuses to keep a file, or a copy, by a blob that is to be deleted, or was just now.
///
/// # Errors
/// `unavailable` for an hour or two.
pub(super) fn refuse_leaving(conn: &mut Conn, digest: Sha256) -> Result<()> {
    let leaving = leaving_blob::table.find(digest);
    let leaves: bool = each_engine!(conn, c => select(exists(leaving)).get_result(c))?;
    if leaves { Err(Error::new(Code::Unavailable).after(LEAVING)) } else { Ok(()) }
}

/// A file whose blob is to be deleted can be sent again after about so many seconds.
const LEAVING: u64 = 3_600;

/// The pixels of what was read of a shopper's files since then; a file that could not be read counts for
/// [`UNREAD`] of them.
pub(super) fn pixels_read(conn: &mut Conn, shopper: AccountId, since: Instant, now: Instant) -> Result<i64> {
    type Row = (Option<i32>, Option<i32>, Option<String>);
    let rows: Vec<Row> = evidence::table
        .inner_join(clean_copy::table.on(clean_copy::evidence_id.eq(evidence::id)))
        .filter(evidence::shopper_id.eq(shopper))
        .filter(evidence::created_at.gt(now.plus_seconds(-DAY)))
        .filter(clean_copy::made_at.gt(since))
        .select((clean_copy::width, clean_copy::height, clean_copy::problem))
        .load(conn)?;
    let pixels = |(width, height, problem): Row| match (width, height, problem) {
        (Some(width), Some(height), None) => i64::from(width) * i64::from(height),
        _ => UNREAD,
    };
    Ok(rows.into_iter().map(pixels).sum())
}

/// Why those of these files that cannot be read cannot be, as far as that turned out.
pub fn problems(conn: &mut Conn, files: Vec<EvidenceId>) -> Result<BTreeMap<EvidenceId, String>> {
    let failed = clean_copy::table
        .filter(clean_copy::evidence_id.eq_any(files))
        .filter(clean_copy::problem.is_not_null())
        .select((clean_copy::evidence_id, clean_copy::problem.assume_not_null()));
    let failed: Vec<(EvidenceId, String)> = failed.load(conn)?;
    Ok(failed.into_iter().collect())
}

/// Why files that shoppers sent for these visits cannot be read.
pub fn problems_of_visits(
    conn: &mut Conn,
    shopper: AccountId,
    visits: Vec<VisitId>,
) -> Result<BTreeMap<VisitId, BTreeMap<EvidenceId, String>>> {
    let failed: Vec<(VisitId, EvidenceId, String)> = evidence::table
        .inner_join(clean_copy::table.on(clean_copy::evidence_id.eq(evidence::id)))
        .filter(evidence::visit_id.eq_any(visits))
        .filter(evidence::shopper_id.eq(shopper))
        .filter(clean_copy::problem.is_not_null())
        .select((evidence::visit_id, evidence::id, clean_copy::problem.assume_not_null()))
        .load(conn)?;
    let mut all: BTreeMap<VisitId, BTreeMap<EvidenceId, String>> = BTreeMap::new();
    for (visit, file, problem) in failed {
        all.entry(visit).or_default().insert(file, problem);
    }
    Ok(all)
}

/// What was read in a file, if it was.
pub fn clean_copy(conn: &mut Conn, file: EvidenceId) -> Result<Option<CleanCopy>> {
    Ok(clean_copy::table.find(file).select(CleanCopy::as_select()).first(conn).optional()?)
}

/// What was read in these files, of those that were read.
///
/// # Errors
/// Those of the database.
pub fn clean_copies(conn: &mut Conn, files: Vec<EvidenceId>) -> Result<Vec<CleanCopy>> {
    let wanted = clean_copy::table.filter(clean_copy::evidence_id.eq_any(files));
    Ok(wanted.select(CleanCopy::as_select()).load(conn)?)
}

/// Keeps what was read in a file, in place of what was read before; nothing if the file is gone.
///
/// # Errors
/// `unavailable` if a copy's blob is to be deleted.
pub fn put_clean_copy(conn: &mut Conn, copy: &CleanCopy) -> Result<()> {
    if find(conn, copy.evidence_id)?.is_none() {
        return Ok(());
    }
    for digest in [copy.sha256, copy.thumbnail_sha256].into_iter().flatten() {
        refuse_leaving(conn, digest)?;
    }
    diesel::delete(clean_copy::table.find(copy.evidence_id)).execute(conn)?;
    each_engine!(conn, c => diesel::insert_into(clean_copy::table).values(copy).execute(c))?;
    Ok(())
}

/// Writes down that what was read in a file at this moment is in the ledger, and the salt that it has there.
pub fn set_sealed(conn: &mut Conn, file: EvidenceId, made_at: Instant, salt: Salt) -> Result<()> {
    diesel::update(clean_copy::table.find(file).filter(clean_copy::made_at.eq(made_at)))
        .set((clean_copy::sealed.eq(true), clean_copy::salt.eq(Some(salt.to_bytes().to_vec()))))
        .execute(conn)?;
    Ok(())
}
