//! One subject at a place, or at each branch or region below it: what is shown of it for a period, and for another one to compare with. This is
//! how rooms above read figures again and again.

use std::collections::{BTreeSet, HashMap};

use super::{
    figures::ALL,
    heatmap::heatmap,
    lent::Lent,
    means::Means,
    model::Place,
    shown::Shown,
    statistics::{Extent, Spread, Sums},
    subjects::{named, shown},
    targets::in_force::InForce,
    visible::{Visible, visible},
    wanted::Wanted,
};
use crate::{
    accounts::policy::Scope,
    checklists::counted::Subject,
    db::{
        Conn,
        types::{Instant, text_enum},
    },
    error::Result,
    ids::RegionId,
    months::Period,
    places,
};

text_enum! {
    /// Which places below a place are looked at, each by itself.
    pub enum PlacesBelow {
        /// Its branches, however deep.
        Branches = "branches",
        /// Its regions, however deep.
        Regions = "regions",
    }
}

/// What is looked at.
#[derive(Clone, Debug)]
pub struct Question {
    /// Where.
    pub place: Place,
    /// What is looked at in its place, if anything is.
    pub below: Option<PlacesBelow>,
    /// What.
    pub subject: Subject,
    /// Of which months.
    pub period: Period,
    /// The months to compare with.
    pub against: Option<Period>,
    /// When it is asked.
    pub now: Instant,
}

/// What is shown of one place.
#[derive(Clone, Copy, Debug)]
pub struct Watched {
    /// The place.
    pub place: Place,
    /// For the period.
    pub now: Shown,
    /// For the other one.
    pub then: Sums,
    /// What it is to score in the last month, in basis points.
    pub target: Option<i32>,
}

/// What is shown of each of them.
#[derive(Debug)]
pub struct Watch {
    /// The place that was asked about.
    pub of: Visible,
    /// The place itself, or those below it.
    pub places: Vec<Watched>,
    /// How far visits scatter.
    pub spread: Spread,
}

/// Looks at a subject as the caller sees it.
///
/// # Errors
/// `not_found` if the place is not there, or out of scope.
pub fn watch(conn: &mut Conn, means: &Means, scope: &Scope, question: &Question) -> Result<Watch> {
    let of = visible(conn, scope, question.place)?;
    let extent = match question.below {
        Some(PlacesBelow::Branches) => Extent::Branch,
        Some(PlacesBelow::Regions) => Extent::Several,
        None => of.place.extent(),
    };
    let spread = Lent::by(conn, of.brand)?.spread(&question.subject, extent, question.period.months());
    let places = match question.below {
        Some(PlacesBelow::Branches) => branches(conn, means, scope, &of, question)?,
        Some(PlacesBelow::Regions) => {
            let regions = regions(conn, scope, &of)?.into_iter();
            let each = regions.map(|id| {
                let region = visible(conn, scope, Place::Region(id))?;
                one(conn, means, &region, question)
            });
            each.collect::<Result<_>>()?
        }
        None => vec![one(conn, means, &of, question)?],
    };
    Ok(Watch { of, places, spread })
}

/// What is shown of a place itself.
fn one(conn: &mut Conn, means: &Means, place: &Visible, question: &Question) -> Result<Watched> {
    let mut look = |period| -> Result<Shown> {
        let numbered = shown(conn, means, place, &Wanted::of(period, question.now))?;
        let mut found = named(conn, means, place, numbered)?.into_iter();
        let found = found.find(|(_, subject, _)| *subject == question.subject);
        Ok(found.map(|(.., shown)| shown).unwrap_or_default())
    };
    let now = look(question.period)?;
    let then = question.against.map(look).transpose()?.unwrap_or_default().sums;
    let last = question.period.to();
    let targets = InForce::of(conn, place, question.period.last_month())?;
    let target = targets.at(place.place, &question.subject, last).map(|aim| aim.score);
    Ok(Watched { place: place.place, now, then, target })
}

/// What is shown of each branch of a place, in the order of their codes.
fn branches(
    conn: &mut Conn,
    means: &Means,
    scope: &Scope,
    of: &Visible,
    question: &Question,
) -> Result<Vec<Watched>> {
    let mut look = |period| -> Result<Vec<(Place, Shown)>> {
        let is_wanted = |one: &Subject| *one == question.subject;
        let found =
            heatmap(conn, means, scope, (of.place, &Wanted::of(period, question.now)), ALL, is_wanted)?;
        let shown = |cells: Vec<Shown>| cells.first().copied().unwrap_or_default();
        Ok(found.rows.into_iter().map(|(branch, cells)| (Place::Branch(branch.id), shown(cells))).collect())
    };
    let now = look(question.period)?;
    let then: HashMap<_, _> =
        question.against.map(look).transpose()?.unwrap_or_default().into_iter().collect();
    let targets = InForce::of_branches(conn, of, question.period)?;
    let watched = |(place, now)| Watched {
        place,
        now,
        then: then.get(&place).map(|shown| shown.sums).unwrap_or_default(),
        target: targets.at(place, &question.subject, question.period.to()).map(|aim| aim.score),
    };
    Ok(now.into_iter().map(watched).collect())
}

/// The regions below a place that the caller sees, without the place itself.
fn regions(conn: &mut Conn, scope: &Scope, of: &Visible) -> Result<BTreeSet<RegionId>> {
    let seen = places::store::regions_of(conn, &of.reader.of(scope), of.brand)?.into_iter();
    let mut seen: BTreeSet<_> = seen.map(|region| region.id).collect();
    if let Place::Region(id) = of.place {
        let below: BTreeSet<_> = places::store::regions_below(conn, vec![id])?.into_iter().collect();
        seen.retain(|region| *region != id && below.contains(region));
    }
    Ok(seen)
}
