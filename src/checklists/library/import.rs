//! Brings the library into a brand: adds what the brand lacks, and leaves everything else as it is.

mod checklists;

use super::{
    super::{
        bindings::BoundDimension,
        derived_id::derived_id,
        standards::{
            add_standards::add_standards,
            model::{Dimension, Standard},
            store as standards,
        },
    },
    DimensionEntry, Library, StandardEntry,
    report::{Count, Report},
};
use crate::{
    accounts::policy::Scope,
    db::{
        Conn,
        types::{Instant, Json},
    },
    error::{Code, Error, Result},
    ids::{AccountId, BrandId, DimensionId, StandardId},
    places::{self, model::Brand},
};

/// The wish to bring the library into a brand.
#[derive(Clone, Copy, Debug)]
pub struct ImportLibrary {
    /// The brand.
    pub brand: BrandId,
    /// The account that counts as the author of everything.
    pub made_by: AccountId,
    /// Whether checklists stay drafts.
    pub drafts_only: bool,
}

/// Imports the library.
///
/// # Errors
/// `not_found` if there is no such brand, or the scope does not cover it; `invalid` if there is no such account.
pub fn import(conn: &mut Conn, scope: &Scope, wish: &ImportLibrary, now: Instant) -> Result<Report> {
    let brand = places::store::brand(conn, scope, wish.brand)?;
    if !scope.covers_brand(brand.id) {
        return Err(Error::new(Code::NotFound));
    }
    Import { conn, scope, wish, brand, now }.all(&Library::read()?)
}

/// An import under way.
struct Import<'a> {
    conn: &'a mut Conn,
    scope: &'a Scope,
    wish: &'a ImportLibrary,
    brand: Brand,
    now: Instant,
}

impl Import<'_> {
    fn all(mut self, library: &Library) -> Result<Report> {
        Ok(Report {
            missing_language: self.missing_language(library),
            dimensions: self.dimensions(&library.dimensions)?,
            standards: self.standards(&library.standards)?,
            checklists: self.checklists(&library.checklists)?,
        })
    }

    fn missing_language(&self, library: &Library) -> Option<String> {
        let language = &self.brand.language;
        let is_written = library.standards.iter().all(|entry| entry.text.get(language).is_some());
        (!is_written).then(|| language.clone())
    }

    fn dimensions(&mut self, entries: &[DimensionEntry]) -> Result<Count> {
        let known = standards::dimensions_by_key(self.conn, self.brand.id)?;
        let new: Vec<_> = entries
            .iter()
            .filter(|entry| !known.contains_key(&entry.key))
            .map(|entry| self.dimension(entry))
            .collect();
        standards::insert_dimensions(self.conn, &new)?;
        Ok(Count { added: new.len(), left: entries.len() - new.len() })
    }

    fn dimension(&self, entry: &DimensionEntry) -> Dimension {
        Dimension {
            id: DimensionId::new(id(self.brand.id, "dimension", entry.key.as_str())),
            brand_id: self.brand.id,
            key: entry.key.to_string(),
            name: Json(entry.name.clone()),
            side: entry.side,
            servqual: entry.servqual,
            track: entry.track,
            revision: 1,
            created_at: self.now,
        }
    }

    fn standards(&mut self, entries: &[StandardEntry]) -> Result<Count> {
        let known = standards::catalogue(self.conn, self.brand.id)?;
        let new = entries
            .iter()
            .filter(|entry| !known.standards.contains_key(&entry.key))
            .map(|entry| self.standard(entry, known.dimensions.get(&entry.dimension)))
            .collect::<Result<Vec<_>>>()?;
        add_standards(self.conn, &new, self.wish.made_by, self.now)?;
        Ok(Count { added: new.len(), left: entries.len() - new.len() })
    }

    fn standard(&self, entry: &StandardEntry, dimension: Option<&BoundDimension>) -> Result<Standard> {
        let missing = || Error::internal(format!("the library lacks the dimension {}", entry.dimension));
        Ok(Standard {
            id: StandardId::new(id(self.brand.id, "standard", entry.key.as_str())),
            brand_id: self.brand.id,
            key: entry.key.to_string(),
            dimension_id: dimension.ok_or_else(missing)?.id,
            version: 1,
            text: Json(entry.text.clone()),
            retired: false,
            created_at: self.now,
        })
    }
}

/// The id that an entry of the library has in a brand: always the same one.
pub(super) fn id(brand: BrandId, kind: &str, key: &str) -> uuid::Uuid {
    derived_id(&format!("incognito library: {brand} {kind} {key}"))
}
