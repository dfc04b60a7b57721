//! The addresses of accounts and their grants.

pub mod sessions;

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Json, Path},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::{
    model::{Account, Grant, GrantScope, Role},
    policy::permit::ManageAccounts,
    store,
};
use crate::{
    accounts::caller::{Allowed, SignedIn},
    accounts::passwords::Passwords,
    app::App,
    db::types::Instant,
    error::{Code, Error, FieldError, Result},
    http::{
        etag::{self, ETag, IfMatch, Keep, Put},
        input::{Input, Params},
        page::{Page, PageParams},
    },
    ids::{AccountId, GrantId},
    limits::{EmailAddress, LanguageTag, Opaque, PlainText},
};

/// One role over one scope.
#[derive(Serialize, ToSchema)]
pub struct GrantView {
    id: GrantId,
    role: Role,
    scope: GrantScope,
}

impl From<Grant> for GrantView {
    fn from(grant: Grant) -> Self {
        Self { id: grant.id, role: grant.role, scope: grant.scope }
    }
}

/// Somebody who signs in, and what they may.
#[derive(Serialize, ToSchema)]
pub struct AccountView {
    id: AccountId,
    email: String,
    name: String,
    /// The language that they read (BCP 47).
    language: String,
    /// Whether they may not sign in.
    disabled: bool,
    created_at: Instant,
    grants: Vec<GrantView>,
}

impl AccountView {
    fn new(account: Account, grants: Vec<Grant>) -> Self {
        Self {
            id: account.id,
            email: account.email,
            name: account.name,
            language: account.language,
            disabled: account.disabled,
            created_at: account.created_at,
            grants: grants.into_iter().map(GrantView::from).collect(),
        }
    }
}

/// Who the caller is, and what they may.
#[utoipa::path(get, path = "/v1/me", responses((status = 200, description = "The caller's account.", body = AccountView)))]
pub async fn me(app: Data<App>, caller: SignedIn) -> Result<Json<AccountView>> {
    let account = app.db.read(move |conn| store::account(conn, caller.account)).await?;
    let account = account.ok_or_else(|| Error::new(Code::NotFound))?;
    Ok(Json(AccountView::new(account, caller.grants)))
}

/// All accounts, in the order of their ids.
#[utoipa::path(get, path = "/v1/accounts", params(PageParams), responses((status = 200, description = "A page of accounts.", body = Page<AccountView>)))]
pub async fn list_accounts(
    app: Data<App>,
    request: HttpRequest,
    caller: Allowed<ManageAccounts>,
    Params(page): Params<PageParams>,
) -> Result<HttpResponse> {
    require_operator(&caller)?;
    let (after, rows) = (page.after::<AccountId>(&app.seals, &request)?, page.rows());
    let accounts = app
        .db
        .read(move |conn| {
            let accounts = store::accounts(conn, after, rows)?;
            accounts
                .into_iter()
                .map(|account| {
                    store::grants(conn, account.id).map(|grants| AccountView::new(account, grants))
                })
                .collect::<Result<Vec<_>>>()
        })
        .await?;
    page.answer(&app.seals, &request, accounts, |account| account.id)
}

/// One account.
#[utoipa::path(get, path = "/v1/accounts/{id}", params(("id" = AccountId, Path)), responses((status = 200, description = "The account.", body = AccountView)))]
pub async fn get_account(
    app: Data<App>,
    request: HttpRequest,
    caller: Allowed<ManageAccounts>,
    id: Path<AccountId>,
) -> Result<HttpResponse> {
    require_operator(&caller)?;
    let id = id.into_inner();
    let found = app
        .db
        .read(move |conn| {
            let account = store::account(conn, id)?.ok_or_else(|| Error::new(Code::NotFound))?;
            Ok((ETag::of(account.revision), AccountView::new(account, store::grants(conn, id)?)))
        })
        .await?;
    Ok(etag::fresh(&request, &found.0, Keep::Ask, &found.1))
}

/// What an account is to be.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutAccount {
    /// Signs in with this; one account an address.
    email: EmailAddress,
    /// What to call them.
    name: PlainText<1, 200>,
    /// The language that they read (BCP 47).
    language: LanguageTag,
    /// A new password, which ends their sessions; if it is left out, the old one stays.
    password: Option<Opaque<12, 200>>,
    /// Whether they may no longer sign in; ends their sessions.
    #[serde(default)]
    disabled: bool,
}

