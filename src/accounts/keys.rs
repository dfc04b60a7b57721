//! The server's keys: they sign access tokens and receipts, and seal what a client carries without understanding it.
//!
//! They live in the database, beside the data that they vouch for: a receipt stays verifiable as long as its visit is
//! kept, on every server of the same database.

use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    signature::{Ed25519KeyPair, KeyPair},
};
use data_encoding::BASE64URL_NOPAD as BASE64URL;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header};
use serde::Serialize;
use utoipa::ToSchema;

use super::{model::KeyPurpose, store, tokens::Verified};
use crate::{
    clock::Clock,
    db::{
        Db,
        types::{Instant, Sha256},
    },
    error::{Error, Result},
};

/// How many bytes of an HMAC-SHA-256 a seal keeps.
const SEAL_LENGTH: usize = 16;

/// The server's keys, loaded once.
pub struct Keys {
    /// Newest first: the first signs, all verify.
    pub(super) signing: Vec<SigningKey>,
    sealing: hmac::Key,
    pub(super) verified: Verified,
}

/// An Ed25519 key in the forms that its users want.
pub(super) struct SigningKey {
    pub(super) kid: String,
    pub(super) encoding: EncodingKey,
    pub(super) decoding: DecodingKey,
    since: Instant,
    x: String,
}

/// What a seal is for; a value sealed for one use opens for no other.
#[derive(Clone, Copy, Debug)]
pub enum Seal {
    /// Where a list goes on.
    Cursor,
    /// A refresh token.
    Refresh,
    /// An address that is good for some minutes.
    Address,
}

impl Keys {
    /// Loads the keys, making them first if there are none.
    pub async fn load(db: &Db, clock: &Clock) -> Result<Self> {
        let pkcs8 =
            Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map_err(Error::internal)?.as_ref().to_vec();
        let secret = random::<32>()?.to_vec();
        let fresh = [(KeyPurpose::Signing, pkcs8), (KeyPurpose::Sealing, secret)]
            .map(|(purpose, material)| store::ServerKey::new(purpose, material, clock));
        let keys = db.write(move |conn| store::keys_or(conn, &fresh)).await?;
        let signing = keys
            .iter()
            .filter(|key| key.purpose == KeyPurpose::Signing)
            .map(|key| SigningKey::from_pkcs8(&key.material, key.created_at))
            .collect::<Result<_>>()?;
        let sealing = keys
            .iter()
            .find(|key| key.purpose == KeyPurpose::Sealing)
            .ok_or_else(|| Error::internal("there is no sealing key"))?;
        let sealing = hmac::Key::new(hmac::HMAC_SHA256, &sealing.material);
        Ok(Self { signing, sealing, verified: Verified::default() })
    }

    /// The public halves, as JWKS.
    pub fn jwks(&self) -> Jwks {
        Jwks { keys: self.signing.iter().map(SigningKey::jwk).collect() }
    }

    /// Signs a statement about this moment, as a compact JWS of this type, with the key that was the newest then: so the
    /// same statement has the same bytes, whatever keys come later.
    pub fn sign(&self, r#type: &str, statement: &impl Serialize, about: Instant) -> Result<String> {
        let key = self.signing.iter().find(|key| key.since <= about).or(self.signing.last());
        let key = key.ok_or_else(|| Error::internal("there is no signing key"))?;
        let (kid, typ) = (Some(key.kid.clone()), Some(r#type.to_owned()));
        let header = Header { kid, typ, ..Header::new(Algorithm::EdDSA) };
        jsonwebtoken::encode(&header, statement, &key.encoding).map_err(Error::internal)
    }

    /// Makes a text that only this server can have made.
    pub fn seal(&self, seal: Seal, bytes: &[u8]) -> String {
        let mut sealed = bytes.to_vec();
        sealed.extend_from_slice(&self.tag(seal, bytes));
        BASE64URL.encode(&sealed)
    }

    /// Gives back what was sealed, if this server sealed it for this use.
    pub fn open(&self, seal: Seal, sealed: &str) -> Option<Vec<u8>> {
        let mut bytes = BASE64URL.decode(sealed.as_bytes()).ok()?;
        let tag = bytes.split_off(bytes.len().checked_sub(SEAL_LENGTH)?);
        aws_lc_rs::constant_time::verify_slices_are_equal(&tag, &self.tag(seal, &bytes)).ok()?;
        Some(bytes)
    }

    /// The signature of something that everybody may read and nobody else may have said.
    pub fn signature(&self, seal: Seal, bytes: &[u8]) -> String {
        BASE64URL.encode(&self.tag(seal, bytes))
    }

    /// Whether this server gave this signature to these bytes for this use.
    pub fn is_signature(&self, seal: Seal, bytes: &[u8], signature: &str) -> bool {
        let given = BASE64URL.decode(signature.as_bytes()).unwrap_or_default();
        aws_lc_rs::constant_time::verify_slices_are_equal(&given, &self.tag(seal, bytes)).is_ok()
    }

    fn tag(&self, seal: Seal, bytes: &[u8]) -> [u8; SEAL_LENGTH] {
        let mut context = hmac::Context::with_key(&self.sealing);
        context.update(&[seal as u8]);
        context.update(bytes);
        let mut tag = [0; SEAL_LENGTH];
        tag.copy_from_slice(&context.sign().as_ref()[..SEAL_LENGTH]);
        tag
    }
}

impl SigningKey {
    fn from_pkcs8(pkcs8: &[u8], since: Instant) -> Result<Self> {
        let pair = Ed25519KeyPair::from_pkcs8(pkcs8).map_err(Error::internal)?;
        let x = BASE64URL.encode(pair.public_key().as_ref());
        Ok(Self {
            kid: Sha256::of(x.as_bytes()).to_string().chars().take(16).collect(),
            encoding: EncodingKey::from_ed_der(pkcs8),
            decoding: DecodingKey::from_ed_components(&x).map_err(Error::internal)?,
            since,
            x,
        })
    }

    fn jwk(&self) -> Jwk {
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

/// The public keys that verify what this server signs (RFC 7517).
#[derive(Debug, Serialize, ToSchema)]
pub struct Jwks {
    /// Newest first.
    keys: Vec<Jwk>,
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

/// So many random bytes.
pub fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).map_err(Error::internal)?;
    Ok(bytes)
}
