//! How things and values are called in sentences.

use std::collections::HashMap;

use super::Thing;
use crate::{
    checklists::{
        model::{AnswerKind, Ask, Band, Choice, Content, Example, Question, Section},
        text::Text,
    },
    decimals::{of_currency, written},
};

/// Most characters of a name in a sentence.
const LONGEST_NAME: usize = 60;
/// Most characters of a value in a sentence.
const LONGEST_VALUE: usize = 1_000;
/// Most characters of a text or a list of bands that is shown whole: no text that can be published has more.
const LONGEST: usize = 2_000;

/// One of the two contents, to look names up in.
pub(super) struct Book<'c> {
    pub(super) content: &'c Content,
    /// The language in which things are named: its first.
    pub(super) language: &'c str,
    /// The questions by their keys.
    pub(super) questions: HashMap<&'c str, &'c Question>,
    /// The texts of options by the keys of question and option.
    pub(super) options: HashMap<(&'c str, &'c str), &'c Text>,
}

impl<'c> Book<'c> {
    pub(super) fn of(content: &'c Content) -> Self {
        let questions = || content.sections.iter().flat_map(|section| &section.questions);
        let options = questions().flat_map(|question| {
            let options = question.answer.options().iter();
            options.map(|option| ((question.key.as_str(), option.key.as_str()), &option.text))
        });
        Self {
            options: options.collect(),
            content,
            language: content.languages.first().map_or("en", String::as_str),
            questions: questions().map(|question| (question.key.as_str(), question)).collect(),
        }
    }

    pub(super) fn section(&self, section: &Section) -> Thing {
        let called = format!("section {}", name(&section.title, self.language, section.key.as_str()));
        Thing { section: Some(section.key.clone()), called, ..Thing::default() }
    }

    pub(super) fn question(&self, section: &Section, question: &Question) -> Thing {
        let called = name(&question.text, self.language, question.key.as_str());
        let section = self.section(section);
        let place = format!("In {}, ", section.called);
        Thing { question: Some(question.key.clone()), place, called, ..section }
    }

    pub(super) fn option(&self, section: &Section, question: &Question, option: &Choice) -> Thing {
        let of = self.question(section, question);
        let called =
            format!("the option {} of {}", name(&option.text, self.language, option.key.as_str()), of.called);
        Thing { option: Some(option.key.clone()), called, ..of }
    }

    pub(super) fn picture(&self, section: &Section, question: &Question, picture: &Example) -> Thing {
        let of = self.question(section, question);
        let called = format!("the picture {} of {}", name(&picture.alt, self.language, "?"), of.called);
        Thing { picture: Some(picture.id), called, ..of }
    }
}

/// A text in this language, or else in any.
fn in_words<'t>(text: &'t Text, language: &str) -> Option<&'t str> {
    text.get(language)
        .or_else(|| text.iter().next().map(|(_, text)| text))
        .filter(|text| !text.trim().is_empty())
}

/// What something is called: the beginning of its text, or else its key.
pub(super) fn name(text: &Text, language: &str, key: &str) -> String {
    quoted(in_words(text, language).unwrap_or(key))
}

/// A text as it is shown before or after a change.
pub(super) fn whole(text: &Text, language: &str) -> String {
    shortened(in_words(text, language).unwrap_or_default(), LONGEST)
}

/// A text as it is shown, in any language.
pub(super) fn plain(text: &str) -> String {
    shortened(text, LONGEST)
}

/// The beginning of a text, on one line and between quotation marks.
pub(super) fn quoted(text: &str) -> String {
    let line: String = text.trim().chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    format!("'{}'", shortened(&line, LONGEST_NAME))
}

/// That a thing changed its place, from one to another (both counted from 0); where others came and went before it,
/// the two may be the same.
pub(super) fn moved(called: &str, from: usize, to: usize) -> String {
    if from == to {
        return format!("{called} changed places with others around it");
    }
    format!("{called} moved from place {} to place {}", from + 1, to + 1)
}

/// The text, cut to so many characters.
pub(super) fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{} …", text.get(..end).unwrap_or_default().trim_end()),
        None => text.to_owned(),
    }
}

