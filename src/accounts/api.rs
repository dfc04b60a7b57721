//! The addresses of signing in and of accounts.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Json, Path},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::{Validate, ValidateEmail};

use super::{
    keys::Jwks,
    model::{Account, Grant, GrantScope, Role, Session},
    policy::permit::ManageAccounts,
    sign_in, store,
};
use crate::{
    app::App,
    db::types::Instant,
    error::{Code, Error, FieldError, Result},
    http::{
        auth::{Allowed, SignedIn},
        etag::{self, ETag, IfMatch, Keep, Put},
        input::{Input, Params, plain_text},
        page::{Page, PageParams},
    },
    ids::{AccountId, GrantId, SessionId},
};

/// Who signs in, and on what.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSession {
    /// The account's e-mail address.
    #[validate(length(min = 1, max = 254), custom(function = "plain_text"))]
    #[schema(
        min_length = 1,
        max_length = 254,
        pattern = r"^[^\x00-\x1F\x7F]*[^\s\x00-\x1F\x7F][^\x00-\x1F\x7F]*$"
    )]
    email: String,
    /// Its password.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    password: String,
    /// What the device calls itself, for the list of sessions.
    #[validate(length(min = 1, max = 100), custom(function = "plain_text"))]
    #[schema(
        min_length = 1,
        max_length = 100,
        pattern = r"^[^\x00-\x1F\x7F]*[^\s\x00-\x1F\x7F][^\x00-\x1F\x7F]*$"
    )]
    device: String,
}

/// What a device keeps to stay signed in.
#[derive(Serialize, ToSchema)]
pub struct Tokens {
    /// The session.
    session_id: SessionId,
    /// Send it as `Authorization: Bearer …`.
    access_token: String,
    /// Always `Bearer`.
    token_type: &'static str,
    /// How long the access token is good, in seconds.
    expires_in: i64,
    /// Exchange it for new tokens before the access token ends; if the answer is lost, send the same one again.
    refresh_token: String,
    /// When the session ends unless it refreshes before.
    session_ends_at: Instant,
}

impl From<sign_in::SignedIn> for Tokens {
    fn from(signed_in: sign_in::SignedIn) -> Self {
        Self {
            session_id: signed_in.session,
            access_token: signed_in.access_token,
            token_type: "Bearer",
            expires_in: sign_in::ACCESS_LIFETIME,
            refresh_token: signed_in.refresh_token,
            session_ends_at: signed_in.session_ends,
        }
    }
}

/// Sign in.
#[utoipa::path(post, path = "/v1/sessions", request_body = NewSession, responses(
    (status = 201, description = "Signed in.", body = Tokens),
    (status = 401, description = "`sign_in_failed`: the same for an unknown address, a wrong password and a disabled account."),
    (status = 429, description = "`too_many_requests`: too many tries for this account or from this address."),
))]
pub async fn sign_in(
    app: Data<App>,
    request: HttpRequest,
    Input(new): Input<NewSession>,
) -> Result<HttpResponse> {
    app.limits.count(request.peer_addr().map(|peer| peer.ip()), &new.email)?;
    let signed_in = sign_in::sign_in(&app, &new.email, new.password, new.device).await?;
    Ok(HttpResponse::Created().json(Tokens::from(signed_in)))
}

/// The right to new tokens.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    /// The latest refresh token that arrived.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    refresh_token: String,
}

/// Exchange a refresh token for new tokens. If the answer is lost, send the same again.
#[utoipa::path(post, path = "/v1/sessions/refresh", request_body = Refresh, responses(
    (status = 200, description = "New tokens.", body = Tokens),
    (status = 401, description = "`refresh_refused`: sign in again."),
    (status = 409, description = "`refresh_superseded`: a newer token has just been used in its place. Go on with that one, or send this one again when `Retry-After` has passed: if another device has used it, the session is ended then.",
        headers(("Retry-After" = u64, description = "How many seconds to wait."))),
    (status = 429, description = "`too_many_requests`: too many refreshes of this session."),
))]
pub async fn refresh(app: Data<App>, Input(with): Input<Refresh>) -> Result<Json<Tokens>> {
    let token = sign_in::open(&app.keys, &with.refresh_token)?;
    app.limits.count_refresh(token.session)?;
    Ok(Json(sign_in::refresh(&app, token).await?.into()))
}

/// One device that is signed in.
#[derive(Serialize, ToSchema)]
pub struct SessionView {
    id: SessionId,
    /// What the device calls itself.
    device: String,
    /// Whether it is the one that asks.
    current: bool,
    created_at: Instant,
    /// When it last refreshed.
    seen_at: Instant,
    /// When it ends unless it refreshes.
    expires_at: Instant,
}

