//! The statements about the server's keys.

use diesel::prelude::*;

use super::Secret;
use crate::{
    clock::Clock,
    db::{
        Conn,
        schema::server_key,
        types::{Instant, text_enum},
    },
    error::{Error, Result},
    ids::KeyId,
};

text_enum! {
    /// What a key of the server is for.
    pub enum KeyPurpose {
        /// Signs access tokens (Ed25519, PKCS #8).
        Tokens = "tokens",
        /// Signs receipts (Ed25519, PKCS #8).
        Receipts = "receipts",
        /// Seals cursors, refresh tokens and addresses (HMAC-SHA-256).
        Sealing = "sealing",
    }
}

/// One key of the server.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = server_key)]
pub(super) struct ServerKey {
    pub(super) id: KeyId,
    pub(super) purpose: KeyPurpose,
    material: Vec<u8>,
    pub(super) created_at: Instant,
    pub(super) under_secret: bool,
}

impl ServerKey {
    pub(super) fn new(purpose: KeyPurpose, material: Vec<u8>, clock: &Clock) -> Self {
        Self { id: clock.new_id(), purpose, material, created_at: clock.now(), under_secret: false }
    }

    /// Its material, out from under the secret if it is kept under one.
    pub(super) fn opened(&self, secret: Option<&Secret>) -> Result<Vec<u8>> {
        match (self.under_secret, secret) {
            (false, _) => Ok(self.material.clone()),
            (true, Some(secret)) => secret.open(&self.material, &self.place()),
            (true, None) => Err(Error::internal(
                "the keys are kept under a secret: give it with --keys-secret-file or in INCOGNITO_KEYS_SECRET",
            )),
        }
    }

    /// The same as it is to be kept.
    fn closed(self, secret: Option<&Secret>) -> Result<Self> {
        match secret {
            Some(secret) if !self.under_secret => {
                let material = secret.close(&self.material, &self.place())?;
                Ok(Self { material, under_secret: true, ..self })
            }
            _ => Ok(self),
        }
    }

    fn place(&self) -> [u8; 16] {
        *self.id.uuid().as_bytes()
    }
}

/// The keys, the newest of each purpose first.
///
/// # Errors
/// `internal` if only some are kept under a secret: the server keeps all of them so in one transaction, so another program has
/// added the others, and what they sign vouches for nothing.
pub(super) fn keys(conn: &mut Conn) -> Result<Vec<ServerKey>> {
    let keys: Vec<ServerKey> = server_key::table
        .select(ServerKey::as_select())
        .order((server_key::purpose, server_key::created_at.desc(), server_key::id))
        .load(conn)?;
    let added = keys.iter().find(|key| !key.under_secret).filter(|_| keys.iter().any(|key| key.under_secret));
    match added {
        Some(key) => Err(Error::internal(format_args!(
            "the key {} of {} is not under the secret that the others are kept under: the server has not made it. Delete its row \
             of server_key, or take the database back from a backup",
            key.id, key.created_at
        ))),
        None => Ok(keys),
    }
}

/// The keys, with a fresh one for each purpose that had none. If there is a secret, all are kept under it.
pub(super) fn complete(
    conn: &mut Conn,
    fresh: &[ServerKey],
    secret: Option<&Secret>,
) -> Result<Vec<ServerKey>> {
    let kept = keys(conn)?;
    let missing: Vec<_> =
        fresh.iter().filter(|new| kept.iter().all(|key| key.purpose != new.purpose)).cloned().collect();
    add(conn, &missing, secret)?;
    if secret.is_some() {
        for key in kept.into_iter().filter(|key| !key.under_secret) {
            set_kept(conn, key.closed(secret)?)?;
        }
    }
    keys(conn)
}

/// Adds these keys.
pub(super) fn add(conn: &mut Conn, new: &[ServerKey], secret: Option<&Secret>) -> Result<()> {
    for key in new {
        diesel::insert_into(server_key::table).values(key.clone().closed(secret)?).execute(conn)?;
    }
    Ok(())
}

/// What a deployment calls itself: by its oldest key of receipts, which is as old as its data and is never deleted, so that
/// the same receipt has the same bytes under any address that the server is reached at.
pub(super) fn issuer(keys: &[ServerKey]) -> Option<String> {
    let signing = keys.iter().filter(|key| key.purpose == KeyPurpose::Receipts);
    signing.min_by_key(|key| (key.created_at, key.id)).map(|key| format!("urn:uuid:{}", key.id))
}

/// Writes down that these keys are in the ledger.
pub(super) fn set_sealed(conn: &mut Conn, ids: Vec<KeyId>) -> Result<()> {
    if !ids.is_empty() {
        diesel::update(server_key::table.filter(server_key::id.eq_any(ids)))
            .set(server_key::sealed.eq(true))
            .execute(conn)?;
    }
    Ok(())
}

/// Keeps all keys under another secret than before, or as they are.
pub(super) fn keep_under(conn: &mut Conn, before: Option<&Secret>, secret: Option<&Secret>) -> Result<()> {
    for key in keys(conn)? {
        let bare = ServerKey { material: key.opened(before)?, under_secret: false, ..key };
        set_kept(conn, bare.closed(secret)?)?;
    }
    Ok(())
}

/// Writes down how a key is kept.
fn set_kept(conn: &mut Conn, key: ServerKey) -> Result<()> {
    diesel::update(server_key::table.find(key.id))
        .set((server_key::material.eq(key.material), server_key::under_secret.eq(key.under_secret)))
        .execute(conn)?;
    Ok(())
}
