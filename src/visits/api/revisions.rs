//! The addresses of revisions: what is asked anew of a visit, and what its shopper answered.

use actix_web::web::{Data, Json, Path};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Arrived, SubmitOptions, arrived};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::{FinishFieldwork, ReadOneVisit},
    app::App,
    checklists::{answers::Answer, cache::Versions, key::Key, manifest::Entry},
    db::types::Instant,
    error::Result,
    http::{
        answer::Created,
        input::{Input, Params},
    },
    ids::{ReturnReasonId, VisitId},
    limits::Ordinal32,
    visits::{
        asked::{Asked, AskedQuestion, ReasonText},
        find, finish,
        revise::{self, Revise},
        revision::{Change, Revision},
        revisions::{self, Answered, VisitRevision},
    },
};

/// What is to be answered anew.
#[derive(Serialize, ToSchema)]
pub struct ReturnedVisit {
    /// The number of the revision that is to answer it: `PUT /v1/visits/{id}/revisions/{n}`.
    revision: i32,
    /// Until when.
    answer_by: Instant,
    /// The questions.
    #[schema(min_items = 1, max_items = 100)]
    questions: Vec<ReturnedQuestion>,
}

/// A question that is to be answered anew.
#[derive(Serialize, ToSchema)]
pub struct ReturnedQuestion {
    question: Key,
    /// Why, of the operator's list.
    reason_id: ReturnReasonId,
    /// What that said, in its languages.
    reason: ReasonText,
    /// What the reviewer adds.
    words: Option<String>,
}

impl From<Asked> for ReturnedVisit {
    fn from(Asked { revision, answer_by, questions }: Asked) -> Self {
        Self { revision, answer_by, questions: questions.into_iter().map(ReturnedQuestion::from).collect() }
    }
}

impl From<AskedQuestion> for ReturnedQuestion {
    fn from(AskedQuestion { question, reason_id, reason, words }: AskedQuestion) -> Self {
        Self { question, reason_id, reason, words }
    }
}

/// Answer a return: only what was asked, and what these answers bring up. Send files that are added before. It is checked,
/// scored and on disk before the answer; send it again whenever an answer is lost. One that comes late is taken as long as
/// nothing was decided.
#[utoipa::path(put, path = "/v1/visits/{id}/revisions/{n}", responses(
    (status = 201, description = "It is kept."),
    (status = 409, description = "`wrong_state`: this revision is not asked for, or something was decided meanwhile. `visit_differs`: it was kept before with other content. `not_complete`: files that it adds are not here, or the server cannot read one that a question needs: send them first. `evidence_differs`: files that it names are here already, and are others."),
))]
pub async fn put_revision(
    app: Data<App>,
    versions: Data<Versions>,
    caller: Allowed<FinishFieldwork>,
    path: Path<(VisitId, Ordinal32)>,
    Params(options): Params<SubmitOptions>,
    Input(sent): Input<Revision>,
) -> Result<Created<Arrived>> {
    finish::require_time(&app, &caller.scope).await?;
    let (id, number) = path.into_inner();
    let asking = caller.scope.clone();
    let visit = app.db.read(move |conn| find::visit(conn, &asking, id)).await?;
    let version = versions.get(&app.db, visit.head.version_id).await?;
    let (command, now) =
        (Revise { visit: id, number: number.as_i32(), sent: sent.tidied() }, app.clock.now());
    let revise = move |conn: &mut _| revise::revise(conn, &caller.scope, &command, &version, now);
    let revised = app.db.write(revise).await?;
    let manifest = options.receipt.then(Default::default);
    Ok(Created(arrived(&app, revised, manifest).await?))
}

/// What was asked anew of a visit, and what was answered.
#[derive(Serialize, ToSchema)]
pub struct VisitRevisions {
    /// Each return in its order, and each correction because of an appeal.
    items: Vec<RevisionView>,
}

/// A return, with its answer if there is one; or a correction because of an appeal.
#[derive(Serialize, ToSchema)]
pub struct RevisionView {
    /// Which revision it is, or is to be.
    revision: i32,
    /// What was asked; null of a correction because of an appeal.
    asked: Option<ReturnedVisit>,
    /// When it was asked, or corrected.
    asked_at: Instant,
    /// When it was answered; null as long as it was not.
    answered_at: Option<Instant>,
    /// What was changed by the answer.
    changes: Vec<AnswerChange>,
}

/// What became of one question.
#[derive(Serialize, ToSchema)]
pub struct AnswerChange {
    question: Key,
    /// Its answer before; null if it had none.
    before: Option<Answer>,
    /// Its answer from then on; null if it has none.
    after: Option<Answer>,
    /// The files that were added for it.
    files: Vec<Entry>,
}

impl From<VisitRevision> for RevisionView {
    fn from(VisitRevision { revision, asked, asked_at, answered }: VisitRevision) -> Self {
        let (answered_at, changes) = answered.map(|Answered { at, changes }| (at, changes)).unzip();
        let changes = changes.unwrap_or_default().into_iter().map(AnswerChange::from).collect();
        Self { revision, asked: asked.map(ReturnedVisit::from), asked_at, answered_at, changes }
    }
}

impl From<Change> for AnswerChange {
    fn from(Change { question, before, after, files }: Change) -> Self {
        Self { question, before, after, files }
    }
}

/// What was asked anew of a visit and what was answered, with the first answers beside: for its shopper, and for those who decide
/// about visits.
#[utoipa::path(get, path = "/v1/visits/{id}/revisions", responses((status = 200, description = "The revisions.")))]
pub async fn visit_revisions(
    app: Data<App>,
    caller: Allowed<ReadOneVisit>,
    id: Path<VisitId>,
) -> Result<Json<VisitRevisions>> {
    let (id, now) = (id.into_inner(), app.clock.now());
    let read = move |conn: &mut _| revisions::revisions(conn, &caller.scope, id, now);
    let revisions = app.db.snapshot(read).await?;
    Ok(Json(VisitRevisions { items: revisions.into_iter().map(RevisionView::from).collect() }))
}
