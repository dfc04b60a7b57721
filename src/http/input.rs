//! What comes in: read within limits of size, time and depth, then parsed, then checked. All that is wrong is named at
//! once, each mistake with its place and in words for people.

mod body;
mod checked;
mod coding;
mod explain;
mod findings;
mod json;
mod lenient;
mod look;
mod query;
pub mod shape;
mod stumble;
#[cfg(test)]
mod tests;
mod words;

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use serde::de::DeserializeOwned;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

#[cfg(test)]
pub(crate) use self::explain::by_schema;
pub use self::{
    body::{BodyRoom, read_body, require_media_type},
    coding::refuse_coding,
    json::{parse_json, refuse_depth},
    query::parse_query,
    shape::parameter_parts,
};
use crate::error::{Error, Result};

/// The media type of JSON.
pub const JSON: &str = "application/json";
/// The largest JSON body, in bytes.
pub const JSON_LIMIT: usize = 1 << 20;
/// The largest JSON body of a caller who is not known yet, in bytes.
pub const STRANGERS_LIMIT: usize = 16 << 10;
/// The deepest nesting of a JSON body.
const DEEPEST: usize = 32;

/// A JSON body that was read, parsed and found valid, that nests no deeper and is no larger than this.
#[derive(Debug)]
pub struct Input<T, const DEPTH: usize = DEEPEST, const BYTES: usize = JSON_LIMIT>(pub T);

/// A JSON body of a caller who is not known yet.
pub type StrangersInput<T> = Input<T, DEEPEST, STRANGERS_LIMIT>;

impl<T, const DEPTH: usize, const BYTES: usize> FromRequest for Input<T, DEPTH, BYTES>
where
    T: DeserializeOwned + Validate + ToSchema + 'static,
{
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            require_media_type(&request, JSON)?;
            let body = read_body(&request, payload, BYTES).await?;
            refuse_depth(&body, DEPTH)?;
            parse_json(&body).map(Self)
        })
    }
}

/// The parameters after the question mark, parsed and found valid.
#[derive(Debug)]
pub struct Params<T>(pub T);

impl<T: DeserializeOwned + Validate + IntoParams + 'static> FromRequest for Params<T> {
    type Error = Error;
    type Future = std::future::Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(parse_query(request.query_string()).map(Self).map_err(Error::invalid))
    }
}
