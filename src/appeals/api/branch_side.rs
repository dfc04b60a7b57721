//! The addresses where the branch's side appeals, and follows what comes of it.

use actix_web::web::{Data, Json, Path};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::{AppealReports, ReadReports},
    app::App,
    appeals::{
        file_appeal::{self, FileAppeal},
        model::{Appeal, AppealFile, AppealStatus, Objection, WaitsFor, Words},
        read,
        store::{self, AppealFilter, Audience},
        take_back,
    },
    checklists::{cache::Versions, key::Key},
    db::types::Instant,
    error::{Error, Result},
    http::{
        answer::Kept,
        input::{Input, Params},
        listed::Listed,
        page::Listing,
        sheet::Rows,
    },
    ids::{AccountId, AppealFileId, AppealId, BranchId, BrandId, RegionId, ReportId},
    limits::{Count, Several},
    precondition::Put,
    reports,
    visits::{self, state::State},
};

/// An answer that is objected to, and what came of that.
#[derive(Serialize, ToSchema)]
pub struct AppealedQuestion {
    /// The question.
    question: Key,
    /// Why the answer is wrong.
    words: String,
    /// Whether the answer was corrected; null as long as no reviewer has decided, or if the branch took the appeal back.
    upheld: Option<bool>,
}

impl AppealedQuestion {
    fn all(appeal: &Appeal) -> Vec<Self> {
        let view = |one: &Objection| Self {
            question: one.question.clone(),
            words: one.words.clone(),
            upheld: appeal.is_upheld(&one.question),
        };
        appeal.objections.0.iter().map(view).collect()
    }
}

impl Rows for BranchAppeal {}

/// An appeal as the branch's side sees it. What a reviewer decides is shown from the next night on.
#[derive(Serialize, ToSchema)]
pub struct BranchAppeal {
    pub(super) id: AppealId,
    report_id: ReportId,
    brand_id: BrandId,
    branch_id: BranchId,
    /// Who filed the appeal.
    filed_by: AccountId,
    filed_at: Instant,
    status: AppealStatus,
    /// Who is to say or do something next; null once the appeal is over. That a shopper is asked is known to reviewers alone.
    waits_for: Option<WaitsFor>,
    /// Until when reviewers are to decide about the appeal.
    pub(super) decide_by: Instant,
    #[schema(max_items = 50)]
    questions: Vec<AppealedQuestion>,
    /// Why the reviewer decided so; null as long as no reviewer has decided, or if the branch took the appeal back.
    reason: Option<String>,
}

impl BranchAppeal {
    pub(super) fn new((appeal, visit): (Appeal, State)) -> Self {
        let status = appeal.status(visit);
        Self {
            questions: AppealedQuestion::all(&appeal),
            id: appeal.id,
            report_id: appeal.report_id,
            brand_id: appeal.brand_id,
            branch_id: appeal.branch_id,
            filed_by: appeal.account_id,
            filed_at: appeal.created_at,
            status,
            waits_for: (status == AppealStatus::Open).then_some(appeal.waits_for),
            decide_by: appeal.answer_by,
            reason: appeal.reason,
        }
    }
}

/// An answer of a report, and why it is wrong.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectionBody {
    /// The question, of those that the report lists.
    question: Key,
    /// Why its answer is wrong.
    words: Words,
}

/// The answers that are objected to.
type Objections = Several<ObjectionBody, 1, 50>;

/// What a manager objects to.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutAppeal {
    /// The answers, each named once.
    questions: Objections,
}

