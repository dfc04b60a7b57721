//! The rows of a workbook's sheet: that which has the most of the columns.

use std::collections::{BTreeMap, BTreeSet};

use csv::StringRecord;

use super::{columns::plain, flaw::flaw};
use crate::{
    error::Result,
    places::findings::Findings,
    workbook::{self, Limits, Refused, Sheet, Unusable},
};

/// How much a workbook may hold: twenty columns for each of 20,000 lines.
const MOST: Limits = Limits { cells: 400_000, bytes: 16 << 20 };
/// No cell to the right of so many columns is read: tables are not so wide. A note says so.
const WIDEST: u32 = 200;

/// The rows of a sheet that hold something, from the first on.
pub(super) struct Rows {
    rows: std::vec::IntoIter<(u64, StringRecord)>,
    /// Cells that give no text, by line and place.
    pub(super) unusable: BTreeMap<(u64, usize), Unusable>,
}

impl Rows {
    /// Those of this workbook.
    ///
    /// # Errors
    /// `invalid` if it cannot be read.
    pub(super) fn of(file: &[u8], columns: &[&str], findings: &mut Findings) -> Result<Self> {
        let sheets = workbook::read(file, MOST).map_err(|refused| refusal(&refused, findings))?;
        let mut sheets: Vec<_> = sheets.into_iter().filter(|sheet| !sheet.rows.is_empty()).collect();
        // Of equals the first.
        let best = (0..sheets.len()).rev().max_by_key(|at| sheets.get(*at).map(|one| known(one, columns)));
        let sheet = best.map(|at| sheets.remove(at)).unwrap_or_default();
        for other in sheets {
            findings.note(1, "", &flaw!("left_out", "import-note-sheet", sheet = other.name));
        }
        Ok(Self::of_sheet(sheet, findings))
    }

    fn of_sheet(sheet: Sheet, findings: &mut Findings) -> Self {
        let is_far = |(row, cells): (&u32, &BTreeMap<u32, String>)| {
            cells.keys().next_back().is_some_and(|last| *last >= WIDEST).then_some(u64::from(*row) + 1)
        };
        if let Some(line) = sheet.rows.iter().find_map(is_far) {
            findings.note(line, "", &flaw!("left_out", "import-note-far", most = WIDEST));
        }
        let numbers: BTreeSet<u32> =
            sheet.rows.keys().copied().chain(sheet.unusable.keys().map(|(row, _)| *row)).collect();
        let row = |number: u32| {
            let cells = sheet.rows.get(&number);
            let within = |column: &u32| *column < WIDEST;
            let last = cells.and_then(|cells| cells.keys().copied().rfind(within));
            let cell = |column| cells.and_then(|cells| cells.get(&column)).map_or("", |text| text.trim());
            let record = last.map_or_else(StringRecord::new, |last| (0..=last).map(cell).collect());
            (u64::from(number) + 1, record)
        };
        let rows: Vec<_> = numbers.into_iter().map(row).collect();
        let place = |(row, column): (u32, u32)| (u64::from(row) + 1, column as usize);
        Self {
            rows: rows.into_iter(),
            unusable: sheet.unusable.into_iter().map(|(at, why)| (place(at), why)).collect(),
        }
    }

    pub(super) fn next_record(&mut self) -> Option<(u64, StringRecord)> {
        self.rows.next()
    }
}

/// How many of the columns the first row names.
fn known(sheet: &Sheet, columns: &[&str]) -> usize {
    let names = sheet.rows.values().next().into_iter().flat_map(|cells| cells.values());
    names.filter(|name| columns.iter().any(|column| plain(column) == plain(name))).count()
}

fn refusal(refused: &Refused, findings: &mut Findings) -> crate::error::Error {
    match refused {
        Refused::Unreadable | Refused::Damaged => {
            findings.mistake(1, "", &flaw!("unreadable", "import-workbook-unreadable"));
        }
        Refused::TooLarge => findings.mistake(1, "", &flaw!("length", "import-workbook-too-large")),
        Refused::Full(_, row, _) => {
            findings.mistake(u64::from(*row) + 1, "", &flaw!("length", "import-workbook-too-large"));
        }
    }
    findings.take_error()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::Language;

    #[test]
    fn what_stands_too_far_to_the_right_is_noted_once() {
        let row = |columns: &[u32]| columns.iter().map(|column| (*column, "x".to_owned())).collect();
        let rows = [(0, row(&[0, 1])), (4, row(&[0, WIDEST])), (5, row(&[WIDEST + 7]))].into();
        let mut findings = Findings::new(Language::English);
        let mut rows = Rows::of_sheet(Sheet { rows, ..Sheet::default() }, &mut findings);
        let lengths = std::iter::from_fn(|| rows.next_record()).map(|(_, record)| record.len());
        assert_eq!(lengths.collect::<Vec<_>>(), [2, 1, 0]);
        let notes: Vec<_> = findings.into_notes().into_iter().map(|note| (note.pointer, note.code)).collect();
        assert_eq!(notes, [("/lines/5".to_owned(), "left_out")]);
    }
}
