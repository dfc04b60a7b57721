//! The statements about accounts, grants and sessions.

use diesel::prelude::*;

use super::model::{Account, Grant, GrantScope, RefreshToken, Role, Session};
use crate::{
    db::{
        Conn,
        engine::each_engine,
        schema::{access_grant, account, refresh_token, session},
        types::Instant,
    },
    error::Result,
    ids::{AccountId, BranchId, BrandId, GrantId, RefreshTokenId, RegionId, SessionId},
};

/// A retired refresh token is remembered for so long, in seconds; later, an unknown token is refused in the same way.
const RETIRED_KEPT: i64 = 86_400;

/// The account with this address (lower case).
///
/// # Errors
/// Those of the database.
pub fn account_by_email(conn: &mut Conn, email: &str) -> Result<Option<Account>> {
    Ok(account::table.filter(account::email.eq(email)).select(Account::as_select()).first(conn).optional()?)
}

/// The account with this id.
///
/// # Errors
/// Those of the database.
pub fn account(conn: &mut Conn, id: AccountId) -> Result<Option<Account>> {
    Ok(account::table.find(id).select(Account::as_select()).first(conn).optional()?)
}

/// Accounts after this one in the order of their ids.
///
/// # Errors
/// Those of the database.
pub fn accounts(conn: &mut Conn, after: Option<AccountId>, limit: i64) -> Result<Vec<Account>> {
    let mut query = account::table.select(Account::as_select()).order(account::id).limit(limit).into_boxed();
    if let Some(after) = after {
        query = query.filter(account::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// The account that first got this role over all of the brand, or of the operator, and may still sign in.
///
/// # Errors
/// Those of the database.
pub fn first_with_role(conn: &mut Conn, role: Role, brand: BrandId) -> Result<Option<AccountId>> {
    let over_all = access_grant::region_id.is_null().and(access_grant::branch_id.is_null());
    Ok(access_grant::table
        .inner_join(account::table.on(account::id.eq(access_grant::account_id)))
        .filter(access_grant::role.eq(role))
        .filter(access_grant::brand_id.is_null().or(access_grant::brand_id.eq(brand)))
        .filter(over_all)
        .filter(account::disabled.eq(false))
        .order((access_grant::created_at, access_grant::id))
        .select(account::id)
        .first(conn)
        .optional()?)
}

/// Keeps a new account.
///
/// # Errors
/// `conflict` if another account has the address.
pub fn insert_account(conn: &mut Conn, new: &Account) -> Result<()> {
    diesel::insert_into(account::table).values(new).execute(conn)?;
    Ok(())
}

/// Keeps a changed account.
///
/// # Errors
/// `conflict` if another account has the address.
pub(super) fn update_account(conn: &mut Conn, changed: &Account) -> Result<()> {
    diesel::update(account::table.find(changed.id))
        .set((
            account::email.eq(&changed.email),
            account::name.eq(&changed.name),
            account::language.eq(&changed.language),
            account::password_hash.eq(&changed.password_hash),
            account::disabled.eq(changed.disabled),
            account::revision.eq(changed.revision),
        ))
        .execute(conn)?;
    Ok(())
}

/// Ends all sessions of an account.
///
/// # Errors
/// Those of the database.
pub(super) fn revoke_sessions(conn: &mut Conn, whose: AccountId, now: Instant) -> Result<()> {
    diesel::update(session::table.filter(session::account_id.eq(whose).and(session::revoked_at.is_null())))
        .set(session::revoked_at.eq(now))
        .execute(conn)?;
    Ok(())
}

type GrantRow = (GrantId, Role, Option<BrandId>, Option<RegionId>, Option<BranchId>);

impl From<GrantRow> for Grant {
    fn from((id, role, brand_id, region_id, branch_id): GrantRow) -> Self {
        Self { id, role, scope: GrantScope { brand_id, region_id, branch_id } }
    }
}

/// The grants of an account, in the order of their making.
///
/// # Errors
/// Those of the database.
pub fn grants(conn: &mut Conn, whose: AccountId) -> Result<Vec<Grant>> {
    let rows: Vec<GrantRow> = access_grant::table
        .filter(access_grant::account_id.eq(whose))
        .order((access_grant::created_at, access_grant::id))
        .select((
            access_grant::id,
            access_grant::role,
            access_grant::brand_id,
            access_grant::region_id,
            access_grant::branch_id,
        ))
        .load(conn)?;
    Ok(rows.into_iter().map(Grant::from).collect())
}

/// Keeps a new grant, unless there is one with its id; tells whether it was kept.
///
/// # Errors
/// `invalid` if account or place are not there.
pub(super) fn insert_grant(conn: &mut Conn, whose: AccountId, grant: &Grant, now: Instant) -> Result<bool> {
    let row = (
        access_grant::id.eq(grant.id),
        access_grant::account_id.eq(whose),
        access_grant::role.eq(grant.role),
        access_grant::brand_id.eq(grant.scope.brand_id),
        access_grant::region_id.eq(grant.scope.region_id),
        access_grant::branch_id.eq(grant.scope.branch_id),
        access_grant::created_at.eq(now),
    );
    let inserted = each_engine!(conn, c => diesel::insert_into(access_grant::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(inserted == 1)
}

/// Deletes a grant of this account; tells whether it was there.
///
/// # Errors
/// Those of the database.
pub(super) fn delete_grant(conn: &mut Conn, whose: AccountId, id: GrantId) -> Result<bool> {
    let grant = access_grant::table.filter(access_grant::id.eq(id).and(access_grant::account_id.eq(whose)));
    Ok(diesel::delete(grant).execute(conn)? == 1)
}

/// Counts one more change of an account.
///
/// # Errors
/// Those of the database.
pub(super) fn count_revision(conn: &mut Conn, whose: AccountId) -> Result<()> {
    diesel::update(account::table.find(whose))
        .set(account::revision.eq(account::revision + 1))
        .execute(conn)?;
    Ok(())
}

/// The grants of the account that has this session, if session and account are good now: what every request asks.
///
/// # Errors
/// Those of the database.
pub fn caller(conn: &mut Conn, of: SessionId, whose: AccountId, now: Instant) -> Result<Option<Vec<Grant>>> {
    type Row = (Option<GrantId>, Option<Role>, Option<BrandId>, Option<RegionId>, Option<BranchId>);
    // For each engine by itself: so the statement is known by its type, and its text is not made each time.
    let rows: Vec<Row> = each_engine!(conn, c => session::table
        .inner_join(account::table.on(account::id.eq(session::account_id)))
        .left_join(access_grant::table.on(access_grant::account_id.eq(account::id)))
        .filter(session::id.eq(of))
        .filter(session::account_id.eq(whose))
        .filter(session::revoked_at.is_null())
        .filter(session::expires_at.gt(now))
        .filter(account::disabled.eq(false))
        .select((
            access_grant::id.nullable(),
            access_grant::role.nullable(),
            access_grant::brand_id.nullable(),
            access_grant::region_id.nullable(),
            access_grant::branch_id.nullable(),
        ))
        .load(c))?;
    if rows.is_empty() {
        return Ok(None);
    }
    let grant =
        |(id, role, brand, region, branch): Row| Some(Grant::from((id?, role?, brand, region, branch)));
    Ok(Some(rows.into_iter().filter_map(grant).collect()))
}

/// Begins a session with its first refresh token.
///
/// # Errors
/// Those of the database.
pub(super) fn begin_session(
    conn: &mut Conn,
    new: &Session,
    token: &RefreshToken,
    now: Instant,
) -> Result<()> {
    diesel::insert_into(session::table).values(new).execute(conn)?;
    insert_refresh_token(conn, token, now)
}

/// The sessions of an account that are not over, the latest first.
///
/// # Errors
/// Those of the database.
pub fn live_sessions(conn: &mut Conn, whose: AccountId, now: Instant) -> Result<Vec<Session>> {
    Ok(session::table
        .filter(session::account_id.eq(whose))
        .filter(session::revoked_at.is_null())
        .filter(session::expires_at.gt(now))
        .order((session::seen_at.desc(), session::id))
        .limit(100)
        .select(Session::as_select())
        .load(conn)?)
}

/// The session, unless it or its account is over.
///
/// # Errors
/// Those of the database.
pub(super) fn live_session(conn: &mut Conn, id: SessionId, now: Instant) -> Result<Option<Session>> {
    Ok(session::table
        .inner_join(account::table.on(account::id.eq(session::account_id)))
        .filter(session::id.eq(id))
        .filter(session::revoked_at.is_null())
        .filter(session::expires_at.gt(now))
        .filter(account::disabled.eq(false))
        .select(Session::as_select())
        .first(conn)
        .optional()?)
}

/// Ends a session of this account; tells whether it was there to be ended.
///
/// # Errors
/// Those of the database.
pub fn revoke_session(conn: &mut Conn, id: SessionId, whose: AccountId, now: Instant) -> Result<bool> {
    let live = session::table
        .filter(session::id.eq(id))
        .filter(session::account_id.eq(whose))
        .filter(session::revoked_at.is_null());
    let ended = diesel::update(live).set(session::revoked_at.eq(now)).execute(conn)? == 1;
    if ended {
        diesel::delete(refresh_token::table.filter(refresh_token::session_id.eq(id))).execute(conn)?;
    }
    Ok(ended)
}

/// Keeps when a session last refreshed, and when it ends.
///
/// # Errors
/// Those of the database.
pub(super) fn touch_session(conn: &mut Conn, id: SessionId, seen: Instant, expires: Instant) -> Result<()> {
    diesel::update(session::table.find(id))
        .set((session::seen_at.eq(seen), session::expires_at.eq(expires)))
        .execute(conn)?;
    Ok(())
}

/// The refresh token, and when it was retired.
///
/// # Errors
/// Those of the database.
pub(super) fn refresh_token(
    conn: &mut Conn,
    session: SessionId,
    id: RefreshTokenId,
) -> Result<Option<RefreshToken>> {
    let row: Option<(Option<RefreshTokenId>, Option<Instant>)> = refresh_token::table
        .filter(refresh_token::id.eq(id))
        .filter(refresh_token::session_id.eq(session))
        .select((refresh_token::parent_id, refresh_token::retired_at))
        .first(conn)
        .optional()?;
    Ok(row.map(|(parent_id, retired_at)| RefreshToken { id, session_id: session, parent_id, retired_at }))
}

/// Keeps a new refresh token.
///
/// # Errors
/// Those of the database.
pub(super) fn insert_refresh_token(conn: &mut Conn, token: &RefreshToken, now: Instant) -> Result<()> {
    diesel::insert_into(refresh_token::table)
        .values((
            refresh_token::id.eq(token.id),
            refresh_token::session_id.eq(token.session_id),
            refresh_token::parent_id.eq(token.parent_id),
            refresh_token::issued_at.eq(now),
        ))
        .execute(conn)?;
    Ok(())
}

/// The tokens that this one was exchanged for, the latest first, at most so many.
///
/// # Errors
/// Those of the database.
pub(super) fn children(conn: &mut Conn, of: &RefreshToken, limit: i64) -> Result<Vec<RefreshTokenId>> {
    Ok(refresh_token::table
        .filter(refresh_token::session_id.eq(of.session_id))
        .filter(refresh_token::parent_id.eq(of.id))
        .order((refresh_token::issued_at.desc(), refresh_token::id))
        .limit(limit)
        .select(refresh_token::id)
        .load(conn)?)
}

/// Retires what `used` proves to have served, its parent and its siblings, and forgets what was retired long ago.
///
/// # Errors
/// Those of the database.
pub(super) fn retire_served(conn: &mut Conn, used: &RefreshToken, now: Instant) -> Result<()> {
    let Some(parent) = used.parent_id else { return Ok(()) };
    let others = refresh_token::table
        .filter(refresh_token::session_id.eq(used.session_id))
        .filter(refresh_token::retired_at.is_null())
        .filter(refresh_token::id.ne(used.id))
        .filter(refresh_token::id.eq(parent).or(refresh_token::parent_id.eq(parent)));
    diesel::update(others).set(refresh_token::retired_at.eq(now)).execute(conn)?;
    let forgotten = refresh_token::table
        .filter(refresh_token::session_id.eq(used.session_id))
        .filter(refresh_token::retired_at.lt(now.plus_seconds(-RETIRED_KEPT)));
    diesel::delete(forgotten).execute(conn)?;
    Ok(())
}

/// Forgets up to so many sessions that ended before this moment, with their refresh tokens; gives how many.
///
/// # Errors
/// Those of the database.
pub(super) fn forget_sessions(conn: &mut Conn, before: Instant, limit: i64) -> Result<usize> {
    let forgotten: Vec<SessionId> = session::table
        .filter(session::expires_at.nullable().lt(before).or(session::revoked_at.lt(before)))
        .order(session::id)
        .limit(limit)
        .select(session::id)
        .load(conn)?;
    for id in &forgotten {
        diesel::delete(refresh_token::table.filter(refresh_token::session_id.eq(*id))).execute(conn)?;
        diesel::delete(session::table.find(*id)).execute(conn)?;
    }
    Ok(forgotten.len())
}
