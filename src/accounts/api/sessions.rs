//! The addresses of signing in.

use actix_web::web::{Data, Json, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    accounts::caller::SignedIn,
    accounts::{
        limits::SignInLimits, model::Session, passwords::Passwords, refresh, sign_in, sign_in::Attempt,
        store, tokens,
    },
    app::App,
    db::types::Instant,
    error::{Code, Error, Result},
    http::{
        answer::{Created, NoContent, Secret},
        client::Client,
        input::{Input, StrangersInput},
        page::Page,
    },
    ids::SessionId,
    limits::{Opaque, PlainText},
    seals::Jwks,
};

/// Who signs in, and on what.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSession {
    /// The account's e-mail address.
    email: PlainText<1, 254>,
    /// Its password.
    password: Opaque<1, 200>,
    /// What the device calls itself, for the list of sessions.
    device: PlainText<1, 100>,
    /// The `device_token` that this device got when it signed in to the account before.
    device_token: Option<Opaque<1, 200>>,
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
    /// Keep it beyond the session, and send it when this device signs in again: tries of others do not lock it out then.
    device_token: String,
    /// When the session ends unless it refreshes before.
    session_ends_at: Instant,
}

impl From<sign_in::SignedIn> for Tokens {
    fn from(signed_in: sign_in::SignedIn) -> Self {
        Self {
            session_id: signed_in.session,
            access_token: signed_in.access_token,
            token_type: "Bearer",
            expires_in: tokens::LIFETIME,
            refresh_token: signed_in.refresh_token,
            device_token: signed_in.device_token,
            session_ends_at: signed_in.session_ends,
        }
    }
}

/// Sign in.
#[utoipa::path(post, path = "/v1/sessions", responses(
    (status = 201, description = "Signed in."),
    (status = 401, description = "`sign_in_failed`: the same for an unknown address, a wrong password and a disabled account."),
    (status = 429, description = "`too_many_requests`: too many tries for this account or from this network. A device that sends its `device_token` is counted apart from others."),
))]
pub async fn sign_in(
    app: Data<App>,
    limits: Data<SignInLimits>,
    passwords: Data<Passwords>,
    Client(from): Client,
    Input(new): StrangersInput<NewSession>,
) -> Result<Secret<Created<Tokens>>> {
    let attempt = Attempt {
        from,
        email: new.email.into(),
        password: new.password.into(),
        device: new.device.into(),
        device_token: new.device_token.map(String::from),
    };
    let signed_in = sign_in::sign_in(&app, &passwords, &limits, attempt).await?;
    Ok(Secret(Created(signed_in.into())))
}

/// The right to new tokens.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    /// The latest refresh token that arrived.
    refresh_token: Opaque<1, 200>,
}

/// Exchange a refresh token for new tokens. If the answer is lost, send the same again. For ten seconds the same refresh token
/// gets the same new one, so that several processes of one app may send it at once.
#[utoipa::path(post, path = "/v1/sessions/refresh", responses(
    (status = 200, description = "New tokens."),
    (status = 401, description = "`refresh_refused`: sign in again."),
    (status = 409, description = "`refresh_superseded`: a newer token has just been used in its place. Go on with that one, or send this one again when `Retry-After` has passed: if another device has used it, the session is ended then.",
        headers(("Retry-After" = u64, description = "How many seconds to wait."))),
    (status = 429, description = "`too_many_requests`: too many refreshes of this session."),
))]
pub async fn refresh(
    app: Data<App>,
    limits: Data<SignInLimits>,
    Input(with): StrangersInput<Refresh>,
) -> Result<Secret<Json<Tokens>>> {
    let token = refresh::open(&app.seals, &with.refresh_token)?;
    limits.count_refresh(token.session)?;
    Ok(Secret(Json(refresh::refresh(&app, token).await?.into())))
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
#[utoipa::path(get, path = "/v1/sessions", responses((status = 200, description = "The devices.")))]
pub async fn sessions(app: Data<App>, caller: SignedIn) -> Result<Page<SessionView>> {
    let now = app.clock.now();
    let sessions = app.db.read(move |conn| store::live_sessions(conn, caller.account, now)).await?;
    let view = |session: Session| SessionView {
        current: session.id == caller.bearer.session,
        id: session.id,
        device: session.device,
        created_at: session.created_at,
        seen_at: session.seen_at,
        expires_at: session.expires_at,
    };
    Ok(Page::whole(sessions.into_iter().map(view).collect()))
}

/// Sign one of the caller's devices out, with effect at its next request.
#[utoipa::path(delete, path = "/v1/sessions/{id}", responses(
    (status = 204, description = "It is signed out."),
))]
pub async fn end_session(app: Data<App>, caller: SignedIn, id: Path<SessionId>) -> Result<NoContent> {
    let (id, now) = (id.into_inner(), app.clock.now());
    let ended = app.db.write(move |conn| store::revoke_session(conn, id, caller.account, now)).await?;
    if ended { Ok(NoContent) } else { Err(Error::new(Code::NotFound)) }
}

/// The public keys that verify receipts.
#[utoipa::path(get, path = "/.well-known/jwks.json", responses((status = 200, description = "The keys (RFC 7517).")))]
pub async fn jwks(app: Data<App>) -> Json<Jwks> {
    Json(app.seals.jwks())
}
