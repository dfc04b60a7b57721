//! What a checklist's questions are about: its dimensions and standards, each question with its own.

use super::{
    bindings::Bindings,
    key::Key,
    model::{Content, Question},
    standards::model::Side,
};

/// The dimensions and standards of a checklist, in the order of their keys.
#[derive(Debug, Clone, Default)]
pub(super) struct Subjects {
    /// Each dimension, and its side if it is known.
    pub(super) dimensions: Vec<(Key, Option<Side>)>,
    /// Each standard.
    pub(super) standards: Vec<Key>,
    /// What each question belongs to, in the order of the checklist.
    pub(super) of_questions: Vec<Belongs>,
}

/// What a question belongs to: places in the two lists.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Belongs {
    /// The dimension.
    pub(super) dimension: Option<usize>,
    /// The standard.
    pub(super) standard: Option<usize>,
}

impl Subjects {
    /// The subjects of this content, by what its keys stand for.
    pub(super) fn of(content: &Content, bindings: &Bindings) -> Self {
        let questions = || content.sections.iter().flat_map(|section| &section.questions);
        let standards = sorted(questions().filter_map(|question| question.standard.as_ref()));
        let dimensions = sorted(questions().filter_map(|question| bindings.dimension(question)));
        let at = |keys: &[&Key], key: Option<&Key>| key.and_then(|key| keys.binary_search(&key).ok());
        let belongs = |question: &Question| Belongs {
            dimension: at(&dimensions, bindings.dimension(question)),
            standard: at(&standards, question.standard.as_ref()),
        };
        let side = |key: &Key| bindings.dimensions.get(key).map(|dimension| dimension.side);
        Self {
            of_questions: questions().map(belongs).collect(),
            dimensions: dimensions.iter().map(|&key| (key.clone(), side(key))).collect(),
            standards: standards.into_iter().cloned().collect(),
        }
    }

    /// What the question with this number belongs to.
    pub(super) fn of_question(&self, number: usize) -> Belongs {
        self.of_questions.get(number).copied().unwrap_or_default()
    }
}

fn sorted<'k>(keys: impl Iterator<Item = &'k Key>) -> Vec<&'k Key> {
    let mut keys: Vec<_> = keys.collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}
