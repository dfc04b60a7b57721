//! Published versions kept in memory: every visit that arrives needs one, and none ever changes.

use std::sync::Arc;

pub use super::records::Version;
use super::store;
use crate::{
    db::{Conn, Db},
    error::Result,
    ids::VersionId,
    kept::Kept,
};

/// The versions that were used lately.
#[derive(Debug, Default)]
pub struct Versions(Kept<VersionId, Version>);

impl Versions {
    /// The version with this id, of any brand. The caller has to compare `brand_id` with its scope before it shows the
    /// version.
    ///
    /// # Errors
    /// `not_found` if there is none.
    pub async fn get(&self, db: &Db, id: VersionId) -> Result<Arc<Version>> {
        if let Some(version) = self.0.get(id) {
            return Ok(version);
        }
        let version = db.read(move |conn| store::version(conn, id)).await?;
        Ok(self.0.keep(id, version))
    }

    /// The same for those who read already.
    ///
    /// # Errors
    /// `not_found` if there is none.
    pub fn read(&self, conn: &mut Conn, id: VersionId) -> Result<Arc<Version>> {
        match self.0.get(id) {
            Some(version) => Ok(version),
            None => Ok(self.0.keep(id, store::version(conn, id)?)),
        }
    }
}
