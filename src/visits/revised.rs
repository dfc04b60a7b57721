//! The event that a visit was revised.

use serde::{Deserialize, Serialize};

use super::model::VisitHead;
use crate::{
    ids::{AccountId, BrandId, VisitId},
    outbox::Happened,
};

/// A shopper answered a return.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct VisitRevised {
    /// Which visit.
    pub visit_id: VisitId,
    /// Whose it is.
    pub brand_id: BrandId,
    /// Which revision of it this was.
    pub revision: i32,
    /// Who answered.
    pub shopper_id: AccountId,
}

impl VisitRevised {
    /// The revision that is kept of this visit.
    pub fn new(visit: &VisitHead) -> Self {
        let VisitHead { id: visit_id, brand_id, revision, shopper_id, .. } = *visit;
        Self { visit_id, brand_id, revision, shopper_id }
    }
}

impl Happened for VisitRevised {
    const KIND: &'static str = "visit_revised";

    fn subject(&self) -> String {
        self.visit_id.to_string()
    }

    fn step(&self) -> String {
        self.revision.to_string()
    }

    fn brand(&self) -> Option<BrandId> {
        Some(self.brand_id)
    }

    fn account(&self) -> Option<AccountId> {
        Some(self.shopper_id)
    }
}
