//! A visit becomes final: the time to appeal is over, and no appeal is open.

use std::collections::HashMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    night,
    store::{self, Part},
    under_appeal::is_under_appeal,
};
use crate::{
    app::App,
    db::{Conn, types::Instant},
    error::Result,
    fieldwork::campaigns::{self, terms::CampaignLimits},
    ids::{CampaignId, VisitId},
    visits::{
        advance::advance_by_clock,
        state::{State, Step},
    },
    work::{Queue, Task},
};

/// So many visits are done in one transaction.
const AT_ONCE: usize = 100;

/// Makes those visits final of which that is due, in regions where it is night: so a moment tells nothing.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct FinishVisits {}

impl Task for FinishVisits {
    const KIND: &'static str = "finish_visits";
    const QUEUE: Queue = Queue::new(Self::KIND);
    type State = ();

    async fn run(self, app: &App, (): &()) -> Result<()> {
        let now = app.clock.now();
        let regions = app.db.read(|conn| store::regions_with(conn, State::Released)).await?;
        for (part, zone) in regions.into_iter().filter(|(_, zone)| night::is_now(now, zone)) {
            let today = night::local(now, &zone).date();
            let due = app.db.snapshot(move |conn| due(conn, part, today)).await?;
            for some in due.chunks(AT_ONCE) {
                let some = some.to_vec();
                app.db.write(move |conn| some.iter().try_for_each(|id| finish(conn, *id, now))).await?;
            }
        }
        Ok(())
    }
}

/// The visits of a region whose time to appeal is over on this day.
fn due(conn: &mut Conn, part: Part, today: Date) -> Result<Vec<VisitId>> {
    let released = store::visits_of(conn, part, State::Released)?;
    let ids: Vec<_> = released.iter().map(|one| one.id).collect();
    let days = store::released_on(conn, &ids)?;
    let assignments: Vec<_> = released.iter().map(|one| one.assignment_id).collect();
    let campaigns = store::campaigns_of(conn, &assignments)?;
    let mut limits: HashMap<CampaignId, CampaignLimits> = HashMap::new();
    for id in campaigns.values() {
        if limits.contains_key(id) {
            continue;
        }
        if let Some(campaign) = campaigns::store::find(conn, *id)? {
            limits.insert(*id, campaign.terms.0.limits);
        }
    }
    let usual = CampaignLimits::default();
    let is_over = |one: &&store::WaitingVisit| {
        let of_campaign = campaigns.get(&one.assignment_id).and_then(|id| limits.get(id));
        let limits = of_campaign.unwrap_or(&usual);
        let released_on = days.get(&one.id).and_then(|day| day.parse::<Date>().ok());
        released_on.is_some_and(|day| limits.appeal_until(day) < today)
    };
    Ok(released.iter().filter(is_over).map(|one| one.id).collect())
}

fn finish(conn: &mut Conn, id: VisitId, now: Instant) -> Result<()> {
    if is_under_appeal(conn, id)? {
        return Ok(());
    }
    advance_by_clock(conn, id, Step::Finish, now).map(drop)
}
