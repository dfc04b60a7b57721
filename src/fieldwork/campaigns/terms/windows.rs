//! On which days and at which hours visits are made.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::super::calendar::{Day, TimeOfDay, Weekday};
use crate::{
    limits::{Several, Whole},
    strict::objects_only,
};

/// The days of the week on which visits are wanted.
pub type Weekdays = Several<Weekday, 0, 7>;
/// Days on which no visits are wanted.
pub type BlackoutDays = Several<Day, 0, 370>;
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
    /// Until when, later in the day; a window closes then on its last day.
    pub to: TimeOfDay,
    /// Days on which no visits are wanted.
    #[serde(default, skip_serializing_if = "BlackoutDays::is_empty")]
    pub blackout: BlackoutDays,
    /// How many days one assignment's window is open, the first and the last included.
    #[serde(default = "a_week")]
    #[schema(default = 7)]
    pub span_days: SpanDays,
}

const fn a_week() -> SpanDays {
    SpanDays::of::<7>()
}

objects_only!(Windows);
