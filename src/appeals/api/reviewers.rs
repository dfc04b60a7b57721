//! The addresses where reviewers see appeals, and decide about them.

use actix_web::web::{Data, Json, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::{
    attachments::AppealFileView,
    branch_side::{AppealCountParams, AppealParams, BranchAppeal},
    inquiries::InquiryView,
};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::{ReadAppeals, ReviewVisits},
    app::App,
    appeals::{
        decline,
        model::{Appeal, AppealStatus, WaitsFor, Words},
        read::{self, Whole},
        store::{self, AppealFilter, Audience},
        uphold::{self, Uphold},
    },
    checklists::{answers::Answers, cache::Versions},
    db::types::Instant,
    error::Result,
    http::{
        input::{Input, Params},
        listed::Listed,
        page::Listing,
        sheet::Rows,
    },
    ids::{AccountId, AppealId, VisitId},
    limits::Count,
    visits::state::State,
};

impl Rows for AppealView {}

/// An appeal as reviewers see it: what the branch's side sees of it, and what it does not.
#[derive(Serialize, ToSchema)]
pub struct AppealView {
    #[serde(flatten)]
    both: BranchAppeal,
    visit_id: VisitId,
    /// The reviewer who had approved the visit; null if the visit was approved by lot.
    approved_by: Option<AccountId>,
    /// Who decided about the appeal, or took it back.
    decided_by: Option<AccountId>,
    decided_at: Option<Instant>,
    /// From when on the branch's side sees what was decided; null as long as nothing was.
    shown_from: Option<Instant>,
}

impl AppealView {
    fn new((appeal, visit): (Appeal, State)) -> Self {
        Self {
            visit_id: appeal.visit_id,
            approved_by: appeal.approved_by,
            decided_by: appeal.decided_by,
            decided_at: appeal.decided_at,
            shown_from: appeal.shown_from,
            both: BranchAppeal::new((appeal, visit)),
        }
    }

    fn place(&self) -> (Instant, AppealId) {
        (self.both.decide_by, self.both.id)
    }
}

/// Appeals, those that are to be decided about first before the others. Those against visits of the caller's own are left out.
#[utoipa::path(get, path = "/v1/reviews/appeals", responses((status = 200, description = "A page of appeals.")))]
pub async fn list_appeals_to_review(
    app: Data<App>,
    caller: Allowed<ReadAppeals>,
    Listing(params, page): Listing<AppealParams>,
) -> Result<Listed<AppealView>> {
    let filter = params.filter(app.clock.now());
    let read = move |conn: &mut _, after, rows| store::by_deadline(conn, &caller.scope, &filter, after, rows);
    page.of_one_state().list_views(read, AppealView::new, AppealView::place).await
}

/// How many appeals there are, as reviewers see them.
#[derive(Serialize, ToSchema)]
pub struct AppealCounts {
    /// Appeals about which no reviewer has decided.
    #[schema(value_type = Count)]
    open: i64,
    /// Of the open appeals, those in which a reviewer is to say or do something.
    #[schema(value_type = Count)]
    waiting_for_reviewers: i64,
    /// Of the open appeals, those in which the branch is to say something.
    #[schema(value_type = Count)]
    waiting_for_branch: i64,
    /// Of the open appeals, those in which the shopper is to answer an inquiry.
    #[schema(value_type = Count)]
    waiting_for_shopper: i64,
    /// Of the open appeals, those about which a reviewer should have decided by now.
    #[schema(value_type = Count)]
    overdue: i64,
}

/// How many appeals are open, and whom they wait for. Those against visits of the caller's own are left out.
#[utoipa::path(get, path = "/v1/reviews/appeals/counts", responses((status = 200, description = "The figures.")))]
pub async fn count_appeals_to_review(
    app: Data<App>,
    caller: Allowed<ReadAppeals>,
    Params(params): Params<AppealCountParams>,
) -> Result<Json<AppealCounts>> {
    let (of, now) = (params.filter(), app.clock.now());
    let count = move |conn: &mut _| {
        let mut count =
            |filter: AppealFilter| store::count(conn, &caller.scope, &filter, Audience::Reviewers);
        let open = AppealFilter { status: Some(AppealStatus::Open), ..of };
        let waiting = |side| AppealFilter { waits_for: Some(side), ..of };
        Ok(AppealCounts {
            open: count(open)?,
            waiting_for_reviewers: count(waiting(WaitsFor::Reviewers))?,
            waiting_for_branch: count(waiting(WaitsFor::Branch))?,
            waiting_for_shopper: count(waiting(WaitsFor::Shopper))?,
            overdue: count(AppealFilter { overdue_at: Some(now), ..open })?,
        })
    };
    Ok(Json(app.db.snapshot(count).await?))
}

