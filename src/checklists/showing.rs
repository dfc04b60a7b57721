//! Which questions of a visit are shown.

use super::answers::Answers;
use super::manifest::{Filled, Manifest};
use super::model::Key;
use super::prepared::Prepared;

impl Prepared {
    /// The questions that are hidden, in the order of the checklist.
    pub fn hidden<'f>(&self, _: impl Into<Filled<'f>>) -> Vec<&Key> {
        Vec::new()
    }

    /// The same without what was answered to hidden questions.
    pub fn without_hidden(&self, answers: Answers, manifest: Manifest) -> (Answers, Manifest) {
        (answers, manifest)
    }
}
