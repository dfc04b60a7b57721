//! How far a campaign is: what is wanted of it, and what has become of that, region by region.

pub mod api;
pub mod count;
pub(super) mod store;

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    ops::AddAssign,
};

use serde::Serialize;
use utoipa::ToSchema;

use crate::{ids::RegionId, limits::Count};

/// A window that closes so soon without a shopper who has it is at risk …
pub const WITHOUT_SHOPPER_SECONDS: i64 = 48 * 3_600;
/// … and so is one that closes so soon without a visit.
pub const NOT_MADE_SECONDS: i64 = 24 * 3_600;

/// How many visits of a campaign are where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CoverageCounts)]
pub struct Counts {
    /// Visits that the campaign wants: so many of each branch, and once it is closed, those that are there.
    #[schema(value_type = Count)]
    pub wanted: i64,
    /// Of those, for how many nothing is under way and nothing was made: they are to be planned, or cannot be.
    #[schema(value_type = Count)]
    pub missing: i64,
    /// On the board.
    #[schema(value_type = Count)]
    pub open: i64,
    /// A shopper has been asked.
    #[schema(value_type = Count)]
    pub offered: i64,
    /// A shopper has it, and there is no visit yet.
    #[schema(value_type = Count)]
    pub assigned: i64,
    /// Visits that nothing was decided about yet. One that came late, when another shopper was asked already, is counted
    /// beside theirs.
    #[schema(value_type = Count)]
    pub submitted: i64,
    /// Visits that count.
    #[schema(value_type = Count)]
    pub approved: i64,
    /// Visits that do not count.
    #[schema(value_type = Count)]
    pub rejected: i64,
    /// Visits that are paid, and count nowhere.
    #[schema(value_type = Count)]
    pub excluded: i64,
    /// Of what is open, offered or assigned: the window has closed.
    #[schema(value_type = Count)]
    pub late: i64,
    /// Of the same: the window closes within 48 hours and no shopper has it, or within 24 and there is no visit.
    #[schema(value_type = Count)]
    pub at_risk: i64,
}

impl AddAssign for Counts {
    /// Every structure is taken apart by name, so that a count that is added one day cannot be forgotten.
    fn add_assign(&mut self, more: Self) {
        let Self {
            wanted,
            missing,
            open,
            offered,
            assigned,
            submitted,
            approved,
            rejected,
            excluded,
            late,
            at_risk,
        } = more;
        self.wanted += wanted;
        self.missing += missing;
        self.open += open;
        self.offered += offered;
        self.assigned += assigned;
        self.submitted += submitted;
        self.approved += approved;
        self.rejected += rejected;
        self.excluded += excluded;
        self.late += late;
        self.at_risk += at_risk;
    }
}

/// A region as coverage shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its id.
    pub id: RegionId,
    /// The region that it lies in.
    pub parent: Option<RegionId>,
    /// What it is called.
    pub name: String,
}

/// A region with its counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoveredRegion {
    /// The region.
    pub node: Node,
    /// How deep it lies below the first ones.
    pub depth: usize,
    /// What is in it, and below it.
    pub counts: Counts,
}

/// A campaign's counts: of all that the caller sees, and of each region with all below it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// All of it.
    pub all: Counts,
    /// The regions of which anything is wanted or was made, in the order of the tree: each before those in it, and
    /// beside each other by their names.
    pub regions: Vec<CoveredRegion>,
}

impl Coverage {
    /// Adds up what lies directly in each region (or in none) along these regions' tree.
    pub fn of(nodes: Vec<Node>, own: &HashMap<Option<RegionId>, Counts>) -> Self {
        let mut all = Counts::default();
        own.values().for_each(|counts| all += *counts);
        let shown: HashSet<RegionId> = nodes.iter().map(|node| node.id).collect();
        let mut below: HashMap<Option<RegionId>, BTreeMap<(String, RegionId), Node>> = HashMap::new();
        for node in nodes {
            // Where the region above is not the caller's to see, this one stands at the top.
            let above = node.parent.filter(|parent| shown.contains(parent));
            below.entry(above).or_default().insert((node.name.clone(), node.id), node);
        }
        let mut regions = Vec::with_capacity(shown.len());
        Self::walk(None, 0, &mut below, own, &mut regions);
        regions.retain(|one: &CoveredRegion| one.counts != Counts::default());
        Self { all, regions }
    }

