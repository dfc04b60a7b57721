//! The addresses of visits.

pub mod evidence;
pub mod files;
pub mod history;
pub mod list;
pub mod mine;
pub mod revisions;
pub mod uploads;
pub mod work;

use std::{collections::BTreeMap, sync::Arc};

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    web::{Data, Json, Path},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{
    advance::Advance,
    blind,
    comments::{Correction, Words},
    find, finish,
    model::{Submission, Visit, VisitHead},
    receipt::{self, Receipt},
    send_anew,
    state::{State, Step},
    store,
    submit::{Submit, Submitted, submit},
    unreadable::Unreadable,
    unscored::is_unscored,
};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::{FinishFieldwork, ReadAnswers, ReadOneVisit, SendVisitsAnew},
    app::App,
    audit::{
        About,
        api::{Look, Looking, Shown},
    },
    checklists::cache::Versions,
    checklists::{cache::Version, key::Key, manifest::Manifest, scoring::Explanation},
    db::types::{Instant, Sha256},
    error::{Code, Error, FieldError, Result, if_there},
    http::{
        answer::{Created, Fresh},
        endpoint::{Answer, Signature},
        etag::{ETag, IfNoneMatch, Keep},
        idempotency::IdempotencyKey,
        input::{Input, Params},
    },
    ids::{AccountId, BranchId, BrandId, EvidenceId, VisitId},
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
                false => app.db.read(move |conn| store::without(conn, id)).await?,
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
    #[schema(value_type = Option<BasisPoints>)]
    score: Option<i32>,
    /// The digest of the content.
    content_hash: Sha256,
    received_at: Instant,
    /// When the last of it arrived, evidence and all; null as long as some is missing.
    completed_at: Option<Instant>,
    /// Which revision of the visit this is: 0 for what came first.
    revision: i32,
    /// Since when; null of what came first.
    revised_at: Option<Instant>,
    /// What the phone sent.
    content: Submission,
    /// How reviewers spelled comments, the first first: the last one of a question counts. Missing for its shopper.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    corrections: Option<Vec<CommentCorrection>>,
    /// The salts in the digest, by JSON pointer to the part of the content that each is for; null if the visit arrived
    /// before there were salts, and its digest is of the content as it was written.
    salts: Option<BTreeMap<String, Salt>>,
    /// What stands in the digest for parts of the content that were erased, by JSON pointer.
    erased: BTreeMap<String, Sha256>,
}

/// How a reviewer spelled a comment.
#[derive(Serialize, ToSchema)]
pub struct CommentCorrection {
    /// The key of the question.
    question: Key,
    /// As the shopper wrote it, and as `content` has it.
    was: String,
    /// As reports show it.
    is: String,
    /// The reviewer.
    account_id: AccountId,
    corrected_at: Instant,
}

impl CommentCorrection {
    /// What is left of it; none if its words were erased.
    fn of(correction: Correction) -> Option<Self> {
        let Correction { question, words, account_id, corrected_at, .. } = correction;
        let Words { was, is } = words?.0;
        Some(Self { question: question.into(), was, is, account_id, corrected_at })
    }
}

impl VisitView {
    fn new(Visit { head, content, parts }: Visit, corrections: Option<Vec<Correction>>) -> Self {
        let (salts, erased) = parts.map(|parts| (parts.0.salts, parts.0.erased)).unzip();
        Self {
            salts,
            erased: erased.unwrap_or_default(),
            id: head.id,
            brand_id: head.brand_id,
            branch_id: head.branch_id,
            shopper_id: head.shopper_id,
            state: head.state,
            score: head.score,
            content_hash: head.content_hash,
            received_at: head.received_at,
            completed_at: head.completed_at,
            revision: head.revision,
            revised_at: head.revised_at,
            content: content.0,
            corrections: corrections.map(|all| all.into_iter().filter_map(CommentCorrection::of).collect()),
        }
    }
}

