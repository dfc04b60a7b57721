//! Trying a draft with the visits that were made: what they would score under it.

use std::collections::{HashMap, hash_map::Entry};

use super::{
    lent::Lent,
    statistics::{Extent, Minimum},
    what_if::{Trial, WhatIf},
};
use crate::{
    accounts::policy::Scope,
    checklists::{self, counted::Subject, model::Content, prepared::Prepared},
    db::Conn,
    error::{Code, Error, Result},
    ids::{BrandId, ChecklistId},
    months::Period,
    places, visits,
};

/// So many visits are in memory at a time.
const PAGE: usize = 200;

/// Which visits a draft is tried with.
#[derive(Clone, Copy, Debug)]
pub struct DraftTrial {
    /// The checklist whose draft it is.
    pub checklist: ChecklistId,
    /// The months of the visits.
    pub period: Period,
    /// How many visits at most: the newest.
    pub most: u16,
}

/// What the newest counted visits of a checklist would score under its draft. Nothing is stored.
///
/// # Errors
/// `not_found` if the caller may not change the checklist, or it has no draft; `invalid` if the draft has errors.
pub fn try_draft(conn: &mut Conn, scope: &Scope, command: DraftTrial) -> Result<WhatIf> {
    let (brand, draft) = whole_draft(conn, scope, command.checklist)?;
    let trial = try_newest(conn, scope, command, &draft)?;
    let names = places::store::branch_names(conn, scope, &trial.branches())?;
    let brand = places::store::brand(conn, scope, brand)?;
    let (lent, months) = (Lent::by(conn, brand.id)?, command.period.months());
    let [of_branch, of_all] =
        [Extent::Branch, Extent::Several].map(|of| lent.spread(&Subject::Overall, of, months));
    Ok(trial.outcome(&names, Minimum::of(&brand), [&of_branch, &of_all]))
}

/// The draft, ready to score under.
fn whole_draft(conn: &mut Conn, scope: &Scope, of: ChecklistId) -> Result<(BrandId, Prepared)> {
    let (brand, draft) = checklists::store::draft_to_change(conn, scope, of)?;
    let draft: Content = draft.ok_or_else(|| Error::new(Code::NotFound))?;
    let problems = draft.check();
    if !problems.is_empty() {
        return Err(Error::invalid(problems).detail("the pointers are into the draft"));
    }
    // What its keys stand for matters to no score of a whole visit.
    Ok((brand, Prepared::new(draft)))
}

fn try_newest(conn: &mut Conn, scope: &Scope, command: DraftTrial, draft: &Prepared) -> Result<Trial> {
    let DraftTrial { checklist, period, most } = command;
    let newest = visits::store::newest_counted(conn, scope, checklist, period, most.into())?;
    let (mut trial, mut versions) = (Trial::default(), HashMap::new());
    for ids in newest.chunks(PAGE) {
        for visit in visits::store::with_ids(conn, ids)? {
            let made = match versions.entry(visit.head.version_id) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(free) => free.insert(checklists::store::version(conn, visit.head.version_id)?),
            };
            trial.add(visit, &made.prepared, draft);
        }
    }
    Ok(trial)
}
