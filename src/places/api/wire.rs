//! Brands, regions and branches as they are sent and answered.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    db::types::{Instant, Json},
    ids::{BranchId, BrandId, RegionId},
    limits::{LanguageTag, Latitude, Longitude, TimeZone, Whole},
    places::model::{
        Address, Branch, BranchCode, BranchLanguages, Brand, Fallbacks, MINIMUM_VISITS, Name, Region,
        RegionName,
    },
};

/// What a brand is to be.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutBrand {
    /// What it is called.
    name: Name,
    /// The language of its head office (BCP 47).
    language: LanguageTag,
    /// A place with fewer visits has too few to be ranked or paid by.
    #[serde(default = "minimum_visits")]
    #[schema(default = 3)]
    minimum_visits: MinimumVisits,
    /// What its people get where a text is in none of the languages that they wish for (BCP 47), the best first; then
    /// its own language, then the first of the text.
    #[serde(default)]
    #[schema(default = json!([]))]
    fallback_languages: Fallbacks,
}

/// What a brand can ask for.
type MinimumVisits = Whole<2, 1000>;

const fn minimum_visits() -> MinimumVisits {
    Whole::of::<{ MINIMUM_VISITS as i64 }>()
}

impl PutBrand {
    /// The brand as it would be if it were new.
    pub(super) fn brand(self, id: BrandId, now: Instant) -> Brand {
        Brand {
            id,
            name: self.name.into(),
            language: self.language.into(),
            minimum_visits: self.minimum_visits.as_i32(),
            revision: 1,
            created_at: now,
            fallback_languages: Json(self.fallback_languages.into_strings()),
        }
    }
}

/// A client of the operator.
#[derive(Serialize, ToSchema)]
pub struct BrandView {
    pub(super) id: BrandId,
    name: String,
    /// The language of its head office (BCP 47).
    language: String,
    /// A place with fewer visits has too few to be ranked or paid by.
    minimum_visits: i32,
    created_at: Instant,
    /// What its people get where a text is in none of the languages that they wish for (BCP 47), the best first; then
    /// its own language, then the first of the text.
    #[schema(value_type = Fallbacks, default = json!([]))]
    fallback_languages: Vec<String>,
}

impl From<Brand> for BrandView {
    fn from(brand: Brand) -> Self {
        Self {
            id: brand.id,
            name: brand.name,
            language: brand.language,
            minimum_visits: brand.minimum_visits,
            created_at: brand.created_at,
            fallback_languages: brand.fallback_languages.0,
        }
    }
}

/// What a region is to be.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutRegion {
    /// The brand that it is of. It stays so.
    brand_id: BrandId,
    /// The region that it lies in; at the top of the brand if left out. It stays so.
    parent_id: Option<RegionId>,
    /// What it is called: unlike the regions beside it, and without `/`.
    name: RegionName,
}

impl PutRegion {
    /// The region as it would be if it were new.
    pub(super) fn region(self, id: RegionId, now: Instant) -> Region {
        Region {
            id,
            brand_id: self.brand_id,
            parent_id: self.parent_id,
            name: self.name.into(),
            revision: 1,
            created_at: now,
        }
    }
}

/// A node in a brand's tree of regions.
#[derive(Serialize, ToSchema)]
pub struct RegionView {
    pub(super) id: RegionId,
    brand_id: BrandId,
    /// The region that it lies in; missing at the top of the brand.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    parent_id: Option<RegionId>,
    name: String,
    created_at: Instant,
}

impl From<Region> for RegionView {
    fn from(region: Region) -> Self {
        Self {
            id: region.id,
            brand_id: region.brand_id,
            parent_id: region.parent_id,
            name: region.name,
            created_at: region.created_at,
        }
    }
}

/// What a branch is to be.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutBranch {
    /// The brand that it is of. It stays so.
    brand_id: BrandId,
    /// The region that it lies in; directly under the brand if left out. It stays so.
    region_id: Option<RegionId>,
    /// What the brand itself knows it by: one branch of the brand a code.
    code: BranchCode,
    /// What it is called.
    name: Name,
    /// Where to find it, in one line.
    address: Address,
    /// Degrees north.
    latitude: Latitude,
    /// Degrees east.
    longitude: Longitude,
    /// The IANA time zone.
    time_zone: TimeZone,
    /// The languages that are spoken there (BCP 47), the first one first.
    languages: BranchLanguages,
}

impl PutBranch {
    /// The branch as it would be if it were new.
    pub(super) fn branch(self, id: BranchId, now: Instant) -> Branch {
        Branch {
            id,
            brand_id: self.brand_id,
            region_id: self.region_id,
            code: self.code.into(),
            name: self.name.into(),
            address: self.address.into(),
            latitude: self.latitude.get(),
            longitude: self.longitude.get(),
            time_zone: self.time_zone.into(),
            languages: Json(self.languages.into_strings()),
            revision: 1,
            created_at: now,
        }
    }
}

/// A place that is visited.
#[derive(Serialize, ToSchema)]
pub struct BranchView {
    pub(super) id: BranchId,
    brand_id: BrandId,
    /// The region that it lies in; missing directly under the brand.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    region_id: Option<RegionId>,
    /// What the brand itself knows it by.
    code: String,
    name: String,
    /// Where to find it, in one line.
    address: String,
    /// Degrees north, −90 to 90.
    latitude: f64,
    /// Degrees east, −180 to 180.
    longitude: f64,
    /// The IANA time zone.
    time_zone: String,
    /// The languages that are spoken there (BCP 47), the first one first.
    languages: Vec<String>,
    created_at: Instant,
}

impl From<Branch> for BranchView {
    fn from(branch: Branch) -> Self {
        Self {
            id: branch.id,
            brand_id: branch.brand_id,
            region_id: branch.region_id,
            code: branch.code,
            name: branch.name,
            address: branch.address,
            latitude: branch.latitude,
            longitude: branch.longitude,
            time_zone: branch.time_zone,
            languages: branch.languages.0,
            created_at: branch.created_at,
        }
    }
}
