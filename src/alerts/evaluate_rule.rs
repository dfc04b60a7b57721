//! Judging one rule.

use std::{collections::BTreeMap, sync::Arc};

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{
    judge::{Judged, judge},
    reach::Reach,
    rules::{self, model::AlertRule},
    settle::settle,
    store,
};
use crate::{
    app::App,
    db::{Conn, types::Instant},
    error::{Error, Result},
    ids::AlertRuleId,
    months::{Month, Period},
    scores::{
        means::Means,
        watch::{Question, watch},
    },
    work::{Queue, Task},
};

/// Judges a rule, and raises and closes its alerts. A rule that cannot be judged is tried again and holds up no other; its alerts stay as they are.
#[derive(Debug, Serialize, Deserialize)]
pub struct EvaluateRule {
    /// The rule.
    pub rule_id: AlertRuleId,
}

impl Task for EvaluateRule {
    const KIND: &'static str = "evaluate_alert_rule";
    /// While one rule takes long, others are judged.
    const QUEUE: Queue = Queue::new(Self::KIND).at_once(2);
    type State = Arc<Means>;

    fn subject(&self) -> Option<String> {
        Some(self.rule_id.to_string())
    }

    fn key(&self) -> Option<String> {
        Some(self.rule_id.to_string())
    }

    async fn run(self, app: &App, means: &Arc<Means>) -> Result<()> {
        let (id, now, means) = (self.rule_id, app.clock.now(), Arc::clone(means));
        let read = move |conn: &mut Conn| {
            let Some(rule) = rules::store::rule_if_there(conn, id)? else { return Ok(None) };
            let looked = look(conn, &means, &rule, now)?;
            Ok(Some((rule, looked)))
        };
        let Some((rule, looked)) = app.db.snapshot(read).await? else { return Ok(()) };
        app.db.write(move |conn| settle(conn, &rule, &looked, now)).await
    }
}

/// What was found when a rule was judged.
#[derive(Debug)]
pub struct Looked {
    /// Of each period, the earliest first: each place at which the rule looks and whose figure is sufficient.
    pub findings: Vec<(Period, Vec<Judged>)>,
    /// Which places the rule looks at.
    pub reach: Reach,
}

/// Looks at the latest months, and at those of which there are open alerts: their condition may hold no longer.
///
/// # Errors
/// If the figures cannot be read: then nothing is known, and no alert is closed. Places are never deleted, so a place that is not found is such a failure.
fn look(conn: &mut Conn, means: &Means, rule: &AlertRule, now: Instant) -> Result<Looked> {
    let subject = rule.content.subject.subject("");
    let subject = subject.map_err(|wrong| Error::internal(format_args!("{}: {}", rule.id, wrong.message)))?;
    let (scope, reach) = (rule.scope(), Reach::of(conn, rule, now)?);
    let lately = rule.content.period.lately(rule.reader, Month::of(now, &TimeZone::UTC));
    let open = store::open_of(conn, rule)?;
    let periods = lately.into_iter().chain(open.iter().map(|alert| alert.period));
    let periods: BTreeMap<_, _> = periods.map(|period| ((period.to(), period.from()), period)).collect();
    let mut findings = Vec::new();
    for period in periods.into_values() {
        let (place, below, subject) = (rule.place, rule.content.below, subject.clone());
        let against = rule.content.condition.compared_to(period);
        let question = Question { place, below, subject, period, against, now };
        let mut watched = watch(conn, means, &scope, &question)?;
        watched.places.retain(|one| reach.left(one.place).is_none());
        findings.push((period, judge(&rule.content, &question.subject, &watched)));
    }
    Ok(Looked { findings, reach })
}
