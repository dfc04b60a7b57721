//! How rows are marked that are in the ledger: the statements are the owners', made here by the pattern that they share.

use uuid::Uuid;

use super::types::Instant;

/// A row that is in the ledger from now on.
#[derive(Clone, Debug)]
pub struct SealedRow {
    /// Its id, or the first half of its key.
    pub id: Uuid,
    /// Its revision, if it can change; else the second half of its key, if that is a number.
    pub number: i32,
    /// The salt that was drawn for what may have to be erased.
    pub salt: Option<Vec<u8>>,
    /// Since when it is there, where another row may take its place under its id.
    pub at: Option<Instant>,
}

/// The statement that writes down which revisions of a table's rows are in the ledger, and with which salts.
macro_rules! revisions_sealed {
    ($table:ident::table by $id:ident, $name:ident) => {
        /// Writes down which revisions of these rows are in the ledger.
        ///
        /// # Errors
        /// Those of the database.
        pub fn $name(
            conn: &mut $crate::db::Conn,
            rows: &[$crate::db::sealing::SealedRow],
        ) -> $crate::error::Result<()> {
            let mut by_revision = std::collections::BTreeMap::<i32, Vec<$crate::db::types::Id<()>>>::new();
            for row in rows {
                by_revision.entry(row.number).or_default().push($crate::db::types::Id::new(row.id));
            }
            for (revision, ids) in by_revision {
                diesel::update($table::table.filter($table::$id.eq_any(ids)))
                    .set($table::sealed.eq(i64::from(revision)))
                    .execute(conn)?;
            }
            Ok(())
        }
    };
    ($table:ident::table by $id:ident with salts, $name:ident) => {
        /// Writes down which revisions of these rows are in the ledger, and the salts that they have there.
        ///
        /// # Errors
        /// Those of the database.
        pub fn $name(
            conn: &mut $crate::db::Conn,
            rows: &[$crate::db::sealing::SealedRow],
        ) -> $crate::error::Result<()> {
            for row in rows {
                let id = $crate::db::types::Id::<()>::new(row.id);
                diesel::update($table::table.filter($table::$id.eq(id)))
                    .set(($table::sealed.eq(i64::from(row.number)), $table::salt.eq(row.salt.clone())))
                    .execute(conn)?;
            }
            Ok(())
        }
    };
}
pub(crate) use revisions_sealed;

/// The statement that writes down which rows of a table whose rows never change are in the ledger.
macro_rules! rows_sealed {
    ($table:ident::table by $id:ident, $name:ident) => {
        /// Writes down that these rows are in the ledger.
        ///
        /// # Errors
        /// Those of the database.
        pub fn $name(
            conn: &mut $crate::db::Conn,
            rows: &[$crate::db::sealing::SealedRow],
        ) -> $crate::error::Result<()> {
            let ids: Vec<_> = rows.iter().map(|row| $crate::db::types::Id::<()>::new(row.id)).collect();
            diesel::update($table::table.filter($table::$id.eq_any(ids)))
                .set($table::sealed.eq(true))
                .execute(conn)?;
            Ok(())
        }
    };
    ($table:ident::table by $id:ident $(and $number:ident)? $(with $salt:ident)?, $name:ident) => {
        /// Writes down that these rows are in the ledger.
        ///
        /// # Errors
        /// Those of the database.
        pub fn $name(
            conn: &mut $crate::db::Conn,
            rows: &[$crate::db::sealing::SealedRow],
        ) -> $crate::error::Result<()> {
            for row in rows {
                let id = $crate::db::types::Id::<()>::new(row.id);
                diesel::update($table::table.filter($table::$id.eq(id))$(.filter($table::$number.eq(row.number)))?)
                    .set(($table::sealed.eq(true), $($table::$salt.eq(row.salt.clone()),)?))
                    .execute(conn)?;
            }
            Ok(())
        }
    };
}
pub(crate) use rows_sealed;
