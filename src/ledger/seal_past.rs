//! Sealing what fills a database with a past: in the transaction that keeps the rows, which are marked as sealed from the beginning.

use std::collections::HashMap;

use uuid::Uuid;

use super::{
    digests::digests,
    model::{Entry, Kind},
    seal::next_batch,
    store,
};
use crate::{
    db::{Conn, types::Instant},
    error::{Error, Result},
    ids::BrandId,
    seals::Seals,
};

/// So many records are read by one statement.
const AT_ONCE: usize = 500;

/// Appends a batch to the chain of a brand: entries of these records of the brand, with all revisions or parts that they have.
///
/// # Errors
/// `internal` if a record is not there or has no digest; those of the database.
pub fn seal_past(
    conn: &mut Conn,
    seals: &Seals,
    brand: BrandId,
    records: &[(Kind, Vec<Uuid>)],
    now: Instant,
) -> Result<()> {
    let (tables, mut entries) = (store::tables(), Vec::new());
    for (kind, ids) in records {
        for some in ids.chunks(AT_ONCE) {
            let found = digests(conn, &tables, seals.secret(), *kind, some)?;
            let mut by_id: HashMap<Uuid, Vec<Entry>> = HashMap::with_capacity(some.len());
            for (key, digest) in found {
                let digest = digest.ok_or_else(|| Error::internal(format_args!("{key} has no digest")))?;
                by_id.entry(key.id).or_default().push(Entry { key, digest });
            }
            for id in some {
                let of_record = by_id.remove(id);
                entries
                    .extend(of_record.ok_or_else(|| Error::internal("what is to be sealed is not there"))?);
            }
        }
    }
    let last = store::last(conn, brand)?;
    let batch = next_batch(seals, brand, last.as_ref(), Entry::write(&entries), now)?;
    if store::append(conn, &batch)? { Ok(()) } else { Err(Error::internal("the chain has such a batch")) }
}
