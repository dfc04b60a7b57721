//! What a sheet has in its rows.

use super::{
    Rows,
    columns::{Column, ColumnKind, columns},
};
use crate::error::{Error, Result};
use jiff::{Timestamp, civil::Date};
use serde::Serialize;
use serde_json::Value;

/// One cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing is known, or nothing is there.
    Empty,
    /// Words.
    Text(String),
    /// An integer.
    Integer(i64),
    /// A number with decimals.
    Number(f64),
    /// Basis points, shown as per cent with two decimals.
    Percent(i64),
    /// Yes or no.
    Boolean(bool),
    /// A day.
    Day(Date),
    /// A moment.
    Moment(Timestamp),
}

/// One row: a cell for each column.
pub type Row = Vec<Cell>;

/// The columns of a kind of answers, by which rows are made of them.
#[derive(Clone, Debug)]
pub struct Table {
    columns: Vec<Column>,
    /// The members whose items are the rows.
    rows: &'static [&'static str],
}

impl Table {
    /// The table of answers of this type.
    pub fn of<T: Rows>() -> Self {
        Self { columns: columns::<T>(T::ROWS), rows: T::ROWS }
    }

    /// A table with these columns.
    #[cfg(test)]
    pub fn of_columns(columns: impl IntoIterator<Item = Column>) -> Self {
        Self { columns: columns.into_iter().collect(), rows: &[] }
    }

    /// The same with these columns in the place of the one of this member, which has parts that no shape knows.
    #[must_use]
    pub fn with(mut self, member: &str, columns: impl IntoIterator<Item = Column>) -> Self {
        self.columns.retain(|column| column.name != member);
        self.columns.extend(columns);
        self
    }

    /// Its columns.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The rows that a thing has: one for each of its items, or a single one if it has no list of them, or an empty one.
    ///
    /// # Errors
    /// `internal` if the thing cannot be JSON.
    pub fn rows(&self, thing: &impl Serialize) -> Result<Vec<Row>> {
        let thing = serde_json::to_value(thing).map_err(Error::internal)?;
        let mut rows = Vec::new();
        self.add(&mut vec![&thing], &mut rows);
        Ok(rows)
    }

    /// The rows of several things.
    ///
    /// # Errors
    /// As [`Self::rows`].
    pub fn rows_of(&self, things: &[impl Serialize]) -> Result<Vec<Row>> {
        let rows: Result<Vec<_>> = things.iter().map(|thing| self.rows(thing)).collect();
        Ok(rows?.concat())
    }

    /// Adds the rows of the last of these things, each of which is an item of the one before it.
    fn add(&self, things: &mut Vec<&Value>, rows: &mut Vec<Row>) {
        let list = things.len().checked_sub(1).and_then(|level| self.rows.get(level));
        let items = list.and_then(|list| things.last()?.get(list)?.as_array());
        match items.filter(|items| !items.is_empty()) {
            None => rows.push(self.columns.iter().map(|column| cell(column, things)).collect()),
            Some(items) => {
                for item in items {
                    things.push(item);
                    self.add(things, rows);
                    things.pop();
                }
            }
        }
    }
}

fn cell(column: &Column, things: &[&Value]) -> Cell {
    let thing = things.get(column.level).copied();
    let value = column.path.iter().try_fold(thing, |value, name| Some(value?.get(name)));
    let Some(value) = value.flatten() else { return Cell::Empty };
    let found = match (column.kind, value) {
        (_, Value::Null) => None,
        (ColumnKind::Integer, value) => value.as_i64().map(Cell::Integer),
        (ColumnKind::Percent, value) => value.as_i64().map(Cell::Percent),
        (ColumnKind::Number, value) => value.as_f64().map(Cell::Number),
        (ColumnKind::Boolean, value) => value.as_bool().map(Cell::Boolean),
        (ColumnKind::Day, value) => value.as_str().and_then(|text| text.parse().ok()).map(Cell::Day),
        (ColumnKind::Moment, value) => value.as_str().and_then(|text| text.parse().ok()).map(Cell::Moment),
        (ColumnKind::Text, Value::String(text)) => Some(Cell::Text(text.clone())),
        (ColumnKind::Text | ColumnKind::Json, value) => Some(Cell::Text(as_text(value))),
    };
    found.unwrap_or(Cell::Empty)
}

/// What has parts, as text: a list of words with semicolons between them, and all else as JSON.
fn as_text(value: &Value) -> String {
    let words: Option<Vec<_>> = value.as_array().and_then(|list| list.iter().map(Value::as_str).collect());
    words.map_or_else(|| value.to_string(), |words| words.join("; "))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    fn column(name: &str, kind: ColumnKind, level: usize) -> Column {
        let path = name.split('/').map(str::to_owned).collect();
        Column { name: name.replace('/', "_"), kind, level, path }
    }

    fn table() -> Table {
        let columns = vec![
            column("place", ColumnKind::Text, 0),
            column("score", ColumnKind::Percent, 1),
            column("interval/low", ColumnKind::Percent, 1),
            column("tags", ColumnKind::Json, 1),
        ];
        Table { columns, rows: &["points"] }
    }

    #[test]
    fn what_stands_beside_a_list_is_in_each_of_its_rows() {
        let thing = json!({ "place": "=x", "points": [
            { "score": 8312, "interval": { "low": -5 }, "tags": ["a", "b"] },
            { "score": null, "tags": [{ "n": 1 }] },
        ]});
        let place = || Cell::Text("=x".to_owned());
        let text = |text: &str| Cell::Text(text.to_owned());
        let wanted = [
            vec![place(), Cell::Percent(8312), Cell::Percent(-5), text("a; b")],
            vec![place(), Cell::Empty, Cell::Empty, text(r#"[{"n":1}]"#)],
        ];
        assert_eq!(table().rows(&thing).unwrap(), wanted);
    }

    #[test]
    fn without_items_a_thing_is_one_row() {
        for points in [json!([]), json!(null)] {
            let rows = table().rows(&json!({ "place": "p", "points": points })).unwrap();
            assert_eq!(rows, [vec![Cell::Text("p".to_owned()), Cell::Empty, Cell::Empty, Cell::Empty]]);
        }
    }
}