    /// Puts down what is below a region, and gives the sum of it. Regions nest at most 32 deep.
    fn walk(
        above: Option<RegionId>,
        depth: usize,
        below: &mut HashMap<Option<RegionId>, BTreeMap<(String, RegionId), Node>>,
        own: &HashMap<Option<RegionId>, Counts>,
        regions: &mut Vec<CoveredRegion>,
    ) -> Counts {
        let mut sum = Counts::default();
        for node in below.remove(&above).unwrap_or_default().into_values() {
            let (id, at) = (node.id, regions.len());
            let mut counts = own.get(&Some(id)).copied().unwrap_or_default();
            regions.push(CoveredRegion { node, depth, counts });
            counts += Self::walk(Some(id), depth + 1, below, own, regions);
            if let Some(covered) = regions.get_mut(at) {
                covered.counts = counts;
            }
            sum += counts;
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn region(number: usize) -> RegionId {
        RegionId::new(Uuid::from_u128(number as u128 + 1))
    }

    fn node(number: usize, parent: Option<usize>, name: &str) -> Node {
        Node { id: region(number), parent: parent.map(region), name: name.to_owned() }
    }

    fn open(open: i64) -> Counts {
        Counts { open, ..Counts::default() }
    }

    #[test]
    fn a_tree_is_shown_from_the_top_and_by_names() {
        let nodes = vec![
            node(0, Some(3), "Izmir"),
            node(1, Some(7), "Bursa"), // in a region that is not to be seen
            node(2, Some(3), "Ankara"),
            node(3, None, "Turkey"),
            node(4, None, "Empty"),
        ];
        let own = [(Some(region(0)), open(1)), (Some(region(1)), open(2)), (Some(region(3)), open(4))];
        let own = own.into_iter().chain([(None, open(8))]).collect();
        let coverage = Coverage::of(nodes, &own);
        let shown: Vec<_> =
            coverage.regions.iter().map(|one| (&*one.node.name, one.depth, one.counts.open)).collect();
        assert_eq!(shown, [("Bursa", 0, 2), ("Turkey", 0, 5), ("Izmir", 1, 1)]);
        assert_eq!(coverage.all, open(15));
    }

    proptest! {
        #[test]
        fn a_region_has_what_is_in_it_and_below(
            tree in prop::collection::vec((any::<prop::sample::Index>(), 0..100_i64), 1..40),
        ) {
            // Each lies in one before it, or at the top.
            let above: Vec<Option<usize>> =
                tree.iter().enumerate().map(|(n, (index, _))| index.index(n + 1).checked_sub(1)).collect();
            let nodes = (0..tree.len()).map(|n| node(n, above[n], &format!("{}", n % 5))).collect();
            let own = (0..tree.len()).map(|n| (Some(region(n)), open(tree[n].1))).collect();
            let coverage = Coverage::of(nodes, &own);
            prop_assert_eq!(coverage.all, open(tree.iter().map(|(_, open)| open).sum()));
            for n in 0..tree.len() {
                let within = |mut of: usize| loop {
                    match above[of] {
                        _ if of == n => return true,
                        Some(parent) => of = parent,
                        None => return false,
                    }
                };
                let wanted: i64 = (0..tree.len()).filter(|of| within(*of)).map(|of| tree[of].1).sum();
                let shown = coverage.regions.iter().find(|one| one.node.id == region(n));
                prop_assert_eq!(shown.map_or(0, |one| one.counts.open), wanted);
            }
        }
    }
}
