//! Surplus: open jobs that their campaign does not want any more. They are over at once; what a shopper has or is asked for
//! is not surplus.

use std::collections::HashMap;

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

    fn has(&self, one: &Assignment) -> bool {
        let terms = &self.campaign.terms.0;
        let window = Window { opens_at: one.opens_at, closes_at: one.closes_at };
        self.campaign.state != CampaignState::Closed
            && one.number.is_some_and(|number| number <= terms.visits_per_branch.as_i32())
            && self.branches.get(&one.branch_id).is_some_and(|(zone, until)| {
                until.is_none_or(|until| window.closes_at <= until) && is_within(terms, zone.as_ref(), window)
            })
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
    reason: &str,
    now: Instant,
) -> Result<usize> {
    let open = store::open_of(conn, campaign.id)?;
    cancel_unwanted(conn, campaign, &open, (by, reason), now)
}

/// Ends the open jobs in these branches that their campaigns do not want any more, for this reason.
///
/// # Errors
/// Those of the database.
pub fn cancel_in(
    conn: &mut Conn,
    branches: &[BranchId],
    why: (Option<AccountId>, &str),
    now: Instant,
) -> Result<()> {
    let mut by_campaign = HashMap::<_, Vec<_>>::new();
    for some in branches.chunks(BRANCHES_AT_ONCE) {
        for one in store::open_in(conn, some)? {
            by_campaign.entry(one.campaign_id).or_default().push(one);
        }
    }
    for (id, open) in by_campaign {
        if let Some(id) = id {
            let campaign = planned::campaign(conn, id)?;
            cancel_unwanted(conn, &campaign, &open, why, now)?;
        }
    }
    Ok(())
}

fn cancel_unwanted(
    conn: &mut Conn,
    campaign: &Campaign,
    open: &[Assignment],
    (by, reason): (Option<AccountId>, &str),
    now: Instant,
) -> Result<usize> {
    if open.is_empty() {
        return Ok(0);
    }
    let wanted = Wanted::of(conn, campaign)?;
    let surplus: Vec<_> = open.iter().filter(|one| !wanted.has(one)).map(|one| one.id).collect();
    // Thousands at once: not one by one.
    let step = TakenStep {
        from: AssignmentState::Open,
        to: AssignmentState::Open.after(Step::Cancel)?,
        shopper_id: None,
        account_id: by,
        reason: Some(reason.to_owned()),
        taken_at: now,
    };
    for some in surplus.chunks(AT_ONCE) {
        store::cancel_open(conn, some)?;
        store::insert_same_step(conn, some, &step)?;
    }
    Ok(surplus.len())
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
    if Wanted::of(conn, &campaign)?.has(&one) {
        return Ok(one);
    }
    let is = one.cancelled()?;
    advance(conn, &one, &is, None, Some("the campaign does not want it any more"), now)?;
    Ok(is)
}
