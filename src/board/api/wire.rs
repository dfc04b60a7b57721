//! Jobs and steps as they are answered.

use actix_web::{HttpRequest, HttpResponse, Responder, body::BoxBody, http::header::LINK};
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
    http::{
        endpoint::{Answer, Signature},
        page::Page,
    },
    ids::{AccountId, AssignmentId, BranchId, BrandId, VersionId},
};

/// A page of open jobs.
#[derive(Serialize, ToSchema)]
pub struct JobsPage {
    /// The jobs.
    items: Vec<JobView>,
    /// What to send as `cursor` for the next page; missing on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next_cursor: Option<String>,
    /// For what jobs are not listed at all, whether there are any or not: on the first page, and missing if there is nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    left_out: Vec<WhyNot>,
    /// The header `Link` of the next page.
    #[serde(skip)]
    link: Option<String>,
}

impl JobsPage {
    /// This page of jobs, with what is left out of the list.
    pub(super) fn new(page: Page<JobView>, left_out: Vec<WhyNot>) -> Self {
        let (items, next_cursor, link) = page.into_parts();
        Self { items, next_cursor, left_out, link }
    }
}

impl Responder for JobsPage {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut answer = HttpResponse::Ok();
        if let Some(link) = &self.link {
            answer.insert_header((LINK, link.as_str()));
        }
        answer.json(self)
    }
}

impl Answer for JobsPage {
    fn describe(signature: &mut Signature) {
        let body = signature.refer::<Self>();
        signature.answers(200, "A page of the list.", Some(body)).headers.push("Link");
    }
}

/// An open job.
#[derive(Serialize, ToSchema)]
pub struct JobView {
    /// The assignment's.
    id: AssignmentId,
    brand_id: BrandId,
    /// What the brand is called.
    brand_name: String,
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
    fn from(ListedJob { shown, assignment, branch, campaign, brand_name }: ListedJob) -> Self {
        Self {
            id: assignment.id,
            brand_id: assignment.brand_id,
            brand_name,
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
