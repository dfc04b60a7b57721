//! Alerts: what a rule found, and what came of it.

use serde::{Deserialize, Serialize};

use super::rules::model::{AlertRule, Condition};
use crate::{
    db::types::{Id, Instant, text_enum},
    ids::{AccountId, AlertId, AlertRuleId, BrandId},
    months::Period,
    scores::{
        model::{Place, Reader},
        subject_name::SubjectName,
    },
};

/// Two ends, in basis points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ends {
    /// The lower one.
    pub low: i32,
    /// The upper one.
    pub high: i32,
}

/// What a rule found: the figure, with what it was compared to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The subject.
    pub subject: SubjectName,
    /// What was looked for.
    pub condition: Condition,
    /// How many visits there were.
    pub visits: i64,
    /// What they scored, in basis points.
    pub score: i32,
    /// What the score was compared to, in basis points: the mark, the target, or the score of the other months.
    pub compared_to: i32,
    /// The interval of the score, or of the difference where two periods are compared.
    pub interval: Ends,
}

/// That what a rule looks for is so at a place, in a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// Its id: the same of the same rule in the same revision, place and period.
    pub id: AlertId,
    /// The rule.
    pub rule_id: AlertRuleId,
    /// In which of its revisions it was.
    pub rule_revision: i64,
    /// The brand of the place.
    pub brand_id: BrandId,
    /// The place.
    pub place: Place,
    /// By whose figures it was found, and so who may see it.
    pub reader: Reader,
    /// The months.
    pub period: Period,
    /// The figure as it was when the alert was raised, or raised again.
    pub found: Found,
    /// When it was raised.
    pub raised_at: Instant,
    /// Since when it is over; none as long as it is open.
    pub closed_at: Option<Instant>,
    /// Why it is over.
    pub closed_because: Option<AlertEnd>,
    /// When an account acknowledged the alert.
    pub acknowledged_at: Option<Instant>,
    /// The account that acknowledged the alert.
    pub acknowledged_by: Option<AccountId>,
    /// Counts changes.
    pub revision: i64,
}

impl Alert {
    /// What a rule found at a place in a period.
    pub fn raised(rule: &AlertRule, place: Place, period: Period, found: Found, now: Instant) -> Self {
        let (from, to) = (period.from(), period.to());
        let (id, revision, place_id) = (rule.id, rule.revision, place.id());
        Self {
            id: Id::named(&format!("alert\n{id}\n{revision}\n{place_id}\n{from}\n{to}")),
            rule_id: id,
            rule_revision: revision,
            brand_id: rule.brand,
            place,
            reader: rule.reader,
            period,
            found,
            raised_at: now,
            closed_at: None,
            closed_because: None,
            acknowledged_at: None,
            acknowledged_by: None,
            revision: 1,
        }
    }

    /// Whether it is open.
    pub const fn is_open(&self) -> bool {
        self.closed_at.is_none()
    }

    /// The same, over since now.
    #[must_use]
    pub fn closed(self, because: AlertEnd, now: Instant) -> Self {
        Self { closed_at: Some(now), closed_because: Some(because), revision: self.revision + 1, ..self }
    }

    /// The same, open again with what is found now.
    #[must_use]
    pub fn reopened(self, found: Found) -> Self {
        let revision = self.revision + 1;
        Self { closed_at: None, closed_because: None, found, revision, ..self }
    }

    /// The same, seen by this account.
    #[must_use]
    pub fn acknowledged(self, by: AccountId, now: Instant) -> Self {
        let revision = self.revision + 1;
        Self { acknowledged_at: Some(now), acknowledged_by: Some(by), revision, ..self }
    }
}

text_enum! {
    /// Why an alert is over.
    pub enum AlertEnd {
        /// What the rule looks for is so no longer: in this period, or in a later one.
        Over = "over",
        /// It is so in a later period as well, of which there is another alert.
        LaterPeriod = "later_period",
        /// The figure is insufficient by now, or the place is no longer one of those that are looked at.
        Insufficient = "insufficient",
        /// The rule was changed.
        RuleChanged = "rule_changed",
        /// The rule was deleted.
        RuleDeleted = "rule_deleted",
    }
}

text_enum! {
    /// In which order alerts come.
    pub enum AlertOrder {
        /// Those first that were raised last.
        Newest = "newest",
        /// Those first that were raised first.
        Oldest = "oldest",
    }
}
