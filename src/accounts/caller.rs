//! Who is asking: the extractors that make a permission part of a handler's signature.

use std::{future::Future, marker::PhantomData, pin::Pin};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, web::Data};

use crate::{
    accounts::{
        model::{Bearer, Grant},
        policy::{Permission, Permit, Scope},
        still, store,
        tokens::AccessTokens,
    },
    app::App,
    db::checks::Checks,
    error::{Code, Error, Result},
    http::{
        door::{API, Door, Scheme},
        endpoint::{Access, Part, Signature},
        lagging,
        strangers::Stranger,
    },
    ids::AccountId,
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
    /// On which device, and in which state of their rights.
    pub bearer: Bearer,
    permission: PhantomData<P>,
}

impl<P> Allowed<P> {
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
            let caller = authenticate(&request).await?;
            let bearer = caller.bearer;
            Checks::current().add(move |conn| still::signed_in(conn, bearer));
            Ok(caller)
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
            let scope = match Scope::of(P::PERMISSION, caller.account, &caller.grants) {
                Some(scope) => Some(scope),
                None if P::PERMISSION.outlasts_grants() => {
                    former_scope(&request, &caller, P::PERMISSION).await?
                }
                None => None,
            };
            let scope = scope.ok_or_else(|| Error::new(Code::Forbidden))?;
            if request.method().is_safe() {
                request.extensions_mut().insert(Reach(scope.clone()));
            }
            let (bearer, had) = (caller.bearer, scope.clone());
            Checks::current().add(move |conn| match P::PERMISSION.outlasts_grants() {
                // What was begun may be finished without a grant.
                true => still::signed_in(conn, bearer),
                false => still::has(conn, bearer, &had),
            });
            Ok(Self { scope, bearer, permission: PhantomData })
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

/// Notes whom a request comes from, for the log line and for its connection.
pub fn note_caller(request: &HttpRequest, account: AccountId) {
    request.extensions_mut().insert(Caller(account));
    Stranger::count_no_longer(request);
}

/// What is left to a caller whose grants for fieldwork have ended.
async fn former_scope(
    request: &HttpRequest,
    caller: &SignedIn,
    permission: Permission,
) -> Result<Option<Scope>> {
    let app = request.app_data::<Data<App>>().ok_or_else(|| Error::internal("no App"))?;
    let account = caller.account;
    let former = app.db.glance(move |conn| store::former_grants(conn, account)).await?;
    Ok(Scope::of_former(permission, account, &former))
}

async fn authenticate(request: &HttpRequest) -> Result<SignedIn> {
    let app = request.app_data::<Data<App>>().ok_or_else(|| Error::internal("no App"))?;
    let door = request.app_data::<Door>().copied().unwrap_or(API);
    let token = match door.credential(request.headers()) {
        Some((Scheme::Bearer, token)) => token,
        _ => return Err(Error::new(Code::SignInNeeded)),
    };
    let now = app.clock.now();
    let tokens =
        request.app_data::<Data<AccessTokens>>().ok_or_else(|| Error::internal("no AccessTokens"))?;
    let claims = tokens.verify(&app.seals, &token, now)?;
    let (session, account) = (claims.sid, claims.sub);
    let found = app.db.glance(move |conn| store::caller(conn, session, account, now)).await?;
    let (grants_version, grants) = found.ok_or_else(|| Error::new(Code::SignInNeeded))?;
    note_caller(request, account);
    Checks::current().asked().begin(account.uuid(), lagging::wants(request));
    Ok(SignedIn { account, bearer: Bearer { session, grants_version }, grants })
}
