//! Checklists that come from elsewhere and go elsewhere: as one JSON document, and as XLSForm.
//!
//! What cannot be carried is refused with its place, or, where that is asked for, left out and listed with its place.
//! What is carried in another way than it was written has a note that says so. Nothing is dropped in silence.

pub mod document;
pub mod export;
pub mod import;
mod store;
pub mod xlsform;

use std::collections::HashSet;

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

/// What was left out, because a checklist cannot say it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LeftOut {
    /// Where it stands, such as `survey!C7`.
    pub at: String,
    /// The stable code of why.
    pub code: &'static str,
    /// Why.
    pub message: String,
}

/// What is to become of what cannot be carried.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Leave {
    /// All of the file is refused.
    #[default]
    Nothing,
    /// It is left out, and listed.
    Out,
}

/// What came of a file beside the checklist.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Remarks {
    /// How it was understood.
    pub notes: Vec<Note>,
    /// What was left out.
    pub left_out: Vec<LeftOut>,
}

/// No more is left out of one file than this, and no more is noted: a form of which more cannot be carried is none for a
/// checklist.
pub const MOST_LEFT_OUT: usize = 20_000;

/// What was found while reading: all mistakes, and notes.
#[derive(Debug, Default)]
pub struct ImportFindings {
    leave: Leave,
    /// Why nothing can be made of the file, also where the rest is left out.
    fatal: Vec<FieldError>,
    errors: Vec<FieldError>,
    places: HashSet<String>,
    notes: Vec<Note>,
    /// Languages that a form names and that have no tag, in the order in which they came.
    unknown_languages: Vec<String>,
}

impl ImportFindings {
    /// Nothing so far; what cannot be carried is refused or left out.
    pub fn new(leave: Leave) -> Self {
        Self { leave, ..Self::default() }
    }

    /// Whether what cannot be carried is left out.
    pub fn leaves_out(&self) -> bool {
        self.leave == Leave::Out
    }

    /// Adds a mistake: something that cannot be carried.
    pub fn error(&mut self, at: impl Into<String>, code: &'static str, message: impl Into<String>) {
        let at = at.into();
        self.places.insert(at.clone());
        if self.errors.len() < self.most() {
            self.errors.push(FieldError::new(at, code, message));
        } else if self.leaves_out() {
            self.too_much();
        }
    }

    /// Adds a mistake by which nothing can be made of the file.
    pub fn fatal(&mut self, at: impl Into<String>, code: &'static str, message: impl Into<String>) {
        let mistakes = if self.leaves_out() { &mut self.fatal } else { &mut self.errors };
        mistakes.push(FieldError::new(at, code, message));
    }

    /// Adds a note.
    pub fn note(&mut self, at: impl Into<String>, message: impl Into<String>) {
        if self.notes.len() < MOST_LEFT_OUT {
            self.notes.push(Note { at: at.into(), message: message.into() });
        } else {
            self.too_much();
        }
    }

    /// Refuses a file of which more would have to be said than can be listed.
    fn too_much(&mut self) {
        const CODE: &str = "too_large";
        if !self.fatal.iter().chain(&self.errors).any(|error| error.pointer.is_empty() && error.code == CODE)
        {
            self.fatal("", CODE, "More of this form cannot be carried as it is than can be listed.");
        }
    }

    /// Whether this place has a mistake.
    pub fn has_at(&self, at: &str) -> bool {
        self.places.contains(at)
    }

    /// Whether a checklist can still come of it.
    pub fn goes_on(&self) -> bool {
        self.fatal.is_empty() && (self.leaves_out() || self.errors.is_empty())
    }

    /// What was read with its remarks, or else all mistakes.
    ///
    /// # Errors
    /// `invalid` with every mistake at its place.
    pub fn into_result<T>(self, read: T) -> Result<(T, Remarks), Error> {
        if !self.goes_on() {
            return Err(Error::invalid(if self.leaves_out() { self.fatal } else { self.errors }));
        }
        let left_out = |FieldError { pointer, code, message }| LeftOut { at: pointer, code, message };
        let left_out = self.errors.into_iter().map(left_out).collect();
        Ok((read, Remarks { notes: self.notes, left_out }))
    }

    /// A tag for a language that none is known for: one of those that are for own use (ISO 639-2, qaa to qtz).
    pub fn own_tag(&mut self, language: &str) -> Option<String> {
        let language = language.trim().to_lowercase();
        let known = self.unknown_languages.iter().position(|one| *one == language);
        let number = known.unwrap_or(self.unknown_languages.len());
        if known.is_none() {
            self.unknown_languages.push(language);
        }
        let letter = |number: usize| u8::try_from(number).ok().map(|number| char::from(b'a' + number));
        let (second, third) = (number / 26, number % 26);
        (second < 20).then(|| letter(second).zip(letter(third))).flatten().map(|(b, c)| format!("q{b}{c}"))
    }

    fn most(&self) -> usize {
        if self.leaves_out() { MOST_LEFT_OUT } else { MOST_FINDINGS }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_with_more_notes_than_can_be_listed_is_refused() {
        for leave in [Leave::Nothing, Leave::Out] {
            let mut findings = ImportFindings::new(leave);
            (0..MOST_LEFT_OUT).for_each(|row| findings.note(format!("survey!A{row}"), "It is left out."));
            assert!(findings.goes_on(), "all are listed");
            (0..3).for_each(|_| findings.note("survey!B1", "It is left out."));
            let fields = findings.into_result(()).map_err(|error| error.particulars().fields.clone());
            let codes = fields.map_err(|fields| fields.iter().map(|one| one.code).collect::<Vec<_>>());
            assert_eq!(codes.map(drop), Err(vec!["too_large"]));
        }
    }
}
