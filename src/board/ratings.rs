//! How far a shopper can be relied on, and how good their visits are: what follows from what happened, and explains
//! itself by it.

use diesel::Queryable;

use crate::{
    db::types::{Instant, text_enum},
    fieldwork::assignments::model::AssignmentState,
    ids::{AccountId, AssignmentId, BrandId},
    visits::state::State,
};

/// Only what happened within so many seconds counts: 365 days.
pub const REMEMBERED: i64 = 365 * 86_400;
/// And no more than so many events of each side, the latest.
pub const MOST_EVENTS: usize = 100;
/// A visit that is given up counts if its window ends within so many seconds: 24 hours.
const SHORT_NOTICE: i64 = 86_400;
/// A full rating, in basis points.
const FULL: i64 = 10_000;
/// So many events that were not seen stand before those that were seen …
const UNSEEN: i64 = 4;
/// … each of them worth so many basis points.
const UNSEEN_POINTS: i64 = UNKNOWN as i64;

/// The rating of a shopper of whom nothing is known, in basis points.
pub const UNKNOWN: i32 = 8_000;

/// How a rating comes about, for people.
pub const FORMULA: &str = "Each side is (4 × 80 + the sum of the points) / (4 + the number of events), rounded down: \
    the four events at 80 stand for what is not known yet, so that one event decides little. Reliability: a visit in \
    time 100, an early or a late one 50, an offer that was not answered 50, a visit given up within 24 hours of its window's end \
    25, a missed one 0. Quality: an approved visit 100, a rejected one 0. What was given up earlier, or declined, does \
    not count. Only the last 365 days count, and of each side at most the latest 100 events. The rating is the lower \
    of the two.";

text_enum! {
    /// Something that a shopper did or did not.
    pub enum Happened {
        /// The visit was here in time.
        InTime = "in_time",
        /// The visit was made before its window opened.
        Early = "early",
        /// The visit came late.
        Late = "late",
        /// The visit was not made.
        Missed = "missed",
        /// The visit was given up shortly before its window's end.
        GivenUpLate = "given_up_late",
        /// An offer was not answered.
        Unanswered = "unanswered",
        /// The visit was found true and complete.
        Approved = "approved",
        /// The visit was not.
        Rejected = "rejected",
    }
}

impl Happened {
    /// Whether it says how good visits are; what does not says how far the shopper can be relied on.
    pub const fn is_of_quality(self) -> bool {
        matches!(self, Self::Approved | Self::Rejected)
    }

    /// What it is worth: 0 to 100.
    pub const fn points(self) -> u8 {
        match self {
            Self::InTime | Self::Approved => 100,
            Self::Early | Self::Late | Self::Unanswered => 50,
            Self::GivenUpLate => 25,
            Self::Missed | Self::Rejected => 0,
        }
    }

    /// Whether a visit came in time. What was asked for outside of any campaign has no deadline but its window's end.
    pub fn arrived(at: Instant, submit_by: Option<Instant>, closes_at: Instant) -> Self {
        if at < submit_by.unwrap_or(closes_at) { Self::InTime } else { Self::Late }
    }

    /// What a decision says of a visit, if there is one.
    pub fn decided(state: State) -> Option<Self> {
        match state {
            State::Rejected | State::Withdrawn => Some(Self::Rejected),
            state => state.is_counted().then_some(Self::Approved),
        }
    }
}

/// A step of an assignment that concerned the shopper.
#[derive(Clone, Copy, Debug, Queryable)]
pub struct ShopperStep {
    /// Of which assignment.
    pub assignment: AssignmentId,
    /// For which brand.
    pub brand: BrandId,
    /// When the assignment's window ended or ends.
    pub closes_at: Instant,
    /// From which state.
    pub from: AssignmentState,
    /// To which.
    pub to: AssignmentState,
    /// Whom it concerned.
    pub shopper: AccountId,
    /// Who took it; none if the clock did.
    pub by: Option<AccountId>,
    /// When.
    pub at: Instant,
    /// Whether a visit was made for the assignment after all.
    pub has_visit: bool,
}

impl ShopperStep {
    /// What it says of the shopper, if anything. A visit that was given up or missed and came all the same is late, and
    /// no more.
    pub fn event(&self) -> Option<Event> {
        let what = self.happened()?;
        let is_undone = self.has_visit && what != Happened::Unanswered;
        (!is_undone).then_some(Event { assignment: self.assignment, brand: self.brand, what, at: self.at })
    }

    fn happened(&self) -> Option<Happened> {
        use AssignmentState::{Assigned, Cancelled, Expired, Offered, Open};
        match (self.from, self.to) {
            (Assigned, Expired) => Some(Happened::Missed),
            (Offered, Open) if self.by.is_none() => Some(Happened::Unanswered),
            (Assigned, Cancelled) if self.by == Some(self.shopper) => {
                let is_late = self.at >= self.closes_at.plus_seconds(-SHORT_NOTICE);
                is_late.then_some(Happened::GivenUpLate)
            }
            _ => None,
        }
    }
}

/// One thing that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// With which assignment.
    pub assignment: AssignmentId,
    /// For which brand.
    pub brand: BrandId,
    /// What.
    pub what: Happened,
    /// When.
    pub at: Instant,
}

/// What follows from what happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rating {
    /// How far the shopper can be relied on, in basis points.
    pub reliability: i32,
    /// How good the visits are, in basis points.
    pub quality: i32,
    /// What that follows from, the latest first.
    pub events: Vec<Event>,
}

impl Rating {
    /// What follows from these events; older ones and more than count are left out.
    pub fn of(mut events: Vec<Event>, now: Instant) -> Self {
        events.retain(|event| event.at > now.plus_seconds(-REMEMBERED));
        events.sort_by_key(|event| std::cmp::Reverse((event.at, event.assignment, event.what)));
        let (mut reliability, mut quality) = (Side::default(), Side::default());
        events.retain(|event| match event.what.is_of_quality() {
            true => quality.takes(event.what),
            false => reliability.takes(event.what),
        });
        Self { reliability: reliability.points(), quality: quality.points(), events }
    }

    /// The lower of the two sides, in basis points.
    pub fn overall(&self) -> i32 {
        self.reliability.min(self.quality)
    }
}

#[derive(Default)]
struct Side {
    events: usize,
    sum: i64,
}

impl Side {
    fn takes(&mut self, what: Happened) -> bool {
        let room = self.events < MOST_EVENTS;
        if room {
            self.events += 1;
            self.sum += i64::from(what.points()) * FULL / 100;
        }
        room
    }

    /// The mean of what was seen, drawn towards what is expected of a shopper of whom nothing is known: the more is seen, the less. It is
    /// the posterior mean of a beta distribution with so many events before it (a Bayesian average; with two events of
    /// one half each it is Laplace's rule of succession).
    fn points(&self) -> i32 {
        let events = UNSEEN + i64::try_from(self.events).unwrap_or_default();
        i32::try_from((UNSEEN * UNSEEN_POINTS + self.sum) / events).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
