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

use super::{Format, Manner, Rows, cells::Table, parquet::Parquet, xlsx::Workbook};
use crate::error::{Error, Result};

/// So many bytes of a workbook are sent at once.
const PIECE: usize = 1 << 16;

/// The bytes of a file, some at a time.
pub type Files = Pin<Box<dyn Stream<Item = Result<Bytes>>>>;
/// Things, some at a time.
type Pieces<T> = Pin<Box<dyn Stream<Item = Result<Vec<T>>>>>;

/// All of these things as a file.
///
/// # Errors
/// `internal` if one of them cannot be JSON, or has more columns than a worksheet.
pub fn file<T: Rows>(things: &[T], format: Format, manner: Manner) -> Result<Vec<u8>> {
    let table = Table::of::<T>();
    match format {
        Format::Csv => {
            let csv = table.csv(manner);
            let mut bytes = csv.head()?;
            for thing in things {
                bytes.extend(csv.rows(&table.rows(thing)?)?);
            }
            Ok(bytes)
        }
        Format::Xlsx => {
            let mut book = Workbook::new(&table, T::CHART, manner)?;
            for thing in things {
                book.add(&table.rows(thing)?)?;
            }
            book.bytes()
        }
        Format::Parquet => {
            let mut file = Parquet::new(&table)?;
            let mut bytes = Vec::new();
            for thing in things {
                bytes.extend(file.add(table.rows(thing)?)?);
            }
            bytes.extend(file.end()?);
            Ok(bytes)
        }
        Format::Lines => lines(things),
        Format::Json => serde_json::to_vec(things).map_err(Error::internal),
        Format::Svg => Err(Error::internal("a picture is no rows")),
    }
}

/// The same of things that come in pieces, with the columns of this table. What goes wrong before the first of them is here is an error, as everywhere; what goes wrong later breaks the file
/// off. Comma-separated values, lines and Parquet are sent while they are read; a workbook is on the disk until it is whole.
///
/// # Errors
/// Those of the pieces; as [`file()`].
pub async fn files<T: Rows>(
    table: Table,
    mut pieces: Pieces<T>,
    format: Format,
    manner: Manner,
) -> Result<Files> {
    if format == Format::Xlsx {
        return workbook(table, pieces, manner).await;
    }
    let first = pieces.try_next().await?;
    let pieces = Box::pin(stream::iter(first.map(Ok)).chain(pieces));
    if format == Format::Parquet {
        return parquet(table, pieces);
    }
    if format != Format::Csv {
        return Ok(Box::pin(pieces.and_then(|things| ready(lines(&things).map(Bytes::from)))));
    }
    let head = table.csv(manner).head()?;
    let rows = pieces.and_then(move |things| {
        let rows = table.rows_of(&things).and_then(|rows| table.csv(manner).rows(&rows));
        ready(rows.map(Bytes::from))
    });
    Ok(Box::pin(stream::iter([Ok(Bytes::from(head))]).chain(rows)))
}

/// Writes a workbook to the disk, and then sends it.
async fn workbook<T: Rows>(table: Table, mut pieces: Pieces<T>, manner: Manner) -> Result<Files> {
    let mut book = Workbook::new(&table, None, manner)?;
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

/// Sends Parquet while it is made.
fn parquet<T: Rows>(table: Table, pieces: Pieces<T>) -> Result<Files> {
    let begun = Some((Parquet::new(&table)?, pieces));
    let next = move |state: Option<(Parquet, Pieces<T>)>| {
        let table = table.clone();
        async move {
            let Some((mut file, mut pieces)) = state else { return Ok(None) };
            let Some(things) = pieces.try_next().await? else {
                let end = web::block(move || file.end()).await.map_err(Error::internal)??;
                return Ok(Some((Bytes::from(end), None)));
            };
            let rows = table.rows_of(&things)?;
            let added = web::block(move || {
                let bytes = file.add(rows)?;
                Ok::<_, Error>((bytes, file))
            });
            let (bytes, file) = added.await.map_err(Error::internal)??;
            Ok(Some((Bytes::from(bytes), Some((file, pieces)))))
        }
    };
    // As long as a row group is not whole there is nothing to send.
    Ok(Box::pin(stream::try_unfold(begun, next).try_filter(|bytes| ready(!bytes.is_empty()))))
}

/// A file that is made of things piece by piece and stored by the caller. Making the file takes as much memory as one piece, or as one row group of Parquet. The rows of a workbook are on the
/// disk until the workbook is whole.
pub struct Written<T> {
    table: Table,
    form: Form,
    of: PhantomData<fn(T)>,
}

enum Form {
    Csv(Manner),
    Lines,
    Parquet(Box<Parquet>),
    Workbook(Box<Workbook>),
}

impl<T: Rows> Written<T> {
    /// A file of this form; JSON is written as lines.
    ///
    /// # Errors
    /// `internal` if a thing has more columns than a worksheet, or if the form is a picture.
    pub fn new(format: Format, manner: Manner) -> Result<Self> {
        let table = Table::of::<T>();
        let form = match format {
            Format::Csv => Form::Csv(manner),
            Format::Xlsx => Form::Workbook(Box::new(Workbook::new(&table, None, manner)?)),
            Format::Parquet => Form::Parquet(Box::new(Parquet::new(&table)?)),
            Format::Lines | Format::Json => Form::Lines,
            Format::Svg => return Err(Error::internal("a picture is no rows")),
        };
        Ok(Self { table, form, of: PhantomData })
    }

    /// The bytes that it begins with.
    ///
    /// # Errors
    /// As [`file()`].
    pub fn head(&self) -> Result<Vec<u8>> {
        match &self.form {
            Form::Csv(manner) => self.table.csv(*manner).head(),
            Form::Lines | Form::Parquet(_) | Form::Workbook(_) => Ok(Vec::new()),
        }
    }

    /// Adds things; gives the bytes by which the file grows: of Parquet those of whole row groups, of a workbook none.
    ///
    /// # Errors
    /// As [`file()`].
    pub fn add(&mut self, things: &[T]) -> Result<Vec<u8>> {
        let rows = || self.table.rows_of(things);
        match &mut self.form {
            Form::Csv(manner) => self.table.csv(*manner).rows(&rows()?),
            Form::Lines => lines(things),
            Form::Parquet(file) => file.add(rows()?),
            Form::Workbook(book) => book.add(&rows()?).map(|()| Vec::new()),
        }
    }

    /// Writes what is not in the file yet, behind what is.
    ///
    /// # Errors
    /// `internal` if it cannot be written.
    pub fn end(self, file: &mut (impl Write + Seek + Send)) -> Result<()> {
        match self.form {
            Form::Csv(_) | Form::Lines => Ok(()),
            Form::Parquet(end) => file.write_all(&end.end()?).map_err(Error::internal),
            Form::Workbook(book) => book.write_to(file),
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
