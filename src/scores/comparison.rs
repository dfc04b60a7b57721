//! Comparisons: a place with itself before, branch by branch, and with its region, its brand and the best quarter of the branches.

use std::collections::BTreeMap;

use super::{
    figures::{by_branch, overall},
    lent::Lent,
    model::{Place, PlaceId, Reader},
    shown::Shown,
    statistics::{self, Change, Extent, Paired, Spread, Sums, paired},
    store::Listed,
    visible::{Visible, benchmark, visible},
};
use crate::{
    accounts::policy::Scope, checklists::counted::Subject, db::Conn, error::Result, months::Period, places,
};

/// Fewer branches than this are no benchmark for the branch's side: it sees others only together.
const FEWEST_TOGETHER: usize = 3;

/// A place beside what it is compared with.
#[derive(Debug)]
pub struct Comparison {
    /// The place.
    pub place: Visible,
    /// What the caller is shown of it for the period.
    pub now: Shown,
    /// What the brand lends to it.
    pub spread: Spread,
    /// The number of the brand's statistics; none if the brand lends nothing.
    pub number: Option<i64>,
    /// As many months right before.
    pub before: Before,
    /// The same months a year before.
    pub year_before: Before,
    /// The region that the place lies in.
    pub region: Option<Benchmark>,
    /// The brand; none of the brand itself.
    pub brand: Option<Benchmark>,
    /// The best quarter of the brand's branches.
    pub best_quarter: Option<BestQuarter>,
}

/// An earlier period.
#[derive(Clone, Copy, Debug, Default)]
pub struct Before {
    /// What the caller is shown of it.
    pub sums: Sums,
    /// How the branches of the place changed since, each compared with itself; none of a branch.
    pub paired: Option<Paired>,
}

/// A greater place that has the place in it.
#[derive(Clone, Copy, Debug)]
pub struct Benchmark {
    /// The greater place.
    pub place: Place,
    /// What the caller is shown of it.
    pub shown: Shown,
    /// What the brand lends to it.
    pub spread: Spread,
    /// How far the place is ahead of it; below zero if it is behind. None if either has no visits.
    pub ahead: Option<Change>,
}

/// The best of the branches that have enough visits.
#[derive(Clone, Copy, Debug)]
pub struct BestQuarter {
    /// How many they are: a quarter, rounded up.
    pub branches: usize,
    /// Of how many.
    pub of: usize,
    /// All their visits.
    pub sums: Sums,
}

/// What each branch scored that has visits.
type ByBranch = BTreeMap<PlaceId, Sums>;

/// What a place is compared with for a period.
///
/// # Errors
/// `not_found` if the place is not there, or out of scope.
pub fn comparison(conn: &mut Conn, scope: &Scope, place: Place, period: Period) -> Result<Comparison> {
    let place = visible(conn, scope, place)?;
    let lent = Lent::by(conn, place.brand)?;
    let reads = Reads { place, period, lent };
    // Each branch is compared with itself, wherever it lay: those that lay in the place in the last month.
    let last = Listed::In(period.to());
    let of_brand = branches(conn, &benchmark(&place), period, last)?;
    let of_place = match place.place {
        Place::Brand(_) => of_brand.clone(),
        Place::Region(_) => branches(conn, &place, period, last)?,
        Place::Branch(_) => ByBranch::new(),
    };
    let now = overall(conn, &place, period)?;
    let (before, year_before) = (period.before(), period.year_before());
    let region = reads.region(conn)?;
    let brand = Some(Place::Brand(place.brand)).filter(|brand| *brand != place.place);
    let spread = reads.spread(place.place.extent());
    Ok(Comparison {
        place,
        now,
        spread,
        number: reads.lent.number(&spread),
        before: reads.before(conn, before, &of_place)?,
        year_before: reads.before(conn, year_before, &of_place)?,
        region: region.map(|region| reads.against(conn, region, now)).transpose()?,
        brand: brand.map(|brand| reads.against(conn, brand, now)).transpose()?,
        best_quarter: reads.best_quarter(of_brand),
    })
}

/// What is read is of a place and a period.
struct Reads {
    place: Visible,
    period: Period,
    lent: Lent,
}

impl Reads {
    fn spread(&self, of: Extent) -> Spread {
        self.lent.spread(&Subject::Overall, of, self.period.months())
    }

    fn before(&self, conn: &mut Conn, period: Option<Period>, now: &ByBranch) -> Result<Before> {
        let Some(period) = period else { return Ok(Before::default()) };
        let sums = overall(conn, &self.place, period)?.sums;
        if self.place.place.extent() == Extent::Branch {
            return Ok(Before { sums, paired: None });
        }
        let earlier = branches(conn, &self.place, period, Listed::In(self.period.to()))?;
        let both = now.iter().filter_map(|(branch, now)| Some((*earlier.get(branch)?, *now)));
        Ok(Before { sums, paired: paired(both, &self.spread(Extent::Branch)) })
    }

    fn against(&self, conn: &mut Conn, greater: Place, now: Shown) -> Result<Benchmark> {
        let shown = overall(conn, &Visible { place: greater, ..self.place }, self.period)?;
        let ahead = now.sums.change_since(shown.sums, &self.spread(self.place.place.extent()));
        Ok(Benchmark { place: greater, shown, spread: self.spread(Extent::Several), ahead })
    }

    /// The region that the place lies in, if the caller may see what it scores: the branch's side only if enough other branches are in it.
    fn region(&self, conn: &mut Conn) -> Result<Option<Place>> {
        let region = match self.place.place {
            Place::Brand(_) => None,
            Place::Region(id) => {
                places::store::regions_above(conn, id)?.into_iter().find(|above| *above != id)
            }
            Place::Branch(id) => {
                places::store::branch_if_there(conn, id)?.and_then(|branch| branch.region_id)
            }
        };
        let Some(region) = region.map(Place::Region) else { return Ok(None) };
        if self.place.reader == Reader::Desk {
            return Ok(Some(region));
        }
        // The figure of a region is of the months in which branches lay in it.
        let listed = Listed::ByMonths(self.period);
        let all = branches(conn, &Visible { place: region, ..self.place }, self.period, listed)?.len();
        let own = match self.place.place {
            Place::Branch(_) => 1,
            _ => branches(conn, &self.place, self.period, listed)?.len(),
        };
        Ok(Some(region).filter(|_| all >= own + FEWEST_TOGETHER))
    }

    /// The best quarter of these branches, in the order of a ranking; to the branch's side only if that is several branches.
    fn best_quarter(&self, branches: ByBranch) -> Option<BestQuarter> {
        let places: Vec<_> = branches.into_iter().collect();
        let ranking = statistics::rank(&places, self.place.minimum, &self.spread(Extent::Branch));
        let ranked: Vec<_> = ranking.iter().take_while(|row| row.rank.is_some()).collect();
        let best = ranked.len().div_ceil(4);
        let fewest = if self.place.reader == Reader::Desk { 1 } else { FEWEST_TOGETHER };
        if best < fewest {
            return None;
        }
        let sums = ranked.iter().take(best).map(|row| row.sums).fold(Sums::default(), Sums::plus);
        Some(BestQuarter { branches: best, of: ranked.len(), sums })
    }
}

/// What the caller is shown of each branch that is listed of a place and has visits.
fn branches(conn: &mut Conn, place: &Visible, period: Period, listed: Listed) -> Result<ByBranch> {
    let shown = by_branch(conn, place, period, listed)?.into_iter();
    Ok(shown.map(|(branch, shown)| (branch, shown.sums)).filter(|(_, sums)| sums.n > 0).collect())
}
