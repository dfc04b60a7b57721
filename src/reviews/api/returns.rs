//! The address of returns.

use actix_web::web::{Data, Json, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::ReviewVisits,
    app::App,
    checklists::{cache::Versions, key::Key},
    db::types::Instant,
    error::Result,
    http::{idempotency::IdempotencyKey, input::Input},
    ids::{ReturnReasonId, VisitId},
    limits::{PlainLines, Several},
    reviews::return_visit::{self, Ask, ReturnVisit, Returned},
    visits::{
        self,
        advance::Advance,
        state::{State, Step},
    },
};

/// The questions that are to be answered anew.
type QuestionsAsked = Several<QuestionAsked, 1, 100>;

/// What is sent back of a visit.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Return {
    /// The questions that are to be answered anew, each named once.
    questions: QuestionsAsked,
    /// What is said to all of it, for the shopper and the record.
    reason: Option<PlainLines<1, 2_000>>,
}

/// A question that is to be answered anew.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuestionAsked {
    question: Key,
    /// Why, of the operator's list (`GET /v1/return-reasons`).
    reason_id: ReturnReasonId,
    /// What the reviewer adds.
    words: Option<PlainLines<1, 2_000>>,
}

/// A visit that was sent back.
#[derive(Serialize, ToSchema)]
pub struct ReturnView {
    visit_id: VisitId,
    state: State,
    /// The number of the revision that is to answer it.
    revision: i32,
    /// Until when.
    answer_by: Instant,
}

impl From<Returned> for ReturnView {
    fn from(Returned { visit, asked }: Returned) -> Self {
        Self { visit_id: visit.id, state: visit.state, revision: asked.revision, answer_by: asked.answer_by }
    }
}

/// Send a visit back to its shopper, with questions that are to be answered anew. If they are not answered in time, it stands in
/// the queue again. A return is taken back with `reopen`. The same again is the same answer.
#[utoipa::path(post, path = "/v1/visits/{id}/review/return", responses(
    (status = 200, description = "It is sent back."),
    (status = 409, description = "`wrong_state`: it cannot be sent back from where it is, or was sent back as often as its campaign allows. `conflict`: something else was asked under this `Idempotency-Key`."),
))]
pub async fn return_visit(
    app: Data<App>,
    versions: Data<Versions>,
    caller: Allowed<ReviewVisits>,
    id: Path<VisitId>,
    key: IdempotencyKey,
    Input(Return { questions, reason }): Input<Return>,
) -> Result<Json<ReturnView>> {
    let (id, asking, now) = (id.into_inner(), caller.scope.clone(), app.clock.now());
    let visit = app.db.read(move |conn| visits::find::visit(conn, &asking, id)).await?;
    let version = versions.get(&app.db, visit.head.version_id).await?;
    let ask = |QuestionAsked { question, reason_id, words }: QuestionAsked| Ask {
        question,
        reason: reason_id,
        words: words.map(String::from),
    };
    let command = ReturnVisit {
        advance: Advance::new(id, Step::Return, reason.map(String::from)).under(key.0),
        asks: questions.into_inner().into_iter().map(ask).collect(),
    };
    let send = move |conn: &mut _| return_visit::return_visit(conn, &caller.scope, &command, &version, now);
    Ok(Json(app.db.write(send).await?.into()))
}
