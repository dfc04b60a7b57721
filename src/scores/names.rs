//! What the numbers of subjects stand for, kept in memory: every figure that is read needs it, and a number never stands for another subject.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use crate::{
    checklists::{
        self,
        counted::{Subject, SubjectNumber},
    },
    db::Conn,
    error::Result,
    ids::BrandId,
};

/// The subjects of so many brands are kept.
const MOST: usize = 500;

/// The subjects of one brand.
pub type OfBrand = Arc<HashMap<SubjectNumber, Subject>>;

/// The subjects of the brands whose figures were read lately.
#[derive(Debug, Default)]
pub struct Names(RwLock<HashMap<BrandId, OfBrand>>);

impl Names {
    /// The subjects of a brand, of which this is one.
    ///
    /// # Errors
    /// None but those of the database.
    pub fn of(&self, conn: &mut Conn, brand: BrandId, last: SubjectNumber) -> Result<OfBrand> {
        if let Some(kept) = self.at_hand(brand)
            && kept.contains_key(&last)
        {
            return Ok(kept);
        }
        let subjects = checklists::store::subjects::above(conn, brand, SubjectNumber::OVERALL)?;
        let overall = [(SubjectNumber::OVERALL, Subject::Overall)];
        let all = Arc::new(overall.into_iter().chain(subjects).collect());
        self.keep(brand, &all);
        Ok(all)
    }

    // A thread that panics while it holds the lock leaves the map whole, so a poisoned lock can be used.
    fn at_hand(&self, brand: BrandId) -> Option<OfBrand> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(&brand).map(Arc::clone)
    }

    fn keep(&self, brand: BrandId, subjects: &OfBrand) {
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST && !kept.contains_key(&brand) {
            // Any other goes: a brand whose figures are read comes back with the next of them.
            if let Some(other) = kept.keys().next().copied() {
                kept.remove(&other);
            }
        }
        kept.insert(brand, Arc::clone(subjects));
    }
}
