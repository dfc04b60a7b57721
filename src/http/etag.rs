//! Which state of a thing is meant: `ETag`, `If-Match`, `If-None-Match` (RFC 9110).

use std::{
    fmt::{self, Display},
    future::{Ready, ready},
};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse, Responder,
    body::MessageBody,
    dev::Payload,
    http::{
        StatusCode,
        header::{self, EntityTag, Header as _},
    },
};
use serde::Serialize;
use utoipa::openapi::{
    Required,
    path::{Parameter, ParameterBuilder, ParameterIn},
};

pub use super::answer::File;
use super::answer::{Fresh, FreshFile};
use crate::error::{Code, Error, Result};

/// The tag of a state that a thing is in: a strong one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ETag(EntityTag);

impl ETag {
    /// The tag of a thing in this revision, or with this digest; its text has no quotes, spaces or control characters.
    pub fn of(state: impl Display) -> Self {
        Self(EntityTag::new_strong(state.to_string()))
    }

    /// Whether a header names just this state, by a strong comparison.
    pub fn is(&self, written: &EntityTag) -> bool {
        self.0.strong_eq(written)
    }
}

impl Display for ETag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The states that the caller's `If-Match` names, if it sent one. What is no entity tag names none.
#[derive(Clone, Debug, Default)]
pub struct IfMatch(Option<header::IfMatch>);

impl FromRequest for IfMatch {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let given = request.headers().contains_key(header::IF_MATCH);
        let nothing = header::IfMatch::Items(Vec::new());
        ready(Ok(Self(given.then(|| header::IfMatch::parse(request).unwrap_or(nothing)))))
    }
}

/// The states that the caller has, by its `If-None-Match`, if it sent one.
#[derive(Clone, Debug, Default)]
pub struct IfNoneMatch(Option<header::IfNoneMatch>);

impl FromRequest for IfNoneMatch {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}

impl IfNoneMatch {
    /// Those that this request names.
    pub fn of(request: &HttpRequest) -> Self {
        let given = request.headers().contains_key(header::IF_NONE_MATCH);
        Self(given.then(|| header::IfNoneMatch::parse(request).ok()).flatten())
    }

    /// Whether this state is among them, by a weak comparison.
    pub fn includes(&self, tag: &ETag) -> bool {
        match &self.0 {
            None => false,
            Some(header::IfNoneMatch::Any) => true,
            Some(header::IfNoneMatch::Items(tags)) => tags.iter().any(|one| one.weak_eq(&tag.0)),
        }
    }
}

/// The header of requests that names states, as the contract shows it.
pub(super) fn header_parameter(name: &str) -> Parameter {
    ParameterBuilder::new().name(name).parameter_in(ParameterIn::Header).required(Required::False).build()
}

impl IfMatch {
    /// Whether the caller sent one at all.
    pub fn is_given(&self) -> bool {
        self.0.is_some()
    }

    /// Nothing is there yet: only a caller who expects nothing may make it.
    ///
    /// # Errors
    /// `precondition_failed` if the caller names a state.
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

    /// It is there in this state: only a caller who names the state may change it.
    ///
    /// # Errors
    /// `precondition_failed` if the caller names another state, `precondition_required` if it names none.
    pub fn expects(&self, current: &ETag) -> Result<()> {
        match &self.0 {
            None => Err(Error::new(Code::PreconditionRequired)),
            Some(header::IfMatch::Any) => Ok(()),
            Some(header::IfMatch::Items(tags)) if tags.iter().any(|one| current.is(one)) => Ok(()),
            Some(header::IfMatch::Items(_)) => Err(Error::new(Code::PreconditionFailed)),
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

/// Answers with a thing and its tag.
pub fn answer(status: StatusCode, tag: &ETag, thing: &impl Serialize) -> HttpResponse {
    HttpResponse::build(status).insert_header((header::ETAG, tag.to_string())).json(thing)
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

impl Keep {
    /// What `Cache-Control` says.
    pub const fn directive(self) -> &'static str {
        match self {
            Self::Ask => "private, no-cache",
            Self::FiveMinutes => "private, max-age=300",
            Self::ForEver => "private, max-age=31536000, immutable",
        }
    }
}

/// Answers a reading: with the thing, or with `304` if the caller has it in this state.
pub fn fresh(request: &HttpRequest, tag: &ETag, keep: Keep, thing: &impl Serialize) -> HttpResponse {
    Fresh { had: IfNoneMatch::of(request), tag: tag.clone(), keep, thing }.respond_to(request)
}

/// The same with a file.
pub fn fresh_file<B: MessageBody + 'static>(
    request: &HttpRequest,
    tag: &ETag,
    keep: Keep,
    file: File<B>,
) -> HttpResponse {
    FreshFile { had: IfNoneMatch::of(request), tag: tag.clone(), keep, file }.respond_to(request)
}
