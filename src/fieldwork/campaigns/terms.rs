//! The terms on which a campaign wants its visits: where, when, for what, by whom, and how long everybody has.

use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};
use utoipa::{
    ToSchema,
    openapi::{Object, ObjectBuilder, RefOr, Schema, schema::Type},
};
use validator::{Validate, ValidationError};

use super::{
    super::model::Pay,
    calendar::{Day, TimeOfDay, Weekday},
};
use crate::{
    checklists::text::{MAX_LANGUAGES, Text},
    db::types::Instant,
    error::FieldError,
    ids::{BranchId, QualificationId, RegionId},
    strict::objects_only,
    text::{CURRENCY, LANGUAGE_PATTERN, is_currency, is_language_tag},
};

/// Most days of one campaign.
pub const MOST_DAYS: i32 = 370;
/// Most characters of a briefing in one language.
pub const LONGEST_BRIEFING: usize = 4_000;
/// Most minor units of a fee or of a reimbursement.
const MOST_MONEY: i64 = 1_000_000_000_000;

/// How visits are wanted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Terms {
    /// The first day on which visits are made.
    pub starts_on: Day,
    /// The last one; at most 370 days in all.
    pub ends_on: Day,
    /// Which branches; all of the brand if nothing is named.
    #[serde(default, skip_serializing_if = "Places::is_empty")]
    #[validate(nested)]
    pub places: Places,
    /// On which days, and at which hours.
    #[validate(nested)]
    pub windows: Windows,
    /// How many visits each branch gets; no more than there are days.
    #[validate(range(min = 1, max = 52))]
    #[schema(minimum = 1, maximum = 52)]
    pub visits_per_branch: i32,
    /// What a shopper gets for a visit.
    #[validate(nested)]
    pub fee: Fee,
    /// What is paid back at most of what the shopper spends, in minor units of the fee's currency.
    #[serde(default)]
    #[validate(range(min = 0, max = MOST_MONEY))]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64, default = 0)]
    pub reimbursement_limit: i64,
    /// How long everybody has.
    #[serde(default)]
    #[validate(nested)]
    pub limits: Limits,
    /// Who may go.
    #[serde(default, skip_serializing_if = "Who::is_anybody")]
    #[validate(nested)]
    pub who: Who,
    /// What a shopper is to know beforehand, in one or more languages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(custom(function = "is_briefing"))]
    #[schema(schema_with = briefing_schema)]
    pub briefing: Option<Text>,
}

/// Which branches a campaign is about: all that any of these names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
#[schema(as = CampaignPlaces)]
pub struct Places {
    /// Regions of the brand, each with all below it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[validate(length(max = 1_000))]
    #[schema(max_items = 1_000)]
    pub regions: Vec<RegionId>,
    /// Branches of the brand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[validate(length(max = 5_000))]
    #[schema(max_items = 5_000)]
    pub branches: Vec<BranchId>,
}

impl Places {
    /// Whether nothing is named, which means the whole brand.
    pub fn is_empty(&self) -> bool {
        self.regions.is_empty() && self.branches.is_empty()
    }
}

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

/// What a shopper gets for a visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Fee {
    /// ISO 4217.
    #[validate(custom(function = "is_known_currency"))]
    #[schema(pattern = "^[A-Z]{3}$", example = "EUR")]
    pub currency: String,
    /// In the currency's minor units: 1250 is 12.50 EUR.
    #[validate(range(min = 0, max = MOST_MONEY))]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64)]
    pub amount: i64,
}

/// How long everybody has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
#[schema(as = CampaignLimits)]
pub struct Limits {
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

impl Default for Limits {
    fn default() -> Self {
        Self {
            accept_hours: a_day(),
            submit_hours: a_day(),
            return_hours: three_days(),
            appeal_days: two_weeks(),
        }
    }
}

impl Limits {
    /// Until when an offer that is made now is to be answered.
    pub fn answer_by(&self, now: Instant) -> Instant {
        now.plus_seconds(i64::from(self.accept_hours) * 3_600)
    }

    /// Until when the visit of a window that closes then has to be here, to be in time.
    pub fn submit_by(&self, closes_at: Instant) -> Instant {
        closes_at.plus_seconds(i64::from(self.submit_hours) * 3_600)
    }
}

/// Who may go: what is left out is not asked for. Conflicts of interest are always in the way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Who {
    /// Whether a shopper has to speak a language of the branch.
    #[serde(default)]
    #[schema(default = false)]
    pub languages: bool,
    /// What a shopper has to be qualified by: a qualification of the brand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qualification_id: Option<QualificationId>,
    /// How soon nobody goes to the same branch again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(nested)]
    pub same_branch: Option<Rotation>,
    /// How soon nobody goes to the same region again: the one that the branch lies directly in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(nested)]
    pub same_region: Option<Rotation>,
    /// How many assignments a shopper has at once at most, this one and those that are offered included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(range(min = 1, max = 100))]
    #[schema(minimum = 1, maximum = 100)]
    pub most_jobs_at_once: Option<i32>,
    /// The lowest rating with which a shopper may go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(range(min = 0, max = 100))]
    #[schema(minimum = 0, maximum = 100)]
    pub lowest_rating: Option<i32>,
}

