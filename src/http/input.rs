//! What comes in: read within limits of size, time and depth, then parsed, then checked; every mistake has its place.

use std::{future::Future, pin::Pin, time::Duration};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::Payload,
    web::{Bytes, BytesMut},
};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, timeout_at};
use validator::{Validate, ValidationError, ValidationErrors, ValidationErrorsKind};

use crate::{
    error::{Code, Error, FieldError, Result, escape},
    text,
};

/// The largest JSON body, in bytes.
pub const JSON_LIMIT: usize = 1 << 20;
/// The deepest nesting of a JSON body.
const DEEPEST: usize = 32;
/// A body has so long …
const BODY_GRACE: Duration = Duration::from_secs(10);
/// … and one more second for every so many bytes that have arrived.
const LEAST_BYTES_PER_SECOND: u64 = 8 * 1024;

/// A JSON body that was read, parsed and found valid, and that nests no deeper than this.
#[derive(Debug)]
pub struct Input<T, const DEPTH: usize = DEEPEST>(pub T);

impl<T: DeserializeOwned + Validate + 'static, const DEPTH: usize> FromRequest for Input<T, DEPTH> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            require_media_type(&request, "application/json")?;
            let body = read_body(&request, payload, JSON_LIMIT).await?;
            refuse_depth(&body, DEPTH)?;
            parse_json(&body).map(Self)
        })
    }
}

/// The parameters after the question mark, parsed and found valid.
#[derive(Debug)]
pub struct Params<T>(pub T);

impl<T: DeserializeOwned + Validate + 'static> FromRequest for Params<T> {
    type Error = Error;
    type Future = std::future::Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(parse_query(request.query_string()).map(Self))
    }
}

/// Refuses a body of another type than this one.
pub fn require_media_type(request: &HttpRequest, wanted: &str) -> Result<()> {
    if request.content_type().eq_ignore_ascii_case(wanted) {
        return Ok(());
    }
    Err(Error::new(Code::UnsupportedMediaType).detail(format!("send {wanted}")))
}

/// Reads a body of at most so many bytes that arrives steadily enough.
pub async fn read_body(request: &HttpRequest, mut payload: Payload, limit: usize) -> Result<Bytes> {
    let too_large = || Error::new(Code::BodyTooLarge).detail(format!("at most {limit} bytes"));
    let announced =
        request.headers().get("content-length").and_then(|length| length.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: usize| length > limit) {
        return Err(too_large());
    }
    let start = Instant::now();
    let mut body = BytesMut::with_capacity(announced.unwrap_or(0));
    loop {
        let bought = Duration::from_secs(body.len() as u64 / LEAST_BYTES_PER_SECOND);
        match timeout_at(start + BODY_GRACE + bought, payload.next()).await {
            Err(_) => return Err(Error::new(Code::RequestTimeout)),
            Ok(None) => return Ok(body.freeze()),
            Ok(Some(Err(error))) => return Err(Error::new(Code::MalformedRequest).because(error)),
            Ok(Some(Ok(chunk))) if body.len() + chunk.len() > limit => return Err(too_large()),
            Ok(Some(Ok(chunk))) => body.extend_from_slice(&chunk),
        }
    }
}

/// Parses a body, which is an object; keeping track of places costs time, so it is done only when something is wrong.
pub fn parse_json<T: DeserializeOwned + Validate>(body: &[u8]) -> Result<T> {
    // serde would also take an array, and fill the fields in the order of the source code.
    if body.trim_ascii_start().first() == Some(&b'[') {
        return Err(Error::invalid(vec![FieldError::new("", "unacceptable", "an object, please")]));
    }
    let value: T = serde_json::from_slice(body).map_err(|error| explain(&error, body, locate::<T>))?;
    value.validate().map_err(|errors| Error::invalid(flatten(&errors)))?;
    Ok(value)
}

/// Parses parameters; each mistake has the name of its parameter.
pub(super) fn parse_query<T: DeserializeOwned + Validate>(query: &str) -> Result<T> {
    let parser = serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes()));
    let value: T = serde_path_to_error::deserialize(parser).map_err(|error| {
        let (path, why) = (error.path().to_string(), error.inner().to_string());
        // A mistake of the whole, such as a name given twice, has the path `.` there.
        let name = if path == "." { String::new() } else { path };
        Error::invalid(vec![FieldError::new(name, "unacceptable", why)])
    })?;
    value.validate().map_err(|errors| {
        // A parameter has a name, and no place.
        let name = |field: FieldError| FieldError { pointer: field.pointer.replacen('/', "", 1), ..field };
        Error::invalid(flatten(&errors).into_iter().map(name).collect())
    })?;
    Ok(value)
}

