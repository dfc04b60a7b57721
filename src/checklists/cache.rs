//! Published versions kept in memory: every visit that arrives needs one, and none ever changes.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

pub use super::records::Version;
use super::store;
use crate::{db::Db, error::Result, ids::VersionId};

/// So many versions are kept; an operator has fewer in use at a time.
const MOST: usize = 500;

/// The versions that were used lately.
#[derive(Debug, Default)]
pub struct Versions(RwLock<HashMap<VersionId, Arc<Version>>>);

impl Versions {
    /// The version with this id, of any brand. The caller has to compare `brand_id` with its scope before it shows the
    /// version.
    ///
    /// # Errors
    /// `not_found` if there is none.
    pub async fn get(&self, db: &Db, id: VersionId) -> Result<Arc<Version>> {
        if let Some(version) = self.at_hand(id) {
            return Ok(version);
        }
        let version = db.read(move |conn| store::version(conn, id).map(Arc::new)).await?;
        Ok(self.keep(version))
    }

    // A thread that panics while it holds the lock leaves the map whole, so a poisoned lock can be used.
    fn at_hand(&self, id: VersionId) -> Option<Arc<Version>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(&id).map(Arc::clone)
    }

    /// Of two that were read at once, the first is kept and given to both.
    fn keep(&self, version: Arc<Version>) -> Arc<Version> {
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST && !kept.contains_key(&version.id) {
            // Any other goes: a version that is still in use comes back with the next visit.
            if let Some(other) = kept.keys().next().copied() {
                kept.remove(&other);
            }
        }
        Arc::clone(kept.entry(version.id).or_insert(version))
    }
}
