//! What the server signs and seals with: cursors, refresh tokens and addresses (HMAC-SHA-256); access tokens and receipts
//! (Ed25519), each with keys of their own.
//!
//! The keys live in the database, beside the data that they vouch for: a receipt stays verifiable as long as its visit is
//! kept, on every server of the same database. Where a [`Secret`] is given, they are kept under it, so that the database
//! alone forges nothing. Of each purpose there may be several: the newest signs, from a minute after it was made, when
//! every server has read it; older ones still verify.

pub mod kept;
pub mod salted;
mod secret;
mod signing;
mod store;

use std::sync::{Arc, PoisonError, RwLock};

use aws_lc_rs::{hmac, rand::SystemRandom, signature::Ed25519KeyPair};
use data_encoding::BASE64URL_NOPAD as BASE64URL;
use serde::Serialize;

use self::store::ServerKey;
pub use self::{
    secret::Secret,
    signing::{Jwk, Jwks, SigningKey},
    store::KeyPurpose,
};
use crate::{
    clock::Clock,
    db::{
        Db,
        types::{Instant, Sha256},
    },
    error::{Error, Result},
};

/// Who issues access tokens, and who issued receipts of their first version.
pub const ISSUER: &str = "incognito";
/// How many bytes of an HMAC-SHA-256 a seal keeps.
const SEAL_LENGTH: usize = 16;
/// So many seconds after it was made a key begins to sign.
pub const SPREAD: i64 = 60;
/// Every so many seconds a server looks for new keys.
pub const LOOK_EVERY: u64 = 10;
/// For so long after its successor began to sign, a key of tokens is believed, in seconds: longer than any token is good.
const TOKENS_KEPT: i64 = 900;

/// The server's keys.
pub struct Seals {
    keys: RwLock<Arc<Keys>>,
    issuer: String,
    clock: Clock,
    secret: Option<Secret>,
}

/// All of them, the newest of each purpose first.
struct Keys {
    tokens: Vec<SigningKey>,
    receipts: Vec<SigningKey>,
    sealing: Vec<SealingKey>,
}

struct SealingKey {
    key: hmac::Key,
    since: Instant,
}

/// A key as people are shown it.
#[derive(Clone, Debug)]
pub struct KeyAbout {
    /// What for.
    pub purpose: KeyPurpose,
    /// Its id, as in the header of what it signs; for a key that only seals, the digest of its secret half.
    pub kid: String,
    /// When it was made.
    pub created_at: Instant,
    /// Whether it is kept under a secret that is not in the database.
    pub under_secret: bool,
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
    /// What shows that a device signed in before.
    Device,
    /// What stands in the log for an address that somebody typed.
    Typed,
    /// The lot by which a visit without flags is approved.
    Approval,
    /// The lot by which a second reviewer is asked about a visit.
    Opinion,
    /// An address from which one file is fetched that was written beside the requests.
    Export,
    /// The address of a chart.
    Chart,
}

/// A lot is one of so many: it is drawn in basis points.
const LOTS: u64 = 10_000;

impl Seals {
    /// Loads the keys, making those that are missing. If there is a secret, all are kept under it from now on.
    ///
    /// # Errors
    /// If the database cannot be read, if a stored key is none, or if keys are kept under another secret.
    pub async fn load(db: &Db, clock: &Clock, secret: Option<Secret>) -> Result<Self> {
        let fresh =
            KeyPurpose::ALL.iter().map(|purpose| new_key(*purpose, clock)).collect::<Result<Vec<_>>>()?;
        let under = secret.clone();
        let stored = db.write(move |conn| store::complete(conn, &fresh, under.as_ref())).await?;
        let issuer = store::issuer(&stored).ok_or_else(|| Error::internal("there is no key of receipts"))?;
        let keys = RwLock::new(Arc::new(Keys::of(stored, secret.as_ref())?));
        Ok(Self { keys, issuer, clock: clock.clone(), secret })
    }

