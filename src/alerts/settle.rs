//! What follows from what was found when a rule was judged: alerts are raised, and closed.

use std::collections::HashMap;

use super::{
    close::close,
    evaluate_rule::Looked,
    happened::{AlertRaised, AlertReopened},
    model::{Alert, AlertEnd, Found},
    reach::Reach,
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

/// Raises and closes alerts, unless the rule was changed meanwhile: the change has closed its alerts. Of a place the last period counts of which the
/// figure is sufficient; so no place has two open alerts of a rule.
///
/// # Errors
/// Those of the database.
pub fn settle(conn: &mut Conn, rule: &AlertRule, looked: &Looked, now: Instant) -> Result<()> {
    let present = rules::store::rule_if_there(conn, rule.id)?;
    if present.is_none_or(|present| present.revision != rule.revision) {
        return Ok(());
    }
    let mut latest = Latest::new();
    for (period, judged) in &looked.findings {
        latest.extend(judged.iter().map(|one| (one.place, (*period, one.found.as_ref()))));
    }
    for alert in store::open_of(conn, rule)? {
        if let Some(because) = end_of(&alert, &looked.reach, &latest) {
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
fn end_of(alert: &Alert, reach: &Reach, latest: &Latest<'_>) -> Option<AlertEnd> {
    if let Some(left) = reach.left(alert.place) {
        return Some(left);
    }
    let Some((period, found)) = latest.get(&alert.place) else { return Some(AlertEnd::Insufficient) };
    match found {
        Some(_) if *period == alert.period => None,
        Some(_) if period.to() > alert.period.to() => Some(AlertEnd::LaterPeriod),
        Some(_) => Some(AlertEnd::Insufficient),
        None => Some(AlertEnd::Over),
    }
}

/// Raises an alert once: the same one that is open stays, and one that was closed is open again.
fn raise(conn: &mut Conn, alert: Alert, now: Instant) -> Result<()> {
    // Events of one moment have no order, and this one follows the closing of an earlier alert of the same place.
    let after = Instant::from_micros(now.micros() + 1);
    match store::alert_if_there(conn, alert.id)? {
        None => {
            store::add(conn, &alert, now)?;
            outbox::record(conn, &AlertRaised::new(&alert), after)
        }
        Some(old) if old.is_open() => Ok(()),
        Some(old) => {
            let alert = old.reopened(alert.found);
            store::add(conn, &alert, now)?;
            outbox::record(conn, &AlertReopened::new(&alert), after)
        }
    }
}
