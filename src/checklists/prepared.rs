//! A checklist made ready for many visits.

use super::answers::{AnswerValue, Answers};
use super::bindings::Bindings;
use super::date_time;
use super::kinds::Ask;
use super::model::{AnswerKind, Content, Key, Question, Section};
use super::subjects::Subjects;

/// Content made ready to check and score many visits: built once for each published version, then shared.
///
/// Content that [`Content::check`] finds fault with does no harm here, but what its faulty parts
/// score means nothing.
#[derive(Debug, Clone)]
pub struct Prepared {
    content: Content,
    bindings: Bindings,
    /// Whether anything is hidden at all, ever.
    pub(super) has_rules: bool,
    /// The section of each question and its place in it, in the order of the checklist.
    places: Vec<(usize, usize)>,
    /// The number of each question in the checklist, in the order of the keys.
    by_key: Vec<(Key, usize)>,
    /// The questions that ask for a date or a time.
    moments: Vec<(Key, Ask)>,
    /// What each question can earn, in the order of the checklist.
    points: Vec<Option<i64>>,
    subjects: Subjects,
}

impl Prepared {
    /// Builds the index and works out what each question can earn, of content that names nothing of a catalogue.
    pub fn new(content: Content) -> Self {
        Self::bound(content, Bindings::default())
    }

    /// The same, with what its keys of standards and dimensions stand for.
    pub fn bound(content: Content, bindings: Bindings) -> Self {
        let questions = || content.sections.iter().flat_map(|section| &section.questions);
        Self {
            has_rules: content.has_rules(),
            places: places(&content),
            by_key: by_key(questions()),
            moments: questions().filter_map(moment).collect(),
            points: questions().map(|question| question.points()).collect(),
            subjects: Subjects::of(&content, &bindings),
            content,
            bindings,
        }
    }

    /// The content of the checklist.
    pub fn content(&self) -> &Content {
        &self.content
    }

    /// What its keys of standards and dimensions stand for.
    pub fn bindings(&self) -> &Bindings {
        &self.bindings
    }

    /// The question with this key.
    pub fn question(&self, key: &str) -> Option<&Question> {
        self.place(key).map(|(_, question)| question)
    }

    /// The question with this key, after the section that it is in.
    pub fn place(&self, key: &str) -> Option<(&Section, &Question)> {
        let (section, question) = self.indices(key)?;
        let section = self.content.sections.get(section)?;
        Some((section, section.questions.get(question)?))
    }

    /// The index of the section that the question with this key is in, and its own in there.
    pub(super) fn indices(&self, key: &str) -> Option<(usize, usize)> {
        self.places.get(self.number(key)?).copied()
    }

    /// How many questions there are.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// The number of the question with this key, counted from 0 through all sections.
    pub(super) fn number(&self, key: &str) -> Option<usize> {
        let at = self.by_key.binary_search_by(|(other, _)| other.as_str().cmp(key)).ok()?;
        self.by_key.get(at).map(|(_, number)| *number)
    }

    /// The keys of all questions in their order, each with the number of its question.
    pub(super) fn by_key(&self) -> &[(Key, usize)] {
        &self.by_key
    }

    /// The most points that each question can earn, in the order of the checklist.
    pub(super) fn points(&self) -> &[Option<i64>] {
        &self.points
    }

    /// What the questions are about.
    pub(super) fn subjects(&self) -> &Subjects {
        &self.subjects
    }

    /// Writes dates and times in their one form, as far as they can be. What cannot stays as it is, and is a mistake.
    pub(super) fn write_moments(&self, answers: &mut Answers) {
        for (key, ask) in &self.moments {
            if let Some(AnswerValue::Text(text)) =
                answers.get_mut(key.as_str()).and_then(|answer| answer.value.as_mut())
                && let Some(written) = date_time::in_one_form(*ask, text)
            {
                *text = written;
            }
        }
    }
}

fn moment(question: &Question) -> Option<(Key, Ask)> {
    match question.answer {
        AnswerKind::DateTime { ask, .. } => Some((question.key.clone(), ask)),
        _ => None,
    }
}

fn places(content: &Content) -> Vec<(usize, usize)> {
    let sections = content.sections.iter().enumerate();
    sections.flat_map(|(s, section)| (0..section.questions.len()).map(move |q| (s, q))).collect()
}

fn by_key<'q>(questions: impl Iterator<Item = &'q Question>) -> Vec<(Key, usize)> {
    let mut by_key: Vec<_> = questions.enumerate().map(|(i, question)| (question.key.clone(), i)).collect();
    by_key.sort_unstable();
    by_key
}
