//! Failures: a code of the catalogue, what the caller learns, and what only the log learns.
//!
//! The outside text is not the inside text: what happened inside goes to the log under the request's id. How an error
//! is answered depends on who asked, and stands in `http`.

mod catalogue;

use std::{fmt, num::NonZeroU32};

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub use self::catalogue::Code;

/// What everything that can fail gives.
pub type Result<T, E = Error> = std::result::Result<T, E>;

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

/// A failure: a code of the catalogue, what the caller learns, and what only the log learns.
#[derive(Debug)]
pub struct Error(Box<Failure>);

#[derive(Debug)]
struct Failure {
    code: Code,
    particulars: Particulars,
    cause: Option<String>,
    retry: Retry,
}

/// What the caller learns of one failure beside its code.
#[derive(Debug, Default)]
pub struct Particulars {
    /// A sentence about this time.
    pub detail: Option<String>,
    /// The values that cannot be accepted.
    pub fields: Vec<FieldError>,
    /// The ids of what has not arrived.
    pub missing: Vec<Uuid>,
    /// The limit that was reached.
    pub limit: Option<Policy>,
    /// How many seconds to wait before the same is sent again.
    pub wait: Option<u64>,
    /// The methods that the address has.
    pub allow: Option<String>,
    /// The content codings that the body may have, if it came in another.
    pub codings: Option<&'static str>,
}

impl Error {
    /// A failure of this kind.
    pub fn new(code: Code) -> Self {
        let particulars = Particulars::default();
        Self(Box::new(Failure { code, particulars, cause: None, retry: Retry::Never }))
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

    /// If it is that something with the same name, code or id is there already: says what that is.
    #[must_use]
    pub fn taken(self, detail: &str) -> Self {
        match self.code() {
            Code::Conflict => self.detail(detail),
            _ => self,
        }
    }

    /// Adds a sentence for the caller.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.0.particulars.detail = Some(detail.into());
        self
    }

    /// Adds the values that are meant.
    #[must_use]
    pub fn fields(mut self, fields: Vec<FieldError>) -> Self {
        self.0.particulars.fields = fields;
        self
    }

    /// Adds the ids of what has not arrived.
    #[must_use]
    pub fn missing(mut self, ids: impl IntoIterator<Item = Uuid>) -> Self {
        self.0.particulars.missing = ids.into_iter().collect();
        self
    }

    /// Adds which limit was reached and how many seconds to wait.
    #[must_use]
    pub fn limited(mut self, policy: Policy, wait: u64) -> Self {
        self.0.particulars.limit = Some(policy);
        self.after(wait)
    }

    /// Adds how many seconds to wait before the same is sent again.
    #[must_use]
    pub fn after(mut self, wait: u64) -> Self {
        self.0.particulars.wait = Some(wait);
        self
    }

    /// Adds the methods that the address has.
    #[must_use]
    pub fn allowing(mut self, methods: String) -> Self {
        self.0.particulars.allow = Some(methods);
        self
    }

    /// Adds the content codings that the body may have.
    #[must_use]
    pub fn accepting(mut self, codings: &'static str) -> Self {
        self.0.particulars.codings = Some(codings);
        self
    }

    /// Says whether the same transaction may succeed when it is done once more.
    #[must_use]
    pub fn retrying(mut self, retry: Retry) -> Self {
        self.0.retry = retry;
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

    /// What only the log learns.
    pub fn cause(&self) -> Option<&str> {
        self.0.cause.as_deref()
    }

    /// Whether doing the same transaction once more may succeed.
    pub fn retry(&self) -> Retry {
        self.0.retry
    }

    /// What the caller learns beside the code.
    pub fn particulars(&self) -> &Particulars {
        &self.0.particulars
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.code.name())?;
        let Particulars { detail, fields, .. } = &self.0.particulars;
        for part in [detail, &self.0.cause].into_iter().flatten() {
            write!(f, ": {part}")?;
        }
        for field in fields {
            write!(f, "\n  {}: {}", field.pointer, field.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}
