//! All SQL about evidence.

use diesel::{
    dsl::{count_star, sql},
    prelude::*,
    sql_types::{BigInt, Nullable},
};

use super::{
    clean::CleanCopy,
    model::{After, DAY, Evidence, Facts, FileState, Usage},
};
use crate::{
    accounts,
    db::{
        Conn,
        engine::each_engine,
        schema::{clean_copy, evidence},
        types::Instant,
    },
    error::{Code, Error, Result},
    ids::{AccountId, EvidenceId},
};

/// The shopper's own file.
///
/// # Errors
/// `not_found` if there is none, or it is another's.
pub fn own(conn: &mut Conn, shopper: AccountId, id: EvidenceId) -> Result<Evidence> {
    find(conn, id)?.filter(|file| file.shopper_id == shopper).ok_or_else(|| Error::new(Code::NotFound))
}

/// The file with this id, whoever's it is.
pub fn find(conn: &mut Conn, id: EvidenceId) -> Result<Option<Evidence>> {
    Ok(each_engine!(conn, c => evidence::table.find(id).select(Evidence::as_select()).first(c).optional())?)
}

/// The files with these ids, finished or not, whoever's they are.
pub fn with_ids(conn: &mut Conn, ids: Vec<EvidenceId>) -> Result<Vec<Evidence>> {
    Ok(evidence::table.filter(evidence::id.eq_any(ids)).select(Evidence::as_select()).load(conn)?)
}

/// What is there of a file that is announced; if nothing is, then there is room for it.
///
/// # Errors
/// `not_found` if the id is another shopper's; `conflict` if other things were said of it; `visit_full`, `daily_limit`.
pub fn announced(conn: &mut Conn, facts: &Facts, now: Instant) -> Result<Option<Evidence>> {
    match find(conn, facts.id)? {
        // Whatever was said of a file that was given up is over.
        Some(there) if there.is_expired(now) && there.shopper_id == facts.shopper => Ok(Some(there)),
        Some(there) => there.same_as(facts).map(|()| Some(there)),
        None => usage(conn, facts, now)?.has_room_for(facts.size).map(|()| None),
    }
}

#[diesel::declare_sql_function]
extern "SQL" {
    /// The sum as PostgreSQL gives it is a `numeric`, which only a cast makes an integer, and diesel knows no such cast:
    /// so it is told that this is a smaller integer. Nothing ever reads it as one.
    #[aggregate]
    #[sql_name = "SUM"]
    fn sum_to_be_cast(size: BigInt) -> Nullable<Integer>;
}

/// Asked for each file, so in statements that are prepared once.
fn usage(conn: &mut Conn, facts: &Facts, now: Instant) -> Result<Usage> {
    let bytes = || sum_to_be_cast(evidence::size).cast::<Nullable<BigInt>>();
    let own = evidence::table.filter(evidence::shopper_id.eq(facts.shopper));
    let of_visit = own.filter(evidence::visit_id.eq(facts.visit)).select((count_star(), bytes()));
    let (files_of_visit, bytes_of_visit): (i64, Option<i64>) = each_engine!(conn, c => of_visit.first(c))?;
    let of_day = own.filter(evidence::created_at.gt(now.plus_seconds(-DAY))).select(bytes());
    let bytes_of_day: Option<i64> = each_engine!(conn, c => of_day.first(c))?;
    Ok(Usage {
        files_of_visit,
        bytes_of_visit: bytes_of_visit.unwrap_or_default(),
        bytes_of_day: bytes_of_day.unwrap_or_default(),
    })
}

/// Announces a file; the same again is the one that is there.
///
/// # Errors
/// As [`announced`].
pub fn announce(conn: &mut Conn, facts: &Facts, now: Instant) -> Result<Evidence> {
    match there(conn, facts, now)? {
        Some(there) => Ok(there),
        None => insert(conn, facts.arriving(now)),
    }
}

/// What is there of a file that is announced, if it was not given up; that is forgotten.
fn there(conn: &mut Conn, facts: &Facts, now: Instant) -> Result<Option<Evidence>> {
    let there = announced(conn, facts, now)?;
    if there.as_ref().is_some_and(|there| there.is_expired(now)) {
        forget(conn, facts.id)?;
        return Ok(None);
    }
    Ok(there)
}

fn insert(conn: &mut Conn, file: Evidence) -> Result<Evidence> {
    each_engine!(conn, c => diesel::insert_into(evidence::table).values(&file).execute(c))?;
    Ok(file)
}

/// Puts off the end of an unfinished file's waiting.
pub fn put_off(conn: &mut Conn, id: EvidenceId, expires_at: Instant) -> Result<()> {
    let file = evidence::table.find(id).filter(evidence::state.eq(FileState::Arriving));
    diesel::update(file).set(evidence::expires_at.eq(expires_at)).execute(conn)?;
    Ok(())
}

/// Says of a file whose blob is stored that it is kept, and does in the same transaction what is to be done then. A
/// file that is kept already is left as it is.
///
/// # Errors
/// `not_found` if it was given up meanwhile; whatever `after` fails with.
pub fn keep(conn: &mut Conn, id: EvidenceId, now: Instant, after: After) -> Result<Evidence> {
    let file = evidence::table.find(id).filter(evidence::state.eq(FileState::Arriving));
    let changed = diesel::update(file)
        .set((evidence::state.eq(FileState::Kept), evidence::kept_at.eq(Some(now))))
        .execute(conn)?;
    let kept = find(conn, id)?.ok_or_else(|| Error::new(Code::NotFound))?;
    if changed == 1 {
        after(conn, &kept)?;
    }
    Ok(kept)
}

/// The same for a file that has come all at once, whether it was announced before or not.
///
/// # Errors
/// As [`announced`]; whatever `after` fails with.
pub fn keep_at_once(conn: &mut Conn, facts: &Facts, now: Instant, after: After) -> Result<Evidence> {
    if let Some(there) = there(conn, facts, now)? {
        return keep(conn, there.id, now, after);
    }
    let kept = Evidence { state: FileState::Kept, kept_at: Some(now), ..facts.arriving(now) };
    let kept = insert(conn, kept)?;
    after(conn, &kept)?;
    Ok(kept)
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

/// The same for somebody who has a signed address.
///
/// # Errors
/// `not_found` if it was not read, or if the account is none any more.
pub fn clean_copy_for(conn: &mut Conn, account: AccountId, file: EvidenceId) -> Result<CleanCopy> {
    let account = accounts::store::account(conn, account)?.filter(|account| !account.disabled);
    let copy = clean_copy(conn, file)?.filter(|_| account.is_some());
    copy.ok_or_else(|| Error::new(Code::NotFound))
}

/// Keeps what was read in a file, in place of what was read before.
pub fn put_clean_copy(conn: &mut Conn, copy: &CleanCopy) -> Result<()> {
    diesel::delete(clean_copy::table.find(copy.evidence_id)).execute(conn)?;
    each_engine!(conn, c => diesel::insert_into(clean_copy::table).values(copy).execute(c))?;
    Ok(())
}
