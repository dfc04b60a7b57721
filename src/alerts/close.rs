//! Closing alerts.

use super::{
    happened::AlertClosed,
    model::{Alert, AlertEnd},
    rules::model::AlertRule,
    store,
};
use crate::{
    db::{Conn, types::Instant},
    error::Result,
    outbox,
};

/// Closes an open alert.
///
/// # Errors
/// Those of the database.
pub fn close(conn: &mut Conn, alert: Alert, because: AlertEnd, now: Instant) -> Result<()> {
    let alert = alert.closed(because, now);
    store::add(conn, &alert, now)?;
    outbox::record(conn, &AlertClosed::new(&alert, because), now)
}

/// Closes all open alerts of a rule in this revision, which counts no longer.
///
/// # Errors
/// Those of the database.
pub fn close_all(conn: &mut Conn, rule: &AlertRule, because: AlertEnd, now: Instant) -> Result<()> {
    store::open_of(conn, rule)?.into_iter().try_for_each(|alert| close(conn, alert, because, now))
}
