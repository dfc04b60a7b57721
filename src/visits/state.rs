//! A visit's life: the one place that says which step leads from which state to which, and who takes it.
//!
//! ARCHITECTURE shows the same table; a test holds the two together.

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
        /// Its shopper is asked to answer some of its questions anew.
        Returned = "returned",
        /// It counts for desks.
        Approved = "approved",
        /// It does not count, and is paid only if its reviewer said so.
        Rejected = "rejected",
        /// It is paid, and counts nowhere.
        Excluded = "excluded",
        /// The branch's side has its report, and can appeal.
        Released = "released",
        /// The time to appeal is over.
        Final = "final",
        /// Two reviewers took it back after its release: it counts nowhere, and its report says so.
        Withdrawn = "withdrawn",
    }
}

text_enum! {
    /// What can be done to a visit.
    pub enum Step {
        /// The last of it arrives.
        Arrive = "arrive",
        /// It is to be sent anew, with other files.
        SendAnew = "send_anew",
        /// A reviewer takes it without the files that have not come.
        TakeWithout = "take_without",
        /// A reviewer takes it up, so that no other works on it.
        Claim = "claim",
        /// A reviewer hands it to another one.
        HandOver = "hand_over",
        /// A reviewer gives it back.
        Release = "release",
        /// A reviewer finds it true and complete.
        Approve = "approve",
        /// A reviewer does not.
        Reject = "reject",
        /// A reviewer finds that it is to be paid, and to count nowhere.
        Exclude = "exclude",
        /// A reviewer asks its shopper to answer questions anew.
        Return = "return",
        /// Its shopper answers them.
        Revise = "revise",
        /// The time to answer them is over.
        Lapse = "lapse",
        /// A reviewer takes a decision or a return back.
        Reopen = "reopen",
        /// Its report goes out.
        Report = "report",
        /// An answer is changed because of an appeal.
        Correct = "correct",
        /// The time to appeal is over, and no appeal is open.
        Finish = "finish",
        /// A reviewer wants it to be withdrawn.
        ProposeWithdrawal = "propose_withdrawal",
        /// A reviewer takes that back, or another one declines it.
        KeepReport = "keep_report",
        /// Another reviewer agrees.
        Withdraw = "withdraw",
    }
}

/// Who takes a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taker {
    /// The server, when the last of a visit arrives: the visit keeps the moment, and no step is written down.
    Server,
    /// The server, at a time that was set: the step names no account.
    Clock,
    /// The person who made the visit, with this permission.
    Maker(Permission),
    /// A person who has this permission over the branch and did not make the visit.
    Another(Permission),
    /// A person who has this permission over the branch, or made the visit.
    Anybody(Permission),
}

/// Where a step leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leads {
    /// To this state.
    To(State),
    /// To the reviewers: `complete`, or `submitted` as long as some of its evidence is missing.
    ToReview,
}

/// All that there is to know of a step.
struct Rule {
    /// The states that it leads from, each with where it leads.
    ways: &'static [(State, Leads)],
    taker: Taker,
}

impl Step {
    const fn rule(self) -> Rule {
        use Leads::{To, ToReview};
        use State::{
            Approved, Complete, Excluded, Final, InReview, Rejected, Released, Returned, Submitted, Withdrawn,
        };
        const REVIEWER: Taker = Taker::Another(Permission::ReviewVisits);
        let (ways, taker): (&'static [_], _) = match self {
            Self::Arrive => (&[(Submitted, To(Complete))], Taker::Server),
            Self::SendAnew => (&[(Submitted, To(Submitted))], Taker::Anybody(Permission::SendVisitsAnew)),
            Self::TakeWithout => (&[(Submitted, To(Complete))], REVIEWER),
            Self::Claim => {
                (&[(Complete, To(InReview)), (InReview, To(InReview)), (Submitted, To(Submitted))], REVIEWER)
            }
            Self::HandOver => (&[(InReview, To(InReview)), (Submitted, To(Submitted))], REVIEWER),
            Self::Release => (&[(InReview, To(Complete)), (Submitted, To(Submitted))], REVIEWER),
            Self::Approve => (&[(Complete, To(Approved)), (InReview, To(Approved))], REVIEWER),
            Self::Reject => {
                (&[(Submitted, To(Rejected)), (Complete, To(Rejected)), (InReview, To(Rejected))], REVIEWER)
            }
            Self::Exclude => {
                (&[(Submitted, To(Excluded)), (Complete, To(Excluded)), (InReview, To(Excluded))], REVIEWER)
            }
            Self::Return => {
                (&[(Submitted, To(Returned)), (Complete, To(Returned)), (InReview, To(Returned))], REVIEWER)
            }
            // What comes after its time is taken as long as nothing is decided.
            Self::Revise => (
                &[(Returned, ToReview), (Submitted, ToReview), (Complete, ToReview), (InReview, ToReview)],
                Taker::Maker(Permission::FinishFieldwork),
            ),
            Self::Lapse => (&[(Returned, ToReview)], Taker::Clock),
            Self::Reopen => (
                &[(Approved, ToReview), (Rejected, ToReview), (Excluded, ToReview), (Returned, ToReview)],
                REVIEWER,
            ),
            Self::Report => (&[(Approved, To(Released))], Taker::Clock),
            Self::Correct => (&[(Released, To(Released))], REVIEWER),
            Self::Finish => (&[(Released, To(Final))], Taker::Clock),
            Self::ProposeWithdrawal | Self::KeepReport => {
                (&[(Released, To(Released)), (Final, To(Final))], REVIEWER)
            }
            Self::Withdraw => (&[(Released, To(Withdrawn)), (Final, To(Withdrawn))], REVIEWER),
        };
        Rule { ways, taker }
    }

