//! Visits with their answers, as those take them who analyse: each with what was asked and what it earned.

use std::{collections::HashMap, sync::Arc};

use super::{
    blind,
    counted::{self, Only},
    model::{Submission, VisitHead},
    store::{
        self,
        list::{VisitFilter, VisitOrder, VisitPlace},
    },
};
use crate::{
    accounts::policy::Scope,
    checklists::cache::{Version, Versions},
    db::Conn,
    error::Result,
    ids::BranchId,
    places,
};

/// A visit with what was asked.
#[derive(Clone, Debug)]
pub struct Exported {
    /// The visit, in the state in which the caller sees it.
    pub head: VisitHead,
    /// What its phone sent, as corrected since.
    pub content: Submission,
    /// The version that was filled in.
    pub version: Arc<Version>,
    /// What the brand knows the branch by, and what it is called.
    pub branch: (String, String),
}

impl From<&Exported> for VisitPlace {
    fn from(exported: &Exported) -> Self {
        Self::from(&exported.head)
    }
}

/// So many visits after this one that are in scope, the newest first.
///
/// # Errors
/// `invalid` if too many were to be looked through to find them.
pub fn export(
    conn: &mut Conn,
    versions: &Versions,
    scope: &Scope,
    (filter, only): (&VisitFilter, &Only),
    (after, rows): (Option<VisitPlace>, i64),
) -> Result<Vec<Exported>> {
    let heads = counted::visits(conn, versions, scope, (filter, only), VisitOrder::Newest, (after, rows))?;
    let heads = blind::as_seen(conn, scope, heads)?;
    let ids: Vec<_> = heads.iter().map(|visit| visit.id).collect();
    let contents = store::with_ids(conn, &ids)?.into_iter();
    let mut contents: HashMap<_, _> = contents.map(|visit| (visit.head.id, visit.content.0)).collect();
    // Who sees a visit sees its branch.
    let branches: Vec<BranchId> = heads.iter().map(|visit| visit.branch_id).collect();
    let names = places::store::branch_names(conn, &Scope::everything(), &branches)?;
    let mut exported = Vec::with_capacity(heads.len());
    for head in heads {
        let Some(content) = contents.remove(&head.id) else { continue };
        let version = versions.read(conn, head.version_id)?;
        let branch = names.get(&head.branch_id).cloned().unwrap_or_default();
        exported.push(Exported { head, content, version, branch });
    }
    Ok(exported)
}
