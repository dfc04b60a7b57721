//! What the numbers of subjects stand for, kept in memory: every figure that is read needs it, and a number never stands for another subject.

use std::{collections::HashMap, sync::Arc};

use crate::{
    checklists::{
        self,
        counted::{Subject, SubjectNumber},
    },
    db::Conn,
    error::Result,
    ids::BrandId,
    kept::Kept,
};

/// The subjects of one brand.
pub type OfBrand = HashMap<SubjectNumber, Subject>;

/// The subjects of the brands whose figures were read lately.
#[derive(Debug, Default)]
pub struct Names(Kept<BrandId, OfBrand>);

impl Names {
    /// The subjects of a brand, of which this is one.
    ///
    /// # Errors
    /// None but those of the database.
    pub fn of(&self, conn: &mut Conn, brand: BrandId, one: SubjectNumber) -> Result<Arc<OfBrand>> {
        match self.0.get(brand).filter(|kept| kept.contains_key(&one)) {
            Some(kept) => Ok(kept),
            None => Ok(self.0.keep(brand, checklists::store::subjects::of_brand(conn, brand)?)),
        }
    }
}
