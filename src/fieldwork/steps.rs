//! An assignment's life: the one place that says which step leads from which state to which, and what each changes.

use super::model::{Assignment, AssignmentState, Pay};
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
    /// A shopper who was asked does not agree, or does not answer.
    Reopen,
    /// Its shopper gives it up, or a scheduler takes it back.
    Cancel,
    /// Its time is over: nobody took it, or nothing came of it.
    Expire,
}

impl AssignmentState {
    /// Where this step leads from here.
    ///
    /// # Errors
    /// `wrong_state`, naming this state and the one that was wanted.
    pub fn after(self, step: Step) -> Result<Self> {
        use AssignmentState::{Assigned, Cancelled, Expired, Offered, Open};
        let wanted = match step {
            Step::Offer => Offered,
            Step::Claim | Step::Accept => Assigned,
            Step::Reopen => Open,
            Step::Cancel => Cancelled,
            Step::Expire => Expired,
        };
        match (self, step) {
            (Open, Step::Offer | Step::Claim | Step::Cancel | Step::Expire)
            | (Offered, Step::Accept | Step::Reopen | Step::Cancel)
            | (Assigned, Step::Cancel | Step::Expire) => Ok(wanted),
            _ => Err(Error::new(Code::WrongState)
                .detail(format!("this assignment is {self}, and from there it cannot become {wanted}"))),
        }
    }
}

/// Each gives the assignment as it is after the step, for [`super::store::advance`].
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

    /// Puts it back on the board: the promise goes with whoever it was made to.
    pub fn reopened(&self) -> Result<Self> {
        Ok(Self {
            shopper_id: None,
            answer_by: None,
            pay: None,
            due_at: Some(self.closes_at),
            ..self.after(Step::Reopen)?
        })
    }

    /// Takes it back. It stays the shopper's who had it; whoever was only asked never had it.
    pub fn cancelled(&self) -> Result<Self> {
        let had_it = self.state == AssignmentState::Assigned;
        let shopper_id = self.shopper_id.filter(|_| had_it);
        Ok(Self { shopper_id, answer_by: None, due_at: None, ..self.after(Step::Cancel)? })
    }

    /// Ends its time.
    pub fn expired(&self) -> Result<Self> {
        Ok(Self { due_at: None, ..self.after(Step::Expire)? })
    }

    fn after(&self, step: Step) -> Result<Self> {
        Ok(Self { state: self.state.after(step)?, revision: self.revision + 1, ..self.clone() })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;
    use crate::ids::{BranchId, BrandId, VersionId};

    const STEPS: [Step; 6] =
        [Step::Offer, Step::Claim, Step::Accept, Step::Reopen, Step::Cancel, Step::Expire];

    fn at(seconds: i64) -> Instant {
        Instant::from_micros(seconds * 1_000_000)
    }

    fn id<T>(number: u128) -> crate::db::types::Id<T> {
        crate::db::types::Id::new(uuid::Uuid::from_u128(number))
    }

    fn open() -> Assignment {
        let what: (BrandId, BranchId, VersionId) = (id(1), id(2), id(3));
        let given = Assignment::given(id(4), what, id(5), (at(0), at(100)), at(0));
        Assignment {
            shopper_id: None,
            number: Some(1),
            state: AssignmentState::Open,
            due_at: Some(at(100)),
            submit_by: Some(at(150)),
            ..given
        }
    }

    fn pay() -> Pay {
        Pay { currency: "EUR".to_owned(), fee: 1_500, reimbursement_limit: 800 }
    }

    fn taken(from: &Assignment, step: Step, shopper: AccountId) -> Result<Assignment> {
        match step {
            Step::Offer => from.offered(shopper, pay(), at(50)),
            Step::Claim => from.claimed(shopper, pay()),
            Step::Accept => from.accepted(),
            Step::Reopen => from.reopened(),
            Step::Cancel => from.cancelled(),
            Step::Expire => from.expired(),
        }
    }

    proptest! {
        /// Whatever is done to it in whatever order: it is somebody's exactly if its state says so, and the clock looks
        /// at it exactly as long as there is something to wait for.
        #[test]
        fn it_always_hangs_together(steps in prop::collection::vec((0..6_usize, 7..9_u128), 0..20)) {
            let mut now = open();
            let mut had_by = None;
            for (step, shopper) in steps {
                let step = STEPS[step];
                let Ok(next) = taken(&now, step, id(shopper)) else {
                    prop_assert!(now.state.after(step).is_err());
                    continue;
                };
                prop_assert_eq!(next.revision, now.revision + 1);
                if next.state == AssignmentState::Assigned {
                    prop_assert_eq!(had_by, None, "given twice");
                    had_by = next.shopper_id;
                }
                now = next;
                let theirs = now.shopper_id.is_some();
                match now.state {
                    AssignmentState::Open => {
                        prop_assert!(!theirs && now.pay.is_none());
                        prop_assert_eq!(now.due_at, Some(at(100)));
                    }
                    AssignmentState::Offered => {
                        prop_assert!(theirs && now.pay.is_some());
                        prop_assert_eq!((now.due_at, now.answer_by), (Some(at(50)), Some(at(50))));
                    }
                    AssignmentState::Assigned => {
                        prop_assert!(theirs && now.pay.is_some());
                        prop_assert_eq!(now.due_at, Some(at(150)));
                    }
                    AssignmentState::Cancelled | AssignmentState::Expired => {
                        prop_assert_eq!(now.shopper_id, had_by, "whoever had it keeps it, and nobody else");
                        prop_assert_eq!(now.due_at, None);
                    }
                }
                prop_assert!(now.state == AssignmentState::Offered || now.answer_by.is_none());
            }
        }
    }

    #[test]
    fn what_is_over_stays_over_and_says_so() {
        for state in [AssignmentState::Cancelled, AssignmentState::Expired] {
            for step in STEPS {
                let said = state.after(step).unwrap_err().to_string();
                assert!(said.contains("wrong_state") && said.contains(state.as_str()), "{said}");
            }
        }
        let said = AssignmentState::Assigned.after(Step::Offer).unwrap_err().to_string();
        assert!(said.contains("assigned") && said.contains("offered"), "{said}");
    }
}
