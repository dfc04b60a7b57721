//! Where places lie, month by month: pure.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap},
};

use crate::{
    ids::RegionId,
    months::Month,
    places::{
        model::DEEPEST,
        steps::model::{PlaceStep, StepKind},
    },
};

/// The regions that one place has lain in, and will lie in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    first: Option<RegionId>,
    /// In the order of months; the last one of a month holds.
    moves: Vec<(Month, Option<RegionId>)>,
}

impl Way {
    /// That of a place which lies in this region, by all steps that were taken with it, the first one first.
    pub fn of(present: Option<RegionId>, steps: &[PlaceStep]) -> Self {
        let mut moves: Vec<&PlaceStep> = Vec::new();
        for step in steps {
            match step.step {
                StepKind::Move => moves.push(step),
                StepKind::TakeBack => _ = moves.pop(),
                StepKind::Retire | StepKind::Restore => {}
            }
        }
        let first = moves.first().map_or(present, |step| step.from_region);
        let moves = moves.into_iter().filter_map(|step| Some((step.from_month?, step.to_region))).collect();
        Self { first, moves }
    }

    /// The region that the place lies in in a month.
    pub fn region_in(&self, month: Month) -> Option<RegionId> {
        let begun = self.moves.iter().rev().find(|(from, _)| *from <= month);
        begun.map_or(self.first, |(_, region)| *region)
    }

    /// The month of the last move.
    pub fn last_move(&self) -> Option<Month> {
        self.moves.last().map(|(from, _)| *from)
    }

    /// The same with one move more, which is no earlier than the last one.
    #[must_use]
    pub fn moved(mut self, from: Month, to: Option<RegionId>) -> Self {
        self.moves.push((from, to));
        self
    }

    /// The same without the last move.
    #[must_use]
    pub fn without_the_last(mut self) -> Self {
        self.moves.pop();
        self
    }

    fn months(&self) -> impl Iterator<Item = Month> {
        self.moves.iter().map(|(from, _)| *from)
    }
}

/// What is wrong with a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A region would lie in itself.
    Circle(Month),
    /// Regions would nest too deep.
    Depth(Month),
}

/// A brand's tree of regions, in all months.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    ways: HashMap<RegionId, Way>,
}

impl Tree {
    /// The tree of these regions.
    pub fn new(ways: impl IntoIterator<Item = (RegionId, Way)>) -> Self {
        Self { ways: ways.into_iter().collect() }
    }

    /// The same tree with another way of one region.
    #[must_use]
    pub fn with(&self, region: RegionId, way: Way) -> Self {
        let mut ways = self.ways.clone();
        ways.insert(region, way);
        Self { ways }
    }

    /// The way of a region.
    pub fn way(&self, region: RegionId) -> Option<&Way> {
        self.ways.get(&region)
    }

    /// A region itself and every one that it lies in in a month, upwards; nothing for none.
    pub fn above(&self, region: Option<RegionId>, month: Month) -> Vec<RegionId> {
        let up = |region: &RegionId| self.ways.get(region)?.region_in(month);
        // One more than there may be: so a tree that is too deep shows, and a circle ends.
        std::iter::successors(region, up).take(DEEPEST + 1).collect()
    }

    /// These regions, in all of which one place lies in a month, from the nearest up.
    pub fn nearest_first(&self, mut regions: Vec<RegionId>, month: Month) -> Vec<RegionId> {
        regions.sort_by_key(|region| Reverse(self.above(Some(*region), month).len()));
        regions
    }

    /// What is wrong with the tree from a month on, now that this region moves in it.
    pub fn fault(&self, moved: RegionId, from: Month) -> Option<Fault> {
        let way = self.ways.get(&moved)?;
        let months = self.months().into_iter().filter(|month| *month > from);
        [from].into_iter().chain(months).find_map(|month| {
            if self.above(way.region_in(month), month).contains(&moved) {
                return Some(Fault::Circle(month));
            }
            let is_deep = |region: &RegionId| self.above(Some(*region), month).len() > DEEPEST;
            self.ways.keys().any(is_deep).then_some(Fault::Depth(month))
        })
    }

    /// Whether the tree would be too deep in any month with so many regions more below this one.
    pub fn is_ever_too_deep(&self, region: Option<RegionId>, further: usize) -> bool {
        let mut months = self.months().into_iter().chain([Month::FIRST]);
        months.any(|month| self.above(region, month).len() + further > DEEPEST)
    }

    /// The months from which on something lies elsewhere.
    fn months(&self) -> BTreeSet<Month> {
        self.ways.values().flat_map(Way::months).collect()
    }

    /// Where a branch with this way lies, however deep, from month to month.
    pub fn stays(&self, way: &Way) -> Stays {
        let mut begins = self.months();
        begins.extend(way.months());
        begins.insert(Month::FIRST);
        let begins: Vec<Month> = begins.into_iter().collect();
        let ends = begins.iter().skip(1).filter_map(|next| next.plus(-1)).chain([Month::LAST]);
        let (mut stays, mut open) = (Vec::new(), BTreeMap::<RegionId, Stay>::new());
        for (from, to) in begins.iter().copied().zip(ends) {
            let here: BTreeSet<_> = self.above(way.region_in(from), from).into_iter().collect();
            stays.extend(open.extract_if(.., |region, _| !here.contains(region)).map(|(_, stay)| stay));
            for region in here {
                open.entry(region).or_insert(Stay { region, from, to }).to = to;
            }
        }
        stays.extend(open.into_values());
        stays.sort_unstable_by_key(|stay| (stay.region, stay.from));
        Stays(stays)
    }
}

/// A branch lies in a region, however deep, from month to month, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stay {
    /// The region.
    pub region: RegionId,
    /// The first month.
    pub from: Month,
    /// The last month.
    pub to: Month,
}

impl Stay {
    /// Whether the branch lies in the region in this month.
    pub fn has(&self, month: Month) -> bool {
        (self.from..=self.to).contains(&month)
    }
}

/// Where one branch lies, however deep, in all months.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stays(pub Vec<Stay>);

impl Stays {
    /// The regions that the branch lies in in a month.
    pub fn regions_in(&self, month: Month) -> impl Iterator<Item = RegionId> {
        self.0.iter().filter(move |stay| stay.has(month)).map(|stay| stay.region)
    }

    /// The months from which on the branch lies in other regions than in the month before, in their order.
    pub fn changes(&self) -> Vec<Month> {
        let begins = self.0.iter().map(|stay| stay.from).filter(|from| *from > Month::FIRST);
        let ends = self.0.iter().filter(|stay| stay.to < Month::LAST).filter_map(|stay| stay.to.plus(1));
        let changes: BTreeSet<_> = begins.chain(ends).collect();
        changes.into_iter().collect()
    }
}

#[cfg(test)]
mod tests;