    /// Reads the keys again: another server, or the command line, may have made new ones.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub async fn reload(&self, db: &Db) -> Result<()> {
        let keys = Keys::of(db.read(store::keys).await?, self.secret.as_ref())?;
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
        Ok(())
    }

    /// Makes a new key for each of these purposes.
    ///
    /// # Errors
    /// Those of the database and of chance.
    pub async fn rotate(&self, db: &Db, purposes: &[KeyPurpose]) -> Result<()> {
        let fresh =
            purposes.iter().map(|purpose| new_key(*purpose, &self.clock)).collect::<Result<Vec<_>>>()?;
        let secret = self.secret.clone();
        db.write(move |conn| store::add(conn, &fresh, secret.as_ref())).await?;
        self.reload(db).await
    }

    /// Keeps the keys under another secret from now on, or as they are: gives them as they are read then.
    ///
    /// # Errors
    /// As [`load`](Self::load); then nothing has changed.
    pub async fn kept_under(&self, db: &Db, secret: Option<Secret>) -> Result<Self> {
        let (before, after) = (self.secret.clone(), secret.clone());
        db.write(move |conn| store::keep_under(conn, before.as_ref(), after.as_ref())).await?;
        Self::load(db, &self.clock, secret).await
    }

    /// What keys there are, the newest of each purpose first.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub async fn list(&self, db: &Db) -> Result<Vec<KeyAbout>> {
        let about = |key: &ServerKey| {
            let material = key.opened(self.secret.as_ref())?;
            let kid = match key.purpose {
                KeyPurpose::Sealing => signing::short(&Sha256::of(&material)),
                KeyPurpose::Tokens | KeyPurpose::Receipts => {
                    SigningKey::from_pkcs8(&material, key.created_at)?.kid
                }
            };
            let ServerKey { purpose, created_at, under_secret, .. } = *key;
            Ok(KeyAbout { purpose, kid, created_at, under_secret })
        };
        db.read(store::keys).await?.iter().map(about).collect()
    }

    fn keys(&self) -> Arc<Keys> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The public halves of the keys that sign receipts, as JWKS. Tokens are read by these servers alone, so their keys are
    /// not among them: a key of tokens vouches for no receipt.
    pub fn jwks(&self) -> Jwks {
        let keys = self.keys().receipts.iter().map(SigningKey::jwk).collect();
        Jwks { issuer: self.issuer.clone(), keys }
    }

    /// What this deployment calls itself in what it signs for good.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The secret that keys are kept under, if there is one.
    pub const fn secret(&self) -> Option<&Secret> {
        self.secret.as_ref()
    }

    /// Signs a token of this type.
    ///
    /// # Errors
    /// `internal` if there is no key, or if the claims cannot be JSON.
    pub fn sign_token(&self, r#type: &str, claims: &impl Serialize) -> Result<String> {
        signing_at(&self.keys().tokens, self.clock.now())?.sign(r#type, claims)
    }

    /// Uses the key of tokens with this id, if it is believed: not long after its successor began to sign, it is not.
    pub fn with_token_key<T>(&self, kid: &str, work: impl FnOnce(&SigningKey) -> T) -> Option<T> {
        let (keys, now) = (self.keys(), self.clock.now());
        let at = keys.tokens.iter().position(|key| key.kid == kid)?;
        let successor = at.checked_sub(1).and_then(|newer| keys.tokens.get(newer));
        let is_over = successor.is_some_and(|key| key.since.plus_seconds(SPREAD + TOKENS_KEPT) < now);
        (!is_over).then(|| work(&keys.tokens[at]))
    }

    /// Signs a statement about this moment, as a compact JWS of this type, with the key that signed receipts then: so the
    /// same statement has the same bytes, however many keys follow.
    ///
    /// # Errors
    /// `internal` if there is no key, or if the statement cannot be JSON.
    pub fn sign(&self, r#type: &str, statement: &impl Serialize, about: Instant) -> Result<String> {
        signing_at(&self.keys().receipts, about)?.sign(r#type, statement)
    }

    /// Makes a text that only this server can have made.
    pub fn seal(&self, seal: Seal, bytes: &[u8]) -> String {
        let mut sealed = bytes.to_vec();
        sealed.extend_from_slice(&self.newest_tag(seal, bytes));
        BASE64URL.encode(&sealed)
    }

    /// Gives back what was sealed, if this server sealed it for this use.
    pub fn open(&self, seal: Seal, sealed: &str) -> Option<Vec<u8>> {
        let mut bytes = BASE64URL.decode(sealed.as_bytes()).ok()?;
        let tag = bytes.split_off(bytes.len().checked_sub(SEAL_LENGTH)?);
        self.is_tag(seal, &bytes, &tag).then_some(bytes)
    }

    /// The signature of something that everybody may read and nobody else may have said.
    pub fn signature(&self, seal: Seal, bytes: &[u8]) -> String {
        BASE64URL.encode(&self.newest_tag(seal, bytes))
    }

    /// Whether this server gave this signature to these bytes for this use.
    pub fn is_signature(&self, seal: Seal, bytes: &[u8], signature: &str) -> bool {
        self.is_tag(seal, bytes, &BASE64URL.decode(signature.as_bytes()).unwrap_or_default())
    }

    /// A lot from 0 to 9999 for these bytes: each is as likely, the same bytes have the same lot as long as no newer key seals, and
    /// nobody without the key can tell it.
    pub fn lot(&self, seal: Seal, bytes: &[u8]) -> i64 {
        let tag = self.newest_tag(seal, bytes);
        let number = tag.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        // The remainder favours no lot by more than one in 10¹⁵.
        i64::try_from(number % LOTS).unwrap_or_default()
    }

    fn newest_tag(&self, seal: Seal, bytes: &[u8]) -> [u8; SEAL_LENGTH] {
        let (keys, now) = (self.keys(), self.clock.now());
        let key = keys.sealing.iter().find(|key| begins(key.since) <= now).or(keys.sealing.last());
        // There is always one: without it the keys were not loaded.
        key.map_or([0; SEAL_LENGTH], |key| key.tag(seal, bytes))
    }

    fn is_tag(&self, seal: Seal, bytes: &[u8], tag: &[u8]) -> bool {
        let is_of = |key: &SealingKey| {
            aws_lc_rs::constant_time::verify_slices_are_equal(tag, &key.tag(seal, bytes)).is_ok()
        };
        self.keys().sealing.iter().any(is_of)
    }
}

impl SealingKey {
    fn tag(&self, seal: Seal, bytes: &[u8]) -> [u8; SEAL_LENGTH] {
        let mut context = hmac::Context::with_key(&self.key);
        context.update(&[seal as u8]);
        context.update(bytes);
        let mut tag = [0; SEAL_LENGTH];
        tag.copy_from_slice(&context.sign().as_ref()[..SEAL_LENGTH]);
        tag
    }
}

impl Keys {
    fn of(stored: Vec<ServerKey>, secret: Option<&Secret>) -> Result<Self> {
        let mut keys = Self { tokens: Vec::new(), receipts: Vec::new(), sealing: Vec::new() };
        for key in stored {
            let (material, since) = (key.opened(secret)?, key.created_at);
            match key.purpose {
                KeyPurpose::Tokens => keys.tokens.push(SigningKey::from_pkcs8(&material, since)?),
                KeyPurpose::Receipts => keys.receipts.push(SigningKey::from_pkcs8(&material, since)?),
                KeyPurpose::Sealing => {
                    let key = hmac::Key::new(hmac::HMAC_SHA256, &material);
                    keys.sealing.push(SealingKey { key, since });
                }
            }
        }
        if keys.tokens.is_empty() || keys.receipts.is_empty() || keys.sealing.is_empty() {
            return Err(Error::internal("a key of the server is missing"));
        }
        Ok(keys)
    }
}

fn new_key(purpose: KeyPurpose, clock: &Clock) -> Result<ServerKey> {
    let material = match purpose {
        KeyPurpose::Sealing => random::<32>()?.to_vec(),
        KeyPurpose::Tokens | KeyPurpose::Receipts => {
            let pair = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map_err(Error::internal)?;
            pair.as_ref().to_vec()
        }
    };
    Ok(ServerKey::new(purpose, material, clock))
}

/// When a key that was made then begins to sign.
fn begins(since: Instant) -> Instant {
    since.plus_seconds(SPREAD)
}

/// The key that signs at this moment; before any began, the first.
fn signing_at(keys: &[SigningKey], moment: Instant) -> Result<&SigningKey> {
    let key = keys.iter().find(|key| begins(key.since) <= moment).or(keys.last());
    key.ok_or_else(|| Error::internal("there is no signing key"))
}

/// So many random bytes.
pub fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).map_err(Error::internal)?;
    Ok(bytes)
}
