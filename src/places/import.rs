//! Places from a file: CSV in UTF-8, with or without a byte order mark, taken whole or not at all.
//!
//! The first line names the columns, in any order. Each further line is one branch; the regions that its path names
//! are made where they are missing. The same file again changes nothing.

#[cfg(test)]
mod tests;

use std::collections::{HashMap, hash_map::Entry};

use csv::{ReaderBuilder, StringRecord, Trim};
use tokio::task::spawn_blocking;

use super::{
    lines::{Line, Mistakes},
    model::{DEEPEST, Imported, LONGEST_ADDRESS, LONGEST_CODE, LONGEST_NAME, are_languages, is_time_zone},
    store,
};
use crate::{
    accounts::policy::Scope,
    clock::Clock,
    db::Db,
    error::{Code, Error, Result},
    ids::BrandId,
    text::{PLAIN, is_plain},
};

/// The largest file, in bytes.
pub const LARGEST: usize = 8 << 20;
/// Most branches of one file.
pub const MOST_BRANCHES: usize = 20_000;
/// No more characters of an unknown column's name than this are repeated.
const LONGEST_REPEATED: usize = 40;

const COLUMNS: [&str; 8] =
    ["region", "branch", "name", "address", "latitude", "longitude", "time_zone", "languages"];

/// Imports a file into a brand, in one transaction.
///
/// # Errors
/// `not_found` if the brand is not there or the scope does not cover it whole; `body_too_large`; `invalid` with every
/// bad line, at pointers like `/lines/17/time_zone`.
pub async fn import(
    db: &Db,
    clock: &Clock,
    scope: &Scope,
    brand: BrandId,
    csv: impl AsRef<[u8]> + Send + 'static,
) -> Result<Imported> {
    // A large file takes a while: not on a thread that others wait for.
    let lines = spawn_blocking(move || parse(csv.as_ref())).await.map_err(Error::internal)??;
    let (clock, scope) = (clock.clone(), scope.clone());
    db.write(move |conn| store::import(conn, &scope, brand, &lines, &clock)).await
}

