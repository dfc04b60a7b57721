//! What is read of the server's keys: they may be kept under a secret.

use diesel::{
    dsl::{exists, select, sql},
    prelude::*,
    sql_types::Bool,
};

use super::{
    super::model::{Key, Kind},
    table::{Mark, Marks},
};
use crate::{
    db::{Conn, schema::server_key, types::Instant},
    error::Result,
    ids::KeyId,
    seals::{
        Secret,
        kept::{self, KeptKey},
    },
};

/// What is not sealed yet. Spelled out, because only so the engines see it as what an index answers.
const KEYS: &str = "NOT server_key.sealed";

/// Keys of the server that are not sealed; there are few keys.
pub(in crate::ledger) fn unsealed_keys(conn: &mut Conn, secret: Option<&Secret>) -> Result<Vec<KeptKey>> {
    let unsealed: Vec<KeyId> =
        server_key::table.filter(sql::<Bool>(KEYS)).select(server_key::id).load(conn)?;
    if unsealed.is_empty() { Ok(Vec::new()) } else { keys(conn, secret, unsealed) }
}

/// The keys with these ids.
pub(in crate::ledger) fn keys(
    conn: &mut Conn,
    secret: Option<&Secret>,
    ids: Vec<KeyId>,
) -> Result<Vec<KeptKey>> {
    let all = kept::all(conn, secret)?.into_iter();
    Ok(all.filter(|key| ids.contains(&key.id)).collect())
}

/// Whether a key is not sealed.
pub(in crate::ledger) fn has_unsealed_keys(conn: &mut Conn) -> Result<bool> {
    Ok(select(exists(server_key::table.filter(sql::<Bool>(KEYS)))).get_result::<bool>(conn)?)
}

/// Marks of the keys after this one.
pub(in crate::ledger) fn marks_of_keys(
    conn: &mut Conn,
    after: Option<KeyId>,
    limit: i64,
) -> Result<Marks<KeyId>> {
    let mut query = server_key::table
        .order(server_key::id)
        .limit(limit)
        .select((server_key::id, server_key::created_at, server_key::sealed))
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(server_key::id.gt(after));
    }
    let rows: Vec<(KeyId, Instant, bool)> = query.load(conn)?;
    let mark = |(id, at, is_sealed): &(KeyId, Instant, bool)| {
        Mark::new(Key { kind: Kind::Key, id: id.uuid(), number: 0 }, *is_sealed, *at)
    };
    Ok((rows.last().map(|row| row.0), rows.iter().map(mark).collect()))
}
