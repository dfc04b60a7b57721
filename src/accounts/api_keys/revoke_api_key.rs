//! Revoking an API key.

use super::{model::ApiKey, put_api_key::entry, store};
use crate::{
    accounts::policy::Scope,
    audit::{self, AuditKind},
    db::{Conn, types::Instant},
    error::Result,
    ids::ApiKeyId,
};

/// Revokes a key, with effect at its next request; one that was revoked stays so. Tells whether it was this that revoked it.
///
/// # Errors
/// `not_found` if it is not there, or the caller does not see it.
pub fn revoke_api_key(conn: &mut Conn, scope: &Scope, id: ApiKeyId, now: Instant) -> Result<bool> {
    let key = store::api_key(conn, scope, id)?;
    if key.revoked_at.is_some() {
        return Ok(false);
    }
    let revoked = ApiKey { revoked_at: Some(now), revision: key.revision + 1, ..key };
    store::revoke(conn, &revoked)?;
    audit::record(conn, entry(AuditKind::ApiKeyRevoked, &revoked, scope), now)?;
    Ok(true)
}
