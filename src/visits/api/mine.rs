//! What became of the caller's own visits, with grades and what is owed.

use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::FinishFieldwork,
    app::App,
    db::types::Instant,
    error::Result,
    fieldwork::assignments::model::Pay,
    http::page::{Listing, NoFilter, Page},
    ids::{AssignmentId, BranchId, BrandId, VisitId},
    limits::{BasisPoints, Count, Percent},
    months::Month,
    visits::{
        finish,
        grades::{Grade, Grades, Shortfall},
        mine::{self, Mine},
        state::State,
        taken::TakenStep,
    },
};

/// Why a grade is not 100.
#[derive(Serialize, ToSchema)]
pub struct GradeReason {
    why: Shortfall,
    /// How often; of `hours_late`, how many hours.
    #[schema(value_type = Count)]
    count: i64,
}

/// A grade, and why.
#[derive(Serialize, ToSchema)]
pub struct GradeView {
    /// 0 to 100.
    #[schema(value_type = Percent)]
    grade: i32,
    /// Why it is not 100.
    reasons: Vec<GradeReason>,
}

impl From<Grade> for GradeView {
    fn from(Grade { value, why }: Grade) -> Self {
        let reasons = why.into_iter().map(|(why, count)| GradeReason { why, count }).collect();
        Self { grade: value, reasons }
    }
}

/// How good a visit was. It does not depend on what the branch scored.
#[derive(Serialize, ToSchema)]
pub struct GradesView {
    /// 100, less 20 for each return, 10 for each time that a desk had the visit sent anew, and 25 for each answer that an appeal
    /// corrected; 0 for a visit that was rejected or withdrawn.
    accuracy: GradeView,
    /// 100 with ten words of one's own or more, 80 with fewer, 60 without any; less 10 for each question whose spelling was
    /// corrected.
    comments: GradeView,
    /// 100 in time, 70 within a day after that, 40 within three days, else 0.
    punctuality: GradeView,
}

impl From<Grades> for GradesView {
    fn from(Grades { accuracy, comments, punctuality }: Grades) -> Self {
        Self { accuracy: accuracy.into(), comments: comments.into(), punctuality: punctuality.into() }
    }
}

/// A visit of the caller's that was decided about.
#[derive(Serialize, ToSchema)]
pub struct OwnVisit {
    id: VisitId,
    assignment_id: AssignmentId,
    brand_id: BrandId,
    branch_id: BranchId,
    state: State,
    /// The month that it counts in.
    month: Month,
    received_at: Instant,
    /// When the last decision about it was made.
    decided_at: Option<Instant>,
    /// The reason that was given with it.
    reason: Option<String>,
    /// Whether it is paid.
    paid: Option<bool>,
    /// What is owed for it, if it is paid and pay was promised.
    owed: Option<Pay>,
    /// Basis points; missing if its campaign shows no scores, or nothing that was answered carries points.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, value_type = Option<BasisPoints>)]
    score: Option<i32>,
    grades: GradesView,
}

impl From<Mine> for OwnVisit {
    fn from(Mine { visit, decision, pay, shows_score, grades }: Mine) -> Self {
        let paid = decision.as_ref().and_then(TakenStep::is_paid);
        let (decided_at, reason) =
            decision.map(|TakenStep { taken_at, reason, .. }| (taken_at, reason)).unzip();
        Self {
            id: visit.id,
            assignment_id: visit.assignment_id,
            brand_id: visit.brand_id,
            branch_id: visit.branch_id,
            state: visit.state,
            month: visit.month,
            received_at: visit.received_at,
            decided_at,
            reason: reason.flatten(),
            paid,
            owed: pay.filter(|_| paid == Some(true)),
            score: visit.score.filter(|_| shows_score),
            grades: grades.into(),
        }
    }
}

/// The caller's visits that were decided about, the newest first, with reasons, grades and what is owed.
#[utoipa::path(get, path = "/v1/me/visits", responses((status = 200, description = "A page of visits.")))]
pub async fn my_visits(
    app: Data<App>,
    caller: Allowed<FinishFieldwork>,
    Listing(NoFilter {}, page): Listing<NoFilter>,
) -> Result<Page<OwnVisit>> {
    finish::require_time(&app, &caller.scope).await?;
    let (shopper, after, rows) = (caller.account(), page.key()?, page.rows());
    let found = app.db.snapshot(move |conn| mine::mine(conn, shopper, after, rows)).await?;
    page.page(found.into_iter().map(OwnVisit::from).collect(), |one: &OwnVisit| (one.received_at, one.id))
}
