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
