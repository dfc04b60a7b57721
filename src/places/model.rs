//! Brands, their trees of regions, and the branches that are visited: as they are kept, and what they may be.

use diesel::{Identifiable, Insertable, Queryable, Selectable};
use jiff::tz::{TimeZone, TimeZoneDatabase};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    db::{
        schema::{branch, brand, region, region_above},
        types::{Instant, Json},
    },
    ids::{BranchId, BrandId, RegionId},
    limits::{self, LanguageTag, Languages, PathSegment, PlainText},
    months::Month,
    precondition::{Revised, revised},
    strict::{objects_only, or_default},
};

/// Most characters of the name of a brand, a region or a branch.
pub const LONGEST_NAME: u64 = 200;
/// Most characters of a branch's code.
pub const LONGEST_CODE: u64 = 64;
/// Most characters of an address.
pub const LONGEST_ADDRESS: u64 = 500;
/// What a brand or a branch is called.
pub type Name = PlainText<1, { LONGEST_NAME as usize }>;
/// What a region is called.
pub type RegionName = PathSegment<1, { LONGEST_NAME as usize }>;
/// What a brand itself knows a branch by.
pub type BranchCode = PlainText<1, { LONGEST_CODE as usize }>;
/// Where to find a branch, in one line.
pub type Address = PlainText<1, { LONGEST_ADDRESS as usize }>;
/// The languages that are spoken in a branch, or by a person.
pub type SpokenLanguages = Languages<1, 20>;
/// The languages that a brand falls back to.
pub type Fallbacks = Languages<0, 10>;
/// Most regions on the way from the brand down to a branch.
pub const DEEPEST: usize = 32;
/// Fewer visits than this say nothing about a place, unless its brand says otherwise.
pub const MINIMUM_VISITS: i32 = 3;

/// Why a place does not move by being changed: figures are kept per region, and by months.
pub const STAYS: &str =
    "it is elsewhere in the tree, and stays there: it is moved by itself (`move`), from a month on";
/// Why nothing is made in a region that is retired.
pub const RETIRED: &str = "this region is retired: restore it first";

/// A client of the operator.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, Identifiable, Insertable)]
#[diesel(table_name = brand)]
pub struct Brand {
    /// Its id.
    pub id: BrandId,
    /// What it is called.
    pub name: String,
    /// The language of its head office (BCP 47).
    pub language: String,
    /// A place with fewer visits has too few to be ranked or paid by.
    pub minimum_visits: i32,
    /// Counts changes, for the ETag.
    pub revision: i64,
    /// When it was made.
    pub created_at: Instant,
    /// What its people get where a text is in none of the languages that they wish for (BCP 47), the best first; then
    /// its own language, then the first of the text.
    pub fallback_languages: Json<Vec<String>>,
    /// What a file of branches need not say.
    pub branch_defaults: Json<BranchDefaults>,
    /// Which lists of recognition it has switched on.
    pub recognition: Json<Recognition>,
    /// A score whose interval reaches further to either side, in basis points, is too uncertain to rank or to pay by: half of its width
    /// counts.
    pub maximum_margin: Option<i32>,
}

impl Brand {
    /// The languages that its texts are read in where they are not in the reader's, the best first.
    pub fn languages_read(&self) -> Vec<String> {
        self.fallback_languages.0.iter().chain([&self.language]).cloned().collect()
    }
}

/// Which lists of recognition a brand has switched on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct Recognition {
    /// The branch that scores best, or those of which none is surely better.
    #[serde(default, deserialize_with = "or_default")]
    #[schema(default = false, nullable = true)]
    pub best_branch: bool,
    /// The branches that improved most, beyond chance.
    #[serde(default, deserialize_with = "or_default")]
    #[schema(default = false, nullable = true)]
    pub most_improved: bool,
    /// The standards that each branch has mastered.
    #[serde(default, deserialize_with = "or_default")]
    #[schema(default = false, nullable = true)]
    pub standard_mastered: bool,
}

