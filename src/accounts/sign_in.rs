//! Signing in: address and password begin a session.

use super::{
    model::{Account, RefreshToken, Session},
    passwords::Passwords,
    store, tokens,
};
use crate::{
    app::App,
    db::types::Instant,
    error::{Code, Error, Result},
    ids::{RefreshTokenId, SessionId},
    seals::{Seal, Seals},
};

/// A session that does not refresh for so long ends, in seconds.
pub(super) const SESSION_LIFETIME: i64 = 60 * 86_400;

/// What a device gets when it signs in or refreshes.
#[derive(Debug)]
pub struct SignedIn {
    /// The session.
    pub session: SessionId,
    /// Good for [`tokens::LIFETIME`] seconds.
    pub access_token: String,
    /// Good for one refresh.
    pub refresh_token: String,
    /// When the session ends unless it refreshes.
    pub session_ends: Instant,
}

/// Checks address and password and begins a session.
///
/// # Errors
/// `sign_in_failed`, the same and as slowly for an unknown address, a wrong password and a disabled account.
pub async fn sign_in(
    app: &App,
    passwords: &Passwords,
    email: &str,
    password: String,
    device: String,
) -> Result<SignedIn> {
    let email = email.trim().to_lowercase();
    let account = app.db.read(move |conn| store::account_by_email(conn, &email)).await?;
    let account = account.filter(|account| !account.disabled);
    let kept = account.as_ref().and_then(|account| account.password_hash.clone());
    match (passwords.matches(password, kept).await?, account) {
        (true, Some(account)) => begin_session(app, &account, device).await,
        _ => Err(Error::new(Code::SignInFailed)),
    }
}

async fn begin_session(app: &App, account: &Account, device: String) -> Result<SignedIn> {
    let now = app.clock.now();
    let session = Session {
        id: app.clock.new_id(),
        account_id: account.id,
        device,
        created_at: now,
        seen_at: now,
        expires_at: now.plus_seconds(SESSION_LIFETIME),
        revoked_at: None,
    };
    let id = app.clock.new_id();
    let token = RefreshToken { id, session_id: session.id, parent_id: None, retired_at: None };
    let kept = session.clone();
    app.db.write(move |conn| store::begin_session(conn, &kept, &token, now)).await?;
    signed_in(&app.seals, &session, token.id, now)
}

/// The tokens of a session, of which this is the latest refresh token.
pub(super) fn signed_in(
    seals: &Seals,
    session: &Session,
    token: RefreshTokenId,
    now: Instant,
) -> Result<SignedIn> {
    let mut bytes = session.id.uuid().as_bytes().to_vec();
    bytes.extend_from_slice(token.uuid().as_bytes());
    Ok(SignedIn {
        session: session.id,
        access_token: tokens::issue(seals, session.account_id, session.id, now)?,
        refresh_token: seals.seal(Seal::Refresh, &bytes),
        session_ends: session.expires_at,
    })
}
