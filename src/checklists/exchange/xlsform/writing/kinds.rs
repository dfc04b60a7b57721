//! The type of a question with everything that belongs to it.

use super::super::{numbers, patterns, printing};
use super::{Form, rows::Line};
use crate::checklists::model::{AnswerKind, Ask, Expected, Pattern};
use crate::decimals;

/// Puts the type, the kind and the limits of a question.
pub(super) fn asked(line: &mut Line, answer: &AnswerKind, form: &Form, order: usize) {
    let list = form.lists.get(&order).map(String::as_str).unwrap_or_default();
    match answer {
        AnswerKind::YesNo { expect } => yes_no(line, *expect, form),
        AnswerKind::OneChoice { .. } => line.put("type", format!("select_one {list}")),
        AnswerKind::SeveralChoices { at_least, at_most, .. } => {
            line.put("type", format!("select_multiple {list}"));
            let least = (*at_least != 1).then(|| format!("count-selected(.) >= {at_least}"));
            let most = at_most.map(|most| format!("count-selected(.) <= {most}"));
            line.put_all("constraint", [least, most]);
        }
        AnswerKind::Scale { from, to, reversed } => {
            line.put("type", "range");
            line.put("parameters", format!("start={from} end={to} step=1"));
            line.put("reversed", if *reversed { "yes" } else { "" });
        }
        AnswerKind::Number { decimals, minimum, maximum, unit, .. } => {
            number(line, *decimals);
            if let Some(unit) = unit {
                line.put_text("unit", unit);
            }
            limits(line, *minimum, *maximum, *decimals);
        }
        AnswerKind::Amount { currency, minimum, maximum, .. } => {
            amount(line, currency, *minimum, *maximum);
        }
        AnswerKind::Duration { minimum, maximum, .. } => {
            line.put("type", "integer");
            line.put("kind", "duration");
            limits(line, *minimum, *maximum, 0);
        }
        AnswerKind::Text { min_length, max_length, pattern, .. } => {
            text(line, *min_length, *max_length, *pattern);
        }
        AnswerKind::DateTime { ask, earliest, latest, .. } => moment(line, *ask, earliest, latest),
        AnswerKind::Photo { at_least, at_most, .. } => {
            line.put("type", "image");
            unusual(line, "at_least", *at_least, 1);
            unusual(line, "at_most", *at_most, 5);
        }
        AnswerKind::Audio { at_least, at_most, max_seconds, .. } => {
            line.put("type", "audio");
            unusual(line, "at_least", *at_least, 1);
            unusual(line, "at_most", *at_most, 1);
            unusual(line, "max_seconds", *max_seconds, 600);
        }
        AnswerKind::Location {} => line.put("type", "geopoint"),
        AnswerKind::Signature {} => {
            line.put("type", "image");
            line.put("appearance", "signature");
        }
        AnswerKind::Note {} => line.put("type", "note"),
    }
}

fn yes_no(line: &mut Line, expect: Expected, form: &Form) {
    line.put("type", format!("select_one {}", form.yes_no.as_deref().unwrap_or_default()));
    line.put("kind", "yes_no");
    line.put("expect", if expect == Expected::No { "no" } else { "" });
}

fn number(line: &mut Line, decimals: u8) {
    if decimals == 0 {
        line.put("type", "integer");
    } else {
        line.put("type", "decimal");
        line.put("decimals", decimals.to_string());
    }
}

fn amount(line: &mut Line, currency: &str, minimum: Option<i64>, maximum: Option<i64>) {
    let decimals = numbers::minor_digits(currency);
    line.put("type", if decimals == 0 { "integer" } else { "decimal" });
    line.put("kind", "amount");
    line.put("currency", currency);
    limits(line, minimum, maximum, decimals);
}

fn text(line: &mut Line, min_length: Option<u32>, max_length: u32, pattern: Option<Pattern>) {
    line.put("type", "text");
    let least = min_length.map(|least| format!("string-length(.) >= {least}"));
    let most = (max_length != 2_000).then(|| format!("string-length(.) <= {max_length}"));
    let regex = pattern.and_then(|pattern| printing::quoted(patterns::expression(pattern)));
    line.put_all("constraint", [least, most, regex.map(|regex| format!("regex(., {regex})"))]);
}

fn moment(line: &mut Line, ask: Ask, earliest: &Option<String>, latest: &Option<String>) {
    let name = match ask {
        Ask::Date => "date",
        Ask::Time => "time",
        Ask::DateTime => "dateTime",
    };
    line.put("type", name);
    let subject = if ask == Ask::Time { "decimal-time(.)" } else { "." };
    let limit = |sign: &str, moment: &Option<String>| {
        Some(format!("{subject} {sign} {}", printing::moment(ask, moment.as_ref()?)?))
    };
    line.put_all("constraint", [limit(">=", earliest), limit("<=", latest)]);
}

fn limits(line: &mut Line, minimum: Option<i64>, maximum: Option<i64>, decimals: u8) {
    let limit = |sign: &str, number: Option<i64>| {
        number.map(|number| format!(". {sign} {}", decimals::written(number, decimals, '.')))
    };
    line.put_all("constraint", [limit(">=", minimum), limit("<=", maximum)]);
}

/// Puts a number that differs from the one that an empty cell means.
fn unusual(line: &mut Line, column: &str, number: u16, usual: u16) {
    line.put(column, if number == usual { String::new() } else { number.to_string() });
}
