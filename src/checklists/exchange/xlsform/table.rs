//! Sheets with a row of column names: each cell of a row is either taken or refused.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::cells::{Cells, Sheet};
use super::{languages, place};
use crate::checklists::{exchange::ImportFindings, text::Text};

/// Columns that XLSForm spells in several ways, with the one that is used here.
const ALIASES: [(&str, &str); 22] = [
    ("relevance", "relevant"),
    ("bind::relevant", "relevant"),
    ("bind::constraint", "constraint"),
    ("bind::required", "required"),
    ("bind::readonly", "read_only"),
    ("bind::calculate", "calculation"),
    ("calculate", "calculation"),
    ("readonly", "read_only"),
    ("caption", "label"),
    ("constraint_msg", "constraint_message"),
    ("required_msg", "required_message"),
    ("command", "type"),
    ("tag", "name"),
    ("value", "name"),
    ("image", "media::image"),
    ("audio", "media::audio"),
    ("video", "media::video"),
    ("big-image", "media::big-image"),
    ("media::big_image", "media::big-image"),
    ("title", "form_title"),
    ("id_string", "form_id"),
    ("jr:count", "repeat_count"),
];
/// No more characters of an unknown column's name than this are repeated.
const LONGEST_REPEATED: usize = 40;

/// A column's meaning.
#[derive(Debug)]
pub struct Column {
    /// Counted from 0.
    pub index: u32,
    /// Its name without the language.
    pub base: String,
    /// The language of its texts, if its name has one.
    pub language: Option<String>,
    /// Its name as it stands there.
    pub written: String,
    /// Where its name stands.
    pub at: String,
}

/// A sheet whose columns are known.
#[derive(Debug)]
pub struct Table {
    /// `survey`, `choices`, …
    pub name: &'static str,
    /// The columns with a name.
    pub columns: Vec<Column>,
    rows: BTreeMap<u32, Cells>,
}

impl Table {
    /// Finds the columns in the first row that holds something. What stands in columns of another name than these is left
    /// out with a note, and so is a value that cannot be used in one of those that nobody reads.
    pub fn of(
        name: &'static str,
        mut sheet: Sheet,
        (known, unread): (&[&str], &[&str]),
        findings: &mut ImportFindings,
    ) -> Self {
        let mut this = Self { name, columns: Vec::new(), rows: BTreeMap::new() };
        let Some((number, header)) = sheet.rows.pop_first() else { return this };
        this.rows = sheet.rows;
        let mut seen = BTreeSet::new();
        for (index, written) in header {
            let at = place(name, number, index);
            let (base, language) = split(&written);
            let short: String = written.trim().chars().take(LONGEST_REPEATED).collect();
            if !known.contains(&base.as_str()) {
                if this.rows.values().any(|cells| cells.contains_key(&index)) {
                    findings
                        .note(&at, format!("There is no column `{short}` in a checklist: it is left out."));
                    this.rows.values_mut().for_each(|cells| drop(cells.remove(&index)));
                }
                continue;
            }
            let (tag, mut tag_of_own) = (language.as_deref().map(languages::tag), None);
            if tag == Some(None) {
                let own = language.as_deref().filter(|_| findings.leaves_out());
                let Some(tag) = own.and_then(|name| findings.own_tag(name)) else {
                    let message = format!("Name the language by its tag, such as `{base}::French (fr)`.");
                    findings.error(&at, "unknown_language", message);
                    this.rows.values_mut().for_each(|cells| drop(cells.remove(&index)));
                    continue;
                };
                findings.note(&at, format!("This language has no known tag: it is kept as `{tag}`."));
                tag_of_own = Some(tag);
            }
            let language = tag_of_own.or(tag.flatten());
            if !seen.insert((base.clone(), language.clone())) {
                findings.error(&at, "duplicate", format!("The column `{short}` is there twice."));
                continue;
            }
            this.columns.push(Column { index, base, language, written: short, at });
        }
        let unnamed =
            this.rows.iter().flat_map(|(row, cells)| cells.keys().map(move |column| (*row, *column)));
        let named: BTreeSet<_> = this.columns.iter().map(|column| column.index).collect();
        for (row, column) in unnamed.filter(|(_, column)| !named.contains(column)) {
            if !findings.has_at(&place(name, number, column)) {
                findings.note(place(name, row, column), "This column has no name: the cell is left out.");
            }
        }
        for ((row, column), why) in sheet.unusable {
            let (code, message) = super::cells::unusable(why);
            let at = place(name, row, column);
            let is_read = |one: &Column| one.index == column && !unread.contains(&one.base.as_str());
            if row == number || this.columns.iter().any(is_read) {
                findings.error(at, code, message);
            } else {
                findings.note(at, "Nothing reads this cell: it is left out.");
            }
        }
        this
    }

