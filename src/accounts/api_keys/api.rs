//! The addresses of API keys.

use actix_web::web::{Data, Json, Path};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{
    model::ApiKey,
    put_api_key::{self, NewApiKey},
    revoke_api_key,
    secret::ApiKeySecret,
    store,
};
use crate::{
    accounts::{
        caller::Allowed,
        model::{GrantScope, Role},
        policy::permit::KeepApiKeys,
    },
    app::App,
    db::types::Instant,
    error::Result,
    http::{
        answer::{Kept, NoContent, Secret},
        input::Input,
        page::{Listing, Page},
    },
    ids::{AccountId, ApiKeyId},
    limits::PlainText,
    precondition::Put,
};

/// A key by which programs read figures, lists and exports in the name of an account.
#[derive(Serialize, ToSchema)]
pub struct ApiKeyView {
    id: ApiKeyId,
    /// In whose name it reads.
    account_id: AccountId,
    name: String,
    /// By which role of the account it reads.
    role: Role,
    /// Over what it reads, as far as the account has the role now.
    scope: GrantScope,
    created_at: Instant,
    /// When it ends.
    expires_at: Instant,
    /// The minute in which it was last used.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    used_at: Option<Instant>,
    /// When it was revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    revoked_at: Option<Instant>,
    /// What a program sends: only in the answer that says that the key was made. It is kept nowhere, and shown never again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    secret: Option<String>,
}

impl From<ApiKey> for ApiKeyView {
    fn from(key: ApiKey) -> Self {
        Self {
            id: key.id,
            account_id: key.account_id,
            scope: key.scope(),
            name: key.name,
            role: key.role,
            created_at: key.created_at,
            expires_at: key.expires_at,
            used_at: key.used_at,
            revoked_at: key.revoked_at,
            secret: None,
        }
    }
}

/// Which keys.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ApiKeyParams {
    /// Only those of this account.
    account_id: Option<AccountId>,
}

/// The caller's keys, in the order of their ids, also those that are over. Administrators see all keys over places that they administer.
#[utoipa::path(get, path = "/v1/api-keys", responses((status = 200, description = "A page of keys.")))]
pub async fn list_api_keys(
    app: Data<App>,
    caller: Allowed<KeepApiKeys>,
    Listing(params, page): Listing<ApiKeyParams>,
) -> Result<Page<ApiKeyView>> {
    let (after, rows) = (page.key()?, page.rows());
    let read = move |conn: &mut _| store::api_keys(conn, &caller.scope, params.account_id, after, rows);
    let views = app.db.read(read).await?.into_iter().map(ApiKeyView::from).collect();
    page.page(views, |key: &ApiKeyView| key.id)
}

/// One key: one of the caller's, or one over a place that the caller administers.
#[utoipa::path(get, path = "/v1/api-keys/{id}", responses((status = 200, description = "The key.")))]
pub async fn get_api_key(
    app: Data<App>,
    caller: Allowed<KeepApiKeys>,
    id: Path<ApiKeyId>,
) -> Result<Json<ApiKeyView>> {
    let id = id.into_inner();
    let found = app.db.read(move |conn| store::api_key(conn, &caller.scope, id)).await?;
    Ok(Json(found.into()))
}

/// What a key is to be.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutApiKey {
    /// What to call it: the program that it is for.
    name: PlainText<1, 100>,
    /// By which of the caller's roles it reads: one by which figures are read. If it is left out, the first that reaches so far.
    role: Option<Role>,
    /// Over what, at most what the role is over; empty for the whole operator.
    #[serde(default, deserialize_with = "crate::strict::or_default")]
    #[schema(default = json!({}), nullable = true)]
    scope: GrantScope,
    /// When it ends: at most 366 days from now.
    expires_at: Instant,
}

/// Make a key for the caller's own account. Its secret is in this answer alone: the same request again is answered without it, so if the answer
/// is lost, revoke the key and make another. A key never changes.
///
/// A program sends the secret as `Authorization: Bearer …`, or as the password of `Basic` with any user name. It reads what the role may
/// read of figures, lists and exports, and nothing else (`not_for_keys`); and at each request no more than the account may then. A
/// secret is `incognito_key_`, 52 characters of chance and 7 that check them, of `a` to `z` and `2` to `7`.
#[utoipa::path(put, path = "/v1/api-keys/{id}", responses(
    (status = 200, description = "It was there already. Its secret is not shown again."),
    (status = 201, description = "Made, with its secret."),
    (status = 409, description = "`conflict`: another key has this id or had it, or there are 50 keys of the caller's."),
))]
pub async fn put_api_key(
    app: Data<App>,
    caller: Allowed<KeepApiKeys>,
    id: Path<ApiKeyId>,
    Input(put): Input<PutApiKey>,
) -> Result<Secret<Kept<ApiKeyView>>> {
    let (secret, now) = (ApiKeySecret::draw()?, app.clock.now());
    let new = NewApiKey {
        id: id.into_inner(),
        name: put.name.into(),
        role: put.role,
        scope: put.scope,
        expires_at: put.expires_at,
        hash: secret.hash(),
    };
    let by = caller.account();
    let put = move |conn: &mut _| put_api_key::put_api_key(conn, &caller.scope, new.clone(), now);
    let stored = app.db.write(put).await?;
    let made = stored.put == Put::Make;
    if made {
        tracing::info!(%by, key = %stored.thing.id, "an API key was made");
    }
    let secret = made.then(|| secret.show());
    Ok(Secret(Kept { made, thing: ApiKeyView { secret, ..stored.thing.into() } }))
}

/// Revoke a key, with effect at its next request: one of the caller's, or one over a place that the caller administers. It stays in the list.
#[utoipa::path(delete, path = "/v1/api-keys/{id}", responses((status = 204, description = "It is revoked.")))]
pub async fn revoke_api_key(
    app: Data<App>,
    caller: Allowed<KeepApiKeys>,
    id: Path<ApiKeyId>,
) -> Result<NoContent> {
    let (id, by, now) = (id.into_inner(), caller.account(), app.clock.now());
    let revoke = move |conn: &mut _| revoke_api_key::revoke_api_key(conn, &caller.scope, id, now);
    if app.db.write(revoke).await? {
        tracing::info!(%by, key = %id, "an API key was revoked");
    }
    Ok(NoContent)
}
