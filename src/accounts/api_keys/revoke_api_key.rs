//! Revoking an API key.

use super::{model::ApiKey, put_api_key::entry, store};
use crate::{
    accounts::policy::Scope,
    audit::{self, AuditKind},
    db::{Conn, types::Instant},
    error::Result,
    ids::{AccountId, ApiKeyId},
};

/// Revokes a key, with effect at its next request; one that was revoked stays so. Tells whether it was this that revoked it.
///
/// # Errors
/// `not_found` if it is not there, or the caller does not see it.
pub fn revoke_api_key(conn: &mut Conn, scope: &Scope, id: ApiKeyId, now: Instant) -> Result<bool> {
    let key = store::api_key(conn, scope, id)?;
    let is_living = key.revoked_at.is_none();
    if is_living {
        revoke(conn, key, Some(scope.account), now)?;
    }
    Ok(is_living)
}

/// Revokes all keys of an account that are neither revoked nor expired.
///
/// # Errors
/// Those of the database.
pub fn revoke_api_keys(conn: &mut Conn, whose: AccountId, by: Option<AccountId>, now: Instant) -> Result<()> {
    store::living(conn, whose, now)?.into_iter().try_for_each(|key| revoke(conn, key, by, now))
}

fn revoke(conn: &mut Conn, key: ApiKey, by: Option<AccountId>, now: Instant) -> Result<()> {
    let revoked = ApiKey { revoked_at: Some(now), revision: key.revision + 1, ..key };
    store::revoke(conn, &revoked)?;
    audit::record(conn, entry(AuditKind::ApiKeyRevoked, &revoked, by), now)
}
