//! The keys as they are kept: for what seals them, and for what looks later whether they are still the same.

use super::{
    Secret, SigningKey,
    store::{self, KeyPurpose},
};
use crate::{
    db::{
        Conn,
        types::{Instant, Sha256},
    },
    error::Result,
    ids::KeyId,
};

/// A key as it is kept, out from under the secret: the same before and after it was put under one.
pub struct KeptKey {
    /// Its id.
    pub id: KeyId,
    /// What for.
    pub purpose: KeyPurpose,
    /// When it was made.
    pub created_at: Instant,
    /// The digest of the key itself; none if it cannot be opened with the secret that is given.
    pub digest: Option<Sha256>,
    /// What verifies its signatures; none of a key that signs nothing, or that cannot be read.
    pub signing: Option<SigningKey>,
}

/// All keys, the newest of each purpose first.
///
/// # Errors
/// `internal` if a key is kept under a secret and none is given; those of the database.
pub fn all(conn: &mut Conn, secret: Option<&Secret>) -> Result<Vec<KeptKey>> {
    let kept = |key: store::ServerKey| {
        let material = match secret {
            Some(_) => key.opened(secret).ok(),
            None => Some(key.opened(None)?),
        };
        let digest = material.as_deref().map(Sha256::of);
        let signs = material.filter(|_| key.purpose != KeyPurpose::Sealing);
        let signing = signs.and_then(|material| SigningKey::from_pkcs8(&material, key.created_at).ok());
        Ok(KeptKey { id: key.id, purpose: key.purpose, created_at: key.created_at, digest, signing })
    };
    store::keys(conn)?.into_iter().map(kept).collect()
}

/// Writes down that these keys are in the ledger.
///
/// # Errors
/// Those of the database.
pub fn set_sealed(conn: &mut Conn, ids: Vec<KeyId>) -> Result<()> {
    store::set_sealed(conn, ids)
}
