//! Letting a request in by an API key.

use std::{net::IpAddr, time::Duration};

use tokio::time::timeout;

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
/// A request waits so long for that at most.
const PATIENCE: Duration = Duration::from_millis(500);

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
    let known = hash.filter(|hash| limits.knows_key(*hash));
    if known.is_none() {
        limits.count_key(from)?;
    }
    let now = app.clock.now();
    let found = match hash {
        Some(hash) => app.db.glance(move |conn| store::in_use(conn, hash, now)).await?,
        None => None,
    };
    let Some(in_use) = found else {
        if let Some(hash) = known {
            limits.forget_key(hash);
        }
        tracing::warn!(client = from.map(display), "an API key was refused");
        return Err(Error::new(Code::SignInNeeded));
    };
    limits.know_key(in_use.key.hash);
    note_use(app, &in_use.key, now).await;
    Ok(in_use)
}

/// Keeps in which minute the key was used. Reading neither fails nor waits long for want of that.
async fn note_use(app: &App, key: &ApiKey, now: Instant) {
    let minute = Instant::from_micros(now.micros().div_euclid(MINUTE) * MINUTE);
    if key.used_at.is_some_and(|used| used >= minute) {
        return;
    }
    let id = key.id;
    match timeout(PATIENCE, app.db.write(move |conn| store::set_used(conn, id, minute))).await {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => tracing::warn!(key = %id, %error, "it was not kept that an API key was used"),
        Err(_) => tracing::warn!(key = %id, "it took long to keep that an API key was used"),
    }
}
