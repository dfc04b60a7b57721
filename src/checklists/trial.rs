//! Trying a version: what would these answers score?

use super::{
    answers::Answers,
    key::Key,
    manifest::{Filled, Manifest},
    prepared::Prepared,
    scoring::Explanation,
};
use crate::error::FieldError;

/// What would come of a visit that was filled in like this.
#[derive(Debug)]
pub struct Tried {
    /// What it would score, and why. An answer with a problem counts as not given.
    pub score: Explanation,
    /// The questions that a shopper would not have been shown, in the order of the checklist; answers to them are
    /// dropped.
    pub hidden: Vec<Key>,
    /// Why a visit like this would be refused; nothing if it would be taken.
    pub problems: Vec<FieldError>,
}

impl Prepared {
    /// Scores and checks answers as those of a visit. They need not be complete.
    pub fn try_out(&self, answers: Answers, manifest: Manifest) -> Tried {
        let hidden = self.hidden(Filled { answers: &answers, manifest: &manifest });
        let hidden = hidden.into_iter().cloned().collect();
        let (answers, manifest) = self.without_hidden(answers, manifest);
        let filled = Filled { answers: &answers, manifest: &manifest };
        Tried { score: self.explain(filled), hidden, problems: self.check_answers(filled) }
    }
}