pub(super) fn capitalized(sentence: &str) -> String {
    let mut chars = sentence.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// `1 point`, `2 points`.
pub(super) fn count(number: impl Into<CountOf>, of: &str) -> String {
    let CountOf(number) = number.into();
    if number == 1 { format!("1 {of}") } else { format!("{number} {of}s") }
}

/// A number of things.
pub(super) struct CountOf(i128);

impl From<usize> for CountOf {
    fn from(number: usize) -> Self {
        Self(number as i128)
    }
}

impl From<i64> for CountOf {
    fn from(number: i64) -> Self {
        Self(number.into())
    }
}

/// `'a', 'b' or 'c'`
pub(super) fn listed(items: &[String]) -> String {
    match items {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    }
}

/// Basis points as a percentage: `95.00 %`.
pub(super) fn percent(basis_points: u16) -> String {
    format!("{} %", written(basis_points.into(), 2, '.'))
}

/// What an answer of this kind is measured by, as a person reads it: `4.5 °C`, `12.50 EUR`, `120 s`.
pub(super) fn measure(book: &Book<'_>, answer: &AnswerKind, number: i64) -> String {
    match answer {
        AnswerKind::Number { decimals, unit, .. } => {
            let unit = unit.as_ref().and_then(|unit| in_words(unit, book.language));
            let unit = unit.map(|unit| format!(" {}", shortened(unit, LONGEST_NAME))).unwrap_or_default();
            format!("{}{unit}", written(number, *decimals, '.'))
        }
        AnswerKind::Amount { currency, .. } => {
            let decimals = of_currency(currency).unwrap_or(0);
            format!("{} {}", written(number, decimals, '.'), shortened(currency, LONGEST_NAME))
        }
        AnswerKind::Duration { .. } => format!("{number} s"),
        AnswerKind::Text { .. } => count(number, "character"),
        AnswerKind::DateTime { .. } if (0..24 * 60).contains(&number) => {
            format!("{:02}:{:02}", number / 60, number % 60)
        }
        AnswerKind::Photo { .. } => count(number, "photo"),
        AnswerKind::Audio { .. } => count(number, "recording"),
        _ => number.to_string(),
    }
}

/// `up to 120 s: 10 points, above: 1 point`
pub(super) fn bands(book: &Book<'_>, answer: &AnswerKind, bands: &[Band]) -> String {
    let band = |(at, Band { up_to, points }): (usize, &Band)| {
        let limit = match up_to {
            Some(limit) => format!("up to {}", measure(book, answer, *limit)),
            None if at == 0 => "any".to_owned(),
            None => "above".to_owned(),
        };
        format!("{limit}: {}", count(i64::from(*points), "point"))
    };
    // Many more than can be published would only be cut off again.
    let limits: Vec<_> = bands.iter().take(LONGEST).enumerate().map(band).collect();
    shortened(&limits.join(", "), LONGEST)
}

/// How a question is answered.
pub(super) fn kind(book: &Book<'_>, answer: &AnswerKind) -> String {
    match answer {
        AnswerKind::YesNo { .. } => "yes or no".to_owned(),
        AnswerKind::OneChoice { options } => format!("one choice of {}", count(options.len(), "option")),
        AnswerKind::SeveralChoices { options, .. } => {
            format!("several choices of {}", count(options.len(), "option"))
        }
        AnswerKind::Scale { from, to, .. } => format!("a scale from {from} to {to}"),
        AnswerKind::Number { unit, .. } => match unit.as_ref().and_then(|unit| in_words(unit, book.language))
        {
            Some(unit) => format!("a number of {}", quoted(unit)),
            None => "a number".to_owned(),
        },
        AnswerKind::Amount { currency, .. } => format!("an amount in {}", shortened(currency, LONGEST_NAME)),
        AnswerKind::Duration { .. } => "a duration".to_owned(),
        AnswerKind::Text { .. } => "a text".to_owned(),
        AnswerKind::DateTime { ask, .. } => self::ask(*ask).to_owned(),
        AnswerKind::Photo { .. } => "photos".to_owned(),
        AnswerKind::Audio { .. } => "recordings".to_owned(),
        AnswerKind::Location {} => "a position".to_owned(),
        AnswerKind::Signature {} => "a signature".to_owned(),
        AnswerKind::Note {} => "a note to be read".to_owned(),
    }
}

/// What a date-time question asks for.
pub(super) fn ask(ask: Ask) -> &'static str {
    match ask {
        Ask::Date => "a date",
        Ask::Time => "a time",
        Ask::DateTime => "a date with a time",
    }
}

/// The words around the values of two sides.
#[derive(Clone, Copy, Debug)]
pub(super) enum Phrase {
    /// `the weight of {}` went from 5 to 10.
    Went(&'static str),
    /// `{}` was always shown and is now shown when ….
    Is(&'static str),
}

impl Phrase {
    pub(super) fn sentence(
        self,
        called: &str,
        language: Option<&str>,
        values: [Option<String>; 2],
    ) -> String {
        let (Self::Went(pattern) | Self::Is(pattern)) = self;
        let mut what = pattern.replacen("{}", called, 1);
        if let Some(tag) = language {
            what.push_str(&format!(" in '{tag}'"));
        }
        let [before, after] = values.map(|value| value.map(|value| shortened(&value, LONGEST_VALUE)));
        match (self, before, after) {
            (Self::Is(_), Some(before), Some(after)) if before != after => {
                format!("{what} was {before} and is now {after}")
            }
            (Self::Is(_), Some(same), Some(_)) => format!("{what} is still {same}, but written differently"),
            (_, Some(before), Some(after)) if before != after => {
                format!("{what} went from {before} to {after}")
            }
            (_, None, Some(after)) => format!("{what} is new: {after}"),
            (_, Some(before), None) => format!("{what} is gone; it was {before}"),
            _ => format!("{what} changed"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_out() {
        for (number, decimals, wanted) in [
            (45, 1, "4.5"),
            (-5, 2, "-0.05"),
            (0, 0, "0"),
            (-7, 0, "-7"),
            (1_250, 2, "12.50"),
            (i64::MIN, 3, "-9223372036854775.808"),
        ] {
            assert_eq!(written(number, decimals, '.'), wanted);
        }
        assert_eq!(percent(9_500), "95.00 %");
        assert_eq!(written(1, u8::MAX, '.').len(), 257);
    }

    #[test]
    fn names_are_one_short_line() {
        assert_eq!(quoted("a\nb"), "'a b'");
        assert_eq!(quoted(&"é".repeat(60)), format!("'{}'", "é".repeat(60)));
        assert_eq!(quoted(&"é".repeat(61)), format!("'{} …'", "é".repeat(60)));
    }
}
