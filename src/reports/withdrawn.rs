//! The event that a report was withdrawn.

use serde::{Deserialize, Serialize};

use crate::{
    ids::{AccountId, BranchId, BrandId, ReportId, VisitId},
    outbox::Happened,
};

/// Two reviewers withdrew a report.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReportWithdrawn {
    /// Which report.
    pub report_id: ReportId,
    /// The visit that it is of.
    pub visit_id: VisitId,
    /// Whose it is.
    pub brand_id: BrandId,
    /// The branch that was visited.
    pub branch_id: BranchId,
    /// Who agreed to it.
    pub reviewer_id: AccountId,
}

impl Happened for ReportWithdrawn {
    const KIND: &'static str = "report_withdrawn";

    fn subject(&self) -> String {
        self.visit_id.to_string()
    }

    fn step(&self) -> String {
        self.report_id.to_string()
    }

    fn brand(&self) -> Option<BrandId> {
        Some(self.brand_id)
    }

    fn account(&self) -> Option<AccountId> {
        Some(self.reviewer_id)
    }
}
