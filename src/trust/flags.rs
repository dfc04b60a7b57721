//! What was found in a visit, for those who decide about visits.

use super::{
    model::{Flag, Weight},
    store::{self, FlagRow},
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
    /// When it was looked at; none as long as it was not.
    pub looked_at: Option<Instant>,
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
    let (looked_at, rows) = (store::looked_at(conn, id)?, store::flags_of(conn, id)?);
    let others = rows.iter().filter_map(|row| row.other_visit_id).collect();
    let covered = store::covered(conn, scope, others)?;
    let flag = |FlagRow { weight, evidence: Json(evidence), question, other_visit_id }| {
        let other_visit = other_visit_id.filter(|other| covered.contains(other));
        let evidence = if other_visit.is_some() { evidence } else { evidence.without_other() };
        FoundFlag { weight, flag: Flag { evidence, question: question.map(Key::from), other_visit } }
    };
    Ok(Found { looked_at, flags: rows.into_iter().map(flag).collect() })
}
