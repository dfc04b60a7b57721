//! The answers and files of a visit, laid out in the order of the checklist.

use super::{
    answers::{Answer, AnswerValue},
    key::Key,
    kinds::AnswerKind,
    manifest::Filled,
    prepared::Prepared,
};

/// What a visit gave to one question.
#[derive(Clone, Copy, Default)]
pub(super) struct Given<'f> {
    /// Whether a rule hides the question in this visit.
    pub(super) hidden: bool,
    /// What stands among the answers.
    pub(super) answer: Option<&'f Answer>,
    /// How many photos and drawings the manifest has for it.
    pub(super) images: usize,
    /// How many recordings the manifest has for it.
    pub(super) recordings: usize,
}

/// What was answered, by a value or by files.
#[derive(Clone, Copy)]
pub(super) enum Answered<'f> {
    /// Nothing.
    Nothing,
    /// Nothing, because it was not asked.
    Hidden,
    /// That it does not apply.
    NotApplicable,
    /// A value.
    Value(&'f AnswerValue),
    /// So many files of the kind that answers the question; at least one.
    Files(usize),
}

impl<'f> Given<'f> {
    /// How many files there are of the kind that answers the question; none if no files answer it.
    pub(super) fn files(&self, kind: &AnswerKind) -> usize {
        match kind {
            AnswerKind::Photo { .. } | AnswerKind::Signature {} => self.images,
            AnswerKind::Audio { .. } => self.recordings,
            _ => 0,
        }
    }

    /// What was answered to a question of this kind.
    pub(super) fn answered(&self, kind: &AnswerKind) -> Answered<'f> {
        let value = self.answer.and_then(|answer| answer.value.as_ref());
        match (value, self.files(kind)) {
            _ if self.hidden => Answered::Hidden,
            _ if self.answer.is_some_and(|answer| answer.not_applicable) => Answered::NotApplicable,
            (Some(value), _) if !kind.is_answered_by_files() => Answered::Value(value),
            (_, files @ 1..) => Answered::Files(files),
            _ => Answered::Nothing,
        }
    }
}

impl Prepared {
    /// What was given to each question, in the order of the checklist; and each key of an answer that is none of them.
    pub(super) fn lay_out<'f>(&self, filled: Filled<'f>, mut unknown: impl FnMut(&'f Key)) -> Vec<Given<'f>> {
        let mut given = vec![Given::default(); self.len()];
        // Both are in the order of the keys: one walk over the two.
        let mut questions = self.by_key().iter().peekable();
        for (key, answer) in filled.answers.iter() {
            while questions.next_if(|(earlier, _)| earlier < key).is_some() {}
            match questions.peek().filter(|(same, _)| same == key).and_then(|(_, at)| given.get_mut(*at)) {
                Some(given) => given.answer = Some(answer),
                None => unknown(key),
            }
        }
        for file in filled.manifest.iter() {
            if let Some(given) = self.number(file.question.as_str()).and_then(|at| given.get_mut(at)) {
                *if file.media_type.is_image() { &mut given.images } else { &mut given.recordings } += 1;
            }
        }
        for key in self.hidden(filled) {
            if let Some(given) = self.number(key.as_str()).and_then(|at| given.get_mut(at)) {
                given.hidden = true;
            }
        }
        given
    }
}
