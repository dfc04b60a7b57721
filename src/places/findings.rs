//! What is found while a file is read: what is wrong with it, and how the rest was understood, in the reader's language.

use serde::Serialize;
use utoipa::ToSchema;

use super::table::Flaw;
use crate::{
    error::{Error, FieldError, Result, escape},
    texts::{Language, say, text},
};

/// No more mistakes than this are listed one by one, and no more notes.
const MOST_LISTED: usize = 1_000;

/// How something in a file was understood, or that it was left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ImportNote {
    /// Where it is: a line of the file and a column, such as `/lines/1/phone`.
    pub pointer: String,
    /// The stable code: `left_out`, `encoding`, `looks_the_same`, `default`, `no_position`, `retired` or `more`.
    pub code: &'static str,
    /// What was made of it, in the language of `Content-Language`.
    pub message: String,
}

/// What is found in a file. All mistakes are counted, the first of them listed.
#[derive(Debug)]
pub(super) struct Findings {
    language: Language,
    listed: Vec<FieldError>,
    total: usize,
    notes: Vec<ImportNote>,
    /// How many notes there are, listed or not.
    noted: usize,
}

impl Findings {
    /// Nothing so far, for a reader of this language.
    pub(super) const fn new(language: Language) -> Self {
        Self { language, listed: Vec::new(), total: 0, notes: Vec::new(), noted: 0 }
    }

    /// The language of the reader.
    pub(super) const fn language(&self) -> Language {
        self.language
    }

    /// Adds a mistake about a cell, or, if no column is named, about the line.
    pub(super) fn mistake(&mut self, line: u64, column: &str, flaw: &Flaw) {
        self.total += 1;
        if self.listed.len() < MOST_LISTED {
            self.listed.push(FieldError::new(pointer(line, column), flaw.code, flaw.say(self.language)));
        }
    }

    /// Adds a note about a cell, a column or a line.
    pub(super) fn note(&mut self, line: u64, column: &str, flaw: &Flaw) {
        self.noted += 1;
        if self.notes.len() < MOST_LISTED {
            let message = flaw.say(self.language);
            self.notes.push(ImportNote { pointer: pointer(line, column), code: flaw.code, message });
        }
    }

    /// How many mistakes there are.
    pub(super) const fn mistakes(&self) -> usize {
        self.total
    }

    /// Nothing, or the error that names all mistakes.
    ///
    /// # Errors
    /// `invalid` if there are any.
    pub(super) fn none_or_error(&mut self) -> Result<()> {
        if self.total == 0 { Ok(()) } else { Err(self.take_error()) }
    }

    /// The error that names all mistakes.
    pub(super) fn take_error(&mut self) -> Error {
        let (total, listed) = (self.total, std::mem::take(&mut self.listed));
        let detail = match total {
            1 => text!("import-one-mistake").say(self.language),
            _ if listed.len() < total => {
                say!(self.language, "import-mistakes-listed", count = total, listed = listed.len())
            }
            _ => say!(self.language, "import-mistakes", count = total),
        };
        Error::invalid(listed).detail(detail)
    }

    /// The notes. If there are more than are listed, the last one says how many.
    pub(super) fn into_notes(mut self) -> Vec<ImportNote> {
        if self.noted > self.notes.len() {
            let listed = MOST_LISTED - 1;
            let message = say!(self.language, "import-notes-listed", count = self.noted, listed = listed);
            self.notes.truncate(listed);
            self.notes.push(ImportNote {
                pointer: "/lines".to_owned(),
                code: "more",
                message: message.into(),
            });
        }
        self.notes
    }
}

fn pointer(line: u64, column: &str) -> String {
    let column = escape(column);
    let slash = if column.is_empty() { "" } else { "/" };
    format!("/lines/{line}{slash}{column}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::places::table::flaw;

    fn noted(count: u64) -> Vec<ImportNote> {
        let mut findings = Findings::new(Language::English);
        (1..=count)
            .for_each(|line| findings.note(line, "", &flaw!("left_out", "import-note-column-without-name")));
        findings.into_notes()
    }

    #[test]
    fn notes_that_are_not_listed_are_counted() {
        let most = MOST_LISTED as u64;
        assert_eq!(noted(most).len(), MOST_LISTED);
        assert!(noted(most).iter().all(|note| note.code == "left_out"));
        let notes = noted(most + 5);
        assert_eq!(notes.len(), MOST_LISTED);
        let last = notes.last().map(|note| (note.code, note.message.replace(['\u{2068}', '\u{2069}'], "")));
        assert_eq!(last, Some(("more", "There are 1005 notes. The first 999 are listed.".to_owned())));
    }
}
