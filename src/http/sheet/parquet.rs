//! Sheets as Parquet: what programs for statistics read, with typed columns. The file is made row group by row group, with as much memory as one takes.

use std::{mem, sync::Arc};

use ::parquet::{
    basic::{Compression, LogicalType, Repetition, TimeUnit, Type as Physical},
    column::writer::ColumnWriter,
    data_type::ByteArray,
    errors::ParquetError,
    file::{
        properties::{WriterProperties, WriterPropertiesPtr},
        writer::SerializedFileWriter,
    },
    schema::types::{Type, TypePtr},
};
use jiff::civil::Date;

use super::{
    cells::{Cell, Row, Table},
    columns::{Column, ColumnKind},
};
use crate::error::{Error, Result};

/// A row group has so many rows at most.
const ROWS_IN_GROUP: usize = 10_000;
/// The texts of a row group have so many bytes together, or few more.
const BYTES_IN_GROUP: usize = 8 << 20;
/// So many digits basis points have, so many of them behind the point of their per cent.
const DIGITS: (i32, i32) = (5, 2);
/// What stands for a value that is there, and for one that is not (definition levels).
const IS_THERE: i16 = 1;
const IS_EMPTY: i16 = 0;

type Written<T> = std::result::Result<T, ParquetError>;

/// A file that is being written.
pub struct Parquet {
    writer: SerializedFileWriter<Vec<u8>>,
    columns: Vec<Column>,
    /// The rows of the next row group.
    rows: Vec<Row>,
    /// How many bytes of texts these have.
    held: usize,
}

impl Parquet {
    /// An empty one, with the names of the columns.
    ///
    /// # Errors
    /// `internal`, which nothing that is known leads to.
    pub fn new(table: &Table) -> Result<Self> {
        let columns = table.columns().to_vec();
        let writer = SerializedFileWriter::new(Vec::new(), schema(&columns)?, properties());
        Ok(Self { writer: writer.map_err(Error::internal)?, columns, rows: Vec::new(), held: 0 })
    }

    /// Adds rows, and gives the bytes that are done by now.
    ///
    /// # Errors
    /// `internal`, which nothing that is known leads to.
    pub fn add(&mut self, rows: Vec<Row>) -> Result<Vec<u8>> {
        for row in rows {
            let text = |cell: &Cell| if let Cell::Text(text) = cell { text.len() } else { 0 };
            self.held += row.iter().map(text).sum::<usize>();
            self.rows.push(row);
            if self.rows.len() >= ROWS_IN_GROUP || self.held >= BYTES_IN_GROUP {
                self.end_group().map_err(Error::internal)?;
            }
        }
        Ok(self.done())
    }

    /// The last bytes of the file.
    ///
    /// # Errors
    /// `internal`, which nothing that is known leads to.
    pub fn end(mut self) -> Result<Vec<u8>> {
        if !self.rows.is_empty() {
            self.end_group().map_err(Error::internal)?;
        }
        self.writer.finish().map_err(Error::internal)?;
        Ok(self.done())
    }

    /// What has been written since it was taken last. The writer counts by itself how far the file is.
    fn done(&mut self) -> Vec<u8> {
        mem::take(self.writer.inner_mut())
    }

    fn end_group(&mut self) -> Written<()> {
        let (rows, columns) = (mem::take(&mut self.rows), &self.columns);
        self.held = 0;
        let mut group = self.writer.next_row_group()?;
        for at in 0..columns.len() {
            let Some(mut column) = group.next_column()? else { break };
            write(column.untyped(), rows.iter().map(|row| row.get(at).unwrap_or(&Cell::Empty)))?;
            column.close()?;
        }
        group.close()?;
        Ok(())
    }
}