    /// The rows that hold something.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|(number, cells)| Row {
            table: self,
            number: *number,
            cells,
            taken: RefCell::default(),
        })
    }

    /// Refuses a column without a language beside one in the default language: both would hold the same text.
    pub fn refuse_both(&mut self, default: &str, findings: &mut ImportFindings) {
        let (mut both, mut stays) = (Vec::new(), Vec::new());
        let bare = self.columns.iter().filter(|one| one.language.is_none());
        let bare: BTreeSet<String> = bare.map(|one| one.base.clone()).collect();
        for column in std::mem::take(&mut self.columns) {
            let is_default = column.language.as_deref() == Some(default);
            if is_default && bare.contains(&column.base) { both.push(column) } else { stays.push(column) }
        }
        for column in both {
            let message =
                format!("`{}` is also there without a language, which means the same.", column.base);
            findings.error(&column.at, "duplicate", message);
        }
        self.columns = stays;
    }

    /// Forgets the columns in other languages than these, of which it was said that they are too many.
    pub fn forget_languages_but(&mut self, languages: &[String]) {
        self.columns.retain(|column| column.language.as_ref().is_none_or(|one| languages.contains(one)));
    }
}

/// `label::French (fr)` is `label` in French; so is the older `label:French (fr)`.
fn split(written: &str) -> (String, Option<String>) {
    const NO_LANGUAGE: [&str; 5] = ["media", "bind", "body", "instance", "jr"];
    let parts: Vec<&str> = if written.contains("::") {
        written.split("::").map(str::trim).collect()
    } else {
        written.split(':').map(str::trim).collect()
    };
    let normal = |name: &str| name.trim().to_lowercase().replace(' ', "_");
    let (base, language) = match parts.as_slice() {
        [only] => (normal(only), None),
        [first, second] if NO_LANGUAGE.contains(&normal(first).as_str()) => {
            (format!("{}::{}", normal(first), normal(second)), None)
        }
        [first, second] => (normal(first), Some((*second).to_owned())),
        [first, second, rest @ ..] => {
            (format!("{}::{}", normal(first), normal(second)), Some(rest.join("::")))
        }
        [] => (String::new(), None),
    };
    let alias = ALIASES.iter().find(|(other, _)| *other == base);
    (alias.map_or(base, |(_, ours)| (*ours).to_owned()), language)
}

/// Lists cells that are left out with their row, but those that are listed already.
pub fn leave(places: &[String], why: &str, findings: &mut ImportFindings) {
    for at in places {
        if !findings.has_at(at) {
            findings.error(at, "left_with_row", format!("It is left out with its row: see `{why}`."));
        }
    }
}

/// One row, which knows what of it was taken.
#[derive(Debug)]
pub struct Row<'t> {
    table: &'t Table,
    number: u32,
    cells: &'t Cells,
    taken: RefCell<BTreeSet<u32>>,
}

/// A cell that holds something.
#[derive(Debug, Clone)]
pub struct Cell<'t> {
    /// What it holds, without space around it.
    pub text: &'t str,
    /// Where it is.
    pub at: String,
}

