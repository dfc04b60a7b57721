//! The types of XLSForm as kinds of answers.

use std::collections::BTreeMap;

use super::choices::{List, Lists};
use super::table::{Cell, Row};
use super::{extras, numbers};
use crate::checklists::exchange::ImportFindings;
use crate::checklists::kinds::{AnswerKind, Ask, Expected};
use crate::checklists::model::Key;

/// What a row is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// `begin_group`
    BeginGroup,
    /// `end_group`
    EndGroup,
    /// `begin_repeat`
    BeginRepeat,
    /// `end_repeat`
    EndRepeat,
    /// `calculate`
    Calculate,
    /// `start`, `end`, `today` and what is known of the phone, which every visit has.
    OfTheVisit,
    /// What other programs write down beside the answers.
    Metadata,
    /// A question.
    Question(Asks),
    /// A type of XLSForm that no checklist has, or an unknown one.
    Refused(String),
}

/// What a question asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Asks {
    SelectOne(String),
    SelectMultiple(String),
    Integer,
    Decimal,
    Text,
    Moment(Ask),
    Image,
    Audio,
    Position,
    Range,
    Acknowledge,
    Note,
}

/// What the type in this cell means.
pub fn of(text: &str) -> Type {
    let words: Vec<&str> = text.split_whitespace().collect();
    let lower: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
    match lower.as_slice() {
        ["begin_group"] | ["begin", "group"] => Type::BeginGroup,
        ["end_group"] | ["end", "group"] => Type::EndGroup,
        ["begin_repeat"] | ["begin", "repeat"] => Type::BeginRepeat,
        ["end_repeat"] | ["end", "repeat"] => Type::EndRepeat,
        ["calculate"] => Type::Calculate,
        ["start" | "end" | "today"] | ["start" | "end", "time"] => Type::OfTheVisit,
        ["deviceid"] | ["device", "id"] => Type::OfTheVisit,
        [
            "username" | "email" | "phonenumber" | "simserial" | "subscriberid" | "imei" | "audit"
            | "start-geopoint" | "background-audio",
        ]
        | ["phone", "number"]
        | ["sim", "serial"]
        | ["sim", "id"]
        | ["subscriber", "id"] => Type::Metadata,
        ["select_one" | "select1", _] => Type::Question(Asks::SelectOne(word(&words, 1))),
        ["select", "one", _] | ["select_one", "from", _] => Type::Question(Asks::SelectOne(word(&words, 2))),
        ["select", "one", "from", _] => Type::Question(Asks::SelectOne(word(&words, 3))),
        ["select_multiple", _] => Type::Question(Asks::SelectMultiple(word(&words, 1))),
        ["select", "multiple", _] | ["select_multiple", "from", _] => {
            Type::Question(Asks::SelectMultiple(word(&words, 2)))
        }
        ["select", "multiple", "from", _] => Type::Question(Asks::SelectMultiple(word(&words, 3))),
        ["select", "all", "that", "apply", _] => Type::Question(Asks::SelectMultiple(word(&words, 4))),
        ["select", "all", "that", "apply", "from", _] => {
            Type::Question(Asks::SelectMultiple(word(&words, 5)))
        }
        ["integer" | "int"] => Type::Question(Asks::Integer),
        ["decimal" | "dec"] => Type::Question(Asks::Decimal),
        ["text" | "string"] => Type::Question(Asks::Text),
        ["date"] => Type::Question(Asks::Moment(Ask::Date)),
        ["time"] => Type::Question(Asks::Moment(Ask::Time)),
        ["datetime"] => Type::Question(Asks::Moment(Ask::DateTime)),
        ["image" | "photo"] => Type::Question(Asks::Image),
        ["audio"] => Type::Question(Asks::Audio),
        ["geopoint" | "gps" | "location"] => Type::Question(Asks::Position),
        ["range"] => Type::Question(Asks::Range),
        ["acknowledge"] => Type::Question(Asks::Acknowledge),
        ["note"] => Type::Question(Asks::Note),
        _ => Type::Refused(text.chars().take(60).collect()),
    }
}

fn word(words: &[&str], index: usize) -> String {
    words.get(index).map(|word| (*word).to_owned()).unwrap_or_default()
}