/// One visit: for its shopper, as long as what was begun may be sent, and for those who decide about visits. Who may give a second
/// opinion that is wanted of it sees it as it was before the decision, until that is given.
#[utoipa::path(get, path = "/v1/visits/{id}", responses((status = 200, description = "The visit.")))]
pub async fn get_visit(
    app: Data<App>,
    had: IfNoneMatch,
    caller: Allowed<ReadOneVisit>,
    looking: Looking,
    id: Path<VisitId>,
) -> Result<Shown<Fresh<VisitView>>> {
    let (by, id, now) = (caller.account(), id.into_inner(), app.clock.now());
    let read = move |conn: &mut _| {
        let scope = finish::with_begun(conn, &caller.scope, now)?;
        let mut visit = find::visit(conn, &scope, id)?;
        let is_own = visit.head.shopper_id == by;
        if is_own && is_unscored(conn, &visit.head)? {
            visit.head.score = None;
        }
        let mut corrections = if is_own { None } else { Some(store::comments::of_visits(conn, &[id])?) };
        if blind::is_blind_to(conn, &scope, &visit.head)? {
            visit.head.state = blind::waiting(&visit.head);
            let decided_at = blind::decided_at(conn, id)?;
            // Who went on with it had not rejected it.
            let before = |one: &Correction| decided_at.is_none_or(|at| one.corrected_at < at);
            corrections = corrections.map(|all| all.into_iter().filter(before).collect());
        }
        Ok((visit, corrections))
    };
    let (visit, corrections) = app.db.snapshot(read).await?;
    let corrected = corrections.as_ref().map_or(0, Vec::len);
    // Parts may be erased from a content whose digest stays.
    let erased = visit.parts.as_ref().map_or(0, |parts| parts.0.erased.len());
    let tag = ETag::of(format_args!("{}-{}-{erased}-{corrected}", visit.head.content_hash, visit.head.state));
    let look = Look::at((About::Visit, id), visit.head.brand_id, [visit.head.shopper_id]);
    looking
        .show(by, look, Fresh { had, tag, keep: Keep::Ask, thing: VisitView::new(visit, corrections) })
        .await
}

/// A receipt as a compact JWS.
pub struct ReceiptJws(String);

impl Responder for ReceiptJws {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok().content_type(receipt::MEDIA_TYPE).body(self.0)
    }
}

impl Answer for ReceiptJws {
    fn describe(signature: &mut Signature) {
        signature.answers(200, "The receipt.", None);
    }
}

/// The receipt of a visit that is complete: a JWS over its content, its files and the moment at which the last of it
/// arrived, signed with a key of `/.well-known/jwks.json`. It has the same bytes each time.
#[utoipa::path(get, path = "/v1/visits/{id}/receipt", responses(
    (status = 200, description = "The receipt, as a compact JWS (RFC 7515) of the type `visit-receipt+jwt`. Its payload has `v` (2), `iss` (as `/.well-known/jwks.json` names the issuer), `visit_id`, `content_hash`, `manifest` (of each file `id` and `salted`, the salted digest of its digest), `completed_at`, and `revision` if its shopper answered a return. The receipt of a visit that arrived before there were salts has no `v`, `incognito` as `iss`, and of each file `id` and `sha256`.", body = String, content_type = "application/jose"),
    (status = 409, description = "`not_complete`: some of its evidence is missing, or the server cannot read a file that a question needs; `missing` names it."),
))]
pub async fn get_receipt(
    app: Data<App>,
    caller: Allowed<ReadOneVisit>,
    id: Path<VisitId>,
) -> Result<ReceiptJws> {
    let (id, now, issuer) = (id.into_inner(), app.clock.now(), app.seals.issuer().to_owned());
    let read = move |conn: &mut _| {
        let scope = finish::with_begun(conn, &caller.scope, now)?;
        receipt::receipt(conn, &scope, &issuer, id)
    };
    let receipt = app.db.snapshot(read).await?;
    Ok(ReceiptJws(receipt.signed(&app.seals)?))
}

/// A visit's score, explained down to the question.
#[utoipa::path(get, path = "/v1/visits/{id}/score", responses(
    (status = 200, description = "What each question earned of what was possible, and why."),
))]
pub async fn explain_score(
    app: Data<App>,
    versions: Data<Versions>,
    caller: Allowed<ReadAnswers>,
    id: Path<VisitId>,
) -> Result<Json<Explanation>> {
    let (id, by) = (id.into_inner(), caller.account());
    let read = move |conn: &mut _| {
        let visit = find::visit(conn, &caller.scope, id)?;
        if visit.head.shopper_id == by && is_unscored(conn, &visit.head)? {
            return Err(Error::new(Code::Forbidden).detail("the campaign of this visit shows no scores"));
        }
        Ok(visit)
    };
    let visit = app.db.snapshot(read).await?;
    let version = versions.get(&app.db, visit.head.version_id).await?;
    let filled = visit.content.0.filled();
    Ok(Json(match visit.head.shopper_id == by {
        true => version.prepared.explain_to_shopper(filled),
        false => version.prepared.explain(filled),
    }))
}
