//! One subject at a place, or at each branch or region below it: what is shown of it for a period, and for another one to compare with. This is
//! how rooms above read figures again and again.

mod branches;
mod regions;

use std::collections::HashMap;

use super::{
    heatmap::ByPlace,
    lent::Lent,
    means::Means,
    model::{Place, PlaceId},
    shown::Shown,
    statistics::{Extent, Spread, Sums},
    subjects::{named, shown},
    targets::{in_force::InForce, model::Aim},
    visible::{Visible, visible},
    wanted::Wanted,
};
use crate::{
    accounts::policy::Scope,
    checklists::counted::{Subject, SubjectNumber},
    db::{
        Conn,
        types::{Instant, text_enum},
    },
    error::Result,
    ids::BrandId,
    months::Period,
};

text_enum! {
    /// Which places below a place are looked at, each by itself.
    pub enum PlacesBelow {
        /// The branches that lie in it in the last month, however deep, each with all its visits.
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

impl Watched {
    /// One of several places, with what is shown of them for both periods.
    fn among(
        place: Place,
        (now, then): (&HashMap<PlaceId, Shown>, &HashMap<PlaceId, Shown>),
        target: Option<Aim>,
    ) -> Self {
        let of = |shown: &HashMap<PlaceId, Shown>| shown.get(&place.id()).copied().unwrap_or_default();
        Self { place, now: of(now), then: of(then).sums, target: target.map(|aim| aim.score) }
    }
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
        Some(PlacesBelow::Branches) => branches::branches(conn, means, scope, &of, question)?,
        Some(PlacesBelow::Regions) => regions::regions(conn, means, scope, &of, question)?,
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

/// What is shown of one subject of a brand, of all subjects of each place.
fn of_subject(
    conn: &mut Conn,
    means: &Means,
    (brand, subject): (BrandId, &Subject),
    shown: ByPlace,
) -> Result<HashMap<PlaceId, Shown>> {
    let last = shown.values().flat_map(HashMap::keys).max().copied().unwrap_or(SubjectNumber::OVERALL);
    let names = means.names.of(conn, brand, last)?;
    let number = names.iter().find(|(_, known)| *known == subject).map(|(number, _)| *number);
    let Some(number) = number else { return Ok(HashMap::new()) };
    let of_place = |(place, mut shown): (_, HashMap<_, _>)| Some((place, shown.remove(&number)?));
    Ok(shown.into_iter().filter_map(of_place).collect())
}
