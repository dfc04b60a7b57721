//! An error as the API answers it: `application/problem+json` (RFC 9457).

use std::borrow::Cow;

use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header},
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    error::{Code, Error, FieldError, Policy},
    limits::Whole,
    texts::Language,
};

/// An error as it is answered: `application/problem+json` (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem<'a> {
    /// The address of a page about this kind of error.
    #[schema(format = "uri-reference")]
    pub r#type: String,
    /// The same short sentence for every error of this code, in the language of `Content-Language`.
    pub title: Cow<'a, str>,
    /// The HTTP status, once more.
    #[schema(value_type = Whole<400, 599>)]
    pub status: u16,
    /// The stable code: decide by this.
    pub code: &'a str,
    /// What is particular to this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<&'a str>,
    /// The values that are meant, where it is about values.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub errors: &'a [FieldError],
    /// The files that have not arrived, where it is about a visit's evidence.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub missing: &'a [Uuid],
    /// The id of the request, as in the `X-Request-Id` header and in the server's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

impl<'a> Problem<'a> {
    /// The body of an error's answer, with its title in this language.
    pub fn of(error: &'a Error, language: Language) -> Self {
        let (code, particulars) = (error.code(), error.particulars());
        Self {
            r#type: code.page(),
            title: code.title().say(language),
            status: code.status(),
            code: code.name(),
            detail: particulars.detail.as_deref(),
            errors: &particulars.fields,
            missing: &particulars.missing,
            request_id: None,
        }
    }
}

/// The HTTP status that goes with a code; 460 has no registered name.
pub fn status(code: Code) -> StatusCode {
    StatusCode::from_u16(code.status()).unwrap_or(StatusCode::BAD_REQUEST)
}

/// After how many seconds a caller may try again when the service is unavailable and nothing better is known: a full disk,
/// a database that is away.
const SHORTLY: u64 = 5;

/// The media type of every error's body.
pub const PROBLEM_JSON: &str = "application/problem+json";

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        status(self.code())
    }

    /// The answer in English and without the request's id: a [`Door`](super::door::Door), which knows the request, adds both.
    fn error_response(&self) -> HttpResponse {
        let mut answer = HttpResponse::build(self.status_code());
        answer.content_type(PROBLEM_JSON);
        let particulars = self.particulars();
        let wait = particulars.wait.unwrap_or(if self.code() == Code::Unavailable { SHORTLY } else { 0 });
        if wait > 0 {
            answer.insert_header((header::RETRY_AFTER, wait));
        }
        if let Some(Policy { name, burst, every }) = particulars.limit {
            let window = u64::from(burst.get()) * u64::from(every);
            answer.insert_header(("RateLimit-Policy", format!("\"{name}\";q={burst};w={window}")));
            answer.insert_header(("RateLimit", format!("\"{name}\";r=0;t={wait}")));
        }
        if let Some(methods) = &particulars.allow {
            answer.insert_header((header::ALLOW, methods.as_str()));
        }
        if let Some(codings) = particulars.codings {
            answer.insert_header((header::ACCEPT_ENCODING, codings));
        }
        if self.status_code() == StatusCode::UNAUTHORIZED {
            answer.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        answer.json(Problem::of(self, Language::English))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unavailable_service_says_when_to_try_again() {
        let waits = |error: Error| {
            let answer = error.error_response();
            answer.headers().get("retry-after").and_then(|wait| wait.to_str().ok()).map(str::to_owned)
        };
        assert_eq!(waits(Error::new(Code::Unavailable)).as_deref(), Some("5"));
        assert_eq!(waits(Error::new(Code::Unavailable).after(60)).as_deref(), Some("60"));
        assert_eq!(waits(Error::internal("a fault")), None);
    }
}