objects_only!(Recognition);

/// What is taken for a branch where a file does not say it: the nearest region's that has it, or else the brand's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct BranchDefaults {
    /// The IANA time zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<limits::TimeZone>,
    /// The languages that are spoken there (BCP 47), the first one first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub languages: Option<SpokenLanguages>,
}

objects_only!(BranchDefaults);

impl BranchDefaults {
    /// These, with what they lack from others.
    #[must_use]
    pub fn or(self, others: &Self) -> Self {
        Self {
            time_zone: self.time_zone.or_else(|| others.time_zone.clone()),
            languages: self.languages.or_else(|| others.languages.clone()),
        }
    }
}

/// A node in a brand's tree of regions.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Identifiable, Insertable)]
#[diesel(table_name = region, treat_none_as_default_value = false)]
pub struct Region {
    /// Its id.
    pub id: RegionId,
    /// The brand that it is of.
    pub brand_id: BrandId,
    /// The region that it lies in; the top of the tree if missing.
    pub parent_id: Option<RegionId>,
    /// What it is called; no other region beside it has the same name, and it has no `/`.
    pub name: String,
    /// Counts changes, for the ETag.
    pub revision: i64,
    /// When it was made.
    pub created_at: Instant,
    /// What a file of branches need not say, within it.
    pub branch_defaults: Json<BranchDefaults>,
    /// Since when it is retired, or when it will be.
    pub retired_at: Option<Instant>,
    /// The region with which it retired, if it did not by itself.
    pub retired_with: Option<RegionId>,
    /// The month from which on it will lie elsewhere, if that is planned.
    pub moves_from: Option<Month>,
    /// The region that it will lie in then; directly under the brand if missing.
    pub moves_to: Option<RegionId>,
}

/// Where a branch is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Position {
    /// Degrees north, −90 to 90.
    pub latitude: f64,
    /// Degrees east, −180 to 180.
    pub longitude: f64,
}

impl Region {
    /// Whether it hangs where the other one does.
    pub fn is_where(&self, other: &Self) -> bool {
        (self.brand_id, self.parent_id) == (other.brand_id, other.parent_id)
    }
}

/// A place that is visited.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, Identifiable, Insertable)]
#[diesel(table_name = branch, treat_none_as_default_value = false)]
pub struct Branch {
    /// Its id.
    pub id: BranchId,
    /// The brand that it is of.
    pub brand_id: BrandId,
    /// The region that it lies in; directly under the brand if missing.
    pub region_id: Option<RegionId>,
    /// What the brand itself knows it by; one branch of the brand a code.
    pub code: String,
    /// What it is called.
    pub name: String,
    /// Where to find it, in one line.
    pub address: String,
    /// Degrees north, −90 to 90; nothing measures a distance to it where both are missing.
    pub latitude: Option<f64>,
    /// Degrees east, −180 to 180.
    pub longitude: Option<f64>,
    /// The IANA time zone, in its canonical spelling: see [`time_zone`].
    pub time_zone: String,
    /// The languages that are spoken there (BCP 47), the first one first; at least one, none twice.
    pub languages: Json<Vec<String>>,
    /// Counts changes, for the ETag.
    pub revision: i64,
    /// When it was made.
    pub created_at: Instant,
    /// Since when it is retired, or when it will be.
    pub retired_at: Option<Instant>,
    /// The region with which it retired, if it did not by itself.
    pub retired_with: Option<RegionId>,
    /// The month from which on it will lie elsewhere, if that is planned.
    pub moves_from: Option<Month>,
    /// The region that it will lie in then; directly under the brand if missing.
    pub moves_to: Option<RegionId>,
}

impl Branch {
    /// Whether it hangs where the other one does.
    pub fn is_where(&self, other: &Self) -> bool {
        (self.brand_id, self.region_id) == (other.brand_id, other.region_id)
    }

