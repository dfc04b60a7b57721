//! The statements about sessions and their refresh tokens.

use diesel::prelude::*;

use crate::{
    accounts::model::{RefreshToken, Session},
    db::{
        Conn,
        schema::{account, refresh_token, session},
        types::Instant,
    },
    error::Result,
    ids::{AccountId, RefreshTokenId, SessionId},
};

/// A retired refresh token is remembered for so long, in seconds; later, an unknown token is refused in the same way.
const RETIRED_KEPT: i64 = 86_400;

/// Ends all sessions of an account.
///
/// # Errors
/// Those of the database.
pub(in crate::accounts) fn revoke_sessions(conn: &mut Conn, whose: AccountId, now: Instant) -> Result<()> {
    diesel::update(session::table.filter(session::account_id.eq(whose).and(session::revoked_at.is_null())))
        .set(session::revoked_at.eq(now))
        .execute(conn)?;
    Ok(())
}

/// Begins a session with its first refresh token.
///
/// # Errors
/// Those of the database.
pub(in crate::accounts) fn begin_session(
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
pub(in crate::accounts) fn live_session(
    conn: &mut Conn,
    id: SessionId,
    now: Instant,
) -> Result<Option<Session>> {
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
pub(in crate::accounts) fn touch_session(
    conn: &mut Conn,
    id: SessionId,
    seen: Instant,
    expires: Instant,
) -> Result<()> {
    diesel::update(session::table.find(id))
        .set((session::seen_at.eq(seen), session::expires_at.eq(expires)))
        .execute(conn)?;
    Ok(())
}

/// The refresh token, and when it was retired.
///
/// # Errors
/// Those of the database.
pub(in crate::accounts) fn refresh_token(
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
pub(in crate::accounts) fn insert_refresh_token(
    conn: &mut Conn,
    token: &RefreshToken,
    now: Instant,
) -> Result<()> {
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

/// The tokens that this one was exchanged for, each with when and with whether it is still good, the latest first, at most
/// so many.
///
/// # Errors
/// Those of the database.
pub(in crate::accounts) fn children(
    conn: &mut Conn,
    of: &RefreshToken,
    limit: i64,
) -> Result<Vec<(RefreshTokenId, Instant, bool)>> {
    Ok(refresh_token::table
        .filter(refresh_token::session_id.eq(of.session_id))
        .filter(refresh_token::parent_id.eq(of.id))
        .order((refresh_token::issued_at.desc(), refresh_token::id))
        .limit(limit)
        .select((refresh_token::id, refresh_token::issued_at, refresh_token::retired_at.is_null()))
        .load(conn)?)
}

/// Retires what `used` proves to have served, its parent and its siblings, and forgets what was retired long ago.
///
/// # Errors
/// Those of the database.
pub(in crate::accounts) fn retire_served(conn: &mut Conn, used: &RefreshToken, now: Instant) -> Result<()> {
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
pub(in crate::accounts) fn forget_sessions(conn: &mut Conn, before: Instant, limit: i64) -> Result<usize> {
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
