//! Revoking a link to a chart.

use super::{model::ChartLink, put_chart_link::entry, store};
use crate::{
    accounts::policy::Scope,
    audit::{self, AuditKind},
    db::{Conn, types::Instant},
    error::Result,
    ids::ChartLinkId,
};

/// Revokes a link, with effect from the next request on; one that was revoked stays so.
///
/// # Errors
/// `not_found` if it is not there, or the caller does not see it.
pub fn revoke_chart_link(conn: &mut Conn, scope: &Scope, id: ChartLinkId, now: Instant) -> Result<()> {
    let link = store::chart_link(conn, scope, id)?;
    if link.revoked_at.is_some() {
        return Ok(());
    }
    let revoked = ChartLink { revoked_at: Some(now), revision: link.revision + 1, ..link };
    store::revoke(conn, &revoked)?;
    audit::record(conn, entry(AuditKind::ChartLinkRevoked, &revoked, scope.account), now)
}
