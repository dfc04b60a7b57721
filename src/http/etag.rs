//! Which state of a thing is meant: `ETag`, `If-Match`, `If-None-Match` (RFC 9110).

use std::future::{Ready, ready};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::{
        StatusCode,
        header::{self, EntityTag, Header as _},
    },
};
use utoipa::openapi::{
    Required,
    path::{Parameter, ParameterBuilder, ParameterIn},
};

use super::compress::of_state;
use crate::error::{Error, Result};

pub use crate::precondition::{ETag, IfMatch, Put};

impl FromRequest for IfMatch {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    /// What is no entity tag names no state, and neither does a weak one. The tag of a compressed form names its state.
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let strong = |tag: &EntityTag| (!tag.weak).then(|| ETag::written(of_state(tag.to_string())));
        ready(Ok(match header::IfMatch::parse(request) {
            _ if !request.headers().contains_key(header::IF_MATCH) => Self::Missing,
            Ok(header::IfMatch::Any) => Self::Any,
            Ok(header::IfMatch::Items(tags)) => Self::States(tags.iter().filter_map(strong).collect()),
            Err(_) => Self::States(Vec::new()),
        }))
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

    /// Whether this state is among them, by a weak comparison, in whichever form the caller has it.
    pub fn includes(&self, tag: &ETag) -> bool {
        let is_it = |one: &EntityTag| of_state(one.to_string()).trim_start_matches("W/") == tag.as_str();
        match &self.0 {
            None => false,
            Some(header::IfNoneMatch::Any) => true,
            Some(header::IfNoneMatch::Items(tags)) => tags.iter().any(is_it),
        }
    }
}

/// The header of requests that names states, as the contract shows it.
pub(super) fn header_parameter(name: &str) -> Parameter {
    ParameterBuilder::new().name(name).parameter_in(ParameterIn::Header).required(Required::False).build()
}

impl Put {
    /// The status that answers it.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::Make => StatusCode::CREATED,
            Self::Keep | Self::Change => StatusCode::OK,
        }
    }
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
