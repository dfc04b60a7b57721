//! The addresses of what shoppers are asked because of appeals.

use actix_web::web::{Data, Json, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::{FinishFieldwork, ReviewVisits},
    app::App,
    appeals::{
        answer,
        inquire::{self, Inquire},
        model::{Inquiry, Words},
        store,
    },
    checklists::key::Key,
    db::types::Instant,
    error::Result,
    http::{
        answer::Kept,
        input::Input,
        page::{Listing, NoFilter, Page},
    },
    ids::{AccountId, AppealId, InquiryId, VisitId},
    limits::Several,
    precondition::Put,
    visits::finish,
};

/// What a shopper was asked, as reviewers see it.
#[derive(Serialize, ToSchema)]
pub struct InquiryView {
    id: InquiryId,
    /// Who asked.
    asked_by: AccountId,
    asked_at: Instant,
    #[schema(max_items = 50)]
    questions: Vec<Key>,
    /// The words; null once they were erased.
    text: Option<String>,
    answer_by: Instant,
    /// The answer; null as long as it has not come.
    answer: Option<String>,
    answered_at: Option<Instant>,
}

impl From<Inquiry> for InquiryView {
    fn from(inquiry: Inquiry) -> Self {
        Self {
            id: inquiry.id,
            asked_by: inquiry.account_id,
            asked_at: inquiry.created_at,
            questions: inquiry.questions.0,
            text: inquiry.text,
            answer_by: inquiry.answer_by,
            answer: inquiry.answer,
            answered_at: inquiry.answered_at,
        }
    }
}

/// The questions that it is about.
type QuestionsInquired = Several<Key, 1, 50>;

/// What a shopper is to be asked.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutInquiry {
    /// The questions of the checklist that it is about, of those that the appeal objects to.
    questions: QuestionsInquired,
    /// The words. The shopper reads them: they say nothing of who objects.
    text: Words,
}

/// Ask the shopper because of an open appeal. The shopper finds it in `GET /v1/me/inquiries`; the branch's side never learns of it. The
/// same again is the same inquiry.
#[utoipa::path(put, path = "/v1/appeals/{id}/inquiries/{inquiry_id}", responses(
    (status = 200, description = "It was there already."),
    (status = 201, description = "Asked."),
    (status = 403, description = "`forbidden`: the caller made the visit, or filed the appeal."),
    (status = 409, description = "`conflict`: another inquiry has this id. `wrong_state`: the appeal is over, or the shopper was asked 20 times."),
))]
pub async fn put_inquiry(
    app: Data<App>,
    caller: Allowed<ReviewVisits>,
    ids: Path<(AppealId, InquiryId)>,
    Input(PutInquiry { questions, text }): Input<PutInquiry>,
) -> Result<Kept<InquiryView>> {
    let ((appeal, id), now) = (ids.into_inner(), app.clock.now());
    let command = Inquire { id, appeal, questions: questions.into_inner(), text: text.into() };
    let stored = app.db.write(move |conn| inquire::inquire(conn, &caller.scope, &command, now)).await?;
    Ok(Kept { made: stored.put == Put::Make, thing: stored.thing.into() })
}

/// What the caller is asked about a visit that was reported.
#[derive(Serialize, ToSchema)]
pub struct OwnInquiry {
    id: InquiryId,
    visit_id: VisitId,
    /// The questions of the checklist that it is about.
    #[schema(max_items = 50)]
    questions: Vec<Key>,
    /// What is asked; null once it was erased.
    text: Option<String>,
    asked_at: Instant,
    /// Until when an answer is waited for; a later one is taken as long as it can still matter.
    answer_by: Instant,
    /// What the caller answered; null as long as nothing.
    answer: Option<String>,
}

impl From<Inquiry> for OwnInquiry {
    fn from(inquiry: Inquiry) -> Self {
        Self {
            id: inquiry.id,
            visit_id: inquiry.visit_id,
            questions: inquiry.questions.0,
            text: inquiry.text,
            asked_at: inquiry.created_at,
            answer_by: inquiry.answer_by,
            answer: inquiry.answer,
        }
    }
}

/// What reviewers ask the caller about visits that were reported, the newest first.
#[utoipa::path(get, path = "/v1/me/inquiries", responses((status = 200, description = "A page of inquiries.")))]
pub async fn my_inquiries(
    app: Data<App>,
    caller: Allowed<FinishFieldwork>,
    Listing(NoFilter {}, page): Listing<NoFilter>,
) -> Result<Page<OwnInquiry>> {
    finish::require_time(&app, &caller.scope).await?;
    let (shopper, after, rows) = (caller.account(), page.key()?, page.rows());
    let found = app.db.read(move |conn| store::asked_of(conn, shopper, after, rows)).await?;
    page.page(found.into_iter().map(OwnInquiry::from).collect(), |one: &OwnInquiry| (one.asked_at, one.id))
}

/// What a shopper answers.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerInquiry {
    /// The words, for the reviewers alone.
    answer: Words,
}

/// Answer what a reviewer asks. An answer never changes: the same again is the same answer.
#[utoipa::path(put, path = "/v1/me/inquiries/{id}/answer", responses(
    (status = 200, description = "It is kept."),
    (status = 409, description = "`conflict`: the caller has answered the inquiry otherwise. `wrong_state`: the reviewers have decided, and the answer can change nothing."),
))]
pub async fn answer_inquiry(
    app: Data<App>,
    caller: Allowed<FinishFieldwork>,
    id: Path<InquiryId>,
    Input(AnswerInquiry { answer }): Input<AnswerInquiry>,
) -> Result<Json<OwnInquiry>> {
    finish::require_time(&app, &caller.scope).await?;
    let (id, now, text) = (id.into_inner(), app.clock.now(), String::from(answer));
    let keep = move |conn: &mut _| answer::answer(conn, &caller.scope, id, &text, now);
    Ok(Json(app.db.write(keep).await?.into()))
}
