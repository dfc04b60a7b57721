//! Rows as files: at once, or piece by piece with as much memory as a piece takes.

use std::{
    fs::File,
    future::ready,
    io::{Read as _, Seek, Write},
    marker::PhantomData,
    pin::Pin,
};

use actix_web::web::{self, Bytes};
use futures_util::{Stream, StreamExt as _, TryStreamExt as _, stream};

use super::{CsvDialect, Format, Rows, cells::Table, xlsx::Workbook};
use crate::error::{Error, Result};

/// So many bytes of a workbook are sent at once.
const PIECE: usize = 1 << 16;

/// The bytes of a file, some at a time.
pub type Files = Pin<Box<dyn Stream<Item = Result<Bytes>>>>;

/// All of these things as a file.
///
/// # Errors
/// `internal` if one of them cannot be JSON, or has more columns than a worksheet.
pub fn file<T: Rows>(things: &[T], format: Format, dialect: CsvDialect) -> Result<Vec<u8>> {
    let table = Table::of::<T>();
    match format {
        Format::Csv => {
            let csv = table.csv(dialect);
            let mut bytes = csv.head()?;
            for thing in things {
                bytes.extend(csv.rows(&table.rows(thing)?)?);
            }
            Ok(bytes)
        }
        Format::Xlsx => {
            let mut book = Workbook::new(&table, T::CHART)?;
            for thing in things {
                book.add(&table.rows(thing)?)?;
            }
            book.bytes()
        }
        Format::Lines => lines(things),
        Format::Json => serde_json::to_vec(things).map_err(Error::internal),
    }
}

/// The same of things that come in pieces, with the columns of this table. What goes wrong before the first of them is here is an error, as everywhere; what goes wrong later breaks the file
/// off. Comma-separated values and lines are sent while they are read; a workbook is on the disk until it is whole.
///
/// # Errors
/// Those of the pieces; as [`file()`].
pub async fn files<T: Rows>(
    table: Table,
    mut pieces: Pin<Box<dyn Stream<Item = Result<Vec<T>>>>>,
    format: Format,
    dialect: CsvDialect,
) -> Result<Files> {
    if format == Format::Xlsx {
        return workbook(table, pieces).await;
    }
    let first = pieces.try_next().await?;
    let pieces = stream::iter(first.map(Ok)).chain(pieces);
    if format != Format::Csv {
        return Ok(Box::pin(pieces.and_then(|things| ready(lines(&things).map(Bytes::from)))));
    }
    let head = table.csv(dialect).head()?;
    let rows = pieces.and_then(move |things| {
        let rows = table.rows_of(&things).and_then(|rows| table.csv(dialect).rows(&rows));
        ready(rows.map(Bytes::from))
    });
    Ok(Box::pin(stream::iter([Ok(Bytes::from(head))]).chain(rows)))
}

/// Writes a workbook to the disk, and then sends it.
async fn workbook<T: Rows>(
    table: Table,
    mut pieces: Pin<Box<dyn Stream<Item = Result<Vec<T>>>>>,
) -> Result<Files> {
    let mut book = Workbook::new(&table, None)?;
    while let Some(things) = pieces.try_next().await? {
        book.add(&table.rows_of(&things)?)?;
    }
    let written = web::block(move || {
        let mut file = tempfile::tempfile().map_err(Error::internal)?;
        book.write_to(&mut file)?;
        file.rewind().map_err(Error::internal)?;
        Ok::<_, Error>(file)
    });
    let file = written.await.map_err(Error::internal)??;
    let next = |mut file: File| async move {
        let read = web::block(move || {
            let mut bytes = vec![0; PIECE];
            let read = file.read(&mut bytes).map_err(Error::internal)?;
            bytes.truncate(read);
            Ok::<_, Error>((bytes, file))
        });
        let (bytes, file) = read.await.map_err(Error::internal)??;
        Ok((!bytes.is_empty()).then_some((Bytes::from(bytes), file)))
    };
    Ok(Box::pin(stream::try_unfold(file, next)))
}

/// A file that somebody else keeps, of things that come in pieces: it takes as much memory as a piece. A workbook is on the disk until it is whole.
pub struct Written<T> {
    form: Form,
    of: PhantomData<fn(T)>,
}

enum Form {
    Csv(Table, CsvDialect),
    Lines,
    Workbook(Table, Box<Workbook>),
}

impl<T: Rows> Written<T> {
    /// A file of this form; JSON is written as lines.
    ///
    /// # Errors
    /// `internal` if a thing has more columns than a worksheet.
    pub fn new(format: Format, dialect: CsvDialect) -> Result<Self> {
        let form = match format {
            Format::Csv => Form::Csv(Table::of::<T>(), dialect),
            Format::Xlsx => {
                let table = Table::of::<T>();
                let book = Workbook::new(&table, None)?;
                Form::Workbook(table, Box::new(book))
            }
            Format::Lines | Format::Json => Form::Lines,
        };
        Ok(Self { form, of: PhantomData })
    }

    /// The bytes that it begins with.
    ///
    /// # Errors
    /// As [`file()`].
    pub fn head(&self) -> Result<Vec<u8>> {
        match &self.form {
            Form::Csv(table, dialect) => table.csv(*dialect).head(),
            Form::Lines | Form::Workbook(..) => Ok(Vec::new()),
        }
    }

    /// Adds things; gives the bytes by which the file grows, which a workbook has at its end alone.
    ///
    /// # Errors
    /// As [`file()`].
    pub fn add(&mut self, things: &[T]) -> Result<Vec<u8>> {
        match &mut self.form {
            Form::Csv(table, dialect) => table.csv(*dialect).rows(&table.rows_of(things)?),
            Form::Lines => lines(things),
            Form::Workbook(table, book) => book.add(&table.rows_of(things)?).map(|()| Vec::new()),
        }
    }

    /// Writes what is not in the file yet.
    ///
    /// # Errors
    /// `internal` if it cannot be written.
    pub fn end(self, file: &mut (impl Write + Seek + Send)) -> Result<()> {
        match self.form {
            Form::Csv(..) | Form::Lines => Ok(()),
            Form::Workbook(_, book) => book.write_to(file),
        }
    }
}

/// Things as JSON, one a line, each line ended by a line feed.
fn lines<T: Rows>(things: &[T]) -> Result<Vec<u8>> {
    let mut lines = Vec::new();
    for thing in things {
        serde_json::to_writer(&mut lines, thing).map_err(Error::internal)?;
        lines.push(b'\n');
    }
    Ok(lines)
}
