//! The addresses of visits.

pub mod evidence;
pub mod uploads;
pub mod work;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Json, Path},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{
    model::{Kept, Submission, Visit},
    receipt::{self, Receipt},
    state::State,
    store::{self, Arrival},
};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::{DoFieldwork, ReadVisits},
    app::App,
    checklists::cache::Versions,
    checklists::{cache::Version, scoring::Explanation},
    db::types::{Instant, Sha256, Written},
    error::{Code, Error, FieldError, Result, if_there},
    http::{
        etag::{self, ETag, Keep},
        input::{Input, Params},
    },
    ids::{AccountId, BranchId, BrandId, EvidenceId, VisitId},
};

/// What else to answer with.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Whether to answer with the receipt, if the visit is complete.
    #[serde(default)]
    #[param(default = false)]
    receipt: bool,
}

/// A visit has arrived and is kept. The same visit sent again is answered with the same facts; `state` and `missing` say
/// how far it is.
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
    /// Where it is in its life: `submitted` as long as some of its evidence is missing.
    state: State,
    /// The files of its manifest that have not arrived, in its order.
    #[schema(max_items = 200)]
    missing: Vec<EvidenceId>,
    /// The receipt, if it was asked for and the visit is complete: as `GET /v1/visits/{id}/receipt` gives it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    receipt: Option<String>,
}

impl Arrived {
    fn new(kept: Kept, receipt: Option<String>) -> Self {
        let Kept { id, content_hash, score, received_at, state, completion } = kept;
        Self { id, content_hash, score, received_at, state, missing: completion.missing(), receipt }
    }
}

/// Submit a visit. It is checked, scored and on disk before the answer; send it again whenever an answer is lost.
#[utoipa::path(put, path = "/v1/visits/{id}", params(("id" = VisitId, Path), Wanted), request_body = Submission, responses(
    (status = 201, description = "It is kept.", body = Arrived),
    (status = 409, description = "`visit_differs`: it was kept before with other content. `assignment_taken`: the assignment has another visit. `evidence_differs`: files that it names are here already, and are others."),
))]
pub async fn put_visit(
    app: Data<App>,
    versions: Data<Versions>,
    caller: Allowed<DoFieldwork>,
    id: Path<VisitId>,
    Params(wanted): Params<Wanted>,
    Input(told): Input<Submission>,
) -> Result<HttpResponse> {
    let version = version_of(&app, &versions, &told).await?;
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
        manifest: told.manifest.clone(),
        score: version.prepared.overall(told.filled()).map(|score| score.get()),
        at: app.clock.now(),
    };
    let kept = app.db.write(move |conn| store::submit(conn, &arrival)).await?;
    let receipt = match kept.completion.at().filter(|_| wanted.receipt) {
        Some(at) => Some(Receipt::new(kept.id, kept.content_hash, &told.manifest, at).signed(&app.seals)?),
        None => None,
    };
    Ok(HttpResponse::Created().json(Arrived::new(kept, receipt)))
}

/// The version that was filled in. Whether it may be is the assignment's matter: an assignment outlives the grant under
/// which it was given, so that a visit that was made is never refused.
async fn version_of(app: &App, versions: &Versions, told: &Submission) -> Result<std::sync::Arc<Version>> {
    let unknown = || FieldError::new("/checklist_version_id", "unknown", "there is no such version");
    if_there(versions.get(&app.db, told.checklist_version_id).await)?
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
    /// When the last of it arrived, evidence and all; null as long as some is missing.
    completed_at: Option<Instant>,
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
            completed_at: visit.completed_at,
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

/// The receipt of a visit that is complete: a JWS over its content, its files and the moment at which the last of it
/// arrived, signed with a key of `/.well-known/jwks.json`. It has the same bytes each time.
#[utoipa::path(get, path = "/v1/visits/{id}/receipt", params(("id" = VisitId, Path)), responses(
    (status = 200, description = "The receipt, as a compact JWS (RFC 7515) of the type `visit-receipt+jwt`. Its payload has `iss`, `visit_id`, `content_hash`, `manifest` (of each file `id` and `sha256`) and `completed_at`.", body = String, content_type = "application/jose"),
    (status = 409, description = "`not_complete`: some of its evidence is missing; `missing` names it."),
))]
pub async fn get_receipt(
    app: Data<App>,
    caller: Allowed<ReadVisits>,
    id: Path<VisitId>,
) -> Result<HttpResponse> {
    let id = id.into_inner();
    let (visit, completion) =
        app.db.snapshot(move |conn| store::visit_and_completion(conn, &caller.scope, id)).await?;
    let receipt = Receipt::of(&visit)
        .ok_or_else(|| {
            Error::new(Code::NotComplete).missing(completion.missing().into_iter().map(EvidenceId::uuid))
        })?
        .signed(&app.seals)?;
    Ok(HttpResponse::Ok().content_type(receipt::MEDIA_TYPE).body(receipt))
}

/// A visit's score, explained down to the question.
#[utoipa::path(get, path = "/v1/visits/{id}/score", params(("id" = VisitId, Path)), responses(
    (status = 200, description = "What each question earned of what was possible, and why.", body = Explanation),
))]
pub async fn explain_score(
    app: Data<App>,
    versions: Data<Versions>,
    caller: Allowed<ReadVisits>,
    id: Path<VisitId>,
) -> Result<Json<Explanation>> {
    let id = id.into_inner();
    let visit = app.db.read(move |conn| store::visit(conn, &caller.scope, id)).await?;
    let version = versions.get(&app.db, visit.version_id).await?;
    Ok(Json(version.prepared.explain(visit.content.0.filled())))
}
