//! The addresses of shoppers: their own, where they declare what they are, and those of whoever gives them work.

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
    model::{Profile, Shopper},
    store::{self, Wanted},
};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::{
        Scope,
        permit::{DoFieldwork, ReadShoppers},
    },
    app::App,
    db::{
        Conn,
        types::{Instant, Json},
    },
    error::{Code, Error, FieldError, Result},
    http::{
        etag::{self, ETag, IfMatch, Keep, Put},
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
    let now = app.clock.now();
    let (step, declared) = app.db.write(move |conn| keep(conn, &caller.scope, &if_match, &put, now)).await?;
    Ok(etag::answer(step.status(), &ETag::of(declared.revision), &DeclarationView::from(declared)))
}

fn keep(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    put: &PutDeclaration,
    now: Instant,
) -> Result<(Put, Shopper)> {
    let old = store::declared(conn, scope.account)?;
    let wanted = Shopper {
        account_id: scope.account,
        profile: Json(put.profile()),
        revision: old.as_ref().map_or(1, |old| old.revision),
        created_at: old.as_ref().map_or(now, |old| old.created_at),
    };
    let step = if_match.put(old.as_ref().map(|old| ETag::of(old.revision)), old.as_ref() == Some(&wanted))?;
    if step != Put::Keep {
        require_known(conn, scope, put, old.as_ref().map(|old| &old.profile.0))?;
    }
    let kept = match step {
        Put::Make => store::insert(conn, wanted)?,
        Put::Keep => wanted,
        Put::Change => store::update(conn, wanted)?,
    };
    Ok((step, kept))
}

/// Refuses brands and branches that the shopper does not work for. What was declared once may be declared again,
/// whatever has become of the shopper's grants.
fn require_known(conn: &mut Conn, scope: &Scope, put: &PutDeclaration, old: Option<&Profile>) -> Result<()> {
    let brands = put.employers.iter().filter_map(|employer| employer.brand_id).collect();
    let (mut brands, mut branches) = store::nameable(conn, scope, brands, put.relatives_branches.clone())?;
    if let Some(old) = old {
        brands.extend(old.brands());
        branches.extend(&old.relatives_branches);
    }
    let unknown = |pointer: String, message| FieldError::new(pointer, "unknown", message);
    let unknown_brands = put.employers.iter().enumerate().filter_map(|(at, employer)| {
        let named = employer.brand_id.filter(|brand| !brands.contains(brand));
        named.map(|_| unknown(format!("/employers/{at}/brand_id"), "there is no such brand"))
    });
    let unknown_branches = put.relatives_branches.iter().enumerate().filter_map(|(at, branch)| {
        let message = "there is no such branch";
        (!branches.contains(branch)).then(|| unknown(format!("/relatives_branches/{at}"), message))
    });
    let wrong: Vec<_> = unknown_brands.chain(unknown_branches).collect();
    if wrong.is_empty() { Ok(()) } else { Err(Error::invalid(wrong)) }
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
    let (after, wanted) = (page.after(&app.seals, &request)?, Wanted { brand, language, rows: page.rows() });
    let found =
        app.db.snapshot(move |conn| store::shoppers(conn, &caller.scope, wanted.clone(), after)).await?;
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
    let found = app.db.snapshot(move |conn| store::shopper(conn, &caller.scope, id)).await?;
    Ok(web::Json(ShopperView::from(found)))
}
