//! Surplus: open jobs that their campaign does not want any more. They are over at once; what a shopper has or is asked for
//! is not surplus.

use std::collections::{BTreeMap, HashMap};

use jiff::tz::TimeZone;

use super::{
    advance::advance,
    life::Step,
    model::{Assignment, AssignmentState, OwnAssignment, TakenStep, Window},
    planned, store,
};
use crate::{
    db::{Conn, types::Instant},
    error::Result,
    fieldwork::campaigns::{
        self,
        model::{Campaign, CampaignState, Slot},
        terms::Terms,
    },
    ids::{AccountId, BranchId},
    places,
};

/// Why a job ends whose branch lies outside its campaign's places by now.
const MOVED: &str = "its branch lies in another region";
/// Why a job ends whose branch retires before the job could be done.
const RETIRES: &str = "its branch retires";
/// Why any other job ends that its campaign does not want.
pub const UNWANTED: &str = "the campaign does not want it any more";

// A statement takes 32,766 values on SQLite, and a step has 8.
const AT_ONCE: usize = 1_000;
/// So many branches are named by one statement.
const BRANCHES_AT_ONCE: usize = 500;

/// What a campaign wants of the assignments that were made from it.
struct Wanted<'c> {
    campaign: &'c Campaign,
    branches: HashMap<BranchId, (Option<TimeZone>, Option<Instant>)>,
}

impl<'c> Wanted<'c> {
    fn of(conn: &mut Conn, campaign: &'c Campaign) -> Result<Self> {
        let clocked = campaigns::store::clocked(conn, campaign)?;
        let mut known = HashMap::new();
        let mut zone = |name: String| {
            known.entry(name).or_insert_with_key(|name: &String| places::model::time_zone(name)).clone()
        };
        let branches = clocked.into_iter().map(|(branch, (name, until))| (branch, (zone(name), until)));
        Ok(Self { campaign, branches: branches.collect() })
    }

    /// Why a job is surplus; none if it is wanted.
    fn why_not(&self, one: &Assignment) -> Option<&'static str> {
        let terms = &self.campaign.terms.0;
        let window = Window { opens_at: one.opens_at, closes_at: one.closes_at };
        let Some((zone, until)) = self.branches.get(&one.branch_id) else { return Some(MOVED) };
        if until.is_some_and(|until| window.closes_at > until) {
            return Some(RETIRES);
        }
        let is_wanted = self.campaign.state != CampaignState::Closed
            && one.number.is_some_and(|number| number <= terms.visits_per_branch.as_i32())
            && is_within(terms, zone.as_ref(), window);
        (!is_wanted).then_some(UNWANTED)
    }
}

/// Whether a window lies in the period, by the clocks at the branch.
fn is_within(terms: &Terms, zone: Option<&TimeZone>, window: Window) -> bool {
    let Some(zone) = zone else { return false };
    let day = |at: Instant| at.timestamp().to_zoned(zone.clone()).date();
    // What closes at midnight closes at the end of the day before.
    let last = day(Instant::from_micros(window.closes_at.micros() - 1));
    terms.starts_on.date() <= day(window.opens_at) && last <= terms.last_day_of_windows()
}

/// Ends the open jobs that a campaign does not want, for this reason; gives how many they were.
///
/// # Errors
/// Those of the database.
pub fn cancel_all(
    conn: &mut Conn,
    campaign: &Campaign,
    by: Option<AccountId>,
    reason: &'static str,
    now: Instant,
) -> Result<usize> {
    let open = store::open_of(conn, campaign.id)?;
    cancel_unwanted(conn, campaign, &open, (by, Some(reason)), now)
}

/// Ends the open jobs in these branches that their campaigns do not want any more, each for its own reason: its branch moved or retires, or else.
///
/// # Errors
/// Those of the database.
pub fn cancel_in(conn: &mut Conn, branches: &[BranchId], by: Option<AccountId>, now: Instant) -> Result<()> {
    // In the order of campaigns: so two transactions that end jobs of the same ones do not hold each other up for ever.
    let mut by_campaign = BTreeMap::<_, Vec<_>>::new();
    for some in branches.chunks(BRANCHES_AT_ONCE) {
        for one in store::open_in(conn, some)? {
            by_campaign.entry(one.campaign_id).or_default().push(one);
        }
    }
    for (id, open) in by_campaign {
        if let Some(id) = id {
            let campaign = planned::campaign(conn, id)?;
            cancel_unwanted(conn, &campaign, &open, (by, None), now)?;
        }
    }
    Ok(())
}

/// Ends those of these jobs that their campaign does not want: for this reason, or each for its own if none is given.
fn cancel_unwanted(
    conn: &mut Conn,
    campaign: &Campaign,
    open: &[Assignment],
    (by, reason): (Option<AccountId>, Option<&'static str>),
    now: Instant,
) -> Result<usize> {
    if open.is_empty() {
        return Ok(0);
    }
    let wanted = Wanted::of(conn, campaign)?;
    let mut surplus = BTreeMap::<_, Vec<_>>::new();
    for one in open {
        if let Some(why) = wanted.why_not(one) {
            surplus.entry(reason.unwrap_or(why)).or_default().push(one.id);
        }
    }
    // Thousands at once: not one by one.
    for (reason, jobs) in &surplus {
        let step = TakenStep {
            from: AssignmentState::Open,
            to: AssignmentState::Open.after(Step::Cancel)?,
            shopper_id: None,
            account_id: by,
            reason: Some(String::from(*reason)),
            taken_at: now,
        };
        for some in jobs.chunks(AT_ONCE) {
            store::cancel_open(conn, some)?;
            store::insert_same_step(conn, some, &step)?;
        }
    }
    Ok(surplus.values().map(Vec::len).sum())
}

/// Ends the next tries at a visit that has come although its assignment was given up or missed: it is not bought twice. A
/// try that a shopper has or is asked for stays.
///
/// # Errors
/// Those of the database.
pub fn end_next_tries(conn: &mut Conn, of: &OwnAssignment, now: Instant) -> Result<()> {
    let Some((campaign, number)) = of.campaign_id.zip(of.number).filter(|_| of.state.is_over()) else {
        return Ok(());
    };
    let slot = Slot { campaign, branch: of.branch_id, number, attempt: of.attempt };
    end_after(conn, slot, "its visit came after all", now)
}

/// Ends the open tries that come after this one, for this reason.
pub(super) fn end_after(conn: &mut Conn, slot: Slot, reason: &str, now: Instant) -> Result<()> {
    for next in store::open_after(conn, slot)? {
        advance(conn, &next, &next.cancelled()?, None, Some(reason), now)?;
    }
    Ok(())
}

/// Ends a job that is on the board again because an offer of it was not taken, if its campaign does not want it any more.
///
/// # Errors
/// Those of the database.
pub(super) fn cancel_if_unwanted(conn: &mut Conn, one: Assignment, now: Instant) -> Result<Assignment> {
    let (AssignmentState::Open, Some(campaign)) = (one.state, one.campaign_id) else { return Ok(one) };
    let campaign = planned::campaign(conn, campaign)?;
    let Some(why) = Wanted::of(conn, &campaign)?.why_not(&one) else { return Ok(one) };
    let is = one.cancelled()?;
    advance(conn, &one, &is, None, Some(why), now)?;
    Ok(is)
}
