//! Access tokens: JWTs of ten minutes, signed with EdDSA.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
};

use jsonwebtoken::{Algorithm, Validation};
use serde::{Deserialize, Serialize};

use crate::{
    db::types::{Instant, Sha256},
    error::{Code, Error, Result},
    ids::{AccountId, SessionId},
    seals::{ISSUER, Seals},
};

/// How long an access token is good, in seconds.
pub const LIFETIME: i64 = 600;
/// How far another server's clock may be ahead of ours, in seconds.
const LEEWAY: i64 = 5;
/// The type of an access token (RFC 9068), which tells it from other things that are signed.
const TYPE: &str = "at+jwt";

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
struct Verified(RwLock<HashMap<Sha256, Claims>>);

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

/// Access tokens that were read before.
#[derive(Default)]
pub struct AccessTokens {
    verified: Verified,
}

impl AccessTokens {
    /// Reads an access token: signature, issuer, audience and time.
    ///
    /// # Errors
    /// `sign_in_needed` for everything that is wrong with it.
    pub fn verify(&self, seals: &Seals, token: &str, now: Instant) -> Result<Claims> {
        let digest = Sha256::of(token.as_bytes());
        let claims = match self.verified.get(&digest) {
            Some(claims) => claims,
            None => {
                let claims = check_signature(seals, token)?;
                self.verified.insert(digest, claims.clone(), now);
                claims
            }
        };
        claims.hold_at(now).then_some(claims).ok_or_else(|| Error::new(Code::SignInNeeded))
    }
}

/// Issues an access token.
///
/// # Errors
/// `internal` if the server has no key.
pub fn issue(seals: &Seals, account: AccountId, session: SessionId, now: Instant) -> Result<String> {
    let (iss, aud) = (ISSUER.to_owned(), ISSUER.to_owned());
    let iat = now.unix_seconds();
    let claims = Claims { iss, aud, sub: account, sid: session, iat, nbf: iat, exp: iat + LIFETIME };
    seals.sign_token(TYPE, &claims)
}

fn check_signature(seals: &Seals, token: &str) -> Result<Claims> {
    let refused = |cause: &dyn std::fmt::Display| Error::new(Code::SignInNeeded).because(cause);
    let header = jsonwebtoken::decode_header(token).map_err(|error| refused(&error))?;
    if header.typ.as_deref() != Some(TYPE) {
        return Err(refused(&"another type"));
    }
    let kid = header.kid.unwrap_or_default();
    let read = seals.with_token_key(&kid, |key| jsonwebtoken::decode(token, key.verifying(), &validation()));
    let read = read.ok_or_else(|| refused(&"an unknown key"))?;
    read.map(|data| data.claims).map_err(|error| refused(&error))
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
