//! The catalogue of errors, and the answer that each becomes (RFC 9457).
//!
//! The outside text is not the inside text: what happened inside goes to the log under the request's id.

use std::{fmt, num::NonZeroU32};

use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header},
};
use diesel::result::{DatabaseErrorKind, Error as SqlError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{db::engine, ids::EvidenceId};

/// What everything that can fail gives.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A status by its name, or by its number if it has no registered one.
macro_rules! status {
    ($name:ident) => {
        StatusCode::$name
    };
    ($number:literal) => {
        StatusCode::from_u16($number).unwrap_or(StatusCode::BAD_REQUEST)
    };
}

/// The catalogue: one row makes the variant, the wire's code, the status, the title and the page.
macro_rules! catalogue {
    ($($variant:ident $name:literal $status:tt $title:literal $advice:literal)*) => {
        /// The stable code of an error; clients decide by it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code { $(#[doc = $title] $variant),* }

        impl Code {
            /// Every code there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// What stands in `code`.
            pub const fn name(self) -> &'static str { match self { $(Self::$variant => $name),* } }
            /// The HTTP status that goes with it.
            pub fn status(self) -> StatusCode { match self { $(Self::$variant => status!($status)),* } }
            /// The same short sentence every time.
            pub const fn title(self) -> &'static str { match self { $(Self::$variant => $title),* } }
            /// What the caller can do about it: the text of its page.
            pub const fn advice(self) -> &'static str { match self { $(Self::$variant => $advice),* } }
        }
    };
}

catalogue! {
    MalformedRequest "malformed_request" BAD_REQUEST "The request cannot be read."
        "The body is not JSON, nests deeper than 32, or ends too soon; or a header or parameter has a form that it cannot have. The detail says where."
    SignInNeeded "sign_in_needed" UNAUTHORIZED "Sign in first."
        "The access token is missing, expired, altered or revoked. Refresh it, or sign in."
    SignInFailed "sign_in_failed" UNAUTHORIZED "This e-mail address and password do not sign in."
        "Check both. An account that was disabled gives the same answer."
    RefreshRefused "refresh_refused" UNAUTHORIZED "This refresh token is no longer good."
        "It expired, its session was ended, or a newer token has taken its place. Sign in again."
    RefreshSuperseded "refresh_superseded" CONFLICT "A newer refresh token has just been used in place of this one."
        "If this device has the newer one, go on with that. If not, send it again when Retry-After has passed; if another device has used it, this session is ended."
    Forbidden "forbidden" FORBIDDEN "Your roles do not allow this."
        "An administrator can grant the role that does."
    NotFound "not_found" NOT_FOUND "There is no such thing here."
        "It does not exist, or it is not yours to see; which of the two is not told."
    AddressExpired "address_expired" FORBIDDEN "This address was good for some minutes only."
        "Read again what it came with, which gives a new one."
    MethodNotAllowed "method_not_allowed" METHOD_NOT_ALLOWED "This address does not do that."
        "The Allow header lists the methods that it has."
    RequestTimeout "request_timeout" REQUEST_TIMEOUT "The body came too slowly."
        "Send it again on a better line; what can be sent twice is recognised."
    Conflict "conflict" CONFLICT "This contradicts what is already there."
        "The detail says what is there. Read it again and decide."
    VisitDiffers "visit_differs" CONFLICT "A visit with this id is already here, with other content."
        "The first one is kept. The pointers name the fields that differ. A correction goes through a return."
    WrongState "wrong_state" CONFLICT "Its state does not allow this step."
        "The detail names the state that it is in and the one that was wanted. Read it again."
    NotComplete "not_complete" CONFLICT "Some of this visit has not arrived."
        "The list in missing names the files of its manifest that are still to be sent, each as the manifest has it."
    EvidenceDiffers "evidence_differs" CONFLICT "A file of this visit is already here, and is another one."
        "Files are never replaced. Give what the pointers name new ids, and send it with them; nothing of it was kept."
    AssignmentTaken "assignment_taken" CONFLICT "Another visit was made for this assignment."
        "One assignment is one visit. If both are wanted, ask the scheduler for a second assignment."
    NoAttemptsLeft "no_attempts_left" CONFLICT "This test was tried as often as one may within 30 days."
        "The detail says when it may be tried again, and Retry-After in how many seconds."
    JobTaken "job_taken" CONFLICT "Somebody else has this job."
        "Look at the board again for another one."
    NotEligible "not_eligible" CONFLICT "This shopper may not take this job."
        "Each entry of errors has the code of one hindrance, and says what it is. Ties to the brand or the branch are final; a scheduler can look past the others."
    OfferExpired "offer_expired" CONFLICT "This offer was not answered in time."
        "The job is on the board again, for everybody."
    OffsetDiffers "offset_differs" CONFLICT "The upload stands at another byte."
        "Ask for it with HEAD, and go on from the Upload-Offset that it tells."
    UploadExpired "upload_expired" GONE "This upload was left unfinished for too long."
        "Its bytes are gone. Create it again, with the same id if you like."
    RangeNotSatisfiable "range_not_satisfiable" RANGE_NOT_SATISFIABLE "This part of the file does not exist."
        "The detail says how many bytes it has. Ask for bytes before that, or for all of it."
    TusVersion "tus_version" PRECONDITION_FAILED "Uploads here speak another version of tus."
        "Send Tus-Resumable with the version that Tus-Version names."
    UploadTakenOver "upload_taken_over" LOCKED "Another request goes on with this upload."
        "What this one brought is kept. Ask for the upload with HEAD, and go on from there."
    DigestMismatch "digest_mismatch" 460 "The bytes do not have the digest that was said."
        "What this request brought is dropped. Ask for the upload with HEAD, and send the bytes again from there."
    FileTooLarge "file_too_large" PAYLOAD_TOO_LARGE "The file is larger than a file may be."
        "The detail names the limit. Take the photo smaller, or the recording in parts."
    VisitFull "visit_full" PAYLOAD_TOO_LARGE "The visit has as many files, or as many bytes, as it may have."
        "The detail names the limit. An upload that is not finished can be given up with DELETE."
    DailyLimit "daily_limit" TOO_MANY_REQUESTS "You have sent as much as one may in a day."
        "Wait as long as Retry-After says. What has arrived is kept."
    PreconditionFailed "precondition_failed" PRECONDITION_FAILED "It has changed since you read it."
        "Read it again, apply your change to what is there now, and send that with the new ETag."
    BodyTooLarge "body_too_large" PAYLOAD_TOO_LARGE "The body is larger than this address takes."
        "The detail names the limit."
    UnsupportedMediaType "unsupported_media_type" UNSUPPORTED_MEDIA_TYPE "This address does not take that media type."
        "The detail names the one that it takes."
    Invalid "invalid" UNPROCESSABLE_ENTITY "Some of what was sent is not acceptable."
        "Each entry of errors points at one value (RFC 6901) and says what it may be."
    PreconditionRequired "precondition_required" PRECONDITION_REQUIRED "Say which state you are changing."
        "It is already there. Read it, and send its ETag back in If-Match."
    TooManyRequests "too_many_requests" TOO_MANY_REQUESTS "Too many tries in too short a time."
        "Wait as long as Retry-After says."
    Internal "internal" INTERNAL_SERVER_ERROR "Something went wrong here."
        "It is not your fault, and it has been logged under the request's id. Trying again does no harm."
    Unavailable "unavailable" SERVICE_UNAVAILABLE "The service cannot do this just now."
        "Try again shortly; what can be sent twice is recognised."
}

impl Code {
    /// The address of its page, relative to the server.
    pub fn page(self) -> String {
        format!("/problems/{}", self.name())
    }
}

/// One value of a request that cannot be accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// Where it is: a JSON pointer (RFC 6901) into the body, or the name of a parameter.
    pub pointer: String,
    /// The stable code of what is wrong with it.
    pub code: &'static str,
    /// What it may be.
    pub message: String,
}

