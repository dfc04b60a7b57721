//! When the visits of a campaign are to be made: pure, given the id that an assignment is to have.
//!
//! The period is cut into as many equal parts as a branch gets visits. In each part an allowed day is drawn for the visit,
//! and then which day of its window that is; the window is cut where the part ends, where a day that is not allowed would
//! be its first or last, and where the branch has another window. So a visit that is made on any day of its window falls on
//! each allowed day with the same chance, and the branch knows of no day that is free of visits.
//!
//! The lot is the assignment's id, which is random: the window cannot be computed before the assignment is there.

use std::{
    collections::{BTreeMap, HashMap},
    ops::Range,
};

use jiff::tz::TimeZone;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    model::{Campaign, Slot},
    terms::Terms,
};
use crate::{
    calendar::TimeOfDay,
    db::types::{Instant, Sha256},
    fieldwork::assignments::model::{AssignmentState, Window},
    ids::{AssignmentId, BranchId},
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
    /// The branch retires before.
    Retires,
}

/// A branch that a campaign is about.
#[derive(Clone, Debug)]
pub struct BranchToVisit {
    /// Its id.
    pub id: BranchId,
    /// Its time zone, if that is known here.
    pub zone: Option<TimeZone>,
    /// When it retires, if it does.
    pub until: Option<Instant>,
}

/// What was made of a try at a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// No visit.
    Nothing,
    /// A visit.
    Visit,
    /// A visit in whose place another one is wanted.
    VisitToMakeAgain,
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
    /// What was made of it.
    pub made: Made,
    /// When it is to be made.
    pub window: Window,
}

/// The latest try at one visit of a branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Latest {
    /// Which try it is, from 1.
    pub attempt: i32,
    /// The window of one that is open, offered, a shopper's, or was made: nothing else is wanted then.
    pub stands: Option<Window>,
}

/// The latest try at each visit, by branch and number.
pub type LatestAttempts = HashMap<(BranchId, i32), Latest>;

/// The latest try at each visit that there ever was one at. What was made stands, even if it came when its assignment
/// had been given up, unless another one is wanted in its place.
pub fn latest(attempts: Vec<Attempt>) -> LatestAttempts {
    let mut all = LatestAttempts::new();
    for Attempt { branch, number, attempt, state, made, window } in attempts {
        let latest = all.entry((branch, number)).or_insert(Latest { attempt, stands: None });
        latest.attempt = latest.attempt.max(attempt);
        let stands = match made {
            Made::Nothing => !state.is_over(),
            Made::Visit => true,
            Made::VisitToMakeAgain => false,
        };
        if stands {
            latest.stands = Some(window);
        }
    }
    all
}

/// A slot that lacks an assignment, with the window that one is to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FreeSlot {
    /// The id of the assignment that is to fill it.
    pub id: AssignmentId,
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

/// What is missing of a campaign in these branches, given the latest try at each of their visits and ids for new
/// assignments. Windows open now or later.
pub fn plan(
    campaign: &Campaign,
    branches: &[BranchToVisit],
    latest: &LatestAttempts,
    mut new_id: impl FnMut() -> AssignmentId,
    now: Instant,
) -> Plan {
    let calendar = Calendar::of(&campaign.terms.0);
    let mut taken: HashMap<BranchId, Vec<Window>> = HashMap::new();
    for ((branch, _), latest) in latest {
        taken.entry(*branch).or_default().extend(latest.stands);
    }
    let mut plan = Plan::default();
    for BranchToVisit { id: branch, zone, until } in branches {
        let taken = taken.entry(*branch).or_default();
        for number in 1..=campaign.terms.0.visits_per_branch.as_i32() {
            let latest = latest.get(&(*branch, number));
            if latest.is_some_and(|latest| latest.stands.is_some()) {
                plan.already_there += 1;
                continue;
            }
            let attempt = latest.map_or(1, |latest| latest.attempt.saturating_add(1));
            let (id, slot) = (new_id(), Slot { campaign: campaign.id, branch: *branch, number, attempt });
            let zone = zone.as_ref().ok_or(Impossible::TimeZone);
            match zone.and_then(|zone| calendar.window(zone, id, number, taken, (now, *until))) {
                Ok(window) => {
                    taken.push(window);
                    plan.missing.push(FreeSlot { id, slot, window });
                }
                Err(why) => *plan.impossible.entry((*branch, why)).or_default() += 1,
            }
        }
    }
    plan
}

