//! The addresses of shoppers: their own, where they declare what they are, and those of schedulers, who give them work.

mod wire;

use actix_web::web::{Data, Json, Path};
use serde::Deserialize;
use utoipa::IntoParams;
use validator::Validate;

pub use self::wire::{
    CoarsePosition, DeclarationView, DeclaredEmployer, NamesakeView, PutDeclaration, PutNamesake, ShopperView,
};
use super::{
    declare, known,
    model::Namesake,
    settle,
    store::{self, ShopperFilter},
};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::{DoFieldwork, ReadShoppers, SettleNamesakes},
    app::App,
    audit::{
        About,
        api::{Look, Looking, Shown},
    },
    error::{Code, Error, Result},
    http::{
        answer::{Fresh, Tagged},
        etag::{IfMatch, IfNoneMatch},
        input::Input,
        listed::Listed,
        page::Listing,
    },
    ids::{AccountId, BrandId, EmployeeId},
    limits::LanguageTag,
};

/// What the caller declared.
#[utoipa::path(get, path = "/v1/me/shopper", responses(
    (status = 200, description = "What was declared last."),
    (status = 404, description = "`not_found`: nothing was declared yet."),
))]
pub async fn my_declaration(
    app: Data<App>,
    caller: Allowed<DoFieldwork>,
    had: IfNoneMatch,
) -> Result<Fresh<DeclarationView>> {
    let declared = app.db.read(move |conn| store::declared(conn, caller.account())).await?;
    let declared = declared.ok_or_else(|| Error::new(Code::NotFound))?;
    Ok(Fresh::of(had, declared))
}

/// Declare what decides which visits the caller can do. Where the caller lives is rounded, and shown to no other account.
#[utoipa::path(put, path = "/v1/me/shopper", responses(
    (status = 201, description = "Declared."),
))]
pub async fn declare(
    app: Data<App>,
    caller: Allowed<DoFieldwork>,
    if_match: IfMatch,
    Input(put): Input<PutDeclaration>,
) -> Result<Tagged<DeclarationView>> {
    let (profile, now) = (put.profile(), app.clock.now());
    let declared = move |conn: &mut _| declare::declare(conn, &caller.scope, &if_match, &profile, now);
    let stored = app.db.write(declared).await?;
    Ok(Tagged::of(stored))
}

/// Which shoppers.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ShopperParams {
    /// Only those who work for this brand, or for a part of it.
    brand_id: Option<BrandId>,
    /// Only those who declared this language (BCP 47), or one that is a part of it: `pt` finds `pt-BR`.
    language: Option<LanguageTag>,
}

/// The shoppers who work in places that the caller has to do with, in the order of their ids. A caller whose grant is
/// narrower than the brand sees who they are only of those who have or had work there.
#[utoipa::path(get, path = "/v1/shoppers", responses(
    (status = 200, description = "A page of shoppers."),
))]
pub async fn list_shoppers(
    caller: Allowed<ReadShoppers>,
    looking: Looking,
    Listing(ShopperParams { brand_id: brand, language }, page): Listing<ShopperParams>,
) -> Result<Shown<Listed<ShopperView>>> {
    let (by, of) = (caller.account(), brand.or(caller.scope.sole_brand()));
    let filter = ShopperFilter { brand, language: language.map(String::from) };
    let read = move |conn: &mut _, after, rows| known::shoppers(conn, &caller.scope, &filter, after, rows);
    let listed = page.of_one_state().list_views(read, ShopperView::from, |shopper| shopper.id).await?;
    let look = Look::listed(of, &listed, |shopper| Some(shopper.id));
    looking.show(by, look, listed).await
}

/// One shopper, with what speaks against sending them somewhere.
#[utoipa::path(get, path = "/v1/shoppers/{id}", responses(
    (status = 200, description = "The shopper."),
))]
pub async fn get_shopper(
    app: Data<App>,
    caller: Allowed<ReadShoppers>,
    looking: Looking,
    id: Path<AccountId>,
) -> Result<Shown<Json<ShopperView>>> {
    let (by, of, id) = (caller.account(), caller.scope.sole_brand(), id.into_inner());
    let found = app.db.snapshot(move |conn| known::shopper(conn, &caller.scope, id)).await?;
    looking.show(by, Look::at((About::Shopper, id), of, [id]), Json(found.into())).await
}

/// Settle whether a shopper and an employee with the same name are one person: from then on the name is in the way no
/// more, or for good.
#[utoipa::path(put, path = "/v1/shoppers/{id}/namesakes/{employee_id}", responses(
    (status = 409, description = "`wrong_state`: the two do not have one name, or have one account or address."),
))]
pub async fn put_namesake(
    app: Data<App>,
    caller: Allowed<SettleNamesakes>,
    ids: Path<(AccountId, EmployeeId)>,
    if_match: IfMatch,
    Input(PutNamesake { same_person, reason }): Input<PutNamesake>,
) -> Result<Tagged<NamesakeView>> {
    let ((shopper_id, employee_id), now) = (ids.into_inner(), app.clock.now());
    let new = Namesake {
        shopper_id,
        employee_id,
        same_person,
        reason: reason.into(),
        settled_by: caller.account(),
        revision: 1,
        created_at: now,
    };
    let settled = move |conn: &mut _| settle::settle(conn, &caller.scope, &if_match, new.clone(), now);
    let stored = app.db.write(settled).await?;
    Ok(Tagged::of(stored))
}
