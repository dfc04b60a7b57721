//! The addresses of brands.

use actix_web::web::{Data, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

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
        page::{Listing, NoFilter},
        sheet::Rows,
    },
    ids::BrandId,
    limits::{LanguageTag, Whole},
    places::{
        model::{BranchDefaults, Brand, Fallbacks, MINIMUM_VISITS, Name, Recognition},
        put_brand, store,
    },
};

/// What a brand is to be.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutBrand {
    /// What it is called.
    name: Name,
    /// The language of its head office (BCP 47).
    language: LanguageTag,
    /// A place with fewer visits has too few to be ranked or paid by.
    #[serde(default = "minimum_visits")]
    #[schema(default = 3)]
    minimum_visits: MinimumVisits,
    /// What its people get where a text is in none of the languages that they wish for (BCP 47), the best first; then
    /// its own language, then the first of the text.
    #[serde(default, deserialize_with = "crate::strict::or_default")]
    #[schema(default = json!([]), nullable = true)]
    fallback_languages: Fallbacks,
    /// What a file of branches need not say.
    #[serde(default, deserialize_with = "crate::strict::or_default")]
    #[schema(default = json!({}), nullable = true)]
    branch_defaults: BranchDefaults,
    /// Which lists of recognition are shown of its branches: none unless it is switched on.
    #[serde(default, deserialize_with = "crate::strict::or_default")]
    #[schema(default = json!({}), nullable = true)]
    recognition: Recognition,
    /// A score is insufficient if its margin of error is greater than this: half of the width of its 95 % interval, in basis points. Without it, the
    /// number of visits alone counts.
    maximum_margin: Option<MaximumMargin>,
}

/// What a brand can ask for.
type MinimumVisits = Whole<2, 1000>;

/// How uncertain a score may be, in basis points.
type MaximumMargin = Whole<1, 10_000>;

const fn minimum_visits() -> MinimumVisits {
    Whole::of::<{ MINIMUM_VISITS as i64 }>()
}

impl PutBrand {
    /// The brand as it would be if it were new.
    fn brand(self, id: BrandId, now: Instant) -> Brand {
        Brand {
            id,
            name: self.name.into(),
            language: self.language.into(),
            minimum_visits: self.minimum_visits.as_i32(),
            revision: 1,
            created_at: now,
            fallback_languages: Json(self.fallback_languages.into_strings()),
            branch_defaults: Json(self.branch_defaults),
            recognition: Json(self.recognition),
            maximum_margin: self.maximum_margin.map(|margin| margin.as_i32()),
        }
    }
}

impl Rows for BrandView {}

/// A client of the operator.
#[derive(Serialize, ToSchema)]
pub struct BrandView {
    id: BrandId,
    name: String,
    /// The language of its head office (BCP 47).
    language: String,
    /// A place with fewer visits has too few to be ranked or paid by.
    minimum_visits: i32,
    created_at: Instant,
    /// What its people get where a text is in none of the languages that they wish for (BCP 47), the best first; then
    /// its own language, then the first of the text.
    #[schema(value_type = Fallbacks)]
    fallback_languages: Vec<String>,
    /// What a file of branches need not say.
    branch_defaults: BranchDefaults,
    /// Which lists of recognition are shown of its branches.
    recognition: Recognition,
    /// A score is insufficient if its margin of error is greater than this: half of the width of its 95 % interval, in basis points; null if the number
    /// of visits alone counts.
    #[schema(value_type = Option<MaximumMargin>)]
    maximum_margin: Option<i32>,
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
            branch_defaults: brand.branch_defaults.0,
            recognition: brand.recognition.0,
            maximum_margin: brand.maximum_margin,
        }
    }
}

/// Brands in which the caller may see anything, in the order of their ids.
#[utoipa::path(get, path = "/v1/brands", responses(
    (status = 200, description = "A page of brands."),
))]
pub async fn list_brands(
    caller: Allowed<ReadPlaces>,
    Listing(NoFilter {}, page): Listing<NoFilter>,
) -> Result<Listed<BrandView>> {
    let read = move |conn: &mut _, after, rows| store::brands(conn, &caller.scope, after, rows);
    page.list(read, |brand| brand.id, BrandView::from).await
}

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