/// Writes the cells of a column; one that is not of its type is empty.
fn write<'c>(writer: &mut ColumnWriter<'_>, cells: impl Iterator<Item = &'c Cell>) -> Written<()> {
    macro_rules! write {
        ($writer:expr, $value:expr) => {{
            let found: Vec<_> = cells.map($value).collect();
            let levels: Vec<_> =
                found.iter().map(|value| if value.is_some() { IS_THERE } else { IS_EMPTY }).collect();
            let values: Vec<_> = found.into_iter().flatten().collect();
            $writer.write_batch(&values, Some(&levels), None)?;
        }};
    }
    match writer {
        ColumnWriter::BoolColumnWriter(writer) => write!(writer, |cell| match cell {
            Cell::Boolean(is_so) => Some(*is_so),
            _ => None,
        }),
        ColumnWriter::Int32ColumnWriter(writer) => write!(writer, |cell| match cell {
            Cell::Percent(points) => i32::try_from(*points).ok(),
            Cell::Day(day) => Some(since_1970(*day)),
            _ => None,
        }),
        ColumnWriter::Int64ColumnWriter(writer) => write!(writer, |cell| match cell {
            Cell::Integer(number) => Some(*number),
            Cell::Moment(moment) => Some(moment.as_microsecond()),
            _ => None,
        }),
        ColumnWriter::DoubleColumnWriter(writer) => write!(writer, |cell| match cell {
            Cell::Number(number) => Some(*number),
            _ => None,
        }),
        ColumnWriter::ByteArrayColumnWriter(writer) => write!(writer, |cell| match cell {
            Cell::Text(text) => Some(ByteArray::from(text.as_str())),
            _ => None,
        }),
        _ => return Err(ParquetError::General("a column of a type that no cell has".to_owned())),
    }
    Ok(())
}

/// How many days after the first of January 1970 a day is.
fn since_1970(day: Date) -> i32 {
    let first = Date::constant(1970, 1, 1);
    first.until(day).map_or(0, |span| span.get_days())
}

fn properties() -> WriterPropertiesPtr {
    let properties = WriterProperties::builder().set_compression(Compression::GZIP(Default::default()));
    Arc::new(properties.set_created_by("incognito".to_owned()).build())
}

fn schema(columns: &[Column]) -> Result<TypePtr> {
    let fields: Written<Vec<_>> = columns.iter().map(|column| field(column).map(Arc::new)).collect();
    let fields = fields.map_err(Error::internal)?;
    let schema = Type::group_type_builder("rows").with_fields(fields).build();
    Ok(Arc::new(schema.map_err(Error::internal)?))
}

