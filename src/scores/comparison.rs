//! Comparisons: a place with itself before, branch by branch, and with its region, its brand and the best quarter of the branches.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    figures::{by_branch, overall},
    lent::Lent,
    model::{Place, PlaceId},
    regions_above::regions_above,
    shown::Shown,
    statistics::{self, Change, Extent, Paired, Spread, Sums, paired},
    store::{self, Listed},
    visible::{Visible, benchmark, visible},
    wanted::Wanted,
};
use crate::{
    accounts::policy::Scope, checklists::counted::Subject, db::Conn, error::Result, ids::BranchId, places,
};

/// Branches that the caller may not see one by one are shown together only if they are at least so many.
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
pub fn comparison(conn: &mut Conn, scope: &Scope, (place, wanted): (Place, &Wanted)) -> Result<Comparison> {
    let place = visible(conn, scope, place)?;
    let lent = Lent::by(conn, place.brand)?;
    // Each branch is compared with itself, wherever it lay: those that lay in the place in the last month.
    let last = Listed::In(wanted.touched().to());
    let is_beside_all = place.is_beside_all(wanted);
    let of_brand = match is_beside_all {
        true => branches(conn, &benchmark(&place), wanted, last)?,
        false => ByBranch::new(),
    };
    let of_place = match place.place {
        Place::Brand(_) => of_brand.clone(),
        Place::Region(_) => {
            let mut all = branches(conn, &place, wanted, last)?;
            let listed: BTreeSet<_> =
                store::branches(conn, scope, &place, last)?.iter().map(|one| one.id.cast()).collect();
            all.retain(|branch, _| listed.contains(branch));
            all
        }
        Place::Branch(_) => ByBranch::new(),
    };
    let now = overall(conn, &place, wanted)?;
    let (before, year_before) = (wanted.before(), wanted.year_before());
    let hidden = hidden(conn, &place.seen(), &of_brand)?;
    let reads = Reads { hidden, place: place.clone(), wanted: wanted.clone(), lent };
    let (region, brand) = if is_beside_all { reads.above(conn)? } else { (None, None) };
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

/// What is read is of a place and of visits that are wanted.
struct Reads {
    place: Visible,
    wanted: Wanted,
    lent: Lent,
    /// The branches of the brand with visits that the caller may not see one by one.
    hidden: BTreeSet<PlaceId>,
}

impl Reads {
    fn spread(&self, of: Extent) -> Spread {
        self.lent.spread(&Subject::Overall, of, self.wanted.months())
    }

    fn before(&self, conn: &mut Conn, wanted: Option<Wanted>, now: &ByBranch) -> Result<Before> {
        let Some(wanted) = wanted else { return Ok(Before::default()) };
        let sums = overall(conn, &self.place, &wanted)?.sums;
        if self.place.place.extent() == Extent::Branch {
            return Ok(Before { sums, paired: None });
        }
        let earlier = branches(conn, &self.place, &wanted, Listed::In(self.wanted.touched().to()))?;
        let both = now.iter().filter_map(|(branch, now)| Some((*earlier.get(branch)?, *now)));
        Ok(Before { sums, paired: paired(both, &self.spread(Extent::Branch)) })
    }

    fn against(&self, conn: &mut Conn, greater: Place, now: Shown) -> Result<Benchmark> {
        let shown = overall(conn, &self.place.beside(greater), &self.wanted)?;
        let ahead = now.sums.change_since(shown.sums, &self.spread(self.place.place.extent()));
        Ok(Benchmark { place: greater, shown, spread: self.spread(Extent::Several), ahead })
    }

    /// The region that the place lies in in the last month, and the brand, as far as the caller may see what they score.
    fn above(&self, conn: &mut Conn) -> Result<(Option<Place>, Option<Place>)> {
        let brand = Place::Brand(self.place.brand);
        if self.place.place == brand {
            return Ok((None, None));
        }
        let brand = Some(brand).filter(|_| are_together(self.hidden.len()));
        let last = regions_above(conn, &self.place, self.wanted.touched().last_month())?;
        let mut regions = last.into_iter().flat_map(|(_, regions)| regions).map(Place::Region);
        let Some(region) = regions.find(|region| *region != self.place.place) else {
            return Ok((None, brand));
        };
        // The figure of a region is of the months in which branches lay in it.
        let listed = Listed::ByMonths(self.wanted.touched());
        let within = branches(conn, &self.place.beside(region), &self.wanted, listed)?;
        Ok((Some(region).filter(|_| self.may_show(within.keys(), brand.is_some())), brand))
    }

    /// Whether the caller may be shown what these branches scored together: what is left without those that the caller may see one by one
    /// are several branches, and so is what is left of the brand, if that is shown as well.
    fn may_show<'b>(&self, branches: impl Iterator<Item = &'b PlaceId>, is_brand_shown: bool) -> bool {
        let among = branches.filter(|branch| self.hidden.contains(branch)).count();
        are_together(among) && (!is_brand_shown || are_together(self.hidden.len() - among))
    }

    /// The best quarter of these branches, in the order of a ranking, if the caller may see what they score.
    fn best_quarter(&self, branches: ByBranch) -> Option<BestQuarter> {
        let places: Vec<_> = branches.into_iter().collect();
        let ranking = statistics::rank(&places, self.place.minimum, &self.spread(Extent::Branch));
        let ranked: Vec<_> = ranking.iter().take_while(|row| row.rank.is_some()).collect();
        let best = &ranked[..ranked.len().div_ceil(4)];
        if best.is_empty() || !self.may_show(best.iter().map(|row| &row.key), are_together(self.hidden.len()))
        {
            return None;
        }
        let sums = best.iter().map(|row| row.sums).fold(Sums::default(), Sums::plus);
        Some(BestQuarter { branches: best.len(), of: ranked.len(), sums })
    }
}

/// Whether the brand of a place may be shown beside it: of its branches with visits the caller may see each one alone, or there are several that
/// the caller may not.
///
/// # Errors
/// `invalid` if more visits are to be counted one by one than can be.
pub(super) fn is_brand_together(conn: &mut Conn, place: &Visible, wanted: &Wanted) -> Result<bool> {
    if place.seen().covers_brand(place.brand) {
        return Ok(true);
    }
    let of_brand = branches(conn, &benchmark(place), wanted, Listed::In(wanted.touched().to()))?;
    Ok(are_together(hidden(conn, &place.seen(), &of_brand)?.len()))
}

/// Whether so many branches, of which a caller may see none alone, may be shown together: of two, a person who knows one could work out the other.
const fn are_together(branches: usize) -> bool {
    branches == 0 || branches >= FEWEST_TOGETHER
}

/// Those of these branches that are not in scope.
fn hidden(conn: &mut Conn, scope: &Scope, branches: &ByBranch) -> Result<BTreeSet<PlaceId>> {
    let ids: Vec<BranchId> = branches.keys().map(|branch| branch.cast()).collect();
    let seen = places::store::branch_names(conn, scope, &ids)?;
    Ok(ids.into_iter().filter(|id| !seen.contains_key(id)).map(|id| id.cast()).collect())
}

/// What the caller is shown of each branch that is listed of a place and has visits.
fn branches(conn: &mut Conn, place: &Visible, wanted: &Wanted, listed: Listed) -> Result<ByBranch> {
    let shown = by_branch(conn, place, wanted, listed)?.into_iter();
    Ok(shown.map(|(branch, shown)| (branch, shown.sums)).filter(|(_, sums)| sums.n > 0).collect())
}