impl FieldError {
    /// Says what is wrong where.
    pub fn new(pointer: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), code, message: message.into() }
    }
}

/// What is there, or nothing where it is not; any other failure stays one.
pub fn if_there<T>(found: Result<T>) -> Result<Option<T>> {
    match found {
        Err(error) if error.code() == Code::NotFound => Ok(None),
        found => found.map(Some),
    }
}

/// A name as one step of a JSON pointer (RFC 6901).
pub fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// A limit on how often something may be tried, as it stands in `RateLimit-Policy`.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// Its name.
    pub name: &'static str,
    /// So many at once …
    pub burst: NonZeroU32,
    /// … and then one every so many seconds.
    pub every: u32,
}

/// Whether the same transaction may succeed when it is done once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// It would fail again.
    Never,
    /// It may: somebody else may have inserted the same between our looking and our inserting, and the next look shows it.
    Once,
    /// It was in another's way; it goes through sooner or later.
    Often,
}

/// A failure: a code of the catalogue, what the caller is told, and what only the log is told.
#[derive(Debug)]
pub struct Error(Box<Failure>);

#[derive(Debug)]
struct Failure {
    code: Code,
    detail: Option<String>,
    fields: Vec<FieldError>,
    missing: Vec<EvidenceId>,
    limit: Option<Policy>,
    wait: Option<u64>,
    allow: Option<String>,
    cause: Option<String>,
    retry: Retry,
}

