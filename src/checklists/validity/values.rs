//! Whether a value is an answer to its kind of question.

use super::{Fault, control_fault, length_fault};
use crate::checklists::{
    answers::{AnswerValue, Location, North},
    key::Key,
    kinds::{AnswerKind, Ask, Choice, MAX_NUMBER, Pattern},
    measure::chosen,
};

/// Everything that keeps this value from being an answer to such a question.
pub(in crate::checklists) fn value_faults(kind: &AnswerKind, value: &AnswerValue) -> Vec<Fault> {
    let fault = match (kind, value) {
        (AnswerKind::YesNo { .. }, AnswerValue::Bool(_)) => None,
        (AnswerKind::OneChoice { options }, AnswerValue::Text(option)) => {
            let known = options.iter().any(|known| known.key.as_str() == option);
            (!known).then(|| unknown_option("/value"))
        }
        (AnswerKind::SeveralChoices { options, at_least, at_most }, AnswerValue::List(keys)) => {
            return list_faults(options, keys, *at_least, *at_most);
        }
        (AnswerKind::Scale { from, to, .. }, AnswerValue::Integer(number)) => {
            range_fault(*number, Some((*from).into()), Some((*to).into()))
        }
        (
            AnswerKind::Number { minimum, maximum, .. } | AnswerKind::Amount { minimum, maximum, .. },
            AnswerValue::Integer(number),
        ) => range_fault(*number, *minimum, *maximum),
        (AnswerKind::Duration { minimum, maximum, .. }, AnswerValue::Integer(seconds)) => {
            range_fault(*seconds, Some(minimum.unwrap_or(0).max(0)), *maximum)
        }
        (AnswerKind::Text { min_length, max_length, pattern, .. }, AnswerValue::Text(text)) => {
            text_fault(text, min_length.unwrap_or(0), *max_length, *pattern)
        }
        (AnswerKind::DateTime { ask, earliest, latest, .. }, AnswerValue::Text(text)) => {
            date_time_fault(*ask, text, earliest.as_deref(), latest.as_deref())
        }
        (AnswerKind::Location {}, AnswerValue::Location(location)) => location_fault(location),
        _ => Some(Fault::new("/value", "wrong_type", format!("Give {}.", wanted(kind)))),
    };
    fault.into_iter().collect()
}

fn wanted(kind: &AnswerKind) -> &'static str {
    match kind {
        AnswerKind::YesNo { .. } => "true or false",
        AnswerKind::OneChoice { .. } => "the key of an option as a string",
        AnswerKind::SeveralChoices { .. } => "a list of keys of options",
        AnswerKind::Scale { .. } => "a whole number",
        AnswerKind::Number { .. } => "a whole number, in units of the last decimal",
        AnswerKind::Amount { .. } => "a whole number, in minor units of the currency",
        AnswerKind::Duration { .. } => "a whole number of seconds",
        AnswerKind::Text { .. } => "a string",
        AnswerKind::DateTime { .. } => "a date, a time or both as a string",
        AnswerKind::Location {} => "an object with latitude and longitude",
        AnswerKind::Photo { .. }
        | AnswerKind::Audio { .. }
        | AnswerKind::Signature {}
        | AnswerKind::Note {} => "no value",
    }
}

fn unknown_option(member: impl Into<String>) -> Fault {
    Fault::new(member, "unknown_option", "Give the key of one of the question's options.")
}

fn list_faults(options: &[Choice], keys: &[String], at_least: u16, at_most: Option<u16>) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut seen: Vec<&Key> = Vec::with_capacity(keys.len());
    for (i, option) in chosen(options, keys).enumerate() {
        match option {
            Some(option) => seen.push(&option.key),
            None => faults.push(unknown_option(format!("/value/{i}"))),
        }
    }
    seen.sort_unstable();
    if seen.windows(2).any(|two| two.first() == two.last()) {
        faults.push(Fault::new("/value", "duplicate", "Give each option once."));
    }
    let most = at_most.map_or(usize::MAX, usize::from);
    if keys.len() < usize::from(at_least) {
        faults.push(Fault::new("/value", "too_few", format!("Give at least {at_least}.")));
    } else if keys.len() > most {
        faults.push(Fault::new("/value", "too_many", format!("Give at most {most}.")));
    }
    faults
}

/// Without limits of its own, a number is one that every reader of JSON keeps exactly.
fn range_fault(number: i64, least: Option<i64>, most: Option<i64>) -> Option<Fault> {
    let (least, most) = (least.unwrap_or(-MAX_NUMBER), most.unwrap_or(MAX_NUMBER));
    let fits = (least..=most).contains(&number);
    (!fits).then(|| Fault::new("/value", "out_of_range", format!("Give a number from {least} to {most}.")))
}

fn text_fault(text: &str, least: u32, most: u32, pattern: Option<Pattern>) -> Option<Fault> {
    let count = |limit| usize::try_from(limit).unwrap_or(usize::MAX);
    if text.trim().is_empty() {
        return Some(Fault::new("/value", "empty", "Write something, or leave the answer out."));
    }
    let short = || {
        let short = least > 1 && text.chars().take(count(least)).count() < count(least);
        short.then(|| Fault::new("/value", "too_short", format!("Write at least {least} characters.")))
    };
    let other = || {
        let pattern = pattern.filter(|pattern| !pattern.fits(text))?;
        Some(Fault::new("/value", "malformed", format!("Write {}.", pattern.wanted())))
    };
    length_fault("/value", text, count(most))
        .or_else(short)
        .or_else(|| control_fault("/value", text))
        .or_else(other)
}

fn date_time_fault(ask: Ask, text: &str, earliest: Option<&str>, latest: Option<&str>) -> Option<Fault> {
    if !ask.is_answered_by(text) {
        let message = format!("Give a day and a time that there are, as {}.", ask.example());
        return Some(Fault::new("/value", "malformed", message));
    }
    let fault = |message| Some(Fault::new("/value", "out_of_range", message));
    match (earliest, latest) {
        (Some(earliest), _) if text < earliest => fault(format!("Give {earliest} or later.")),
        (_, Some(latest)) if text > latest => fault(format!("Give {latest} or earlier.")),
        _ => None,
    }
}

fn location_fault(location: &Location) -> Option<Fault> {
    let fault = |member, message: &str| Some(Fault::new(member, "out_of_range", message));
    if North::new(location.latitude.get()).is_none() {
        return fault("/value/latitude", "Give degrees from -90 to 90.");
    }
    None
}
