//! Sheets as workbooks of spreadsheet programs: typed cells, a header that stays in sight, filters, and a chart where one helps.

use std::io::{Seek, Write};

use jiff::civil::Date;
use rust_xlsxwriter::{
    Chart as DrawnChart, ChartType, ColNum, DocProperties, ExcelDateTime, Format as CellFormat, FormatAlign,
    RowNum, Workbook as Book, Worksheet,
};

use super::{
    Manner,
    cells::{Cell, Row, Table},
    columns::Column,
};
use crate::error::{Error, Result};

/// So many rows a worksheet has at most, the names of the columns included.
const MOST_ROWS: RowNum = 1_048_576;
/// So many characters a cell has at most.
const MOST_CHARACTERS: usize = 32_767;
/// So many rows a chart shows at most: of more nobody could tell one from another.
const MOST_DRAWN: RowNum = 400;
/// What the first worksheet is called.
const SHEET: &str = "Sheet1";
/// How large a chart is, in pixels.
const DRAWN_WIDTH: u32 = 960;
const DRAWN_HEIGHT: u32 = 420;
/// How wide columns are, in characters.
const WIDTHS: std::ops::RangeInclusive<usize> = 9..=44;

/// How a chart shows its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChartKind {
    /// As a line, from the first row to the last.
    Line,
    /// As a bar for each row.
    Bars,
}

/// What is drawn beside the rows.
#[derive(Clone, Copy, Debug)]
pub struct Chart {
    /// How.
    pub kind: ChartKind,
    /// The name of the column that says what each row is.
    pub labels: &'static str,
    /// The name of the column with the values.
    pub values: &'static str,
}

/// A workbook that is being written.
pub struct Workbook {
    book: Book,
    columns: Vec<Column>,
    /// What stands above them.
    heads: Vec<String>,
    chart: Option<Chart>,
    /// How many rows the last worksheet has.
    filled: RowNum,
    formats: Formats,
}

struct Formats {
    head: CellFormat,
    percent: CellFormat,
    day: CellFormat,
    moment: CellFormat,
}

impl Workbook {
    /// An empty one, with what stands above the columns.
    ///
    /// # Errors
    /// `internal` if the table has more columns than a worksheet can have.
    pub fn new(table: &Table, chart: Option<Chart>, manner: Manner) -> Result<Self> {
        let formats = Formats {
            head: CellFormat::new().set_bold().set_text_wrap().set_align(FormatAlign::Top),
            percent: CellFormat::new().set_num_format("0.00"),
            day: CellFormat::new().set_num_format("yyyy-mm-dd"),
            moment: CellFormat::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
        };
        let mut book = Book::new();
        // When it was written says nothing, and without that the same figures are the same bytes.
        let undated = ExcelDateTime::from_ymd(2000, 1, 1).map_err(Error::internal)?;
        book.set_properties(&DocProperties::new().set_creation_datetime(&undated));
        let (columns, heads) = (table.columns().to_vec(), manner.heads(table.columns()));
        let mut this = Self { book, columns, heads, chart, filled: 0, formats };
        this.begin_sheet()?;
        Ok(this)
    }

    fn begin_sheet(&mut self) -> Result<()> {
        // A chart is drawn from what is in memory; all else is on the disk as soon as it is written.
        let sheet = match self.chart {
            Some(_) => self.book.add_worksheet(),
            None => self.book.add_worksheet_with_constant_memory().map_err(Error::internal)?,
        };
        for (head, at) in self.heads.iter().zip(0..) {
            let width = head.chars().count().clamp(*WIDTHS.start(), *WIDTHS.end());
            sheet.set_column_width(at, width as f64).map_err(Error::internal)?;
            sheet.write_with_format(0, at, head, &self.formats.head).map_err(Error::internal)?;
        }
        sheet.set_freeze_panes(1, 0).map_err(Error::internal)?;
        self.filled = 1;
        Ok(())
    }

    /// Adds rows: to a further worksheet if the last one is full.
    ///
    /// # Errors
    /// `internal` if something cannot be written.
    pub fn add(&mut self, rows: &[Row]) -> Result<()> {
        for row in rows {
            if self.filled == MOST_ROWS {
                self.end_sheet()?;
                self.begin_sheet()?;
            }
            let at = self.filled;
            let sheet = last_sheet(&mut self.book)?;
            for (cell, column) in row.iter().zip(0..) {
                write(sheet, (at, column), cell, &self.formats).map_err(Error::internal)?;
            }
            self.filled += 1;
        }
        Ok(())
    }

