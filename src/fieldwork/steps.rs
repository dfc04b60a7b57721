//! An assignment's life: the one place that says which step leads from which state to which, and what each changes.

use super::model::{Assignment, AssignmentState, Pay};
use crate::{
    db::types::{Instant, Json},
    error::{Code, Error, Result},
    ids::{AccountId, AssignmentId},
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

/// What a shopper is promised, and held to, for a visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    /// What is paid.
    pub pay: Pay,
    /// Until when the visit has to be here, to be in time.
    pub submit_by: Instant,
}

/// Each gives the assignment as it is after the step, for [`super::store::advance`].
///
/// # Errors
/// `wrong_state` if its state does not allow the step.
impl Assignment {
    /// Asks a shopper, who has until then to answer.
    pub fn offered(&self, shopper: AccountId, promise: Promise, answer_by: Instant) -> Result<Self> {
        Ok(Self {
            shopper_id: Some(shopper),
            answer_by: Some(answer_by),
            due_at: Some(answer_by),
            ..self.promised(promise).after(Step::Offer)?
        })
    }

    /// Gives it to the shopper who claims it.
    pub fn claimed(&self, shopper: AccountId, promise: Promise) -> Result<Self> {
        let due_at = Some(promise.submit_by);
        let shopper_id = Some(shopper);
        Ok(Self { shopper_id, due_at, ..self.promised(promise).after(Step::Claim)? })
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
            submit_by: None,
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

    /// The next try at the same visit, open on the board within this window.
    pub fn successor(
        &self,
        id: AssignmentId,
        (opens_at, closes_at): (Instant, Instant),
        now: Instant,
    ) -> Self {
        Self {
            id,
            opens_at,
            closes_at,
            revision: 1,
            created_at: now,
            shopper_id: None,
            attempt: self.attempt + 1,
            state: AssignmentState::Open,
            answer_by: None,
            submit_by: None,
            due_at: Some(closes_at),
            pay: None,
            ..self.clone()
        }
    }

    fn after(&self, step: Step) -> Result<Self> {
        Ok(Self { state: self.state.after(step)?, revision: self.revision + 1, ..self.clone() })
    }

    fn promised(&self, promise: Promise) -> Self {
        Self { pay: Some(Json(promise.pay)), submit_by: Some(promise.submit_by), ..self.clone() }
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
            ..given
        }
    }

    fn promise() -> Promise {
        Promise {
            pay: Pay { currency: "EUR".to_owned(), fee: 1_500, reimbursement_limit: 800 },
            submit_by: at(150),
        }
    }

    fn taken(from: &Assignment, step: Step, shopper: AccountId) -> Result<Assignment> {
        match step {
            Step::Offer => from.offered(shopper, promise(), at(50)),
            Step::Claim => from.claimed(shopper, promise()),
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
                        prop_assert!(!theirs && now.pay.is_none() && now.submit_by.is_none());
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

    #[test]
    fn a_successor_is_the_next_try_at_the_same() {
        let had = open().claimed(id(7), promise()).unwrap();
        let next = had.expired().unwrap().successor(id(9), (at(200), at(300)), at(160));
        assert_eq!((next.id, next.attempt, next.number), (id(9), 2, Some(1)));
        assert_eq!((next.state, next.shopper_id, next.revision), (AssignmentState::Open, None, 1));
        assert_eq!((next.opens_at, next.closes_at, next.due_at), (at(200), at(300), Some(at(300))));
        assert_eq!((&next.pay, next.submit_by, next.branch_id), (&None, None, had.branch_id));
    }
}
