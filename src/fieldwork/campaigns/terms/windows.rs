//! On which days and at which hours visits are made.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::super::calendar::{Day, TimeOfDay, Weekday};
use crate::strict::objects_only;

/// On which days visits are made, and at which hours, by the clocks at each branch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Windows {
    /// The days of the week on which visits are wanted; all if none is named. A window begins and ends on one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[validate(length(max = 7))]
    #[schema(max_items = 7)]
    pub weekdays: Vec<Weekday>,
    /// From when on in the day; a window opens then on its first day.
    pub from: TimeOfDay,
    /// Until when, later in the day; a window closes then on its last day.
    pub to: TimeOfDay,
    /// Days on which no visits are wanted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[validate(length(max = 370))]
    #[schema(max_items = 370)]
    pub blackout: Vec<Day>,
    /// How many days one assignment's window is open, the first and the last included.
    #[serde(default = "a_week")]
    #[validate(range(min = 1, max = 92))]
    #[schema(minimum = 1, maximum = 92, default = 7)]
    pub span_days: i32,
}

const fn a_week() -> i32 {
    7
}

objects_only!(Windows);