impl Who {
    /// Whether nothing is asked for.
    pub fn is_anybody(&self) -> bool {
        *self == Self::default()
    }
}

/// How soon nobody goes to the same place again: neither within so many days, nor among so many visits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Rotation {
    /// Not within so many days of a visit there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(range(min = 1, max = 3_650))]
    #[schema(minimum = 1, maximum = 3_650)]
    pub days: Option<i32>,
    /// Not if one of the shopper's last so many visits was there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[validate(range(min = 1, max = 1_000))]
    #[schema(minimum = 1, maximum = 1_000)]
    pub visits: Option<i32>,
}

const NO_ROTATION: &str = "say within how many days, or among how many visits, or leave the rule out";

impl Rotation {
    /// Whether a rule that is there forbids anything.
    fn says_something(rule: Option<&Self>) -> bool {
        rule.is_none_or(|rule| *rule != Self::default())
    }
}

objects_only!(Terms, Places, Windows, Fee, Limits, Who, Rotation);

impl Terms {
    /// How many days the period has, the first and the last included; none if it ends before it begins.
    pub fn days(&self) -> i32 {
        (self.ends_on.date() - self.starts_on.date()).get_days() + 1
    }

    /// The day that comes so many days after the first one.
    pub fn day(&self, offset: i32) -> Date {
        self.starts_on.date().saturating_add(offset.days())
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
            currency: self.fee.currency.clone(),
            fee: self.fee.amount,
            reimbursement_limit: self.reimbursement_limit,
        }
    }

    /// Where the terms contradict themselves, as places below `at`.
    pub fn contradictions(&self, at: &str) -> Vec<FieldError> {
        let days = self.days();
        let checks = [
            (days >= 1, "/ends_on", "it ends on the day on which it starts, or later"),
            (days <= MOST_DAYS, "/ends_on", "a campaign has at most 370 days"),
            (
                days < 1 || self.visits_per_branch <= days,
                "/visits_per_branch",
                "a branch has at most one visit for each day of the period",
            ),
            (
                self.windows.from < self.windows.to,
                "/windows/to",
                "a window closes later in the day than it opens",
            ),
            (Rotation::says_something(self.who.same_branch.as_ref()), "/who/same_branch", NO_ROTATION),
            (Rotation::says_something(self.who.same_region.as_ref()), "/who/same_region", NO_ROTATION),
        ];
        let wrong = checks.into_iter().filter(|(good, ..)| !good);
        wrong.map(|(_, pointer, why)| FieldError::new(format!("{at}{pointer}"), "range", why)).collect()
    }
}

fn wrong(message: &'static str) -> ValidationError {
    ValidationError::new("format").with_message(message.into())
}

fn is_known_currency(code: &str) -> Result<(), ValidationError> {
    is_currency(code).then_some(()).ok_or_else(|| wrong(CURRENCY))
}

fn is_briefing(text: &Text) -> Result<(), ValidationError> {
    let good = |(language, text): (&str, &str)| {
        is_language_tag(language) && (1..=LONGEST_BRIEFING).contains(&text.chars().count())
    };
    let all = text.iter().next().is_some() && text.iter().all(good);
    all.then_some(()).ok_or_else(|| wrong("1 to 4000 characters by language tag (BCP 47), please"))
}

fn briefing_schema() -> RefOr<Schema> {
    let string = || ObjectBuilder::new().schema_type(Type::String);
    let text = string().pattern(Some(r"^[^\x00]+$")).min_length(Some(1)).max_length(Some(LONGEST_BRIEFING));
    Object::builder()
        .schema_type(utoipa::openapi::schema::SchemaType::from_iter([Type::Object, Type::Null]))
        .description(Some("What a shopper is to know beforehand, by BCP 47 tag of the language."))
        .property_names(Some(string().pattern(Some(LANGUAGE_PATTERN))))
        .additional_properties(Some(text))
        .min_properties(Some(1))
        .max_properties(Some(MAX_LANGUAGES))
        .examples([serde_json::json!({"en": "Ask for the dish of the day."})])
        .into()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::{Value, json};

    use super::*;

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
        assert_eq!((terms.days(), terms.windows.span_days, terms.reimbursement_limit), (31, 7, 0));
        assert_eq!((terms.limits.clone(), terms.who.clone()), (Limits::default(), Who::default()));
        let told = serde_json::to_value(&terms).unwrap();
        assert_eq!(serde_json::from_value::<Terms>(told).unwrap(), terms);
        let now = Instant::from_micros(0);
        assert_eq!(terms.limits.answer_by(now), now.plus_seconds(86_400));
        assert_eq!(terms.pay(), Pay { currency: "EUR".into(), fee: 1500, reimbursement_limit: 0 });
    }

    #[test]
    fn contradictions_are_told_by_their_place() {
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
                    ("/windows/to", json!("09:00")),
                ],
                &["/terms/visits_per_branch", "/terms/windows/to"],
            ),
        ];
        for (changes, pointers) in wrong {
            let told = terms(changes).contradictions("/terms");
            let told: Vec<_> = told.iter().map(|one| one.pointer.as_str()).collect();
            assert_eq!(told, pointers);
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
