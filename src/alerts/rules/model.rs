//! Rules of alerts: their condition, where they look, and by whose figures they are judged.

use serde::{Deserialize, Serialize};

use crate::{
    accounts::policy::Scope,
    db::types::{Instant, text_enum},
    error::FieldError,
    ids::{AlertRuleId, BrandId},
    months::Period,
    precondition::revised,
    scores::{
        latest::LatestPeriod,
        model::{Place, Reader},
        statistics::Tail,
        subject_name::SubjectName,
        watch::PlacesBelow,
    },
};

text_enum! {
    /// The condition of a rule.
    pub enum AlertCondition {
        /// The score is below a mark.
        Below = "below",
        /// The score is above a mark.
        Above = "above",
        /// The score fell by a mark or more.
        Fell = "fell",
        /// The score rose by a mark or more.
        Rose = "rose",
    }
}

impl AlertCondition {
    /// On which side of the mark a score lies, or of no change, where the condition holds.
    pub const fn tail(self) -> Tail {
        match self {
            Self::Below | Self::Fell => Tail::Lower,
            Self::Above | Self::Rose => Tail::Upper,
        }
    }
}

text_enum! {
    /// Against which months a score fell or rose.
    pub enum AlertAgainst {
        /// As many months right before.
        PeriodBefore = "period_before",
        /// The same months a year before.
        YearBefore = "year_before",
    }
}

/// The condition of a rule, with its mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// What it is.
    pub kind: AlertCondition,
    /// The mark, in basis points: a score, or how far one fell or rose.
    pub mark: Option<i32>,
    /// Whether the target of each place is the mark, in place of a fixed one.
    pub by_target: bool,
    /// Against which months.
    pub against: Option<AlertAgainst>,
    /// Whether only what is beyond chance counts.
    pub beyond_chance: bool,
}

impl Condition {
    /// What is missing, or has no place beside the kind.
    pub fn wrong(&self) -> Vec<FieldError> {
        let kind = self.kind;
        let contradiction =
            |member: &str, why: String| FieldError::new(format!("/{member}"), "contradiction", why);
        let mut wrong = Vec::new();
        if self.by_target && self.compares() {
            wrong.push(contradiction(
                "by_target",
                format!("{kind} compares with other months, not with a target"),
            ));
        } else if self.by_target && self.mark.is_some() {
            wrong.push(contradiction("mark", "name a mark or take the target, not both".to_owned()));
        }
        if self.mark.is_none() && !self.by_target {
            wrong.push(FieldError::new("/mark", "required", format!("{kind} needs a mark")));
        }
        if self.against.is_some() && !self.compares() {
            wrong.push(contradiction("against", format!("{kind} compares with no other months")));
        }
        wrong
    }

    /// Whether it compares two periods.
    pub const fn compares(&self) -> bool {
        matches!(self.kind, AlertCondition::Fell | AlertCondition::Rose)
    }

    /// The months to compare with.
    pub fn compared_to(&self, period: Period) -> Option<Period> {
        if !self.compares() {
            return None;
        }
        match self.against.unwrap_or(AlertAgainst::PeriodBefore) {
            AlertAgainst::PeriodBefore => period.before(),
            AlertAgainst::YearBefore => period.year_before(),
        }
    }
}

/// What can be changed of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// Which places below the place are looked at in its stead.
    pub below: Option<PlacesBelow>,
    /// The subject.
    pub subject: SubjectName,
    /// Its condition.
    pub condition: Condition,
    /// Of which months.
    pub period: LatestPeriod,
}

/// A rule of alerts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertRule {
    /// Its id.
    pub id: AlertRuleId,
    /// The brand of the place.
    pub brand: BrandId,
    /// Where it looks, for good.
    pub place: Place,
    /// By whose figures it is judged, for good: those who are shown the place so may see its alerts.
    pub reader: Reader,
    /// What can be changed of it.
    pub content: Content,
    /// Counts changes, for the ETag.
    pub revision: i64,
    /// When it was made.
    pub created_at: Instant,
}

revised!(AlertRule);

impl AlertRule {
    /// The scope in which the rule is judged: the rule's place, as the rule's reader sees it. The scope of no account is taken, because the account
    /// that made the rule may be gone.
    pub fn scope(&self) -> Scope {
        self.reader.over(self.brand, self.place)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn condition(kind: AlertCondition) -> Condition {
        Condition { kind, mark: None, by_target: false, against: None, beyond_chance: true }
    }

    #[test]
    fn a_condition_has_a_mark_or_a_target() {
        let pointers = |condition: Condition| -> Vec<_> {
            condition.wrong().into_iter().map(|wrong| (wrong.pointer, wrong.code)).collect()
        };
        let at = |pointer: &str, code| vec![(pointer.to_owned(), code)];
        for &kind in AlertCondition::ALL {
            let bare = condition(kind);
            let (marked, by_target) =
                (Condition { mark: Some(8_000), ..bare }, Condition { by_target: true, ..bare });
            let against = Condition { against: Some(AlertAgainst::YearBefore), ..marked };
            assert_eq!(pointers(bare), at("/mark", "required"));
            assert_eq!(pointers(marked), []);
            if bare.compares() {
                assert_eq!(pointers(by_target), at("/by_target", "contradiction"));
                assert_eq!(pointers(against), []);
            } else {
                assert_eq!(pointers(by_target), []);
                assert_eq!(pointers(Condition { mark: Some(1), ..by_target }), at("/mark", "contradiction"));
                assert_eq!(pointers(against), at("/against", "contradiction"));
            }
        }
    }

    #[test]
    fn what_fell_is_compared_with_months_before() {
        let month = |text: &str| text.parse().unwrap();
        let period = Period::new(month("2026-01"), month("2026-03")).unwrap();
        let fell = condition(AlertCondition::Fell);
        let from = |condition: Condition| condition.compared_to(period).map(|one| one.from().to_string());
        assert_eq!(from(fell).as_deref(), Some("2025-10"));
        let year = Condition { against: Some(AlertAgainst::YearBefore), ..fell };
        assert_eq!(from(year).as_deref(), Some("2025-01"));
        assert_eq!(from(condition(AlertCondition::Below)), None);
    }
}