impl Error {
    /// A failure of this kind.
    pub fn new(code: Code) -> Self {
        let failure = Failure {
            code,
            detail: None,
            fields: Vec::new(),
            missing: Vec::new(),
            limit: None,
            wait: None,
            allow: None,
            cause: None,
            retry: Retry::Never,
        };
        Self(Box::new(failure))
    }

    /// Something that should not have happened; the caller learns no more than that.
    pub fn internal(cause: impl fmt::Display) -> Self {
        Self::new(Code::Internal).because(cause)
    }

    /// Not acceptable, for these reasons.
    pub fn invalid(fields: Vec<FieldError>) -> Self {
        Self::new(Code::Invalid).fields(fields)
    }

    /// If it is that something refers to what is not there: names the value, the only one that can have done so.
    #[must_use]
    pub fn pointing(self, pointer: &str, why: &str) -> Self {
        match self.code() {
            Code::Invalid => Self::invalid(vec![FieldError::new(pointer, "unknown", why)]),
            _ => self,
        }
    }

    /// Adds a sentence for the caller.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// Adds the values that are meant.
    #[must_use]
    pub fn fields(mut self, fields: Vec<FieldError>) -> Self {
        self.0.fields = fields;
        self
    }

    /// Adds the files that have not arrived.
    #[must_use]
    pub fn missing(mut self, files: Vec<EvidenceId>) -> Self {
        self.0.missing = files;
        self
    }

    /// Adds which limit was reached and how many seconds to wait.
    #[must_use]
    pub fn limited(mut self, policy: Policy, wait: u64) -> Self {
        self.0.limit = Some(policy);
        self.after(wait)
    }

    /// Adds how many seconds to wait before the same is sent again.
    #[must_use]
    pub fn after(mut self, wait: u64) -> Self {
        self.0.wait = Some(wait);
        self
    }

    /// Adds the methods that the address has.
    #[must_use]
    pub fn allowing(mut self, methods: String) -> Self {
        self.0.allow = Some(methods);
        self
    }

    /// Adds what the log should know and the caller should not.
    #[must_use]
    pub fn because(mut self, cause: impl fmt::Display) -> Self {
        self.0.cause = Some(cause.to_string());
        self
    }

    /// Its code.
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// What only the log is told.
    pub fn cause(&self) -> Option<&str> {
        self.0.cause.as_deref()
    }

    /// Whether doing the same transaction once more may succeed.
    pub fn retry(&self) -> Retry {
        self.0.retry
    }

