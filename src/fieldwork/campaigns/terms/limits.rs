//! The time limits of a campaign.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::{db::types::Instant, strict::objects_only};

/// The time limits of a campaign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct CampaignLimits {
    /// Hours to answer an offer in.
    #[serde(default = "a_day")]
    #[validate(range(min = 1, max = 720))]
    #[schema(minimum = 1, maximum = 720, default = 24)]
    pub accept_hours: i32,
    /// Hours after the window has closed in which the visit is still in time.
    #[serde(default = "a_day")]
    #[validate(range(min = 0, max = 720))]
    #[schema(minimum = 0, maximum = 720, default = 24)]
    pub submit_hours: i32,
    /// Hours to answer a return in.
    #[serde(default = "three_days")]
    #[validate(range(min = 1, max = 720))]
    #[schema(minimum = 1, maximum = 720, default = 72)]
    pub return_hours: i32,
    /// Days to appeal in, after a report is released.
    #[serde(default = "two_weeks")]
    #[validate(range(min = 0, max = 90))]
    #[schema(minimum = 0, maximum = 90, default = 14)]
    pub appeal_days: i32,
}

const fn a_day() -> i32 {
    24
}

const fn three_days() -> i32 {
    72
}

const fn two_weeks() -> i32 {
    14
}

impl Default for CampaignLimits {
    fn default() -> Self {
        Self {
            accept_hours: a_day(),
            submit_hours: a_day(),
            return_hours: three_days(),
            appeal_days: two_weeks(),
        }
    }
}

impl CampaignLimits {
    /// Until when an offer that is made now is to be answered.
    pub fn answer_by(&self, now: Instant) -> Instant {
        now.plus_seconds(i64::from(self.accept_hours) * 3_600)
    }

    /// Until when the visit of a window that closes then has to be here, to be in time.
    pub fn submit_by(&self, closes_at: Instant) -> Instant {
        closes_at.plus_seconds(i64::from(self.submit_hours) * 3_600)
    }
}

objects_only!(CampaignLimits);
