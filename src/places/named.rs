//! Places of a brand that a text names: by regions and by branches.

use std::{collections::HashSet, hash::Hash};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::store;
use crate::{
    db::Conn,
    error::{FieldError, Result},
    ids::{BranchId, BrandId, RegionId},
    limits::Unordered,
    strict::objects_only,
};

/// More mistakes of one kind than this are not named at once.
const MOST_MISTAKES: usize = 100;

/// Regions by their ids.
pub type NamedRegions = Unordered<RegionId, 0, 1_000>;
/// Branches by their ids.
pub type NamedBranches = Unordered<BranchId, 0, 5_000>;

/// Which branches are meant: all that any of these names; the whole brand if nothing is named.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct NamedPlaces {
    /// Regions of the brand, each with all below it.
    #[serde(default, skip_serializing_if = "NamedRegions::is_empty")]
    pub regions: NamedRegions,
    /// Branches of the brand.
    #[serde(default, skip_serializing_if = "NamedBranches::is_empty")]
    pub branches: NamedBranches,
}

impl NamedPlaces {
    /// Whether nothing is named, which means the whole brand.
    pub fn is_empty(&self) -> bool {
        self.regions.is_empty() && self.branches.is_empty()
    }

    /// What of it the brand does not have; `pointer` is where it stands in its document.
    ///
    /// # Errors
    /// Those of the database.
    pub fn unknown(&self, conn: &mut Conn, brand: BrandId, pointer: &str) -> Result<Vec<FieldError>> {
        let known = store::regions_among(conn, brand, &self.regions)?;
        let at = format!("{pointer}/regions");
        let mut wrong = unknown(&at, "the brand has no such region", &self.regions, &known);
        let known = store::branches_among(conn, brand, &self.branches)?;
        let at = format!("{pointer}/branches");
        wrong.extend(unknown(&at, "the brand has no such branch", &self.branches, &known));
        Ok(wrong)
    }
}

objects_only!(NamedPlaces);

fn unknown<T: Eq + Hash>(list: &str, message: &str, named: &[T], known: &HashSet<T>) -> Vec<FieldError> {
    let unknown = named.iter().enumerate().filter(|(_, id)| !known.contains(id));
    let mistake = |(at, _)| FieldError::new(format!("{list}/{at}"), "unknown", message);
    unknown.map(mistake).take(MOST_MISTAKES).collect()
}
