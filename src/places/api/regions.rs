//! The addresses of regions.

use actix_web::web::{Data, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::PlacesParams;
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::{ReadPlaces, WritePlaces},
    app::App,
    db::types::{Instant, Json},
    error::Result,
    http::{
        answer::{Fresh, Tagged},
        etag::{IfMatch, IfNoneMatch},
        input::Input,
        listed::Listed,
        page::Listing,
        sheet::Rows,
    },
    ids::{BrandId, RegionId},
    places::{
        model::{BranchDefaults, PlannedMove, Region, RegionName},
        put_region, store,
    },
};

/// What a region is to be.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutRegion {
    /// The brand that it is of. It stays so.
    brand_id: BrandId,
    /// The region that it lies in; at the top of the brand if left out. It stays there until it is moved (`move`).
    parent_id: Option<RegionId>,
    /// What it is called: unlike the regions beside it, and without `/`.
    name: RegionName,
    /// What a file of branches need not say, within it: before what the regions above it and the brand say.
    #[serde(default, deserialize_with = "crate::strict::or_default")]
    #[schema(default = json!({}), nullable = true)]
    branch_defaults: BranchDefaults,
}

impl PutRegion {
    /// The region as it would be if it were new.
    fn region(self, id: RegionId, now: Instant) -> Region {
        Region {
            id,
            brand_id: self.brand_id,
            parent_id: self.parent_id,
            name: self.name.into(),
            revision: 1,
            created_at: now,
            branch_defaults: Json(self.branch_defaults),
            retired_at: None,
            retired_with: None,
            moves_from: None,
            moves_to: None,
        }
    }
}

impl Rows for RegionView {}

/// A node in a brand's tree of regions.
#[derive(Serialize, ToSchema)]
pub struct RegionView {
    id: RegionId,
    brand_id: BrandId,
    /// The region that it lies in; missing at the top of the brand.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    parent_id: Option<RegionId>,
    name: String,
    created_at: Instant,
    /// What a file of branches need not say, within it.
    branch_defaults: BranchDefaults,
    /// Since when it is retired, or when it will be; missing if it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    retired_at: Option<Instant>,
    /// The move that is to come, if one is planned.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    planned_move: Option<PlannedMove>,
}

impl From<Region> for RegionView {
    fn from(region: Region) -> Self {
        Self {
            id: region.id,
            brand_id: region.brand_id,
            parent_id: region.parent_id,
            name: region.name,
            created_at: region.created_at,
            branch_defaults: region.branch_defaults.0,
            retired_at: region.retired_at,
            planned_move: PlannedMove::of(region.moves_from, region.moves_to),
        }
    }
}

/// Regions that the caller may see, in the order of their ids.
#[utoipa::path(get, path = "/v1/regions", responses(
    (status = 200, description = "A page of regions."),
))]
pub async fn list_regions(
    app: Data<App>,
    caller: Allowed<ReadPlaces>,
    Listing(params, page): Listing<PlacesParams>,
) -> Result<Listed<RegionView>> {
    let filter = params.filter(app.clock.now());
    let read = move |conn: &mut _, after, rows| store::regions(conn, &caller.scope, filter, after, rows);
    page.list(read, |region| region.id, RegionView::from).await
}

/// One region.
#[utoipa::path(get, path = "/v1/regions/{id}", responses(
    (status = 200, description = "The region."),
))]
pub async fn get_region(
    app: Data<App>,
    caller: Allowed<ReadPlaces>,
    had: IfNoneMatch,
    id: Path<RegionId>,
) -> Result<Fresh<RegionView>> {
    let id = id.into_inner();
    let region = app.db.read(move |conn| store::region(conn, &caller.scope, id)).await?;
    Ok(Fresh::of(had, region))
}

/// Make a region, or change one. It stays where it is in the tree.
#[utoipa::path(put, path = "/v1/regions/{id}", responses(
    (status = 409, description = "`conflict`: another region beside it, or where it is to move, has this name or will have it; or it would move."),
))]
pub async fn put_region(
    app: Data<App>,
    caller: Allowed<WritePlaces>,
    id: Path<RegionId>,
    if_match: IfMatch,
    Input(put): Input<PutRegion>,
) -> Result<Tagged<RegionView>> {
    let new = put.region(id.into_inner(), app.clock.now());
    let put = move |conn: &mut _| put_region::put_region(conn, &caller.scope, &if_match, &new);
    let stored = app.db.write(put).await?;
    Ok(Tagged::of(stored))
}
