//! A brand's regions by their names on the way down, with those that are still to be kept.

use std::collections::{HashMap, HashSet};

use crate::{
    clock::Clock,
    db::types::{Instant, Json},
    ids::RegionId,
    places::{
        findings::Findings,
        model::{Branch, BranchDefaults, Brand, DEEPEST, Region, RegionAbove},
        moves,
        table::{ByKey, flaw},
    },
    text::composed,
};

use super::file::BranchLine;

/// The tree of a brand, which grows where a path leads to no region.
pub(super) struct Tree<'a> {
    brand: Brand,
    clock: &'a Clock,
    now: Instant,
    below: HashMap<Option<RegionId>, ByKey<RegionId>>,
    defaults: HashMap<RegionId, BranchDefaults>,
    /// Those that are retired, or will be.
    retired: HashSet<RegionId>,
    /// Where the regions that are kept already lie, in all months.
    lying: moves::model::Tree,
    /// Where regions are to move, and what they are called.
    to_come: HashSet<(Option<RegionId>, String)>,
    /// The regions that were made, parents first.
    pub(super) new: Vec<Region>,
    /// What these lie in.
    pub(super) new_above: Vec<RegionAbove>,
    /// Their names on the way down.
    pub(super) new_paths: Vec<String>,
}

/// The end of a path.
pub(super) struct Reached {
    /// The region there; none if the path is empty.
    pub(super) region: Option<RegionId>,
    /// What is taken for a branch there that does not say it.
    pub(super) defaults: BranchDefaults,
    /// Whether it is retired, or will be.
    pub(super) is_retired: bool,
}

impl<'a> Tree<'a> {
    /// The tree of these regions, which lie in each other as `lying` says. Where a region is to move no other one of its name is made; `to_come`
    /// has these places and names.
    pub(super) fn new(
        brand: Brand,
        clock: &'a Clock,
        regions: Vec<Region>,
        lying: moves::model::Tree,
        to_come: Vec<(Option<RegionId>, String)>,
    ) -> Self {
        let (mut below, mut defaults) = (HashMap::<_, ByKey<_>>::new(), HashMap::new());
        let retired = regions.iter().filter(|region| region.retired_at.is_some()).map(|region| region.id);
        let retired = retired.collect();
        for region in regions {
            let beside = below.entry(region.parent_id).or_insert_with(|| ByKey::new([]));
            beside.add(composed(&region.name).into_owned(), region.id);
            defaults.insert(region.id, region.branch_defaults.0);
        }
        let to_come = to_come.into_iter().map(|(parent, name)| (parent, composed(&name).into_owned()));
        let to_come = to_come.collect();
        Self {
            brand,
            clock,
            now: clock.now(),
            below,
            defaults,
            retired,
            lying,
            to_come,
            new: Vec::new(),
            new_above: Vec::new(),
            new_paths: Vec::new(),
        }
    }

    /// The region at the end of a line's path; those that are missing are made. A name that looks like another one's is
    /// taken for it, which is noted.
    pub(super) fn reach(&mut self, line: &BranchLine, findings: &mut Findings) -> Option<Reached> {
        let mut passed: Vec<RegionId> = Vec::with_capacity(line.region.len());
        for (depth, name) in line.region.iter().enumerate() {
            let parent = passed.first().copied();
            let beside = self.below.get(&parent);
            let found =
                beside.map(|beside| beside.named((line.number, "region"), name, findings)).transpose();
            let id = if let Some(id) = found.ok()?.flatten() {
                *id
            } else if self.to_come.contains(&(parent, name.clone())) {
                findings.mistake(line.number, "region", &flaw!("conflict", "import-region-to-come"));
                return None;
            } else if self.would_be_too_deep(&passed) {
                findings.mistake(line.number, "region", &flaw!("depth", "import-depth", most = DEEPEST));
                return None;
            } else {
                self.new_paths.push(line.region.get(..=depth).unwrap_or_default().join("/"));
                self.make(name, &passed)
            };
            passed.insert(0, id);
        }
        let of_regions = passed.iter().filter_map(|region| self.defaults.get(region));
        let all = of_regions.chain([&self.brand.branch_defaults.0]);
        let defaults = all.fold(BranchDefaults::default(), |nearer, further| nearer.or(further));
        let is_retired = passed.iter().any(|region| self.retired.contains(region));
        Some(Reached { region: passed.first().copied(), defaults, is_retired })
    }

    /// The branch that a line describes, as a new one in this region.
    pub(super) fn branch(&self, line: &BranchLine, region_id: Option<RegionId>) -> Branch {
        Branch {
            id: self.clock.new_id(),
            brand_id: self.brand.id,
            region_id,
            code: line.code.clone(),
            name: line.name.clone(),
            address: line.address.clone(),
            latitude: line.position.map(|position| position.latitude),
            longitude: line.position.map(|position| position.longitude),
            time_zone: line.time_zone.clone().unwrap_or_default(),
            languages: Json(line.languages.clone().unwrap_or_default()),
            revision: 1,
            created_at: self.now,
            retired_at: None,
            retired_with: None,
            moves_from: None,
            moves_to: None,
        }
    }

    /// Whether a region below these, which are given upwards, would be too deep in any month.
    fn would_be_too_deep(&self, parents: &[RegionId]) -> bool {
        let is_kept = |region: &RegionId| self.lying.way(*region).is_some();
        let new = parents.iter().take_while(|region| !is_kept(region)).count();
        self.lying.is_ever_too_deep(parents.get(new).copied(), new + 1)
    }

    fn make(&mut self, name: &str, parents: &[RegionId]) -> RegionId {
        let (id, parent_id) = (self.clock.new_id(), parents.first().copied());
        let region = Region {
            id,
            brand_id: self.brand.id,
            parent_id,
            name: name.to_owned(),
            revision: 1,
            created_at: self.now,
            branch_defaults: Json(BranchDefaults::default()),
            retired_at: None,
            retired_with: None,
            moves_from: None,
            moves_to: None,
        };
        self.new.push(region);
        self.new_above.extend(RegionAbove::all(id, parents));
        self.below.entry(parent_id).or_insert_with(|| ByKey::new([])).add(name.to_owned(), id);
        id
    }
}
