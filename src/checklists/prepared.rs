//! A checklist made ready for many visits, and the check of what they answered.

use std::collections::HashMap;

use super::answers::{Answer, AnswerValue, Answers};
use super::bindings::Bindings;
use super::check::{has_control, is_longer};
use super::manifest::Filled;
use super::model::{AnswerKind, Choice, Content, Key, Question, Section};
use super::text::MAX_TEXT;
use crate::error::{FieldError, escape};

/// Content made ready to check and score many visits: built once for each published version, then shared.
///
/// Content that [`Content::check`] finds fault with does no harm here, but what its faulty parts
/// score means nothing.
#[derive(Debug, Clone)]
pub struct Prepared {
    content: Content,
    bindings: Bindings,
    places: HashMap<Key, (usize, usize)>,
    pub(super) has_rules: bool,
    points: Vec<Vec<Option<i64>>>,
    required: usize,
}

impl Prepared {
    /// Builds the index and works out what each question can earn, of content that speaks of no catalogue.
    pub fn new(content: Content) -> Self {
        Self::bound(content, Bindings::default())
    }

    /// The same, with what its keys of standards and dimensions stand for.
    pub fn bound(content: Content, bindings: Bindings) -> Self {
        let questions = || content.sections.iter().flat_map(|section| &section.questions);
        Self {
            places: places(&content),
            has_rules: content.has_rules(),
            points: content.sections.iter().map(points).collect(),
            required: questions().filter(|question| question.required).count(),
            content,
            bindings,
        }
    }

    /// What the checklist says.
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
        let (section, question) = *self.places.get(key)?;
        let section = self.content.sections.get(section)?;
        Some((section, section.questions.get(question)?))
    }

    /// The number of the question with this key, counted from 0 through all sections.
    pub(super) fn number(&self, key: &str) -> Option<usize> {
        let (section, question) = *self.places.get(key)?;
        let before = self.content.sections.iter().take(section);
        Some(before.map(|section| section.questions.len()).sum::<usize>() + question)
    }

    /// Every section, each question with the most points that it can earn.
    pub(super) fn sections(
        &self,
    ) -> impl Iterator<Item = (&Section, impl Iterator<Item = (&Question, Option<i64>)>)> {
        self.content
            .sections
            .iter()
            .zip(&self.points)
            .map(|(section, points)| (section, section.questions.iter().zip(points.iter().copied())))
    }

    /// Names everything that is wrong with a checklist filled in, each with its place under `/answers` or `/manifest`.
    pub fn check_answers<'f>(&self, filled: impl Into<Filled<'f>>) -> Vec<FieldError> {
        let Filled { answers, .. } = filled.into();
        let mut problems = Vec::new();
        let mut required = 0;
        for (key, answer) in answers.iter() {
            let faults = match self.question(key.as_str()) {
                Some(question) => {
                    required += usize::from(question.required);
                    [main_fault(question, answer), comment_fault(answer)]
                }
                None => [Some(unknown_question()), None],
            };
            problems.extend(faults.into_iter().flatten().map(|fault| fault.at(key)));
        }
        if required < self.required {
            problems.extend(self.missing(answers).map(|key| missing_answer().at(key)));
        }
        problems
    }

    fn missing(&self, answers: &Answers) -> impl Iterator<Item = &Key> {
        let questions = self.content.sections.iter().flat_map(|section| &section.questions);
        questions
            .filter(|question| question.required && answers.get(question.key.as_str()).is_none())
            .map(|question| &question.key)
    }
}

fn places(content: &Content) -> HashMap<Key, (usize, usize)> {
    let mut places = HashMap::new();
    for (s, section) in content.sections.iter().enumerate() {
        places
            .extend(section.questions.iter().enumerate().map(|(q, question)| (question.key.clone(), (s, q))));
    }
    places
}

fn points(section: &Section) -> Vec<Option<i64>> {
    section.questions.iter().map(|question| question.answer.points()).collect()
}

