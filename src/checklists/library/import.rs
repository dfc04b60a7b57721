//! Brings the library into a brand: adds what is missing, and leaves everything else as the brand has it.

use super::{
    super::{
        bindings::BoundDimension,
        records::{self, Checklist, Published},
        standards::{
            catalogue::Catalogue,
            model::{Dimension, Standard},
            store as standards,
        },
        store,
    },
    ChecklistEntry, DimensionEntry, Library, StandardEntry, id,
};
use crate::{
    accounts::policy::Scope,
    clock::Clock,
    db::{
        Conn, Db,
        types::{Instant, Json},
    },
    error::{Code, Error, FieldError, Result},
    ids::{AccountId, BrandId, ChecklistId, DimensionId, StandardId, VersionId},
    places::{self, model::Brand},
};

/// What is wanted of an import.
#[derive(Clone, Copy, Debug)]
pub struct Wish {
    /// Into which brand.
    pub brand: BrandId,
    /// Who is to have made it all.
    pub made_by: AccountId,
    /// Whether checklists stay drafts.
    pub drafts_only: bool,
}

/// What an import did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    /// The brand's language, if the library is not written in it.
    pub missing_language: Option<String>,
    /// The dimensions.
    pub dimensions: Count,
    /// The standards.
    pub standards: Count,
    /// The checklists by their names, in the library's order.
    pub checklists: Vec<(String, Outcome)>,
}

/// How many things of a kind there were.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// So many are new.
    pub added: usize,
    /// So many had a namesake in the brand, which was left as it was.
    pub left: usize,
}

/// What became of a checklist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Its first version is new.
    Published,
    /// Its draft is new.
    Draft,
    /// It was there already, and was left as it was.
    Left,
    /// Its draft is there; this keeps it from being published, since the brand's catalogue says otherwise.
    Unpublished(Vec<FieldError>),
}

/// Imports the library, in one transaction.
///
/// # Errors
/// `not_found` if the brand is not there, or the scope does not cover it whole.
pub async fn import(db: &Db, clock: &Clock, scope: &Scope, wish: Wish) -> Result<Added> {
    let (library, scope, now) = (Library::read()?, scope.clone(), clock.now());
    db.write(move |conn| {
        let brand = places::store::brand(conn, &scope, wish.brand)?;
        if !scope.covers_brand(brand.id) {
            return Err(Error::new(Code::NotFound));
        }
        Import { conn, scope: &scope, wish, brand, now }.all(&library)
    })
    .await
}

/// An import under way.
struct Import<'a> {
    conn: &'a mut Conn,
    scope: &'a Scope,
    wish: Wish,
    brand: Brand,
    now: Instant,
}

impl Import<'_> {
    fn all(mut self, library: &Library) -> Result<Added> {
        let dimensions = self.dimensions(&library.dimensions)?;
        let standards = self.standards(&library.standards)?;
        let catalogue = standards::catalogue(self.conn, self.brand.id)?;
        let mut checklists = Vec::new();
        for (name, entry) in &library.checklists {
            let outcome = self.checklist(&catalogue, name, entry)?;
            checklists.push((entry.name_in(&self.brand.language).to_owned(), outcome));
        }
        let language = &self.brand.language;
        let is_written = library.standards.iter().all(|entry| entry.text.get(language).is_some());
        let missing_language = (!is_written).then(|| language.clone());
        Ok(Added { missing_language, dimensions, standards, checklists })
    }

    fn dimensions(&mut self, entries: &[DimensionEntry]) -> Result<Count> {
        let there = standards::dimensions_by_key(self.conn, self.brand.id)?;
        let new: Vec<_> = entries
            .iter()
            .filter(|entry| !there.contains_key(&entry.key))
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
        let there = standards::catalogue(self.conn, self.brand.id)?;
        let new = entries
            .iter()
            .filter(|entry| !there.standards.contains_key(&entry.key))
            .map(|entry| self.standard(entry, there.dimensions.get(&entry.dimension)))
            .collect::<Result<Vec<_>>>()?;
        standards::insert_standards(self.conn, &new, self.wish.made_by, self.now)?;
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

    fn checklist(&mut self, catalogue: &Catalogue, name: &str, entry: &ChecklistEntry) -> Result<Outcome> {
        let id = ChecklistId::new(id(self.brand.id, "checklist", name));
        let is_new = store::checklist_to_change(self.conn, self.scope, id)?.is_none();
        if is_new {
            self.insert(id, entry)?;
        }
        // What was left a draft and never touched is still to be published; else it is the brand's own by now.
        let untouched = is_new || self.is_untouched(id, entry)?;
        match (untouched, self.wish.drafts_only, is_new) {
            (true, false, _) => self.publish(catalogue, name, id, entry),
            (_, _, true) => Ok(Outcome::Draft),
            (_, _, false) => Ok(Outcome::Left),
        }
    }

    fn insert(&mut self, id: ChecklistId, entry: &ChecklistEntry) -> Result<()> {
        let new = Checklist {
            id,
            brand_id: self.brand.id,
            name: entry.name_in(&self.brand.language).to_owned(),
            revision: 1,
            created_at: self.now,
        };
        store::insert_checklist(self.conn, &new)?;
        store::set_draft(self.conn, id, &Json(entry.content.clone()))
    }

    fn is_untouched(&mut self, id: ChecklistId, entry: &ChecklistEntry) -> Result<bool> {
        let draft = store::draft_to_change(self.conn, self.scope, id)?.1;
        Ok(draft.as_ref() == Some(&entry.content) && store::next_number(self.conn, id)? == 1)
    }

    fn publish(
        &mut self,
        catalogue: &Catalogue,
        name: &str,
        of: ChecklistId,
        entry: &ChecklistEntry,
    ) -> Result<Outcome> {
        let (bindings, problems) = catalogue.bind(&entry.content);
        if !problems.is_empty() {
            return Ok(Outcome::Unpublished(problems));
        }
        let new = Published {
            id: VersionId::new(id(self.brand.id, "version 1 of checklist", name)),
            checklist_id: of,
            brand_id: self.brand.id,
            number: 1,
            hash: records::hash(&entry.content)?,
            published_at: self.now,
        };
        let content = Json(entry.content.clone());
        store::insert_version(self.conn, &new, &content, &Json(bindings), self.wish.made_by)?;
        Ok(Outcome::Published)
    }
}
