//! The terms on which a campaign wants its visits: where, when, for what, by whom, and within which time limits.

mod briefing;
mod limits;
mod reporting;
mod who;
mod windows;

use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use self::{
    briefing::{briefing_schema, is_briefing},
    who::NO_ROTATION,
};
pub use self::{
    limits::CampaignLimits,
    reporting::Reporting,
    who::{Rotation, RotationDays, RotationVisits, Who},
    windows::Windows,
};
use crate::{
    calendar::{Day, Weekday},
    checklists::text::Text,
    error::FieldError,
    fieldwork::assignments::model::Pay,
    limits::{Currency, Whole},
    places::named::NamedPlaces,
    strict::objects_only,
};

/// Most days of one campaign.
pub const MOST_DAYS: i32 = 370;
/// A fee or a reimbursement, in the minor units of its currency.
pub type Money = Whole<0, 1_000_000_000_000>;
/// A share in basis points: 10000 are all.
pub type ShareBp = Whole<1, 10_000>;
/// How many visits a branch gets.
pub type VisitsPerBranch = Whole<1, 52>;

/// How visits are wanted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Terms {
    /// The first day on which visits are made.
    pub starts_on: Day,
    /// The last one; at most 370 days in all.
    pub ends_on: Day,
    /// Which branches; all of the brand if nothing is named.
    #[serde(default, skip_serializing_if = "NamedPlaces::is_empty")]
    pub places: NamedPlaces,
    /// On which days, and at which hours.
    pub windows: Windows,
    /// How many visits each branch gets; no more than there are days.
    pub visits_per_branch: VisitsPerBranch,
    /// What a shopper gets for a visit.
    pub fee: Fee,
    /// What is paid back at most of what the shopper spends, in minor units of the fee's currency.
    #[serde(default = "nothing")]
    #[schema(default = 0)]
    pub reimbursement_limit: Money,
    /// Whether a visit is to be made again that is rejected or excluded, unless its reviewer says otherwise.
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub second_visits: bool,
    /// Whether a visit is paid that could not be made as it was wanted: the branch was closed, say.
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub pays_outcomes: bool,
    /// Whether shoppers see points, weights and scores: on their phones, and of the visits that they made. What is asked for only
    /// below a share of the points is asked for always, where they do not.
    #[serde(default = "yes")]
    #[schema(default = true)]
    pub show_scores: bool,
    /// The time limits.
    #[serde(default)]
    #[schema(default = json!({}))]
    pub limits: CampaignLimits,
    /// What its reports show.
    #[serde(default, skip_serializing_if = "Reporting::is_usual")]
    pub reports: Reporting,
    /// Who may go.
    #[serde(default, skip_serializing_if = "Who::asks_nothing")]
    pub who: Who,
    /// Which visits are approved without a reviewer; none if it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub automatic_approval: Option<AutomaticApproval>,
    /// Of how many visits that were decided about another reviewer is asked as well, who does not know the decision: a share in
    /// basis points, drawn by lot; none if it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second_opinions_bp: Option<ShareBp>,
    /// What a shopper is to know beforehand, in one or more languages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(custom(function = "is_briefing"))]
    #[schema(schema_with = briefing_schema)]
    pub briefing: Option<Text>,
}

/// Which visits are approved without a reviewer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct AutomaticApproval {
    /// How large a share of the visits in which nothing was found that may be wrong, in basis points: they are drawn by lot when
    /// they were looked at. Reviewers decide about the others, and about every visit with a flag.
    pub share_bp: ShareBp,
}

/// What a shopper gets for a visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Fee {
    /// ISO 4217.
    pub currency: Currency,
    /// In the currency's minor units: 1250 is 12.50 EUR.
    pub amount: Money,
}

objects_only!(Terms, AutomaticApproval, Fee);

const fn yes() -> bool {
    true
}

const fn nothing() -> Money {
    Money::of::<0>()
}

impl Terms {
    /// How many days the period has, the first and the last included; none if it ends before it begins.
    pub fn days(&self) -> i32 {
        (self.ends_on.date() - self.starts_on.date()).get_days() + 1
    }

    /// The day that comes so many days after the first one.
    pub fn day(&self, offset: i32) -> Date {
        self.starts_on.date().saturating_add(offset.days())
    }

    /// The last day on which a window closes.
    pub fn last_day_of_windows(&self) -> Date {
        self.ends_on.date().saturating_add(i64::from(self.windows.end_on_the_next_day()).days())
    }

    /// Whether visits are wanted on this day.
    pub fn allows(&self, day: Date) -> bool {
        let Windows { weekdays, blackout, .. } = &self.windows;
        let on_the_weekday = weekdays.is_empty() || weekdays.contains(&Weekday::of(day));
        on_the_weekday && !blackout.iter().any(|out| out.date() == day)
    }

