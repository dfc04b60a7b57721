//! What there is of each table whose rows are sealed: its statements, and the marks of its rows.

use super::super::{
    model::{Key, Kind},
    records::Row,
};
use crate::{
    db::{
        Conn,
        sealing::SealedRow,
        types::{Id, Instant},
    },
    error::Result,
};

/// The mark of a row: whether it is said to be sealed, and since when it waits.
#[derive(Clone, Copy, Debug)]
pub(in crate::ledger) struct Mark {
    pub(in crate::ledger) key: Key,
    pub(in crate::ledger) is_sealed: bool,
    /// Since when it waits to be sealed; it is not known of what was changed.
    pub(in crate::ledger) at: Option<Instant>,
    /// Whether a later revision is said to be sealed than there is.
    pub(in crate::ledger) is_ahead: bool,
}

impl Mark {
    /// That of something that has been there since then.
    pub(super) const fn new(key: Key, is_sealed: bool, at: Instant) -> Self {
        Self { key, is_sealed, at: Some(at), is_ahead: false }
    }

    /// That of something that can change, of which this revision is sealed.
    pub(super) fn revised(key: Key, sealed: i64, revision: i64, at: Instant) -> Self {
        let at = Some(at).filter(|_| sealed == 0);
        Self { key, is_sealed: sealed == revision, at, is_ahead: sealed > revision }
    }
}

/// The rows of a table as a page of their marks gives them: the last place, and the marks.
pub(in crate::ledger) type Marks<P> = (Option<P>, Vec<Mark>);

/// So many ids after this one that the rows of a table have, each once, for records that several rows make together.
macro_rules! ids_after {
    ($conn:ident, $table:ident by $id:ident, $after:expr, $limit:expr) => {{
        let mut query =
            $table::table.order($table::$id).limit($limit).select($table::$id).distinct().into_boxed();
        if let Some(after) = $after {
            query = query.filter($table::$id.gt(after));
        }
        query.load($conn)?
    }};
}
pub(super) use ids_after;

/// Where a row stands: its id, and its number if it is a part of something.
pub(in crate::ledger) type Place = (Id<()>, i32);

/// Reads rows by their ids.
type ReadRows = fn(&mut Conn, Vec<Id<()>>) -> Result<Vec<Row>>;

/// What is read and written of a table whose rows are sealed.
pub(in crate::ledger) struct Table {
    pub(in crate::ledger) kind: Kind,
    /// So many rows that are not sealed.
    pub(in crate::ledger) unsealed: fn(&mut Conn, i64) -> Result<Vec<Row>>,
    /// All rows with these ids.
    pub(in crate::ledger) with_ids: ReadRows,
    /// The marks of so many rows after this place.
    pub(in crate::ledger) marks: fn(&mut Conn, Option<Place>, i64) -> Result<Marks<Place>>,
    /// Writes down that these rows are sealed.
    pub(in crate::ledger) set_sealed: fn(&mut Conn, &[SealedRow]) -> Result<()>,
}
