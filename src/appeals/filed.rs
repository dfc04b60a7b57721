//! The event that a branch appeals.

use serde::{Deserialize, Serialize};

use super::model::Appeal;
use crate::{
    ids::{AccountId, AppealId, BranchId, BrandId, ReportId, VisitId},
    outbox::Happened,
};

/// A manager objected to answers of a report.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AppealFiled {
    /// Which appeal.
    pub appeal_id: AppealId,
    /// The report.
    pub report_id: ReportId,
    /// The visit that it is of.
    pub visit_id: VisitId,
    /// Whose it is.
    pub brand_id: BrandId,
    /// The branch that was visited.
    pub branch_id: BranchId,
    /// Who objects.
    pub account_id: AccountId,
}

impl AppealFiled {
    /// That this appeal was filed.
    pub fn new(appeal: &Appeal) -> Self {
        Self {
            appeal_id: appeal.id,
            report_id: appeal.report_id,
            visit_id: appeal.visit_id,
            brand_id: appeal.brand_id,
            branch_id: appeal.branch_id,
            account_id: appeal.account_id,
        }
    }
}

impl Happened for AppealFiled {
    const KIND: &'static str = "appeal_filed";

    fn subject(&self) -> String {
        self.visit_id.to_string()
    }

    fn step(&self) -> String {
        self.appeal_id.to_string()
    }

    fn brand(&self) -> Option<BrandId> {
        Some(self.brand_id)
    }

    fn account(&self) -> Option<AccountId> {
        Some(self.account_id)
    }
}