impl<'t> Row<'t> {
    /// The cell of this column, if it holds something.
    pub fn take(&self, base: &str) -> Option<Cell<'t>> {
        let column =
            self.table.columns.iter().find(|column| column.base == base && column.language.is_none())?;
        let text = self.cells.get(&column.index)?;
        self.taken.borrow_mut().insert(column.index);
        Some(Cell { text: text.trim(), at: self.place(column.index) })
    }

    /// The texts of this column in every language, exactly as they were written.
    pub fn texts(&self, base: &str, default: &str) -> Option<Text> {
        let columns = self.table.columns.iter().filter(|column| column.base == base);
        let texts: Vec<(String, String)> = columns
            .filter_map(|column| {
                let text = self.cells.get(&column.index)?;
                self.taken.borrow_mut().insert(column.index);
                let language = column.language.clone().unwrap_or_else(|| default.to_owned());
                Some((language, text.clone()))
            })
            .collect();
        (!texts.is_empty()).then(|| texts.into_iter().collect())
    }

    /// The cells of this column in every language, without taking them.
    pub fn each(&self, base: &str) -> Vec<Cell<'t>> {
        let columns = self.table.columns.iter().filter(|column| column.base == base);
        columns
            .filter_map(|column| {
                let text = self.cells.get(&column.index)?;
                Some(Cell { text: text.trim(), at: self.place(column.index) })
            })
            .collect()
    }

    /// Whether any cell of these columns, in any language, holds something.
    pub fn holds(&self, base: &str) -> bool {
        let columns = self.table.columns.iter().filter(|column| column.base == base);
        columns.into_iter().any(|column| self.cells.contains_key(&column.index))
    }

    /// Where the cell of this column is, whether or not there is one.
    pub fn at(&self, base: &str) -> String {
        let column = self.table.columns.iter().find(|column| column.base == base);
        self.place(column.map_or(0, |column| column.index))
    }

    /// The cells that were not taken, with the columns' names.
    pub fn rest(&self) -> Vec<(&'t Column, Cell<'t>)> {
        let taken = self.taken.borrow();
        let left = self.table.columns.iter().filter(|column| !taken.contains(&column.index));
        left.filter_map(|column| {
            let text = self.cells.get(&column.index)?;
            Some((column, Cell { text: text.trim(), at: self.place(column.index) }))
        })
        .collect()
    }

    /// Refuses the cells that were not taken.
    pub fn refuse_rest(&self, what: &str, findings: &mut ImportFindings) {
        for (column, cell) in self.rest() {
            let message = format!("`{}` cannot be kept for {what}: clear the cell.", column.written);
            findings.error(cell.at, "not_kept", message);
        }
    }

    /// Says of the cells that were not taken that they are left out.
    pub fn note_rest(&self, what: &str, findings: &mut ImportFindings) {
        for (column, cell) in self.rest() {
            findings
                .note(cell.at, format!("`{}` says nothing about {what}: it is left out.", column.written));
        }
    }

    /// Whether the row was switched off in the form, which is noted: then all of it is left out.
    pub fn is_disabled(&self, findings: &mut ImportFindings) -> bool {
        let Some(cell) = self.take("disabled") else { return false };
        let is_disabled = super::extras::truth(cell.text) == Some(true);
        if is_disabled {
            findings.note(cell.at, "The row is disabled: it is left out.");
            self.take_all();
        }
        is_disabled
    }

    /// Lists all cells of a row that is left out as a whole, but those that are listed already. Why stands at this place.
    pub fn leave(&self, why: &str, findings: &mut ImportFindings) {
        if findings.leaves_out() {
            leave(&self.places(), why, findings);
        }
        self.take_all();
    }

    /// Where the cells of the row are.
    pub fn places(&self) -> Vec<String> {
        let named = self.table.columns.iter().map(|column| column.index);
        named.filter(|index| self.cells.contains_key(index)).map(|index| self.place(index)).collect()
    }

    /// Says that all of the row was dealt with.
    pub fn take_all(&self) {
        self.taken.borrow_mut().extend(self.cells.keys());
    }

    fn place(&self, column: u32) -> String {
        place(self.table.name, self.number, column)
    }
}
