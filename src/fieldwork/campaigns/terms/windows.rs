//! On which days and at which hours visits are made.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::calendar::{Day, TimeOfDay, Weekday};
use crate::{
    limits::{Unordered, Whole},
    strict::objects_only,
};

/// The days of the week on which visits are wanted.
pub type Weekdays = Unordered<Weekday, 0, 7>;
/// Days on which no visits are wanted.
pub type BlackoutDays = Unordered<Day, 0, 370>;
/// How many days a window is open.
pub type SpanDays = Whole<1, 92>;

/// On which days visits are made, and at which hours, by the clocks at each branch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Windows {
    /// The days of the week on which visits are wanted; all if none is named. A window begins and ends on one.
    #[serde(default, skip_serializing_if = "Weekdays::is_empty")]
    pub weekdays: Weekdays,
    /// From when on in the day; a window opens then on its first day.
    pub from: TimeOfDay,
    /// Until when; a window closes then on its last day. A time that is not later than `from` is one of the day after: hours
    /// from 18:00 to 02:00 belong to the day on which they begin.
    pub to: TimeOfDay,
    /// Days on which no visits are wanted.
    #[serde(default, skip_serializing_if = "BlackoutDays::is_empty")]
    pub blackout: BlackoutDays,
    /// How many days one assignment's window is open, the first and the last included.
    #[serde(default = "a_week")]
    #[schema(default = 7)]
    pub span_days: SpanDays,
}

impl Windows {
    /// How many minutes after the midnight at which a day begins its hours end: beyond that day, if they end on the next.
    pub fn closing_minutes(&self) -> i64 {
        let day = if self.to > self.from { 0 } else { 24 * 60 };
        self.to.minutes() + day
    }

    /// Whether the hours of a day end on the day after.
    pub fn end_on_the_next_day(&self) -> bool {
        self.to <= self.from
    }
}

const fn a_week() -> SpanDays {
    SpanDays::of::<7>()
}

objects_only!(Windows);
