//! The addresses of places.

mod import;
mod lists;
mod wire;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};

use self::wire::{BranchView, BrandView, PutBranch, PutBrand, PutRegion, RegionView};
pub use self::{import::*, lists::*};
use super::{put_branch, put_brand, put_region, store};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::{ReadPlaces, WritePlaces},
    app::App,
    error::Result,
    http::{
        etag::{self, ETag, IfMatch, Keep},
        input::Input,
    },
    ids::{BranchId, BrandId, RegionId},
};

/// One brand.
#[utoipa::path(get, path = "/v1/brands/{id}", params(("id" = BrandId, Path)), responses(
    (status = 200, description = "The brand.", body = BrandView),
))]
pub async fn get_brand(
    app: Data<App>,
    request: HttpRequest,
    caller: Allowed<ReadPlaces>,
    id: Path<BrandId>,
) -> Result<HttpResponse> {
    let id = id.into_inner();
    let brand = app.db.read(move |conn| store::brand(conn, &caller.scope, id)).await?;
    Ok(etag::fresh(&request, &ETag::of(brand.revision), Keep::Ask, &BrandView::from(brand)))
}

/// Make a brand, which takes an administrator of the whole operator, or change one.
#[utoipa::path(put, path = "/v1/brands/{id}", params(("id" = BrandId, Path), ("if-match" = Option<String>, Header)), request_body = PutBrand, responses(
    (status = 200, description = "Changed, or it was so already.", body = BrandView),
    (status = 201, description = "Made.", body = BrandView),
))]
pub async fn put_brand(
    app: Data<App>,
    caller: Allowed<WritePlaces>,
    id: Path<BrandId>,
    if_match: IfMatch,
    Input(put): Input<PutBrand>,
) -> Result<HttpResponse> {
    let new = put.brand(id.into_inner(), app.clock.now());
    let put = move |conn: &mut _| put_brand::put_brand(conn, &caller.scope, &if_match, &new);
    let stored = app.db.write(put).await?;
    let tag = ETag::of(stored.thing.revision);
    Ok(etag::answer(stored.put.status(), &tag, &BrandView::from(stored.thing)))
}

/// One region.
#[utoipa::path(get, path = "/v1/regions/{id}", params(("id" = RegionId, Path)), responses(
    (status = 200, description = "The region.", body = RegionView),
))]
pub async fn get_region(
    app: Data<App>,
    request: HttpRequest,
    caller: Allowed<ReadPlaces>,
    id: Path<RegionId>,
) -> Result<HttpResponse> {
    let id = id.into_inner();
    let region = app.db.read(move |conn| store::region(conn, &caller.scope, id)).await?;
    Ok(etag::fresh(&request, &ETag::of(region.revision), Keep::Ask, &RegionView::from(region)))
}

/// Make a region, or change one. It stays where it is in the tree.
#[utoipa::path(put, path = "/v1/regions/{id}", params(("id" = RegionId, Path), ("if-match" = Option<String>, Header)), request_body = PutRegion, responses(
    (status = 200, description = "Changed, or it was so already.", body = RegionView),
    (status = 201, description = "Made.", body = RegionView),
    (status = 409, description = "`conflict`: another region beside it has this name, or it would move."),
))]
pub async fn put_region(
    app: Data<App>,
    caller: Allowed<WritePlaces>,
    id: Path<RegionId>,
    if_match: IfMatch,
    Input(put): Input<PutRegion>,
) -> Result<HttpResponse> {
    let new = put.region(id.into_inner(), app.clock.now());
    let put = move |conn: &mut _| put_region::put_region(conn, &caller.scope, &if_match, &new);
    let stored = app.db.write(put).await?;
    let tag = ETag::of(stored.thing.revision);
    Ok(etag::answer(stored.put.status(), &tag, &RegionView::from(stored.thing)))
}

/// One branch.
#[utoipa::path(get, path = "/v1/branches/{id}", params(("id" = BranchId, Path)), responses(
    (status = 200, description = "The branch.", body = BranchView),
))]
pub async fn get_branch(
    app: Data<App>,
    request: HttpRequest,
    caller: Allowed<ReadPlaces>,
    id: Path<BranchId>,
) -> Result<HttpResponse> {
    let id = id.into_inner();
    let branch = app.db.read(move |conn| store::branch(conn, &caller.scope, id)).await?;
    Ok(etag::fresh(&request, &ETag::of(branch.revision), Keep::Ask, &BranchView::from(branch)))
}

/// Make a branch, or change one. It stays where it is in the tree.
#[utoipa::path(put, path = "/v1/branches/{id}", params(("id" = BranchId, Path), ("if-match" = Option<String>, Header)), request_body = PutBranch, responses(
    (status = 200, description = "Changed, or it was so already.", body = BranchView),
    (status = 201, description = "Made.", body = BranchView),
    (status = 409, description = "`conflict`: another branch of the brand has this code, or it would move."),
))]
pub async fn put_branch(
    app: Data<App>,
    caller: Allowed<WritePlaces>,
    id: Path<BranchId>,
    if_match: IfMatch,
    Input(put): Input<PutBranch>,
) -> Result<HttpResponse> {
    let new = put.branch(id.into_inner(), app.clock.now());
    let put = move |conn: &mut _| put_branch::put_branch(conn, &caller.scope, &if_match, &new);
    let stored = app.db.write(put).await?;
    let tag = ETag::of(stored.thing.revision);
    Ok(etag::answer(stored.put.status(), &tag, &BranchView::from(stored.thing)))
}
