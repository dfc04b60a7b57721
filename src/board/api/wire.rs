//! What is told of jobs.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    board::{jobs::Rank, model::WhyNot, store::jobs::Listed},
    checklists::text::Text,
    db::types::Instant,
    fieldwork::{
        campaigns::model::Windows,
        model::{Assignment, AssignmentState, Pay},
    },
    ids::{AccountId, AssignmentId, BranchId, BrandId, CampaignId, QualificationId, VersionId},
};

/// An open job.
#[derive(Serialize, ToSchema)]
pub struct JobView {
    /// The assignment's.
    id: AssignmentId,
    brand_id: BrandId,
    campaign: JobCampaign,
    branch: JobBranch,
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
    /// How far it is from where was looked, in kilometres, to a tenth; null if that was not said.
    #[schema(minimum = 0)]
    distance_km: Option<f64>,
    /// Whether the caller may take it.
    available: bool,
    /// Why not, if not.
    why_not: Vec<WhyNot>,
    #[serde(skip)]
    rank: Rank,
}

/// What a job is for.
#[derive(Serialize, ToSchema)]
pub struct JobCampaign {
    id: CampaignId,
    name: String,
    /// What to know beforehand, by language tag; null if there is nothing.
    briefing: Option<Text>,
    /// On which days visits are wanted, and at which hours, by the clocks at the branch.
    windows: Windows,
    /// The qualification that it asks for, of those in `/v1/me/qualifications`; null if it asks for none.
    qualification_id: Option<QualificationId>,
}

/// Where a job is.
#[derive(Serialize, ToSchema)]
pub struct JobBranch {
    id: BranchId,
    name: String,
    address: String,
    /// Degrees north.
    latitude: f64,
    /// Degrees east.
    longitude: f64,
    /// IANA name.
    time_zone: String,
    /// The languages that are spoken there (BCP 47), the first one first.
    languages: Vec<String>,
}

impl JobView {
    /// Where it stands in the list.
    pub(super) fn rank(&self) -> Rank {
        self.rank
    }
}

impl From<Listed> for JobView {
    fn from(Listed { shown, assignment, branch, campaign }: Listed) -> Self {
        let terms = campaign.terms.0;
        Self {
            id: assignment.id,
            brand_id: assignment.brand_id,
            branch: JobBranch {
                id: branch.id,
                name: branch.name,
                address: branch.address,
                latitude: branch.latitude,
                longitude: branch.longitude,
                time_zone: branch.time_zone,
                languages: branch.languages.0,
            },
            checklist_version_id: assignment.version_id,
            opens_at: assignment.opens_at,
            closes_at: assignment.closes_at,
            submit_by: assignment.submit_by,
            pay: terms.pay(),
            campaign: JobCampaign {
                id: campaign.id,
                name: campaign.name,
                briefing: terms.briefing,
                windows: terms.windows,
                qualification_id: terms.who.qualification_id,
            },
            distance_km: shown.metres.map(|metres| (metres as f64 / 100.0).round() / 10.0),
            available: shown.why_not.is_empty(),
            why_not: shown.why_not,
            rank: shown.rank,
        }
    }
}

/// An assignment after a step: what it is to whoever took the step.
#[derive(Serialize, ToSchema)]
pub struct StepTaken {
    id: AssignmentId,
    branch_id: BranchId,
    /// What to fill in.
    checklist_version_id: VersionId,
    state: AssignmentState,
    /// Who is asked, or has it or had it; null if nobody.
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
