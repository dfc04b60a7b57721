//! Asking for an export.

use super::{
    model::{Asked, Export},
    store,
    write_export::WriteExport,
};
use crate::{
    accounts::policy::Scope,
    audit::{self, AuditKind, Details, Entry, filter::Filter},
    db::{Conn, types::Instant},
    error::{Code, Error, Result},
    ids::TaskId,
    precondition::{Put, Stored, unchanging},
    work,
};

/// So many exports of one account are written or wait for it at the most.
pub const MOST_OPEN: usize = 3;
/// So many exports has an account at the most.
pub const MOST_KEPT: usize = 50;

/// Takes note of an export and has it written. The same again is the same export.
///
/// # Errors
/// `conflict` if another export has the id, if too many of the account's are not ready, or if it has too many.
pub fn begin(
    conn: &mut Conn,
    scope: &Scope,
    (new, task): (&Export, TaskId),
    now: Instant,
) -> Result<Stored<Export>> {
    let is_same = |old: &Export, new: &Export| {
        old.account_id == new.account_id && old.asked.0.is_same_wish(&new.asked.0)
    };
    let old = store::find(conn, new.id)?;
    let stored = unchanging(old, new, is_same, "another export has this id, and keeps it")?;
    if stored.put != Put::Make {
        return Ok(stored);
    }
    let (all, open) = store::counts(conn, new.account_id)?;
    if open >= MOST_OPEN {
        let detail =
            format!("{open} of your exports are not ready yet, as many as may be: wait, or cancel one");
        return Err(Error::new(Code::Conflict).detail(detail));
    }
    if all >= MOST_KEPT {
        let detail = format!("you have {all} exports, as many as may be: delete one");
        return Err(Error::new(Code::Conflict).detail(detail));
    }
    store::insert(conn, new)?;
    audit::record(conn, entry(new, scope), now)?;
    work::enqueue(conn, &WriteExport { export_id: new.id }, task, now)?;
    Ok(stored)
}

/// What the audit says of it: what was asked for, by which filter and in which form.
fn entry(export: &Export, scope: &Scope) -> Entry {
    let Asked { what, format, filter, .. } = &export.asked.0;
    let mut pairs = form_urlencoded::parse(filter.as_bytes());
    let named = pairs.find(|(name, _)| name == "brand_id").and_then(|(_, id)| id.parse().ok());
    let brand = named.filter(|brand| scope.touches_brand(*brand)).or_else(|| scope.sole_brand());
    let details = Details::default()
        .operation("export", what.as_str())
        .code("format", format.as_str())
        .id("export_id", export.id)
        .filter(Filter::of(filter));
    Entry::of_list(AuditKind::Exported, export.id).by(export.account_id).of(brand).with(details)
}
