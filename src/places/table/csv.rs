//! The lines of a CSV file, with the separator that it has.

use csv::{ReaderBuilder, StringRecord, Trim};

use super::columns::plain;
use crate::error::{Code, Error, Result};

/// What may separate columns; the first is meant where none is there.
const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];

/// The lines of a file that have anything on them, with their numbers.
pub(super) struct Records<'a> {
    text: &'a [u8],
    reader: csv::Reader<&'a [u8]>,
    /// The first of them names the separator, and is no line of the table.
    names_separator: bool,
    /// So many bytes have been searched for line breaks …
    counted: usize,
    /// … and the line at their end has this number.
    number: u64,
}

impl<'a> Records<'a> {
    /// Those of this text, whose header should have these columns.
    pub(super) fn of(text: &'a str, columns: &[&str]) -> Self {
        let named = named_separator(text);
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .trim(Trim::All)
            .delimiter(named.unwrap_or_else(|| separator(text, columns)))
            .from_reader(text.as_bytes());
        Self { text: text.as_bytes(), reader, names_separator: named.is_some(), counted: 0, number: 1 }
    }

    pub(super) fn next_record(&mut self) -> Result<Option<(u64, StringRecord)>> {
        let mut record = StringRecord::new();
        let unreadable = |error| Error::new(Code::MalformedRequest).because(error);
        while self.reader.read_record(&mut record).map_err(unreadable)? {
            if record.iter().all(str::is_empty) || std::mem::take(&mut self.names_separator) {
                continue;
            }
            let start = record.position().map_or(0, csv::Position::byte);
            return Ok(Some((self.number_at(usize::try_from(start).unwrap_or(0)), record)));
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

/// The separator that a line of its own names, before all others, as Excel does: `sep=;`.
fn named_separator(text: &str) -> Option<u8> {
    let first = text.split(['\r', '\n']).find(|line| !line.trim().is_empty())?;
    let name = first.trim_matches([' ', '"']);
    let (word, separator) = name.split_once('=')?;
    match separator.as_bytes() {
        [separator] if word.eq_ignore_ascii_case("sep") => Some(*separator),
        _ => None,
    }
}

/// The separator with which the most columns are known, in the first line.
fn separator(text: &str, columns: &[&str]) -> u8 {
    let first = text.split(['\r', '\n']).find(|line| !line.trim().is_empty()).unwrap_or_default();
    let known = |separator: &u8| {
        let names = first.split(char::from(*separator)).map(plain);
        names.filter(|name| columns.iter().any(|column| plain(column) == *name)).count()
    };
    // Of equals the first.
    SEPARATORS.into_iter().rev().max_by_key(known).unwrap_or(b',')
}

/// How many line breaks there are, of Unix, of Windows or of old.
pub(super) fn line_breaks(text: &[u8]) -> u64 {
    let next = text.iter().skip(1).map(Some).chain(std::iter::once(None));
    let ends =
        |(byte, next): &(&u8, Option<&u8>)| **byte == b'\n' || (**byte == b'\r' && *next != Some(&b'\n'));
    text.iter().zip(next).filter(ends).count() as u64
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

    #[test]
    fn a_line_of_its_own_may_name_the_separator() {
        for (text, wanted) in [
            ("sep=;\r\na;b", Some(b';')),
            ("\r\n\"sep=,\"\na", Some(b',')),
            ("SEP=|\na", Some(b'|')),
            ("sep=\t\na", Some(b'\t')),
            ("sep=\na", None),
            ("separator=;\na", None),
            ("a;sep=;", None),
            ("", None),
        ] {
            assert_eq!(named_separator(text), wanted, "{text:?}");
        }
    }
}
