//! Workbooks of spreadsheet programs (.xlsx, .xlsm, .xls), as the texts in their cells: read within limits, and nothing that they say of
//! themselves is believed.

mod archive;
mod binary;

use std::{
    collections::BTreeMap,
    io::Cursor,
    panic::{AssertUnwindSafe, catch_unwind},
};

use calamine::{Data, DataRef, Reader, Xls, Xlsx, XlsxError};

use self::{archive::unpacked, binary::Repacked};

/// The media type of workbooks (.xlsx).
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// The media type of workbooks that may hold macros (.xlsm), which nothing here runs.
pub const XLSM: &str = "application/vnd.ms-excel.sheet.macroEnabled.12";
/// Most characters of a sheet's name that are repeated.
const LONGEST_REPEATED: usize = 31;

/// The cells of one row that hold something, by their column, counted from 0.
pub type Cells = BTreeMap<u32, String>;

/// One sheet.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// The rows that hold something, counted from 0.
    pub rows: BTreeMap<u32, Cells>,
    /// Cells whose value is no text, by row and column.
    pub unusable: BTreeMap<(u32, u32), Unusable>,
}

/// Why a cell gives no text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// Its formula gives an error.
    Error,
    /// It is a date or a time, whose text depends on its format.
    Moment,
    /// It has a character that no text can have.
    Nul,
    /// Its formula was never computed.
    NoValue,
}

/// How much a workbook may hold, in all sheets together.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Cells with something in them.
    pub cells: usize,
    /// Bytes of all their texts.
    pub bytes: usize,
}

/// Why a workbook is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refused {
    /// It is no workbook at all, or its archive is damaged.
    Unreadable,
    /// Unpacked it is larger than anything that is needed.
    TooLarge,
    /// What it describes is damaged.
    Damaged,
    /// It holds more than the limits from this cell on: sheet, row and column.
    Full(String, u32, u32),
}

/// Whether these bytes begin as a workbook does, of whichever kind.
pub fn is_one(file: &[u8]) -> bool {
    file.starts_with(b"PK\x03\x04") || file.starts_with(binary::SIGNATURE)
}

/// Reads the sheets of a workbook; formulas give the values that were computed last.
///
/// # Errors
/// Why it is not read.
pub fn read(file: &[u8], limits: Limits) -> Result<Vec<Sheet>, Refused> {
    // The readers were written for files of people; one that was made to break them must not get further than this.
    let read = || match file.starts_with(binary::SIGNATURE) {
        true => read_binary(binary::repacked(file)?, limits),
        false => read_all(unpacked(file)?, limits),
    };
    catch_unwind(AssertUnwindSafe(read)).unwrap_or(Err(Refused::Damaged))
}

/// Reads a workbook of the older kind (.xls).
fn read_binary(Repacked { file, places }: Repacked, mut room: Limits) -> Result<Vec<Sheet>, Refused> {
    let mut book = Xls::new(Cursor::new(file)).map_err(damaged)?;
    let mut sheets = Vec::new();
    for (name, places) in book.sheet_names().into_iter().zip(places) {
        // A sheet that holds a chart only.
        let Ok(range) = book.worksheet_range(&name) else { continue };
        let (top, left) = range.start().unwrap_or_default();
        let mut sheet = Sheet::named(&name);
        for (row, column, value) in range.used_cells() {
            let at = places.of(row + top as usize, column + left as usize).ok_or(Refused::Damaged)?;
            sheet.put(at, &borrowed(value), &mut room)?;
        }
        sheets.push(sheet);
    }
    Ok(sheets)
}

