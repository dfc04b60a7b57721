//! Who is asking: the extractors that make a permission part of a handler's signature.

use std::{future::Future, marker::PhantomData, pin::Pin};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, web::Data};

use crate::{
    accounts::{
        api_keys::{secret::ApiKeySecret, use_api_key::use_api_key},
        limits::SignInLimits,
        model::{Bearer, Grant},
        policy::{Permission, Permit, Scope},
        still, store,
        tokens::AccessTokens,
    },
    app::App,
    audit::ByKey,
    clock::Clock,
    db::checks::Checks,
    error::{Code, Error, Result},
    http::{
        client::Client,
        door::{API, Door, Scheme},
        endpoint::{Access, Part, Signature},
        lagging,
        strangers::Stranger,
    },
    ids::{AccountId, ApiKeyId},
};

/// A caller who is signed in, with whichever grants.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Who.
    pub account: AccountId,
    /// On which device, and in which state of their rights.
    pub bearer: Bearer,
    /// What they may.
    pub grants: Vec<Grant>,
}

/// A caller who has the permission `P`, with how far it reaches.
#[derive(Debug)]
pub struct Allowed<P> {
    /// How far.
    pub scope: Scope,
    shown: Shown,
    permission: PhantomData<P>,
}

/// By what a caller was let in.
#[derive(Clone, Copy, Debug)]
enum Shown {
    /// An access token of a session.
    Token(Bearer),
    /// An API key.
    Key(ApiKeyId),
}

impl Shown {
    /// On which device the caller is signed in, and in which state of their rights.
    fn bearer(self) -> Result<Bearer> {
        match self {
            Self::Token(bearer) => Ok(bearer),
            Self::Key(_) => Err(Error::new(Code::NotForKeys)),
        }
    }
}

/// A caller who was let in.
struct Known {
    account: AccountId,
    shown: Shown,
    grants: Vec<Grant>,
    /// All grants of the account, if an API key has but some of them.
    of_account: Option<Vec<Grant>>,
}

impl<P> Allowed<P> {
    /// On which device the caller is signed in, and in which state of their rights.
    ///
    /// # Errors
    /// `not_for_keys` if an API key was shown.
    pub fn bearer(&self) -> Result<Bearer> {
        self.shown.bearer()
    }

    /// The caller's account.
    pub fn account(&self) -> AccountId {
        self.scope.account
    }
}

/// The account that a request turned out to come from, for its log line.
#[derive(Clone, Copy, Debug)]
pub struct Caller(pub AccountId);

/// How far the caller's permission reaches, for what is written down of a request that reads.
#[derive(Clone, Debug)]
pub struct Reach(pub Scope);

impl FromRequest for SignedIn {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let Known { account, shown, grants, .. } = authenticate(&request).await?;
            let bearer = shown.bearer()?;
            Checks::current().add(move |conn| still::signed_in(conn, bearer));
            Ok(Self { account, bearer, grants })
        })
    }
}

impl<P: Permit> FromRequest for Allowed<P> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let caller = authenticate(&request).await?;
            if matches!(caller.shown, Shown::Key(_)) && !is_for_keys(&request, P::PERMISSION) {
                return Err(Error::new(Code::NotForKeys));
            }
            let scope = match Scope::of(P::PERMISSION, caller.account, &caller.grants) {
                Some(scope) => Some(scope),
                None if P::PERMISSION.outlasts_grants() => {
                    former_scope(&request, &caller, P::PERMISSION).await?
                }
                None => None,
            };
            let scope = scope.ok_or_else(|| Error::new(Code::Forbidden))?;
            let scope = match &caller.of_account {
                Some(grants) => scope.judging_under(grants),
                None => scope,
            };
            if request.method().is_safe() {
                request.extensions_mut().insert(Reach(scope.clone()));
            }
            let (shown, had, checks) = (caller.shown, scope.clone(), Checks::current());
            match shown {
                // What was begun may be finished without a grant.
                Shown::Token(bearer) if P::PERMISSION.outlasts_grants() => {
                    checks.add(move |conn| still::signed_in(conn, bearer));
                }
                Shown::Token(bearer) => checks.add(move |conn| still::has(conn, bearer, &had)),
                Shown::Key(key) => checks.add(still::key_has(key, had, clock_of(&request)?)),
            }
            Ok(Self { scope, shown, permission: PhantomData })
        })
    }
}

impl Part for SignedIn {
    fn describe(signature: &mut Signature) {
        signature.access = Access::SignedIn;
    }
}

impl<P: Permit> Part for Allowed<P> {
    fn describe(signature: &mut Signature) {
        signature.access = Access::May(P::PERMISSION.name());
    }
}

fn clock_of(request: &HttpRequest) -> Result<Clock> {
    let app = request.app_data::<Data<App>>().ok_or_else(|| Error::internal("no App"))?;
    Ok(app.clock.clone())
}

/// Notes whom a request comes from, for the log line and for its connection.
pub fn note_caller(request: &HttpRequest, account: AccountId) {
    request.extensions_mut().insert(Caller(account));
    Stranger::count_no_longer(request);
}

/// Whether a request may come with an API key: it only reads, and what keys may read.
fn is_for_keys(request: &HttpRequest, permission: Permission) -> bool {
    request.method().is_safe() && permission.is_for_keys()
}

/// What is left to a caller whose grants for fieldwork have ended.
async fn former_scope(
    request: &HttpRequest,
    caller: &Known,
    permission: Permission,
) -> Result<Option<Scope>> {
    let app = request.app_data::<Data<App>>().ok_or_else(|| Error::internal("no App"))?;
    let account = caller.account;
    let former = app.db.glance(move |conn| store::former_grants(conn, account)).await?;
    Ok(Scope::of_former(permission, account, &former))
}

async fn authenticate(request: &HttpRequest) -> Result<Known> {
    let app = request.app_data::<Data<App>>().ok_or_else(|| Error::internal("no App"))?;
    let door = request.app_data::<Door>().copied().unwrap_or(API);
    let known = match door.credential(request.headers()) {
        Some((_, secret)) if ApiKeySecret::is_meant(&secret) => by_key(request, app, &secret).await?,
        Some((Scheme::Bearer, token)) => by_token(request, app, &token).await?,
        _ => return Err(Error::new(Code::SignInNeeded)),
    };
    note_caller(request, known.account);
    Checks::current().asked().begin(known.account.uuid(), lagging::wants(request));
    Ok(known)
}

async fn by_token(request: &HttpRequest, app: &App, token: &str) -> Result<Known> {
    let now = app.clock.now();
    let tokens =
        request.app_data::<Data<AccessTokens>>().ok_or_else(|| Error::internal("no AccessTokens"))?;
    let claims = tokens.verify(&app.seals, token, now)?;
    let (session, account) = (claims.sid, claims.sub);
    let found = app.db.glance(move |conn| store::caller(conn, session, account, now)).await?;
    let (grants_version, grants) = found.ok_or_else(|| Error::new(Code::SignInNeeded))?;
    Ok(Known { account, shown: Shown::Token(Bearer { session, grants_version }), grants, of_account: None })
}

async fn by_key(request: &HttpRequest, app: &App, secret: &str) -> Result<Known> {
    let limits =
        request.app_data::<Data<SignInLimits>>().ok_or_else(|| Error::internal("no SignInLimits"))?;
    let found = use_api_key(app, limits, Client::of(request).0, secret).await?;
    let (account, shown) = (found.key.account_id, Shown::Key(found.key.id));
    request.extensions_mut().insert(ByKey(found.key.id));
    Ok(Known { account, shown, grants: found.grants, of_account: Some(found.of_account) })
}
