//! What an export is, and how far it is.

use diesel::{Insertable, Queryable, Selectable};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    accounts::{
        model::{Grant, GrantScope, Role},
        policy::Permission,
    },
    db::{
        schema::export,
        types::{Instant, Json, text_enum},
    },
    ids::{AccountId, ExportId, GrantId},
};

text_enum! {
    /// What is exported.
    pub enum ExportKind {
        /// Visits, each with all its answers: as `GET /v1/visits/export`.
        Visits = "visits",
        /// Scores of places: as `GET /v1/scores`.
        Scores = "scores",
        /// The list of reports: as `GET /v1/reports`.
        Reports = "reports",
    }
}

impl ExportKind {
    /// What its reader has to be permitted.
    pub const fn permission(self) -> Permission {
        match self {
            Self::Visits => Permission::ReadExports,
            Self::Scores => Permission::ReadScores,
            Self::Reports => Permission::ReadReports,
        }
    }

    /// Whether it shows who a shopper is.
    pub const fn shows_shoppers(self) -> bool {
        matches!(self, Self::Visits)
    }
}

text_enum! {
    /// The form of a file.
    pub enum ExportFormat {
        /// Comma-separated values.
        Csv = "csv",
        /// A workbook.
        Xlsx = "xlsx",
        /// JSON lines.
        Lines = "jsonl",
        /// Columns with types, for programs for statistics (Apache Parquet).
        Parquet = "parquet",
    }
}

text_enum! {
    /// What has become of an export.
    pub enum ExportState {
        /// Nothing is written yet.
        Waiting = "waiting",
        /// It is being written.
        Running = "running",
        /// Its file can be fetched.
        Ready = "ready",
        /// There will be no file.
        Failed = "failed",
        /// Its file is gone.
        Expired = "expired",
    }
}

impl ExportState {
    /// Whether its file is still to be written.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Waiting | Self::Running)
    }
}

/// What was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// What.
    pub what: ExportKind,
    /// In which form.
    pub format: ExportFormat,
    /// Which things: the parameters, as they stand after the question mark of an address.
    pub filter: String,
    /// The language of questions, numbers and titles.
    pub language: String,
    /// Whether columns have titles above them, and not their names.
    pub titles: bool,
    /// The grants that its account had then: what is written reaches no further.
    pub grants: Vec<AskedUnder>,
}

/// A grant as it was when an export was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedUnder {
    id: GrantId,
    role: Role,
    scope: GrantScope,
}

impl From<&Grant> for AskedUnder {
    fn from(grant: &Grant) -> Self {
        Self { id: grant.id, role: grant.role, scope: grant.scope }
    }
}

impl Asked {
    /// The grants under which it was asked for.
    pub fn under(&self) -> Vec<Grant> {
        let grant =
            |AskedUnder { id, role, scope }: &AskedUnder| Grant { id: *id, role: *role, scope: *scope };
        self.grants.iter().map(grant).collect()
    }

    /// Whether it is the same wish as another one.
    pub fn is_same_wish(&self, other: &Self) -> bool {
        let wish = |one: &Self| (one.what, one.format, one.filter.clone(), one.language.clone(), one.titles);
        wish(self) == wish(other)
    }
}

/// How far an export is, and how to go on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// So many things are written.
    pub done: u64,
    /// So many there were at the beginning, if that is known.
    pub of: Option<u64>,
    /// How many bytes each part of the file has.
    pub parts: Vec<u64>,
    /// So many parts may be in the store: those of a file that began anew count.
    pub most_parts: usize,
    /// The key of the last thing; none at the beginning.
    pub after: Option<Value>,
    /// So many turns at it came to nothing since the last part.
    pub tries: u32,
    /// The code of the error for which there is no file.
    pub failed_because: Option<String>,
}

impl Progress {
    /// How many bytes are written.
    pub fn bytes(&self) -> u64 {
        self.parts.iter().sum()
    }
}

/// A file that an account asked for.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = export, treat_none_as_default_value = false)]
pub struct Export {
    /// Its id.
    pub id: ExportId,
    /// Who asked for it, and alone may have it.
    pub account_id: AccountId,
    /// What was asked for.
    pub asked: Json<Asked>,
    /// What has become of it.
    pub state: ExportState,
    /// How far it is.
    pub progress: Json<Progress>,
    /// When it was asked for.
    pub created_at: Instant,
    /// When it was ready, or failed.
    pub ended_at: Option<Instant>,
    /// When its file goes, or what is left of it.
    pub expires_at: Instant,
}

/// A file is kept for so long, in seconds.
pub const KEPT_FOR: i64 = 7 * 86_400;

impl Export {
    /// One that was just asked for.
    pub fn new(id: ExportId, account_id: AccountId, asked: Asked, now: Instant) -> Self {
        Self {
            id,
            account_id,
            asked: Json(asked),
            state: ExportState::Waiting,
            progress: Json(Progress::default()),
            created_at: now,
            ended_at: None,
            expires_at: now.plus_seconds(KEPT_FOR),
        }
    }

    /// What has become of the export by now. A file whose time is over counts as gone, although the sweep may delete its bytes later.
    pub fn state_at(&self, now: Instant) -> ExportState {
        match self.state {
            ExportState::Ready if self.expires_at <= now => ExportState::Expired,
            state => state,
        }
    }
}
