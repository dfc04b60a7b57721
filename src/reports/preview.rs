//! What a reviewer sees of a report before it goes out: exactly what will, with remarks on what could name the shopper.

use super::{
    go_out::{self, Planned},
    model::days_shown,
    night,
    read::{self, Wordings},
    remarks::{RemarkKind, in_text},
};
use crate::{
    accounts::{self, policy::Scope},
    checklists::cache::Version,
    db::{Conn, types::Instant},
    error::{Code, Error, Result},
    fieldwork::assignments,
    ids::VisitId,
    places::{self, model::Brand},
    visits::{
        self,
        comments::as_reviewed,
        model::{Visit, made_at},
    },
};

/// A report as it would go out now.
#[derive(Debug)]
pub struct Preview {
    /// What would go out.
    pub planned: Planned,
    /// The wordings of standards.
    pub wordings: Wordings,
    /// What the shopper is called.
    pub shopper: String,
    /// The brand.
    pub brand: Brand,
    /// The first and the last day that would be shown.
    pub days: (String, String),
}

/// What may give the shopper away in words that a reviewer is about to say to a branch about a visit.
///
/// # Errors
/// `not_found` if the visit is out of scope; `forbidden` if it is the caller's own.
pub fn remarks_on_words(
    conn: &mut Conn,
    scope: &Scope,
    id: VisitId,
    words: &str,
) -> Result<Vec<(RemarkKind, String)>> {
    let visit = visits::find::visit(conn, scope, id)?;
    require_another(&visit, scope)?;
    let shopper = accounts::store::account(conn, visit.head.shopper_id)?;
    Ok(in_text(words, &shopper.map(|account| account.name).unwrap_or_default()))
}

/// Refuses who made the visit.
fn require_another(visit: &Visit, scope: &Scope) -> Result<()> {
    match visit.head.shopper_id == scope.account {
        true => {
            Err(Error::new(Code::Forbidden).detail("you made this visit: another person prepares its report"))
        }
        false => Ok(()),
    }
}

/// The report of this visit, made under this version, as it would go out now.
///
/// # Errors
/// `not_found` if the visit is out of scope; `forbidden` if it is the caller's own.
pub fn preview(
    conn: &mut Conn,
    scope: &Scope,
    visit: Visit,
    version: &Version,
    now: Instant,
) -> Result<Preview> {
    let branch = places::store::branch(conn, scope, visit.head.branch_id)?;
    require_another(&visit, scope)?;
    let shopper = accounts::store::account(conn, visit.head.shopper_id)?;
    let brand = places::store::brand_if_there(conn, visit.head.brand_id)?;
    let brand = brand.ok_or_else(|| Error::internal("a visit without its brand"))?;
    let wanted = assignments::store::wanted(conn, vec![visit.head.assignment_id])?;
    let opens_at = wanted.first().map_or(visit.head.received_at, |wanted| wanted.opens_at);
    let made_at = made_at(visit.content.0.started_at, opens_at, visit.head.received_at);
    let is_seldom_visited = go_out::is_seldom_visited(conn, &visit)?;
    let (first, last) = days_shown(night::local(made_at, &branch.time_zone).date(), is_seldom_visited);
    let planned = go_out::plan(conn, visit, version, now)?;
    let visit = as_reviewed(conn, planned.visit, &version.prepared)?;
    let planned = Planned { visit, ..planned };
    let wordings = read::wordings(conn, version)?;
    let shopper = shopper.map(|account| account.name).unwrap_or_default();
    Ok(Preview { planned, wordings, shopper, brand, days: (first.to_string(), last.to_string()) })
}
