//! A step that was taken with a visit: who took it, when and why, and what was said with it.

use diesel::{Insertable, Queryable, Selectable};
use serde::{Deserialize, Serialize};

use super::{
    asked::Asked,
    state::{State, Step},
};
use crate::{
    checklists::key::Key,
    db::{
        schema::visit_step,
        types::{Instant, Json},
    },
    ids::{AccountId, AssignmentId, DecisionId, VisitId},
};

/// What is kept with a step beside its reason.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// Whether the shopper is paid for a visit that is rejected, or excluded because of its outcome.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paid: Option<bool>,
    /// Whether another visit is wanted in the place of one that does not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second_visit: Option<bool>,
    /// The assignment that was opened for it, if one was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_assignment_id: Option<AssignmentId>,
    /// The reviewer to whom the visit is handed over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewer_id: Option<AccountId>,
    /// What is asked with a return.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Asked>,
    /// The revision of the visit that the step brought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<i32>,
    /// The questions whose answers an appeal corrected.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrected: Vec<Key>,
    /// From when on the branch's side is shown the state that follows, if it is not at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown_from: Option<Instant>,
    /// The id under which its client asked for it, if that made one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<DecisionId>,
}

/// A step as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = visit_step, treat_none_as_default_value = false)]
pub struct TakenStep {
    /// The visit.
    pub visit_id: VisitId,
    /// Which of the visit's steps it was; the first is 1.
    pub number: i32,
    /// The name of the step; steps of the first visits have none.
    pub(super) step: Option<Step>,
    /// The state that the visit was in.
    pub from_state: State,
    /// The state that it was in from then on.
    pub to_state: State,
    /// Who took the step; none if the clock did.
    pub account_id: Option<AccountId>,
    /// The reason that was given.
    pub reason: Option<String>,
    pub(super) details: Option<Json<Details>>,
    /// When it was taken.
    pub taken_at: Instant,
}

impl TakenStep {
    /// Which step it was; none if no step leads so.
    pub fn step(&self) -> Option<Step> {
        self.step.or(Step::unnamed(self.from_state, self.to_state))
    }

    /// What was kept with it.
    pub fn details(&self) -> Details {
        self.details.as_ref().map(|details| details.0.clone()).unwrap_or_default()
    }

    /// Whether the visit is to be paid after it; none as long as nothing is decided.
    pub fn is_paid(&self) -> Option<bool> {
        match self.to_state {
            State::Approved | State::Released | State::Final => Some(true),
            State::Excluded => Some(self.details().paid != Some(false)),
            State::Rejected | State::Withdrawn => Some(self.details().paid == Some(true)),
            State::Submitted | State::Complete | State::InReview | State::Returned => None,
        }
    }

    /// Whether another visit is wanted after it in the place of this one.
    pub fn wants_again(&self) -> bool {
        self.details().second_visit == Some(true)
    }
}