    /// Where it is, if that is known.
    pub fn position(&self) -> Option<Position> {
        let (latitude, longitude) = self.latitude.zip(self.longitude)?;
        Some(Position { latitude, longitude })
    }
}

revised!(Brand);

/// A place keeps what became of it when it is changed.
macro_rules! place_revised {
    ($($place:ty),+) => {$(
        impl Revised for $place {
            fn revision(&self) -> i64 {
                self.revision
            }

            fn in_place_of(self, old: &Self) -> Self {
                Self {
                    revision: old.revision,
                    created_at: old.created_at,
                    retired_at: old.retired_at,
                    retired_with: old.retired_with,
                    moves_from: old.moves_from,
                    moves_to: old.moves_to,
                    ..self
                }
            }

            fn next(self) -> Self {
                Self { revision: self.revision + 1, ..self }
            }
        }
    )+};
}
place_revised!(Region, Branch);

/// Whether a place is visited, or has retired.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlaceState {
    /// It is visited.
    Active,
    /// It has retired.
    Retired,
}

/// A move that is to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlannedMove {
    /// The month from which on the place lies there.
    pub from: Month,
    /// The region that it will lie in; missing at the top of the brand.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub region_id: Option<RegionId>,
}

impl PlannedMove {
    /// What is planned of a place with these columns.
    pub fn of(moves_from: Option<Month>, region_id: Option<RegionId>) -> Option<Self> {
        moves_from.map(|from| Self { from, region_id })
    }
}

/// One region with one that it lies in, or with itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = region_above)]
pub struct RegionAbove {
    /// The lower one.
    pub region_id: RegionId,
    /// The upper one.
    pub ancestor_id: RegionId,
    /// How many steps up it is; the region itself is none.
    pub height: i32,
}

impl RegionAbove {
    /// A region with itself and with its parents, which are given upwards.
    pub fn all(region_id: RegionId, parents: &[RegionId]) -> Vec<Self> {
        let way = std::iter::once(&region_id).chain(parents);
        (0..).zip(way).map(|(height, &ancestor_id)| Self { region_id, ancestor_id, height }).collect()
    }
}

/// The zone with this name, from the data that is built into the program: the same on every machine.
pub fn time_zone(name: &str) -> Option<TimeZone> {
    TimeZoneDatabase::bundled().get(name).ok()
}

/// Whether this is the name of an IANA time zone, as it is written there (`Europe/Paris`, not `europe/paris`).
pub fn is_time_zone(name: &str) -> bool {
    limits::TimeZone::try_from(name).is_ok()
}

/// These languages as a branch or a person can have them; none if it can have no such languages.
pub fn languages(tags: impl IntoIterator<Item = String>) -> Option<Vec<String>> {
    let tags: Result<Vec<_>, _> = tags.into_iter().map(LanguageTag::try_from).collect();
    tags.and_then(SpokenLanguages::try_from).map(SpokenLanguages::into_strings).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_time_zone_has_one_name() {
        for zone in ["Europe/Paris", "Asia/Almaty", "America/Argentina/Buenos_Aires", "UTC"] {
            assert!(is_time_zone(zone), "{zone}");
        }
        for zone in
            ["", "Paris", "europe/paris", "utc", "Etc/Unknown", "UTC+1", "Europe/Paris\0", "../etc/passwd"]
        {
            assert!(!is_time_zone(zone), "{zone}");
        }
    }

    #[test]
    fn languages_are_tags_and_differ() {
        let kept = |tags: &[&str]| languages(tags.iter().map(ToString::to_string));
        assert_eq!(kept(&["fr"]).unwrap(), ["fr"]);
        assert_eq!(kept(&["fr", "EN", "pt_br"]).unwrap(), ["fr", "en", "pt-BR"]);
        for wrong in [&[][..], &["fr", "en", "fr"], &["fr", "english"], &["iw", "he"]] {
            assert_eq!(kept(wrong), None, "{wrong:?}");
        }
    }
}