/// The devices on which the caller is signed in, the latest first; at most 100.
#[utoipa::path(get, path = "/v1/sessions", responses((status = 200, description = "The devices.", body = Page<SessionView>)))]
pub async fn sessions(app: Data<App>, caller: SignedIn) -> Result<Json<Page<SessionView>>> {
    let now = app.clock.now();
    let sessions = app.db.read(move |conn| store::live_sessions(conn, caller.account, now)).await?;
    let view = |session: Session| SessionView {
        current: session.id == caller.session,
        id: session.id,
        device: session.device,
        created_at: session.created_at,
        seen_at: session.seen_at,
        expires_at: session.expires_at,
    };
    Ok(Json(Page { items: sessions.into_iter().map(view).collect(), next_cursor: None }))
}

/// Sign one of the caller's devices out, with effect at its next request.
#[utoipa::path(delete, path = "/v1/sessions/{id}", params(("id" = SessionId, Path)), responses(
    (status = 204, description = "It is signed out."),
))]
pub async fn end_session(app: Data<App>, caller: SignedIn, id: Path<SessionId>) -> Result<HttpResponse> {
    let (id, now) = (id.into_inner(), app.clock.now());
    let ended = app.db.write(move |conn| store::revoke_session(conn, id, caller.account, now)).await?;
    if ended { Ok(HttpResponse::NoContent().finish()) } else { Err(Error::new(Code::NotFound)) }
}

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

/// The public keys that verify access tokens and receipts.
#[utoipa::path(get, path = "/.well-known/jwks.json", responses((status = 200, description = "The keys (RFC 7517).", body = Jwks)))]
pub async fn jwks(app: Data<App>) -> Json<Jwks> {
    Json(app.keys.jwks())
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
    let (after, rows) = (page.after::<AccountId>(&app.keys, &request)?, page.rows());
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
    page.answer(&app.keys, &request, accounts, |account| account.id)
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
    #[validate(length(min = 3, max = 254), custom(function = "is_email"))]
    #[schema(min_length = 3, max_length = 254, format = "email")]
    email: String,
    /// What to call them.
    #[validate(length(min = 1, max = 200), custom(function = "plain_text"))]
    #[schema(
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\x00-\x1F\x7F]*[^\s\x00-\x1F\x7F][^\x00-\x1F\x7F]*$"
    )]
    name: String,
    /// The language that they read (BCP 47).
    #[validate(length(min = 2, max = 35), custom(function = "plain_text"))]
    #[schema(
        min_length = 2,
        max_length = 35,
        pattern = r"^[^\x00-\x1F\x7F]*[^\s\x00-\x1F\x7F][^\x00-\x1F\x7F]*$"
    )]
    language: String,
    /// A new password, which ends their sessions; if it is left out, the old one stays.
    #[validate(length(min = 12, max = 200))]
    #[schema(min_length = 12, max_length = 200)]
    password: Option<String>,
    /// Whether they may no longer sign in; ends their sessions.
    #[serde(default)]
    disabled: bool,
}

fn is_email(email: &str) -> Result<(), validator::ValidationError> {
    email.validate_email().then_some(()).ok_or_else(|| validator::ValidationError::new("email"))
}

/// Make an account, or change one.
#[utoipa::path(put, path = "/v1/accounts/{id}", params(("id" = AccountId, Path), ("if-match" = Option<String>, Header)), request_body = PutAccount, responses(
    (status = 200, description = "Changed.", body = AccountView),
    (status = 201, description = "Made.", body = AccountView),
    (status = 409, description = "`conflict`: another account has this address."),
))]
pub async fn put_account(
    app: Data<App>,
    caller: Allowed<ManageAccounts>,
    id: Path<AccountId>,
    if_match: IfMatch,
    Input(put): Input<PutAccount>,
) -> Result<HttpResponse> {
    require_operator(&caller)?;
    let id = id.into_inner();
    let new_password = hashed_if_new(&app, id, put.password.clone()).await?;
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
async fn hashed_if_new(app: &App, id: AccountId, password: Option<String>) -> Result<Option<String>> {
    let Some(password) = password else { return Ok(None) };
    let kept = app.db.read(move |conn| store::account(conn, id)).await?.and_then(|old| old.password_hash);
    if kept.is_some() && app.passwords.matches(password.clone(), kept).await? {
        return Ok(None);
    }
    app.passwords.hash(password).await.map(Some)
}

impl PutAccount {
    fn account(&self, id: AccountId, now: Instant, hash: Option<String>, old: Option<&Account>) -> Account {
        Account {
            id,
            email: self.email.trim().to_lowercase(),
            name: self.name.clone(),
            language: self.language.clone(),
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
