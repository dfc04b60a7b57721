//! Which state of a thing is meant: `ETag`, `If-Match`, `If-None-Match` (RFC 9110).

use std::{fmt::Display, future::Ready};

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

use crate::error::{Code, Error, Result};

/// A strong entity tag, with its quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ETag(String);

impl ETag {
    /// Whether this is what it is written as, alone.
    pub fn is(&self, written: &str) -> bool {
        written.trim() == self.0
    }

    /// The tag of a thing in this revision, or with this digest.
    pub fn of(state: impl Display) -> Self {
        Self(format!("\"{state}\""))
    }
}

/// The states that the caller's `If-Match` names, if it sent one. What is no entity tag names none.
#[derive(Clone, Debug, Default)]
pub struct IfMatch(Option<String>);

impl FromRequest for IfMatch {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(Ok(Self(header(request, &IF_MATCH))))
    }
}

impl IfMatch {
    /// Whether the caller sent one at all.
    pub fn is_given(&self) -> bool {
        self.0.is_some()
    }

    /// Nothing is there yet: only whoever expects nothing may make it.
    pub fn expects_nothing(&self) -> Result<()> {
        if self.is_given() { Err(Error::new(Code::PreconditionFailed)) } else { Ok(()) }
    }

    /// What a `PUT` comes to, given the tag of what is there and whether that is already as it is wanted: what was
    /// sent once may be sent again, whatever state it names.
    ///
    /// # Errors
    /// `precondition_failed` or `precondition_required` if it may not be made or changed so.
    pub fn put(&self, there: Option<ETag>, same: bool) -> Result<Put> {
        match there {
            None => self.expects_nothing().map(|()| Put::Make),
            Some(_) if same => Ok(Put::Keep),
            Some(current) => self.expects(&current).map(|()| Put::Change),
        }
    }

    /// The same of a thing that is told by its revision, or by whatever counts its states.
    ///
    /// # Errors
    /// As [`put`](Self::put).
    pub fn step<T: PartialEq, R: Display>(
        &self,
        there: Option<&T>,
        wanted: &T,
        revision: impl Fn(&T) -> R,
    ) -> Result<Put> {
        self.put(there.map(|there| ETag::of(revision(there))), there == Some(wanted))
    }

    /// It is there in this state: only whoever names the state may change it.
    pub fn expects(&self, current: &ETag) -> Result<()> {
        match &self.0 {
            None => Err(Error::new(Code::PreconditionRequired)),
            Some(list) if names(list, current) => Ok(()),
            Some(_) => Err(Error::new(Code::PreconditionFailed)),
        }
    }
}

/// What a `PUT` comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// Nothing was there.
    Make,
    /// It is there already, exactly so.
    Keep,
    /// It was there, and becomes another.
    Change,
}

impl Put {
    /// Takes the step with whatever makes and changes such things, and gives what is there then. What changes a thing
    /// gives it back in its next revision.
    ///
    /// # Errors
    /// Those of the two.
    pub fn take<C, T>(
        self,
        conn: &mut C,
        wanted: T,
        make: impl FnOnce(&mut C, &T) -> Result<()>,
        change: impl FnOnce(&mut C, T) -> Result<T>,
    ) -> Result<T> {
        match self {
            Self::Make => make(conn, &wanted).map(|()| wanted),
            Self::Keep => Ok(wanted),
            Self::Change => change(conn, wanted),
        }
    }

    /// What it is answered with.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::Make => StatusCode::CREATED,
            Self::Keep | Self::Change => StatusCode::OK,
        }
    }
}

/// A comparison of strong tags: a weak one names nothing.
fn names(list: &str, tag: &ETag) -> bool {
    list.split(',').map(str::trim).any(|one| one == "*" || one == tag.0)
}

fn header(request: &HttpRequest, name: &HeaderName) -> Option<String> {
    let values: Vec<_> = request.headers().get_all(name).map(|value| value.to_str().unwrap_or("?")).collect();
    (!values.is_empty()).then(|| values.join(","))
}

/// Answers with a thing and its tag.
pub fn answer(status: StatusCode, tag: &ETag, thing: &impl Serialize) -> HttpResponse {
    HttpResponse::build(status).insert_header((ETAG, tag.0.as_str())).json(thing)
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
        list.split(',').map(|one| one.trim().trim_start_matches("W/")).any(|one| one == "*" || one == tag.0)
    });
    let directive = match keep {
        Keep::Ask => "private, no-cache",
        Keep::FiveMinutes => "private, max-age=300",
        Keep::ForEver => "private, max-age=31536000, immutable",
    };
    let status = if unchanged { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
    let mut answer = HttpResponse::build(status);
    answer.insert_header((ETAG, tag.0.as_str())).insert_header((CACHE_CONTROL, directive));
    (answer, status)
}
