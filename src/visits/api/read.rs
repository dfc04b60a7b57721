//! The addresses where a visit is read, with its receipt and its score.

use std::collections::BTreeMap;

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    web::{Data, Json, Path},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::{ReadAnswers, ReadOneVisit},
    app::App,
    audit::{
        About,
        api::{Look, Looking, Shown},
    },
    checklists::{cache::Versions, key::Key, scoring::Explanation},
    db::types::{Instant, Sha256},
    error::{Code, Error, Result},
    http::{
        answer::Fresh,
        endpoint::{Answer, Signature},
        etag::{ETag, IfNoneMatch, Keep},
    },
    ids::{AccountId, BranchId, BrandId, VisitId},
    limits::BasisPoints,
    seals::salted::Salt,
    visits::{
        blind,
        comments::{Correction, Words},
        find, finish,
        model::{Submission, Visit},
        receipt,
        state::State,
        store,
        unscored::is_unscored,
    },
};

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
