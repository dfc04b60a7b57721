//! Release: at one hour of the night the reports of a region go out together, in random order, when they are three or when one of
//! them has waited for its longest delay. So neither a moment nor an order gives anybody away.

use std::{collections::HashMap, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{
    copies, go_out,
    go_out::Ready,
    night,
    store::{self, Part},
};
use crate::{
    app::App,
    checklists::cache::Versions,
    db::{Conn, types::Instant},
    error::Result,
    evidence::photos::Pool,
    fieldwork::campaigns::{self, terms::CampaignLimits},
    ids::{BrandId, CampaignId, RegionId, VisitId},
    visits::state::State,
    work::{self, Queue, Task},
};

/// So many reports of a region go out without waiting.
pub const ENOUGH: usize = 3;
/// So many reports go out in one transaction, so that other writes do not wait long behind it.
const AT_ONCE: usize = 20;
/// A day, in seconds.
const DAY: i64 = 86_400;

/// What making reports takes.
#[derive(Clone, Debug)]
pub struct Means {
    /// Published versions.
    pub versions: Arc<Versions>,
    /// Works on photos.
    pub readers: Arc<Pool>,
}

/// Sees to it that reports go out in those regions where it is night.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct ReleaseReports {}

impl Task for ReleaseReports {
    const KIND: &'static str = "release_reports";
    const QUEUE: Queue = Queue::new(Self::KIND);
    type State = ();

    async fn run(self, app: &App, (): &()) -> Result<()> {
        let now = app.clock.now();
        let regions = app.db.read(|conn| store::regions_with(conn, State::Approved)).await?;
        let at_night = regions.into_iter().filter(|(_, zone)| night::is_now(now, zone));
        let tasks: Vec<_> = at_night
            .map(|((brand_id, region_id), _)| (ReleaseRegion { brand_id, region_id }, app.clock.new_id()))
            .collect();
        let enqueue = move |conn: &mut Conn| {
            tasks.iter().try_for_each(|(task, id)| work::enqueue(conn, task, *id, now))
        };
        app.db.write(enqueue).await
    }
}

/// Lets the reports of one region go out, if they are to.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReleaseRegion {
    /// The brand.
    pub brand_id: BrandId,
    /// The region; none for branches that are in none.
    pub region_id: Option<RegionId>,
}

impl Task for ReleaseRegion {
    const KIND: &'static str = "release_region";
    const QUEUE: Queue = Queue::new(Self::KIND);
    type State = Means;

    fn key(&self) -> Option<String> {
        let region = self.region_id.map(|id| id.to_string()).unwrap_or_default();
        Some(format!("{}/{region}", self.brand_id))
    }

    async fn run(self, app: &App, means: &Means) -> Result<()> {
        let (part, now) = ((self.brand_id, self.region_id), app.clock.now());
        let due = app.db.snapshot(move |conn| due(conn, part, now)).await?;
        release(app, means, due).await
    }
}

/// Lets the reports of these visits go out, in random order.
///
/// # Errors
/// Those of the database and of the store of blobs.
pub async fn release(app: &App, means: &Means, mut due: Vec<VisitId>) -> Result<()> {
    let now = app.clock.now();
    // Each has a new id to be ordered by.
    due.sort_by_cached_key(|_| app.clock.new_id::<()>());
    for some in due.chunks(AT_ONCE) {
        let mut ready = Vec::new();
        for id in some {
            ready.extend(make_ready(app, means, *id, now).await?);
        }
        let go =
            move |conn: &mut Conn| ready.iter().try_for_each(|one| go_out::go_out(conn, one, now).map(drop));
        app.db.write(go).await?;
    }
    Ok(())
}

/// The visits of a region whose reports go out in this night: all that wait, or none.
///
/// # Errors
/// Those of the database.
pub fn due(conn: &mut Conn, part: Part, now: Instant) -> Result<Vec<VisitId>> {
    let waiting = store::visits_of(conn, part, State::Approved)?;
    let ids: Vec<_> = waiting.iter().map(|one| one.id).collect();
    if ids.len() >= ENOUGH {
        return Ok(ids);
    }
    let since = store::approved_at(conn, &ids)?;
    let assignments: Vec<_> = waiting.iter().map(|one| one.assignment_id).collect();
    let campaigns = store::campaigns_of(conn, &assignments)?;
    let mut limits: HashMap<CampaignId, CampaignLimits> = HashMap::new();
    for id in campaigns.values() {
        if let Some(campaign) = campaigns::store::find(conn, *id)? {
            limits.insert(*id, campaign.terms.0.limits);
        }
    }
    let usual = CampaignLimits::default();
    let has_waited = waiting.iter().any(|one| {
        let of_campaign = campaigns.get(&one.assignment_id).and_then(|id| limits.get(id));
        let longest = of_campaign.unwrap_or(&usual).longest_delay_days.get() * DAY;
        // What was approved before steps were kept has waited long enough.
        since.get(&one.id).is_none_or(|since| since.plus_seconds(longest) <= now)
    });
    Ok(if has_waited { ids } else { Vec::new() })
}

/// Makes a report ready to go out, with the copies of its photos and recordings; none if its visit does not wait any more, or came
/// within a day and has files that are still to be read.
async fn make_ready(app: &App, means: &Means, id: VisitId, now: Instant) -> Result<Option<Ready>> {
    let Some(visit) = app.db.read(move |conn| go_out::waiting(conn, id)).await? else { return Ok(None) };
    let version = means.versions.get(&app.db, visit.head.version_id).await?;
    let known = Arc::clone(&version);
    let planned = app.db.snapshot(move |conn| go_out::plan(conn, visit.clone(), &known, now)).await?;
    // Files are read within minutes: what has not been is waited for, but not for ever.
    let is_new = planned.visit.head.completed_at.is_some_and(|at| at.plus_seconds(DAY) > now);
    if planned.waits_for_files && is_new {
        return Ok(None);
    }
    let (report, brand) = (app.clock.new_id(), planned.visit.head.brand_id);
    let mut files = Vec::new();
    for photo in &planned.photos {
        match copies::copy(app, &means.readers, (report, brand), photo, now).await {
            Ok(file) => files.push(file),
            // One photo is no reason that nothing goes out.
            Err(error) => tracing::warn!(%error, evidence = %photo.evidence, "a photo does not go out"),
        }
    }
    for recording in &planned.recordings {
        match copies::copy_recording(app, &means.readers, (report, brand), recording, now).await {
            Ok(file) => files.extend(file),
            Err(error) => {
                tracing::warn!(%error, evidence = %recording.evidence, "a recording does not go out");
            }
        }
    }
    Ok(Some(Ready { id: report, visit: planned.visit, version, shows: planned.shows, files }))
}
