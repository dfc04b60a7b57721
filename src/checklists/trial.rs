//! Trying a version: what would these answers score?

use std::collections::HashSet;

use super::{
    answers::Answers,
    key::Key,
    manifest::{Filled, Manifest},
    prepared::Prepared,
    scoring::Explanation,
};
use crate::error::{FieldError, escape};

/// What would come of a visit that was filled in like this.
#[derive(Debug)]
pub struct Tried {
    /// What it would score, and why. What has a problem counts as not answered.
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
        let (answers, manifest) = self.without_hidden(answers, manifest);
        let problems = self.check_answers(Filled { answers: &answers, manifest: &manifest });
        let (answers, manifest) = without_problems(answers, manifest, &problems);
        let filled = Filled { answers: &answers, manifest: &manifest };
        let hidden = self.hidden(filled).into_iter().cloned().collect();
        Tried { score: self.explain(filled), hidden, problems }
    }
}

/// The same without answers that have a problem, their files, and files that have one.
fn without_problems(
    mut answers: Answers,
    mut manifest: Manifest,
    problems: &[FieldError],
) -> (Answers, Manifest) {
    let named = |list: &str| -> HashSet<&str> {
        let places = problems.iter().filter_map(|problem| problem.pointer.strip_prefix(list));
        places.filter_map(|place| place.split('/').next()).collect()
    };
    let (questions, files) = (named("/answers/"), named("/manifest/"));
    let is_sound = |key: &Key| !questions.contains(escape(key.as_str()).as_str());
    answers.retain(|key, _| is_sound(key));
    let mut place = 0..;
    manifest.retain(|file| {
        let has_problem = place.next().is_some_and(|place: usize| files.contains(place.to_string().as_str()));
        !has_problem && is_sound(&file.question)
    });
    (answers, manifest)
}
