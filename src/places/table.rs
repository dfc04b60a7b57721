//! A table in a file, read whole or not at all: CSV as spreadsheet programs write it in different countries, or a workbook.
//!
//! The first line names the columns, in any order. Everything that is wrong is named with its line, as an editor counts
//! them, and its column.

mod alike;
mod columns;
mod csv;
mod encoding;
mod file;
mod flaw;
mod sheet;

use std::collections::BTreeMap;

use ::csv::StringRecord;

pub use self::file::TableFile;
pub(super) use self::{
    alike::{ByKey, Stands, Taken},
    columns::Cells,
    flaw::{Flaw, flaw},
};
use self::{columns::Columns, csv::Records, sheet::Rows};
use super::findings::Findings;
use crate::{
    error::{Code, Error, Result},
    text::is_plain,
    texts::Text,
    workbook::{self, Unusable},
};

/// The largest file, in bytes.
pub const LARGEST: usize = 8 << 20;

/// What a table has to be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form {
    /// Its columns, in the order in which a line is read.
    pub(super) columns: &'static [&'static str],
    /// Those that may be missing.
    pub(super) optional: &'static [&'static str],
    /// Most lines after the first.
    pub(super) most: usize,
    /// What is said of a file with more lines, with the variable `most`.
    pub(super) too_many: Text,
}

impl Form {
    /// Reads a file. `read` takes every cell of a line in turn, and gives nothing if anything is wrong with one.
    ///
    /// # Errors
    /// `body_too_large`; `invalid` with every bad line.
    pub(super) fn read<T>(
        self,
        file: &TableFile,
        findings: &mut Findings,
        mut read: impl FnMut(&mut Cells<'_>) -> Option<T>,
    ) -> Result<Vec<T>> {
        if file.bytes.len() > LARGEST {
            return Err(Error::new(Code::BodyTooLarge).detail(format!("at most {LARGEST} bytes")));
        }
        let text;
        let mut lines = if workbook::is_one(&file.bytes) {
            Lines::Of(Rows::of(&file.bytes, self.columns, findings)?)
        } else {
            text = encoding::text(file, findings)?;
            Lines::In(Records::of(&text, self.columns))
        };
        let Some(header) = lines.next_record()? else {
            let flaw = flaw!("required", "import-empty-file", columns = self.needed());
            findings.mistake(1, "", &flaw);
            return Err(findings.take_error());
        };
        let Some(columns) = Columns::find(self, (header.0, &header.1), lines.shifts(), findings) else {
            return Err(findings.take_error());
        };
        let (unusable, mut all, mut count) = (lines.unusable(), Vec::new(), 0);
        while let Some((number, record)) = lines.next_record()? {
            count += 1;
            if count > self.most {
                let values = vec![("most", self.most.into())];
                findings.mistake(number, "", &Flaw { code: "length", text: self.too_many, values });
                break;
            }
            let cells = columns.cells(number, &record, &unusable, findings);
            all.extend(cells.and_then(|mut cells| read(&mut cells)));
        }
        findings.none_or_error().map(|()| all)
    }

    /// The names of the columns that a file needs.
    fn needed(self) -> String {
        let needed = self.columns.iter().filter(|column| !self.optional.contains(column));
        needed.copied().collect::<Vec<_>>().join(", ")
    }
}

/// The lines of a file, whichever it is.
enum Lines<'a> {
    In(Records<'a>),
    Of(Rows),
}

impl Lines<'_> {
    fn next_record(&mut self) -> Result<Option<(u64, StringRecord)>> {
        match self {
            Self::In(records) => records.next_record(),
            Self::Of(rows) => Ok(rows.next_record()),
        }
    }

    /// A separator too many shifts all cells after it.
    const fn shifts(&self) -> bool {
        matches!(self, Self::In(_))
    }

    fn unusable(&mut self) -> BTreeMap<(u64, usize), Unusable> {
        match self {
            Self::In(_) => BTreeMap::new(),
            Self::Of(rows) => std::mem::take(&mut rows.unusable),
        }
    }
}

/// A cell that is a line of text, and is there.
pub(super) fn line_of_text(cell: &str, longest: u64) -> Result<String, Flaw> {
    let length = cell.chars().count() as u64;
    match cell {
        "" => Err(Flaw::missing()),
        _ if length > longest => Err(flaw!("length", "import-length", length = length, most = longest)),
        _ if !is_plain(cell) => Err(flaw!("format", "import-plain")),
        _ => Ok(cell.to_owned()),
    }
}

/// A cell that is the name or the code of something: without what cannot be seen in it.
pub(super) fn key(cell: &str, longest: u64) -> Result<String, Flaw> {
    line_of_text(cell, longest).map(|text| crate::text::tidied(&text)).and_then(|tidy| match tidy.as_str() {
        "" => Err(Flaw::missing()),
        _ => Ok(tidy),
    })
}

/// A code that stands on this line, and on none before it.
pub(super) fn once(code: String, line: u64, codes: &mut Taken<String>) -> Result<String, Flaw> {
    match codes.take(code.clone(), line) {
        Ok(()) => Ok(code),
        Err(first) => Err(flaw!("duplicate", "import-code-taken", line = first)),
    }
}
