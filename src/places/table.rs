//! A table in a file: CSV in UTF-8, with or without a byte order mark, read whole or not at all. Its columns are
//! separated by commas, semicolons or tabs, as spreadsheet programs write them in different countries.
//!
//! The first line names the columns, in any order. Everything that is wrong is named with its line, as an editor counts
//! them, and its column.

use std::collections::{HashMap, hash_map::Entry};

use csv::{ReaderBuilder, StringRecord, Trim};

use super::lines::Mistakes;
use crate::{
    error::{Code, Error, Result},
    text::{PLAIN, composed, is_plain},
};

/// The largest file, in bytes.
pub const LARGEST: usize = 8 << 20;
/// What may separate columns; the first is meant where none is there.
const SEPARATORS: [char; 3] = [',', ';', '\t'];
/// No more characters of an unknown column's name than this are repeated.
const LONGEST_REPEATED: usize = 40;

/// What is wrong with a value.
#[derive(Debug)]
pub(super) struct Flaw {
    /// The stable code.
    pub(super) code: &'static str,
    /// What the value may be.
    pub(super) message: String,
}

impl Flaw {
    pub(super) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    /// There is no value.
    pub(super) fn missing() -> Self {
        Self::new("required", "this is missing")
    }
}

/// What a table has to be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form {
    /// Its columns, in the order in which a line is read.
    pub(super) columns: &'static [&'static str],
    /// Most lines after the first.
    pub(super) most: usize,
    /// What a line is about, in the plural.
    pub(super) things: &'static str,
}

impl Form {
    /// Reads a file. `read` takes every cell of a line in turn, and gives nothing if anything is wrong with one.
    ///
    /// # Errors
    /// `body_too_large`; `invalid` with every bad line.
    pub(super) fn read<T>(
        self,
        csv: &[u8],
        mut read: impl FnMut(&mut Cells<'_>) -> Option<T>,
    ) -> Result<Vec<T>> {
        if csv.len() > LARGEST {
            return Err(Error::new(Code::BodyTooLarge).detail(format!("at most {LARGEST} bytes")));
        }
        let mut mistakes = Mistakes::default();
        let text = text(csv)?;
        let mut records = Records::of(text, self.separator(text));
        let mut header = records.next_record()?;
        // Excel names the separator in a line of its own.
        if header.as_ref().is_some_and(|(_, names)| names.get(0).is_some_and(|name| name.starts_with("sep=")))
        {
            header = records.next_record()?;
        }
        let Some(columns) =
            header.and_then(|(number, names)| Columns::find(self, number, &names, &mut mistakes))
        else {
            if mistakes.is_empty() {
                let columns = self.columns.join(", ");
                mistakes.add(1, "", "required", format!("the file is empty: it needs the columns {columns}"));
            }
            return Err(mistakes.into_error());
        };
        let (mut lines, mut count) = (Vec::new(), 0);
        while let Some((number, record)) = records.next_record()? {
            count += 1;
            if count > self.most {
                let message = format!("a file has at most {} {}: split it", self.most, self.things);
                mistakes.add(number, "", "length", message);
                break;
            }
            let cells = columns.cells(number, &record, &mut mistakes);
            lines.extend(cells.and_then(|mut cells| read(&mut cells)));
        }
        mistakes.none_or_error().map(|()| lines)
    }
}

impl Form {
    /// The separator with which the most columns are known, in the first lines that could name them.
    fn separator(self, text: &str) -> char {
        let lines = || text.lines().filter(|line| !line.trim().is_empty()).take(2);
        let known = |separator: &char| {
            let names = lines().flat_map(|line| line.split(*separator));
            names.filter(|name| self.columns.contains(&name.trim().trim_matches('"'))).count()
        };
        // Of equals the first.
        SEPARATORS.into_iter().rev().max_by_key(known).unwrap_or(',')
    }
}

/// The text of a file without its byte order mark.
fn text(csv: &[u8]) -> Result<&str> {
    let text = std::str::from_utf8(csv).map_err(|error| {
        let valid = csv.get(..error.valid_up_to()).unwrap_or_default();
        let mut mistakes = Mistakes::default();
        let message = "this is not UTF-8: save the file as CSV UTF-8";
        mistakes.add(1 + line_breaks(valid), "", "encoding", message);
        mistakes.into_error()
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// The lines of a file that have anything on them, with their numbers.
struct Records<'a> {
    text: &'a [u8],
    reader: csv::Reader<&'a [u8]>,
    /// So many bytes have been searched for line breaks …
    counted: usize,
    /// … and the line at their end has this number.
    number: u64,
}

impl<'a> Records<'a> {
    fn of(text: &'a str, separator: char) -> Self {
        let text = text.as_bytes();
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .trim(Trim::All)
            .delimiter(u8::try_from(separator).unwrap_or(b','))
            .from_reader(text);
        Self { text, reader, counted: 0, number: 1 }
    }

    fn next_record(&mut self) -> Result<Option<(u64, StringRecord)>> {
        let mut record = StringRecord::new();
        let unreadable = |error| Error::new(Code::MalformedRequest).because(error);
        while self.reader.read_record(&mut record).map_err(unreadable)? {
            if record.iter().any(|cell| !cell.is_empty()) {
                let start = record.position().map_or(0, csv::Position::byte);
                return Ok(Some((self.number_at(usize::try_from(start).unwrap_or(0)), record)));
            }
        }
        Ok(None)
    }

    /// The number of the line on which the record stands whose reading began here; empty lines may come before it.
    fn number_at(&mut self, start: usize) -> u64 {
        let rest = self.text.get(start..).unwrap_or_default();
        let start = start + rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        self.number += line_breaks(self.text.get(self.counted..start).unwrap_or_default());
        self.counted = start;
        self.number
    }
}

/// How many line breaks there are, of Unix, of Windows or of old.
fn line_breaks(text: &[u8]) -> u64 {
    let next = text.iter().skip(1).map(Some).chain(std::iter::once(None));
    let ends =
        |(byte, next): &(&u8, Option<&u8>)| **byte == b'\n' || (**byte == b'\r' && *next != Some(&b'\n'));
    text.iter().zip(next).filter(ends).count() as u64
}

/// In which place of a line each column of the form stands.
struct Columns {
    form: Form,
    places: Vec<usize>,
    /// Columns without a name among them, which hold nothing.
    unnamed: Vec<usize>,
    width: usize,
}

impl Columns {
    /// Finds them in the header; says what is unknown, missing or there twice.
    fn find(form: Form, number: u64, names: &StringRecord, mistakes: &mut Mistakes) -> Option<Self> {
        let before = mistakes.total();
        for name in names.iter().filter(|name| !name.is_empty() && !form.columns.contains(name)) {
            let repeated: String = name.chars().take(LONGEST_REPEATED).collect();
            let known = form.columns.join(", ");
            mistakes.add(
                number,
                &repeated,
                "unknown",
                format!("there is no such column; the columns are {known}"),
            );
        }
        let mut places = Vec::with_capacity(form.columns.len());
        for column in form.columns {
            let mut found = (0..).zip(names).filter(|(_, name)| name == column);
            match found.next() {
                Some((at, _)) => places.push(at),
                None => mistakes.add(number, column, "required", "this column is missing"),
            }
            if found.next().is_some() {
                mistakes.add(number, column, "duplicate", "this column is there twice");
            }
        }
        let width = (1..).zip(names).filter(|(_, name)| !name.is_empty()).map(|(width, _)| width).last();
        let width = width.unwrap_or_default();
        let unnamed = (0..width).filter(|at| names.get(*at).is_some_and(str::is_empty)).collect();
        (mistakes.total() == before).then_some(Self { form, places, unnamed, width })
    }

    /// The cells of a line, unless it has another width than the header: a column without a name and values is none.
    fn cells<'a>(
        &'a self,
        number: u64,
        record: &'a StringRecord,
        mistakes: &'a mut Mistakes,
    ) -> Option<Cells<'a>> {
        let mut width = record.len();
        while width > self.width && record.get(width - 1).is_some_and(str::is_empty) {
            width -= 1;
        }
        if self.unnamed.iter().any(|at| record.get(*at).is_some_and(|cell| !cell.is_empty())) {
            mistakes.add(number, "", "unknown", "has a value in a column that has no name");
            return None;
        }
        if width == self.width {
            return Some(Cells { number, columns: self, record, taken: 0, mistakes });
        }
        let message = format!("has {width} values; the header names {} columns", self.width);
        mistakes.add(number, "", "columns", message);
        None
    }
}

/// The cells of a line, in the order of the form's columns.
pub(super) struct Cells<'a> {
    /// Which line of the file it is, counted from 1.
    pub(super) number: u64,
    columns: &'a Columns,
    record: &'a StringRecord,
    taken: usize,
    mistakes: &'a mut Mistakes,
}

