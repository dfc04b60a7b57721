//! What two reviewers found of one visit.

use diesel::{Insertable, Queryable, Selectable};

use crate::{
    db::{
        schema::second_opinion,
        types::{Instant, text_enum},
    },
    ids::{AccountId, BrandId, VisitId},
    visits::state::State,
};

text_enum! {
    /// What a reviewer finds of a visit.
    pub enum Verdict {
        /// It is true and complete.
        Approve = "approve",
        /// It is not.
        Reject = "reject",
        /// It is to be paid, and to count nowhere.
        Exclude = "exclude",
    }
}

impl Verdict {
    /// The state of a visit of which this was found.
    pub const fn state(self) -> State {
        match self {
            Self::Approve => State::Approved,
            Self::Reject => State::Rejected,
            Self::Exclude => State::Excluded,
        }
    }

    /// What was found of a visit that came into this state by a decision.
    pub const fn of(state: State) -> Option<Self> {
        match state {
            State::Approved => Some(Self::Approve),
            State::Rejected => Some(Self::Reject),
            State::Excluded => Some(Self::Exclude),
            _ => None,
        }
    }
}

/// A second opinion that is wanted or was given.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = second_opinion, treat_none_as_default_value = false)]
pub struct SecondOpinion {
    /// About which visit.
    pub visit_id: VisitId,
    /// Whose that is.
    pub brand_id: BrandId,
    /// The state that the first decision led to.
    pub first_state: State,
    /// Who made the first decision; none if the visit was approved by lot.
    pub first_reviewer_id: Option<AccountId>,
    /// Who gave the second opinion; none as long as it is wanted.
    pub reviewer_id: Option<AccountId>,
    /// The state that it would have led to.
    pub state: Option<State>,
    /// The reason that was given.
    pub reason: Option<String>,
    /// When it was given.
    pub given_at: Option<Instant>,
    /// 1 when it was asked for, and one more with each change.
    pub revision: i64,
    /// When it was asked for.
    pub created_at: Instant,
}

impl SecondOpinion {
    /// Whether the two found the same; none as long as the second is wanted.
    pub fn agrees(&self) -> Option<bool> {
        self.state.map(|state| state == self.first_state)
    }
}
