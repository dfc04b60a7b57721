//! What is shown of each branch of a place.

use std::collections::HashMap;

use super::{Question, Watched, of_subject};
use crate::{
    accounts::policy::Scope,
    checklists::counted::Subject,
    db::Conn,
    error::Result,
    ids::BranchId,
    months::Period,
    scores::{
        figures,
        heatmap::of_branches,
        means::Means,
        model::{Place, PlaceId},
        shown::Shown,
        store::Listed,
        targets::in_force::InForce,
        visible::Visible,
        wanted::Wanted,
    },
};

/// The branches that lie in a place in the last month of the period, in the order of their codes: each with all its visits, wherever it lay then, as
/// its own address shows it.
pub(super) fn branches(
    conn: &mut Conn,
    means: &Means,
    scope: &Scope,
    of: &Visible,
    question: &Question,
) -> Result<Vec<Watched>> {
    let listed = Listed::In(question.period.to());
    let wanted = Wanted::of(question.period, question.now);
    let (branches, overall) = figures::branches(conn, scope, of, &wanted, listed)?;
    let ids: Vec<BranchId> = branches.iter().map(|branch| branch.id).collect();
    let mut look = |period: Period| -> Result<HashMap<PlaceId, Shown>> {
        let wanted = Wanted::of(period, question.now);
        if question.subject == Subject::Overall {
            return figures::by_branch(conn, of, &wanted, listed);
        }
        let shown = of_branches(conn, means, of, &ids, (&wanted, listed))?;
        of_subject(conn, means, (of.brand, &question.subject), shown)
    };
    let now = if question.subject == Subject::Overall { overall } else { look(question.period)? };
    let then = question.against.map(look).transpose()?.unwrap_or_default();
    let targets = InForce::of_branches(conn, of, question.period)?;
    let watched = |id: BranchId| {
        let place = Place::Branch(id);
        let target = targets.at(place, &question.subject, question.period.to());
        Watched::among(place, (&now, &then), target)
    };
    Ok(ids.into_iter().map(watched).collect())
}
