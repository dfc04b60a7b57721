//! Looking at the rules of a brand.

use std::{collections::BTreeMap, sync::Arc};

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{
    judge::{Judged, judge},
    rules::{self, model::AlertRule},
    settle::settle,
    store,
};
use crate::{
    app::App,
    db::{Conn, types::Instant},
    error::{Result, if_there},
    ids::BrandId,
    months::{Month, Period},
    scores::{
        means::Means,
        model::Reader,
        watch::{Question, watch},
    },
    work::{Queue, Task},
};

/// Looks at the rules of one brand, after its figures changed.
#[derive(Debug, Serialize, Deserialize)]
pub struct EvaluateAlerts {
    /// The brand.
    pub brand_id: BrandId,
    /// Only the rules that are judged by the figures of such readers; all, if none are named.
    #[serde(default)]
    pub reader: Option<Reader>,
}

impl Task for EvaluateAlerts {
    const KIND: &'static str = "evaluate_alerts";
    const QUEUE: Queue = Queue::new(Self::KIND);
    type State = Arc<Means>;

    fn key(&self) -> Option<String> {
        Some(format!("{} {}", self.brand_id, self.reader.map_or("all", Reader::as_str)))
    }

    async fn run(self, app: &App, means: &Arc<Means>) -> Result<()> {
        let (brand, now) = (self.brand_id, app.clock.now());
        let readers = self.reader.map_or(Reader::ALL.to_vec(), |reader| vec![reader]);
        let all = app.db.read(move |conn| rules::store::of_brand(conn, brand, &readers)).await?;
        for rule in all {
            let (means, looked) = (Arc::clone(means), rule.clone());
            let findings = app.db.snapshot(move |conn| look(conn, &means, &looked, now)).await?;
            app.db.write(move |conn| settle(conn, &rule, &findings, now)).await?;
        }
        Ok(())
    }
}

/// What a rule finds: of each period, the earliest first, at each place whose figure is sufficient.
pub type Findings = Vec<(Period, Vec<Judged>)>;

/// Looks at the latest months, and at those of which there are open alerts: what was found may be so no longer.
fn look(conn: &mut Conn, means: &Means, rule: &AlertRule, now: Instant) -> Result<Findings> {
    let (Some(scope), Ok(subject)) = (rule.scope(), rule.content.subject.subject("")) else {
        return Ok(Vec::new());
    };
    let lately = rule.content.period.lately(rule.reader, Month::of(now, &TimeZone::UTC));
    let open = store::open_of(conn, rule.id)?;
    let periods = lately.into_iter().chain(open.iter().map(|alert| alert.period));
    let periods: BTreeMap<_, _> = periods.map(|period| ((period.to(), period.from()), period)).collect();
    let mut findings = Vec::new();
    for period in periods.into_values() {
        let (place, below, subject) = (rule.place, rule.content.below, subject.clone());
        let against = rule.content.condition.compared_to(period);
        let question = Question { place, below, subject, period, against, now };
        let watched = if_there(watch(conn, means, &scope, &question))?;
        let judged = watched.map(|watched| judge(&rule.content, &question.subject, &watched));
        findings.push((period, judged.unwrap_or_default()));
    }
    Ok(findings)
}
