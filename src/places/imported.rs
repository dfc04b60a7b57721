//! What an import of a file did, line by line, or what it would do.

use serde::Serialize;
use utoipa::ToSchema;

use super::findings::ImportNote;
use crate::limits::Ordinal;

/// What becomes of a line of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LineOutcome {
    /// It makes something new.
    Created,
    /// It changes what is there.
    Changed,
    /// All of it is there already.
    Unchanged,
}

/// What becomes of one line of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ImportedLine {
    /// The line, counted from 1.
    #[schema(value_type = Ordinal)]
    pub line: u64,
    /// The code of the branch or the employee, as it is kept.
    pub code: String,
    /// What becomes of it.
    pub outcome: LineOutcome,
    /// The columns that it changes; not there where it makes something new.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<&'static str>,
}

/// What an import did, or what it would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ImportedPlaces {
    /// Whether this says only what would change: nothing was written.
    pub dry_run: bool,
    /// Regions that were not there before.
    pub regions_added: u32,
    /// Branches that were not there before.
    pub branches_added: u32,
    /// Branches that were there with other content.
    pub branches_changed: u32,
    /// Branches that were there exactly so.
    pub branches_unchanged: u32,
    /// Branches of the brand that the file does not name: they stay as they are.
    pub branches_not_named: u32,
    /// How the file was understood, and what of it was left out.
    #[schema(max_items = 2000)]
    pub notes: Vec<ImportNote>,
    /// The regions that would be made, with their names on the way down; only where nothing was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub regions: Option<Vec<String>>,
    /// What would become of each line; only where nothing was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, max_items = 20000)]
    pub lines: Option<Vec<ImportedLine>>,
}