/// What is wrong with one member of an answer, or with the answer (`member` is empty).
struct Fault {
    member: &'static str,
    code: &'static str,
    message: String,
}

impl Fault {
    fn new(member: &'static str, code: &'static str, message: impl Into<String>) -> Self {
        Self { member, code, message: message.into() }
    }

    fn at(self, key: &Key) -> FieldError {
        FieldError::new(format!("/answers/{}{}", escape(key.as_str()), self.member), self.code, self.message)
    }
}

fn unknown_question() -> Fault {
    Fault::new("", "unknown_question", "Remove this answer: the checklist version has no such question.")
}

fn missing_answer() -> Fault {
    Fault::new("", "required", "Answer this question.")
}

fn main_fault(question: &Question, answer: &Answer) -> Option<Fault> {
    match (&answer.value, answer.not_applicable) {
        (Some(value), false) => value_fault(&question.answer, value),
        (None, true) if question.not_applicable => None,
        (None, true) => {
            let message = "Give a value: this question does not allow 'not applicable'.";
            Some(Fault::new("/not_applicable", "not_applicable_not_allowed", message))
        }
        _ => {
            let message = "Give either a value or `\"not_applicable\": true`.";
            Some(Fault::new("", "value_or_not_applicable", message))
        }
    }
}

fn value_fault(kind: &AnswerKind, value: &AnswerValue) -> Option<Fault> {
    match (kind, value) {
        (AnswerKind::YesNo { .. }, AnswerValue::Bool(_)) => None,
        (AnswerKind::OneChoice { options }, AnswerValue::Text(option)) => option_fault(options, option),
        (AnswerKind::Scale { from, to, .. }, AnswerValue::Integer(number)) => {
            scale_fault(*from, *to, *number)
        }
        (AnswerKind::Text { max_length, .. }, AnswerValue::Text(text)) => {
            text_fault("/value", text, *max_length)
        }
        _ => Some(Fault::new("/value", "wrong_type", format!("Give {}.", wanted(kind)))),
    }
}

fn wanted(kind: &AnswerKind) -> &'static str {
    match kind {
        AnswerKind::YesNo { .. } => "true or false",
        AnswerKind::OneChoice { .. } => "the key of an option as a string",
        AnswerKind::Scale { .. } => "a whole number",
        AnswerKind::Text { .. } => "a string",
        _ => "nothing yet", // the kinds that are to come
    }
}

fn option_fault(options: &[Choice], option: &str) -> Option<Fault> {
    let known = options.iter().any(|known| known.key.as_str() == option);
    (!known).then(|| Fault::new("/value", "unknown_option", "Give the key of one of the question's options."))
}

fn scale_fault(from: i32, to: i32, number: i64) -> Option<Fault> {
    let fits = (i64::from(from)..=i64::from(to)).contains(&number);
    (!fits).then(|| Fault::new("/value", "out_of_range", format!("Give a number from {from} to {to}.")))
}

fn comment_fault(answer: &Answer) -> Option<Fault> {
    let comment = answer.comment.as_deref()?;
    length_fault("/comment", comment, MAX_TEXT).or_else(|| control_fault("/comment", comment))
}

fn text_fault(member: &'static str, text: &str, most: u32) -> Option<Fault> {
    if text.trim().is_empty() {
        return Some(Fault::new(member, "empty", "Write something, or leave the answer out."));
    }
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    length_fault(member, text, most).or_else(|| control_fault(member, text))
}

fn length_fault(member: &'static str, text: &str, most: usize) -> Option<Fault> {
    is_longer(text, most).then(|| Fault::new(member, "too_long", format!("Shorten it to {most} characters.")))
}

