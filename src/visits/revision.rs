//! A revision: what a shopper answers to a return, and what becomes of the visit by it. The first answers are kept beside.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::model::Submission;
use crate::{
    checklists::{
        answers::{Answer, Answers},
        key::Key,
        manifest::{Entry, Filled, MAX_ENTRIES, Manifest},
        prepared::Prepared,
    },
    error::{FieldError, escape},
    strict::or_default,
};

/// What a phone sends to answer a return.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Revision {
    /// The answers to the questions that were asked anew, and to those that they bring up, by question key. A question
    /// that is answered by files alone has none.
    #[serde(default, deserialize_with = "or_default")]
    #[schema(nullable = true)]
    pub answers: Answers,
    /// The files that are added for them. What was sent before stays.
    #[serde(default, skip_serializing_if = "Manifest::is_empty", deserialize_with = "or_default")]
    #[schema(nullable = true)]
    pub manifest: Manifest,
}

impl Revision {
    /// The same, whichever way a phone wrote it: see [`Answers::tidied`].
    #[must_use]
    pub fn tidied(self) -> Self {
        Self { answers: self.answers.tidied(), ..self }
    }

    /// The content of a visit with this revision in it, without what its answers hide.
    pub fn applied_to(&self, kept: &Submission, checklist: &Prepared) -> Submission {
        let before = kept.answers.iter().filter(|(key, _)| self.answers.get(key.as_str()).is_none());
        let answers = before.chain(self.answers.iter()).map(|(key, answer)| (key.clone(), answer.clone()));
        let files = kept.manifest.iter().chain(self.added_to(&kept.manifest));
        let content =
            Submission { answers: answers.collect(), manifest: files.cloned().collect(), ..kept.clone() };
        content.as_shown(checklist)
    }

    /// The files that are not in this manifest as they are here.
    fn added_to<'r>(&'r self, kept: &'r Manifest) -> impl Iterator<Item = &'r Entry> {
        self.manifest.iter().filter(|file| !kept.iter().any(|other| other == *file))
    }

    /// What is wrong with its answers and files by themselves.
    pub fn faults(&self, checklist: &Prepared) -> Vec<FieldError> {
        let mut faults = checklist.check_answers(Filled { answers: &self.answers, manifest: &self.manifest });
        let is_lacking = |fault: &FieldError| {
            ["required", "too_few", "photo_required", "comment_required"].contains(&fault.code)
        };
        faults.retain(|fault| !is_lacking(fault));
        faults
    }

    /// What is wrong with it as an answer to these questions, which were asked of this visit, each with its place in the revision.
    ///
    /// Only what was asked and what its answers bring up is held to the checklist; of a question that gets new files these
    /// alone are counted.
    pub fn problems(&self, kept: &Submission, asked: &[Key], checklist: &Prepared) -> Vec<FieldError> {
        let mut problems = self.misplaced(kept, asked);
        let content = self.applied_to(kept, checklist);
        let renewed: HashSet<&Key> = self.added_to(&kept.manifest).map(|file| &file.question).collect();
        let mut judged = content.manifest.clone();
        judged
            .retain(|file| !renewed.contains(&file.question) || self.manifest.iter().any(|new| new == file));
        let may_change = |key: &str| names(asked, key) || kept.answers.get(key).is_none();
        let found = checklist.check_answers(Filled { answers: &content.answers, manifest: &judged });
        for mut problem in found {
            let mut steps = problem.pointer.split('/').skip(1);
            let is_its = match (steps.next(), steps.next()) {
                (Some("answers"), Some(key)) => {
                    let key = key.replace("~1", "/").replace("~0", "~");
                    may_change(&key)
                }
                (Some("manifest"), Some(place)) => {
                    let file = place.parse().ok().and_then(|place: usize| judged.iter().nth(place));
                    match file.and_then(|file| self.manifest.iter().position(|own| own == file)) {
                        Some(own) => {
                            let member = steps.map(|step| format!("/{step}")).collect::<String>();
                            problem.pointer = format!("/manifest/{own}{member}");
                            true
                        }
                        None => false,
                    }
                }
                _ => true,
            };
            if is_its && !problems.iter().any(|other| other.pointer == problem.pointer) {
                problems.push(problem);
            }
        }
        problems
    }

    /// What answers other questions than those that were asked, or leaves one of those without an answer.
    fn misplaced(&self, kept: &Submission, asked: &[Key]) -> Vec<FieldError> {
        const NOT_ASKED: &str = "this question was not asked anew: its first answer stays";
        let mut problems = Vec::new();
        let stays = |key: &Key| !names(asked, key.as_str()) && kept.answers.get(key.as_str()).is_some();
        for (key, _) in self.answers.iter().filter(|(key, _)| stays(key)) {
            problems.push(FieldError::new(at_answer(key), "not_asked", NOT_ASKED));
        }
        for (place, file) in self.manifest.iter().enumerate() {
            let before = kept.manifest.iter().find(|other| other.id == file.id);
            if before.is_some_and(|before| before != file) {
                let why = "a file of the visit has this id, and stays as it is";
                problems.push(FieldError::new(format!("/manifest/{place}"), "differs", why));
            } else if before.is_none() && stays(&file.question) {
                let at = format!("/manifest/{place}/question");
                problems.push(FieldError::new(at, "not_asked", NOT_ASKED));
            }
        }
        let has_files = |key: &Key| self.added_to(&kept.manifest).any(|file| file.question == *key);
        for one in asked {
            if self.answers.get(one.as_str()).is_none() && !has_files(one) {
                let why = "answer this question anew";
                problems.push(FieldError::new(at_answer(one), "required", why));
            }
        }
        if kept.manifest.len() + self.added_to(&kept.manifest).count() > MAX_ENTRIES {
            let why = format!("a visit has at most {MAX_ENTRIES} files with those that were sent before");
            problems.push(FieldError::new("/manifest", "too_many", why));
        }
        problems
    }
}

fn names(asked: &[Key], key: &str) -> bool {
    asked.iter().any(|one| one.as_str() == key)
}

fn at_answer(key: &Key) -> String {
    format!("/answers/{}", escape(key.as_str()))
}

/// What became of one question by a revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The question.
    pub question: Key,
    /// Its answer before; none if it had none.
    pub before: Option<Answer>,
    /// Its answer from then on; none if it has none.
    pub after: Option<Answer>,
    /// The files that were added for it.
    pub files: Vec<Entry>,
}

/// What differs between two contents of a visit, by question in the order of their keys.
pub fn changes(before: &Submission, after: &Submission) -> Vec<Change> {
    let added = |key: &Key| {
        let new =
            after.manifest.of(key.as_str()).filter(|file| !before.manifest.iter().any(|old| old == *file));
        new.cloned().collect::<Vec<_>>()
    };
    let answered = before.answers.iter().chain(after.answers.iter()).map(|(key, _)| key);
    let mut keys: Vec<_> = answered.chain(after.manifest.iter().map(|file| &file.question)).collect();
    keys.sort_unstable();
    keys.dedup();
    let change = |key: &Key| {
        let of = |content: &Submission| content.answers.get(key.as_str()).cloned();
        let change =
            Change { question: key.clone(), before: of(before), after: of(after), files: added(key) };
        (change.before != change.after || !change.files.is_empty()).then_some(change)
    };
    keys.into_iter().filter_map(change).collect()
}
