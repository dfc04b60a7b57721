//! Workbooks of the older kind (.xls): one stream of records in a compound file. The stream is looked through before it is
//! read, and put into a file of its own: the reader sets memory aside for whole rectangles of cells, and for all that a
//! sheet announces.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Cursor, Read, Write},
    ops::RangeInclusive,
};

use cfb::{CompoundFile, Version};

use super::Refused;

/// How a compound file begins.
pub(super) const SIGNATURE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
/// Most bytes of the stream.
const MOST_BYTES: u64 = 16 << 20;
/// Most sheets.
const MOST_SHEETS: usize = 64;
/// Most cells of the rectangles that the cells of all sheets lie in.
const MOST_CELLS: u64 = 1_000_000;

// The records that matter (MS-XLS 2.3).
const SHEET: u16 = 0x0085;
const BEGIN: u16 = 0x0809;
const END: u16 = 0x000A;
const DIMENSIONS: u16 = 0x0200;
const BLANK: u16 = 0x0201;
const FORMULA: u16 = 0x0006;
const NUMBER: u16 = 0x0203;
const SHORT_NUMBER: u16 = 0x027E;
const SEVERAL_NUMBERS: u16 = 0x00BD;
const TRUTH_OR_ERROR: u16 = 0x0205;
const TEXT: u16 = 0x0204;
const FORMATTED_TEXT: u16 = 0x00D6;
const SHARED_TEXT: u16 = 0x00FD;
const CELLS: [u16; 8] =
    [FORMULA, NUMBER, SHORT_NUMBER, SEVERAL_NUMBERS, TRUTH_OR_ERROR, TEXT, FORMATTED_TEXT, SHARED_TEXT];
/// Where the expression of a formula begins in its record.
const EXPRESSION: usize = 20;

/// A workbook of this kind that may be read.
#[derive(Debug)]
pub(super) struct Repacked {
    /// What describes its cells, and nothing else.
    pub(super) file: Vec<u8>,
    /// Where the cells of each sheet were: in the file rows and columns that hold nothing are left out.
    pub(super) places: Vec<Places>,
}

/// The rows and columns of a sheet that hold something, in their order.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    rows: Vec<u16>,
    columns: Vec<u16>,
}

impl Places {
    /// Where a cell was that is now in this row and column.
    pub(super) fn of(&self, row: usize, column: usize) -> Option<(u32, u32)> {
        Some((u32::from(*self.rows.get(row)?), u32::from(*self.columns.get(column)?)))
    }
}

/// The same workbook with what describes its cells alone, found to be no larger than it may be.
///
/// # Errors
/// What is wrong with it.
pub(super) fn repacked(file: &[u8]) -> Result<Repacked, Refused> {
    let mut stream = stream(file)?;
    let listed = Records::of(&stream, 0).filter(|one| one.kind == SHEET);
    let sheets: Vec<usize> = listed.map(|one| one.long(&stream).unwrap_or(stream.len())).collect();
    if sheets.len() > MOST_SHEETS {
        return Err(Refused::TooLarge);
    }
    let mut known = BTreeMap::new();
    for sheet in &sheets {
        if !known.contains_key(sheet) {
            let places = drawn_together(&mut stream, *sheet);
            known.insert(*sheet, places);
        }
    }
    let cells: u64 = sheets.iter().map(|sheet| rectangle(&stream, *sheet)).sum();
    if cells > MOST_CELLS {
        return Err(Refused::TooLarge);
    }
    for record in Records::of(&stream, 0).collect::<Vec<_>>() {
        silence(&mut stream, record);
    }
    let places = sheets.iter().map(|sheet| known.get(sheet).cloned().unwrap_or_default()).collect();
    let mut again =
        CompoundFile::create_with_version(Version::V3, Cursor::new(Vec::new())).map_err(unreadable)?;
    again.create_stream("/Workbook").and_then(|mut part| part.write_all(&stream)).map_err(unreadable)?;
    again.flush().map_err(unreadable)?;
    Ok(Repacked { file: again.into_inner().into_inner(), places })
}

fn stream(file: &[u8]) -> Result<Vec<u8>, Refused> {
    let mut compound = CompoundFile::open(Cursor::new(file)).map_err(unreadable)?;
    let name = if compound.is_stream("/Workbook") { "/Workbook" } else { "/Book" };
    let part = compound.open_stream(name).map_err(unreadable)?;
    let mut stream = Vec::new();
    part.take(MOST_BYTES + 1).read_to_end(&mut stream).map_err(unreadable)?;
    if stream.len() as u64 > MOST_BYTES { Err(Refused::TooLarge) } else { Ok(stream) }
}

fn unreadable<E>(_: E) -> Refused {
    Refused::Unreadable
}

