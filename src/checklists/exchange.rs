//! Checklists that come from elsewhere and go elsewhere: as one JSON document, and as XLSForm.
//!
//! What cannot be carried is refused with its place. What is carried in another way than it was written has a note that
//! says so. Nothing is dropped in silence.

pub mod document;
pub mod export;
pub mod import;
mod store;
pub mod xlsform;

use serde::Serialize;
use utoipa::ToSchema;

use super::findings::MOST_FINDINGS;
use crate::error::{Error, FieldError};

/// How something was understood that was written in another way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Note {
    /// Where it stands, such as `survey!C7`.
    pub at: String,
    /// What it was taken for.
    pub message: String,
}

/// What was found while reading: all mistakes, and notes.
#[derive(Debug, Default)]
pub struct ImportFindings {
    errors: Vec<FieldError>,
    notes: Vec<Note>,
}

impl ImportFindings {
    /// Adds a mistake.
    pub fn error(&mut self, at: impl Into<String>, code: &'static str, message: impl Into<String>) {
        if self.errors.len() < MOST_FINDINGS {
            self.errors.push(FieldError::new(at, code, message));
        }
    }

    /// Adds a note.
    pub fn note(&mut self, at: impl Into<String>, message: impl Into<String>) {
        if self.notes.len() < MOST_FINDINGS {
            self.notes.push(Note { at: at.into(), message: message.into() });
        }
    }

    /// Whether this place has a mistake.
    pub fn has_at(&self, at: &str) -> bool {
        self.errors.iter().any(|error| error.pointer == at)
    }

    /// Whether no mistake was found so far.
    pub fn is_clean(&self) -> bool {
        self.errors.is_empty()
    }

    /// What was read with its notes, or else all mistakes.
    ///
    /// # Errors
    /// `invalid` with every mistake at its place.
    pub fn into_result<T>(self, read: T) -> Result<(T, Vec<Note>), Error> {
        if self.errors.is_empty() { Ok((read, self.notes)) } else { Err(Error::invalid(self.errors)) }
    }
}
