//! Parsing JSON: serde alone where nothing is wrong; where something is, all mistakes are explained at once.

use serde::de::{DeserializeOwned, IgnoredAny};
use utoipa::ToSchema;
use validator::Validate;

use super::{checked, explain, findings::MOST_FINDINGS, lenient, shape::Shape, stumble};
use crate::error::{Code, Error, FieldError, Result};

/// Parses a body, which is an object.
///
/// # Errors
/// `malformed_request` if it is no JSON; `invalid` with every mistake and its JSON pointer.
pub fn parse_json<T: DeserializeOwned + Validate + ToSchema + 'static>(body: &[u8]) -> Result<T> {
    // serde would also take an array, and fill the fields in the order of the source code.
    if body.trim_ascii_start().first() == Some(&b'[') {
        return Err(Error::invalid(vec![FieldError::new("", "unacceptable", "an object")]));
    }
    let body = lenient::as_meant(body);
    let value: T = serde_json::from_slice(&body).map_err(|error| refuse::<T>(&error, &body))?;
    value.validate().map_err(|errors| Error::invalid(checked::flatten(&errors)))?;
    Ok(value)
}

/// No JSON at all is one kind of mistake; JSON of the wrong shape is another.
fn refuse<T: DeserializeOwned + ToSchema + 'static>(error: &serde_json::Error, body: &[u8]) -> Error {
    if !error.is_data() && !is_no_variant(error, body) {
        return Error::new(Code::MalformedRequest).detail(error.to_string());
    }
    let mistakes = explain::body(body, &Shape::of::<T>(), stumble::in_json::<T>(body));
    let all = mistakes.len() < MOST_FINDINGS;
    let refusal = Error::invalid(mistakes);
    if all { refusal } else { refusal.detail("there may be more mistakes than are named here") }
}

/// Whether it is JSON all the same, with something in place of an enum that is no text: serde_json says of that what it
/// says of no JSON.
fn is_no_variant(error: &serde_json::Error, body: &[u8]) -> bool {
    error.to_string().starts_with("expected value") && serde_json::from_slice::<IgnoredAny>(body).is_ok()
}

/// Refuses nesting that would be too deep, before anything recursive sees it.
///
/// # Errors
/// `malformed_request`.
pub fn refuse_depth(body: &[u8], deepest: usize) -> Result<()> {
    // A body that opens so seldom cannot nest so deep; counting alone is much faster.
    if body.iter().filter(|byte| matches!(byte, b'{' | b'[')).count() <= deepest {
        return Ok(());
    }
    let (mut depth, mut in_text, mut escaped) = (0_usize, false, false);
    for &byte in body {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => depth += 1,
            b'}' | b']' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > deepest {
            return Err(Error::new(Code::MalformedRequest).detail(format!("nests deeper than {deepest}")));
        }
    }
    Ok(())
}
