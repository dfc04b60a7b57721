//! The statements about the server's keys.

use diesel::prelude::*;

use crate::{
    clock::Clock,
    db::{
        Conn,
        schema::server_key,
        types::{Instant, text_enum},
    },
    error::Result,
    ids::KeyId,
};

text_enum! {
    /// What a key of the server is for.
    pub enum KeyPurpose {
        /// Signs tokens and receipts (Ed25519, PKCS #8).
        Signing = "signing",
        /// Seals cursors and refresh tokens (HMAC-SHA-256).
        Sealing = "sealing",
    }
}

/// One key of the server.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = server_key)]
pub(super) struct ServerKey {
    id: KeyId,
    pub(super) purpose: KeyPurpose,
    pub(super) material: Vec<u8>,
    pub(super) created_at: Instant,
}

impl ServerKey {
    pub(super) fn new(purpose: KeyPurpose, material: Vec<u8>, clock: &Clock) -> Self {
        Self { id: clock.new_id(), purpose, material, created_at: clock.now() }
    }
}

/// The keys, newest first; these ones, now kept, if there were none.
pub(super) fn keys_or(conn: &mut Conn, fresh: &[ServerKey]) -> Result<Vec<ServerKey>> {
    let keys = server_key::table
        .select(ServerKey::as_select())
        .order(server_key::created_at.desc())
        .load::<ServerKey>(conn)?;
    if !keys.is_empty() {
        return Ok(keys);
    }
    for key in fresh {
        diesel::insert_into(server_key::table).values(key).execute(conn)?;
    }
    Ok(fresh.to_vec())
}

/// What a deployment calls itself: by its oldest signing key, which is as old as its data and is never deleted, so that
/// the same receipt has the same bytes under any address that the server is reached at.
pub(super) fn issuer(keys: &[ServerKey]) -> Option<String> {
    let signing = keys.iter().filter(|key| key.purpose == KeyPurpose::Signing);
    signing.min_by_key(|key| (key.created_at, key.id)).map(|key| format!("urn:uuid:{}", key.id))
}

/// The keys, newest first.
pub(super) fn keys(conn: &mut Conn) -> Result<Vec<ServerKey>> {
    let keys = server_key::table.select(ServerKey::as_select()).order(server_key::created_at.desc());
    Ok(keys.load(conn)?)
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
