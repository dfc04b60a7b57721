//! Which questions of a visit are shown.

use super::answers::{AnswerValue, Answers};
use super::manifest::{Filled, Manifest};
use super::model::{AnswerKind, Key, Question};
use super::prepared::Prepared;
use super::rules::{Given, Rule};

/// The index of a section, and of a question in it.
type Place = (usize, usize);

impl Prepared {
    /// The questions that are hidden by their own rule or by their section's, in the order of the checklist.
    ///
    /// Rules are taken in that order, and a question that is hidden stands for nothing in those that follow.
    pub fn hidden<'f>(&self, filled: impl Into<Filled<'f>>) -> Vec<&Key> {
        let sections = &self.content().sections;
        let question = |(s, q): &Place| sections.get(*s)?.questions.get(*q);
        self.hidden_places(filled.into()).iter().filter_map(question).map(|question| &question.key).collect()
    }

    /// The same answers and evidence without those of hidden questions.
    pub fn without_hidden(&self, mut answers: Answers, mut manifest: Manifest) -> (Answers, Manifest) {
        let hidden = self.hidden_places(Filled { answers: &answers, manifest: &manifest });
        if !hidden.is_empty() {
            let shown =
                |key: &Key| self.places.get(key).is_none_or(|place| hidden.binary_search(place).is_err());
            answers.retain(|key, _| shown(key));
            manifest.retain(|file| shown(&file.question));
        }
        (answers, manifest)
    }

    /// In ascending order.
    fn hidden_places(&self, filled: Filled<'_>) -> Vec<Place> {
        let mut hidden = Vec::new();
        if !self.has_rules {
            return hidden;
        }
        for (s, section) in self.content().sections.iter().enumerate() {
            let whole = self.hides(section.show_when.as_ref(), (s, 0), &hidden, filled);
            for (q, question) in section.questions.iter().enumerate() {
                if whole || self.hides(question.show_when.as_ref(), (s, q), &hidden, filled) {
                    hidden.push((s, q));
                }
            }
        }
        hidden
    }

    /// Whether a rule that stands here hides what it stands at, where these are hidden of what comes before.
    fn hides(&self, rule: Option<&Rule>, here: Place, hidden: &[Place], filled: Filled<'_>) -> bool {
        let given = |key: &str| match self.places.get(key) {
            Some(place) if *place < here && hidden.binary_search(place).is_err() => {
                self.question(key).map_or(Given::Nothing, |question| given(question, filled))
            }
            _ => Given::Nothing,
        };
        rule.is_some_and(|rule| !rule.holds(&given))
    }
}

/// What a shown question stands for in a rule.
fn given<'f>(question: &Question, filled: Filled<'f>) -> Given<'f> {
    let key = question.key.as_str();
    let answer = filled.answers.get(key);
    if answer.is_some_and(|answer| answer.not_applicable) {
        return Given::Nothing;
    }
    match &question.answer {
        AnswerKind::Note {} => Given::Nothing,
        AnswerKind::Photo { .. } | AnswerKind::Signature {} => files(key, filled, true),
        AnswerKind::Audio { .. } => files(key, filled, false),
        _ => answer.and_then(|answer| answer.value.as_ref()).map_or(Given::Nothing, value),
    }
}

/// How many images or recordings there are: beside a recording there may be a photo that does not answer.
fn files<'f>(key: &str, Filled { manifest, .. }: Filled<'_>, images: bool) -> Given<'f> {
    let count = manifest.iter().filter(|file| file.question.as_str() == key);
    match count.filter(|file| file.media_type.is_image() == images).count() {
        0 => Given::Nothing,
        count => Given::Integer(i64::try_from(count).unwrap_or(i64::MAX)),
    }
}

fn value(value: &AnswerValue) -> Given<'_> {
    match value {
        AnswerValue::Bool(yes) => Given::Bool(*yes),
        AnswerValue::Integer(number) => Given::Integer(*number),
        AnswerValue::Text(text) => Given::Text(text),
        AnswerValue::List(list) => Given::List(list),
        AnswerValue::Location(_) => Given::Position,
    }
}