/// Refuses nesting that would be too deep, before anything recursive sees it.
pub fn refuse_depth(body: &[u8], deepest: usize) -> Result<()> {
    // Whatever opens so seldom cannot nest so deep; counting alone is much faster.
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

/// No JSON at all is one kind of mistake; JSON of the wrong shape is another, and has a place.
fn explain(error: &serde_json::Error, body: &[u8], locate: fn(&[u8]) -> String) -> Error {
    let said = error.to_string();
    let message = said.rsplit_once(" at line ").map_or(said.as_str(), |(message, _)| message);
    if error.is_data() {
        return Error::invalid(vec![FieldError::new(locate(body), "unacceptable", message)]);
    }
    Error::new(Code::MalformedRequest).detail(said)
}

/// The JSON pointer to what `T` stumbles over.
fn locate<T: DeserializeOwned>(body: &[u8]) -> String {
    use serde_path_to_error::Segment;
    let mut parser = serde_json::Deserializer::from_slice(body);
    let Err(error) = serde_path_to_error::deserialize::<_, T>(&mut parser) else { return String::new() };
    error.path().iter().fold(String::new(), |pointer, segment| match segment {
        Segment::Seq { index } => format!("{pointer}/{index}"),
        Segment::Map { key } => format!("{pointer}/{}", escape(key)),
        Segment::Enum { .. } | Segment::Unknown => pointer,
    })
}

/// Takes a line of text for people: no control characters (a line break is one), and not only white space.
///
/// The contract says it as `^[^\x00-\x1F\x7F]*[^\s\x00-\x1F\x7F][^\x00-\x1F\x7F]*$`.
///
/// # Errors
/// One for `validator` that says so.
pub fn plain_text(text: &str) -> Result<(), ValidationError> {
    if text::is_plain(text) {
        return Ok(());
    }
    Err(ValidationError::new("format").with_message(text::PLAIN.into()))
}

/// Takes a language tag (BCP 47) in its recommended spelling; the contract says it as [`text::LANGUAGE_PATTERN`].
///
/// # Errors
/// One for `validator` that says so.
pub fn language_tag(tag: &str) -> Result<(), ValidationError> {
    let wrong = || {
        ValidationError::new("format")
            .with_message("a language tag (BCP 47), please, such as fr or pt-BR".into())
    };
    text::is_language_tag(tag).then_some(()).ok_or_else(wrong)
}

/// What `validator` found, with places and without repeating the values.
fn flatten(errors: &ValidationErrors) -> Vec<FieldError> {
    let mut flat = Vec::new();
    collect(errors, "", &mut flat);
    flat.sort_by(|a, b| a.pointer.cmp(&b.pointer));
    flat
}

fn collect(errors: &ValidationErrors, at: &str, flat: &mut Vec<FieldError>) {
    for (name, kind) in errors.errors() {
        let pointer = format!("{at}/{}", escape(name));
        match kind {
            ValidationErrorsKind::Struct(inner) => collect(inner, &pointer, flat),
            ValidationErrorsKind::List(list) => {
                list.iter().for_each(|(index, inner)| collect(inner, &format!("{pointer}/{index}"), flat));
            }
            ValidationErrorsKind::Field(found) => {
                flat.extend(
                    found.iter().map(|error| FieldError::new(pointer.clone(), code(error), message(error))),
                );
            }
        }
    }
}

fn code(error: &ValidationError) -> &'static str {
    const CODES: [&str; 5] = ["length", "range", "email", "required", "format"];
    CODES.into_iter().find(|code| *code == error.code).unwrap_or("unacceptable")
}

fn message(error: &ValidationError) -> String {
    if let Some(message) = &error.message {
        return message.to_string();
    }
    let bounds: Vec<_> = ["min", "max", "equal"]
        .into_iter()
        .filter_map(|name| error.params.get(name).map(|bound| format!("{name} {bound}")))
        .collect();
    if bounds.is_empty() {
        format!("is not a valid {}", error.code)
    } else {
        format!("{}: {}", error.code, bounds.join(", "))
    }
}
