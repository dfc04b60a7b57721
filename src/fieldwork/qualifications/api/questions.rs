//! What a test asks, as its shoppers see it: types of their own, which have no place for what answers earn.

use serde::Serialize;
use utoipa::ToSchema;

use crate::checklists::{
    kinds::{AnswerKind, Ask, Choice, Pattern},
    model::{Content, Demand, Example, Key, Question, Section},
    rules::Rule,
    text::Text,
};

/// What a test asks.
#[derive(Serialize, ToSchema)]
pub struct TestContent<'c> {
    /// What it is called.
    title: &'c Text,
    /// The languages that it is written in, as BCP 47 tags; the first is the default.
    languages: &'c [String],
    /// The sections, in the order in which a shopper sees them.
    sections: Vec<TestSection<'c>>,
}

/// Questions that belong together.
#[derive(Serialize, ToSchema)]
pub struct TestSection<'c> {
    /// Names the section.
    key: &'c Key,
    /// What it is called.
    title: &'c Text,
    /// When it is shown; always, if missing. A hidden section hides its questions.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    show_when: Option<&'c Rule>,
    /// The questions, in the order in which a shopper sees them.
    questions: Vec<TestQuestion<'c>>,
}

/// One thing that is asked.
#[derive(Serialize, ToSchema)]
pub struct TestQuestion<'c> {
    /// Names the question in the answers.
    key: &'c Key,
    /// What is asked.
    text: &'c Text,
    /// What one needs to know to answer it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    help: Option<&'c Text>,
    /// Examples of what is meant.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pictures: &'c [Example],
    /// Whether it has to be answered.
    required: bool,
    /// Whether one may answer that it does not apply.
    not_applicable: bool,
    /// When it is shown; always, if missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    show_when: Option<&'c Rule>,
    /// Whether an answer needs a comment, or takes one.
    comment: TestComment,
    /// How it is answered.
    answer: TestAnswer<'c>,
}

/// Whether a comment stands beside an answer.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TestComment {
    /// An answer with a value needs one.
    Needed,
    /// One is welcome.
    Welcome,
    /// None is taken.
    NotTaken,
}

/// How a question is answered.
#[derive(Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TestAnswer<'c> {
    /// With `true` or `false`.
    YesNo {},
    /// With the key of one option.
    OneChoice {
        /// What can be chosen.
        options: Vec<TestOption<'c>>,
    },
    /// With a list of keys of options, each at most once.
    SeveralChoices {
        /// What can be chosen.
        options: Vec<TestOption<'c>>,
        /// How many have to be chosen; with 0, an empty list says that nothing fits.
        at_least: u16,
        /// How many may be chosen; null if all.
        at_most: Option<u16>,
    },
    /// With a whole number between both ends.
    Scale {
        /// The least number.
        from: i32,
        /// The greatest number.
        to: i32,
    },
    /// With a whole number of steps of `10^-decimals`: with one decimal, 45 is 4.5.
    Number {
        /// How many decimals may be given.
        decimals: u8,
        /// The least number, in the same steps.
        minimum: Option<i64>,
        /// The greatest number, in the same steps.
        maximum: Option<i64>,
        /// What is counted or measured.
        unit: Option<&'c Text>,
    },
    /// With an amount in the minor units of the currency.
    Amount {
        /// The currency, as ISO 4217 has it.
        currency: &'c str,
        /// The least amount, in minor units.
        minimum: Option<i64>,
        /// The greatest amount, in minor units.
        maximum: Option<i64>,
    },
    /// With a time in whole seconds.
    Duration {
        /// The shortest, in seconds.
        minimum: Option<i64>,
        /// The longest, in seconds.
        maximum: Option<i64>,
    },
    /// In the shopper's own words.
    Text {
        /// The fewest characters.
        min_length: Option<u32>,
        /// The most characters.
        max_length: u32,
        /// What an answer has to look like.
        pattern: Option<Pattern>,
    },
    /// With a date, a time or both: `2026-11-22`, `14:05`, `2026-11-22T14:05`.
    DateTime {
        /// What is asked for.
        ask: Ask,
        /// The earliest, as it would be answered.
        earliest: Option<&'c str>,
        /// The latest, as it would be answered.
        latest: Option<&'c str>,
    },
    /// With a position.
    Location {},
    /// Something to read, without an answer.
    Note {},
}

