//! The dimensions and standards of a document, added to a brand that lacks them.

use super::{Note, Target};
use crate::{
    checklists::{
        derived_id::derived_id,
        exchange::document::{CarriedDimension, CarriedStandard, ChecklistDocument},
        model::Key,
        standards::{
            self,
            add_standards::add_standards,
            catalogue::Catalogue,
            model::{Dimension, Standard},
        },
    },
    db::{Conn, types::Json},
    error::{Error, FieldError, Result},
    ids::{DimensionId, StandardId},
};

/// Adds the dimensions and standards of a document that the brand lacks, if they are to be added.
///
/// # Errors
/// `invalid` with every one that the brand lacks and that is not added.
pub(super) fn complete(
    conn: &mut Conn,
    document: &ChecklistDocument,
    target: &Target<'_>,
    add: bool,
) -> Result<Vec<Note>> {
    let known = standards::store::catalogue(conn, target.brand)?;
    let mut new =
        Addition { target, known: &known, add, dimensions: vec![], standards: vec![], lacking: vec![] };
    for (i, carried) in document.dimensions.iter().enumerate() {
        new.dimension(i, carried);
    }
    for (i, carried) in document.standards.iter().enumerate() {
        new.standard(i, carried);
    }
    if !new.lacking.is_empty() {
        return Err(Error::invalid(new.lacking));
    }
    standards::store::insert_dimensions(conn, &new.dimensions)?;
    add_standards(conn, &new.standards, target.scope.account, target.now)?;
    Ok(new.notes())
}

/// What a brand gets, and what it lacks.
struct Addition<'a> {
    target: &'a Target<'a>,
    known: &'a Catalogue,
    /// Whether it may be added to the brand.
    add: bool,
    dimensions: Vec<Dimension>,
    standards: Vec<Standard>,
    lacking: Vec<FieldError>,
}

impl Addition<'_> {
    fn dimension(&mut self, i: usize, carried: &CarriedDimension) {
        if self.dimension_id(&carried.key).is_some() {
            return;
        }
        if self.add {
            self.dimensions.push(self.new_dimension(carried));
        } else {
            self.lacks(format!("/dimensions/{i}/key"), "dimension");
        }
    }

    fn standard(&mut self, i: usize, carried: &CarriedStandard) {
        if self.has_standard(&carried.key) {
            return;
        }
        match self.dimension_id(&carried.dimension) {
            _ if !self.add => self.lacks(format!("/standards/{i}/key"), "standard"),
            None => self.lacks(format!("/standards/{i}/dimension"), "dimension"),
            Some(dimension) => self.standards.push(self.new_standard(carried, dimension)),
        }
    }

    /// The dimension with this key, which the brand has or gets.
    fn dimension_id(&self, key: &Key) -> Option<DimensionId> {
        let old = self.known.dimensions.get(key).map(|bound| bound.id);
        old.or_else(|| self.dimensions.iter().find(|new| new.key == key.as_str()).map(|new| new.id))
    }

    fn has_standard(&self, key: &Key) -> bool {
        self.known.standards.contains_key(key) || self.standards.iter().any(|new| new.key == key.as_str())
    }

    fn lacks(&mut self, at: String, what: &str) {
        let message = format!("The brand has no such {what}: import with `add_standards=true` to add it.");
        self.lacking.push(FieldError::new(at, "unknown", message));
    }

    fn new_dimension(&self, carried: &CarriedDimension) -> Dimension {
        let brand_id = self.target.brand;
        Dimension {
            id: DimensionId::new(derived_id(&format!(
                "incognito document: {brand_id} dimension {}",
                carried.key
            ))),
            brand_id,
            key: carried.key.to_string(),
            name: Json(carried.name.clone()),
            side: carried.side,
            servqual: carried.servqual,
            track: carried.track,
            revision: 1,
            created_at: self.target.now,
        }
    }

    fn new_standard(&self, carried: &CarriedStandard, dimension_id: DimensionId) -> Standard {
        let brand_id = self.target.brand;
        Standard {
            id: StandardId::new(derived_id(&format!(
                "incognito document: {brand_id} standard {}",
                carried.key
            ))),
            brand_id,
            key: carried.key.to_string(),
            dimension_id,
            version: 1,
            text: Json(carried.text.clone()),
            retired: false,
            created_at: self.target.now,
        }
    }

    fn notes(&self) -> Vec<Note> {
        let added =
            |at: &str, key: &str| Note { at: at.into(), message: format!("`{key}` was added to the brand.") };
        let dimensions = self.dimensions.iter().map(|new| added("/dimensions", &new.key));
        dimensions.chain(self.standards.iter().map(|new| added("/standards", &new.key))).collect()
    }
}
