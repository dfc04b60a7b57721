//! The addresses of visits. Here are those where visits are sent.

pub mod answers;
pub mod evidence;
pub mod export;
pub mod files;
pub mod history;
pub mod list;
pub mod mine;
pub mod read;
pub mod revisions;
pub mod uploads;
pub mod work;

use std::{collections::BTreeMap, sync::Arc};

use actix_web::web::{Data, Json, Path};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{
    advance::Advance,
    finish,
    model::{Submission, VisitHead},
    receipt::Receipt,
    send_anew,
    state::{State, Step},
    store,
    submit::{Submit, Submitted, submit},
    unreadable::Unreadable,
};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::{FinishFieldwork, SendVisitsAnew},
    app::App,
    checklists::{
        cache::{Version, Versions},
        key::Key,
        manifest::Manifest,
    },
    db::types::{Instant, Sha256},
    error::{Error, FieldError, Result, if_there},
    http::{
        answer::Created,
        idempotency::IdempotencyKey,
        input::{Input, Params},
    },
    ids::{EvidenceId, VisitId},
    limits::{BasisPoints, PlainLines},
    seals::salted::Salt,
};

/// What else to answer with.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SubmitOptions {
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
    /// The digest of the visit as it is kept.
    content_hash: Sha256,
    /// The salts in that digest, by JSON pointer to the part of the content that each is for; none of a visit that arrived
    /// before there were salts.
    salts: BTreeMap<String, Salt>,
    /// Basis points; null if nothing that was answered carries points, or the campaign shows shoppers no scores.
    #[schema(value_type = Option<BasisPoints>)]
    score: Option<i32>,
    /// When it first arrived.
    received_at: Instant,
    /// Which revision of the visit this is: 0 for what came first.
    revision: i32,
    /// Where it is in its life: `submitted` as long as some of its evidence is missing.
    state: State,
    /// The files of its manifest that have not arrived, or that a question needs and the server cannot read, in its order.
    #[schema(max_items = 200)]
    missing: Vec<EvidenceId>,
    /// The files of its manifest that the server cannot read, in its order. Each is needed in another form: send that as a file
    /// of its own, and the visit once more with that file in its place in the manifest and nothing else changed.
    #[schema(max_items = 200)]
    unreadable: Vec<UnreadableFile>,
    /// The receipt, if it was asked for, the visit is complete and no question needs a file that the server cannot read: as `GET /v1/visits/{id}/receipt` gives it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    receipt: Option<String>,
}

impl Arrived {
    fn new(submitted: Submitted, receipt: Option<String>) -> Self {
        let Submitted { visit, parts, completion, unreadable, shows_score, .. } = submitted;
        let VisitHead { id, content_hash, score, received_at, revision, state, .. } = visit;
        let score = score.filter(|_| shows_score);
        let (salts, missing) = (parts.unwrap_or_default().salts, completion.missing());
        let unreadable = unreadable.into_iter().map(UnreadableFile::from).collect();
        Self { id, content_hash, salts, score, received_at, revision, state, missing, unreadable, receipt }
    }
}

/// A file of a visit that the server cannot read.
#[derive(Serialize, ToSchema)]
pub struct UnreadableFile {
    id: EvidenceId,
    /// The question that it belongs to.
    question: Key,
    /// Why, and what to send instead, in a sentence or two.
    problem: String,
}

impl From<Unreadable> for UnreadableFile {
    fn from(Unreadable { id, question, problem }: Unreadable) -> Self {
        Self { id, question, problem }
    }
}

