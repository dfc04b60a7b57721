//! A visit's life: the one place that says which step leads from which state to which, and who takes it.

use crate::{
    accounts::policy::Permission,
    db::types::text_enum,
    error::{Code, Error, Result},
};

text_enum! {
    /// Where a visit is in its life.
    pub enum State {
        /// It has arrived; some of its evidence has not.
        Submitted = "submitted",
        /// All of it has arrived.
        Complete = "complete",
        /// A reviewer has taken it up.
        InReview = "in_review",
        /// The shopper is asked about some of it.
        Returned = "returned",
        /// It counts.
        Approved = "approved",
        /// It does not count.
        Rejected = "rejected",
        /// The branch's side may see its report.
        Released = "released",
        /// The time for appeals is over.
        Final = "final",
    }
}

/// What can be done to a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The last of it arrives.
    Arrive,
    /// A reviewer takes it without the files that have not come.
    TakeWithout,
    /// It is to be sent anew, with other files.
    SendAnew,
    /// A reviewer finds it true and complete.
    Approve,
    /// A reviewer does not.
    Reject,
}

/// Who takes a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taker {
    /// The server, when the last of a visit arrives.
    Server,
    /// A person who has this permission over the branch and did not make the visit.
    Another(Permission),
    /// A person who has this permission over the branch, or made the visit.
    Anybody(Permission),
}

/// All that there is to know of a step.
struct Rule {
    from: &'static [State],
    to: State,
    taker: Taker,
}

impl Step {
    const fn rule(self) -> Rule {
        use State::{Approved, Complete, InReview, Rejected, Submitted};
        const REVIEWER: Taker = Taker::Another(Permission::ReviewVisits);
        match self {
            Self::Arrive => Rule { from: &[Submitted], to: Complete, taker: Taker::Server },
            Self::TakeWithout => Rule { from: &[Submitted], to: Complete, taker: REVIEWER },
            Self::SendAnew => {
                let taker = Taker::Anybody(Permission::SendVisitsAnew);
                Rule { from: &[Submitted], to: Submitted, taker }
            }
            Self::Approve => Rule { from: &[Complete, InReview], to: Approved, taker: REVIEWER },
            Self::Reject => Rule { from: &[Submitted, Complete, InReview], to: Rejected, taker: REVIEWER },
        }
    }

    /// Who takes it.
    pub const fn taker(self) -> Taker {
        self.rule().taker
    }
}

impl State {
    /// Where this step leads from here.
    ///
    /// # Errors
    /// `wrong_state`, naming this state and the one that was wanted.
    pub fn after(self, step: Step) -> Result<Self> {
        let Rule { from, to, .. } = step.rule();
        if from.contains(&self) {
            return Ok(to);
        }
        let detail = format!("this visit is {self}, and from there it cannot become {to}");
        Err(Error::new(Code::WrongState).detail(detail))
    }

    /// Whether a visit in this state takes part in scores.
    pub fn is_counted(self) -> bool {
        matches!(self, Self::Approved | Self::Released | Self::Final)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_what_is_complete_can_be_decided() {
        for &state in State::ALL {
            let decidable = matches!(state, State::Complete | State::InReview);
            assert_eq!(state.after(Step::Approve).ok(), decidable.then_some(State::Approved), "{state}");
            let rejectable = decidable || state == State::Submitted;
            assert_eq!(state.after(Step::Reject).ok(), rejectable.then_some(State::Rejected), "{state}");
        }
    }

    #[test]
    fn only_what_waits_for_evidence_becomes_complete() {
        for &state in State::ALL {
            let waits = state == State::Submitted;
            assert_eq!(state.after(Step::Arrive).ok(), waits.then_some(State::Complete), "{state}");
            assert_eq!(state.after(Step::TakeWithout).ok(), waits.then_some(State::Complete), "{state}");
            assert_eq!(state.after(Step::SendAnew).ok(), waits.then_some(State::Submitted), "{state}");
        }
    }

    #[test]
    fn a_refusal_names_both_states() {
        let refusal = State::Rejected.after(Step::Approve).unwrap_err().to_string();
        assert!(refusal.contains("rejected") && refusal.contains("approved"), "{refusal}");
    }
}
