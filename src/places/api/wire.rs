//! Brands, regions and branches as they are sent and answered.

use serde::{Deserialize, Serialize};
use utoipa::{
    ToSchema,
    openapi::{
        Object, RefOr, Schema,
        schema::{ArrayBuilder, Type},
    },
};
use validator::{Validate, ValidationError};

use crate::{
    db::types::{Instant, Json},
    http::input::{language_tag, plain_text},
    ids::{BranchId, BrandId, RegionId},
    places::{
        self,
        model::{
            Branch, Brand, LONGEST_ADDRESS, LONGEST_CODE, LONGEST_NAME, MINIMUM_VISITS, MOST_FALLBACKS,
            Region, are_fallbacks, are_languages, is_time_zone,
        },
    },
    text::LANGUAGE_PATTERN,
};

/// What a brand is to be.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutBrand {
    /// What it is called.
    #[validate(length(min = 1, max = LONGEST_NAME), custom(function = "plain_text"))]
    #[schema(
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\x00-\x1F\x7F]*[^\s\x00-\x1F\x7F][^\x00-\x1F\x7F]*$"
    )]
    name: String,
    /// The language of its head office (BCP 47).
    #[validate(custom(function = "language_tag"))]
    #[schema(pattern = "^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$", example = "fr")]
    language: String,
    /// A place with fewer visits has too few to be ranked or paid by.
    #[serde(default = "minimum_visits")]
    #[validate(range(min = 2, max = 1000))]
    #[schema(minimum = 2, maximum = 1000, default = 3)]
    minimum_visits: i32,
    /// What its people get where a text is in none of the languages that they wish for, the best first; then its own
    /// language, then the first of the text.
    #[serde(default)]
    #[validate(custom(function = "fallbacks"))]
    #[schema(schema_with = fallbacks_schema)]
    fallback_languages: Vec<String>,
}

const fn minimum_visits() -> i32 {
    MINIMUM_VISITS
}

impl PutBrand {
    /// The brand as it would be if it were new.
    pub(super) fn brand(self, id: BrandId, now: Instant) -> Brand {
        Brand {
            id,
            name: self.name,
            language: self.language,
            minimum_visits: self.minimum_visits,
            revision: 1,
            created_at: now,
            fallback_languages: Json(self.fallback_languages),
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
    /// What its people get where a text is in none of the languages that they wish for, the best first; then its own
    /// language, then the first of the text.
    #[schema(schema_with = fallbacks_schema)]
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
    #[validate(length(min = 1, max = LONGEST_NAME), custom(function = "name_in_a_path"))]
    #[schema(
        min_length = 1,
        max_length = 200,
        pattern = r"^[^/\x00-\x1F\x7F]*[^/\s\x00-\x1F\x7F][^/\x00-\x1F\x7F]*$"
    )]
    name: String,
}

impl PutRegion {
    /// The region as it would be if it were new.
    pub(super) fn region(self, id: RegionId, now: Instant) -> Region {
        Region {
            id,
            brand_id: self.brand_id,
            parent_id: self.parent_id,
            name: self.name,
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
    #[validate(length(min = 1, max = LONGEST_CODE), custom(function = "plain_text"))]
    #[schema(
        min_length = 1,
        max_length = 64,
        pattern = r"^[^\x00-\x1F\x7F]*[^\s\x00-\x1F\x7F][^\x00-\x1F\x7F]*$"
    )]
    code: String,
    /// What it is called.
    #[validate(length(min = 1, max = LONGEST_NAME), custom(function = "plain_text"))]
    #[schema(
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\x00-\x1F\x7F]*[^\s\x00-\x1F\x7F][^\x00-\x1F\x7F]*$"
    )]
    name: String,
    /// Where to find it, in one line.
    #[validate(length(min = 1, max = LONGEST_ADDRESS), custom(function = "plain_text"))]
    #[schema(
        min_length = 1,
        max_length = 500,
        pattern = r"^[^\x00-\x1F\x7F]*[^\s\x00-\x1F\x7F][^\x00-\x1F\x7F]*$"
    )]
    address: String,
    /// Degrees north.
    #[validate(range(min = -90.0, max = 90.0))]
    #[schema(minimum = -90, maximum = 90, example = 48.8564)]
    latitude: f64,
    /// Degrees east.
    #[validate(range(min = -180.0, max = 180.0))]
    #[schema(minimum = -180, maximum = 180, example = 2.3546)]
    longitude: f64,
    /// The IANA time zone.
    #[validate(custom(function = "zone"))]
    #[schema(
        min_length = 2,
        max_length = 64,
        pattern = "^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*$",
        example = "Europe/Paris"
    )]
    time_zone: String,
    /// The languages that are spoken there, the first one first.
    #[validate(custom(function = "languages"))]
    #[schema(schema_with = languages_schema)]
    languages: Vec<String>,
}

impl PutBranch {
    /// The branch as it would be if it were new.
    pub(super) fn branch(self, id: BranchId, now: Instant) -> Branch {
        Branch {
            id,
            brand_id: self.brand_id,
            region_id: self.region_id,
            code: self.code,
            name: self.name,
            address: self.address,
            latitude: self.latitude,
            longitude: self.longitude,
            time_zone: self.time_zone,
            languages: Json(self.languages),
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

fn languages(tags: &[String]) -> Result<(), ValidationError> {
    are_languages(tags)
        .then_some(())
        .ok_or_else(|| wrong("1 to 20 different language tags (BCP 47), such as fr or pt-BR"))
}

fn fallbacks(tags: &[String]) -> Result<(), ValidationError> {
    are_fallbacks(tags)
        .then_some(())
        .ok_or_else(|| wrong("at most 10 different language tags (BCP 47), such as fr or pt-BR"))
}

fn zone(name: &str) -> Result<(), ValidationError> {
    is_time_zone(name).then_some(()).ok_or_else(|| wrong("an IANA time zone, such as Europe/Paris"))
}

/// In an import, the names of regions are separated by slashes.
fn name_in_a_path(name: &str) -> Result<(), ValidationError> {
    plain_text(name)?;
    if name.contains('/') { Err(wrong("a name without /")) } else { Ok(()) }
}

fn wrong(message: &'static str) -> ValidationError {
    ValidationError::new("format").with_message(message.into())
}

fn fallbacks_schema() -> RefOr<Schema> {
    let tag = Object::builder().schema_type(Type::String).pattern(Some(LANGUAGE_PATTERN));
    let about = "What its people get where a text is in none of the languages that they wish for (BCP 47), the best \
                 first; then its own language, then the first of the text.";
    ArrayBuilder::new()
        .items(tag)
        .max_items(Some(MOST_FALLBACKS))
        .unique_items(true)
        .description(Some(about))
        .default(Some(serde_json::json!([])))
        .into()
}

fn languages_schema() -> RefOr<Schema> {
    places::model::languages_schema("The languages that are spoken there (BCP 47), the first one first.")
}
