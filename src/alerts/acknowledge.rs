//! Acknowledging an alert.

use super::{model::Alert, store};
use crate::{
    accounts::policy::Scope,
    audit::{self, About, AuditKind, Details, Entry},
    db::{Conn, types::Instant},
    error::Result,
    ids::AlertId,
};

/// Acknowledges an alert, open or closed. The first acknowledgement counts, and a later one changes nothing; an alert that is reopened has none.
///
/// # Errors
/// `not_found` if it is not there, or not the caller's to see.
pub fn acknowledge(conn: &mut Conn, scope: &Scope, id: AlertId, now: Instant) -> Result<Alert> {
    let alert = store::alert(conn, scope, id)?;
    if alert.acknowledged.is_some() {
        return Ok(alert);
    }
    let alert = alert.acknowledged(scope.account, now);
    store::add(conn, &alert, now)?;
    let details = Details::default().id("rule_id", alert.rule_id).id("place_id", alert.place.id());
    let entry = Entry::new(AuditKind::AlertAcknowledged, (About::Alert, id), "");
    audit::record(conn, entry.by(scope.account).of(alert.brand_id).with(details), now)?;
    Ok(alert)
}