    /// The answer's body.
    pub fn problem(&self) -> Problem<'_> {
        let code = self.0.code;
        Problem {
            r#type: code.page(),
            title: code.title(),
            status: code.status().as_u16(),
            code: code.name(),
            detail: self.0.detail.as_deref(),
            errors: &self.0.fields,
            missing: &self.0.missing,
            request_id: None,
        }
    }
}

/// An error as it is answered: `application/problem+json` (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem<'a> {
    /// The address of a page about this kind of error.
    #[schema(format = "uri-reference")]
    pub r#type: String,
    /// The same short sentence for every error of this code.
    pub title: &'a str,
    /// The HTTP status, once more.
    #[schema(minimum = 400, maximum = 599)]
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
    pub missing: &'a [EvidenceId],
    /// The id of the request, as in the `X-Request-Id` header and in the server's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

/// How long whoever finds the service unavailable waits, in seconds, if nothing better is known: a full disk, a database
/// that is away.
const SHORTLY: u64 = 5;

/// The media type of every error's body.
pub const PROBLEM_JSON: &str = "application/problem+json";

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        self.0.code.status()
    }

    /// The answer without the request's id, which `http::log` adds, because only it knows it.
    fn error_response(&self) -> HttpResponse {
        let mut answer = HttpResponse::build(self.status_code());
        answer.content_type(PROBLEM_JSON);
        let wait = self.0.wait.unwrap_or(if self.0.code == Code::Unavailable { SHORTLY } else { 0 });
        if wait > 0 {
            answer.insert_header((header::RETRY_AFTER, wait));
        }
        if let Some(Policy { name, burst, every }) = self.0.limit {
            let window = u64::from(burst.get()) * u64::from(every);
            answer.insert_header(("RateLimit-Policy", format!("\"{name}\";q={burst};w={window}")));
            answer.insert_header(("RateLimit", format!("\"{name}\";r=0;t={wait}")));
        }
        if let Some(methods) = &self.0.allow {
            answer.insert_header((header::ALLOW, methods.as_str()));
        }
        if self.status_code() == StatusCode::UNAUTHORIZED {
            answer.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        answer.json(self.problem())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.code.name())?;
        for part in [&self.0.detail, &self.0.cause].into_iter().flatten() {
            write!(f, ": {part}")?;
        }
        for field in &self.0.fields {
            write!(f, "\n  {}: {}", field.pointer, field.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

impl From<SqlError> for Error {
    fn from(error: SqlError) -> Self {
        use DatabaseErrorKind::{ForeignKeyViolation, UniqueViolation};
        let passing = engine::is_retryable(&error) || engine::is_connection_lost(&error);
        let code = match &error {
            SqlError::NotFound => Code::NotFound,
            SqlError::DatabaseError(UniqueViolation, _) => Code::Conflict,
            SqlError::DatabaseError(ForeignKeyViolation, _) => Code::Invalid,
            _ if passing || engine::is_out_of_space(&error) => Code::Unavailable,
            _ => Code::Internal,
        };
        let mut this = Self::new(code).because(&error);
        this.0.retry = match code {
            Code::Conflict => Retry::Once,
            // A deadlock (40P01) has no kind of its own, and its message may be in any language.
            Code::Internal if matches!(error, SqlError::DatabaseError(DatabaseErrorKind::Unknown, _)) => {
                Retry::Once
            }
            _ if passing => Retry::Often,
            _ => Retry::Never,
        };
        match code {
            Code::Conflict => this.detail("Something else already has this name, code or address."),
            Code::Invalid => this.detail("It refers to something that is not there."),
            _ => this,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_finds_the_service_unavailable_is_told_when_to_come_again() {
        let waits = |error: Error| {
            let answer = error.error_response();
            answer.headers().get("retry-after").and_then(|wait| wait.to_str().ok()).map(str::to_owned)
        };
        assert_eq!(waits(Error::new(Code::Unavailable)).as_deref(), Some("5"));
        assert_eq!(waits(Error::new(Code::Unavailable).after(60)).as_deref(), Some("60"));
        assert_eq!(waits(Error::internal("a fault")), None);
    }
}