/// Why a type is refused.
pub fn refusal(text: &str) -> String {
    let other = text.to_lowercase();
    if other.contains("or_other") || other.contains("or other") {
        return "`or_other` cannot be kept: add an option, and a text question that is shown for it.".into();
    }
    format!("A checklist has no `{text}`: leave it out or ask in another way.")
}

/// The choice that a type with `or_other` is without that.
pub fn without_other(text: &str) -> Option<Type> {
    let lower = text.to_lowercase();
    let end = ["or_other", "or other", "or_specify_other", "or specify other"]
        .iter()
        .find_map(|other| lower.find(other))?;
    match of(text.get(..end)?) {
        choice @ Type::Question(Asks::SelectOne(_) | Asks::SelectMultiple(_)) => Some(choice),
        _ => None,
    }
}

/// How a question is answered, with the names of its options.
pub type Answered = (AnswerKind, BTreeMap<String, Key>);

/// The kind of answers of a row, still without limits and bands.
pub fn answer(
    row: &Row<'_>,
    asks: &Asks,
    cell: &Cell<'_>,
    lists: &Lists,
    findings: &mut ImportFindings,
) -> Option<Answered> {
    let kind = row.take("kind");
    let wanted = kind.as_ref().map_or("", |kind| kind.text);
    let (answer, options) = match asks {
        Asks::SelectOne(list) | Asks::SelectMultiple(list) => {
            let list = match lists.take(list) {
                Ok(list) => list,
                Err((code, message)) => {
                    findings.error(&cell.at, code, message);
                    return None;
                }
            };
            let answer = match asks {
                Asks::SelectMultiple(_) => {
                    AnswerKind::SeveralChoices { options: list.choices(), at_least: 1, at_most: None }
                }
                _ if wanted == "yes_no" => yes_no(row, cell, list, findings),
                _ => AnswerKind::OneChoice { options: list.choices() },
            };
            (answer, list.keys())
        }
        _ => (without_options(row, asks, cell, wanted, findings)?, BTreeMap::new()),
    };
    if let Some(kind) = kind
        && kind.text != answer.name()
    {
        let message = format!("What is asked so is of the kind `{}`.", answer.name());
        findings.error(kind.at, "kind_mismatch", message);
    }
    Some((answer, options))
}

/// A list of `yes` and `no` as a yes/no question.
fn yes_no(row: &Row<'_>, cell: &Cell<'_>, list: &List, findings: &mut ImportFindings) -> AnswerKind {
    if !list.is_yes_no() {
        findings.error(&cell.at, "kind_mismatch", "Offer exactly the options `yes` and `no`.");
    }
    if let Some(at) = list.points_at() {
        findings.error(at, "not_kept", "The expected answer to a yes_no question earns its one point.");
    }
    AnswerKind::YesNo { expect: expect(row, findings) }
}

/// The kind of answers of a row that has no list of options.
fn without_options(
    row: &Row<'_>,
    asks: &Asks,
    cell: &Cell<'_>,
    wanted: &str,
    findings: &mut ImportFindings,
) -> Option<AnswerKind> {
    Some(match asks {
        Asks::SelectOne(_) | Asks::SelectMultiple(_) => return None,
        Asks::Integer | Asks::Decimal if wanted == "amount" => amount(row, findings),
        Asks::Integer if wanted == "duration" => {
            AnswerKind::Duration { minimum: None, maximum: None, bands: Vec::new() }
        }
        Asks::Integer => number(0),
        // How many decimals it needs is seen when all expressions are known.
        Asks::Decimal => number(extras::number(row, "decimals", findings).unwrap_or(0)),
        Asks::Text => {
            AnswerKind::Text { min_length: None, max_length: 2_000, pattern: None, bands: Vec::new() }
        }
        Asks::Moment(ask) => {
            AnswerKind::DateTime { ask: *ask, earliest: None, latest: None, bands: Vec::new() }
        }
        Asks::Image if wanted == "signature" || looks_like_a_signature(row) => AnswerKind::Signature {},
        Asks::Image => photo(row, findings),
        Asks::Audio => audio(row, findings),
        Asks::Position => AnswerKind::Location {},
        Asks::Range => scale(row, findings)?,
        Asks::Acknowledge => {
            findings.note(&cell.at, "It is a question that is answered with yes or no; yes is expected.");
            AnswerKind::YesNo { expect: Expected::Yes }
        }
        Asks::Note => AnswerKind::Note {},
    })
}