impl Cells<'_> {
    /// Reads the next cell; if that fails, says so.
    pub(super) fn take<T>(&mut self, read: impl FnOnce(&str) -> Result<T, Flaw>) -> Option<T> {
        let (column, at) = (self.columns.form.columns.get(self.taken)?, self.columns.places.get(self.taken)?);
        self.taken += 1;
        let cell = self.record.get(*at).unwrap_or_default();
        read(cell).map_err(|flaw| self.mistakes.add(self.number, column, flaw.code, flaw.message)).ok()
    }
}

/// A cell that is a line of text, and is there.
pub(super) fn line_of_text(cell: &str, longest: u64) -> Result<String, Flaw> {
    let length = cell.chars().count() as u64;
    match cell {
        "" => Err(Flaw::missing()),
        _ if length > longest => {
            Err(Flaw::new("length", format!("has {length} characters; at most {longest}")))
        }
        _ if !is_plain(cell) => Err(Flaw::new("format", PLAIN)),
        _ => Ok(composed(cell).into_owned()),
    }
}

/// The codes of a file so far, with their lines.
#[derive(Debug, Default)]
pub(super) struct Codes(HashMap<String, u64>);

impl Codes {
    /// Takes a code of this line, which no line before it has.
    pub(super) fn once(&mut self, code: String, number: u64) -> Result<String, Flaw> {
        match self.0.entry(code.clone()) {
            Entry::Occupied(first) => {
                Err(Flaw::new("duplicate", format!("line {} has this code already", first.get())))
            }
            Entry::Vacant(new) => {
                new.insert(number);
                Ok(code)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn line_breaks_are_counted_as_they_are(
            parts in prop::collection::vec(prop::sample::select(vec!["a", "\n", "\r\n"]), 0..20),
        ) {
            let wanted = parts.iter().filter(|part| **part != "a").count() as u64;
            prop_assert_eq!(line_breaks(parts.concat().as_bytes()), wanted);
        }
    }
}
