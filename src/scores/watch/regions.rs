//! What is shown of each region below a place, read of all of them at once.

use std::collections::{BTreeSet, HashMap};

use super::{Question, Watched, of_subject};
use crate::{
    accounts::policy::Scope,
    db::Conn,
    error::Result,
    ids::RegionId,
    months::Period,
    places,
    scores::{
        heatmap::ByPlace,
        means::Means,
        model::{Place, PlaceId, Reader},
        shown::Shown,
        store,
        targets::in_force::InForce,
        vector::Vector,
        visible::Visible,
    },
};

/// The regions below a place that the caller sees, in the order of their ids.
pub(super) fn regions(
    conn: &mut Conn,
    means: &Means,
    scope: &Scope,
    of: &Visible,
    question: &Question,
) -> Result<Vec<Watched>> {
    let regions: Vec<_> = below(conn, scope, of)?.into_iter().collect();
    let mut look = |period: Period| -> Result<HashMap<PlaceId, Shown>> {
        let shown = shown(conn, of, &regions, period)?;
        of_subject(conn, means, (of.brand, &question.subject), shown)
    };
    let now = look(question.period)?;
    let then = question.against.map(look).transpose()?.unwrap_or_default();
    let targets = InForce::of_regions(conn, of, &regions, question.period.to())?;
    let watched = |id: &RegionId| {
        let place = Place::Region(*id);
        let target = targets.at(place, &question.subject, question.period.to());
        Watched::among(place, (&now, &then), target)
    };
    Ok(regions.iter().map(watched).collect())
}

/// The regions below a place that the caller sees, without the place itself.
fn below(conn: &mut Conn, scope: &Scope, of: &Visible) -> Result<BTreeSet<RegionId>> {
    let seen = places::store::regions_of(conn, &of.reader.of(scope), of.brand)?.into_iter();
    let mut seen: BTreeSet<_> = seen.map(|region| region.id).collect();
    if let Place::Region(id) = of.place {
        let below: BTreeSet<_> = places::store::regions_below(conn, vec![id])?.into_iter().collect();
        seen.retain(|region| *region != id && below.contains(region));
    }
    Ok(seen)
}

/// What the caller is shown of each of these regions.
fn shown(conn: &mut Conn, of: &Visible, regions: &[RegionId], period: Period) -> Result<ByPlace> {
    match of.reader {
        Reader::BranchSide => {
            let shown = store::shown::by_regions(conn, regions, period)?.into_iter();
            Ok(shown.map(|(region, shown)| (region, shown.into_iter().collect())).collect())
        }
        Reader::Desk => {
            let scores = store::region_scores(conn, of.brand, regions, period)?.into_iter();
            let shown = |(region, scores): (PlaceId, Vector)| {
                (region, scores.iter().map(|(subject, counts)| (subject, of.shows(counts.sums))).collect())
            };
            Ok(scores.map(shown).collect())
        }
    }
}
