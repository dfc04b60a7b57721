//! The events that something became of a place.

use serde::{Deserialize, Serialize};

use crate::{
    ids::{AccountId, BrandId, RegionId},
    months::Month,
    outbox::Happened,
    places::steps::model::{NodeId, NodeKind, Placed, StepKind},
};

/// A step was taken with a place: it moves, or does not after all; it retires, or is restored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PlaceStepTaken {
    /// Which place.
    pub place_id: NodeId,
    /// What it is.
    pub place_kind: NodeKind,
    /// Its brand.
    pub brand_id: BrandId,
    /// What became of it.
    pub step: StepKind,
    /// Which of its steps this was.
    pub number: i32,
    /// Who took it.
    pub account_id: AccountId,
}

impl PlaceStepTaken {
    /// The step of this number, by this account.
    pub fn new(place: &Placed, step: StepKind, number: i32, account_id: AccountId) -> Self {
        let (place_id, place_kind) = (place.node.id(), place.node.kind());
        Self { place_id, place_kind, brand_id: place.brand_id, step, number, account_id }
    }
}

impl Happened for PlaceStepTaken {
    const KIND: &'static str = "place_step_taken";

    fn subject(&self) -> String {
        self.place_id.to_string()
    }

    fn step(&self) -> String {
        self.number.to_string()
    }

    fn brand(&self) -> Option<BrandId> {
        Some(self.brand_id)
    }

    fn account(&self) -> Option<AccountId> {
        Some(self.account_id)
    }
}

/// The month of a move has begun: the place lies there at present, and is seen by those who see that region.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PlaceMoved {
    /// Which place.
    pub place_id: NodeId,
    /// What it is.
    pub place_kind: NodeKind,
    /// Its brand.
    pub brand_id: BrandId,
    /// The region that it lies in; none at the top of the brand.
    pub region_id: Option<RegionId>,
    /// The revision in which the place is since then.
    pub revision: i64,
    /// The month in which the move was carried out.
    pub month: Month,
}

impl PlaceMoved {
    /// This place, as it is now.
    pub fn new(place: &Placed, month: Month) -> Self {
        let (place_id, place_kind) = (place.node.id(), place.node.kind());
        let Placed { brand_id, region_id, revision, .. } = *place;
        Self { place_id, place_kind, brand_id, region_id, revision, month }
    }
}

impl Happened for PlaceMoved {
    const KIND: &'static str = "place_moved";

    fn subject(&self) -> String {
        self.place_id.to_string()
    }

    fn step(&self) -> String {
        self.revision.to_string()
    }

    fn brand(&self) -> Option<BrandId> {
        Some(self.brand_id)
    }
}
