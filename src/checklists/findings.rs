//! Findings about a draft: errors, which keep it from being published, and warnings, which look like mistakes.

use serde::Serialize;
use utoipa::ToSchema;

use crate::error::FieldError;

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It keeps the draft from being published.
    Error,
    /// It looks like a mistake, and may be none.
    Warning,
}

/// One finding about a draft, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Where it is: a JSON pointer (RFC 6901) into the content.
    pub pointer: String,
    /// The stable code of what is wrong.
    pub code: &'static str,
    /// What to do about it.
    pub message: String,
    /// How grave it is.
    pub severity: Severity,
}

impl Finding {
    /// What keeps a draft from being published.
    pub fn error(pointer: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), code, message: message.into(), severity: Severity::Error }
    }

    /// What looks like a mistake.
    pub fn warning(pointer: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(pointer, code, message) }
    }
}

impl From<Finding> for FieldError {
    fn from(finding: Finding) -> Self {
        Self::new(finding.pointer, finding.code, finding.message)
    }
}

/// Most findings of one severity: more are of no use to a person, and an answer must not be many times as large as its
/// request.
pub const MOST_FINDINGS: usize = 500;

/// All findings about a draft.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// What keeps it from being published: at most 500.
    pub errors: Vec<FieldError>,
    /// What looks like a mistake, and may be none: at most 500.
    pub warnings: Vec<FieldError>,
}

impl Findings {
    /// Adds a finding, as long as there is room.
    pub fn add(&mut self, finding: Finding) {
        let list = match finding.severity {
            Severity::Error => &mut self.errors,
            Severity::Warning => &mut self.warnings,
        };
        if list.len() < MOST_FINDINGS {
            list.push(finding.into());
        }
    }
}
