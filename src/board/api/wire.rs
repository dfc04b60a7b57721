//! Jobs and steps as they are answered.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    board::{jobs::Rank, list_jobs::ListedJob, near::Kilometres},
    db::types::Instant,
    fieldwork::{
        assignments::model::{Assignment, AssignmentState, Pay},
        brief::{BranchBrief, CampaignBrief},
        eligibility::WhyNot,
    },
    ids::{AccountId, AssignmentId, BranchId, BrandId, VersionId},
};

/// An open job.
#[derive(Serialize, ToSchema)]
pub struct JobView {
    /// The assignment's.
    id: AssignmentId,
    brand_id: BrandId,
    campaign: CampaignBrief,
    branch: BranchBrief,
    /// What to fill in.
    checklist_version_id: VersionId,
    /// From when on.
    opens_at: Instant,
    /// Until when.
    closes_at: Instant,
    /// Until when the visit has to be here, to be in time.
    submit_by: Option<Instant>,
    /// What is paid for it.
    pay: Pay,
    /// How far it is from the given position, in kilometres, to a tenth; null if none was given.
    distance_km: Option<Kilometres>,
    /// Whether the caller may take it.
    available: bool,
    /// Why not, if not.
    why_not: Vec<WhyNot>,
    #[serde(skip)]
    rank: Rank,
}

impl JobView {
    /// Where it stands in the list.
    pub(super) fn rank(&self) -> Rank {
        self.rank
    }
}

impl From<ListedJob> for JobView {
    fn from(ListedJob { shown, assignment, branch, campaign }: ListedJob) -> Self {
        Self {
            id: assignment.id,
            brand_id: assignment.brand_id,
            branch: branch.into(),
            checklist_version_id: assignment.version_id,
            opens_at: assignment.opens_at,
            closes_at: assignment.closes_at,
            submit_by: assignment.submit_by,
            pay: campaign.terms.0.pay(),
            campaign: campaign.into(),
            distance_km: shown.metres.map(Kilometres::of_metres),
            available: shown.why_not.is_empty(),
            why_not: shown.why_not,
            rank: shown.rank,
        }
    }
}

/// An assignment after a step, as it is to the account that took the step.
#[derive(Serialize, ToSchema)]
pub struct StepTaken {
    id: AssignmentId,
    branch_id: BranchId,
    /// What to fill in.
    checklist_version_id: VersionId,
    state: AssignmentState,
    /// Who is asked, or has it or had it; null if there is no such shopper.
    shopper_id: Option<AccountId>,
    /// From when on.
    opens_at: Instant,
    /// Until when; what comes later is taken all the same.
    closes_at: Instant,
    /// Until when an offer is to be answered.
    answer_by: Option<Instant>,
    /// Until when the visit has to be here, to be in time.
    submit_by: Option<Instant>,
    /// What its shopper is promised.
    pay: Option<Pay>,
}

impl From<Assignment> for StepTaken {
    fn from(assignment: Assignment) -> Self {
        Self {
            id: assignment.id,
            branch_id: assignment.branch_id,
            checklist_version_id: assignment.version_id,
            state: assignment.state,
            shopper_id: assignment.shopper_id,
            opens_at: assignment.opens_at,
            closes_at: assignment.closes_at,
            answer_by: assignment.answer_by,
            submit_by: assignment.submit_by,
            pay: assignment.pay.map(|pay| pay.0),
        }
    }
}
