//! The time limits of a campaign.

use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{db::types::Instant, limits::Whole, strict::objects_only};

/// Hours to answer something in.
pub type AnswerHours = Whole<1, 720>;
/// How often a visit is sent back at most.
pub type MostReturns = Whole<0, 10>;
/// Hours in which something is still in time.
pub type GraceHours = Whole<0, 720>;
/// Days to appeal in.
pub type AppealDays = Whole<0, 90>;
/// Days to decide about an appeal in.
pub type DecideDays = Whole<1, 90>;
/// Days that a report waits for others.
pub type DelayDays = Whole<0, 60>;

/// The time limits of a campaign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct CampaignLimits {
    /// Hours to answer an offer in.
    #[serde(default = "a_day")]
    #[schema(default = 24)]
    pub accept_hours: AnswerHours,
    /// Hours after the window has closed in which the visit is still in time.
    #[serde(default = "another_day")]
    #[schema(default = 24)]
    pub submit_hours: GraceHours,
    /// Hours after a visit's arrival in which its files are waited for; then it stands in the queue without them.
    #[serde(default = "three_days")]
    #[schema(default = 72)]
    pub evidence_hours: AnswerHours,
    /// Hours to answer a return in, or to send a visit anew, before it stands in the queue again.
    #[serde(default = "three_days")]
    #[schema(default = 72)]
    pub return_hours: AnswerHours,
    /// Hours after the last of a visit has arrived in which it is to be decided about: reviewers can look at what is due first.
    #[serde(default = "three_days")]
    #[schema(default = 72)]
    pub review_hours: AnswerHours,
    /// How often a visit is sent back to its shopper at most.
    #[serde(default = "three_times")]
    #[schema(default = 3)]
    pub most_returns: MostReturns,
    /// Days to appeal in, after a report is released. Then the visit is final.
    #[serde(default = "two_weeks")]
    #[schema(default = 14)]
    pub appeal_days: AppealDays,
    /// Days in which an appeal is to be decided about: reviewers look at what is due first, and see what is overdue.
    #[serde(default = "a_week_to_decide")]
    #[schema(default = 7)]
    pub appeal_decision_days: DecideDays,
    /// The longest delay of a report, in days: reports of a region go out in one night when they are three, or when one of them
    /// has waited so long.
    #[serde(default = "a_week")]
    #[schema(default = 7)]
    pub longest_delay_days: DelayDays,
}

const fn a_day() -> AnswerHours {
    AnswerHours::of::<24>()
}

const fn another_day() -> GraceHours {
    GraceHours::of::<24>()
}

const fn three_days() -> AnswerHours {
    AnswerHours::of::<72>()
}

const fn three_times() -> MostReturns {
    MostReturns::of::<3>()
}

const fn two_weeks() -> AppealDays {
    AppealDays::of::<14>()
}

const fn a_week_to_decide() -> DecideDays {
    DecideDays::of::<7>()
}

const fn a_week() -> DelayDays {
    DelayDays::of::<7>()
}

impl Default for CampaignLimits {
    fn default() -> Self {
        Self {
            accept_hours: a_day(),
            submit_hours: another_day(),
            evidence_hours: three_days(),
            return_hours: three_days(),
            most_returns: three_times(),
            appeal_days: two_weeks(),
            appeal_decision_days: a_week_to_decide(),
            longest_delay_days: a_week(),
            review_hours: three_days(),
        }
    }
}

impl CampaignLimits {
    /// Until when an offer that is made now is to be answered.
    pub fn answer_by(&self, now: Instant) -> Instant {
        now.plus_seconds(self.accept_hours.get() * 3_600)
    }

    /// Until when a return that is made now is to be answered.
    pub fn return_by(&self, now: Instant) -> Instant {
        now.plus_seconds(self.return_hours.get() * 3_600)
    }

    /// Until when a visit is to be decided about of which all has arrived then.
    pub fn review_by(&self, whole_at: Instant) -> Instant {
        whole_at.plus_seconds(self.review_hours.get() * 3_600)
    }

    /// Until when an appeal that is filed now is to be decided about.
    pub fn decide_appeal_by(&self, now: Instant) -> Instant {
        now.plus_seconds(self.appeal_decision_days.get() * 86_400)
    }

    /// The last day on which a report that went out on this day can be appealed against.
    pub fn appeal_until(&self, released_on: Date) -> Date {
        released_on.saturating_add(self.appeal_days.get().days())
    }

    /// Until when the files of a visit that arrives now are waited for.
    pub fn files_due_at(&self, now: Instant) -> Instant {
        now.plus_seconds(self.evidence_hours.get() * 3_600)
    }

    /// Until when the visit of a window that closes then has to be here, to be in time.
    pub fn submit_by(&self, closes_at: Instant) -> Instant {
        closes_at.plus_seconds(self.submit_hours.get() * 3_600)
    }
}

objects_only!(CampaignLimits);