    /// Who takes it.
    pub const fn taker(self) -> Taker {
        self.rule().taker
    }

    /// Where it leads from this state, if it does.
    pub fn leads_from(self, state: State) -> Option<Leads> {
        self.rule().ways.iter().find(|(from, _)| *from == state).map(|(_, leads)| *leads)
    }

    /// Whether the shopper sees the step: a shopper does not learn which reviewer works on a visit, and
    /// when, nor what reviewers consider.
    pub const fn is_shown(self) -> bool {
        !matches!(
            self,
            Self::Claim | Self::HandOver | Self::Release | Self::ProposeWithdrawal | Self::KeepReport
        )
    }

    /// Whether a visit is no reviewer's any more after it.
    pub const fn ends_claims(self) -> bool {
        matches!(
            self,
            Self::Release
                | Self::Approve
                | Self::Reject
                | Self::Exclude
                | Self::Return
                | Self::Revise
                | Self::Reopen
        )
    }

    /// The step that led from one of these states to the other, of those that were kept before steps had names.
    pub const fn unnamed(from: State, to: State) -> Option<Self> {
        match (from, to) {
            (State::Submitted, State::Submitted) => Some(Self::SendAnew),
            (State::Submitted, State::Complete) => Some(Self::TakeWithout),
            (_, State::Approved) => Some(Self::Approve),
            (_, State::Rejected) => Some(Self::Reject),
            _ => None,
        }
    }
}

impl Leads {
    /// The state that it is, of a visit of which all has arrived or not.
    pub const fn state(self, is_whole: bool) -> State {
        match self {
            Self::To(state) => state,
            Self::ToReview if is_whole => State::Complete,
            Self::ToReview => State::Submitted,
        }
    }
}

impl State {
    /// Where this step leads from here, of a visit of which all has arrived or not.
    ///
    /// # Errors
    /// `wrong_state`, naming this state and the one that was wanted.
    pub fn after(self, step: Step, is_whole: bool) -> Result<Self> {
        if let Some(leads) = step.leads_from(self) {
            return Ok(leads.state(is_whole));
        }
        let wanted = step.rule().ways.first().map_or(self, |(_, leads)| leads.state(is_whole));
        let detail = match step {
            Step::Reopen => {
                format!("this visit is {self}: only what was decided and not released can be {wanted} again")
            }
            _ => format!("this visit is {self}, and from there it cannot become {wanted}"),
        };
        Err(Error::new(Code::WrongState).detail(detail))
    }

    /// Whether a visit in this state takes part in the scores that desks see.
    pub const fn is_counted(self) -> bool {
        matches!(self, Self::Approved) || self.is_shown()
    }

    /// Whether a visit in this state takes part in what the branch's side sees.
    pub const fn is_shown(self) -> bool {
        matches!(self, Self::Released | Self::Final)
    }

    /// Whether a reviewer has decided about a visit in this state.
    pub const fn is_decided(self) -> bool {
        match self {
            Self::Submitted | Self::Complete | Self::InReview | Self::Returned => false,
            Self::Approved
            | Self::Rejected
            | Self::Excluded
            | Self::Released
            | Self::Final
            | Self::Withdrawn => true,
        }
    }
}

#[cfg(test)]
mod tests;