/// Submit a visit. It is checked, scored and on disk before the answer; send it again whenever an answer is lost.
#[utoipa::path(put, path = "/v1/visits/{id}", responses(
    (status = 201, description = "It is kept."),
    (status = 409, description = "`visit_differs`: it was kept before with other content, is not to be sent anew, and more is different than files that the server cannot read. `not_complete`: it is complete, and files that are to take the place of others are not here: send them first. `assignment_taken`: the assignment has another visit. `evidence_differs`: files that it names are here already, and are others."),
))]
pub async fn put_visit(
    app: Data<App>,
    versions: Data<Versions>,
    caller: Allowed<FinishFieldwork>,
    id: Path<VisitId>,
    Params(options): Params<SubmitOptions>,
    Input(sent): Input<Submission>,
) -> Result<Created<Arrived>> {
    finish::require_time(&app, &caller.scope).await?;
    let version = version_of(&app, &versions, &sent).await?;
    let submission = sent.tidied().as_shown(&version.prepared);
    let problems = submission.problems(&version.prepared);
    if !problems.is_empty() {
        return Err(Error::invalid(problems));
    }
    let score = submission.score(&version.prepared);
    let manifest = options.receipt.then(|| submission.manifest.clone());
    let command = Submit::new(id.into_inner(), caller.account(), submission, &version.prepared, score)?;
    let now = app.clock.now();
    let submitted = app.db.write(move |conn| submit(conn, &command, now)).await?;
    Ok(Created(arrived(&app, submitted, manifest).await?))
}

/// The answer to what has arrived: with the receipt, if it is wanted, for files that were sent (these, unless what was kept before
/// names them in another order).
async fn arrived(app: &App, mut submitted: Submitted, manifest: Option<Manifest>) -> Result<Arrived> {
    let manifest = manifest.map(|sent| submitted.kept.take().unwrap_or(sent));
    let completed_at = submitted.completion.at().filter(|_| submitted.unattested.is_empty());
    let receipt = match manifest.zip(completed_at) {
        Some((manifest, at)) => {
            let VisitHead { id, content_hash, .. } = submitted.visit;
            let without = match manifest.is_empty() {
                true => Vec::new(),
                false => app.db.read(move |conn| store::anew::without(conn, id)).await?,
            };
            let (parts, files) = (submitted.parts.as_ref(), (&manifest, &without[..]));
            let receipt = Receipt::new(app.seals.issuer(), (id, content_hash), files, parts, at)?;
            let receipt = receipt.of_revision(&submitted.visit);
            Some(receipt.signed(&app.seals)?)
        }
        None => None,
    };
    Ok(Arrived::new(submitted, receipt))
}

/// Why a visit is to be sent anew.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SendAnew {
    /// For the shopper and the record.
    reason: PlainLines<1, 2_000>,
}

/// What is asked of a visit.
#[derive(Serialize, ToSchema)]
pub struct AskedAnew {
    visit_id: VisitId,
    state: State,
}

/// Say that a visit whose files do not come is to be sent anew: under its id, with the same answers and another manifest. Its
/// shopper can say so as well, if a file has changed or is lost.
#[utoipa::path(post, path = "/v1/visits/{id}/send-anew", responses(
    (status = 200, description = "It is to be sent anew."),
    (status = 409, description = "`wrong_state`: it does not wait for files. `conflict`: something else was asked under this `Idempotency-Key`."),
))]
pub async fn send_visit_anew(
    app: Data<App>,
    caller: Allowed<SendVisitsAnew>,
    id: Path<VisitId>,
    key: IdempotencyKey,
    Input(SendAnew { reason }): Input<SendAnew>,
) -> Result<Json<AskedAnew>> {
    let step = Advance::new(*id, Step::SendAnew, Some(reason.into())).under(key.0);
    let now = app.clock.now();
    let asked = app.db.write(move |conn| send_anew::send_anew(conn, &caller.scope, &step, now)).await?;
    Ok(Json(AskedAnew { visit_id: asked.id, state: asked.state }))
}

/// The version that was filled in. The assignment says whether it may be: an assignment outlives the grant under which it
/// was given, so that a visit that was made is never refused.
async fn version_of(app: &App, versions: &Versions, sent: &Submission) -> Result<Arc<Version>> {
    let unknown = || FieldError::new("/checklist_version_id", "unknown", "there is no such version");
    if_there(versions.get(&app.db, sent.checklist_version_id).await)?
        .ok_or_else(|| Error::invalid(vec![unknown()]))
}
