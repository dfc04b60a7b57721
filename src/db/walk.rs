//! Long results, read a piece at a time by key.

use std::sync::Arc;

use futures_util::{Stream, stream::try_unfold};

use super::{Conn, Db, checks::Checks};
use crate::error::Result;

/// How many rows a piece has at most: some milliseconds of reading.
pub const PIECE: usize = 500;

/// All rows that `read` gives after this key, in pieces. `read` is given a key and how many rows to give at most; it gives
/// those after the key, in the order of a key that never changes and that no two rows have. So no row comes twice, and
/// none that was there at the beginning and still is is left out.
///
/// Each piece is read from one state of the data ([`Db::snapshot`]), begun when it is asked for: no connection is held while its reader is
/// slow. The pieces are therefore not of one state of the data: a row that was added or changed meanwhile may be seen so.
///
/// Where a request asks, each piece begins with its [`Checks`]: when the rights are gone, there are no more pieces.
pub fn walk<K, T>(
    db: Db,
    after: Option<K>,
    read: impl Fn(&mut Conn, Option<K>, i64) -> Result<Vec<T>> + Send + Sync + 'static,
    key: impl Fn(&T) -> K,
) -> impl Stream<Item = Result<Vec<T>>>
where
    K: Clone + Send + 'static,
    T: Send + 'static,
{
    let (read, checks) = (Arc::new(read), Checks::current());
    try_unfold((Some(after), key), move |(after, key)| {
        let (db, read, checks) = (db.clone(), Arc::clone(&read), checks.clone());
        async move {
            let Some(after) = after else { return Ok(None) };
            checks.clone().around(still_let_in(&db)).await?;
            let piece = move |conn: &mut Conn| read(conn, after.clone(), PIECE as i64);
            let rows = checks.around(db.snapshot(piece)).await?;
            let next = match rows.last() {
                None => return Ok(None),
                Some(last) if rows.len() == PIECE => Some(Some(key(last))),
                Some(_) => None,
            };
            Ok(Some((rows, (next, key))))
        }
    })
}

/// Looks again at what let in the request that is under way, between two pieces of what is read for it. On the primary: what was taken away there may still stand in a
/// replica.
///
/// # Errors
/// Those of the [`Checks`] that fail; those of the database.
pub async fn still_let_in(db: &Db) -> Result<()> {
    let checks = Checks::current();
    db.glance(move |conn| checks.hold(conn)).await
}
