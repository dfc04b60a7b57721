//! A workbook as texts in cells: what is read from a file, and what is written into one.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, Reader, Xlsx};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, XlsxError};

use super::archive::{Refused, unpacked};
use super::place;
use crate::checklists::exchange::ImportFindings;

/// Most cells with something in them, in all sheets together.
const MOST_CELLS: usize = 200_000;
/// Most bytes of all their texts.
const MOST_BYTES: usize = 16 << 20;
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
    /// Cells whose value is none that a checklist can have, by row and column: no mistake if nobody reads them.
    pub unusable: BTreeMap<(u32, u32), Unusable>,
}

/// Why a cell cannot be used: the code, and what to do about it.
pub type Unusable = (&'static str, &'static str);

/// Reads the sheets of a workbook; formulas give the values that were computed last.
pub fn read(file: &[u8], findings: &mut ImportFindings) -> Vec<Sheet> {
    let archive = match unpacked(file) {
        Ok(archive) => archive,
        Err(Refused::Unreadable) => {
            findings.error("", "unreadable", "This is no .xlsx workbook, or it is damaged.");
            return Vec::new();
        }
        Err(Refused::TooLarge) => {
            findings.error("", "too_large", "The workbook is too large: remove what is no checklist.");
            return Vec::new();
        }
    };
    // The reader was written for files of people; one that was made to break it must not get further than this.
    let read = catch_unwind(AssertUnwindSafe(|| read_all(archive, findings)));
    read.unwrap_or(None).unwrap_or_else(|| {
        findings.error(
            "",
            "unreadable",
            "This workbook is damaged: save it again with a spreadsheet program.",
        );
        Vec::new()
    })
}

fn read_all(archive: Vec<u8>, findings: &mut ImportFindings) -> Option<Vec<Sheet>> {
    // A text that many cells share is there once.
    let bytes = archive.len().saturating_mul(2).min(MOST_BYTES);
    let mut book = Xlsx::new(Cursor::new(archive)).ok()?;
    let mut room = Room { cells: MOST_CELLS, bytes };
    let mut sheets = Vec::new();
    for name in book.sheet_names() {
        let mut cells = match book.worksheet_cells_reader(&name) {
            Ok(cells) => cells,
            // A sheet that holds a chart only.
            Err(calamine::XlsxError::NotAWorksheet(_)) => continue,
            Err(_) => return None,
        };
        let mut sheet = Sheet { name: name.chars().take(LONGEST_REPEATED).collect(), ..Sheet::default() };
        while let Some(cell) = cells.next_cell().ok()? {
            let (row, column) = cell.get_position();
            let text = match text(cell.get_value()) {
                Ok(Some(text)) => text,
                Ok(None) => continue,
                Err(unusable) => {
                    sheet.unusable.insert((row, column), unusable);
                    continue;
                }
            };
            if !room.has(&text) {
                findings.error(
                    place(&sheet.name.to_lowercase(), row, column),
                    "too_large",
                    "The workbook holds more than any checklist.",
                );
                return Some(Vec::new());
            }
            sheet.rows.entry(row).or_default().insert(column, text);
        }
        drop(cells);
        uncomputed(&mut book, &name, &mut sheet)?;
        sheets.push(sheet);
    }
    Some(sheets)
}

/// Finds formulas whose value was never computed: their cells look empty, and what was meant would be lost.
fn uncomputed(book: &mut Xlsx<Cursor<Vec<u8>>>, name: &str, sheet: &mut Sheet) -> Option<()> {
    let mut cells = book.worksheet_cells_reader(name).ok()?;
    while let Some(cell) = cells.next_formula().ok()? {
        let (row, column) = cell.get_position();
        let has_value = sheet.rows.get(&row).is_some_and(|cells| cells.contains_key(&column));
        if !cell.get_value().is_empty() && !has_value {
            let message = "The formula has no value yet: save the workbook with a spreadsheet program, or write the value.";
            sheet.unusable.insert((row, column), ("formula_without_value", message));
        }
    }
    Some(())
}

struct Room {
    cells: usize,
    bytes: usize,
}

impl Room {
    fn has(&mut self, text: &str) -> bool {
        let left = (self.cells.checked_sub(1), self.bytes.checked_sub(text.len()));
        let (Some(cells), Some(bytes)) = left else { return false };
        (self.cells, self.bytes) = (cells, bytes);
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
        DataRef::Error(_) => {
            return Err(("error_value", "The formula gives an error: write the value."));
        }
        DataRef::DateTime(_) | DataRef::DateTimeIso(_) | DataRef::DurationIso(_) => {
            return Err(("date_value", "Format the cell as text, and write it as text."));
        }
    };
    if text.trim().is_empty() {
        return Ok(None);
    }
    if text.contains('\0') {
        return Err(("control_character", "Remove the NUL character."));
    }
    Ok(Some(text))
}

/// Writes sheets into a workbook. Every cell is a text: none is ever taken for a formula.
///
/// # Errors
/// What the format cannot hold, such as a text of more than 32,767 characters.
pub fn write(sheets: &[Sheet]) -> Result<Vec<u8>, XlsxError> {
    let mut book = rust_xlsxwriter::Workbook::new();
    // The same checklist makes the same file, whenever it is written.
    let made = ExcelDateTime::from_ymd(2026, 1, 1)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&made));
    for sheet in sheets {
        let page = book.add_worksheet();
        page.set_name(&sheet.name)?;
        for (row, cells) in &sheet.rows {
            for (column, text) in cells {
                page.write_string(*row, u16::try_from(*column).unwrap_or(u16::MAX), text)?;
            }
        }
        page.set_freeze_panes(1, 0)?;
    }
    book.save_to_buffer()
}
