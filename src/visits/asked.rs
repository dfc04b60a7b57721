//! What is asked anew of the shopper of a visit.

use serde::{Deserialize, Serialize};

use super::{state::Step, taken::TakenStep};
use crate::{
    checklists::{key::Key, text::MAX_LANGUAGES},
    db::types::Instant,
    ids::ReturnReasonId,
    limits::{ByLanguage, PlainText},
};

/// What a reason says, in the operator's languages.
pub type ReasonText = ByLanguage<PlainText<1, 200>, MAX_LANGUAGES>;

/// What is asked with a return.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The revision that is to answer it.
    pub revision: i32,
    /// Until when.
    pub answer_by: Instant,
    /// The questions, each named once; there is at least one.
    pub questions: Vec<AskedQuestion>,
}

/// A question that is asked anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedQuestion {
    /// The question.
    pub question: Key,
    /// The reason, of the operator's list.
    pub reason_id: ReturnReasonId,
    /// What it said then, in its languages.
    pub reason: ReasonText,
    /// What the reviewer adds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
}

impl Asked {
    /// The questions, in their order.
    pub fn keys(&self) -> Vec<Key> {
        self.questions.iter().map(|asked| asked.question.clone()).collect()
    }

    /// What is still to be answered after these steps of a visit, in time or late: the last return, as long as it was neither
    /// answered nor taken back, and nothing was decided after it.
    pub fn open(steps: &[TakenStep]) -> Option<Self> {
        let ends = |step: &&TakenStep| {
            matches!(
                step.step(),
                Some(
                    Step::Return
                        | Step::Revise
                        | Step::Reopen
                        | Step::Approve
                        | Step::Reject
                        | Step::Exclude
                        | Step::Correct
                )
            )
        };
        let last = steps.iter().rfind(ends)?;
        if last.step() == Some(Step::Return) { last.details().asked } else { None }
    }
}
