//! Alerts: the places where the condition of a rule holds, and what came of them.

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

/// The figure for which the condition of a rule holds, with what it was compared to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The subject.
    pub subject: SubjectName,
    /// The condition that holds.
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

/// That the condition of a rule holds at a place, in a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// Its id: the same of the same rule in the same revision, place and period.
    pub id: AlertId,
    /// The rule.
    pub rule_id: AlertRuleId,
    /// The revision of the rule that found it.
    pub rule_revision: i64,
    /// The brand of the place.
    pub brand_id: BrandId,
    /// The place.
    pub place: Place,
    /// By whose figures it was found: those who are shown the place so may see the alert.
    pub reader: Reader,
    /// The months.
    pub period: Period,
    /// The figure as it was when the alert was raised, or reopened.
    pub found: Found,
    /// When it was raised.
    pub raised_at: Instant,
    /// That it is over; none as long as it is open.
    pub closed: Option<Closed>,
    /// That it was acknowledged since it was raised, or reopened.
    pub acknowledged: Option<Acknowledged>,
    /// Counts changes.
    pub revision: i64,
}

/// That an alert is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closed {
    /// Since when.
    pub at: Instant,
    /// Why.
    pub because: AlertEnd,
}

/// That an alert was acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acknowledged {
    /// When.
    pub at: Instant,
    /// By which account.
    pub by: AccountId,
}

impl Alert {
    /// The alert that the condition of a rule holds at a place in a period.
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
            closed: None,
            acknowledged: None,
            revision: 1,
        }
    }

    /// Whether it is open.
    pub const fn is_open(&self) -> bool {
        self.closed.is_none()
    }

    /// The same, over since now.
    #[must_use]
    pub fn closed(self, because: AlertEnd, now: Instant) -> Self {
        Self { closed: Some(Closed { at: now, because }), revision: self.revision + 1, ..self }
    }

    /// The same, open again with what is found now. It is to be acknowledged again: the account that did so before did not know of this.
    #[must_use]
    pub fn reopened(self, found: Found) -> Self {
        Self { closed: None, acknowledged: None, found, revision: self.revision + 1, ..self }
    }

    /// The same, acknowledged by this account.
    #[must_use]
    pub fn acknowledged(self, by: AccountId, now: Instant) -> Self {
        Self { acknowledged: Some(Acknowledged { at: now, by }), revision: self.revision + 1, ..self }
    }
}

text_enum! {
    /// Why an alert is over.
    pub enum AlertEnd {
        /// The condition of the rule holds no longer: in this period, or in a later one.
        Over = "over",
        /// The condition holds in a later period as well, of which there is another alert.
        LaterPeriod = "later_period",
        /// The figure is insufficient by now.
        Insufficient = "insufficient",
        /// The place retired.
        PlaceRetired = "place_retired",
        /// The place moved out of the region whose places the rule looks at.
        PlaceMoved = "place_moved",
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
