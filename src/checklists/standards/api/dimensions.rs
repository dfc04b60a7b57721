//! The addresses of dimensions.

use actix_web::web::{Data, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::wording::Wording;
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::{ReadStandards, WriteChecklists},
    app::App,
    checklists::{
        standards::{
            model::{Dimension, Servqual, Side, Track},
            put_dimension, store,
        },
        text::Text,
    },
    db::types::{Instant, Json},
    error::Result,
    http::{
        answer::{Fresh, Tagged},
        etag::{ETag, IfMatch, IfNoneMatch, Keep},
        input::Input,
        listed::Listed,
        page::{Listing, OfBrand},
        sheet::Rows,
    },
    ids::{BrandId, DimensionId},
    limits::Identifier,
    precondition::Stored,
};

impl Rows for DimensionView {}

/// A side of service that standards belong to.
#[derive(Serialize, ToSchema)]
pub struct DimensionView {
    id: DimensionId,
    /// The brand that it belongs to.
    brand_id: BrandId,
    /// Names it in checklists.
    key: String,
    /// What it is called.
    name: Text,
    /// Whether people or procedures make it good.
    side: Side,
    /// Where it belongs among SERVQUAL's five.
    servqual: Servqual,
    /// What training helps where it is weak.
    track: Track,
    created_at: Instant,
}

impl From<Dimension> for DimensionView {
    fn from(dimension: Dimension) -> Self {
        let Dimension { id, brand_id, key, name, side, servqual, track, revision: _, created_at } = dimension;
        Self { id, brand_id, key, name: name.0, side, servqual, track, created_at }
    }
}

/// The dimensions of the brands that the caller's roles touch, in the order of their ids.
#[utoipa::path(get, path = "/v1/dimensions", responses(
    (status = 200, description = "A page of dimensions."),
))]
pub async fn list_dimensions(
    caller: Allowed<ReadStandards>,
    Listing(OfBrand { brand_id: brand }, page): Listing<OfBrand>,
) -> Result<Listed<DimensionView>> {
    let read = move |conn: &mut _, after, rows| store::dimensions(conn, &caller.scope, brand, after, rows);
    page.list(read, |dimension| dimension.id, DimensionView::from).await
}

/// One dimension.
#[utoipa::path(get, path = "/v1/dimensions/{id}", responses(
    (status = 200, description = "The dimension."),
))]
pub async fn get_dimension(
    app: Data<App>,
    caller: Allowed<ReadStandards>,
    had: IfNoneMatch,
    id: Path<DimensionId>,
) -> Result<Fresh<DimensionView>> {
    let id = id.into_inner();
    let found = app.db.read(move |conn| store::dimension(conn, &caller.scope, id)).await?;
    Ok(Fresh { had, tag: ETag::of(found.revision), keep: Keep::Ask, thing: found.into() })
}

/// A dimension as it is to be.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutDimension {
    /// The brand that it belongs to; never changes.
    brand_id: BrandId,
    /// Names it in checklists: unique in the brand; never changes.
    key: Identifier,
    /// What it is called, at least in the brand's own language.
    name: Wording,
    /// Whether people or procedures make it good.
    side: Side,
    /// Where it belongs among SERVQUAL's five.
    servqual: Servqual,
    /// What training helps where it is weak.
    track: Track,
}

impl PutDimension {
    fn into_dimension(self, id: DimensionId, created_at: Instant) -> Dimension {
        Dimension {
            id,
            brand_id: self.brand_id,
            key: self.key.into(),
            name: Json(self.name.into()),
            side: self.side,
            servqual: self.servqual,
            track: self.track,
            revision: 1,
            created_at,
        }
    }
}

/// Make a dimension, or change one.
#[utoipa::path(put, path = "/v1/dimensions/{id}", responses(
    (status = 409, description = "`conflict`: another dimension of the brand has this key, or its brand or key would change."),
))]
pub async fn put_dimension(
    app: Data<App>,
    caller: Allowed<WriteChecklists>,
    id: Path<DimensionId>,
    if_match: IfMatch,
    Input(put): Input<PutDimension>,
) -> Result<Tagged<DimensionView>> {
    let new = put.into_dimension(id.into_inner(), app.clock.now());
    let put = move |conn: &mut _| put_dimension::put_dimension(conn, &caller.scope, &if_match, &new);
    let Stored { put: step, thing } = app.db.write(put).await?;
    Ok(Tagged { step, tag: ETag::of(thing.revision), thing: thing.into() })
}
