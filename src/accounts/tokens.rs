//! Access tokens: JWTs of ten minutes, signed with EdDSA.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
};

use jsonwebtoken::{Algorithm, Header, Validation};
use serde::{Deserialize, Serialize};

use super::keys::Keys;
use crate::{
    db::types::{Instant, Sha256},
    error::{Code, Error, Result},
    ids::{AccountId, SessionId},
};

/// Who issues the tokens, and for whom: this server for itself. Receipts name it too, as who signs.
pub const ISSUER: &str = "incognito";
/// How long an access token is good, in seconds.
pub const LIFETIME: i64 = 600;
/// How far another server's clock may be ahead of ours, in seconds.
const LEEWAY: i64 = 5;

/// What an access token says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claims {
    iss: String,
    aud: String,
    /// Whose it is.
    pub sub: AccountId,
    /// The session that it belongs to.
    pub sid: SessionId,
    iat: i64,
    nbf: i64,
    /// When it ends, in seconds of the Unix time.
    pub exp: i64,
}

impl Claims {
    fn hold_at(&self, now: Instant) -> bool {
        (self.nbf - LEEWAY..self.exp).contains(&now.unix_seconds())
    }
}

/// Tokens whose signature was found good, by their digest, so that each is checked once and not at every request.
#[derive(Default)]
pub(super) struct Verified(RwLock<HashMap<Sha256, Claims>>);

/// When this many are remembered, the ended ones are forgotten.
const MOST_REMEMBERED: usize = 50_000;

impl Verified {
    fn get(&self, token: &Sha256) -> Option<Claims> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(token).cloned()
    }

    fn insert(&self, token: Sha256, claims: Claims, now: Instant) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_REMEMBERED {
            known.retain(|_, claims| claims.hold_at(now));
        }
        if known.len() < MOST_REMEMBERED {
            known.insert(token, claims);
        }
    }
}

impl Keys {
    /// Issues an access token.
    pub fn issue(&self, account: AccountId, session: SessionId, now: Instant) -> Result<String> {
        let key = self.signing.first().ok_or_else(|| Error::internal("there is no signing key"))?;
        let (iss, aud) = (ISSUER.to_owned(), ISSUER.to_owned());
        let iat = now.unix_seconds();
        let claims = Claims { iss, aud, sub: account, sid: session, iat, nbf: iat, exp: iat + LIFETIME };
        let header = Header { kid: Some(key.kid.clone()), ..Header::new(Algorithm::EdDSA) };
        jsonwebtoken::encode(&header, &claims, &key.encoding).map_err(Error::internal)
    }

    /// Reads an access token: signature, issuer, audience and time.
    ///
    /// # Errors
    /// `sign_in_needed` for whatever is wrong with it.
    pub fn verify(&self, token: &str, now: Instant) -> Result<Claims> {
        let digest = Sha256::of(token.as_bytes());
        let claims = match self.verified.get(&digest) {
            Some(claims) => claims,
            None => {
                let claims = self.check_signature(token)?;
                self.verified.insert(digest, claims.clone(), now);
                claims
            }
        };
        claims.hold_at(now).then_some(claims).ok_or_else(|| Error::new(Code::SignInNeeded))
    }

    fn check_signature(&self, token: &str) -> Result<Claims> {
        let refused = |cause: &dyn std::fmt::Display| Error::new(Code::SignInNeeded).because(cause);
        let header = jsonwebtoken::decode_header(token).map_err(|error| refused(&error))?;
        let key = self
            .signing
            .iter()
            .find(|key| header.kid.as_deref() == Some(&key.kid))
            .ok_or_else(|| refused(&"an unknown key"))?;
        jsonwebtoken::decode(token, &key.decoding, &validation())
            .map(|data| data.claims)
            .map_err(|error| refused(&error))
    }
}

/// Times must be there, but are compared with our own clock.
fn validation() -> Validation {
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[ISSUER]);
    validation.set_required_spec_claims(&["exp", "nbf", "aud", "iss"]);
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation
}
