//! Which state of a thing is meant: `ETag`, `If-Match`, `If-None-Match` (RFC 9110).

use std::future::{Ready, ready};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::{
        StatusCode,
        header::{EntityTag, HeaderName, IF_MATCH, IF_NONE_MATCH},
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

    /// What is no entity tag names no state. The tag of another form names the state of which it is a form.
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(match named(request, IF_MATCH) {
            None => Self::Missing,
            Some(Named::Any) => Self::Any,
            Some(Named::States(states)) => Self::States(states),
        }))
    }
}

/// The states that a header names.
#[derive(Clone, Debug)]
enum Named {
    Any,
    States(Vec<ETag>),
}

/// What this header names, if it is there. What is no entity tag is passed over, and the others of its list count.
///
/// A tag that was made weak (`W/"7"`) names the state `"7"`: no tag of ours is weak, so this one was made so on the way, by
/// a proxy that compresses. RFC 9110 has weak tags never match in `If-Match` because two states could share one. Here a
/// tag, weakened or not, is of one state alone.
fn named(request: &HttpRequest, name: HeaderName) -> Option<Named> {
    let mut values = request.headers().get_all(&name).peekable();
    values.peek()?;
    let texts = values.map(|value| value.to_str().unwrap_or_default());
    let tags: Vec<_> = texts.flat_map(|text| text.split(',')).map(str::trim).collect();
    if tags == ["*"] {
        return Some(Named::Any);
    }
    let state = |tag: &str| {
        let tag: EntityTag = tag.parse().ok()?;
        Some(ETag::written(of_state(EntityTag::new_strong(tag.tag().to_owned()).to_string())))
    };
    Some(Named::States(tags.into_iter().filter_map(state).collect()))
}

/// The states that the caller has, by its `If-None-Match`, if it sent one.
#[derive(Clone, Debug, Default)]
pub struct IfNoneMatch(Option<Named>);

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
        Self(named(request, IF_NONE_MATCH))
    }

    /// Whether this state is among them, in whichever form the caller has it.
    pub fn includes(&self, tag: &ETag) -> bool {
        match &self.0 {
            None => false,
            Some(Named::Any) => true,
            Some(Named::States(states)) => states.contains(tag),
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
