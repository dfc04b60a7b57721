//! Under which id a client asks for something, so that the network may repeat it at any time: `Idempotency-Key`, as the IETF's
//! working group for HTTP APIs describes that header. Keys are random UUIDs here, as all ids are.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header::HeaderName};
use utoipa::openapi::{
    Ref, Required,
    path::{ParameterBuilder, ParameterIn},
};

use super::endpoint::{Part, Signature};
use crate::{
    error::{Error, FieldError, Result},
    ids::DecisionId,
};

const NAME: &str = "idempotency-key";

/// The key that came with a request, if one did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IdempotencyKey(pub Option<DecisionId>);

impl FromRequest for IdempotencyKey {
    type Error = Error;
    type Future = Ready<Result<Self>>;

    /// It comes in quotes, as the header is defined, or without, as many send it.
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let mut values = request.headers().get_all(HeaderName::from_static(NAME));
        let Some(value) = values.next() else { return ready(Ok(Self(None))) };
        let text = value.to_str().unwrap_or_default().trim();
        let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
        let key = if values.next().is_none() { text.parse().ok() } else { None };
        let wrong = || {
            Error::invalid(vec![FieldError::new(NAME, "unacceptable", "one random UUID, made by the client")])
        };
        ready(key.map(|key| Self(Some(key))).ok_or_else(wrong))
    }
}

impl Part for IdempotencyKey {
    fn describe(signature: &mut Signature) {
        const ABOUT: &str = "A random UUID that the client makes for what it asks, and sends again with each repeat: then a repeat is \
            answered and nothing is done twice, also if others have done something since. The answer says how things stand by then. \
            Without it a repeat is known only as long as nothing was done since.";
        let parameter = ParameterBuilder::new()
            .name("Idempotency-Key")
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some(ABOUT))
            .schema(Some(Ref::from_schema_name("Id")))
            .example(Some("4f9f2c9e-6f0e-4d0a-9d3a-0b8b6f3c2a11".into()));
        signature.parameters.push(parameter.build());
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use actix_web::test::TestRequest;

    use super::*;

    fn key(values: &[&str]) -> Result<Option<String>, String> {
        let mut request = TestRequest::default();
        for value in values {
            request = request.append_header((NAME, *value));
        }
        let found = IdempotencyKey::from_request(&request.to_http_request(), &mut Payload::None).into_inner();
        found
            .map(|key| key.0.map(|id| id.to_string()))
            .map_err(|error| error.particulars().fields[0].pointer.clone())
    }

    #[test]
    fn a_key_is_one_uuid() {
        let id = "4f9f2c9e-6f0e-4d0a-9d3a-0b8b6f3c2a11";
        assert_eq!(key(&[]), Ok(None));
        assert_eq!(key(&[id]), Ok(Some(id.to_owned())));
        assert_eq!(key(&[&format!("\"{id}\"")]), Ok(Some(id.to_owned())));
        for wrong in [&["7"][..], &[""], &["\""], &[id, id]] {
            assert_eq!(key(wrong), Err(NAME.to_owned()), "{wrong:?}");
        }
    }
}
