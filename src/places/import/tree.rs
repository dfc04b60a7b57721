//! A brand's regions by their names on the way down, with those that are still to be kept.

use std::collections::HashMap;

use crate::{
    clock::Clock,
    db::types::{Instant, Json},
    ids::{BrandId, RegionId},
    places::{
        lines::BranchLine,
        model::{Branch, Region, RegionAbove},
    },
    text::composed,
};

/// The tree of a brand, which grows where a path leads to no region.
pub(super) struct Tree<'a> {
    brand: BrandId,
    clock: &'a Clock,
    now: Instant,
    below: HashMap<Option<RegionId>, HashMap<String, RegionId>>,
    /// The regions that were made, parents first.
    pub(super) new: Vec<Region>,
    /// What these lie in.
    pub(super) new_above: Vec<RegionAbove>,
}

impl<'a> Tree<'a> {
    /// The tree of these regions.
    pub(super) fn new(brand: BrandId, clock: &'a Clock, regions: Vec<Region>) -> Self {
        let mut below: HashMap<_, HashMap<_, _>> = HashMap::new();
        for region in regions {
            below.entry(region.parent_id).or_default().insert(composed(&region.name).into_owned(), region.id);
        }
        Self { brand, clock, now: clock.now(), below, new: Vec::new(), new_above: Vec::new() }
    }

    /// The region at the end of this path; those that are missing are made.
    pub(super) fn reach(&mut self, path: &[String]) -> Option<RegionId> {
        let mut passed: Vec<RegionId> = Vec::with_capacity(path.len());
        for name in path {
            let parent = passed.first().copied();
            let found = self.below.get(&parent).and_then(|regions| regions.get(name)).copied();
            let id = found.unwrap_or_else(|| self.make(name, &passed));
            passed.insert(0, id);
        }
        passed.first().copied()
    }

    /// The branch that a line describes, as a new one in this region.
    pub(super) fn branch(&self, line: &BranchLine, region_id: Option<RegionId>) -> Branch {
        Branch {
            id: self.clock.new_id(),
            brand_id: self.brand,
            region_id,
            code: line.code.clone(),
            name: line.name.clone(),
            address: line.address.clone(),
            latitude: line.latitude,
            longitude: line.longitude,
            time_zone: line.time_zone.clone(),
            languages: Json(line.languages.clone()),
            revision: 1,
            created_at: self.now,
        }
    }

    fn make(&mut self, name: &str, parents: &[RegionId]) -> RegionId {
        let (id, parent_id) = (self.clock.new_id(), parents.first().copied());
        let region = Region {
            id,
            brand_id: self.brand,
            parent_id,
            name: name.to_owned(),
            revision: 1,
            created_at: self.now,
        };
        self.new.push(region);
        self.new_above.extend(RegionAbove::all(id, parents));
        self.below.entry(parent_id).or_default().insert(name.to_owned(), id);
        id
    }
}
