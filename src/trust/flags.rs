//! What was found in a visit, for those who decide about visits.

use std::collections::BTreeMap;

use super::{
    model::{Flag, Weight},
    store::{self, FinishedLook, FlagRow},
};
use crate::{
    accounts::policy::Scope,
    checklists::key::Key,
    db::{
        Conn,
        types::{Instant, Json},
    },
    error::{Code, Error, Result},
    ids::VisitId,
    visits,
};

/// What was found in a visit.
#[derive(Debug)]
pub struct Found {
    /// The last look that is finished; none as long as it was not looked at.
    pub last: Option<FoundAt>,
    /// The looks at what it was before, the newest first.
    pub earlier: Vec<FoundAt>,
}

/// What one look at a visit found.
#[derive(Debug)]
pub struct FoundAt {
    /// In which revision the visit was.
    pub revision: i32,
    /// When it was looked at.
    pub looked_at: Instant,
    /// The flags, the heaviest first. A flag that is about a visit that the caller may not see does not name that visit.
    pub flags: Vec<FoundFlag>,
}

/// A flag as it was found.
#[derive(Debug)]
pub struct FoundFlag {
    /// How much it weighed then.
    pub weight: Weight,
    /// The flag.
    pub flag: Flag,
}

/// What was found in a visit, if the scope covers its branch.
///
/// # Errors
/// `not_found` if it does not; `forbidden` if it is the caller's own visit.
pub fn flags(conn: &mut Conn, scope: &Scope, id: VisitId) -> Result<Found> {
    let visit = visits::find::visit(conn, scope, id)?;
    if visit.head.shopper_id == scope.account {
        return Err(Error::new(Code::Forbidden).detail("you made this visit: its flags are for others"));
    }
    let (looks, rows) = (store::looks_at(conn, id)?, store::flags_of(conn, id)?);
    let others = rows.iter().filter_map(|row| row.other_visit_id).collect();
    let covered = store::covered(conn, scope, others)?;
    let flag = |FlagRow { weight, evidence: Json(evidence), question, other_visit_id, .. }| {
        let other_visit = other_visit_id.filter(|other| covered.contains(other));
        let evidence = if other_visit.is_some() { evidence } else { evidence.without_other() };
        FoundFlag { weight, flag: Flag { evidence, question: question.map(Key::from), other_visit } }
    };
    let mut by_look: BTreeMap<i32, Vec<FoundFlag>> = BTreeMap::new();
    rows.into_iter().for_each(|row| by_look.entry(row.look).or_default().push(flag(row)));
    let found = |FinishedLook { number, revision, looked_at }| {
        let flags = by_look.remove(&number).unwrap_or_default();
        FoundAt { revision, looked_at, flags }
    };
    let mut found = looks.into_iter().map(found);
    Ok(Found { last: found.next(), earlier: found.collect() })
}
