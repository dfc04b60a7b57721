//! The library's checklists, each with its draft and its first version.

use super::{Import, id};
use crate::{
    checklists::{
        library::{ChecklistEntry, NamedChecklist, report::Outcome},
        naming::unannounced,
        records::{self, Checklist, Published},
        standards::{self, catalogue::Catalogue},
        store,
    },
    db::types::Json,
    error::Result,
    ids::{ChecklistId, VersionId},
};

impl Import<'_> {
    pub(super) fn checklists(&mut self, entries: &[NamedChecklist]) -> Result<Vec<(String, Outcome)>> {
        let catalogue = standards::store::catalogue(self.conn, self.brand.id)?;
        let mut outcomes = Vec::new();
        for (name, entry) in entries {
            let outcome = self.checklist(&catalogue, name, entry)?;
            outcomes.push((entry.name_in(&self.brand.language).to_owned(), outcome));
        }
        Ok(outcomes)
    }

    fn checklist(&mut self, catalogue: &Catalogue, name: &str, entry: &ChecklistEntry) -> Result<Outcome> {
        let id = ChecklistId::new(id(self.brand.id, "checklist", name));
        let is_new = store::checklist_to_change(self.conn, self.scope, id)?.is_none();
        if is_new {
            self.insert(id, entry)?;
        }
        // A draft that an earlier import left and that never changed is still to be published; any other is the
        // brand's own by now.
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
        let (bindings, mut problems) = catalogue.bind(&entry.content);
        problems.extend(unannounced(self.conn, self.brand.id, &entry.content, self.now)?);
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
