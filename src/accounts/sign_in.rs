//! Signing in: address and password begin a session.

use std::net::IpAddr;

use tracing::field::display;

use super::{
    devices::KnownDevice,
    limits::SignInLimits,
    model::{Account, RefreshToken, Session},
    passwords::{Match, Passwords},
    store, tokens,
};
use crate::{
    app::App,
    db::{Conn, types::Instant},
    error::{Code, Error, Result},
    ids::{RefreshTokenId, SessionId},
    seals::{Seal, Seals},
};

/// A session that does not refresh for so long ends, in seconds.
pub(super) const SESSION_LIFETIME: i64 = 60 * 86_400;

/// What a caller who signs in says, and from where.
pub struct Attempt {
    /// The network address, if there is one.
    pub from: Option<IpAddr>,
    /// The account's address, as it was typed.
    pub email: String,
    /// Its password.
    pub password: String,
    /// What the device calls itself.
    pub device: String,
    /// What the device got when it signed in before.
    pub device_token: Option<String>,
}

/// What a device gets when it signs in or refreshes.
#[derive(Debug)]
pub struct SignedIn {
    /// The session.
    pub session: SessionId,
    /// Good for [`tokens::LIFETIME`] seconds.
    pub access_token: String,
    /// Good for one refresh.
    pub refresh_token: String,
    /// Shows that the device signed in.
    pub device_token: String,
    /// When the session ends unless it refreshes.
    pub session_ends: Instant,
}

/// Checks address and password and begins a session.
///
/// # Errors
/// `sign_in_failed`, the same and as slowly for an unknown address, a wrong password and a disabled account.
/// `too_many_requests`, the same for an unknown and for a known address. `unavailable` if too many sign in at once.
pub async fn sign_in(
    app: &App,
    passwords: &Passwords,
    limits: &SignInLimits,
    attempt: Attempt,
) -> Result<SignedIn> {
    let Attempt { from, email, password, device, device_token } = attempt;
    let email = email.trim().to_lowercase();
    let known = device_token.and_then(|token| KnownDevice::open(&app.seals, &token));
    if known.is_none() {
        limits.count(from, &email)?;
    }
    let found = {
        let email = email.clone();
        app.db.read(move |conn| account_with_epoch(conn, &email)).await?
    };
    match (known, &found) {
        (Some(device), Some((account, epoch))) if device.is_of(account, *epoch) => {
            limits.count_known(account.id)?;
        }
        (Some(_), _) => limits.count(from, &email)?,
        (None, _) => {}
    }
    let able = found.as_ref().filter(|(account, _)| !account.disabled);
    let kept = able.and_then(|(account, _)| account.password_hash.clone());
    let matched = passwords.matches(password.clone(), kept).await?;
    let account_id = found.as_ref().map(|(account, _)| display(account.id));
    let Some((account, epoch)) = able.filter(|_| matched != Match::None) else {
        // What was typed as an address may be a password.
        let typed = app.seals.signature(Seal::Typed, email.as_bytes());
        let client = from.map(display);
        tracing::warn!(account = account_id, typed, client, "somebody could not sign in");
        return Err(Error::new(Code::SignInFailed));
    };
    if matched == Match::AsTyped {
        renew_hash(app, passwords, account, password).await?;
    }
    begin_session(app, account, *epoch, device).await
}

/// Keeps the hash of the same password in the form in which passwords are compared.
async fn renew_hash(app: &App, passwords: &Passwords, account: &Account, password: String) -> Result<()> {
    let (id, old, new) = (account.id, account.password_hash.clone(), passwords.hash(password).await?);
    app.db.write(move |conn| store::renew_hash(conn, id, old.as_deref(), &new)).await
}

fn account_with_epoch(conn: &mut Conn, email: &str) -> Result<Option<(Account, i64)>> {
    let account = store::account_by_email(conn, email)?;
    account.map(|account| store::epoch(conn, account.id).map(|epoch| (account, epoch))).transpose()
}

async fn begin_session(app: &App, account: &Account, epoch: i64, device: String) -> Result<SignedIn> {
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
    let begin = move |conn: &mut Conn| {
        // Checking the password took a while.
        let is_as_it_was = store::account(conn, kept.account_id)?.is_some_and(|account| !account.disabled)
            && store::epoch(conn, kept.account_id)? == epoch;
        match is_as_it_was {
            true => store::begin_session(conn, &kept, &token, now),
            false => Err(Error::new(Code::SignInFailed)),
        }
    };
    app.db.write(begin).await?;
    signed_in(&app.seals, &session, epoch, token.id, now)
}

/// The tokens of a session, of which this is the latest refresh token.
pub(super) fn signed_in(
    seals: &Seals,
    session: &Session,
    epoch: i64,
    token: RefreshTokenId,
    now: Instant,
) -> Result<SignedIn> {
    let mut bytes = session.id.uuid().as_bytes().to_vec();
    bytes.extend_from_slice(token.uuid().as_bytes());
    Ok(SignedIn {
        session: session.id,
        access_token: tokens::issue(seals, session.account_id, session.id, now)?,
        refresh_token: seals.seal(Seal::Refresh, &bytes),
        device_token: KnownDevice::of(session.account_id, epoch).sealed(seals),
        session_ends: session.expires_at,
    })
}
