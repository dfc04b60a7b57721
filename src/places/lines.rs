//! What a file of places says, line by line, and what is wrong with it.

use super::model::Branch;
use crate::{
    db::types::{Instant, Json},
    error::{Error, FieldError, Result},
    ids::{BranchId, BrandId, RegionId},
};

/// No more mistakes than this are told one by one.
const MOST_TOLD: usize = 1_000;

/// One line of a file of places: a branch, and the names of the regions on the way down to it.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)] // the other fields are those of [`Branch`]
pub struct Line {
    /// Which line of the file it is, counted from 1.
    pub number: u64,
    /// The names from the top of the tree down; none if the branch is directly under the brand.
    pub region: Vec<String>,
    pub code: String,
    pub name: String,
    pub address: String,
    pub latitude: f64,
    pub longitude: f64,
    pub time_zone: String,
    pub languages: Vec<String>,
}

impl Line {
    /// The branch that it describes, in its first revision.
    pub fn branch(
        &self,
        id: BranchId,
        brand_id: BrandId,
        region_id: Option<RegionId>,
        created_at: Instant,
    ) -> Branch {
        Branch {
            id,
            brand_id,
            region_id,
            code: self.code.clone(),
            name: self.name.clone(),
            address: self.address.clone(),
            latitude: self.latitude,
            longitude: self.longitude,
            time_zone: self.time_zone.clone(),
            languages: Json(self.languages.clone()),
            revision: 1,
            created_at,
        }
    }

    /// Whether the branch is as it says.
    pub fn describes(&self, branch: &Branch) -> bool {
        self.branch(branch.id, branch.brand_id, branch.region_id, branch.created_at)
            == Branch { revision: 1, ..branch.clone() }
    }
}

/// What is wrong with a file. All mistakes are counted, the first of them told.
#[derive(Debug, Default)]
pub(super) struct Mistakes {
    told: Vec<FieldError>,
    total: usize,
}

impl Mistakes {
    /// Adds one about a cell, or, if no column is named, about the line.
    pub(super) fn add(&mut self, line: u64, column: &str, code: &'static str, message: impl Into<String>) {
        self.total += 1;
        if self.told.len() < MOST_TOLD {
            let column = column.replace('~', "~0").replace('/', "~1");
            let slash = if column.is_empty() { "" } else { "/" };
            self.told.push(FieldError::new(format!("/lines/{line}{slash}{column}"), code, message));
        }
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// How many there are.
    pub(super) fn total(&self) -> usize {
        self.total
    }

    /// Nothing, or the error that says them all.
    pub(super) fn none_or_error(self) -> Result<()> {
        if self.is_empty() { Ok(()) } else { Err(self.into_error()) }
    }

    /// The error that says them all.
    pub(super) fn into_error(self) -> Error {
        let detail = match (self.total, self.told.len()) {
            (1, _) => "Nothing was imported: there is one mistake.".to_owned(),
            (total, told) if told < total => {
                format!("Nothing was imported: there are {total} mistakes. The first {told} are told.")
            }
            (total, _) => format!("Nothing was imported: there are {total} mistakes."),
        };
        Error::invalid(self.told).detail(detail)
    }
}
