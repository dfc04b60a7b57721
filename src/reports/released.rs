//! The event that a report went out.

use serde::{Deserialize, Serialize};

use crate::{
    ids::{BranchId, BrandId, ReportId, VisitId},
    outbox::Happened,
};

/// The report of a visit went out to the branch's side.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReportReleased {
    /// Which report.
    pub report_id: ReportId,
    /// The visit that it is of.
    pub visit_id: VisitId,
    /// Whose it is.
    pub brand_id: BrandId,
    /// The branch that was visited.
    pub branch_id: BranchId,
}

impl Happened for ReportReleased {
    const KIND: &'static str = "report_released";

    fn subject(&self) -> String {
        self.visit_id.to_string()
    }

    fn step(&self) -> String {
        self.report_id.to_string()
    }

    fn brand(&self) -> Option<BrandId> {
        Some(self.brand_id)
    }
}
