//! Tables to which each change of a thing adds a row with the next revision: the row with the highest one counts. The statements are the owners', made
//! here by the pattern that they share.

use super::types::Id;

/// The id of the row of a thing in one of its revisions: made of these and of the table, so that a row which is written twice is one.
pub fn row_id<T, R>(table: &str, of: Id<T>, revision: i64) -> Id<R> {
    Id::named(&format!("{table}\n{of}\n{revision}"))
}

/// The condition for the rows that count, as `COUNTS`. Where things can be deleted, the row of a deleted thing does not count, and the statement named
/// says whether there is a thing that a `PUT` would change.
macro_rules! latest_counts {
    ($table:ident by $of:ident) => {
        /// Of each thing the row that counts.
const COUNTS: &str = $crate::db::latest::is_latest!($table by $of);
    };
    ($table:ident by $of:ident: $id:ty, unless deleted, $is_there:ident) => {
        /// Of each thing the row that counts, unless the thing was deleted.
        const COUNTS: &str = concat!(
            "NOT ",
            stringify!($table),
            ".is_deleted AND ",
    $crate::db::latest::is_latest!($table by $of)
        );

        /// Whether there is a thing with this id, in any scope.
        ///
        /// # Errors
        /// `conflict` if it was deleted.
        fn $is_there(conn: &mut $crate::db::Conn, id: $id) -> $crate::error::Result<bool> {
            let last: Option<bool> = $table::table
                .filter($table::$of.eq(id))
                .order($table::revision.desc())
                .select($table::is_deleted)
                .first(conn)
                .optional()?;
            if last == Some(true) {
                let why = "what had this id was deleted: take another id";
                return Err($crate::error::Error::new($crate::error::Code::Conflict).detail(why));
            }
            Ok(last.is_some())
        }
    };
}
pub(crate) use latest_counts;

macro_rules! is_latest {
    ($table:ident by $of:ident) => {
        concat!(
            "NOT EXISTS (SELECT 1 FROM ",
            stringify!($table),
            " AS later WHERE later.",
            stringify!($of),
            " = ",
            stringify!($table),
            ".",
            stringify!($of),
            " AND later.revision > ",
            stringify!($table),
            ".revision)"
        )
    };
}
pub(crate) use is_latest;
