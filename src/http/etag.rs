//! Which state of a thing is meant: `ETag`, `If-Match`, `If-None-Match` (RFC 9110).

use std::future::Ready;

use actix_web::{
    FromRequest, HttpRequest, HttpResponse, HttpResponseBuilder,
    body::MessageBody,
    dev::Payload,
    http::{
        StatusCode,
        header::{
            CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderName,
            IF_MATCH, IF_NONE_MATCH,
        },
    },
};
use serde::Serialize;

use crate::error::{Error, Result};
pub use crate::precondition::{ETag, IfMatch, Put};

impl FromRequest for IfMatch {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(Ok(Self::new(header(request, &IF_MATCH))))
    }
}

impl Put {
    /// What it is answered with.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::Make => StatusCode::CREATED,
            Self::Keep | Self::Change => StatusCode::OK,
        }
    }
}

fn header(request: &HttpRequest, name: &HeaderName) -> Option<String> {
    let values: Vec<_> = request.headers().get_all(name).map(|value| value.to_str().unwrap_or("?")).collect();
    (!values.is_empty()).then(|| values.join(","))
}

/// Answers with a thing and its tag.
pub fn answer(status: StatusCode, tag: &ETag, thing: &impl Serialize) -> HttpResponse {
    HttpResponse::build(status).insert_header((ETAG, tag.as_str())).json(thing)
}

/// How long a client may keep an answer.
#[derive(Clone, Copy, Debug)]
pub enum Keep {
    /// It may keep it, but asks each time whether it is still so.
    Ask,
    /// Its address is good for so long.
    FiveMinutes,
    /// It never changes.
    ForEver,
}

/// Answers a reading: with the thing, or with `304` if the caller has it in this state.
pub fn fresh(request: &HttpRequest, tag: &ETag, keep: Keep, thing: &impl Serialize) -> HttpResponse {
    match reading(request, tag, keep) {
        (mut answer, StatusCode::NOT_MODIFIED) => answer.finish(),
        (mut answer, _) => answer.json(thing),
    }
}

/// Whatever a browser takes a file for, it runs nothing and loads nothing.
const FILES_MAY: &str = "sandbox; default-src 'none'";

/// A file that somebody sent, to be read by others.
pub struct File<B = Vec<u8>> {
    /// What it is, as we found it to be.
    pub media_type: &'static str,
    /// What to call it: a name of our making, in ASCII without quotes.
    pub name: String,
    /// What is in it: its bytes, or where they come from.
    pub bytes: B,
}

/// The same with a file.
pub fn fresh_file<B: MessageBody + 'static>(
    request: &HttpRequest,
    tag: &ETag,
    keep: Keep,
    file: File<B>,
) -> HttpResponse {
    match reading(request, tag, keep) {
        (mut answer, StatusCode::NOT_MODIFIED) => answer.finish(),
        (mut answer, _) => answer
            .insert_header((CONTENT_TYPE, file.media_type))
            .insert_header((CONTENT_DISPOSITION, format!("inline; filename=\"{}\"", file.name)))
            .insert_header((CONTENT_SECURITY_POLICY, FILES_MAY))
            .body(file.bytes),
    }
}

/// The beginning of the answer to a reading, with its status.
fn reading(request: &HttpRequest, tag: &ETag, keep: Keep) -> (HttpResponseBuilder, StatusCode) {
    let unchanged = header(request, &IF_NONE_MATCH).is_some_and(|list| {
        list.split(',')
            .map(|one| one.trim().trim_start_matches("W/"))
            .any(|one| one == "*" || one == tag.as_str())
    });
    let directive = match keep {
        Keep::Ask => "private, no-cache",
        Keep::FiveMinutes => "private, max-age=300",
        Keep::ForEver => "private, max-age=31536000, immutable",
    };
    let status = if unchanged { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
    let mut answer = HttpResponse::build(status);
    answer.insert_header((ETAG, tag.as_str())).insert_header((CACHE_CONTROL, directive));
    (answer, status)
}
