//! A workbook as texts in cells: what is read from a file, and what is written into one.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, XlsxError};

use super::place;
use crate::checklists::exchange::ImportFindings;
use crate::workbook::{self, Limits, Refused};
pub use crate::workbook::{Cells, Sheet};

/// How much the workbook of a checklist may hold.
const MOST: Limits = Limits { cells: 200_000, bytes: 16 << 20 };

/// Why a cell cannot be used: the code, and what to do about it.
pub fn unusable(why: workbook::Unusable) -> (&'static str, &'static str) {
    use workbook::Unusable::{Error, Moment, NoValue, Nul};
    match why {
        Error => ("error_value", "The formula gives an error: write the value."),
        Moment => ("date_value", "Format the cell as text, and write it as text."),
        Nul => ("control_character", "Remove the NUL character."),
        NoValue => (
            "formula_without_value",
            "The formula has no value yet: save the workbook with a spreadsheet program, or write the value.",
        ),
    }
}

/// Reads the sheets of a workbook; formulas give the values that were computed last.
pub fn read(file: &[u8], findings: &mut ImportFindings) -> Vec<Sheet> {
    let (at, code, message) = match workbook::read(file, MOST) {
        Ok(sheets) => return sheets,
        Err(Refused::Unreadable) => {
            (String::new(), "unreadable", "This is no workbook (.xlsx, .xlsm or .xls), or it is damaged.")
        }
        Err(Refused::TooLarge) => {
            (String::new(), "too_large", "The workbook is too large: remove what is no checklist.")
        }
        Err(Refused::Damaged) => {
            let message = "This workbook is damaged: save it again with a spreadsheet program.";
            (String::new(), "unreadable", message)
        }
        Err(Refused::Full(sheet, row, column)) => {
            let at = place(&sheet.to_lowercase(), row, column);
            (at, "too_large", "The workbook holds more than any checklist.")
        }
    };
    findings.fatal(at, code, message);
    Vec::new()
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
