//! The event that an appeal came to its end.

use serde::{Deserialize, Serialize};

use super::model::{Appeal, AppealState};
use crate::{
    db::types::Instant,
    ids::{AccountId, AppealId, BranchId, BrandId, ReportId, VisitId},
    outbox::Happened,
};

/// A reviewer decided about an appeal, or the branch took it back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AppealDecided {
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
    /// What came of it.
    pub state: AppealState,
    /// From when on the branch's side may learn of it; none if it ended the appeal itself.
    pub shown_from: Option<Instant>,
    /// Who decided.
    pub account_id: AccountId,
}

impl AppealDecided {
    /// That this account ended the appeal.
    pub fn new(appeal: &Appeal, account_id: AccountId) -> Self {
        Self {
            appeal_id: appeal.id,
            report_id: appeal.report_id,
            visit_id: appeal.visit_id,
            brand_id: appeal.brand_id,
            branch_id: appeal.branch_id,
            state: appeal.state,
            shown_from: appeal.shown_from,
            account_id,
        }
    }
}

impl Happened for AppealDecided {
    const KIND: &'static str = "appeal_decided";

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