fn number(decimals: u8) -> AnswerKind {
    AnswerKind::Number { decimals, minimum: None, maximum: None, unit: None, bands: Vec::new() }
}

fn amount(row: &Row<'_>, findings: &mut ImportFindings) -> AnswerKind {
    let currency = row.take("currency").map(|cell| cell.text.to_owned());
    if currency.is_none() {
        findings.error(row.at("currency"), "missing", "Write the currency, such as EUR.");
    }
    let currency = currency.unwrap_or_default();
    AnswerKind::Amount { currency, minimum: None, maximum: None, bands: Vec::new() }
}

fn looks_like_a_signature(row: &Row<'_>) -> bool {
    row.take("appearance").is_some_and(|cell| cell.text == "signature")
}

fn photo(row: &Row<'_>, findings: &mut ImportFindings) -> AnswerKind {
    AnswerKind::Photo {
        at_least: extras::number(row, "at_least", findings).unwrap_or(1),
        at_most: extras::number(row, "at_most", findings).unwrap_or(5),
        bands: Vec::new(),
    }
}

fn audio(row: &Row<'_>, findings: &mut ImportFindings) -> AnswerKind {
    AnswerKind::Audio {
        at_least: extras::number(row, "at_least", findings).unwrap_or(1),
        at_most: extras::number(row, "at_most", findings).unwrap_or(1),
        max_seconds: extras::number(row, "max_seconds", findings).unwrap_or(600),
        bands: Vec::new(),
    }
}

fn expect(row: &Row<'_>, findings: &mut ImportFindings) -> Expected {
    let parse = |text: &str| match extras::truth(text) {
        Some(true) => Some(Expected::Yes),
        Some(false) => Some(Expected::No),
        None => None,
    };
    extras::read(row, "expect", parse, "Write `yes` or `no`.", findings).unwrap_or_default()
}

fn scale(row: &Row<'_>, findings: &mut ImportFindings) -> Option<AnswerKind> {
    let reversed = extras::flag(row, "reversed", findings);
    let Some(cell) = row.take("parameters") else {
        let message = "Without parameters it goes from 0 to 10, as the XLSForm reference has it.";
        findings.note(row.at("type"), message);
        return Some(AnswerKind::Scale { from: 0, to: 10, reversed });
    };
    let (mut from, mut to) = (Some(0), Some(10));
    for parameter in cell.text.split([' ', ',', ';']).filter(|parameter| !parameter.is_empty()) {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let whole = numbers::steps(value, 0).and_then(|number| i32::try_from(number).ok());
        match name.to_lowercase().as_str() {
            "start" => from = whole,
            "end" => to = whole,
            "step" if whole == Some(1) => {}
            "step" => {
                findings.error(cell.at, "step_not_kept", "A scale has steps of 1.");
                return None;
            }
            _ => {
                let name: String = name.chars().take(40).collect();
                findings.error(cell.at, "not_kept", format!("A scale has no `{name}`."));
                return None;
            }
        }
    }
    let (Some(from), Some(to)) = (from, to) else {
        findings.error(cell.at, "malformed", "Write whole numbers: `start=1 end=5 step=1`.");
        return None;
    };
    Some(AnswerKind::Scale { from, to, reversed })
}

/// The bands of answers, where they have any.
pub fn bands_mut(answer: &mut AnswerKind) -> Option<&mut Vec<crate::checklists::kinds::Band>> {
    match answer {
        AnswerKind::Number { bands, .. }
        | AnswerKind::Amount { bands, .. }
        | AnswerKind::Duration { bands, .. }
        | AnswerKind::Text { bands, .. }
        | AnswerKind::DateTime { bands, .. }
        | AnswerKind::Photo { bands, .. }
        | AnswerKind::Audio { bands, .. } => Some(bands),
        _ => None,
    }
}