    /// The whole file.
    ///
    /// # Errors
    /// `internal` if it cannot be written.
    pub fn bytes(mut self) -> Result<Vec<u8>> {
        self.end_sheet()?;
        self.book.save_to_buffer().map_err(Error::internal)
    }

    /// Writes the whole file.
    ///
    /// # Errors
    /// `internal` if it cannot be written.
    pub fn write_to(mut self, file: &mut (impl Write + Seek + Send)) -> Result<()> {
        self.end_sheet()?;
        self.book.save_to_writer(file).map_err(Error::internal)
    }

    fn end_sheet(&mut self) -> Result<()> {
        let (last, columns) = (self.filled - 1, self.columns.len() as ColNum);
        let chart = self.chart.and_then(|chart| drawn(&chart, (&self.columns, &self.heads), last));
        let sheet = last_sheet(&mut self.book)?;
        if let Some(last_column) = columns.checked_sub(1) {
            sheet.autofilter(0, 0, last, last_column).map_err(Error::internal)?;
        }
        if let Some(chart) = chart {
            sheet.insert_chart(1, columns + 1, &chart).map_err(Error::internal)?;
        }
        Ok(())
    }
}

/// The worksheet that is being written.
fn last_sheet(book: &mut Book) -> Result<&mut Worksheet> {
    book.worksheets_mut().last_mut().ok_or_else(|| Error::internal("a workbook without a worksheet"))
}

fn write(sheet: &mut Worksheet, (row, column): (RowNum, ColNum), cell: &Cell, formats: &Formats) -> Written {
    match cell {
        Cell::Empty => return Ok(()),
        Cell::Text(text) => {
            let fits: String = text.chars().take(MOST_CHARACTERS).collect();
            sheet.write_string(row, column, fits)?
        }
        // Larger ones are not the same as numbers of a spreadsheet, which have 53 bits.
        Cell::Integer(number) if number.unsigned_abs() > 1 << 53 => {
            sheet.write_string(row, column, number.to_string())?
        }
        Cell::Integer(number) => sheet.write_number(row, column, *number as f64)?,
        Cell::Number(number) => sheet.write_number(row, column, *number)?,
        Cell::Percent(points) => {
            sheet.write_number_with_format(row, column, *points as f64 / 100.0, &formats.percent)?
        }
        Cell::Boolean(is_so) => sheet.write_boolean(row, column, *is_so)?,
        // A spreadsheet has no days before 1900, nor after 9999.
        Cell::Day(day) => match excel_day(*day) {
            Some(date) => sheet.write_datetime_with_format(row, column, &date, &formats.day)?,
            None => sheet.write_string(row, column, day.to_string())?,
        },
        Cell::Moment(moment) => match ExcelDateTime::from_timestamp(moment.as_second()) {
            Ok(moment) => sheet.write_datetime_with_format(row, column, &moment, &formats.moment)?,
            Err(_) => sheet.write_string(row, column, moment.to_string())?,
        },
    };
    Ok(())
}

/// A day as a spreadsheet has it.
fn excel_day(day: Date) -> Option<ExcelDateTime> {
    let (year, month, of_month) =
        (u16::try_from(day.year()).ok()?, u8::try_from(day.month()).ok()?, u8::try_from(day.day()).ok()?);
    ExcelDateTime::from_ymd(year, month, of_month).ok()
}

type Written = std::result::Result<(), rust_xlsxwriter::XlsxError>;

/// The chart of so many rows; none if a column of it is missing, or if nothing or too much would be drawn.
fn drawn(chart: &Chart, (columns, heads): (&[Column], &[String]), last: RowNum) -> Option<DrawnChart> {
    let find = |name: &str| columns.iter().position(|column| column.name == name);
    let (labels, values) = (find(chart.labels)? as ColNum, find(chart.values)? as ColNum);
    let name = heads.get(usize::from(values))?;
    if !(1..=MOST_DRAWN).contains(&last) {
        return None;
    }
    let mut drawn = DrawnChart::new(match chart.kind {
        ChartKind::Line => ChartType::Line,
        ChartKind::Bars => ChartType::Column,
    });
    let series = drawn.add_series().set_name(name);
    series.set_categories((SHEET, 1, labels, last, labels)).set_values((SHEET, 1, values, last, values));
    drawn.legend().set_hidden();
    drawn.title().set_name(name);
    drawn.set_width(DRAWN_WIDTH).set_height(DRAWN_HEIGHT);
    Some(drawn)
}
