//! What there is to say about a checklist before it is published, each with its place.

use serde::Serialize;
use utoipa::ToSchema;

use crate::error::FieldError;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It keeps the checklist from being published.
    Error,
    /// It can be published so, and is most likely not what was meant.
    Warning,
}

/// One thing to say about a checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Finding {
    /// Where it is: a JSON pointer (RFC 6901) into the content.
    pub pointer: String,
    /// The stable code of what is wrong there.
    pub code: &'static str,
    /// What to do about it.
    pub message: String,
    /// How bad it is.
    pub severity: Severity,
}

impl Finding {
    /// What keeps the checklist from being published.
    pub fn error(pointer: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), code, message: message.into(), severity: Severity::Error }
    }

    /// What most likely is not meant so.
    pub fn warning(pointer: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(pointer, code, message) }
    }

    /// Whether it keeps the checklist from being published.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// As the answer to a refused request has it.
impl From<Finding> for FieldError {
    fn from(finding: Finding) -> Self {
        Self::new(finding.pointer, finding.code, finding.message)
    }
}

impl From<FieldError> for Finding {
    fn from(error: FieldError) -> Self {
        Self::error(error.pointer, error.code, error.message)
    }
}
