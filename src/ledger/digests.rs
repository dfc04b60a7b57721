//! The digests of records as they are stored.

use uuid::Uuid;

use super::{
    model::{Key, Kind},
    records::Record,
    store::{self, Table},
};
use crate::{
    db::{
        Conn,
        types::{Id, Sha256},
    },
    error::Result,
    seals::Secret,
};

/// What is stored of a record: which it is, at which revision or number, and its digest; none if none can be made.
pub(super) type Digest = (Key, Option<Sha256>);

/// The digests of what is stored now of these records of a kind, in no order.
///
/// # Errors
/// Those of the database.
pub(super) fn digests(
    conn: &mut Conn,
    tables: &[Table],
    secret: Option<&Secret>,
    kind: Kind,
    ids: &[Uuid],
) -> Result<Vec<Digest>> {
    fn typed<T>(ids: &[Uuid]) -> Vec<Id<T>> {
        ids.iter().copied().map(Id::new).collect()
    }
    fn of(records: Vec<impl Record>) -> Vec<Digest> {
        records.iter().map(|record| (record.key(), record.digest().ok())).collect()
    }
    Ok(match kind {
        Kind::Arrival => of(store::arrivals(conn, typed(ids))?),
        Kind::Completion => of(store::completions(conn, typed(ids))?),
        Kind::Copy => of(store::copies(conn, typed(ids))?),
        Kind::Key => of(store::keys(conn, secret, typed(ids))?),
        Kind::Replacement => of(store::replacements(conn, typed(ids))?),
        other => match tables.iter().find(|table| table.kind == other) {
            Some(table) => of((table.with_ids)(conn, typed(ids))?),
            None => Vec::new(),
        },
    })
}
