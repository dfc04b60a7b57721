//! Ed25519 keys: JSON Web Signatures (RFC 7515), and the public halves (RFC 7517).

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use data_encoding::BASE64URL_NOPAD as BASE64URL;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    db::types::{Instant, Sha256},
    error::{Error, Result},
};

/// An Ed25519 key in the forms that its users want.
pub struct SigningKey {
    pub(super) kid: String,
    pub(super) since: Instant,
    encoding: EncodingKey,
    decoding: DecodingKey,
    x: String,
}

impl SigningKey {
    pub(super) fn from_pkcs8(pkcs8: &[u8], since: Instant) -> Result<Self> {
        let pair = Ed25519KeyPair::from_pkcs8(pkcs8).map_err(Error::internal)?;
        let x = BASE64URL.encode(pair.public_key().as_ref());
        Ok(Self {
            kid: short(&Sha256::of(x.as_bytes())),
            encoding: EncodingKey::from_ed_der(pkcs8),
            decoding: DecodingKey::from_ed_components(&x).map_err(Error::internal)?,
            since,
            x,
        })
    }

    /// Its id, as headers name it.
    pub fn id(&self) -> &str {
        &self.kid
    }

    /// Signs a statement as a compact JWS of this type, which says what it is good for (RFC 8725, 3.11).
    ///
    /// # Errors
    /// `internal` if the statement cannot be JSON.
    pub fn sign(&self, r#type: &str, statement: &impl Serialize) -> Result<String> {
        let (kid, typ) = (Some(self.kid.clone()), Some(r#type.to_owned()));
        let header = Header { kid, typ, ..Header::new(Algorithm::EdDSA) };
        jsonwebtoken::encode(&header, statement, &self.encoding).map_err(Error::internal)
    }

    /// The key in the form that verifies.
    pub const fn verifying(&self) -> &DecodingKey {
        &self.decoding
    }

    pub(super) fn jwk(&self) -> Jwk {
        Jwk {
            kty: "OKP",
            crv: "Ed25519",
            r#use: "sig",
            alg: "EdDSA",
            kid: self.kid.clone(),
            x: self.x.clone(),
        }
    }
}

/// So much of a digest as tells keys apart.
pub(super) fn short(digest: &Sha256) -> String {
    digest.to_string().chars().take(16).collect()
}

/// The public keys that verify the receipts of this server (RFC 7517).
#[derive(Debug, Serialize, ToSchema)]
pub struct Jwks {
    /// The issuer of receipts, as their `iss` names it.
    pub(super) issuer: String,
    /// Newest first.
    pub(super) keys: Vec<Jwk>,
}

/// One public key (RFC 8037).
#[derive(Debug, Serialize, ToSchema)]
pub struct Jwk {
    /// Always `OKP`.
    kty: &'static str,
    /// Always `Ed25519`.
    crv: &'static str,
    /// Always `sig`.
    r#use: &'static str,
    /// Always `EdDSA`.
    alg: &'static str,
    /// The key's id, as in a token's header.
    kid: String,
    /// The key, in base64url.
    x: String,
}