/// One option of a choice.
#[derive(Serialize, ToSchema)]
pub struct TestOption<'c> {
    /// Names the option in the answer.
    key: &'c Key,
    /// What the shopper reads.
    text: &'c Text,
}

impl<'c> From<&'c Content> for TestContent<'c> {
    fn from(Content { title, languages, sections, .. }: &'c Content) -> Self {
        Self { title, languages, sections: sections.iter().map(TestSection::from).collect() }
    }
}

impl<'c> From<&'c Section> for TestSection<'c> {
    fn from(Section { key, title, weight: _, show_when, questions }: &'c Section) -> Self {
        let questions = questions.iter().map(TestQuestion::from).collect();
        Self { key, title, show_when: show_when.as_ref(), questions }
    }
}

impl<'c> From<&'c Question> for TestQuestion<'c> {
    fn from(question: &'c Question) -> Self {
        Self {
            key: &question.key,
            text: &question.text,
            help: question.help.as_ref(),
            pictures: &question.pictures,
            required: question.required,
            not_applicable: question.not_applicable,
            show_when: question.show_when.as_ref(),
            comment: match question.comment {
                Some(Demand::Always {}) => TestComment::Needed,
                Some(Demand::Never {}) => TestComment::NotTaken,
                // `below` would tell what an answer earned, and no test has it.
                Some(Demand::Below { .. }) | None => TestComment::Welcome,
            },
            answer: TestAnswer::from(&question.answer),
        }
    }
}

impl<'c> From<&'c AnswerKind> for TestAnswer<'c> {
    /// Every kind is taken apart by name, so that what is added one day is not shown unless the code says so.
    fn from(kind: &'c AnswerKind) -> Self {
        let shown = |options: &'c [Choice]| options.iter().map(TestOption::from).collect();
        match kind {
            AnswerKind::YesNo { expect: _ } => Self::YesNo {},
            AnswerKind::OneChoice { options } => Self::OneChoice { options: shown(options) },
            AnswerKind::SeveralChoices { options, at_least, at_most } => {
                Self::SeveralChoices { options: shown(options), at_least: *at_least, at_most: *at_most }
            }
            AnswerKind::Scale { from, to, reversed: _ } => Self::Scale { from: *from, to: *to },
            AnswerKind::Number { decimals, minimum, maximum, unit, bands: _ } => Self::Number {
                decimals: *decimals,
                minimum: *minimum,
                maximum: *maximum,
                unit: unit.as_ref(),
            },
            AnswerKind::Amount { currency, minimum, maximum, bands: _ } => {
                Self::Amount { currency, minimum: *minimum, maximum: *maximum }
            }
            AnswerKind::Duration { minimum, maximum, bands: _ } => {
                Self::Duration { minimum: *minimum, maximum: *maximum }
            }
            AnswerKind::Text { min_length, max_length, pattern, bands: _ } => {
                Self::Text { min_length: *min_length, max_length: *max_length, pattern: *pattern }
            }
            AnswerKind::DateTime { ask, earliest, latest, bands: _ } => {
                Self::DateTime { ask: *ask, earliest: earliest.as_deref(), latest: latest.as_deref() }
            }
            AnswerKind::Location {} => Self::Location {},
            // No test has questions that files answer; there would be nothing to answer them with.
            AnswerKind::Photo { .. }
            | AnswerKind::Audio { .. }
            | AnswerKind::Signature {}
            | AnswerKind::Note {} => Self::Note {},
        }
    }
}

impl<'c> From<&'c Choice> for TestOption<'c> {
    fn from(Choice { key, text, points: _ }: &'c Choice) -> Self {
        Self { key, text }
    }
}

#[cfg(test)]
mod tests;
