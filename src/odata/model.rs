//! The tables that are offered, with their columns.

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