/// An appeal with what is attached to it, and what its shopper was asked.
#[derive(Serialize, ToSchema)]
pub struct WholeAppeal {
    #[serde(flatten)]
    appeal: AppealView,
    /// What is attached to it: see `GET /v1/appeal-files/{id}`.
    #[schema(max_items = 10)]
    files: Vec<AppealFileView>,
    /// What the shopper was asked, the first first.
    #[schema(max_items = 20)]
    inquiries: Vec<InquiryView>,
}

/// An appeal as reviewers see it.
#[utoipa::path(get, path = "/v1/reviews/appeals/{id}", responses(
    (status = 200, description = "The appeal."),
    (status = 403, description = "`forbidden`: the caller made the visit."),
    (status = 409, description = "`wrong_state`: the caller is to give a second opinion of the visit first."),
))]
pub async fn get_appeal_to_review(
    app: Data<App>,
    caller: Allowed<ReadAppeals>,
    id: Path<AppealId>,
) -> Result<Json<WholeAppeal>> {
    let id = id.into_inner();
    let whole = app.db.snapshot(move |conn| read::whole(conn, &caller.scope, id)).await?;
    let Whole { appeal, state, files, inquiries } = whole;
    Ok(Json(WholeAppeal {
        appeal: AppealView::new((appeal, state)),
        files: files.into_iter().map(AppealFileView::from).collect(),
        inquiries: inquiries.into_iter().map(InquiryView::from).collect(),
    }))
}

/// For what an appeal is upheld.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UpholdAppeal {
    /// The right answers by question, of those that the appeal objects to. The others stay: for them it is declined. They have no
    /// comments: the shopper's words stay.
    answers: Answers,
    /// Why so, for both sides.
    reason: Words,
}

/// Uphold an appeal: its answers are corrected under a new revision of the visit, which is scored anew. The figures of the desks follow at
/// once, the report and the figures of the branch's side with the next night. The same again is the same answer.
#[utoipa::path(post, path = "/v1/appeals/{id}/uphold", responses(
    (status = 200, description = "It is upheld."),
    (status = 403, description = "`forbidden`: the caller made the visit, or filed the appeal."),
    (status = 409, description = "`wrong_state`: the appeal is over, or the caller is to give a second opinion of the visit first."),
))]
pub async fn uphold_appeal(
    app: Data<App>,
    versions: Data<Versions>,
    caller: Allowed<ReviewVisits>,
    id: Path<AppealId>,
    Input(UpholdAppeal { answers, reason }): Input<UpholdAppeal>,
) -> Result<Json<AppealView>> {
    let (id, now, scope) = (id.into_inner(), app.clock.now(), caller.scope.clone());
    let version_of = move |conn: &mut _| {
        let (_, visit) = read::for_reviewer(conn, &scope, id)?;
        Ok(visit.version_id)
    };
    let version = versions.get(&app.db, app.db.read(version_of).await?).await?;
    let command = Uphold { appeal: id, answers, reason: reason.into() };
    let uphold = move |conn: &mut _| uphold::uphold(conn, &caller.scope, &command, &version, now);
    Ok(Json(AppealView::new(app.db.write(uphold).await?)))
}

/// Why an appeal is declined.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclineAppeal {
    /// For both sides.
    reason: Words,
}

/// Decline an appeal: the answers stay. The branch's side learns of it with the next night. The same again is the same answer.
#[utoipa::path(post, path = "/v1/appeals/{id}/decline", responses(
    (status = 200, description = "It is declined."),
    (status = 403, description = "`forbidden`: the caller made the visit, or filed the appeal."),
    (status = 409, description = "`wrong_state`: the appeal is over, or the caller is to give a second opinion of the visit first."),
))]
pub async fn decline_appeal(
    app: Data<App>,
    caller: Allowed<ReviewVisits>,
    id: Path<AppealId>,
    Input(DeclineAppeal { reason }): Input<DeclineAppeal>,
) -> Result<Json<AppealView>> {
    let (id, now, reason) = (id.into_inner(), app.clock.now(), String::from(reason));
    let decline = move |conn: &mut _| decline::decline(conn, &caller.scope, id, &reason, now);
    Ok(Json(AppealView::new(app.db.write(decline).await?)))
}
