//! The columns of a table, and the cells of its lines.

use std::collections::BTreeMap;

use csv::StringRecord;

use super::{
    Form,
    flaw::{Flaw, flaw},
};
use crate::{places::findings::Findings, workbook::Unusable};

/// No more characters of an unknown column's name than this are repeated.
const LONGEST_REPEATED: usize = 40;

/// The name of a column as it is compared: its letters and digits, small. `Time zone`, `TIME_ZONE` and `timezone` are one.
pub(super) fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// In which place of a line each column of the form stands.
pub(super) struct Columns {
    form: Form,
    places: Vec<Option<usize>>,
    /// Columns without a name among them, which hold nothing.
    unnamed: Vec<usize>,
    /// So many cells has a line at least …
    least: usize,
    /// … and so many at most.
    width: usize,
    /// Whether a line with too many or too few cells may have all of them in the wrong places.
    shifts: bool,
}

impl Columns {
    /// Finds them in the header; says what is missing or there twice, and notes what is left out.
    pub(super) fn find(
        form: Form,
        (number, names): (u64, &StringRecord),
        shifts: bool,
        findings: &mut Findings,
    ) -> Option<Self> {
        let before = findings.mistakes();
        let known: Vec<String> = form.columns.iter().map(|column| plain(column)).collect();
        let written: Vec<String> = names.iter().map(plain).collect();
        let mut places = Vec::with_capacity(form.columns.len());
        for (column, known) in form.columns.iter().zip(&known) {
            let mut found = (0..).zip(&written).filter(|(_, name)| *name == known).map(|(at, _)| at);
            places.push(found.next());
            if found.next().is_some() {
                findings.mistake(number, column, &flaw!("duplicate", "import-column-twice"));
            }
        }
        for (column, _) in form.columns.iter().zip(&places).filter(|(_, place)| place.is_none()) {
            if !form.optional.contains(column) {
                let columns = form.needed();
                let flaw = flaw!("required", "import-column-missing", columns = columns);
                findings.mistake(number, column, &flaw);
            }
        }
        let foreign = |(name, _): &(&str, &String)| !name.is_empty();
        for (name, _) in names.iter().zip(&written).filter(foreign).filter(|(_, one)| !known.contains(one)) {
            let name: String = name.chars().take(LONGEST_REPEATED).collect();
            findings.note(number, &name, &flaw!("left_out", "import-note-column", column = name.clone()));
        }
        let width = (1..).zip(names).filter(|(_, name)| !name.is_empty()).map(|(width, _)| width).last();
        let width = width.unwrap_or_default();
        let unnamed = (0..width).filter(|at| names.get(*at).is_some_and(str::is_empty)).collect();
        let least = places.iter().flatten().max().map_or(0, |last| last + 1);
        (findings.mistakes() == before).then_some(Self { form, places, unnamed, least, width, shifts })
    }

    /// The cells of a line. In a CSV file, none if it has too many or too few: its values may be in the wrong columns then.
    pub(super) fn cells<'a>(
        &'a self,
        number: u64,
        record: &'a StringRecord,
        unusable: &'a BTreeMap<(u64, usize), Unusable>,
        findings: &'a mut Findings,
    ) -> Option<Cells<'a>> {
        let mut width = record.len();
        while width > self.width && record.get(width - 1).is_some_and(str::is_empty) {
            width -= 1;
        }
        let unnamed = self.unnamed.iter().any(|at| record.get(*at).is_some_and(|cell| !cell.is_empty()));
        if self.shifts && (width > self.width || width < self.least) {
            let flaw = flaw!("columns", "import-width", width = width, columns = self.width);
            findings.mistake(number, "", &flaw);
            return None;
        }
        if unnamed && self.shifts {
            findings.mistake(number, "", &flaw!("unknown", "import-column-without-name"));
            return None;
        }
        if unnamed || width > self.width {
            findings.note(number, "", &flaw!("left_out", "import-note-column-without-name"));
        }
        Some(Cells { number, columns: self, record, unusable, taken: 0, findings })
    }
}

/// The cells of a line, in the order of the form's columns.
pub(in crate::places) struct Cells<'a> {
    /// Which line of the file it is, counted from 1.
    pub(in crate::places) number: u64,
    columns: &'a Columns,
    record: &'a StringRecord,
    unusable: &'a BTreeMap<(u64, usize), Unusable>,
    taken: usize,
    findings: &'a mut Findings,
}

impl Cells<'_> {
    /// Reads the next cell, which is empty where there is no such column; if that fails, says so.
    pub(in crate::places) fn take<T>(&mut self, read: impl FnOnce(&str) -> Result<T, Flaw>) -> Option<T> {
        let (column, at) =
            (self.columns.form.columns.get(self.taken)?, *self.columns.places.get(self.taken)?);
        self.taken += 1;
        let why = at.and_then(|at| self.unusable.get(&(self.number, at)));
        let cell = at.and_then(|at| self.record.get(at)).unwrap_or_default();
        let value = match why {
            Some(why) => Err(no_text(*why)),
            None => read(cell),
        };
        value.map_err(|flaw| self.findings.mistake(self.number, column, &flaw)).ok()
    }
}

fn no_text(why: Unusable) -> Flaw {
    match why {
        Unusable::Error => flaw!("error_value", "import-error-value"),
        Unusable::Moment => flaw!("date_value", "import-date-value"),
        Unusable::Nul => flaw!("format", "import-plain"),
        Unusable::NoValue => flaw!("formula_without_value", "import-formula-without-value"),
    }
}
