//! What moving, retiring and restoring need to know of a region or a branch, and the steps that were taken with it.

use diesel::{Insertable, Queryable, Selectable};

use crate::{
    db::{
        schema::place_step,
        types::{Id, Instant, text_enum},
    },
    ids::{AccountId, BranchId, BrandId, RegionId},
    months::Month,
    places::model::{Branch, Region},
};

text_enum! {
    /// What a place in the tree is.
    pub enum NodeKind {
        /// A region with all below it.
        Region = "region",
        /// One branch.
        Branch = "branch",
    }
}

text_enum! {
    /// What became of a place.
    pub enum StepKind {
        /// It lies in another region from a month on.
        Move = "move",
        /// The move that was planned last is not to be.
        TakeBack = "take_back",
        /// It retires.
        Retire = "retire",
        /// It is visited again.
        Restore = "restore",
    }
}

/// A region or a branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Node {
    /// A region with all below it.
    Region(RegionId),
    /// One branch.
    Branch(BranchId),
}

/// The id of a region or of a branch; the kind stands beside it.
pub type NodeId = Id<Node>;

impl Node {
    /// Its id.
    pub const fn id(self) -> NodeId {
        match self {
            Self::Region(id) => id.cast(),
            Self::Branch(id) => id.cast(),
        }
    }

    /// What it is.
    pub const fn kind(self) -> NodeKind {
        match self {
            Self::Region(_) => NodeKind::Region,
            Self::Branch(_) => NodeKind::Branch,
        }
    }
}

/// A region or a branch: where it lies, and what is to become of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Which one.
    pub node: Node,
    /// The brand that it is of.
    pub brand_id: BrandId,
    /// The region that it lies in; none at the top of the brand.
    pub region_id: Option<RegionId>,
    /// What it is called.
    pub name: String,
    /// The IANA time zone of a branch.
    pub time_zone: Option<String>,
    /// Since when it is retired, or when it will be.
    pub retired_at: Option<Instant>,
    /// The region with which it retired, if it did not by itself.
    pub retired_with: Option<RegionId>,
    /// The month from which on it will lie elsewhere, if that is planned.
    pub moves_from: Option<Month>,
    /// The region that it will lie in then.
    pub moves_to: Option<RegionId>,
    /// Counts changes, for the ETag.
    pub revision: i64,
}

impl From<Region> for Placed {
    fn from(region: Region) -> Self {
        let Region {
            id,
            brand_id,
            parent_id: region_id,
            name,
            revision,
            retired_at,
            retired_with,
            moves_from,
            moves_to,
            ..
        } = region;
        let (node, time_zone) = (Node::Region(id), None);
        Self {
            node,
            brand_id,
            region_id,
            name,
            time_zone,
            retired_at,
            retired_with,
            moves_from,
            moves_to,
            revision,
        }
    }
}

impl From<Branch> for Placed {
    fn from(branch: Branch) -> Self {
        let Branch {
            id,
            brand_id,
            region_id,
            name,
            time_zone,
            revision,
            retired_at,
            retired_with,
            moves_from,
            moves_to,
            ..
        } = branch;
        let (node, time_zone) = (Node::Branch(id), Some(time_zone));
        Self {
            node,
            brand_id,
            region_id,
            name,
            time_zone,
            retired_at,
            retired_with,
            moves_from,
            moves_to,
            revision,
        }
    }
}

impl Placed {
    /// The same in its next revision.
    #[must_use]
    pub fn next(self) -> Self {
        Self { revision: self.revision + 1, ..self }
    }
}

/// A step that was taken with a place.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
// So that many rows are one statement on both engines.
#[diesel(table_name = place_step, treat_none_as_default_value = false)]
pub struct PlaceStep {
    /// Its id.
    pub id: Id<PlaceStep>,
    /// The brand of the place.
    pub brand_id: BrandId,
    /// What the place is.
    pub place_kind: NodeKind,
    /// Which place.
    pub place_id: NodeId,
    /// Which of the place's steps, from 1.
    pub number: i32,
    /// What became of the place.
    pub step: StepKind,
    /// Of a move: the month from which on the place lies elsewhere.
    pub from_month: Option<Month>,
    /// Of a move: where it lay until then.
    pub from_region: Option<RegionId>,
    /// Of a move: where it lies from then on.
    pub to_region: Option<RegionId>,
    /// Of a retirement: since when.
    pub retired_at: Option<Instant>,
    /// The region that retired or was restored, and this place with it.
    pub with_region: Option<RegionId>,
    /// Why.
    pub reason: String,
    /// Who took it.
    pub account_id: AccountId,
    /// When it was taken.
    pub taken_at: Instant,
}
