//! The addresses of standards.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{
    in_the_brands_language, stays_what_it_is,
    wording::{Wording, well_formed},
};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::{
        Scope,
        permit::{ReadChecklists, ReadStandards, WriteChecklists},
    },
    app::App,
    checklists::{
        model::Key,
        standards::{
            model::{Standard, StandardVersion},
            store::{self, Wanted},
        },
        text::Text,
    },
    db::{
        Conn,
        types::{Instant, Json},
    },
    error::{Error, FieldError, Result},
    http::{
        etag::{self, ETag, IfMatch, Keep, Put},
        input::{Input, Params},
        page::{Listing, Page, PageParams},
    },
    ids::{AccountId, BrandId, DimensionId, StandardId},
};

/// One sentence of a brand's service policy, as it is now.
#[derive(Serialize, ToSchema)]
pub struct StandardView {
    id: StandardId,
    /// Whose it is.
    brand_id: BrandId,
    /// Names it in checklists.
    key: String,
    /// The dimension that it belongs to.
    dimension_id: DimensionId,
    /// What it asks for.
    text: Text,
    /// Whether it is no longer asked for.
    retired: bool,
    /// Counts what it ever said, from 1.
    #[schema(minimum = 1)]
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
    fn wanted(self, rows: i64) -> Wanted {
        let Self { brand_id: brand, dimension_id: dimension, retired } = self;
        Wanted { brand, dimension, retired, rows }
    }
}

/// The standards of the brands that the caller has to do with, in the order of their ids.
#[utoipa::path(get, path = "/v1/standards", params(StandardParams, PageParams), responses(
    (status = 200, description = "A page of standards.", body = Page<StandardView>),
))]
pub async fn list_standards(
    app: Data<App>,
    request: HttpRequest,
    caller: Allowed<ReadStandards>,
    Listing(params, page): Listing<StandardParams>,
) -> Result<HttpResponse> {
    let wanted = params.wanted(page.rows());
    let after = page.after::<StandardId>(&app.seals, &request)?;
    let standards = app.db.read(move |conn| store::standards(conn, &caller.scope, wanted, after)).await?;
    let views = standards.into_iter().map(StandardView::from).collect();
    page.answer(&app.seals, &request, views, |standard| standard.id)
}

/// One standard, as it is now.
#[utoipa::path(get, path = "/v1/standards/{id}", params(("id" = StandardId, Path)), responses(
    (status = 200, description = "The standard. Its ETag is its version.", body = StandardView),
))]
pub async fn get_standard(
    app: Data<App>,
    request: HttpRequest,
    caller: Allowed<ReadStandards>,
    id: Path<StandardId>,
) -> Result<HttpResponse> {
    let id = id.into_inner();
    let standard = app.db.read(move |conn| store::standard(conn, &caller.scope, id)).await?;
    let tag = ETag::of(standard.version);
    Ok(etag::fresh(&request, &tag, Keep::Ask, &StandardView::from(standard)))
}

/// What a standard is to be.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutStandard {
    /// Whose it is; never changes.
    brand_id: BrandId,
    /// Names it in checklists: unique in the brand; never changes.
    #[validate(custom(function = "well_formed"))]
    #[schema(value_type = String, pattern = "^[a-z][a-z0-9_]{0,63}$", example = "greeted_in_time")]
    key: Key,
    /// The dimension that it belongs to, of the same brand.
    dimension_id: DimensionId,
    /// What it asks for, at least in the brand's own language.
    #[validate(nested)]
    text: Wording,
    /// Whether it is no longer asked for: no new version of a checklist can name it.
    #[serde(default)]
    #[schema(default = false)]
    retired: bool,
}

impl PutStandard {
    /// The standard as it would be, still in the version of the one that is there.
    fn standard(&self, id: StandardId, old: Option<&Standard>, now: Instant) -> Standard {
        Standard {
            id,
            brand_id: self.brand_id,
            key: self.key.to_string(),
            dimension_id: self.dimension_id,
            version: old.map_or(1, |old| old.version),
            text: Json(self.text.0.clone()),
            retired: self.retired,
            created_at: old.map_or(now, |old| old.created_at),
        }
    }
}