/// The type of a column: any of its cells may be empty.
fn field(column: &Column) -> Written<Type> {
    let (digits, decimals) = DIGITS;
    let (physical, logical) = match column.kind {
        ColumnKind::Text | ColumnKind::Json => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        ColumnKind::Integer => (Physical::INT64, Some(LogicalType::integer(64, true))),
        ColumnKind::Number => (Physical::DOUBLE, None),
        ColumnKind::Percent => (Physical::INT32, Some(LogicalType::decimal(decimals, digits))),
        ColumnKind::Boolean => (Physical::BOOLEAN, None),
        ColumnKind::Day => (Physical::INT32, Some(LogicalType::Date)),
        ColumnKind::Moment => (Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::MICROS))),
    };
    let field = Type::primitive_type_builder(&column.name, physical).with_repetition(Repetition::OPTIONAL);
    let field = match column.kind {
        ColumnKind::Percent => field.with_precision(digits).with_scale(decimals),
        _ => field,
    };
    field.with_logical_type(logical).build()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ::parquet::file::reader::{FileReader as _, SerializedFileReader};
    use actix_web::web::Bytes;
    use proptest::prelude::*;

    use super::*;

    fn table() -> Table {
        let kinds = [
            ("text", ColumnKind::Text),
            ("integer", ColumnKind::Integer),
            ("number", ColumnKind::Number),
            ("percent", ColumnKind::Percent),
            ("boolean", ColumnKind::Boolean),
            ("day", ColumnKind::Day),
            ("moment", ColumnKind::Moment),
        ];
        Table::of_columns(kinds.map(|(name, kind)| Column {
            name: name.to_owned(),
            kind,
            level: 0,
            path: vec![name.to_owned()],
        }))
    }

    fn texts(count: usize, length: usize) -> Vec<Row> {
        (0..count).map(|_| vec![Cell::Text("x".repeat(length))]).collect()
    }

    /// The file that comes of these pieces, and how many rows each of its row groups has.
    fn written(pieces: Vec<Vec<Row>>) -> (Bytes, Vec<i64>) {
        let mut file = Parquet::new(&table()).unwrap();
        let mut bytes = Vec::new();
        for rows in pieces {
            bytes.extend(file.add(rows).unwrap());
            assert!(file.rows.len() < ROWS_IN_GROUP && file.held < BYTES_IN_GROUP);
        }
        bytes.extend(file.end().unwrap());
        let bytes = Bytes::from(bytes);
        let groups = SerializedFileReader::new(bytes.clone()).unwrap();
        let groups = groups.metadata().row_groups().iter().map(|group| group.num_rows()).collect();
        (bytes, groups)
    }

    #[test]
    fn no_more_than_a_row_group_is_held() {
        assert_eq!(written(Vec::new()).1, [0; 0]);
        let (_, groups) = written((0..50).map(|_| texts(500, 1)).collect());
        assert_eq!(groups, [10_000, 10_000, 5_000]);
        // Few rows with long texts are a row group as well.
        let (_, groups) = written((0..6).map(|_| texts(5, 1 << 20)).collect());
        assert_eq!(groups, [8, 8, 8, 6]);
    }

    prop_compose! {
        fn row()(
            text in prop::option::of(".{0,9}"),
            integer in prop::option::of(any::<i64>()),
            number in prop::option::of(-1e9..1e9),
            percent in prop::option::of(-10_000_i64..=10_000),
            boolean in prop::option::of(any::<bool>()),
            days in prop::option::of(-30_000_i32..60_000),
            moment in prop::option::of(-60_000_000_000_000_000_i64..250_000_000_000_000_000),
        ) -> Row {
            let day = |days| Date::constant(1970, 1, 1).saturating_add(jiff::Span::new().days(days));
            let at = |micros| jiff::Timestamp::from_microsecond(micros).unwrap();
            vec![
                text.map_or(Cell::Empty, Cell::Text),
                integer.map_or(Cell::Empty, Cell::Integer),
                number.map_or(Cell::Empty, Cell::Number),
                percent.map_or(Cell::Empty, Cell::Percent),
                boolean.map_or(Cell::Empty, Cell::Boolean),
                days.map_or(Cell::Empty, |days| Cell::Day(day(days))),
                moment.map_or(Cell::Empty, |micros| Cell::Moment(at(micros))),
            ]
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(rows in prop::collection::vec(row(), 0..40)) {
            use ::parquet::record::Field;
            let (bytes, _) = written(vec![rows.clone()]);
            let cell = |field: &Field| match field {
                Field::Str(text) => Cell::Text(text.clone()),
                Field::Long(number) => Cell::Integer(*number),
                Field::Double(number) => Cell::Number(*number),
                Field::Decimal(decimal) => {
                    Cell::Percent(i32::from_be_bytes(decimal.data().try_into().unwrap()).into())
                }
                Field::Bool(is_so) => Cell::Boolean(*is_so),
                Field::Date(days) => {
                    Cell::Day(Date::constant(1970, 1, 1).saturating_add(jiff::Span::new().days(*days)))
                }
                Field::TimestampMicros(micros) => {
                    Cell::Moment(jiff::Timestamp::from_microsecond(*micros).unwrap())
                }
                _ => Cell::Empty,
            };
            let reader = SerializedFileReader::new(bytes).unwrap();
            let found = reader.get_row_iter(None).unwrap();
            let found: Vec<Row> =
                found.map(|row| row.unwrap().get_column_iter().map(|(_, field)| cell(field)).collect()).collect();
            prop_assert_eq!(found, rows);
        }
    }
}
