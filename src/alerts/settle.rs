//! What follows from what a rule finds: alerts are raised, and closed.

use std::collections::HashMap;

use super::{
    close::close,
    evaluate::Findings,
    happened::{AlertRaised, AlertReopened},
    model::{Alert, AlertEnd, Found},
    rules::{self, model::AlertRule},
    store,
};
use crate::{
    db::{Conn, types::Instant},
    error::Result,
    months::Period,
    outbox,
    scores::model::Place,
};

/// Of a place the last period of which the figure is sufficient, with what was found.
type Latest<'f> = HashMap<Place, (Period, Option<&'f Found>)>;

/// Raises and closes alerts, unless the rule was changed meanwhile: that has closed what it had found. Of a place the last period counts of which the
/// figure is sufficient; so no place has two open alerts of a rule.
///
/// # Errors
/// Those of the database.
pub fn settle(conn: &mut Conn, rule: &AlertRule, findings: &Findings, now: Instant) -> Result<()> {
    if !rules::store::is_as_it_was(conn, rule)? {
        return Ok(());
    }
    let mut latest = Latest::new();
    for (period, judged) in findings {
        latest.extend(judged.iter().map(|one| (one.place, (*period, one.found.as_ref()))));
    }
    for alert in store::open_of(conn, rule.id)? {
        if let Some(because) = end_of(&alert, &latest) {
            close(conn, alert, because, now)?;
        }
    }
    let mut raised: Vec<_> = latest.into_iter().collect();
    // In an order of its own, so that two who settle at once write in the same one.
    raised.sort_by_key(|(place, _)| place.id().uuid());
    for (place, (period, found)) in raised {
        if let Some(found) = found {
            raise(conn, Alert::raised(rule, place, period, found.clone(), now), now)?;
        }
    }
    Ok(())
}

/// Why an open alert is over, if it is.
fn end_of(alert: &Alert, latest: &Latest<'_>) -> Option<AlertEnd> {
    let Some((period, found)) = latest.get(&alert.place) else { return Some(AlertEnd::Insufficient) };
    let is_same = *period == alert.period;
    match found {
        Some(_) if is_same => None,
        Some(_) if period.to() > alert.period.to() => Some(AlertEnd::LaterPeriod),
        Some(_) => Some(AlertEnd::Insufficient),
        None => Some(AlertEnd::Over),
    }
}

/// Raises an alert once: the same one that is open stays, and one that was closed is open again.
fn raise(conn: &mut Conn, alert: Alert, now: Instant) -> Result<()> {
    match store::alert_if_there(conn, alert.id)? {
        None => {
            store::add(conn, &alert, now)?;
            outbox::record(conn, &AlertRaised::new(&alert), now)
        }
        Some(old) if old.is_open() => Ok(()),
        Some(old) => {
            let alert = old.reopened(alert.found);
            store::add(conn, &alert, now)?;
            outbox::record(conn, &AlertReopened::new(&alert), now)
        }
    }
}