/// Leaves out the rows and columns of a sheet that hold nothing, and says which are left: a single cell far away would
/// otherwise cost what all between would.
fn drawn_together(stream: &mut [u8], sheet: usize) -> Places {
    let cells = cells(stream, sheet);
    let rows: BTreeSet<u16> = cells.iter().map(|cell| cell.short(stream, 0)).collect();
    let columns: BTreeSet<u16> = cells.iter().flat_map(|cell| cell.columns(stream)).collect();
    let places = Places { rows: rows.into_iter().collect(), columns: columns.into_iter().collect() };
    let put = |stream: &mut [u8], at: usize, known: &[u16]| {
        let Some(bytes) = stream.get_mut(at..).and_then(|rest| rest.first_chunk_mut::<2>()) else { return };
        let number = known.binary_search(&u16::from_le_bytes(*bytes)).unwrap_or_default();
        *bytes = u16::try_from(number).unwrap_or_default().to_le_bytes();
    };
    for cell in cells.iter().filter(|cell| cell.length >= 4) {
        put(stream, cell.at, &places.rows);
        put(stream, cell.at + 2, &places.columns);
        if cell.kind == SEVERAL_NUMBERS && cell.length >= 12 {
            put(stream, cell.at + cell.length - 2, &places.columns);
        }
    }
    places
}

/// How many cells the rectangle around all cells of a sheet has.
fn rectangle(stream: &[u8], sheet: usize) -> u64 {
    let cells = cells(stream, sheet);
    let rows = cells.iter().map(|cell| u64::from(cell.short(stream, 0)) + 1).max().unwrap_or_default();
    let columns = cells.iter().flat_map(|cell| cell.columns(stream)).max();
    rows * columns.map_or(0, |last| u64::from(last) + 1)
}

/// The records of a sheet that are about cells, but for those of what is embedded in it.
fn cells(stream: &[u8], sheet: usize) -> Vec<Record> {
    let (mut found, mut depth) = (Vec::new(), 0_usize);
    for record in Records::of(stream, sheet) {
        match record.kind {
            BEGIN => depth += 1,
            END if depth <= 1 => break,
            END => depth -= 1,
            kind if depth <= 1 && CELLS.contains(&kind) => found.push(record),
            _ => {}
        }
    }
    found
}

/// Makes nothing of what announces sizes, and of expressions: their values were computed.
fn silence(stream: &mut [u8], record: Record) {
    let Record { kind, at, length } = record;
    match kind {
        FORMULA => stream.get_mut(at + EXPRESSION..at + length).unwrap_or_default().fill(0),
        DIMENSIONS => {
            if let Some(kind) = stream.get_mut(at - HEAD..at - HEAD + 2) {
                kind.copy_from_slice(&BLANK.to_le_bytes());
            }
        }
        _ => {}
    }
}

/// So many bytes come before what a record says: its kind, and its length.
const HEAD: usize = 4;

/// A record of the stream.
#[derive(Clone, Copy)]
struct Record {
    kind: u16,
    /// Where what it says begins.
    at: usize,
    length: usize,
}

impl Record {
    /// The columns that a record about cells has.
    fn columns(self, stream: &[u8]) -> RangeInclusive<u16> {
        // Six bytes for each; row, first and last column stand around them.
        let further = if self.kind == SEVERAL_NUMBERS { self.length.saturating_sub(6) / 6 } else { 1 };
        let first = self.short(stream, 2);
        first..=first.saturating_add(u16::try_from(further.saturating_sub(1)).unwrap_or(u16::MAX))
    }

    /// A number of two bytes in it, or zero where it ends before.
    fn short(self, stream: &[u8], from: usize) -> u16 {
        let bytes = stream.get(self.at + from..self.at + self.length).and_then(|rest| rest.first_chunk());
        bytes.map_or(0, |bytes| u16::from_le_bytes(*bytes))
    }

    /// The number of four bytes at its beginning.
    fn long(self, stream: &[u8]) -> Option<usize> {
        let bytes = stream.get(self.at..self.at + self.length)?.first_chunk()?;
        usize::try_from(u32::from_le_bytes(*bytes)).ok()
    }
}

/// The records of a stream from this byte on.
struct Records<'s> {
    stream: &'s [u8],
    next: usize,
}

impl<'s> Records<'s> {
    const fn of(stream: &'s [u8], next: usize) -> Self {
        Self { stream, next }
    }
}