/// The value as the reader of the newer kind has it.
fn borrowed(value: &Data) -> DataRef<'_> {
    match value {
        Data::Int(number) => DataRef::Int(*number),
        Data::Float(number) => DataRef::Float(*number),
        Data::String(text) => DataRef::SharedString(text),
        Data::Bool(truth) => DataRef::Bool(*truth),
        Data::DateTime(moment) => DataRef::DateTime(*moment),
        Data::DateTimeIso(moment) => DataRef::DateTimeIso(moment.clone()),
        Data::DurationIso(duration) => DataRef::DurationIso(duration.clone()),
        Data::Error(error) => DataRef::Error(error.clone()),
        Data::Empty => DataRef::Empty,
    }
}

fn read_all(archive: Vec<u8>, limits: Limits) -> Result<Vec<Sheet>, Refused> {
    // A text that many cells share is there once.
    let bytes = archive.len().saturating_mul(2).min(limits.bytes);
    let mut book = Xlsx::new(Cursor::new(archive)).map_err(damaged)?;
    let mut room = Limits { bytes, ..limits };
    let mut sheets = Vec::new();
    for name in book.sheet_names() {
        let mut cells = match book.worksheet_cells_reader(&name) {
            Ok(cells) => cells,
            // A sheet that holds a chart only.
            Err(XlsxError::NotAWorksheet(_)) => continue,
            Err(error) => return Err(damaged(error)),
        };
        let mut sheet = Sheet::named(&name);
        while let Some(cell) = cells.next_cell().map_err(damaged)? {
            sheet.put(cell.get_position(), cell.get_value(), &mut room)?;
        }
        drop(cells);
        uncomputed(&mut book, &name, &mut sheet)?;
        sheets.push(sheet);
    }
    Ok(sheets)
}

fn damaged<E>(_: E) -> Refused {
    Refused::Damaged
}

/// Finds formulas whose value was never computed: their cells look empty, and what was meant would be lost.
fn uncomputed(book: &mut Xlsx<Cursor<Vec<u8>>>, name: &str, sheet: &mut Sheet) -> Result<(), Refused> {
    let mut cells = book.worksheet_cells_reader(name).map_err(damaged)?;
    while let Some(cell) = cells.next_formula().map_err(damaged)? {
        let (row, column) = cell.get_position();
        let has_value = sheet.rows.get(&row).is_some_and(|cells| cells.contains_key(&column));
        if !cell.get_value().is_empty() && !has_value {
            sheet.unusable.entry((row, column)).or_insert(Unusable::NoValue);
        }
    }
    Ok(())
}

impl Sheet {
    fn named(name: &str) -> Self {
        Self { name: name.chars().take(LONGEST_REPEATED).collect(), ..Self::default() }
    }

    /// Puts in what a cell holds, as long as there is room for it.
    fn put(
        &mut self,
        (row, column): (u32, u32),
        value: &DataRef<'_>,
        room: &mut Limits,
    ) -> Result<(), Refused> {
        match text(value) {
            Ok(None) => {}
            Ok(Some(text)) if room.take(&text) => {
                self.rows.entry(row).or_default().insert(column, text);
            }
            Ok(Some(_)) => return Err(Refused::Full(std::mem::take(&mut self.name), row, column)),
            Err(unusable) => drop(self.unusable.insert((row, column), unusable)),
        }
        Ok(())
    }
}

impl Limits {
    /// Takes the room for one more text, if there is so much.
    fn take(&mut self, text: &str) -> bool {
        let left = (self.cells.checked_sub(1), self.bytes.checked_sub(text.len()));
        let (Some(cells), Some(bytes)) = left else { return false };
        *self = Self { cells, bytes };
        true
    }
}

fn text(value: &DataRef<'_>) -> Result<Option<String>, Unusable> {
    let text = match value {
        DataRef::Empty => return Ok(None),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(truth) => truth.to_string(),
        DataRef::Error(_) => return Err(Unusable::Error),
        DataRef::DateTime(_) | DataRef::DateTimeIso(_) | DataRef::DurationIso(_) => {
            return Err(Unusable::Moment);
        }
    };
    if text.trim().is_empty() {
        return Ok(None);
    }
    if text.contains('\0') { Err(Unusable::Nul) } else { Ok(Some(text)) }
}
