//! Letting a request in by an API key.

use std::net::IpAddr;

use super::{
    model::{ApiKey, ApiKeyInUse},
    secret::ApiKeySecret,
    store,
};
use crate::{
    accounts::limits::SignInLimits,
    app::App,
    db::types::Instant,
    error::{Code, Error, Result},
};

/// What a key's use is kept to, in microseconds: a minute.
const MINUTE: i64 = 60_000_000;

/// The key that a caller shows, with what it may.
///
/// # Errors
/// `sign_in_needed`, the same for an unknown, an expired and a revoked key, and for one of a disabled account. `too_many_requests`
/// after too many that were not known, from one network.
pub async fn use_api_key(
    app: &App,
    limits: &SignInLimits,
    from: Option<IpAddr>,
    credential: &str,
) -> Result<ApiKeyInUse> {
    let secret = ApiKeySecret::read(credential);
    let hash = secret.as_ref().map(ApiKeySecret::hash);
    if !hash.is_some_and(|hash| limits.knows_key(hash)) {
        limits.count_key(from)?;
    }
    let now = app.clock.now();
    let found = match hash {
        Some(hash) => app.db.glance(move |conn| store::in_use(conn, hash, now)).await?,
        None => None,
    };
    let Some(in_use) = found else {
        tracing::warn!(client = from.map(display), "an API key was refused");
        return Err(Error::new(Code::SignInNeeded));
    };
    limits.know_key(in_use.key.hash);
    note_use(app, &in_use.key, now).await;
    Ok(in_use)
}

/// Keeps in which minute the key was used. Reading does not fail for want of that.
async fn note_use(app: &App, key: &ApiKey, now: Instant) {
    let minute = Instant::from_micros(now.micros().div_euclid(MINUTE) * MINUTE);
    if key.used_at.is_some_and(|used| used >= minute) {
        return;
    }
    let id = key.id;
    if let Err(error) = app.db.write(move |conn| store::set_used(conn, id, minute)).await {
        tracing::warn!(key = %id, %error, "it was not kept that an API key was used");
    }
}
