//! What stands in a cell of a table, and how cells are compared.

use std::cmp::Ordering;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    db::types::{Id, Instant},
    months::Month,
};

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Cell {
    /// Nothing.
    Null,
    /// An id.
    Id(Uuid),
    /// A text.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// A number in hundredths.
    Hundredths(i64),
    /// A day.
    Day(Date),
    /// A moment.
    Moment(Instant),
    /// Yes or no.
    Truth(bool),
}

impl Cell {
    /// A number in hundredths; none of what is no number.
    pub fn hundredths(&self) -> Option<i128> {
        match self {
            Self::Whole(number) => Some(i128::from(*number) * 100),
            Self::Hundredths(number) => Some(i128::from(*number)),
            _ => None,
        }
    }
}

/// The order of two values of one type; none where one of them is empty. Numbers are compared as numbers.
pub fn compare(one: &Cell, other: &Cell) -> Option<Ordering> {
    Some(match (one, other) {
        (Cell::Id(one), Cell::Id(other)) => one.cmp(other),
        (Cell::Text(one), Cell::Text(other)) => one.cmp(other),
        (Cell::Day(one), Cell::Day(other)) => one.cmp(other),
        (Cell::Moment(one), Cell::Moment(other)) => one.cmp(other),
        (Cell::Truth(one), Cell::Truth(other)) => one.cmp(other),
        (one, other) => one.hundredths()?.cmp(&other.hundredths()?),
    })
}

/// The order in which rows are sorted by two cells of one type: what is empty comes before everything else.
pub fn order(one: &Cell, other: &Cell) -> Ordering {
    compare(one, other).unwrap_or_else(|| (*one != Cell::Null).cmp(&(*other != Cell::Null)))
}

impl<T> From<Option<T>> for Cell
where
    Self: From<T>,
{
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::from)
    }
}

macro_rules! from {
    ($($value:ty => $variant:ident;)*) => {
        $(impl From<$value> for Cell {
            fn from(value: $value) -> Self {
                Self::$variant(value)
            }
        })*
    };
}

from! {
    String => Text;
    i64 => Whole;
    bool => Truth;
    Instant => Moment;
    Date => Day;
}

impl<T: 'static> From<Id<T>> for Cell {
    fn from(id: Id<T>) -> Self {
        Self::Id(id.uuid())
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<i32> for Cell {
    fn from(number: i32) -> Self {
        Self::Whole(number.into())
    }
}

impl From<Month> for Cell {
    /// A month is its first day.
    fn from(month: Month) -> Self {
        first_day(month).map_or(Self::Null, Self::Day)
    }
}

/// The first day of a month.
pub fn first_day(month: Month) -> Option<Date> {
    Date::new(i16::try_from(month.year()).ok()?, i8::try_from(month.month()).ok()?, 1).ok()
}

/// A score in basis points as a percentage with two decimals, which is exact.
pub fn percent(score: Option<i32>) -> Cell {
    score.map_or(Cell::Null, |score| Cell::Hundredths(score.into()))
}

/// A row, in the order of its table's columns.
pub type Row = Vec<Cell>;
