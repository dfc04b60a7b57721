//! Actions, and the comments on them.

use diesel::{Identifiable, Insertable, Queryable, Selectable};

use crate::{
    db::{
        schema::{action, action_comment},
        types::{Instant, text_enum},
    },
    ids::{AccountId, ActionId, BranchId, BrandId, CommentId, EmployeeId, StandardId},
    precondition::Revised,
};

text_enum! {
    /// Where an action is.
    pub enum ActionState {
        /// It is to be done.
        Open = "open",
        /// It is said to be done, with a proof.
        Done = "done",
        /// Another manager has seen that it is done.
        Confirmed = "confirmed",
        /// It is not to be done any more.
        Dropped = "dropped",
    }
}

impl ActionState {
    /// Whether it may become the other.
    pub const fn leads_to(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Open, Self::Done | Self::Dropped)
                | (Self::Done, Self::Open | Self::Confirmed | Self::Dropped)
        )
    }
}

/// Something to be done in a branch.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Identifiable, Insertable)]
#[diesel(table_name = action, treat_none_as_default_value = false)]
pub struct Action {
    /// Its id.
    pub id: ActionId,
    /// The brand of the branch.
    pub brand_id: BrandId,
    /// Where it is to be done, for good.
    pub branch_id: BranchId,
    /// The standard that it is to help.
    pub standard_id: Option<StandardId>,
    /// What is to be done.
    pub title: String,
    /// Who sees to it, by the account.
    pub owner_account_id: Option<AccountId>,
    /// Who sees to it, as an employee.
    pub owner_employee_id: Option<EmployeeId>,
    /// The day by which it is to be done, as `2026-11-22`.
    pub due_on: String,
    /// Where it is.
    pub state: ActionState,
    /// By what it is seen that it is done.
    pub proof: Option<String>,
    /// Who said that it is done.
    pub done_by: Option<AccountId>,
    /// Who made it.
    pub created_by: AccountId,
    /// Counts changes, for the ETag.
    pub revision: i64,
    /// When it was made.
    pub created_at: Instant,
}

impl Revised for Action {
    fn revision(&self) -> i64 {
        self.revision
    }

    /// Who made it stays, and who said that it is done, as long as that is said.
    fn in_place_of(self, old: &Self) -> Self {
        let done_by = match self.state {
            ActionState::Open => None,
            _ => old.done_by.or(self.done_by.filter(|_| self.state == ActionState::Done)),
        };
        Self {
            revision: old.revision,
            created_at: old.created_at,
            created_by: old.created_by,
            done_by,
            ..self
        }
    }

    fn next(self) -> Self {
        Self { revision: self.revision + 1, ..self }
    }
}

/// What is said about an action.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = action_comment, treat_none_as_default_value = false)]
pub struct Comment {
    /// Its id.
    pub id: CommentId,
    /// The action.
    pub action_id: ActionId,
    /// Who says it.
    pub account_id: AccountId,
    /// The words; none once they were erased.
    pub text: Option<String>,
    /// When it was said.
    pub made_at: Instant,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_confirmed_or_dropped_stays() {
        use ActionState::{Confirmed, Done, Dropped, Open};
        for &from in ActionState::ALL {
            let ways: Vec<_> = ActionState::ALL.iter().copied().filter(|to| from.leads_to(*to)).collect();
            let wanted: &[_] = match from {
                Open => &[Done, Dropped],
                Done => &[Open, Confirmed, Dropped],
                Confirmed | Dropped => &[],
            };
            assert_eq!(ways, wanted, "{from}");
        }
    }
}