/// Make a standard, or change what it says: that is its next version. What it said before is kept, and versions of
/// checklists that were published go on meaning that.
#[utoipa::path(put, path = "/v1/standards/{id}", params(("id" = StandardId, Path), ("if-match" = Option<String>, Header)), request_body = PutStandard, responses(
    (status = 200, description = "Changed, or it was so already.", body = StandardView),
    (status = 201, description = "Made.", body = StandardView),
    (status = 409, description = "`conflict`: another standard of the brand has this key, or its brand or key would change."),
))]
pub async fn put_standard(
    app: Data<App>,
    caller: Allowed<WriteChecklists>,
    id: Path<StandardId>,
    if_match: IfMatch,
    Input(put): Input<PutStandard>,
) -> Result<HttpResponse> {
    let (id, now) = (id.into_inner(), app.clock.now());
    let (step, standard) =
        app.db.write(move |conn| keep_standard(conn, &caller.scope, &if_match, id, &put, now)).await?;
    let tag = ETag::of(standard.version);
    Ok(etag::answer(step.status(), &tag, &StandardView::from(standard)))
}

fn keep_standard(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    id: StandardId,
    put: &PutStandard,
    now: Instant,
) -> Result<(Put, Standard)> {
    let old = store::standard_to_change(conn, scope, id)?;
    if let Some(old) = &old {
        stays_what_it_is((old.brand_id, &old.key), (put.brand_id, &put.key))?;
    }
    let wanted = put.standard(id, old.as_ref(), now);
    let step = if_match.step(old.as_ref(), &wanted, |one| one.version)?;
    if step != Put::Keep {
        in_the_brands_language(conn, scope, put.brand_id, ("text", &put.text.0))?;
        in_a_dimension_of_the_brand(conn, put)?;
    }
    let make = |conn: &mut Conn, new: &Standard| store::insert_standard(conn, new, scope.account, now);
    let change = |conn: &mut Conn, wanted| store::update_standard(conn, wanted, scope.account, now);
    Ok((step, step.take(conn, wanted, make, change)?))
}

fn in_a_dimension_of_the_brand(conn: &mut Conn, put: &PutStandard) -> Result<()> {
    if store::has_dimension(conn, put.brand_id, put.dimension_id)? {
        return Ok(());
    }
    let why = "the brand has no such dimension";
    Err(Error::invalid(vec![FieldError::new("/dimension_id", "unknown", why)]))
}

/// What a standard said at some time.
#[derive(Serialize, ToSchema)]
pub struct StandardVersionView {
    /// Counts what the standard ever said, from 1.
    #[schema(minimum = 1)]
    version: i32,
    /// The dimension that it belonged to.
    dimension_id: DimensionId,
    /// What it asked for.
    text: Text,
    /// Whether it was no longer asked for.
    retired: bool,
    /// Who made it say this.
    made_by: AccountId,
    /// When.
    made_at: Instant,
}

impl From<StandardVersion> for StandardVersionView {
    fn from(said: StandardVersion) -> Self {
        let StandardVersion { standard_id: _, version, dimension_id, text, retired, made_by, made_at } = said;
        Self { version, dimension_id, text: text.0, retired, made_by, made_at }
    }
}

/// Everything that a standard ever said, in the order of the versions, with who made it say so.
#[utoipa::path(get, path = "/v1/standards/{id}/versions", params(("id" = StandardId, Path), PageParams), responses(
    (status = 200, description = "A page of versions.", body = Page<StandardVersionView>),
))]
pub async fn list_standard_versions(
    app: Data<App>,
    request: HttpRequest,
    caller: Allowed<ReadChecklists>,
    of: Path<StandardId>,
    Params(page): Params<PageParams>,
) -> Result<HttpResponse> {
    let of = of.into_inner();
    let (after, rows) = (page.after::<i32>(&app.seals, &request)?, page.rows());
    let versions =
        app.db.read(move |conn| store::standard_versions(conn, &caller.scope, of, after, rows)).await?;
    let views = versions.into_iter().map(StandardVersionView::from).collect();
    page.answer(&app.seals, &request, views, |said| said.version)
}
