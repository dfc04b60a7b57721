//! What a counted visit adds to the figures of its places, and which places have figures.

use std::collections::HashMap;

use super::{statistics::Extent, vector::Vector};
use crate::{
    accounts::policy::{Area, Scope},
    checklists::{cache::Version, counted::SubjectNumber, model::Question},
    db::{
        Conn,
        types::{Id, text_enum},
    },
    error::{Error, FieldError, Result},
    ids::{BranchId, BrandId, RegionId, VisitId},
    months::Month,
    visits::model::{Visit, VisitHead},
};

text_enum! {
    /// What a place is.
    pub enum PlaceKind {
        /// All of a brand.
        Brand = "brand",
        /// A region with all below it.
        Region = "region",
        /// One branch.
        Branch = "branch",
    }
}

text_enum! {
    /// Who reads figures, and so which visits are in them.
    pub enum Reader {
        /// A desk sees everything that counts.
        Desk = "desk",
        /// Managers and HR see what gives no visit away.
        BranchSide = "branch_side",
    }
}

impl Reader {
    /// What such a reader sees of a place of this brand, with all that lies in it: for background work, which acts for no account.
    pub fn over(self, brand: BrandId, place: Place) -> Scope {
        match self {
            Self::Desk => Scope::of_desk(place.area(brand)),
            Self::BranchSide => Scope::of_branch_side(place.area(brand)),
        }
    }

    /// The part of a scope by which such a reader sees places.
    pub fn of(self, scope: &Scope) -> Scope {
        match self {
            Self::Desk => scope.at_desks(),
            Self::BranchSide => scope.clone(),
        }
    }
}

/// What is wrong where a region and a branch are named.
const NOT_BOTH: &str = "name a region or a branch, not both";

/// A brand, a region or a branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// All of a brand.
    Brand(BrandId),
    /// A region with all below it.
    Region(RegionId),
    /// One branch.
    Branch(BranchId),
}

/// The id of a brand, of a region or of a branch; the kind stands beside it.
pub type PlaceId = Id<Place>;

impl PlaceKind {
    /// The place of this kind with this id.
    pub const fn place(self, id: PlaceId) -> Place {
        match self {
            Self::Brand => Place::Brand(id.cast()),
            Self::Region => Place::Region(id.cast()),
            Self::Branch => Place::Branch(id.cast()),
        }
    }
}

impl Place {
    /// The place that these ids name: the brand alone, or one region or one branch of it.
    ///
    /// # Errors
    /// What is wrong, if both are named.
    pub fn named(
        brand: BrandId,
        region: Option<RegionId>,
        branch: Option<BranchId>,
    ) -> std::result::Result<Self, FieldError> {
        match (region, branch) {
            (None, None) => Ok(Self::Brand(brand)),
            (Some(region), None) => Ok(Self::Region(region)),
            (None, Some(branch)) => Ok(Self::Branch(branch)),
            (Some(_), Some(_)) => Err(FieldError::new("/branch_id", "contradiction", NOT_BOTH)),
        }
    }

    /// The region, if it is one.
    pub const fn region(self) -> Option<RegionId> {
        if let Self::Region(id) = self { Some(id) } else { None }
    }

    /// The branch, if it is one.
    pub const fn branch(self) -> Option<BranchId> {
        if let Self::Branch(id) = self { Some(id) } else { None }
    }

    /// Its id.
    pub const fn id(self) -> PlaceId {
        match self {
            Self::Brand(id) => id.cast(),
            Self::Region(id) => id.cast(),
            Self::Branch(id) => id.cast(),
        }
    }

    /// The place of this brand with all that lies in it.
    const fn area(self, brand: BrandId) -> Area {
        match self {
            Self::Brand(brand) => Area::Brand(brand),
            Self::Region(region) => Area::Region(brand, region),
            Self::Branch(branch) => Area::Branch(brand, branch),
        }
    }

    /// Of how many branches its visits are.
    pub const fn extent(self) -> Extent {
        match self {
            Self::Branch(_) => Extent::Branch,
            Self::Brand(_) | Self::Region(_) => Extent::Several,
        }
    }

    /// What it is.
    pub const fn kind(self) -> PlaceKind {
        match self {
            Self::Brand(_) => PlaceKind::Brand,
            Self::Region(_) => PlaceKind::Region,
            Self::Branch(_) => PlaceKind::Branch,
        }
    }
}

/// The places that a list of what belongs to places is held to.
#[derive(Clone, Copy, Debug, Default)]
pub struct HeldTo {
    /// Only places of this brand.
    pub brand: Option<BrandId>,
    /// Only this place itself.
    pub place: Option<PlaceId>,
}

impl HeldTo {
    /// Held to what these ids name: a brand, and one region or one branch, or neither.
    ///
    /// # Errors
    /// `invalid` if a region and a branch are named.
    pub fn named(brand: Option<BrandId>, region: Option<RegionId>, branch: Option<BranchId>) -> Result<Self> {
        if region.is_some() && branch.is_some() {
            return Err(Error::invalid(vec![FieldError::new("branch_id", "contradiction", NOT_BOTH)]));
        }
        Ok(Self { brand, place: region.map(|id| id.cast()).or(branch.map(|id| id.cast())) })
    }
}

/// What a visit that counts adds to the figures of its places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// The visit.
    pub visit_id: VisitId,
    /// The brand.
    pub brand_id: BrandId,
    /// The branch that was visited.
    pub branch_id: BranchId,
    /// The month that the visit counts in.
    pub month: Month,
    /// What it scored.
    pub scores: Vector,
}

impl Counted {
    /// What this visit adds for desks, scored under the version that it was made with.
    pub fn for_desks(visit: &Visit, version: &Version) -> Self {
        Self::of(visit, version.count(visit.content.0.filled()))
    }

    /// What it adds for the branch's side: of questions only those that its report shows.
    pub fn for_branch_side(visit: &Visit, version: &Version, is_shown: impl Fn(&Question) -> bool) -> Self {
        Self::of(visit, version.score_by_subject(visit.content.0.filled()).shown(is_shown))
    }

    /// What it adds with these scores.
    pub(super) fn of(Visit { head, .. }: &Visit, scores: Vec<(SubjectNumber, i32)>) -> Self {
        let VisitHead { id: visit_id, brand_id, branch_id, month, .. } = *head;
        Self { visit_id, brand_id, branch_id, month, scores: Vector::of(&scores) }
    }

    /// The same, to be taken out; `changes` says for how many visits without a report that is.
    pub(super) fn taken_out(&self, changes: i64) -> Self {
        Self { scores: self.scores.clone().taken_out(changes), ..*self }
    }
}

/// What the report of each of these visits shows; nothing of a visit that has none.
pub type ShownQuestions = fn(&mut Conn, &[VisitId]) -> Result<HashMap<VisitId, InReport>>;

/// What a report shows of its visit.
pub struct InReport {
    /// Whether it shows a question.
    pub is_shown: Box<dyn Fn(&Question) -> bool + Send>,
    /// Whether it shows what the shopper added to answers.
    pub comments: bool,
    /// Whether it shows amounts.
    pub amounts: bool,
}

impl InReport {
    /// As if a report showed all that a visit says.
    pub fn everything() -> Self {
        Self { is_shown: Box::new(|_| true), comments: true, amounts: true }
    }

    /// As if it showed nothing.
    pub fn nothing() -> Self {
        Self { is_shown: Box::new(|_| false), comments: false, amounts: false }
    }

    /// Whether it shows this question.
    pub fn shows(&self, question: &Question) -> bool {
        (self.is_shown)(question)
    }
}
