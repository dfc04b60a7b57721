//! What checklists know an entry of the catalogue by: its brand and its key, for good.

use super::model::{Dimension, Standard};
use crate::{
    error::{Code, Error, Result},
    ids::BrandId,
};

/// The brand and the key of a dimension or a standard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Identity<'e> {
    brand_id: BrandId,
    key: &'e str,
}

impl Dimension {
    pub(super) fn identity(&self) -> Identity<'_> {
        Identity { brand_id: self.brand_id, key: &self.key }
    }
}

impl Standard {
    pub(super) fn identity(&self) -> Identity<'_> {
        Identity { brand_id: self.brand_id, key: &self.key }
    }
}

impl Identity<'_> {
    /// Refuses to change it.
    ///
    /// # Errors
    /// `conflict` if the wanted one is another.
    pub(super) fn stays(self, wanted: Identity<'_>) -> Result<()> {
        let conflict = |detail: &str| Err(Error::new(Code::Conflict).detail(detail));
        if self.brand_id != wanted.brand_id {
            return conflict("it belongs to another brand, and stays there");
        }
        if self.key != wanted.key {
            return conflict("it has another key, and keeps it");
        }
        Ok(())
    }
}
