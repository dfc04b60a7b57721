//! The lists of brands, regions and branches.

use actix_web::web::Data;
use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

use super::wire::{BranchView, BrandView, RegionView};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::ReadPlaces,
    app::App,
    error::Result,
    http::page::{Listing, NoFilter, Page},
    ids::{BrandId, RegionId},
    places::store::{self, PlaceFilter},
};

/// Brands in which the caller may see anything, in the order of their ids.
#[utoipa::path(get, path = "/v1/brands", responses(
    (status = 200, description = "A page of brands."),
))]
pub async fn list_brands(
    app: Data<App>,
    caller: Allowed<ReadPlaces>,
    Listing(NoFilter {}, page): Listing<NoFilter>,
) -> Result<Page<BrandView>> {
    let (after, rows) = (page.key()?, page.rows());
    let brands = app.db.read(move |conn| store::brands(conn, &caller.scope, after, rows)).await?;
    let views = brands.into_iter().map(BrandView::from).collect();
    page.page(views, |brand| brand.id)
}

/// Which regions or branches.
#[derive(Clone, Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PlacesParams {
    /// Only those of this brand.
    brand_id: Option<BrandId>,
    /// Only those in this region, however deep; a region counts as in itself.
    region_id: Option<RegionId>,
}

impl PlacesParams {
    fn filter(self) -> PlaceFilter {
        PlaceFilter { brand: self.brand_id, within: self.region_id }
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
) -> Result<Page<RegionView>> {
    let (after, rows) = (page.key()?, page.rows());
    let filter = params.filter();
    let regions = app.db.read(move |conn| store::regions(conn, &caller.scope, filter, after, rows)).await?;
    let views = regions.into_iter().map(RegionView::from).collect();
    page.page(views, |region| region.id)
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
