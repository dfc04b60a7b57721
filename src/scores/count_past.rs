//! Counting visits of the past: many at once, right into the figures.

use std::collections::BTreeMap;

use super::{
    fold::Folded,
    model::{Counted, Reader},
    vector::Vector,
};
use crate::{
    db::Conn,
    error::Result,
    ids::{BranchId, BrandId},
    months::Month,
};

/// Visits that are to be counted.
#[derive(Debug, Default)]
pub struct CountPast(BTreeMap<(Reader, BrandId, BranchId, Month), Vector>);

impl CountPast {
    /// Takes up a visit for a reader.
    pub fn take(&mut self, reader: Reader, visit: &Counted) {
        let of = (reader, visit.brand_id, visit.branch_id, visit.month);
        let sums = self.0.entry(of).or_default();
        *sums = sums.plus(&visit.scores);
    }

    /// Adds all of them to the figures of their places.
    ///
    /// # Errors
    /// None but those of the database.
    pub fn keep(self, conn: &mut Conn) -> Result<()> {
        let mut folded = Folded::default();
        for ((reader, brand, branch, month), sums) in self.0 {
            folded.branch(conn, reader, (brand, branch, month), &sums)?;
        }
        folded.keep(conn)
    }
}