/// Make an account, or change one.
#[utoipa::path(put, path = "/v1/accounts/{id}", params(("id" = AccountId, Path), ("if-match" = Option<String>, Header)), request_body = PutAccount, responses(
    (status = 200, description = "Changed.", body = AccountView),
    (status = 201, description = "Made.", body = AccountView),
    (status = 409, description = "`conflict`: another account has this address."),
))]
pub async fn put_account(
    app: Data<App>,
    passwords: Data<Passwords>,
    caller: Allowed<ManageAccounts>,
    id: Path<AccountId>,
    if_match: IfMatch,
    Input(put): Input<PutAccount>,
) -> Result<HttpResponse> {
    require_operator(&caller)?;
    let id = id.into_inner();
    let new_password = hashed_if_new(&app, &passwords, id, put.password.clone().map(String::from)).await?;
    let now = app.clock.now();
    let (done, tag, view) = app
        .db
        .write(move |conn| {
            let old = store::account(conn, id)?;
            let mut account = put.account(id, now, new_password.clone(), old.as_ref());
            let same = old.as_ref().is_some_and(|old| new_password.is_none() && account.says_the_same(old));
            let done = if_match.put(old.as_ref().map(|old| ETag::of(old.revision)), same)?;
            match done {
                Put::Make => store::insert_account(conn, &account)?,
                Put::Change => store::update_account(conn, &account, now)?,
                Put::Keep => account = old.unwrap_or(account),
            }
            Ok((done, ETag::of(account.revision), AccountView::new(account, store::grants(conn, id)?)))
        })
        .await?;
    Ok(etag::answer(done.status(), &tag, &view))
}

/// The hash of a password that the account does not have yet; nothing for the one that it has.
async fn hashed_if_new(
    app: &App,
    passwords: &Passwords,
    id: AccountId,
    password: Option<String>,
) -> Result<Option<String>> {
    let Some(password) = password else { return Ok(None) };
    let kept = app.db.read(move |conn| store::account(conn, id)).await?.and_then(|old| old.password_hash);
    if kept.is_some() && passwords.matches(password.clone(), kept).await? {
        return Ok(None);
    }
    passwords.hash(password).await.map(Some)
}

impl PutAccount {
    fn account(&self, id: AccountId, now: Instant, hash: Option<String>, old: Option<&Account>) -> Account {
        Account {
            id,
            email: self.email.trim().to_lowercase(),
            name: self.name.to_string(),
            language: self.language.to_string(),
            password_hash: hash.or_else(|| old?.password_hash.clone()),
            disabled: self.disabled,
            revision: old.map_or(1, |old| old.revision + 1),
            created_at: old.map_or(now, |old| old.created_at),
        }
    }
}

/// What an account is to be granted.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutGrant {
    /// The role.
    role: Role,
    /// Over what; empty for the whole operator.
    #[serde(default)]
    scope: GrantScope,
}

/// Give an account a role over a scope. A grant never changes: take it back and give another.
#[utoipa::path(put, path = "/v1/accounts/{id}/grants/{grant_id}", params(("id" = AccountId, Path), ("grant_id" = GrantId, Path)), request_body = PutGrant, responses(
    (status = 200, description = "It was there already.", body = GrantView),
    (status = 201, description = "Granted.", body = GrantView),
    (status = 409, description = "`conflict`: another grant has this id."),
))]
pub async fn put_grant(
    app: Data<App>,
    caller: Allowed<ManageAccounts>,
    ids: Path<(AccountId, GrantId)>,
    Input(put): Input<PutGrant>,
) -> Result<HttpResponse> {
    require_operator(&caller)?;
    let wrong = put.scope.check();
    if !wrong.is_empty() {
        return Err(Error::invalid(wrong));
    }
    let ((whose, id), now) = (ids.into_inner(), app.clock.now());
    let grant = Grant { id, role: put.role, scope: put.scope };
    let kept = grant.clone();
    let new = app
        .db
        .write(move |conn| {
            store::account(conn, whose)?.ok_or_else(|| Error::new(Code::NotFound))?;
            store::put_grant(conn, whose, &kept, now).map_err(name_the_scope)
        })
        .await?;
    let status = if new { StatusCode::CREATED } else { StatusCode::OK };
    Ok(HttpResponse::build(status).json(GrantView::from(grant)))
}

/// The only thing that a grant can refer to in vain is its scope.
fn name_the_scope(error: Error) -> Error {
    match error.code() {
        Code::Invalid => {
            error.fields(vec![FieldError::new("/scope", "unknown", "there is no such place in that brand")])
        }
        _ => error,
    }
}

/// Take a grant back, with effect at the next request.
#[utoipa::path(delete, path = "/v1/accounts/{id}/grants/{grant_id}", params(("id" = AccountId, Path), ("grant_id" = GrantId, Path)), responses(
    (status = 204, description = "It is taken back."),
))]
pub async fn delete_grant(
    app: Data<App>,
    caller: Allowed<ManageAccounts>,
    ids: Path<(AccountId, GrantId)>,
) -> Result<HttpResponse> {
    require_operator(&caller)?;
    let (whose, id) = ids.into_inner();
    let gone = app.db.write(move |conn| store::delete_grant(conn, whose, id)).await?;
    if gone { Ok(HttpResponse::NoContent().finish()) } else { Err(Error::new(Code::NotFound)) }
}

/// Accounts belong to the operator, so only an administrator of the whole operator manages them.
fn require_operator(caller: &Allowed<ManageAccounts>) -> Result<()> {
    if caller.scope.is_operator_wide() { Ok(()) } else { Err(Error::new(Code::Forbidden)) }
}