/// Reads a file and checks all of it that can be checked by itself.
///
/// # Errors
/// `body_too_large`; `invalid` with every bad line.
pub fn parse(csv: &[u8]) -> Result<Vec<Line>> {
    if csv.len() > LARGEST {
        return Err(Error::new(Code::BodyTooLarge).detail(format!("at most {LARGEST} bytes")));
    }
    let mut mistakes = Mistakes::default();
    let text = match std::str::from_utf8(csv) {
        Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
        Err(error) => {
            let valid = csv.get(..error.valid_up_to()).unwrap_or_default();
            mistakes.add(
                1 + line_breaks(valid),
                "",
                "encoding",
                "this is not UTF-8: save the file as CSV UTF-8",
            );
            return Err(mistakes.into_error());
        }
    };
    let mut records = Records::of(text);
    let header = records.next_record()?;
    let Some(columns) = header.and_then(|(number, names)| Columns::find(number, &names, &mut mistakes))
    else {
        if mistakes.is_empty() {
            mistakes.add(
                1,
                "",
                "required",
                format!("the file is empty: it needs the columns {}", COLUMNS.join(", ")),
            );
        }
        return Err(mistakes.into_error());
    };
    let (mut lines, mut seen, mut count) = (Vec::new(), HashMap::new(), 0);
    while let Some((number, cells)) = records.next_record()? {
        count += 1;
        if count > MOST_BRANCHES {
            let message = format!("a file has at most {MOST_BRANCHES} branches: split it");
            mistakes.add(number, "", "length", message);
            break;
        }
        lines.extend(columns.read(number, &cells, &mut seen, &mut mistakes));
    }
    mistakes.none_or_error().map(|()| lines)
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
    fn of(text: &'a str) -> Self {
        let text = text.as_bytes();
        let reader = ReaderBuilder::new().has_headers(false).flexible(true).trim(Trim::All).from_reader(text);
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

/// What is wrong with a value: the stable code, and what it may be.
type Flaw = (&'static str, String);

/// In which place of a line each of [`COLUMNS`] stands.
struct Columns {
    places: [usize; COLUMNS.len()],
    width: usize,
}

impl Columns {
    /// Finds them in the header; says what is unknown, missing or there twice.
    fn find(number: u64, names: &StringRecord, mistakes: &mut Mistakes) -> Option<Self> {
        let before = mistakes.total();
        for name in names.iter().filter(|name| !COLUMNS.contains(name)) {
            let repeated: String = name.chars().take(LONGEST_REPEATED).collect();
            let known = COLUMNS.join(", ");
            let message = match name.contains(';') || name.contains('\t') {
                true => format!("the columns are to be separated by commas; they are {known}"),
                false => format!("there is no such column; the columns are {known}"),
            };
            mistakes.add(number, &repeated, "unknown", message);
        }
        let mut places = [0; COLUMNS.len()];
        for (place, column) in places.iter_mut().zip(COLUMNS) {
            let mut found = (0..).zip(names).filter(|(_, name)| *name == column);
            match found.next() {
                Some((at, _)) => *place = at,
                None => mistakes.add(number, column, "required", "this column is missing"),
            }
            if found.next().is_some() {
                mistakes.add(number, column, "duplicate", "this column is there twice");
            }
        }
        (mistakes.total() == before).then_some(Self { places, width: names.len() })
    }

    /// Reads one line; nothing if anything is wrong with it. `seen` has the codes so far and their lines.
    fn read(
        &self,
        number: u64,
        cells: &StringRecord,
        seen: &mut HashMap<String, u64>,
        mistakes: &mut Mistakes,
    ) -> Option<Line> {
        if cells.len() != self.width {
            let message = format!("has {} values; the header names {} columns", cells.len(), self.width);
            mistakes.add(number, "", "columns", message);
            return None;
        }
        let mut cells =
            self.places.iter().zip(COLUMNS).map(|(at, column)| (column, cells.get(*at).unwrap_or("")));
        let region = take(&mut cells, number, mistakes, path);
        let code = take(&mut cells, number, mistakes, |cell| {
            line_of_text(cell, LONGEST_CODE).and_then(|code| once(code, number, seen))
        });
        let name = take(&mut cells, number, mistakes, |cell| line_of_text(cell, LONGEST_NAME));
        let address = take(&mut cells, number, mistakes, |cell| line_of_text(cell, LONGEST_ADDRESS));
        let latitude = take(&mut cells, number, mistakes, |cell| degrees(cell, 90.0));
        let longitude = take(&mut cells, number, mistakes, |cell| degrees(cell, 180.0));
        let time_zone = take(&mut cells, number, mistakes, zone);
        let languages = take(&mut cells, number, mistakes, languages);
        Some(Line {
            number,
            region: region?,
            code: code?,
            name: name?,
            address: address?,
            latitude: latitude?,
            longitude: longitude?,
            time_zone: time_zone?,
            languages: languages?,
        })
    }
}

/// Reads the next cell; if that fails, says so.
fn take<'a, T>(
    cells: &mut impl Iterator<Item = (&'static str, &'a str)>,
    number: u64,
    mistakes: &mut Mistakes,
    read: impl FnOnce(&'a str) -> Result<T, Flaw>,
) -> Option<T> {
    let (column, cell) = cells.next()?;
    read(cell).map_err(|(code, message)| mistakes.add(number, column, code, message)).ok()
}

fn line_of_text(cell: &str, longest: u64) -> Result<String, Flaw> {
    let length = cell.chars().count() as u64;
    match cell {
        "" => Err(("required", "this is missing".to_owned())),
        _ if length > longest => Err(("length", format!("has {length} characters; at most {longest}"))),
        _ if !is_plain(cell) => Err(("format", PLAIN.to_owned())),
        _ => Ok(cell.to_owned()),
    }
}

fn once(code: String, number: u64, seen: &mut HashMap<String, u64>) -> Result<String, Flaw> {
    match seen.entry(code.clone()) {
        Entry::Occupied(first) => Err(("duplicate", format!("line {} has this code already", first.get()))),
        Entry::Vacant(new) => {
            new.insert(number);
            Ok(code)
        }
    }
}

/// The names of the regions on the way down to the branch; none if it is directly under the brand.
fn path(cell: &str) -> Result<Vec<String>, Flaw> {
    if cell.is_empty() {
        return Ok(Vec::new());
    }
    let names: Vec<_> = cell.split('/').map(str::trim).collect();
    if names.len() > DEEPEST {
        return Err(("depth", format!("regions nest at most {DEEPEST} deep")));
    }
    if names.contains(&"") {
        return Err(("format", "names of regions separated by /, please, none of them empty".to_owned()));
    }
    names.into_iter().map(|name| line_of_text(name, LONGEST_NAME)).collect()
}

fn degrees(cell: &str, most: f64) -> Result<f64, Flaw> {
    if cell.is_empty() {
        return Err(("required", "this is missing".to_owned()));
    }
    let number: Option<f64> = cell.parse().ok();
    number
        .filter(|number| (-most..=most).contains(number))
        .ok_or_else(|| ("range", format!("degrees from -{most} to {most} with a decimal point, please")))
}

fn zone(cell: &str) -> Result<String, Flaw> {
    match is_time_zone(cell) {
        true => Ok(cell.to_owned()),
        false => Err(("format", "an IANA time zone, please, such as Europe/Paris".to_owned())),
    }
}

fn languages(cell: &str) -> Result<Vec<String>, Flaw> {
    let tags: Vec<_> = cell.split(';').map(|tag| tag.trim().to_owned()).collect();
    if are_languages(&tags) {
        return Ok(tags);
    }
    Err(("format", "1 to 20 different language tags separated by ;, please, such as fr;pt-BR".to_owned()))
}
