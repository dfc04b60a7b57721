//! The event that a visit was sent back.

use serde::{Deserialize, Serialize};

use crate::{
    ids::{AccountId, BrandId, VisitId},
    outbox::Happened,
    visits::{model::VisitHead, state::State},
};

/// A reviewer sent a visit back to its shopper.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct VisitReturned {
    /// Which visit.
    pub visit_id: VisitId,
    /// Whose it is.
    pub brand_id: BrandId,
    /// What it is from now on.
    pub state: State,
    /// Which of the visit's steps this was.
    pub number: i32,
    /// Who sent it back.
    pub reviewer_id: AccountId,
}

impl VisitReturned {
    /// The step of this number, which this reviewer took with the visit.
    pub fn new(visit: &VisitHead, number: i32, reviewer_id: AccountId) -> Self {
        Self { visit_id: visit.id, brand_id: visit.brand_id, state: visit.state, number, reviewer_id }
    }
}

impl Happened for VisitReturned {
    const KIND: &'static str = "visit_returned";

    fn subject(&self) -> String {
        self.visit_id.to_string()
    }

    fn step(&self) -> String {
        self.number.to_string()
    }

    fn brand(&self) -> Option<BrandId> {
        Some(self.brand_id)
    }

    fn account(&self) -> Option<AccountId> {
        Some(self.reviewer_id)
    }
}
