//! All SQL about evidence.

use diesel::{
    dsl::{count_star, sql},
    prelude::*,
    sql_types::{BigInt, Nullable},
};

use super::{
    clean::CleanCopy,
    model::{Announcement, Evidence, FileState, Usage},
};
use crate::{
    db::{
        Conn,
        engine::each_engine,
        schema::{clean_copy, evidence},
        types::Instant,
    },
    error::Result,
    ids::{AccountId, EvidenceId},
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

/// What there is already beside a file that is announced; the bytes of a day are those since this moment. Each file asks
/// for it, so its statements are prepared once.
pub fn usage(conn: &mut Conn, announcement: &Announcement, since: Instant) -> Result<Usage> {
    let bytes = || sum_to_be_cast(evidence::size).cast::<Nullable<BigInt>>();
    let own = evidence::table.filter(evidence::shopper_id.eq(announcement.shopper));
    let of_visit = own.filter(evidence::visit_id.eq(announcement.visit)).select((count_star(), bytes()));
    let (files_of_visit, bytes_of_visit): (i64, Option<i64>) = each_engine!(conn, c => of_visit.first(c))?;
    let of_day = own.filter(evidence::created_at.gt(since)).select(bytes());
    let bytes_of_day: Option<i64> = each_engine!(conn, c => of_day.first(c))?;
    Ok(Usage {
        files_of_visit,
        bytes_of_visit: bytes_of_visit.unwrap_or_default(),
        bytes_of_day: bytes_of_day.unwrap_or_default(),
    })
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
        .filter(sql::<diesel::sql_types::Bool>("state = 'arriving'"))
        .filter(evidence::expires_at.le(now))
        .order((evidence::expires_at, evidence::id))
        .limit(limit)
        .select(evidence::id)
        .load(conn)?)
}

/// What was read in a file, if it was.
pub fn clean_copy(conn: &mut Conn, file: EvidenceId) -> Result<Option<CleanCopy>> {
    Ok(clean_copy::table.find(file).select(CleanCopy::as_select()).first(conn).optional()?)
}

/// Keeps what was read in a file, in place of what was read before.
pub fn put_clean_copy(conn: &mut Conn, copy: &CleanCopy) -> Result<()> {
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
