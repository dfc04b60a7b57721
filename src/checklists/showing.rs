//! Which questions of a visit are shown.

use super::answers::{AnswerValue, Answers};
use super::manifest::{Filled, Manifest};
use super::model::{AnswerKind, Contradiction, Key, Question};
use super::prepared::Prepared;
use super::rules::{Given, Rule};

impl Prepared {
    /// The questions that are hidden by their own rule or by their section's, in the order of the checklist.
    ///
    /// Rules are taken in that order, and a question that is hidden stands for nothing in those that follow.
    pub fn hidden<'f>(&self, filled: impl Into<Filled<'f>>) -> Vec<&Key> {
        let hidden = self.hidden_numbers(filled.into());
        if hidden.is_empty() {
            return Vec::new();
        }
        let questions = self.content().sections.iter().flat_map(|section| &section.questions);
        let is_hidden = |number: &usize| hidden.binary_search(number).is_ok();
        (0..)
            .zip(questions)
            .filter(|(number, _)| is_hidden(number))
            .map(|(_, question)| &question.key)
            .collect()
    }

    /// The same answers and evidence without those of hidden questions, dates and times in their one form.
    pub fn without_hidden(&self, mut answers: Answers, mut manifest: Manifest) -> (Answers, Manifest) {
        self.write_moments(&mut answers);
        let hidden = self.hidden_numbers(Filled { answers: &answers, manifest: &manifest });
        if !hidden.is_empty() {
            let is_shown = |key: &Key| {
                self.number(key.as_str()).is_none_or(|number| hidden.binary_search(&number).is_err())
            };
            answers.retain(|key, _| is_shown(key));
            manifest.retain(|file| is_shown(&file.question));
        }
        (answers, manifest)
    }

    /// What the answers contradict, in the order of the checklist. Hidden questions have no answers here.
    pub fn contradictions(&self, filled: Filled<'_>) -> Vec<&Contradiction> {
        let all = self.content().contradictions.iter();
        all.filter(|one| one.when.holds(&|key: &str| self.given_of(key, filled))).collect()
    }

    /// The control questions whose answers are wrong, in the order of the checklist.
    pub fn wrong_controls(&self, filled: Filled<'_>) -> Vec<&Key> {
        let questions = self.content().sections.iter().flat_map(|section| &section.questions);
        let is_wrong = |question: &&Question| {
            let is_answered = given(question, filled) != Given::Nothing;
            let is_right = |rule: &Rule| rule.holds(&|key: &str| self.given_of(key, filled));
            is_answered && question.control.as_ref().is_some_and(|rule| !is_right(rule))
        };
        questions.filter(is_wrong).map(|question| &question.key).collect()
    }

    fn given_of<'f>(&self, key: &str, filled: Filled<'f>) -> Given<'f> {
        self.question(key).map_or(Given::Nothing, |question| given(question, filled))
    }

    /// The numbers of the hidden questions, counted from 0 through all sections, in ascending order.
    fn hidden_numbers(&self, filled: Filled<'_>) -> Vec<usize> {
        let mut hidden = Vec::new();
        if !self.has_rules {
            return hidden;
        }
        let mut number = 0;
        for section in &self.content().sections {
            let whole = self.hides(section.show_when.as_ref(), number, &hidden, filled);
            for question in &section.questions {
                if whole || self.hides(question.show_when.as_ref(), number, &hidden, filled) {
                    hidden.push(number);
                }
                number += 1;
            }
        }
        hidden
    }

    /// Whether a rule about the questions before a number hides what it is for, where these of them are hidden.
    fn hides(&self, rule: Option<&Rule>, before: usize, hidden: &[usize], filled: Filled<'_>) -> bool {
        let given = |key: &str| match self.number(key) {
            Some(number) if number < before && hidden.binary_search(&number).is_err() => {
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
