//! Parsing JSON: serde alone where nothing is wrong; where something is, all mistakes are explained at once.

use serde::de::{DeserializeOwned, IgnoredAny};
use utoipa::ToSchema;
use validator::Validate;

use super::{
    checked,
    explain::{self, Explained},
    findings::MOST_FINDINGS,
    lenient,
    shape::Shape,
    stumble,
};
use crate::error::{Code, Error, FieldError, Result};

/// Parses a body, which is an object.
///
/// # Errors
/// `malformed_request` if it is no JSON; `invalid` with every mistake and its JSON pointer.
pub fn parse_json<T: DeserializeOwned + Validate + ToSchema + 'static>(body: &[u8]) -> Result<T> {
    // Some programs mark UTF-8 at its beginning.
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    // serde would also take an array, and fill the fields in the order of the source code.
    if body.trim_ascii_start().first() == Some(&b'[') {
        return Err(Error::invalid(vec![FieldError::new("", "unacceptable", "an object")]));
    }
    let body = lenient::as_meant(body);
    let value: T = serde_json::from_slice(&body).or_else(|error| without_nulls(&error, &body))?;
    value.validate().map_err(|errors| Error::invalid(checked::flatten(&errors)))?;
    Ok(value)
}

/// Reads a body in which serde stumbled once more, if nothing is wrong but that `null` stands for what may be left out.
///
/// # Errors
/// No JSON at all is one kind of mistake; JSON of the wrong shape is another.
fn without_nulls<T: DeserializeOwned + ToSchema + 'static>(
    error: &serde_json::Error,
    body: &[u8],
) -> Result<T> {
    if !error.is_data() && !is_json(error, body) {
        return Err(Error::new(Code::MalformedRequest).detail(no_json(error)).because(error));
    }
    let mistakes = match explain::body(body, &Shape::of::<T>(), stumble::in_json::<T>(body)) {
        Explained::Mistakes(mistakes) => mistakes,
        Explained::WithoutNulls(body) => {
            let body = serde_json::to_vec(&body).map_err(Error::internal)?;
            return serde_json::from_slice(&body)
                .map_err(|_| Error::invalid(vec![stumble::in_json::<T>(&body)]));
        }
    };
    let all = mistakes.len() < MOST_FINDINGS;
    let refusal = Error::invalid(mistakes);
    Err(if all { refusal } else { refusal.detail("there may be more mistakes than are named here") })
}

/// Why a body is no JSON, in words for people.
fn no_json(error: &serde_json::Error) -> String {
    let (line, column) = (error.line(), error.column());
    match error.is_eof() {
        true => "this is no JSON: it ends too early".to_owned(),
        false => format!("this is no JSON in UTF-8: see line {line}, column {column}"),
    }
}

/// Whether it is JSON all the same: of something in place of an enum that is no text, and of a number that is too large for
/// any type, serde_json says what it says of no JSON.
fn is_json(error: &serde_json::Error, body: &[u8]) -> bool {
    let why = error.to_string();
    let may_be = ["expected value", "number out of range"].iter().any(|begin| why.starts_with(begin));
    may_be && serde_json::from_slice::<IgnoredAny>(body).is_ok()
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