    /// What a shopper is promised who takes a visit on these terms.
    pub fn pay(&self) -> Pay {
        Pay {
            currency: self.fee.currency.as_str().to_owned(),
            fee: self.fee.amount.get(),
            reimbursement_limit: self.reimbursement_limit.get(),
        }
    }

    /// Where the terms contradict themselves, as places below `at`.
    pub fn contradictions(&self, at: &str) -> Vec<FieldError> {
        let days = self.days();
        let checks = [
            (days >= 1, "/ends_on", "it ends on the day on which it starts, or later"),
            (days <= MOST_DAYS, "/ends_on", "a campaign has at most 370 days"),
            (
                days < 1 || self.visits_per_branch.as_i32() <= days,
                "/visits_per_branch",
                "a branch has at most one visit for each day of the period",
            ),
            (
                self.windows.from != self.windows.to,
                "/windows/to",
                "a window does not close at the time of day at which it opens",
            ),
            (
                self.windows.from.minutes() < 24 * 60,
                "/windows/from",
                "a window opens before the end of the day",
            ),
            (Rotation::says_something(self.who.same_branch.as_ref()), "/who/same_branch", NO_ROTATION),
            (Rotation::says_something(self.who.same_region.as_ref()), "/who/same_region", NO_ROTATION),
        ];
        let wrong = checks.into_iter().filter(|(good, ..)| !good);
        wrong.map(|(_, pointer, why)| FieldError::new(format!("{at}{pointer}"), "range", why)).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::{Value, json};

    use super::*;
    use crate::db::types::Instant;

    fn least() -> Value {
        json!({
            "starts_on": "2026-03-01", "ends_on": "2026-03-31", "visits_per_branch": 1,
            "windows": {"from": "10:00", "to": "20:00"}, "fee": {"currency": "EUR", "amount": 1500},
        })
    }

    fn terms(changes: &[(&str, Value)]) -> Terms {
        let mut all = least();
        for (pointer, value) in changes {
            let (above, name) = pointer.rsplit_once('/').unwrap();
            all.pointer_mut(above).unwrap()[name] = value.clone();
        }
        serde_json::from_value(all).unwrap()
    }

    #[test]
    fn what_is_left_out_is_usual() {
        let terms = terms(&[]);
        assert!(terms.validate().is_ok() && terms.contradictions("").is_empty());
        assert_eq!(
            (terms.days(), terms.windows.span_days.get(), terms.reimbursement_limit.get()),
            (31, 7, 0)
        );
        assert!(terms.second_visits && terms.show_scores);
        assert_eq!((terms.limits.clone(), terms.who.clone()), (CampaignLimits::default(), Who::default()));
        let written = serde_json::to_value(&terms).unwrap();
        assert_eq!(serde_json::from_value::<Terms>(written).unwrap(), terms);
        let now = Instant::from_micros(0);
        assert_eq!(terms.limits.answer_by(now), now.plus_seconds(86_400));
        assert_eq!(terms.pay(), Pay { currency: "EUR".into(), fee: 1500, reimbursement_limit: 0 });
    }

    #[test]
    fn contradictions_have_their_place() {
        type Changes<'a> = &'a [(&'a str, Value)];
        let wrong: [(Changes<'_>, &[&str]); 6] = [
            (&[("/ends_on", json!("2026-02-28"))], &["/terms/ends_on"]),
            (&[("/ends_on", json!("2027-03-06"))], &["/terms/ends_on"]),
            (&[("/visits_per_branch", json!(32))], &["/terms/visits_per_branch"]),
            (&[("/windows/to", json!("10:00"))], &["/terms/windows/to"]),
            (
                &[("/who", json!({"same_branch": {}, "same_region": {"days": null}}))],
                &["/terms/who/same_branch", "/terms/who/same_region"],
            ),
            (
                &[
                    ("/ends_on", json!("2026-03-01")),
                    ("/visits_per_branch", json!(2)),
                    ("/windows/from", json!("24:00")),
                ],
                &["/terms/visits_per_branch", "/terms/windows/from"],
            ),
        ];
        for (changes, pointers) in wrong {
            let found = terms(changes).contradictions("/terms");
            let found: Vec<_> = found.iter().map(|one| one.pointer.as_str()).collect();
            assert_eq!(found, pointers);
        }
        assert!(terms(&[("/ends_on", json!("2027-03-05"))]).contradictions("").is_empty());
    }

    #[test]
    fn a_briefing_is_text_in_languages() {
        let good = json!({"en": "Ask for the dish of the day.\nThen pay.", "pt-BR": "x".repeat(4_000)});
        assert!(terms(&[("/briefing", good)]).validate().is_ok());
        for bad in [json!({}), json!({"english": "a"}), json!({"en": ""}), json!({"en": "x".repeat(4_001)})] {
            assert!(terms(&[("/briefing", bad)]).validate().is_err());
        }
    }
}
