//! The addresses of dimensions.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::{
    in_the_brands_language, stays_what_it_is,
    wording::{Wording, well_formed},
};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::{
        Scope,
        permit::{ReadStandards, WriteChecklists},
    },
    app::App,
    checklists::{
        model::Key,
        standards::{
            model::{Dimension, Servqual, Side, Track},
            store,
        },
        text::Text,
    },
    db::{
        Conn,
        types::{Instant, Json},
    },
    error::Result,
    http::{
        etag::{self, ETag, IfMatch, Keep, Put},
        input::Input,
        page::{Listing, OfBrand, Page, PageParams},
    },
    ids::{BrandId, DimensionId},
};

/// A side of service that standards belong to.
#[derive(Serialize, ToSchema)]
pub struct DimensionView {
    id: DimensionId,
    /// Whose it is.
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

/// The dimensions of the brands that the caller has to do with, in the order of their ids.
#[utoipa::path(get, path = "/v1/dimensions", params(OfBrand, PageParams), responses(
    (status = 200, description = "A page of dimensions.", body = Page<DimensionView>),
))]
pub async fn list_dimensions(
    app: Data<App>,
    request: HttpRequest,
    caller: Allowed<ReadStandards>,
    Listing(OfBrand { brand_id: brand }, page): Listing<OfBrand>,
) -> Result<HttpResponse> {
    let (after, rows) = (page.after::<DimensionId>(&app.seals, &request)?, page.rows());
    let dimensions =
        app.db.read(move |conn| store::dimensions(conn, &caller.scope, brand, after, rows)).await?;
    let views = dimensions.into_iter().map(DimensionView::from).collect();
    page.answer(&app.seals, &request, views, |dimension| dimension.id)
}

/// One dimension.
#[utoipa::path(get, path = "/v1/dimensions/{id}", params(("id" = DimensionId, Path)), responses(
    (status = 200, description = "The dimension.", body = DimensionView),
))]
pub async fn get_dimension(
    app: Data<App>,
    request: HttpRequest,
    caller: Allowed<ReadStandards>,
    id: Path<DimensionId>,
) -> Result<HttpResponse> {
    let id = id.into_inner();
    let dimension = app.db.read(move |conn| store::dimension(conn, &caller.scope, id)).await?;
    let tag = ETag::of(dimension.revision);
    Ok(etag::fresh(&request, &tag, Keep::Ask, &DimensionView::from(dimension)))
}

/// What a dimension is to be.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutDimension {
    /// Whose it is; never changes.
    brand_id: BrandId,
    /// Names it in checklists: unique in the brand; never changes.
    #[validate(custom(function = "well_formed"))]
    #[schema(value_type = String, pattern = "^[a-z][a-z0-9_]{0,63}$", example = "speed")]
    key: Key,
    /// What it is called, at least in the brand's own language.
    #[validate(nested)]
    name: Wording,
    /// Whether people or procedures make it good.
    side: Side,
    /// Where it belongs among SERVQUAL's five.
    servqual: Servqual,
    /// What training helps where it is weak.
    track: Track,
}

impl PutDimension {
    /// The dimension as it would be, still in the revision of the one that is there.
    fn dimension(&self, id: DimensionId, old: Option<&Dimension>, now: Instant) -> Dimension {
        Dimension {
            id,
            brand_id: self.brand_id,
            key: self.key.to_string(),
            name: Json(self.name.0.clone()),
            side: self.side,
            servqual: self.servqual,
            track: self.track,
            revision: old.map_or(1, |old| old.revision),
            created_at: old.map_or(now, |old| old.created_at),
        }
    }
}

/// Make a dimension, or change one.
#[utoipa::path(put, path = "/v1/dimensions/{id}", params(("id" = DimensionId, Path), ("if-match" = Option<String>, Header)), request_body = PutDimension, responses(
    (status = 200, description = "Changed, or it was so already.", body = DimensionView),
    (status = 201, description = "Made.", body = DimensionView),
    (status = 409, description = "`conflict`: another dimension of the brand has this key, or its brand or key would change."),
))]
pub async fn put_dimension(
    app: Data<App>,
    caller: Allowed<WriteChecklists>,
    id: Path<DimensionId>,
    if_match: IfMatch,
    Input(put): Input<PutDimension>,
) -> Result<HttpResponse> {
    let (id, now) = (id.into_inner(), app.clock.now());
    let (step, dimension) =
        app.db.write(move |conn| keep_dimension(conn, &caller.scope, &if_match, id, &put, now)).await?;
    let tag = ETag::of(dimension.revision);
    Ok(etag::answer(step.status(), &tag, &DimensionView::from(dimension)))
}

fn keep_dimension(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    id: DimensionId,
    put: &PutDimension,
    now: Instant,
) -> Result<(Put, Dimension)> {
    let old = store::dimension_to_change(conn, scope, id)?;
    if let Some(old) = &old {
        stays_what_it_is((old.brand_id, &old.key), (put.brand_id, &put.key))?;
    }
    let wanted = put.dimension(id, old.as_ref(), now);
    let step = if_match.step(old.as_ref(), &wanted, |one| one.revision)?;
    if step != Put::Keep {
        in_the_brands_language(conn, scope, put.brand_id, ("name", &put.name.0))?;
    }
    let kept = step.take(conn, wanted, store::insert_dimension, store::update_dimension)?;
    Ok((step, kept))
}
