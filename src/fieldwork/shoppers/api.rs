//! The addresses of shoppers: their own, where they declare what they are, and those of schedulers, who give them work.

mod wire;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{self, Data, Path},
};
use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

pub use self::wire::{CoarsePosition, DeclarationView, DeclaredEmployer, PutDeclaration, ShopperView};
use super::{
    declare, known,
    store::{self, ShopperFilter},
};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::{DoFieldwork, ReadShoppers},
    app::App,
    error::{Code, Error, Result},
    http::{
        etag::{self, ETag, IfMatch, Keep},
        input::{Input, Params, language_tag},
        page::{Page, PageParams},
    },
    ids::{AccountId, BrandId},
};

/// What the caller declared.
#[utoipa::path(get, path = "/v1/me/shopper", responses(
    (status = 200, description = "What was declared last.", body = DeclarationView),
    (status = 404, description = "`not_found`: nothing was declared yet."),
))]
pub async fn my_declaration(
    app: Data<App>,
    request: HttpRequest,
    caller: Allowed<DoFieldwork>,
) -> Result<HttpResponse> {
    let declared = app.db.read(move |conn| store::declared(conn, caller.account())).await?;
    let declared = declared.ok_or_else(|| Error::new(Code::NotFound))?;
    Ok(etag::fresh(&request, &ETag::of(declared.revision), Keep::Ask, &DeclarationView::from(declared)))
}

/// Declare what decides which visits the caller can do. Where the caller lives is rounded and shown to nobody else.
#[utoipa::path(put, path = "/v1/me/shopper", params(("if-match" = Option<String>, Header)), request_body = PutDeclaration, responses(
    (status = 200, description = "Changed, or it was so already.", body = DeclarationView),
    (status = 201, description = "Declared.", body = DeclarationView),
))]
pub async fn declare(
    app: Data<App>,
    caller: Allowed<DoFieldwork>,
    if_match: IfMatch,
    Input(put): Input<PutDeclaration>,
) -> Result<HttpResponse> {
    let (profile, now) = (put.profile(), app.clock.now());
    let declared = move |conn: &mut _| declare::declare(conn, &caller.scope, &if_match, &profile, now);
    let stored = app.db.write(declared).await?;
    let tag = ETag::of(stored.thing.revision);
    Ok(etag::answer(stored.put.status(), &tag, &DeclarationView::from(stored.thing)))
}

/// Which shoppers.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ShopperParams {
    /// Only those who work for this brand.
    brand_id: Option<BrandId>,
    /// Only those who declared this language (BCP 47), or one that is a part of it: `pt` finds `pt-BR`.
    #[validate(custom(function = "language_tag"))]
    #[param(pattern = "^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$", example = "fr")]
    language: Option<String>,
    /// How many at most; 50 if not said.
    #[validate(range(min = 1, max = 200))]
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    /// Where to go on: the `next_cursor` of the page before.
    #[validate(length(min = 1, max = 1000))]
    #[param(min_length = 1, max_length = 1000)]
    cursor: Option<String>,
}

/// The shoppers of the brands that the caller has to do with, in the order of their ids.
#[utoipa::path(get, path = "/v1/shoppers", params(ShopperParams), responses(
    (status = 200, description = "A page of shoppers.", body = Page<ShopperView>),
))]
pub async fn list_shoppers(
    app: Data<App>,
    request: HttpRequest,
    caller: Allowed<ReadShoppers>,
    Params(ShopperParams { brand_id: brand, language, limit, cursor }): Params<ShopperParams>,
) -> Result<HttpResponse> {
    let page = PageParams { limit, cursor };
    let (after, rows, filter) =
        (page.after(&app.seals, &request)?, page.rows(), ShopperFilter { brand, language });
    let found = move |conn: &mut _| known::shoppers(conn, &caller.scope, &filter, after, rows);
    let found = app.db.snapshot(found).await?;
    let views = found.into_iter().map(ShopperView::from).collect();
    page.answer(&app.seals, &request, views, |shopper| shopper.id)
}

/// One shopper, with what speaks against sending them somewhere.
#[utoipa::path(get, path = "/v1/shoppers/{id}", params(("id" = AccountId, Path)), responses(
    (status = 200, description = "The shopper.", body = ShopperView),
))]
pub async fn get_shopper(
    app: Data<App>,
    caller: Allowed<ReadShoppers>,
    id: Path<AccountId>,
) -> Result<web::Json<ShopperView>> {
    let id = id.into_inner();
    let found = app.db.snapshot(move |conn| known::shopper(conn, &caller.scope, id)).await?;
    Ok(web::Json(ShopperView::from(found)))
}
