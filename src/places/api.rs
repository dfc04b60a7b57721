//! The addresses of places.

mod import;
mod lists;
mod wire;

use actix_web::web::{Data, Path};

use self::wire::{BranchView, BrandView, PutBranch, PutBrand, PutRegion, RegionView};
pub use self::{import::*, lists::*};
use super::{put_branch, put_brand, put_region, store};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::{ReadPlaces, WritePlaces},
    app::App,
    error::Result,
    http::{
        answer::{Fresh, Tagged},
        etag::{IfMatch, IfNoneMatch},
        input::Input,
    },
    ids::{BranchId, BrandId, RegionId},
};

/// One brand.
#[utoipa::path(get, path = "/v1/brands/{id}", responses(
    (status = 200, description = "The brand."),
))]
pub async fn get_brand(
    app: Data<App>,
    caller: Allowed<ReadPlaces>,
    had: IfNoneMatch,
    id: Path<BrandId>,
) -> Result<Fresh<BrandView>> {
    let id = id.into_inner();
    let brand = app.db.read(move |conn| store::brand(conn, &caller.scope, id)).await?;
    Ok(Fresh::of(had, brand))
}

/// Make a brand, which takes an administrator of the whole operator, or change one.
#[utoipa::path(put, path = "/v1/brands/{id}")]
pub async fn put_brand(
    app: Data<App>,
    caller: Allowed<WritePlaces>,
    id: Path<BrandId>,
    if_match: IfMatch,
    Input(put): Input<PutBrand>,
) -> Result<Tagged<BrandView>> {
    let new = put.brand(id.into_inner(), app.clock.now());
    let put = move |conn: &mut _| put_brand::put_brand(conn, &caller.scope, &if_match, &new);
    let stored = app.db.write(put).await?;
    Ok(Tagged::of(stored))
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
    (status = 409, description = "`conflict`: another region beside it has this name, or it would move."),
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
