//! What becomes of the answers of a visit when it is tried under a draft.

use std::collections::BTreeSet;

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    checklists::{answers::Answers, prepared::Prepared},
    error::FieldError,
    visits::model::Submission,
};

/// What became of the answers of the visits that were looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Answered {
    /// How many answers these visits have.
    pub answers: usize,
    /// To how many of them the draft has no question any more.
    pub without_question: usize,
    /// How many do not fit the question as the draft asks it: of another kind, of an option that is gone, or beyond
    /// its limits. They count as not given.
    pub not_fitting: usize,
    /// How many are to questions that the draft's rules would have hidden; they do not count either.
    pub hidden: usize,
    /// How many answers are missing that the draft requires, since the question was not asked.
    pub missing: usize,
}

impl Answered {
    /// What a visit that was made under one version would score under the draft, in basis points, counting on the way
    /// what becomes of its answers.
    pub(super) fn score(
        &mut self,
        mut submission: Submission,
        made: &Prepared,
        draft: &Prepared,
    ) -> Option<i32> {
        let (all, known) = (submission.answers.len(), asked(&submission.answers, draft));
        let changed = drop_changed(&mut submission.answers, made, draft);
        let unchanged = asked(&submission.answers, draft);
        let submission = submission.as_shown(draft);
        let shown = asked(&submission.answers, draft);
        self.answers += all;
        self.without_question += all - known;
        self.hidden += unchanged - shown;
        self.not_fitting += changed.len();
        self.count_problems(&draft.check_answers(submission.filled()), &changed);
        draft.score(submission.filled()).overall.map(|score| score.get())
    }

    /// Counts the answers that are missing, and those that do not fit.
    fn count_problems(&mut self, problems: &[FieldError], changed: &BTreeSet<String>) {
        let mut faults: BTreeSet<&str> = BTreeSet::new();
        for FieldError { pointer, code, .. } in problems {
            let Some(place) = pointer.strip_prefix("/answers/") else { continue };
            match (place.split_once('/'), *code) {
                (None, "required") => self.missing += usize::from(!changed.contains(place)),
                (None, "unknown_question") => {}
                (None, _) => faults.extend([place]),
                // The value of the answer, rather than a comment beside it.
                (Some((key, "value" | "not_applicable")), _) => faults.extend([key]),
                (Some(_), _) => {}
            }
        }
        self.not_fitting += faults.len();
    }
}

/// How many of these answers are to questions that the draft has.
fn asked(answers: &Answers, draft: &Prepared) -> usize {
    answers.iter().filter(|(key, _)| draft.question(key.as_str()).is_some()).count()
}

/// Drops the answers to questions that the draft asks for another kind of answer; the keys of those that had a value.
fn drop_changed(answers: &mut Answers, made: &Prepared, draft: &Prepared) -> BTreeSet<String> {
    let mut changed = BTreeSet::new();
    answers.retain(|key, answer| {
        let both = made.question(key.as_str()).zip(draft.question(key.as_str()));
        let other = both.is_some_and(|(made, draft)| !made.answer.means_the_same(&draft.answer));
        if other && answer.value.is_some() {
            changed.insert(key.to_string());
        }
        !changed.contains(key.as_str())
    });
    changed
}
