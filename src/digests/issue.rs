//! Writes an issue of a digest, once.

use std::sync::Arc;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{
    issued::DigestIssued,
    model::{Digest, DigestAlert, DigestChange, DigestContent, DigestIssue, DigestMover, DigestScore},
    recipient, store,
};
use crate::{
    accounts::policy::Scope,
    alerts::{
        self,
        model::{Alert, AlertOrder},
        store::AlertFilter,
    },
    app::App,
    db::{Conn, types::Instant},
    error::{Result, if_there},
    ids::DigestId,
    months::Month,
    outbox,
    scores::{
        means::Means,
        model::{Place, Reader},
        statistics::{Change, Moved, Sums},
        store::Standing,
        summary::{Summary, summary},
        visible::visible,
    },
    work::{Queue, Task},
};

/// So many alerts are named.
const MOST_ALERTS: usize = 20;

/// Writes the issue of a digest for one of its moments, unless it has one of that moment or of a later one.
#[derive(Debug, Serialize, Deserialize)]
pub struct IssueDigest {
    /// The digest.
    pub digest_id: DigestId,
    /// The moment.
    pub due_at: Instant,
}

impl Task for IssueDigest {
    const KIND: &'static str = "issue_digest";
    const QUEUE: Queue = Queue::new(Self::KIND);
    type State = Arc<Means>;

    fn subject(&self) -> Option<String> {
        Some(self.digest_id.to_string())
    }

    async fn run(self, app: &App, means: &Arc<Means>) -> Result<()> {
        let (Self { digest_id, due_at }, now) = (self, app.clock.now());
        let means = Arc::clone(means);
        let read = move |conn: &mut Conn| {
            let Some(digest) = waiting(conn, digest_id, due_at)? else { return Ok(None) };
            let written = say(conn, &means, &digest, now)?;
            Ok(Some((digest, written)))
        };
        let Some((digest, written)) = app.db.snapshot(read).await? else { return Ok(()) };
        let write = move |conn: &mut Conn| {
            // It may have been changed meanwhile, or another server may have been quicker.
            if waiting(conn, digest_id, due_at)?.is_none_or(|now| now != digest) {
                return Ok(());
            }
            let issue = DigestIssue::new(&digest, due_at, written.clone(), now);
            store::insert_issue(conn, &issue)?;
            if issue.content.is_some() {
                outbox::record(conn, &DigestIssued::new(&issue), now)?;
            }
            Ok(())
        };
        app.db.write(write).await
    }
}

/// A digest, if neither this moment nor a later one has an issue.
fn waiting(conn: &mut Conn, id: DigestId, due_at: Instant) -> Result<Option<Digest>> {
    let digest = if_there(store::digest(conn, &Scope::everything(), id))?;
    Ok(digest.filter(|digest| digest.awaits(due_at)))
}

/// What there is to say, as the account sees it for which the digest is; nothing if it does not see the place. Of the latest months it is of those of which
/// there are enough visits, as an alert is: so a digest that is due on the first of a month is of the month before.
fn say(
    conn: &mut Conn,
    means: &Means,
    digest: &Digest,
    now: Instant,
) -> Result<Option<(Reader, DigestContent)>> {
    let place = digest.place;
    let Some(scope) = recipient::scope(conn, digest.account, place)? else { return Ok(None) };
    let reader = visible(conn, &scope, place)?.reader;
    let present = Month::of(now, &TimeZone::UTC);
    let periods = digest.content.period.lately(reader, present);
    let Some(found) = summary(conn, means, &scope, (place, &periods), now)? else { return Ok(None) };
    let filter = AlertFilter { reader: Some(reader), is_open: Some(true), ..AlertFilter::default() };
    let filter = match place {
        Place::Brand(brand) => AlertFilter { brand: Some(brand), ..filter },
        Place::Region(region) => AlertFilter { region: Some(region), ..filter },
        Place::Branch(branch) => AlertFilter { branch: Some(branch), ..filter },
    };
    let rows = MOST_ALERTS as i64 + 1;
    let alerts = alerts::store::alerts(conn, &scope, (filter, AlertOrder::Newest), None, rows)?;
    let (before, now) = (found.overall.then, found.overall.now.sums);
    let is_missed = |sums: Sums| sums.insufficient(found.of.minimum, &found.spread);
    let change = now.change_since(before, &found.spread);
    let content = DigestContent {
        from: found.period.from(),
        to: found.period.to(),
        score: score(&found),
        change: change.and_then(|change| changed(before, change, is_missed(before) || is_missed(now))),
        worse: found.down.iter().filter_map(mover).collect(),
        better: found.up.iter().filter_map(mover).collect(),
        has_more_alerts: alerts.len() > MOST_ALERTS,
        alerts: alerts.into_iter().take(MOST_ALERTS).map(listed).collect(),
    };
    Ok(Some((reader, content)))
}

fn score(found: &Summary) -> DigestScore {
    let shown = found.overall.now;
    DigestScore {
        visits: shown.visits(),
        score: shown.sums.mean(),
        interval: shown.sums.interval(&found.spread),
        insufficient: shown.sums.insufficient(found.of.minimum, &found.spread),
        target: found.overall.target,
    }
}

fn changed(before: Sums, change: Change, insufficient: bool) -> Option<DigestChange> {
    let Change { difference, low, high, .. } = change;
    Some(DigestChange {
        previous_visits: before.n,
        previous_score: before.mean()?,
        difference,
        low,
        high,
        insufficient,
    })
}

/// Only branches whose figures are sufficient in both periods are movers.
fn mover(moved: &Moved<Standing>) -> Option<DigestMover> {
    let Moved { key, before, now, change } = moved;
    Some(DigestMover {
        branch_id: key.id,
        code: key.code.clone(),
        name: key.name.clone(),
        visits: now.n,
        score: now.mean()?,
        change: changed(*before, *change, false)?,
    })
}

fn listed(alert: Alert) -> DigestAlert {
    let (place, found) = (alert.place, alert.found);
    DigestAlert {
        id: alert.id,
        region_id: place.region(),
        branch_id: place.branch(),
        subject: found.subject,
        condition: found.condition.kind,
        from: alert.period.from(),
        to: alert.period.to(),
        score: found.score,
        compared_to: found.compared_to,
        raised_at: alert.raised_at,
    }
}
