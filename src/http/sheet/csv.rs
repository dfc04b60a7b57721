//! Sheets as comma-separated values (RFC 4180), so that spreadsheet programs open them rightly.

use ::csv::{QuoteStyle, Writer, WriterBuilder};

use super::{
    Manner,
    cells::{Cell, Row, Table},
};
use crate::{
    decimals::written,
    error::{Error, Result},
    texts::Language,
};

/// What spreadsheet programs take for the sign of UTF-8.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
/// With one of these a cell begins that a spreadsheet program would compute.
const BEGIN_FORMULAS: [char; 7] = ['=', '+', '-', '@', '\t', '\r', '\n'];
/// After one of these a spreadsheet program of another language than the reader's may see another cell begin.
const END_CELLS: [char; 5] = [',', ';', '\t', '\r', '\n'];

/// How a reader's spreadsheet program writes such files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CsvDialect {
    /// What stands between cells.
    separator: u8,
    /// What stands before decimals.
    decimal: char,
}

impl CsvDialect {
    /// That of readers of this language: with a comma in numbers, as four of our languages have, semicolons stand between cells.
    pub const fn in_language(language: Language) -> Self {
        match language {
            Language::English => Self { separator: b',', decimal: '.' },
            _ => Self { separator: b';', decimal: ',' },
        }
    }
}

impl Table {
    /// A writer of its rows.
    pub fn csv(&self, manner: Manner) -> Csv<'_> {
        Csv { table: self, manner }
    }
}

/// Writes the rows of a table.
#[derive(Clone, Debug)]
pub struct Csv<'t> {
    table: &'t Table,
    manner: Manner,
}

impl Csv<'_> {
    /// The beginning of the file, with what stands above the columns.
    ///
    /// # Errors
    /// `internal`, which nothing that is known leads to.
    pub fn head(&self) -> Result<Vec<u8>> {
        let mut writer = self.writer(BYTE_ORDER_MARK.to_vec());
        writer.write_record(self.manner.heads(self.table.columns())).map_err(Error::internal)?;
        writer.into_inner().map_err(Error::internal)
    }

    /// Rows.
    ///
    /// # Errors
    /// `internal`, which nothing that is known leads to.
    pub fn rows(&self, rows: &[Row]) -> Result<Vec<u8>> {
        let mut writer = self.writer(Vec::new());
        for row in rows {
            writer.write_record(row.iter().map(|cell| self.text(cell))).map_err(Error::internal)?;
        }
        writer.into_inner().map_err(Error::internal)
    }

    fn writer(&self, into: Vec<u8>) -> Writer<Vec<u8>> {
        let mut builder = WriterBuilder::new();
        builder.delimiter(self.manner.dialect.separator).quote_style(QuoteStyle::Necessary);
        builder.terminator(::csv::Terminator::CRLF).from_writer(into)
    }

    fn text(&self, cell: &Cell) -> String {
        match cell {
            Cell::Empty => String::new(),
            Cell::Text(text) => harmless(text),
            Cell::Integer(number) => number.to_string(),
            Cell::Number(number) => number.to_string().replace('.', &self.manner.dialect.decimal.to_string()),
            Cell::Percent(points) => written(*points, 2, self.manner.dialect.decimal),
            Cell::Boolean(is_so) => is_so.to_string(),
            Cell::Day(day) => day.to_string(),
            Cell::Moment(moment) => moment.to_string(),
        }
    }
}

/// A text without the beginning of a formula, however a spreadsheet program parts the line into cells: an apostrophe, which says that
/// what follows is text, stands before each sign with which a cell could begin. Inside of a text a sign that ends a cell begins none: it leaves the
/// cell empty, and what comes after it is looked at by itself.
fn harmless(text: &str) -> String {
    let mut harmless = String::with_capacity(text.len());
    let mut could_begin = true;
    for letter in text.chars() {
        let ends = END_CELLS.contains(&letter);
        if could_begin && BEGIN_FORMULAS.contains(&letter) && (!ends || harmless.is_empty()) {
            harmless.push('\'');
        }
        harmless.push(letter);
        // Between the apostrophe and the end of a cell nothing begins.
        could_begin = ends || (could_begin && letter == '"');
    }
    harmless
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn no_cell_begins_with_a_formula_in_any_dialect() {
        for (text, written) in [
            ("Zürich", "Zürich"),
            ("a=b, c; d - e", "a=b, c; d - e"),
            ("=1+1", "'=1+1"),
            ("-5", "'-5"),
            ("x,=1+1", "x,'=1+1"),
            ("x;@SUM(A1)", "x;'@SUM(A1)"),
            ("x\t+1", "x\t'+1"),
            ("x\n=1", "x\n'=1"),
            ("x\r\n=1", "x\r\n'=1"),
            ("x,\ny", "x,\ny"),
            ("x,\n=1", "x,\n'=1"),
            ("\n=1", "'\n'=1"),
            ("x;\"=1\"", "x;\"'=1\""),
            ("\"=1\"", "\"'=1\""),
        ] {
            assert_eq!(harmless(text), written, "{text:?}");
        }
    }
}
