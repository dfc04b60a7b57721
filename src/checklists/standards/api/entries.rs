//! The addresses of standards.

use actix_web::web::{Data, Path};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::wording::Wording;
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::{ReadStandards, WriteChecklists},
    app::App,
    checklists::{
        standards::{
            model::Standard,
            put_standard,
            store::{self, StandardFilter},
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
        page::Listing,
        sheet::Rows,
    },
    ids::{BrandId, DimensionId, StandardId},
    limits::{Identifier, Ordinal32},
    precondition::Stored,
};

impl Rows for StandardView {}

/// One sentence of a brand's service policy, as it is now.
#[derive(Serialize, ToSchema)]
pub struct StandardView {
    id: StandardId,
    /// The brand that it belongs to.
    brand_id: BrandId,
    /// Names it in checklists.
    key: String,
    /// The dimension that it belongs to.
    dimension_id: DimensionId,
    /// What it asks for.
    text: Text,
    /// Whether it is no longer asked for.
    retired: bool,
    /// Counts its versions, from 1.
    #[schema(value_type = Ordinal32)]
    version: i32,
    created_at: Instant,
}

impl From<Standard> for StandardView {
    fn from(standard: Standard) -> Self {
        let Standard { id, brand_id, key, dimension_id, version, text, retired, created_at } = standard;
        Self { id, brand_id, key, dimension_id, text: text.0, retired, version, created_at }
    }
}

/// Which standards.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StandardParams {
    /// Only those of this brand.
    brand_id: Option<BrandId>,
    /// Only those of this dimension.
    dimension_id: Option<DimensionId>,
    /// Only those that are retired, or only those that are not.
    retired: Option<bool>,
}

impl StandardParams {
    fn filter(self, rows: i64) -> StandardFilter {
        let Self { brand_id: brand, dimension_id: dimension, retired } = self;
        StandardFilter { brand, dimension, retired, rows }
    }
}

/// The standards of the brands that the caller's roles touch, in the order of their ids.
#[utoipa::path(get, path = "/v1/standards", responses(
    (status = 200, description = "A page of standards."),
))]
pub async fn list_standards(
    caller: Allowed<ReadStandards>,
    Listing(params, page): Listing<StandardParams>,
) -> Result<Listed<StandardView>> {
    let filter = params.filter(0);
    let read = move |conn: &mut _, after, rows| {
        store::standards(conn, &caller.scope, StandardFilter { rows, ..filter }, after)
    };
    page.list(read, |standard| standard.id, StandardView::from).await
}

/// One standard, as it is now.
#[utoipa::path(get, path = "/v1/standards/{id}", responses(
    (status = 200, description = "The standard. Its ETag is its version."),
))]
pub async fn get_standard(
    app: Data<App>,
    caller: Allowed<ReadStandards>,
    had: IfNoneMatch,
    id: Path<StandardId>,
) -> Result<Fresh<StandardView>> {
    let id = id.into_inner();
    let found = app.db.read(move |conn| store::standard(conn, &caller.scope, id)).await?;
    Ok(Fresh { had, tag: ETag::of(found.version), keep: Keep::Ask, thing: found.into() })
}

/// A standard as it is to be.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutStandard {
    /// The brand that it belongs to; never changes.
    brand_id: BrandId,
    /// Names it in checklists: unique in the brand; never changes.
    key: Identifier,
    /// The dimension that it belongs to, of the same brand.
    dimension_id: DimensionId,
    /// What it asks for, at least in the brand's own language.
    text: Wording,
    /// Whether it is no longer asked for: no new version of a checklist can name it.
    #[serde(default, deserialize_with = "crate::strict::or_default")]
    #[schema(default = false, nullable = true)]
    retired: bool,
}

impl PutStandard {
    fn into_standard(self, id: StandardId, created_at: Instant) -> Standard {
        Standard {
            id,
            brand_id: self.brand_id,
            key: self.key.into(),
            dimension_id: self.dimension_id,
            version: 1,
            text: Json(self.text.into()),
            retired: self.retired,
            created_at,
        }
    }
}

/// Make a standard, or change one: that makes its next version. Earlier versions are kept, and published versions of
/// checklists go on meaning theirs.
#[utoipa::path(put, path = "/v1/standards/{id}", responses(
    (status = 409, description = "`conflict`: another standard of the brand has this key, or its brand or key would change."),
))]
pub async fn put_standard(
    app: Data<App>,
    caller: Allowed<WriteChecklists>,
    id: Path<StandardId>,
    if_match: IfMatch,
    Input(put): Input<PutStandard>,
) -> Result<Tagged<StandardView>> {
    let now = app.clock.now();
    let new = put.into_standard(id.into_inner(), now);
    let put = move |conn: &mut _| put_standard::put_standard(conn, &caller.scope, &if_match, &new, now);
    let Stored { put: step, thing } = app.db.write(put).await?;
    Ok(Tagged { step, tag: ETag::of(thing.version), thing: thing.into() })
}