/// Appeal against answers of a report, as long as `GET /v1/reports/{id}` says that there is time. One appeal at a time is open against a
/// report, and a question about which one was decided is not asked again. An appeal never changes: the same again is the same
/// appeal.
#[utoipa::path(put, path = "/v1/reports/{id}/appeals/{appeal_id}", responses(
    (status = 200, description = "It was there already."),
    (status = 201, description = "Filed."),
    (status = 409, description = "`conflict`: another appeal has this id. `wrong_state`: the time is over, the report was withdrawn, or another appeal is open."),
))]
pub async fn file_appeal(
    app: Data<App>,
    versions: Data<Versions>,
    caller: Allowed<AppealReports>,
    ids: Path<(ReportId, AppealId)>,
    Input(PutAppeal { questions }): Input<PutAppeal>,
) -> Result<Kept<BranchAppeal>> {
    let ((report, id), now, scope) = (ids.into_inner(), app.clock.now(), caller.scope.clone());
    let version_of = move |conn: &mut _| {
        let (report, _) = reports::store::report(conn, &scope, report, now)?;
        let visit = visits::store::find(conn, report.visit_id)?;
        Ok(visit.ok_or_else(|| Error::internal("a report without its visit"))?.head.version_id)
    };
    let version = versions.get(&app.db, app.db.read(version_of).await?).await?;
    let objection =
        |ObjectionBody { question, words }: ObjectionBody| Objection { question, words: words.into() };
    let objections = questions.into_inner().into_iter().map(objection).collect();
    let command = FileAppeal { id, report, objections };
    let file = move |conn: &mut _| {
        let stored = file_appeal::file_appeal(conn, &caller.scope, &command, &version, now)?;
        let shown = read::shown(conn, &caller.scope, stored.thing.id, now)?;
        Ok((stored.put, shown))
    };
    let (put, shown) = app.db.write(file).await?;
    Ok(Kept { made: put == Put::Make, thing: BranchAppeal::new(shown) })
}

/// Take an appeal back; any manager of the branch may. The same again is the same answer. If reviewers have decided about it since the
/// last night, their decision stands, and shows with the next one.
#[utoipa::path(post, path = "/v1/appeals/{id}/take-back", responses(
    (status = 200, description = "The appeal is taken back."),
    (status = 409, description = "`wrong_state`: the appeal is over."),
))]
pub async fn take_back_appeal(
    app: Data<App>,
    caller: Allowed<AppealReports>,
    id: Path<AppealId>,
) -> Result<Json<BranchAppeal>> {
    let (id, now) = (id.into_inner(), app.clock.now());
    let taken = app.db.write(move |conn| take_back::take_back(conn, &caller.scope, id, now)).await?;
    Ok(Json(BranchAppeal::new(taken)))
}

/// Which appeals.
#[derive(Clone, Copy, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AppealParams {
    /// Only those of this brand.
    pub(super) brand_id: Option<BrandId>,
    /// Only those of branches in this region, however deep.
    pub(super) region_id: Option<RegionId>,
    /// Only those of this branch.
    pub(super) branch_id: Option<BranchId>,
    /// Only those against this report.
    pub(super) report_id: Option<ReportId>,
    /// Only those that are here.
    #[param(inline)]
    pub(super) status: Option<AppealStatus>,
    /// Only those that are open and wait for this side. That a shopper is asked is known to reviewers alone.
    #[param(inline)]
    pub(super) waits_for: Option<WaitsFor>,
    /// With `true`, only those that are open and should have been decided about by now.
    #[serde(default)]
    #[param(default = false)]
    pub(super) overdue: bool,
}

impl AppealParams {
    pub(super) fn filter(self, now: Instant) -> AppealFilter {
        let Self { brand_id, region_id, branch_id, report_id, status, waits_for, overdue } = self;
        AppealFilter {
            brand: brand_id,
            region: region_id,
            branch: branch_id,
            report: report_id,
            status,
            waits_for,
            overdue_at: overdue.then_some(now),
        }
    }
}

/// Appeals against reports that the caller may read, the newest first.
#[utoipa::path(get, path = "/v1/appeals", responses((status = 200, description = "A page of appeals.")))]
pub async fn list_appeals(
    app: Data<App>,
    caller: Allowed<ReadReports>,
    Listing(params, page): Listing<AppealParams>,
) -> Result<Listed<BranchAppeal>> {
    let now = app.clock.now();
    let filter = params.filter(now);
    let read =
        move |conn: &mut _, after, rows| read::list_shown(conn, &caller.scope, &filter, after, rows, now);
    page.of_one_state().list_views(read, BranchAppeal::new, |one| (one.filed_at, one.id)).await
}