fn control_fault(member: &'static str, text: &str) -> Option<Fault> {
    let message = "Remove control characters other than line breaks and tabs.";
    has_control(text).then(|| Fault::new(member, "control_character", message))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use proptest::prelude::*;
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::checklists::samples::visits;

    fn prepared() -> Prepared {
        let text = json!({"en": "A text"});
        let options = ["a", "b"].map(|key| json!({"key": key, "text": text, "points": 1}));
        let content = json!({"title": text, "languages": ["en"], "sections": [{"key": "s", "title": text, "questions": [
            {"key": "yes", "text": text, "answer": {"kind": "yes_no"}},
            {"key": "choice", "text": text, "required": false, "answer": {"kind": "one_choice", "options": options}},
            {"key": "scale", "text": text, "required": false, "not_applicable": true,
                "answer": {"kind": "scale", "from": -1, "to": 5}},
            {"key": "words", "text": text, "required": false, "answer": {"kind": "text", "max_length": 5}}]}]});
        Prepared::new(serde_json::from_value(content).unwrap())
    }

    fn problems(answers: Json) -> Vec<(String, &'static str)> {
        let answers = serde_json::from_value(answers).unwrap();
        let problems = prepared().check_answers(&answers);
        problems.into_iter().map(|problem| (problem.pointer, problem.code)).collect()
    }

    #[test]
    fn each_problem_has_its_place() {
        let cases = [
            ("yes", json!({"value": "true"}), "/answers/yes/value", "wrong_type"),
            ("yes", json!({"value": 1}), "/answers/yes/value", "wrong_type"),
            (
                "yes",
                json!({"not_applicable": true}),
                "/answers/yes/not_applicable",
                "not_applicable_not_allowed",
            ),
            ("yes", json!({}), "/answers/yes", "value_or_not_applicable"),
            (
                "scale",
                json!({"value": 1, "not_applicable": true}),
                "/answers/scale",
                "value_or_not_applicable",
            ),
            ("scale", json!({"value": 6}), "/answers/scale/value", "out_of_range"),
            ("scale", json!({"value": -2}), "/answers/scale/value", "out_of_range"),
            ("scale", json!({"value": "1"}), "/answers/scale/value", "wrong_type"),
            ("choice", json!({"value": "c"}), "/answers/choice/value", "unknown_option"),
            ("choice", json!({"value": true}), "/answers/choice/value", "wrong_type"),
            ("words", json!({"value": "éééééé"}), "/answers/words/value", "too_long"),
            ("words", json!({"value": "a\u{0}"}), "/answers/words/value", "control_character"),
            ("words", json!({"value": " "}), "/answers/words/value", "empty"),
            ("yes", json!({"value": true, "comment": "é".repeat(2001)}), "/answers/yes/comment", "too_long"),
            ("yes", json!({"value": true, "comment": "\u{1b}"}), "/answers/yes/comment", "control_character"),
            ("a/~b", json!({"value": true}), "/answers/a~1~0b", "unknown_question"),
        ];
        for (key, answer, pointer, code) in cases {
            let mut answers = json!({"yes": {"value": true}});
            answers[key] = answer.clone();
            assert_eq!(problems(answers), [(pointer.to_owned(), code)], "{key}: {answer}");
        }
    }

    #[test]
    fn what_is_required_must_be_there() {
        assert_eq!(problems(json!({})), [("/answers/yes".to_owned(), "required")]);
        assert_eq!(problems(json!({"words": {"value": "x"}})), [("/answers/yes".to_owned(), "required")]);
        let unknown = json!({"nosuch": {"value": true}});
        assert_eq!(problems(unknown).len(), 2, "an unknown answer stands for no required one");
    }

    #[test]
    fn what_fits_is_accepted() {
        let answers = json!({"yes": {"value": false, "comment": "é".repeat(2000)}, "choice": {"value": "b"},
            "scale": {"not_applicable": true}, "words": {"value": "é\n\té!"}});
        assert_eq!(problems(answers), []);
    }

    proptest! {
        #[test]
        fn arbitrary_visits_are_accepted((content, answers) in visits()) {
            prop_assert_eq!(Prepared::new(content).check_answers(&answers), vec![]);
        }
    }
}
