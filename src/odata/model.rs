//! The tables that are offered, with their columns; and what stands in a cell.

use std::cmp::Ordering;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{db::types::Instant, months::Month};

/// The type of a column (CSDL's primitive types).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edm {
    /// An id.
    Guid,
    /// A text.
    String,
    /// A whole number.
    Int32,
    /// A number with two decimals.
    Decimal,
    /// A day.
    Date,
    /// A moment.
    DateTimeOffset,
    /// Yes or no.
    Boolean,
}

impl Edm {
    /// Its name in metadata.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Guid => "Edm.Guid",
            Self::String => "Edm.String",
            Self::Int32 => "Edm.Int32",
            Self::Decimal => "Edm.Decimal",
            Self::Date => "Edm.Date",
            Self::DateTimeOffset => "Edm.DateTimeOffset",
            Self::Boolean => "Edm.Boolean",
        }
    }
}

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

/// The order of two values of one type; none where one of them is empty. Numbers are compared as numbers.
pub fn compare(one: &Cell, other: &Cell) -> Option<Ordering> {
    let hundredths = |cell: &Cell| match cell {
        Cell::Whole(number) => Some(i128::from(*number) * 100),
        Cell::Hundredths(number) => Some(i128::from(*number)),
        _ => None,
    };
    Some(match (one, other) {
        (Cell::Id(one), Cell::Id(other)) => one.cmp(other),
        (Cell::Text(one), Cell::Text(other)) => one.cmp(other),
        (Cell::Day(one), Cell::Day(other)) => one.cmp(other),
        (Cell::Moment(one), Cell::Moment(other)) => one.cmp(other),
        (Cell::Truth(one), Cell::Truth(other)) => one.cmp(other),
        (one, other) => hundredths(one)?.cmp(&hundredths(other)?),
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

impl<T: 'static> From<crate::db::types::Id<T>> for Cell {
    fn from(id: crate::db::types::Id<T>) -> Self {
        Self::Id(id.uuid())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
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

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Whole(number)
    }
}

impl From<bool> for Cell {
    fn from(is_so: bool) -> Self {
        Self::Truth(is_so)
    }
}

impl From<Instant> for Cell {
    fn from(moment: Instant) -> Self {
        Self::Moment(moment)
    }
}

impl From<Date> for Cell {
    fn from(day: Date) -> Self {
        Self::Day(day)
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

/// A column of a table.
#[derive(Debug)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub edm: Edm,
    /// Whether a cell of it may be empty.
    pub nullable: bool,
}

/// A table.
#[derive(Debug)]
pub struct Table {
    /// What the set of its rows is called.
    pub set: &'static str,
    /// What a row is called.
    pub entity: &'static str,
    /// Its columns. The first ones are its key.
    pub columns: &'static [Column],
    /// How many of them are its key.
    pub keys: usize,
}

impl Table {
    /// The columns that are its key.
    pub fn key(&self) -> &'static [Column] {
        self.columns.get(..self.keys).unwrap_or_default()
    }

    /// Where a column of this name stands.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }
}

macro_rules! columns {
    ($($name:literal $edm:ident $(, $nullable:ident)?;)*) => {
        &[$(Column { name: $name, edm: Edm::$edm, nullable: !stringify!($($nullable)?).is_empty() }),*]
    };
}

/// What brands there are.
pub const BRANDS: Table = Table {
    set: "Brands",
    entity: "Brand",
    keys: 1,
    columns: columns! {
        "id" Guid;
        "name" String;
        "language" String;
    },
};

/// The trees of regions.
pub const REGIONS: Table = Table {
    set: "Regions",
    entity: "Region",
    keys: 1,
    columns: columns! {
        "id" Guid;
        "brand_id" Guid;
        "parent_id" Guid, nullable;
        "name" String;
        "retired_at" DateTimeOffset, nullable;
    },
};

/// What is visited.
pub const BRANCHES: Table = Table {
    set: "Branches",
    entity: "Branch",
    keys: 1,
    columns: columns! {
        "id" Guid;
        "brand_id" Guid;
        "region_id" Guid, nullable;
        "code" String;
        "name" String;
        "address" String;
        "time_zone" String;
        "retired_at" DateTimeOffset, nullable;
    },
};

/// What desks see of visits, as the list of visits has it, without who made them.
pub const VISITS: Table = Table {
    set: "Visits",
    entity: "Visit",
    keys: 1,
    columns: columns! {
        "id" Guid;
        "brand_id" Guid;
        "branch_id" Guid;
        "assignment_id" Guid;
        "checklist_version_id" Guid;
        "state" String;
        "score" Int32, nullable;
        "score_percent" Decimal, nullable;
        "month" Date;
        "received_at" DateTimeOffset;
        "completed_at" DateTimeOffset, nullable;
    },
};

/// What the branch's side sees of visits, as the list of reports has it.
pub const REPORTS: Table = Table {
    set: "Reports",
    entity: "Report",
    keys: 1,
    columns: columns! {
        "id" Guid;
        "brand_id" Guid;
        "branch_id" Guid;
        "campaign_id" Guid, nullable;
        "state" String;
        "first_day" Date;
        "last_day" Date;
        "released_on" Date;
        "score" Int32, nullable;
        "score_percent" Decimal, nullable;
    },
};

/// The figures of whole visits, for each place and month that has visits, as trends have them.
pub const SCORES: Table = Table {
    set: "Scores",
    entity: "Score",
    keys: 2,
    columns: columns! {
        "place_id" Guid;
        "month" Date;
        "place_kind" String;
        "place_name" String;
        "brand_id" Guid;
        "visits" Int32;
        "score" Int32, nullable;
        "score_percent" Decimal, nullable;
        "interval_low_percent" Decimal, nullable;
        "interval_high_percent" Decimal, nullable;
        "statistics" Int32, nullable;
        "insufficient" Boolean;
        "target_score_percent" Decimal, nullable;
        "target_of" String, nullable;
        "target_distance_percent" Decimal, nullable;
        "target_standing" String, nullable;
    },
};

/// The figures of subjects, for each place and month that has visits, as breakdowns have them.
pub const SUBJECTS: Table = Table {
    set: "Subjects",
    entity: "Subject",
    keys: 3,
    columns: columns! {
        "place_id" Guid;
        "month" Date;
        "subject" String;
        "place_kind" String;
        "place_name" String;
        "brand_id" Guid;
        "kind" String;
        "checklist_id" Guid, nullable;
        "side" String, nullable;
        "key" String, nullable;
        "title" String, nullable;
        "visits" Int32;
        "score" Int32, nullable;
        "score_percent" Decimal, nullable;
        "interval_low_percent" Decimal, nullable;
        "interval_high_percent" Decimal, nullable;
        "statistics" Int32, nullable;
        "insufficient" Boolean;
        "is_share" Boolean;
        "target_score_percent" Decimal, nullable;
        "target_of" String, nullable;
        "target_distance_percent" Decimal, nullable;
        "target_standing" String, nullable;
    },
};

/// All of them.
pub const TABLES: [&Table; 7] = [&BRANDS, &REGIONS, &BRANCHES, &VISITS, &REPORTS, &SCORES, &SUBJECTS];
