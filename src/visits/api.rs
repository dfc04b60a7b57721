//! The addresses of visits.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Json, Path},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    model::{Kept, Submission, Visit},
    state::State,
    store::{self, Arrival},
};
use crate::{
    accounts::policy::permit::{DoFieldwork, ReadVisits},
    app::App,
    checklists::{cache::Version, scoring::Explanation},
    db::types::{Instant, Sha256, Written},
    error::{Error, FieldError, Result, if_there},
    http::{
        auth::Allowed,
        etag::{self, ETag, Keep},
        input::Input,
    },
    ids::{AccountId, BranchId, BrandId, VisitId},
};

/// A visit has arrived and is kept. The same visit sent again is answered with the same bytes.
#[derive(Serialize, ToSchema)]
pub struct Arrived {
    id: VisitId,
    /// The digest of all that was sent, as it is kept.
    content_hash: Sha256,
    /// Basis points; null if nothing that was answered carries points.
    #[schema(minimum = 0, maximum = 10000)]
    score: Option<i32>,
    /// When it first arrived.
    received_at: Instant,
}

impl From<Kept> for Arrived {
    fn from(kept: Kept) -> Self {
        let Kept { id, content_hash, score, received_at } = kept;
        Self { id, content_hash, score, received_at }
    }
}

/// Submit a visit. It is checked, scored and on disk before the answer; send it again whenever an answer is lost.
#[utoipa::path(put, path = "/v1/visits/{id}", params(("id" = VisitId, Path)), request_body = Submission, responses(
    (status = 201, description = "It is kept.", body = Arrived),
    (status = 409, description = "`visit_differs`: it was kept before with other content. `assignment_taken`: the assignment has another visit."),
))]
pub async fn put_visit(
    app: Data<App>,
    caller: Allowed<DoFieldwork>,
    id: Path<VisitId>,
    Input(told): Input<Submission>,
) -> Result<HttpResponse> {
    let version = version_of(&app, &told).await?;
    let told = told.as_shown(&version.prepared);
    let wrong = version.prepared.check_answers(told.filled());
    if !wrong.is_empty() {
        return Err(Error::invalid(wrong));
    }
    let written = Written::new(&told).map_err(Error::internal)?;
    let arrival = Arrival {
        id: id.into_inner(),
        shopper: caller.account(),
        assignment: told.assignment_id,
        version: version.id,
        started_at: told.started_at,
        hash: Sha256::of(written.text().as_bytes()),
        told: written,
        score: version.prepared.overall(told.filled()).map(|score| score.get()),
        at: app.clock.now(),
    };
    let kept = app.db.write(move |conn| store::submit(conn, &arrival)).await?;
    Ok(HttpResponse::Created().json(Arrived::from(kept)))
}

/// The version that was filled in. Whether it may be is the assignment's matter: an assignment outlives the grant under
/// which it was given, so that a visit that was made is never refused.
async fn version_of(app: &App, told: &Submission) -> Result<std::sync::Arc<Version>> {
    let unknown = || FieldError::new("/checklist_version_id", "unknown", "there is no such version");
    if_there(app.versions.get(&app.db, told.checklist_version_id).await)?
        .ok_or_else(|| Error::invalid(vec![unknown()]))
}

/// A visit, with who made it: never for the branch's side.
#[derive(Serialize, ToSchema)]
pub struct VisitView {
    id: VisitId,
    brand_id: BrandId,
    branch_id: BranchId,
    /// Who made it.
    shopper_id: AccountId,
    state: State,
    /// Basis points; null if nothing that was answered carries points.
    #[schema(minimum = 0, maximum = 10000)]
    score: Option<i32>,
    /// The digest of the content.
    content_hash: Sha256,
    received_at: Instant,
    /// All that the phone told.
    content: Submission,
}

impl From<Visit> for VisitView {
    fn from(visit: Visit) -> Self {
        Self {
            id: visit.id,
            brand_id: visit.brand_id,
            branch_id: visit.branch_id,
            shopper_id: visit.shopper_id,
            state: visit.state,
            score: visit.score,
            content_hash: visit.content_hash,
            received_at: visit.received_at,
            content: visit.content.0,
        }
    }
}

/// One visit: for its shopper, and for those who decide about visits.
#[utoipa::path(get, path = "/v1/visits/{id}", params(("id" = VisitId, Path), ("if-none-match" = Option<String>, Header)), responses(
    (status = 200, description = "The visit.", body = VisitView),
))]
pub async fn get_visit(
    app: Data<App>,
    request: HttpRequest,
    caller: Allowed<ReadVisits>,
    id: Path<VisitId>,
) -> Result<HttpResponse> {
    let id = id.into_inner();
    let visit = app.db.read(move |conn| store::visit(conn, &caller.scope, id)).await?;
    let tag = ETag::of(format_args!("{}-{}", visit.content_hash, visit.state));
    Ok(etag::fresh(&request, &tag, Keep::Ask, &VisitView::from(visit)))
}

/// A visit's score, explained down to the question.
#[utoipa::path(get, path = "/v1/visits/{id}/score", params(("id" = VisitId, Path)), responses(
    (status = 200, description = "What each question earned of what was possible, and why.", body = Explanation),
))]
pub async fn explain_score(
    app: Data<App>,
    caller: Allowed<ReadVisits>,
    id: Path<VisitId>,
) -> Result<Json<Explanation>> {
    let id = id.into_inner();
    let visit = app.db.read(move |conn| store::visit(conn, &caller.scope, id)).await?;
    let version = app.versions.get(&app.db, visit.version_id).await?;
    Ok(Json(version.prepared.explain(visit.content.0.filled())))
}
