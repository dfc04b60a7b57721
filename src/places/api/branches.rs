//! The addresses of branches.

use actix_web::web::{Data, Path};
use serde::{Deserialize, Serialize};
use utoipa::{
    ToSchema,
    openapi::{RefOr, Schema},
};
use validator::{Validate, ValidationError};

use super::{PlacesParams, wrong};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::{ReadPlaces, WritePlaces},
    app::App,
    db::types::{Instant, Json},
    error::Result,
    http::{
        answer::{Fresh, Tagged},
        etag::{IfMatch, IfNoneMatch},
        input::{Input, plain_text},
        page::{Listing, Page},
    },
    ids::{BranchId, BrandId, RegionId},
    places::{
        self,
        model::{Branch, LONGEST_ADDRESS, LONGEST_CODE, LONGEST_NAME, are_languages, is_time_zone},
        put_branch, store,
    },
};

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
    fn branch(self, id: BranchId, now: Instant) -> Branch {
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
    id: BranchId,
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

fn zone(name: &str) -> Result<(), ValidationError> {
    is_time_zone(name).then_some(()).ok_or_else(|| wrong("an IANA time zone, such as Europe/Paris"))
}

fn languages_schema() -> RefOr<Schema> {
    places::model::languages_schema("The languages that are spoken there (BCP 47), the first one first.")
}

/// Branches that the caller may see, in the order of their ids.
#[utoipa::path(get, path = "/v1/branches", responses(
    (status = 200, description = "A page of branches."),
))]
pub async fn list_branches(
    app: Data<App>,
    caller: Allowed<ReadPlaces>,
    Listing(params, page): Listing<PlacesParams>,
) -> Result<Page<BranchView>> {
    let (after, rows) = (page.key()?, page.rows());
    let filter = params.filter();
    let branches = app.db.read(move |conn| store::branches(conn, &caller.scope, filter, after, rows)).await?;
    let views = branches.into_iter().map(BranchView::from).collect();
    page.page(views, |branch| branch.id)
}

/// One branch.
#[utoipa::path(get, path = "/v1/branches/{id}", responses(
    (status = 200, description = "The branch."),
))]
pub async fn get_branch(
    app: Data<App>,
    caller: Allowed<ReadPlaces>,
    had: IfNoneMatch,
    id: Path<BranchId>,
) -> Result<Fresh<BranchView>> {
    let id = id.into_inner();
    let branch = app.db.read(move |conn| store::branch(conn, &caller.scope, id)).await?;
    Ok(Fresh::of(had, branch))
}

/// Make a branch, or change one. It stays where it is in the tree.
#[utoipa::path(put, path = "/v1/branches/{id}", responses(
    (status = 409, description = "`conflict`: another branch of the brand has this code, or it would move."),
))]
pub async fn put_branch(
    app: Data<App>,
    caller: Allowed<WritePlaces>,
    id: Path<BranchId>,
    if_match: IfMatch,
    Input(put): Input<PutBranch>,
) -> Result<Tagged<BranchView>> {
    let new = put.branch(id.into_inner(), app.clock.now());
    let put = move |conn: &mut _| put_branch::put_branch(conn, &caller.scope, &if_match, &new);
    let stored = app.db.write(put).await?;
    Ok(Tagged::of(stored))
}
