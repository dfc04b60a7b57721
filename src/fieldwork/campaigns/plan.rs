//! When the visits of a campaign are to be made: pure, and the same again for the same campaign.
//!
//! The period is cut into as many equal parts as a branch gets visits. In each part an allowed day is drawn, and the
//! window is open from that day on; where the part would be over before the window is, it begins earlier, so that it
//! is as long as it can be. A window begins and ends on allowed days.

use std::{
    collections::{BTreeMap, HashMap},
    ops::Range,
};

use jiff::tz::TimeZone;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    calendar::TimeOfDay,
    model::{Campaign, Slot},
    terms::Terms,
};
use crate::{
    db::types::{Instant, Sha256},
    fieldwork::assignments::model::{AssignmentState, Window},
    ids::BranchId,
};

/// Why there is no window for a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Impossible {
    /// Weekdays and blackout dates leave no day of the period.
    NoAllowedDay,
    /// There is none left from now on.
    Over,
    /// The branch's time zone is not known here.
    TimeZone,
}

/// A branch that a campaign is about.
#[derive(Clone, Debug)]
pub struct BranchToVisit {
    /// Its id.
    pub id: BranchId,
    /// Its time zone, if that is known here.
    pub zone: Option<TimeZone>,
}

/// One try at one visit of a branch, as it stands.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// In which branch.
    pub branch: BranchId,
    /// Which of the branch's visits, from 1.
    pub number: i32,
    /// Which try at it, from 1.
    pub attempt: i32,
    /// Where its assignment is.
    pub state: AssignmentState,
    /// Whether there is a visit.
    pub has_visit: bool,
}

/// The latest try at one visit of a branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Latest {
    /// Which try it is, from 1.
    pub attempt: i32,
    /// Whether one is open, offered, a shopper's, or was made: nothing else is wanted then.
    pub stands: bool,
}

/// The latest try at each visit, by branch and number.
pub type LatestAttempts = HashMap<(BranchId, i32), Latest>;

/// The latest try at each visit that there ever was one at. What was made stands, even if it came when its assignment
/// had been given up.
pub fn latest(attempts: Vec<Attempt>) -> LatestAttempts {
    let mut all = LatestAttempts::new();
    for Attempt { branch, number, attempt, state, has_visit } in attempts {
        let is_over = matches!(state, AssignmentState::Cancelled | AssignmentState::Expired);
        let latest = all.entry((branch, number)).or_insert(Latest { attempt, stands: false });
        latest.attempt = latest.attempt.max(attempt);
        latest.stands |= has_visit || !is_over;
    }
    all
}

/// A slot that lacks an assignment, with the window that one is to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FreeSlot {
    /// The slot.
    pub slot: Slot,
    /// When its visit is to be made.
    pub window: Window,
}

/// What there is to be done for a campaign.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// What is missing, in the order of the branches.
    pub missing: Vec<FreeSlot>,
    /// How many visits have an assignment already.
    pub already_there: u32,
    /// For how many visits of which branches there is no window, and why.
    pub impossible: BTreeMap<(BranchId, Impossible), u32>,
}

/// What is missing of a campaign in these branches, given the latest try at each of their visits. Windows open now or
/// later.
pub fn plan(campaign: &Campaign, branches: &[BranchToVisit], latest: &LatestAttempts, now: Instant) -> Plan {
    let calendar = Calendar::of(&campaign.terms.0);
    let mut plan = Plan::default();
    for BranchToVisit { id: branch, zone } in branches {
        for number in 1..=campaign.terms.0.visits_per_branch.as_i32() {
            let latest = latest.get(&(*branch, number));
            if latest.is_some_and(|latest| latest.stands) {
                plan.already_there += 1;
                continue;
            }
            let attempt = latest.map_or(1, |latest| latest.attempt.saturating_add(1));
            let slot = Slot { campaign: campaign.id, branch: *branch, number, attempt };
            let zone = zone.as_ref().ok_or(Impossible::TimeZone);
            match zone.and_then(|zone| calendar.window(zone, slot, now)) {
                Ok(window) => plan.missing.push(FreeSlot { slot, window }),
                Err(why) => *plan.impossible.entry((*branch, why)).or_default() += 1,
            }
        }
    }
    plan
}

/// The window of a slot, in which it opens not before some moment: UTC, opening before closing.
///
/// Within the slot's part of the period if that has an allowed day left, else within all that is left of the period.
///
/// # Errors
/// Why there is none.
pub fn slot_window(
    terms: &Terms,
    zone: &TimeZone,
    slot: Slot,
    not_before: Instant,
) -> Result<Window, Impossible> {
    Calendar::of(terms).window(zone, slot, not_before)
}