/// Of these slots, those that are wanted still, as branches are visited by now; and the branches of those that would close after their branch
/// retires, once for each. `until` has the branches that the campaign is about, with when they retire: one that moved may be none of them any more.
pub fn still_wanted(
    missing: &[FreeSlot],
    until: &HashMap<BranchId, Option<Instant>>,
) -> (Vec<FreeSlot>, Vec<BranchId>) {
    let (mut wanted, mut retire) = (Vec::new(), Vec::new());
    for one in missing {
        match until.get(&one.slot.branch) {
            None => {}
            Some(Some(until)) if one.window.closes_at > *until => retire.push(one.slot.branch),
            Some(_) => wanted.push(*one),
        }
    }
    (wanted, retire)
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

    /// The window of the assignment with this id, for the branch's visit of this number: it opens not before some moment,
    /// and before it closes, which it does no later than the branch retires.
    ///
    /// It lies in the visit's part of the period if that has an allowed day left, else in all that is left of the period;
    /// and beside the branch's other windows, as long as there are days for that.
    ///
    /// # Errors
    /// Why there is none.
    pub fn window(
        &self,
        zone: &TimeZone,
        id: AssignmentId,
        number: i32,
        others: &[Window],
        (not_before, until): (Instant, Option<Instant>),
    ) -> Result<Window, Impossible> {
        if self.allowed.is_empty() {
            return Err(Impossible::NoAllowedDay);
        }
        // What closes in the night before its day's hours begin closes on the day before.
        let night = self.terms.windows.closing_minutes().saturating_sub(24 * 60).max(0);
        let last = |one: &Window| self.day_of(zone, one.closes_at.plus_seconds(-60 * night - 1));
        let days_of = |one: &Window| self.day_of(zone, one.opens_at)..last(one) + 1;
        let others: Vec<Range<i32>> = others.iter().map(days_of).collect();
        // The last hours of a branch that retires end before that: those of the night begin a day earlier.
        let end = until.map_or(self.days, |until| self.first_left(zone, until).min(self.days));
        let cut = |days: Range<i32>| days.start.min(end)..days.end.min(end);
        let (part, all) = (cut(self.part(number)), cut(0..self.days));
        let left = self.first_left(zone, not_before);
        let beside = |others: &[Range<i32>]| {
            // As if there were all the time of the world: so when it is planned changes as little as it can.
            let early = |days: Range<i32>| {
                let (first, last) = self.draw(days, id, others)?;
                Some(self.between(zone, first, last)).filter(|window| window.opens_at >= not_before)
            };
            let late = |days: Range<i32>| {
                let (first, last) = self.draw(days.start.max(left)..days.end, id, others)?;
                let Window { opens_at, closes_at } = self.between(zone, first, last);
                Some(Window { opens_at: opens_at.max(not_before), closes_at })
            };
            early(part.clone())
                .or_else(|| late(part.clone()))
                .or_else(|| early(all.clone()))
                .or_else(|| late(all.clone()))
        };
        let found = beside(&others).or_else(|| beside(&[]));
        match found {
            // Clocks that are put forward make a short window close later than its hours end.
            Some(window) if until.is_some_and(|until| window.closes_at > until) => Err(Impossible::Retires),
            Some(window) => Ok(window),
            None if self.allowed.iter().any(|day| *day >= end.max(left)) => Err(Impossible::Retires),
            None => Err(Impossible::Over),
        }
    }

    /// The days of the part of the period that this visit of a branch is for.
    fn part(&self, number: i32) -> Range<i32> {
        let parts = self.terms.visits_per_branch.as_i32();
        let edge = |number: i32| number.clamp(0, parts) * self.days / parts;
        edge(number.saturating_sub(1))..edge(number)
    }

    /// The first and the last day of a window within these days and beside the others, both allowed; none if no day of them
    /// is.
    fn draw(&self, days: Range<i32>, id: AssignmentId, others: &[Range<i32>]) -> Option<(i32, i32)> {
        let is_taken = |day: i32| others.iter().any(|other| other.contains(&day));
        let free: Vec<i32> =
            self.allowed.iter().copied().filter(|day| days.contains(day) && !is_taken(*day)).collect();
        let day = *free.get(pick(id, "day", free.len()))?;
        let span = self.terms.windows.span_days.as_i32();
        let start = day - i32::try_from(pick(id, "offset", usize::try_from(span).ok()?)).ok()?;
        let from = (start.max(days.start)..day).rev().take_while(|day| !is_taken(*day)).last().unwrap_or(day);
        let to = (day..(start + span).min(days.end)).take_while(|day| !is_taken(*day)).last().unwrap_or(day);
        let within = |one: &&i32| (from..=to).contains(*one);
        Some((*free.iter().find(within)?, *free.iter().rev().find(within)?))
    }

    /// From the opening of the first to the closing of the last of these days.
    fn between(&self, zone: &TimeZone, first: i32, last: i32) -> Window {
        let windows = &self.terms.windows;
        let opens_at = self.moment(zone, first, windows.from);
        let closes_at = self.closing(zone, last);
        // Clocks that are put forward can pass over the whole of a short window.
        let shortest =
            opens_at.plus_seconds(60 * (windows.closing_minutes() - windows.from.minutes()).max(1));
        Window { opens_at, closes_at: if closes_at > opens_at { closes_at } else { shortest } }
    }

    /// The first day whose hours do not end by this moment.
    fn first_left(&self, zone: &TimeZone, moment: Instant) -> i32 {
        // The hours of yesterday may end today.
        let today = self.day_of(zone, moment);
        let days = [today - 1, today].into_iter().filter(|day| *day >= 0);
        let mut left = days.filter(|day| self.closing(zone, *day) > moment);
        left.next().unwrap_or((today + 1).max(0))
    }

    /// When the hours of a day end.
    fn closing(&self, zone: &TimeZone, day: i32) -> Instant {
        let windows = &self.terms.windows;
        self.moment(zone, day + i32::from(windows.end_on_the_next_day()), windows.to)
    }

    /// The day that it is there at this moment; negative before the first one.
    fn day_of(&self, zone: &TimeZone, moment: Instant) -> i32 {
        let date = moment.timestamp().to_zoned(zone.clone()).date();
        (date - self.terms.starts_on.date()).get_days()
    }

    fn moment(&self, zone: &TimeZone, day: i32, time: TimeOfDay) -> Instant {
        let (time, is_of_the_next) = time.time();
        let local = self.terms.day(day + i32::from(is_of_the_next)).to_datetime(time);
        // What the clocks pass over is taken for as much later, and the first of what they show twice.
        zone.to_ambiguous_timestamp(local).compatible().map_or(Instant::from_micros(i64::MAX), Instant::from)
    }
}

/// One of so many, drawn by the lot of this assignment: each drawing has a word of its own.
fn pick(id: AssignmentId, what: &str, many: usize) -> usize {
    let lot = Sha256::of(format!("{id} {what}").as_bytes());
    let number = u64::from_str_radix(lot.to_string().get(..15).unwrap_or_default(), 16).unwrap_or_default();
    (number % (many.max(1) as u64)) as usize
}

#[cfg(test)]
mod tests;
