//! The events of alerts. They name the place and by whose figures it was found: so it is known who may hear of it.
//!
//! The subject of an event is the rule at the place, and not the alert alone. So a consumer that follows whether a rule alerts to a place gets the closing
//! of one alert before the raising of the next one, of a later period: the last event says how things stand.

use serde::{Deserialize, Serialize};

use super::model::{Alert, AlertEnd};
use crate::{
    ids::{AlertId, AlertRuleId, BrandId},
    outbox::Happened,
    scores::model::{PlaceId, PlaceKind, Reader},
};

/// Which alert an event is about.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OfAlert {
    /// The alert.
    pub alert_id: AlertId,
    /// The rule.
    pub rule_id: AlertRuleId,
    /// The brand of the place.
    pub brand_id: BrandId,
    /// What the place is.
    pub place_kind: PlaceKind,
    /// The place.
    pub place_id: PlaceId,
    /// Those may hear of it who see the place so.
    pub reader: Reader,
    /// The revision of the alert since then.
    pub revision: i64,
}

impl OfAlert {
    fn new(alert: &Alert) -> Self {
        let Alert { id: alert_id, rule_id, brand_id, reader, revision, .. } = *alert;
        let (place_kind, place_id) = (alert.place.kind(), alert.place.id());
        Self { alert_id, rule_id, brand_id, place_kind, place_id, reader, revision }
    }
}

/// An alert was raised: the condition of a rule holds at a place, in a period.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AlertRaised {
    /// Which alert.
    #[serde(flatten)]
    pub of: OfAlert,
}

impl AlertRaised {
    /// That this alert was raised.
    pub fn new(alert: &Alert) -> Self {
        Self { of: OfAlert::new(alert) }
    }
}

/// An alert that was closed is open again, and is to be acknowledged again. No message is sent: the accounts concerned had one when the alert was raised.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AlertReopened {
    /// Which alert.
    #[serde(flatten)]
    pub of: OfAlert,
}

impl AlertReopened {
    /// That this alert is open again.
    pub fn new(alert: &Alert) -> Self {
        Self { of: OfAlert::new(alert) }
    }
}

/// An alert is over.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AlertClosed {
    /// Which alert.
    #[serde(flatten)]
    pub of: OfAlert,
    /// Why.
    pub because: AlertEnd,
}

impl AlertClosed {
    /// That this alert is over.
    pub fn new(alert: &Alert, because: AlertEnd) -> Self {
        Self { of: OfAlert::new(alert), because }
    }
}

macro_rules! happened_to_alerts {
    ($($event:ident $kind:literal),+) => {
        $(impl Happened for $event {
            const KIND: &'static str = $kind;

            fn subject(&self) -> String {
                format!("{} {}", self.of.rule_id, self.of.place_id)
            }

            fn step(&self) -> String {
                format!("{} {}", self.of.alert_id, self.of.revision)
            }

            fn brand(&self) -> Option<BrandId> {
                Some(self.of.brand_id)
            }
        })+
    };
}
happened_to_alerts!(AlertRaised "alert_raised", AlertReopened "alert_reopened", AlertClosed "alert_closed");
