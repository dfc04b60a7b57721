//! The figures of places month by month: what tables are made of. Each is the figure that the place's trend and its breakdown have of that month.

use std::collections::{HashMap, hash_map::Entry};

use serde::{Deserialize, Serialize};

use super::{
    lent::Lent,
    means::Means,
    measured::Measured,
    model::{Place, PlaceId, PlaceKind},
    store::monthly::by_month,
    subjects::named,
    targets::{in_force::InForce, model::Aim},
    visible::{Visible, visible_after, visible_by_name},
};
use crate::{
    accounts::policy::Scope,
    checklists::counted::Subject,
    db::Conn,
    error::{Result, if_there},
    ids::BrandId,
    months::{Month, Period},
};

/// So many places are listed at once.
const PLACES_AT_ONCE: i64 = 50;
/// The kinds of places, in the order in which they come.
const KINDS: [PlaceKind; 3] = [PlaceKind::Brand, PlaceKind::Region, PlaceKind::Branch];

/// Which figures are wanted, of all that the caller may see.
#[derive(Clone, Copy, Debug, Default)]
pub struct MonthsAsked {
    /// Only those of places of this brand.
    pub brand: Option<BrandId>,
    /// Only those of places of this kind.
    pub kind: Option<PlaceKind>,
    /// Only those of the place with this id.
    pub place: Option<PlaceId>,
    /// None of earlier months.
    pub from: Option<Month>,
    /// None of later months.
    pub to: Option<Month>,
}

/// Where a figure stands among all that there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthPlace {
    kind: PlaceKind,
    /// The place before its own one, in the order of their ids.
    before: Option<PlaceId>,
    place: PlaceId,
    month: Month,
    subject: i32,
}

/// The figure of a place, a month and a subject.
#[derive(Clone, Debug)]
pub struct Monthly {
    /// Where it stands.
    pub at: MonthPlace,
    /// The place.
    pub place: Place,
    /// The brand that the place is of.
    pub brand: BrandId,
    /// What the place is called.
    pub name: String,
    /// The month.
    pub month: Month,
    /// What it is about.
    pub subject: Subject,
    /// The figure.
    pub figure: Measured,
    /// Whether each visit scored all or nothing.
    pub is_share: bool,
    /// What the score is to be.
    pub aim: Option<Aim>,
}

/// So many figures after this one, in the order of kinds, ids, months and numbers of subjects, of subjects that are wanted.
///
/// # Errors
/// None but those of the database.
pub fn figures_after(
    conn: &mut Conn,
    means: &Means,
    scope: &Scope,
    (asked, is_wanted): (&MonthsAsked, fn(&Subject) -> bool),
    (after, rows): (Option<MonthPlace>, usize),
) -> Result<Vec<Monthly>> {
    let mut found = Found { means, asked, is_wanted, rows, lent: HashMap::new(), figures: Vec::new() };
    let begun = after.as_ref().map(|after| after.kind);
    for kind in KINDS.into_iter().skip_while(|kind| begun.is_some_and(|begun| begun != *kind)) {
        if asked.kind.is_some_and(|wanted| wanted != kind) {
            continue;
        }
        let after = after.as_ref().filter(|after| after.kind == kind);
        let mut before = after.and_then(|after| after.before);
        loop {
            let places = match asked.place {
                Some(id) => if_there(visible_by_name(conn, scope, kind.place(id)))?.into_iter().collect(),
                None => visible_after(conn, scope, (kind, asked.brand), before, PLACES_AT_ONCE)?,
            };
            let is_last = asked.place.is_some() || (places.len() as i64) < PLACES_AT_ONCE;
            for (place, name) in places {
                let id = place.place.id();
                if asked.brand.is_none_or(|brand| brand == place.brand) {
                    found.add(conn, (place, name, before), after.filter(|after| after.place == id))?;
                }
                before = Some(id);
                if found.is_full() {
                    return Ok(found.figures);
                }
            }
            if is_last {
                break;
            }
        }
    }
    Ok(found.figures)
}

/// The figures that were found so far.
struct Found<'a> {
    means: &'a Means,
    asked: &'a MonthsAsked,
    is_wanted: fn(&Subject) -> bool,
    rows: usize,
    /// What each brand lends.
    lent: HashMap<BrandId, Lent>,
    figures: Vec<Monthly>,
}

impl Found<'_> {
    fn is_full(&self) -> bool {
        self.figures.len() >= self.rows
    }

    /// Adds the figures of a place after this one, as many as are still wanted.
    fn add(
        &mut self,
        conn: &mut Conn,
        (place, name, before): (Visible, String, Option<PlaceId>),
        after: Option<&MonthPlace>,
    ) -> Result<()> {
        let MonthsAsked { from, to, .. } = *self.asked;
        let from = after.map(|after| after.month).max(from).unwrap_or(Month::FIRST);
        let Some(period) = Period::new(from, to.unwrap_or(Month::LAST)) else { return Ok(()) };
        let by_month = by_month(conn, &place, period)?;
        let ends = by_month.first_key_value().zip(by_month.last_key_value());
        let Some(period) = ends.map(|((first, _), (last, _))| Period::around(*first, *last)) else {
            return Ok(());
        };
        let targets = InForce::of(conn, &place, period)?;
        let lent = match self.lent.entry(place.brand) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(Lent::by(conn, place.brand)?),
        };
        let of = place.place;
        for (month, numbered) in by_month {
            let passed = after.filter(|after| after.month == month).map(|after| after.subject);
            for (number, subject, shown) in named(conn, self.means, &place, numbered)? {
                if !(self.is_wanted)(&subject) || passed.is_some_and(|passed| number.get() <= passed) {
                    continue;
                }
                let spread = lent.spread(&subject, of.extent(), 1);
                let number_lent = lent.number(&spread);
                let figure = match subject {
                    Subject::Overall => Measured::new(shown, place.minimum, &spread, number_lent),
                    _ => Measured::of_subject(shown, place.minimum, &spread, number_lent),
                };
                self.figures.push(Monthly {
                    at: MonthPlace { kind: of.kind(), before, place: of.id(), month, subject: number.get() },
                    place: of,
                    brand: place.brand,
                    name: name.clone(),
                    month,
                    aim: targets.at(of, &subject, month),
                    subject,
                    figure,
                    is_share: shown.sums.is_share(),
                });
                if self.figures.len() >= self.rows {
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}
