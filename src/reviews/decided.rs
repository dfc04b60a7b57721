//! The event that a visit was decided about.

use serde::{Deserialize, Serialize};

use crate::{
    ids::{AccountId, BrandId, VisitId},
    outbox::Happened,
    visits::{model::VisitHead, state::State},
};

/// A visit was found true and complete, or not.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct VisitDecided {
    /// Which visit.
    pub visit_id: VisitId,
    /// Whose it is.
    pub brand_id: BrandId,
    /// What it is from now on.
    pub state: State,
    /// Which of the visit's steps this was.
    pub number: i32,
    /// Who decided; none if it was approved by lot.
    #[serde(default)]
    pub reviewer_id: Option<AccountId>,
}

impl VisitDecided {
    /// The step of this number, which this reviewer took with the visit, or the clock.
    pub fn new(visit: &VisitHead, number: i32, reviewer_id: Option<AccountId>) -> Self {
        Self { visit_id: visit.id, brand_id: visit.brand_id, state: visit.state, number, reviewer_id }
    }
}

impl Happened for VisitDecided {
    const KIND: &'static str = "visit_decided";

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
        self.reviewer_id
    }
}
