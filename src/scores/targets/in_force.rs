//! Which target is in force at a place for a subject in a month.

use std::collections::HashMap;

use super::{
    model::{Aim, Target},
    store,
};
use crate::{
    checklists::counted::Subject,
    db::Conn,
    error::Result,
    ids::RegionId,
    months::{Month, Period},
    places::moves,
    scores::{
        model::{Place, PlaceId, PlaceKind},
        regions_above::regions_above,
        visible::Visible,
    },
};

/// The targets of a place for some months, or those of branches or regions within it for the last of these.
#[derive(Debug)]
pub struct InForce {
    targets: HashMap<PlaceId, Vec<Target>>,
    /// The regions that each place lies in in a month, from the nearest up; a region is within itself.
    above: HashMap<(PlaceId, Month), Vec<RegionId>>,
    brand: PlaceId,
}

impl InForce {
    /// Those of a place itself.
    ///
    /// # Errors
    /// None but those of the database.
    pub fn of(conn: &mut Conn, place: &Visible, period: Period) -> Result<Self> {
        let mut this = Self::without_regions(conn, place, period)?;
        if this.is_of_regions() {
            let above = regions_above(conn, place, period)?.into_iter();
            this.above = above.map(|(month, regions)| ((place.place.id(), month), regions)).collect();
        }
        Ok(this)
    }

    /// Those of the branches within a place, for the last month of a period.
    ///
    /// # Errors
    /// None but those of the database.
    pub fn of_branches(conn: &mut Conn, place: &Visible, period: Period) -> Result<Self> {
        let mut this = Self::without_regions(conn, place, period.last_month())?;
        if this.is_of_regions() {
            let (tree, month) = (moves::store::tree(conn, place.brand)?, period.to());
            let above = store::regions_of_branches(conn, place.brand, month)?.into_iter();
            let nearest_first = |(branch, regions)| ((branch, month), tree.nearest_first(regions, month));
            this.above = above.map(nearest_first).collect();
        }
        Ok(this)
    }

    /// Those of regions of the brand of a place, for a month.
    ///
    /// # Errors
    /// None but those of the database.
    pub fn of_regions(conn: &mut Conn, place: &Visible, regions: &[RegionId], month: Month) -> Result<Self> {
        let mut this = Self::without_regions(conn, place, Period::around(month, month))?;
        if this.is_of_regions() {
            let tree = moves::store::tree(conn, place.brand)?;
            let above = |region: &RegionId| ((region.cast(), month), tree.above(Some(*region), month));
            this.above = regions.iter().map(above).collect();
        }
        Ok(this)
    }

    fn without_regions(conn: &mut Conn, place: &Visible, period: Period) -> Result<Self> {
        let mut targets = HashMap::<_, Vec<_>>::new();
        for target in store::for_months(conn, place.brand, period)? {
            targets.entry(target.place.id()).or_default().push(target);
        }
        Ok(Self { targets, above: HashMap::new(), brand: place.brand.cast() })
    }

    /// Whether there is a target of a region. Without one, the regions of a branch make no difference.
    fn is_of_regions(&self) -> bool {
        self.targets.values().flatten().any(|target| target.place.kind() == PlaceKind::Region)
    }

    /// The target of a place for a subject in a month: its own one, else that of the nearest region that has one, else that of the brand.
    pub fn at(&self, place: Place, subject: &Subject, month: Month) -> Option<Aim> {
        let own = [place.id()].into_iter();
        let above = self.above.get(&(place.id(), month)).into_iter().flatten().map(|region| region.cast());
        own.chain(above).chain([self.brand]).find_map(|one| {
            let is_meant = |target: &&Target| {
                target.subject == *subject
                    && target.from <= month
                    && target.to.is_none_or(|last| month <= last)
            };
            let target = self.targets.get(&one)?.iter().find(is_meant)?;
            Some(Aim { score: target.score, of: target.place.kind() })
        })
    }
}