/// The days of a campaign, counted from its first one, which is 0.
#[derive(Clone, Debug)]
pub struct Calendar<'t> {
    terms: &'t Terms,
    days: i32,
    /// Those on which a window may begin or end, in their order.
    allowed: Vec<i32>,
}

impl<'t> Calendar<'t> {
    /// The days of these terms: made once for all slots.
    pub fn of(terms: &'t Terms) -> Self {
        let days = terms.days();
        let allowed = (0..days).filter(|&day| terms.allows(terms.day(day))).collect();
        Self { terms, days, allowed }
    }

    /// See [`slot_window`].
    ///
    /// # Errors
    /// Why there is none.
    pub fn window(&self, zone: &TimeZone, slot: Slot, not_before: Instant) -> Result<Window, Impossible> {
        if self.allowed.is_empty() {
            return Err(Impossible::NoAllowedDay);
        }
        let part = self.part(slot.number);
        let window = |days: Range<i32>| {
            let (first, last) = self.draw(days, slot)?;
            Some(self.between(zone, first, last)).filter(|window| window.opens_at >= not_before)
        };
        let left = self.first_from(zone, not_before);
        // First as if there were all the time of the world: so when it is planned changes as little as it can.
        window(part.clone())
            .or_else(|| window(part.start.max(left)..part.end))
            .or_else(|| window(0..self.days))
            .or_else(|| window(left..self.days))
            .ok_or(Impossible::Over)
    }

    /// The days of the part of the period that this visit of a branch is for.
    fn part(&self, number: i32) -> Range<i32> {
        let parts = self.terms.visits_per_branch.as_i32();
        let edge = |number: i32| number.clamp(0, parts) * self.days / parts;
        edge(number.saturating_sub(1))..edge(number)
    }

    /// The first and the last day of a window within these days, both allowed; none if no day of them is.
    fn draw(&self, days: Range<i32>, slot: Slot) -> Option<(i32, i32)> {
        let at = |day: i32| self.allowed.partition_point(|&allowed| allowed < day);
        let allowed = self.allowed.get(at(days.start)..at(days.end))?;
        let drawn = *allowed.get(pick(slot, allowed.len()))?;
        let span = self.terms.windows.span_days.as_i32();
        let earliest = drawn.min(days.end - span);
        let first = *allowed.iter().find(|&&day| day >= earliest)?;
        let last = *allowed.iter().rev().find(|&&day| day < first + span)?;
        Some((first, last))
    }

    /// From the opening of the first to the closing of the last of these days.
    fn between(&self, zone: &TimeZone, first: i32, last: i32) -> Window {
        let windows = &self.terms.windows;
        let opens_at = self.moment(zone, first, windows.from);
        let closes_at = self.moment(zone, last, windows.to);
        // Clocks that are put forward can pass over the whole of a short window.
        let shortest = opens_at.plus_seconds(60 * (windows.to.minutes() - windows.from.minutes()).max(1));
        Window { opens_at, closes_at: if closes_at > opens_at { closes_at } else { shortest } }
    }

    /// The first day that opens at this moment or later.
    fn first_from(&self, zone: &TimeZone, moment: Instant) -> i32 {
        let today = moment.timestamp().to_zoned(zone.clone()).date();
        let day = (today - self.terms.starts_on.date()).get_days();
        match day {
            ..0 => 0,
            _ if self.moment(zone, day, self.terms.windows.from) >= moment => day,
            _ => day + 1,
        }
    }

    fn moment(&self, zone: &TimeZone, day: i32, time: TimeOfDay) -> Instant {
        let local = self.terms.day(day).to_datetime(time.time());
        // What the clocks pass over is taken for as much later, and the first of what they show twice.
        zone.to_ambiguous_timestamp(local).compatible().map_or(Instant::from_micros(i64::MAX), Instant::from)
    }
}

/// One of so many, drawn by lot: always the same for the same slot, and not to be foreseen without knowing it.
fn pick(slot: Slot, many: usize) -> usize {
    let Slot { campaign, branch, number, attempt } = slot;
    let lot = Sha256::of(format!("{campaign} {branch} {number} {attempt}").as_bytes());
    let number = u64::from_str_radix(lot.to_string().get(..15).unwrap_or_default(), 16).unwrap_or_default();
    (number % (many.max(1) as u64)) as usize
}

#[cfg(test)]
mod tests;
