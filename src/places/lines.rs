//! What a file says, line by line, and what is wrong with it.

use crate::error::{Error, FieldError, Result, escape};

/// No more mistakes than this are listed one by one.
const MOST_LISTED: usize = 1_000;

/// One line of a file of places: a branch, and the names of the regions on the way down to it.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)] // the other fields are those of [`Branch`](super::model::Branch)
pub struct BranchLine {
    /// Which line of the file it is, counted from 1.
    pub number: u64,
    /// The names from the top of the tree down; none if the branch is directly under the brand.
    pub region: Vec<String>,
    pub code: String,
    pub name: String,
    pub address: String,
    pub latitude: f64,
    pub longitude: f64,
    pub time_zone: String,
    pub languages: Vec<String>,
}

/// What is wrong with a file. All mistakes are counted, the first of them listed.
#[derive(Debug, Default)]
pub(super) struct Mistakes {
    listed: Vec<FieldError>,
    total: usize,
}

impl Mistakes {
    /// Adds one about a cell, or, if no column is named, about the line.
    pub(super) fn add(&mut self, line: u64, column: &str, code: &'static str, message: impl Into<String>) {
        self.total += 1;
        if self.listed.len() < MOST_LISTED {
            let column = escape(column);
            let slash = if column.is_empty() { "" } else { "/" };
            self.listed.push(FieldError::new(format!("/lines/{line}{slash}{column}"), code, message));
        }
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// How many there are.
    pub(super) fn total(&self) -> usize {
        self.total
    }

    /// Nothing, or the error that names them all.
    pub(super) fn none_or_error(self) -> Result<()> {
        if self.is_empty() { Ok(()) } else { Err(self.into_error()) }
    }

    /// The error that names them all.
    pub(super) fn into_error(self) -> Error {
        let detail = match (self.total, self.listed.len()) {
            (1, _) => "Nothing was imported: there is one mistake.".to_owned(),
            (total, listed) if listed < total => {
                format!("Nothing was imported: there are {total} mistakes. The first {listed} are listed.")
            }
            (total, _) => format!("Nothing was imported: there are {total} mistakes."),
        };
        Error::invalid(self.listed).detail(detail)
    }
}
