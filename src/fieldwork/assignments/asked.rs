//! What a shopper who was asked finds when they answer.

use super::{model::Assignment, store};
use crate::{
    accounts::policy::Scope,
    db::Conn,
    error::{Code, Error, Result},
    fieldwork::shoppers::works_in::caller_works_in,
    ids::{AccountId, AssignmentId},
};

/// An assignment that the shopper has, is asked for, or was once asked for.
pub(super) struct Asked {
    pub(super) assignment: Assignment,
    /// Whether the shopper has it or is asked for it now.
    pub(super) is_theirs: bool,
}

impl Asked {
    /// Reads it.
    ///
    /// # Errors
    /// `not_found` if the caller neither has it nor was ever asked, or does not work in its branch.
    pub(super) fn find(conn: &mut Conn, scope: &Scope, id: AssignmentId) -> Result<Self> {
        let shopper = scope.account;
        let assignment = store::find(conn, id)?.ok_or_else(|| Error::new(Code::NotFound))?;
        let is_theirs = assignment.shopper_id == Some(shopper);
        let was_asked = is_theirs || store::last_step_of(conn, shopper, id)?.is_some();
        if !was_asked || !caller_works_in(conn, scope, assignment.branch_id)? {
            return Err(Error::new(Code::NotFound));
        }
        Ok(Self { assignment, is_theirs })
    }

    /// Why it cannot be accepted, where it is not offered to the shopper any more.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) fn why_over(&self, conn: &mut Conn, shopper: AccountId) -> Result<Error> {
        let step = store::last_step_of(conn, shopper, self.assignment.id)?;
        if step.is_some_and(|step| step.is_lapsed_offer()) {
            return Ok(Error::new(Code::OfferExpired));
        }
        let state = self.assignment.state;
        let detail =
            format!("this assignment is {state} and not offered to you, so it cannot become assigned");
        Ok(Error::new(Code::WrongState).detail(detail))
    }
}
