//! What the server signs and seals with: cursors, refresh tokens and addresses (HMAC-SHA-256); access tokens and receipts
//! (Ed25519).
//!
//! The keys live in the database, beside the data that they vouch for: a receipt stays verifiable as long as its visit is
//! kept, on every server of the same database.

pub mod salted;
mod signing;
mod store;

use aws_lc_rs::{hmac, rand::SystemRandom, signature::Ed25519KeyPair};
use data_encoding::BASE64URL_NOPAD as BASE64URL;
use serde::Serialize;

use self::store::ServerKey;
pub use self::{
    signing::{Jwk, Jwks, SigningKey},
    store::KeyPurpose,
};
use crate::{
    clock::Clock,
    db::{Conn, Db, types::Instant},
    error::{Error, Result},
    ids::KeyId,
};

/// Who issues access tokens, and who issued receipts of their first version.
pub const ISSUER: &str = "incognito";
/// How many bytes of an HMAC-SHA-256 a seal keeps.
const SEAL_LENGTH: usize = 16;

/// The server's keys, loaded once.
pub struct Seals {
    /// Newest first: the first signs, all verify.
    signing: Vec<SigningKey>,
    sealing: hmac::Key,
    issuer: String,
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

impl Seals {
    /// Loads the keys, making them first if there are none.
    ///
    /// # Errors
    /// If the database cannot be read, or if a stored key is none.
    pub async fn load(db: &Db, clock: &Clock) -> Result<Self> {
        let pkcs8 =
            Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map_err(Error::internal)?.as_ref().to_vec();
        let secret = random::<32>()?.to_vec();
        let fresh = [(KeyPurpose::Signing, pkcs8), (KeyPurpose::Sealing, secret)]
            .map(|(purpose, material)| ServerKey::new(purpose, material, clock));
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
        let issuer = store::issuer(&keys).ok_or_else(|| Error::internal("there is no signing key"))?;
        Ok(Self { signing, sealing, issuer })
    }

    /// The public halves, as JWKS.
    pub fn jwks(&self) -> Jwks {
        Jwks { issuer: self.issuer.clone(), keys: self.signing.iter().map(SigningKey::jwk).collect() }
    }

    /// What this deployment calls itself in what it signs for good.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The key that signs now.
    ///
    /// # Errors
    /// `internal` if there is none.
    pub fn newest(&self) -> Result<&SigningKey> {
        self.signing.first().ok_or_else(|| Error::internal("there is no signing key"))
    }

    /// The key with this id.
    pub fn key(&self, kid: &str) -> Option<&SigningKey> {
        self.signing.iter().find(|key| key.kid == kid)
    }

    /// Signs a statement about this moment, as a compact JWS of this type, with the key that was the newest then: so the
    /// same statement has the same bytes, however many keys follow.
    ///
    /// # Errors
    /// `internal` if there is no key, or if the statement cannot be JSON.
    pub fn sign(&self, r#type: &str, statement: &impl Serialize, about: Instant) -> Result<String> {
        let key = self.signing.iter().find(|key| key.since <= about);
        key.or(self.signing.last()).map_or_else(|| self.newest(), Ok)?.sign(Some(r#type), statement)
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

/// The keys that sign, newest first, as far as they can be read: for those who only look.
///
/// # Errors
/// Those of the database.
pub fn signing_keys(conn: &mut Conn) -> Result<Vec<SigningKey>> {
    let keys = store::keys(conn)?.into_iter().filter(|key| key.purpose == KeyPurpose::Signing);
    Ok(keys.filter_map(|key| SigningKey::from_pkcs8(&key.material, key.created_at).ok()).collect())
}

/// Writes down that these keys are in the ledger.
///
/// # Errors
/// Those of the database.
pub fn set_sealed(conn: &mut Conn, ids: Vec<KeyId>) -> Result<()> {
    store::set_sealed(conn, ids)
}

/// So many random bytes.
pub fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).map_err(Error::internal)?;
    Ok(bytes)
}