impl Iterator for Records<'_> {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        let head: &[u8; HEAD] = self.stream.get(self.next..)?.first_chunk()?;
        let [kind, more, length, long] = *head;
        let (at, length) = (self.next + HEAD, usize::from(u16::from_le_bytes([length, long])));
        self.next = at + length;
        // What goes beyond the end is no record.
        (self.next <= self.stream.len()).then_some(Record {
            kind: u16::from_le_bytes([kind, more]),
            at,
            length,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::workbook::{Limits, read};

    const ROOM: Limits = Limits { cells: 1_000, bytes: 1 << 20 };

    fn record(kind: u16, says: &[u8]) -> Vec<u8> {
        let length = u16::try_from(says.len()).unwrap();
        [&kind.to_le_bytes(), &length.to_le_bytes(), says].concat()
    }

    fn begin(kind: u16) -> Vec<u8> {
        record(BEGIN, &[&[0, 6], &kind.to_le_bytes()[..], &[0; 12]].concat())
    }

    /// A workbook with so many sheets in its list, all of which are one, with these numbers in its cells.
    fn workbook(sheets: usize, cells: &[(u16, u16)], more: &[Vec<u8>]) -> Vec<u8> {
        let name = b"one";
        let listed = |at: usize| {
            let at = u32::try_from(at).unwrap().to_le_bytes();
            record(SHEET, &[&at[..], &[0, 0, 3, 0], name].concat())
        };
        let length = begin(5).len() + sheets * listed(0).len() + record(END, &[]).len();
        let mut stream = begin(5);
        (0..sheets).for_each(|_| stream.extend(listed(length)));
        stream.extend(record(END, &[]));
        stream.extend(begin(0x10));
        more.iter().for_each(|record| stream.extend(record));
        for (row, column) in cells {
            let place = [row.to_le_bytes(), column.to_le_bytes(), [0, 0]].concat();
            stream.extend(record(NUMBER, &[place, 2.5_f64.to_le_bytes().to_vec()].concat()));
        }
        stream.extend(record(END, &[]));
        let mut file = CompoundFile::create(Cursor::new(Vec::new())).unwrap();
        file.create_stream("/Workbook").unwrap().write_all(&stream).unwrap();
        file.flush().unwrap();
        file.into_inner().into_inner()
    }

    #[test]
    fn a_workbook_of_the_older_kind_is_read() {
        let sheets = read(&workbook(1, &[(2, 3), (4, 3)], &[]), ROOM).unwrap();
        let cells: Vec<_> = sheets[0].rows.iter().map(|(row, cells)| (*row, cells[&3].as_str())).collect();
        assert_eq!((sheets[0].name.as_str(), cells), ("one", vec![(2, "2.5"), (4, "2.5")]));
    }

    /// The reader would set memory aside for 65,536 times 256 cells, for what a sheet announces, and for each name anew.
    #[test]
    fn a_small_file_cannot_ask_for_much() {
        let edges = || (0..1_500).flat_map(|n| [(n, 0), (0, n)]).collect::<Vec<_>>();
        assert_eq!(read(&workbook(1, &edges(), &[]), ROOM), Err(Refused::TooLarge));
        assert_eq!(read(&workbook(MOST_SHEETS + 1, &[(0, 0)], &[]), ROOM), Err(Refused::TooLarge));
        let column: Vec<_> = (0..16_000).map(|row| (row, 0)).collect();
        assert_eq!(read(&workbook(MOST_SHEETS, &column, &[]), ROOM), Err(Refused::TooLarge));
        for announced in [vec![0xff; 14], [&[0; 4], &[0xff; 10][..]].concat(), vec![0; 14]] {
            let sheets = read(&workbook(1, &[(1, 1)], &[record(DIMENSIONS, &announced)]), ROOM);
            assert_eq!(sheets.unwrap()[0].rows.len(), 1, "{announced:?}");
        }
    }

    /// A single cell far away costs no more than itself, and stays where it was.
    #[test]
    fn cells_far_away_stay_where_they_are() {
        let numbers = [[0_u8, 0], 2.5_f32.to_bits().to_le_bytes()[..2].try_into().unwrap(), [0, 0]].concat();
        let row = [[7, 0], [250, 0]].concat();
        let several = record(SEVERAL_NUMBERS, &[row, numbers.repeat(3), vec![252, 0]].concat());
        let sheets = read(&workbook(1, &[(0, 0), (u16::MAX, 255)], &[several]), ROOM).unwrap();
        let places: Vec<_> = sheets[0]
            .rows
            .iter()
            .flat_map(|(row, cells)| cells.keys().map(move |column| (*row, *column)))
            .collect();
        assert_eq!(places, [(0, 0), (7, 250), (7, 251), (7, 252), (u32::from(u16::MAX), 255)]);
    }

    #[test]
    fn damaged_files_are_refused_without_a_panic() {
        let book = workbook(2, &[(1, 1), (2, 2)], &[record(FORMULA, &[7; 30])]);
        let whole = read(&book, ROOM);
        // What is cut off may be the space behind the stream.
        for length in (0..book.len()).step_by(53) {
            let cut = read(&book[..length], ROOM);
            assert!(cut.is_err() || cut == whole, "{length}");
        }
        for at in (0..book.len()).step_by(3) {
            let mut damaged = book.clone();
            damaged[at] ^= 0x55;
            let _ = read(&damaged, ROOM);
        }
    }
}
