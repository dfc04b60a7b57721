//! The addresses of brands.

use actix_web::web::{Data, Path};
use serde::{Deserialize, Serialize};
use utoipa::{
    ToSchema,
    openapi::{
        Object, RefOr, Schema,
        schema::{ArrayBuilder, Type},
    },
};
use validator::{Validate, ValidationError};

use super::wrong;
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::{ReadPlaces, WritePlaces},
    app::App,
    db::types::{Instant, Json},
    error::Result,
    http::{
        answer::{Fresh, Tagged},
        etag::{IfMatch, IfNoneMatch},
        input::{Input, language_tag, plain_text},
        page::{Listing, NoFilter, Page},
    },
    ids::BrandId,
    places::{
        model::{Brand, LONGEST_NAME, MINIMUM_VISITS, MOST_FALLBACKS, are_fallbacks},
        put_brand, store,
    },
    text::LANGUAGE_PATTERN,
};

/// What a brand is to be.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutBrand {
    /// What it is called.
    #[validate(length(min = 1, max = LONGEST_NAME), custom(function = "plain_text"))]
    #[schema(
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\x00-\x1F\x7F]*[^\s\x00-\x1F\x7F][^\x00-\x1F\x7F]*$"
    )]
    name: String,
    /// The language of its head office (BCP 47).
    #[validate(custom(function = "language_tag"))]
    #[schema(pattern = "^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$", example = "fr")]
    language: String,
    /// A place with fewer visits has too few to be ranked or paid by.
    #[serde(default = "minimum_visits")]
    #[validate(range(min = 2, max = 1000))]
    #[schema(minimum = 2, maximum = 1000, default = 3)]
    minimum_visits: i32,
    /// What its people get where a text is in none of the languages that they wish for, the best first; then its own
    /// language, then the first of the text.
    #[serde(default)]
    #[validate(custom(function = "fallbacks"))]
    #[schema(schema_with = fallbacks_schema)]
    fallback_languages: Vec<String>,
}

const fn minimum_visits() -> i32 {
    MINIMUM_VISITS
}

impl PutBrand {
    /// The brand as it would be if it were new.
    fn brand(self, id: BrandId, now: Instant) -> Brand {
        Brand {
            id,
            name: self.name,
            language: self.language,
            minimum_visits: self.minimum_visits,
            revision: 1,
            created_at: now,
            fallback_languages: Json(self.fallback_languages),
        }
    }
}

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
    /// What its people get where a text is in none of the languages that they wish for, the best first; then its own
    /// language, then the first of the text.
    #[schema(schema_with = fallbacks_schema)]
    fallback_languages: Vec<String>,
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
        }
    }
}

fn fallbacks(tags: &[String]) -> Result<(), ValidationError> {
    are_fallbacks(tags)
        .then_some(())
        .ok_or_else(|| wrong("at most 10 different language tags (BCP 47), such as fr or pt-BR"))
}

fn fallbacks_schema() -> RefOr<Schema> {
    let tag = Object::builder().schema_type(Type::String).pattern(Some(LANGUAGE_PATTERN));
    let about = "What its people get where a text is in none of the languages that they wish for (BCP 47), the best \
                 first; then its own language, then the first of the text.";
    ArrayBuilder::new()
        .items(tag)
        .max_items(Some(MOST_FALLBACKS))
        .unique_items(true)
        .description(Some(about))
        .default(Some(serde_json::json!([])))
        .into()
}

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
