//! An assignment's life: the one place that says which step leads from which state to which, and what each changes.

use super::model::{Assignment, AssignmentState, Pay, Window};
use crate::{
    db::types::{Instant, Json},
    error::{Code, Error, Result},
    ids::AccountId,
};

/// What can be done to an assignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A scheduler asks a shopper.
    Offer,
    /// A shopper takes it from the board.
    Claim,
    /// A shopper who was asked agrees.
    Accept,
    /// A shopper who was asked does not agree.
    Decline,
    /// Its shopper gives it up.
    GiveUp,
    /// A scheduler takes it back.
    Cancel,
    /// Its time is over: an offer was not answered, no shopper took it, or its visit was not made.
    Lapse,
    /// A scheduler gives it another window.
    Move,
    /// The shopper who had it or was asked sees that it is over.
    See,
}

impl AssignmentState {
    /// Where this step leads from here.
    ///
    /// # Errors
    /// `wrong_state`, naming this state and the one that was wanted.
    pub fn after(self, step: Step) -> Result<Self> {
        use AssignmentState::{Assigned, Cancelled, Expired, Offered, Open};
        let wanted = match (step, self) {
            (Step::Offer, _) => Offered,
            (Step::Claim | Step::Accept, _) => Assigned,
            (Step::Decline, _) | (Step::Lapse, Offered) => Open,
            (Step::GiveUp | Step::Cancel, _) => Cancelled,
            (Step::Lapse, _) => Expired,
            (Step::Move | Step::See, state) => state,
        };
        match (self, step) {
            (Open, Step::Offer | Step::Claim | Step::Cancel | Step::Lapse | Step::Move)
            | (Offered, Step::Accept | Step::Decline | Step::Cancel | Step::Lapse | Step::Move)
            | (Assigned, Step::GiveUp | Step::Cancel | Step::Lapse | Step::Move)
            | (Cancelled | Expired, Step::See) => Ok(wanted),
            (Cancelled | Expired, Step::Move) => Err(Error::new(Code::WrongState)
                .detail(format!("this assignment is {self}, and from there its window cannot be moved"))),
            (_, Step::See) => Err(Error::new(Code::WrongState).detail(format!(
                "this assignment is {self}, and is not over: it is not cancelled or expired"
            ))),
            _ => Err(Error::new(Code::WrongState)
                .detail(format!("this assignment is {self}, and from there it cannot become {wanted}"))),
        }
    }
}

/// Each gives the assignment as it is after the step, for [`advance`](super::advance::advance).
///
/// # Errors
/// `wrong_state` if its state does not allow the step.
impl Assignment {
    /// Asks a shopper, who is promised this and has until then to answer.
    pub fn offered(&self, shopper: AccountId, pay: Pay, answer_by: Instant) -> Result<Self> {
        Ok(Self {
            shopper_id: Some(shopper),
            pay: Some(Json(pay)),
            answer_by: Some(answer_by),
            due_at: Some(answer_by),
            ..self.after(Step::Offer)?
        })
    }

    /// Gives it to the shopper who claims it, and is promised this.
    pub fn claimed(&self, shopper: AccountId, pay: Pay) -> Result<Self> {
        let (shopper_id, pay) = (Some(shopper), Some(Json(pay)));
        Ok(Self { shopper_id, pay, due_at: self.submit_by, ..self.after(Step::Claim)? })
    }

    /// Gives it to the shopper who was asked.
    pub fn accepted(&self) -> Result<Self> {
        Ok(Self { answer_by: None, due_at: self.submit_by, ..self.after(Step::Accept)? })
    }

    /// Puts it back on the board, because the shopper who was asked does not agree.
    pub fn declined(&self) -> Result<Self> {
        Ok(self.after(Step::Decline)?.on_the_board())
    }

    /// Ends it, because its shopper gives it up. It stays the shopper's.
    pub fn given_up(&self) -> Result<Self> {
        Ok(Self { due_at: None, ..self.after(Step::GiveUp)? })
    }

    /// Ends it, because it is not wanted any more. It stays the shopper's who had it; a shopper who was only asked never
    /// had it.
    pub fn cancelled(&self) -> Result<Self> {
        let had_it = self.state == AssignmentState::Assigned;
        let shopper_id = self.shopper_id.filter(|_| had_it);
        Ok(Self { shopper_id, answer_by: None, due_at: None, ..self.after(Step::Cancel)? })
    }

    /// Ends its time, or that of the offer: then it is on the board again.
    pub fn lapsed(&self) -> Result<Self> {
        let next = self.after(Step::Lapse)?;
        Ok(match next.state {
            AssignmentState::Open => next.on_the_board(),
            _ => Self { due_at: None, ..next },
        })
    }

    /// Gives it another window, and the deadlines that follow from it.
    pub fn moved(&self, window: Window, submit_by: Option<Instant>) -> Result<Self> {
        let Window { opens_at, closes_at } = window;
        let next = self.after(Step::Move)?;
        let answer_by = next.answer_by.map(|until| until.min(closes_at));
        let due_at = match next.state {
            AssignmentState::Open => Some(closes_at),
            AssignmentState::Offered => answer_by,
            _ => submit_by,
        };
        Ok(Self { opens_at, closes_at, submit_by, answer_by, due_at, ..next })
    }

    /// What it is once its shopper has seen that it is over.
    pub fn seen(&self) -> Result<Self> {
        self.after(Step::See)
    }

    /// Whether it is an offer that was not answered in time.
    pub fn is_lapsed_offer(&self, now: Instant) -> bool {
        self.state == AssignmentState::Offered && self.answer_by.is_some_and(|until| until <= now)
    }

    /// The promise goes with the shopper to whom it was made.
    fn on_the_board(self) -> Self {
        Self { shopper_id: None, answer_by: None, pay: None, due_at: Some(self.closes_at), ..self }
    }

    fn after(&self, step: Step) -> Result<Self> {
        Ok(Self { state: self.state.after(step)?, revision: self.revision + 1, ..self.clone() })
    }
}

#[cfg(test)]
mod tests;
