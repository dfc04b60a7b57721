//! Makes the assignments that a campaign lacks.

use std::collections::{BTreeMap, HashMap};

use tokio::task::spawn_blocking;

use super::{
    model::{Campaign, CampaignState},
    plan::{self, BranchToVisit, FreeSlot, Impossible, LatestAttempts},
    store::{self, Clocked},
};
use crate::{
    accounts::policy::Scope,
    clock::Clock,
    db::{Conn, Db, types::Instant},
    error::{Code, Error, Result},
    fieldwork::assignments::{self, model::Assignment},
    ids::{BranchId, CampaignId},
    places,
};

// A statement takes 32,766 values on SQLite, and an assignment has 21. Others write between one chunk and the next.
const AT_ONCE: usize = 1_000;

/// What planning did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filled {
    /// Assignments that were made.
    pub added: u32,
    /// Visits that had one already.
    pub already_there: u32,
    /// For how many visits of which branches none can be made, and why.
    pub impossible: BTreeMap<(BranchId, Impossible), u32>,
}

/// Makes the assignments that a campaign lacks, open to every shopper. What was made stays made if it fails half-way:
/// the same again makes the rest.
///
/// # Errors
/// `not_found` if there is no such campaign or the scope does not cover its brand; `wrong_state` if it is closed; `conflict`
/// if its brand or version is changed meanwhile.
pub async fn fill(db: &Db, clock: &Clock, scope: &Scope, id: CampaignId) -> Result<Filled> {
    let (now, scope) = (clock.now(), scope.clone());
    let Unplanned { campaign, branches, latest } =
        db.snapshot(move |conn| Unplanned::read(conn, &scope, id, now)).await?;
    // Thousands of windows take a while: not on a thread that others wait for.
    let ids = clock.clone();
    let planned = spawn_blocking(move || {
        let plan = plan::plan(&campaign, &with_zones(branches), &latest, || ids.ordered_id(), now);
        (campaign, plan)
    });
    let (campaign, plan) = planned.await.map_err(Error::internal)?;
    let done = add_all(db, clock, campaign, &plan.missing).await?;
    let mut impossible = plan.impossible;
    for branch in done.retire {
        *impossible.entry((branch, Impossible::Retires)).or_default() += 1;
    }
    let already_there = plan.already_there + count(done.taken);
    Ok(Filled { added: count(done.added), already_there, impossible })
}

/// What a plan is made from.
struct Unplanned {
    campaign: Campaign,
    branches: Vec<(BranchId, Clocked)>,
    latest: LatestAttempts,
}

impl Unplanned {
    fn read(conn: &mut Conn, scope: &Scope, id: CampaignId, now: Instant) -> Result<Self> {
        let found = store::campaign_to_change(conn, scope, id)?;
        let campaign = found.ok_or_else(|| Error::new(Code::NotFound))?;
        require_open(&campaign)?;
        let branches = store::branches_to_plan(conn, &campaign, now)?;
        let latest = plan::latest(store::attempts(conn, id)?);
        Ok(Self { campaign, branches, latest })
    }
}

/// What became of the assignments that were planned. What is wanted no more, because its branch lies elsewhere by now, is in none of these.
#[derive(Debug, Default, PartialEq, Eq)]
struct Done {
    /// So many were made.
    added: usize,
    /// For so many visits another one had been made meanwhile.
    taken: usize,
    /// The branches of those that would close after their branch retires, once for each.
    retire: Vec<BranchId>,
}

async fn add_all(db: &Db, clock: &Clock, campaign: Campaign, missing: &[FreeSlot]) -> Result<Done> {
    let (now, mut all) = (clock.now(), Done::default());
    for some in missing.chunks(AT_ONCE) {
        let (to, some) = (campaign.clone(), some.to_vec());
        let done = db.write(move |conn| add(conn, &to, &some, now)).await?;
        all.added += done.added;
        all.taken += done.taken;
        all.retire.extend(done.retire);
    }
    Ok(all)
}

/// Keeps new assignments of a campaign, but for those whose slots have been filled meanwhile, and those that are not wanted any more because their
/// branches moved or retire.
fn add(conn: &mut Conn, to: &Campaign, missing: &[FreeSlot], now: Instant) -> Result<Done> {
    let is_unchanged = |found: Campaign| (found.brand_id, found.version_id) == (to.brand_id, to.version_id);
    let found = store::find(conn, to.id)?;
    found.as_ref().map(require_open).transpose()?;
    if !found.is_some_and(is_unchanged) {
        return Err(Error::new(Code::Conflict).detail("the campaign was changed meanwhile: plan it again"));
    }
    let until = store::clocked(conn, to)?.into_iter().map(|(branch, (_, until))| (branch, until)).collect();
    let (wanted, retire) = plan::still_wanted(missing, &until);
    let new = |one: &FreeSlot| Assignment::open(to, one.id, one.slot, one.window, now);
    let new: Vec<Assignment> = wanted.iter().map(new).collect();
    let added = assignments::store::insert_where_free(conn, &new)?;
    Ok(Done { added, taken: new.len().saturating_sub(added), retire })
}

/// A closed campaign wants nothing more.
fn require_open(campaign: &Campaign) -> Result<()> {
    if campaign.state != CampaignState::Closed {
        return Ok(());
    }
    Err(Error::new(Code::WrongState).detail("this campaign is closed, so nothing more is planned"))
}

fn with_zones(branches: Vec<(BranchId, Clocked)>) -> Vec<BranchToVisit> {
    let mut zones = HashMap::new();
    let mut zone =
        |name: String| zones.entry(name).or_insert_with_key(|name| places::model::time_zone(name)).clone();
    let to_visit = |(id, (name, until))| BranchToVisit { id, zone: zone(name), until };
    branches.into_iter().map(to_visit).collect()
}

fn count(things: usize) -> u32 {
    u32::try_from(things).unwrap_or(u32::MAX)
}
