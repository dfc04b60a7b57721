//! The statements about accounts, grants and sessions.

use diesel::prelude::*;

use super::{
    model::{Account, Grant, GrantScope, Role, Session},
    policy::{Permission, Scope},
    sign_in::RefreshToken,
};
use crate::{
    db::{
        Conn,
        engine::each_engine,
        schema::{access_grant, account, refresh_token, session},
        types::Instant,
    },
    error::{Code, Error, Result},
    ids::{AccountId, BranchId, BrandId, GrantId, RefreshTokenId, RegionId, SessionId},
};

/// A retired refresh token is remembered for so long, in seconds; later, not being known says as much.
const RETIRED_KEPT: i64 = 86_400;

/// The account with this address (lower case).
pub fn account_by_email(conn: &mut Conn, email: &str) -> Result<Option<Account>> {
    Ok(account::table.filter(account::email.eq(email)).select(Account::as_select()).first(conn).optional()?)
}

/// The account with this id.
pub fn account(conn: &mut Conn, id: AccountId) -> Result<Option<Account>> {
    Ok(account::table.find(id).select(Account::as_select()).first(conn).optional()?)
}

/// Accounts after this one in the order of their ids.
pub fn accounts(conn: &mut Conn, after: Option<AccountId>, limit: i64) -> Result<Vec<Account>> {
    let mut query = account::table.select(Account::as_select()).order(account::id).limit(limit).into_boxed();
    if let Some(after) = after {
        query = query.filter(account::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// Whoever first got this role over all of the brand, or of the operator, and may still sign in.
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

/// Keeps a changed account; one that is disabled or gets another password loses its sessions.
pub fn update_account(conn: &mut Conn, changed: &Account, now: Instant) -> Result<()> {
    let password_was: Option<String> =
        account::table.find(changed.id).select(account::password_hash).first(conn)?;
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
    if changed.disabled || changed.password_hash != password_was {
        revoke_sessions(conn, changed.id, now)?;
    }
    Ok(())
}

/// Ends all sessions of an account.
pub fn revoke_sessions(conn: &mut Conn, whose: AccountId, now: Instant) -> Result<()> {
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

/// Whether this account does a shopper's work for the brand, and may still sign in.
pub fn is_shopper_of(conn: &mut Conn, whose: AccountId, brand: BrandId) -> Result<bool> {
    let able = account(conn, whose)?.is_some_and(|account| !account.disabled);
    let shops = Scope::of(Permission::DoFieldwork, whose, &grants(conn, whose)?);
    Ok(able && shops.is_some_and(|shops| shops.works_for(brand)))
}

/// Gives an account a grant; the same again changes nothing. Says whether it is new.
///
/// # Errors
/// `conflict` if another grant has the id; `invalid` if account or place are not there.
pub fn put_grant(conn: &mut Conn, whose: AccountId, grant: &Grant, now: Instant) -> Result<bool> {
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
    if inserted == 1 {
        return another_revision(conn, whose).map(|()| true);
    }
    if grants(conn, whose)?.contains(grant) {
        return Ok(false);
    }
    Err(Error::new(Code::Conflict).detail("another grant has this id"))
}

/// Takes a grant back; says whether it was there.
pub fn delete_grant(conn: &mut Conn, whose: AccountId, id: GrantId) -> Result<bool> {
    let grant = access_grant::table.filter(access_grant::id.eq(id).and(access_grant::account_id.eq(whose)));
    let gone = diesel::delete(grant).execute(conn)? == 1;
    if gone {
        another_revision(conn, whose)?;
    }
    Ok(gone)
}

/// What an account may is part of what is seen of it, so its ETag changes with its grants.
fn another_revision(conn: &mut Conn, whose: AccountId) -> Result<()> {
    diesel::update(account::table.find(whose))
        .set(account::revision.eq(account::revision + 1))
        .execute(conn)?;
    Ok(())
}

/// The grants of whoever has this session, if session and account are good now: what every request asks.
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

/// Ends a session of this account; says whether it was there to be ended.
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

pub(super) fn touch_session(conn: &mut Conn, id: SessionId, seen: Instant, expires: Instant) -> Result<()> {
    diesel::update(session::table.find(id))
        .set((session::seen_at.eq(seen), session::expires_at.eq(expires)))
        .execute(conn)?;
    Ok(())
}

/// The refresh token, and when it was retired.
pub(super) fn refresh_token(
    conn: &mut Conn,
    session: SessionId,
    id: RefreshTokenId,
) -> Result<Option<(RefreshToken, Option<Instant>)>> {
    let row: Option<(Option<RefreshTokenId>, Option<Instant>)> = refresh_token::table
        .filter(refresh_token::id.eq(id))
        .filter(refresh_token::session_id.eq(session))
        .select((refresh_token::parent_id, refresh_token::retired_at))
        .first(conn)
        .optional()?;
    Ok(row.map(|(parent_id, retired)| (RefreshToken { id, session_id: session, parent_id }, retired)))
}

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

/// Forgets up to so many sessions that ended before this moment, with their refresh tokens; says how many it were.
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