/// Of which places appeals are counted.
#[derive(Clone, Copy, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AppealCountParams {
    /// Only those of this brand.
    pub(super) brand_id: Option<BrandId>,
    /// Only those of branches in this region, however deep.
    pub(super) region_id: Option<RegionId>,
    /// Only those of this branch.
    pub(super) branch_id: Option<BranchId>,
}

impl AppealCountParams {
    pub(super) const fn filter(self) -> AppealFilter {
        let Self { brand_id, region_id, branch_id } = self;
        AppealFilter {
            brand: brand_id,
            region: region_id,
            branch: branch_id,
            report: None,
            status: None,
            waits_for: None,
            overdue_at: None,
        }
    }
}

/// How many appeals there are, as the branch's side is shown them.
#[derive(Serialize, ToSchema)]
pub struct BranchAppealCounts {
    /// Appeals about which no reviewer has decided.
    #[schema(value_type = Count)]
    open: i64,
    /// Of the open appeals, those in which the branch is to say something.
    #[schema(value_type = Count)]
    waiting_for_branch: i64,
    /// Of the open appeals, those about which a reviewer should have decided by now.
    #[schema(value_type = Count)]
    overdue: i64,
    /// Appeals that corrected answers.
    #[schema(value_type = Count)]
    upheld: i64,
    /// Appeals that a reviewer declined.
    #[schema(value_type = Count)]
    declined: i64,
}

/// How many appeals there are against reports that the caller may read.
#[utoipa::path(get, path = "/v1/appeals/counts", responses((status = 200, description = "The figures.")))]
pub async fn count_appeals(
    app: Data<App>,
    caller: Allowed<ReadReports>,
    Params(params): Params<AppealCountParams>,
) -> Result<Json<BranchAppealCounts>> {
    let (of, now) = (params.filter(), app.clock.now());
    let count = move |conn: &mut _| {
        let readable = reports::read::readable(conn, &caller.scope, now)?;
        let mut count =
            |filter: AppealFilter| store::count(conn, &readable, &filter, Audience::BranchSide(now));
        let open = AppealFilter { status: Some(AppealStatus::Open), ..of };
        Ok(BranchAppealCounts {
            open: count(open)?,
            waiting_for_branch: count(AppealFilter { waits_for: Some(WaitsFor::Branch), ..open })?,
            overdue: count(AppealFilter { overdue_at: Some(now), ..open })?,
            upheld: count(AppealFilter { status: Some(AppealStatus::Upheld), ..of })?,
            declined: count(AppealFilter { status: Some(AppealStatus::Declined), ..of })?,
        })
    };
    Ok(Json(app.db.snapshot(count).await?))
}

/// An appeal with what is attached to it.
#[derive(Serialize, ToSchema)]
pub struct WholeBranchAppeal {
    #[serde(flatten)]
    appeal: BranchAppeal,
    /// What is attached to it: see `GET /v1/appeal-files/{id}`.
    #[schema(max_items = 10)]
    files: Vec<AppealFileId>,
}

/// An appeal against a report that the caller may read.
#[utoipa::path(get, path = "/v1/appeals/{id}", responses((status = 200, description = "The appeal.")))]
pub async fn get_appeal(
    app: Data<App>,
    caller: Allowed<ReadReports>,
    id: Path<AppealId>,
) -> Result<Json<WholeBranchAppeal>> {
    let (id, now) = (id.into_inner(), app.clock.now());
    let read = move |conn: &mut _| {
        let shown = read::shown(conn, &caller.scope, id, now)?;
        Ok((shown, store::files(conn, id)?))
    };
    let (shown, files) = app.db.snapshot(read).await?;
    let files = files.into_iter().map(|AppealFile { id, .. }| id).collect();
    Ok(Json(WholeBranchAppeal { appeal: BranchAppeal::new(shown), files }))
}
