//! The addresses of notices.

use actix_web::web::{Data, Json, Path};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{
    informed,
    model::{Notice, NoticeContent, ReportingLevel},
    put_notice, store,
};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::{ReadNotices, WriteNotices},
    app::App,
    calendar::Day,
    db::types::{self, Instant},
    error::Result,
    http::{
        answer::{Fresh, Kept},
        etag::{ETag, IfNoneMatch, Keep},
        input::{Input, Params},
        listed::Listed,
        page::{Listing, OfBrand},
        sheet::Rows,
    },
    ids::{AccountId, BranchId, BrandId, NoticeId},
    precondition::{Put, Stored},
};

impl Rows for NoticeView {}

/// What staff were informed of.
#[derive(Serialize, ToSchema)]
pub struct NoticeView {
    id: NoticeId,
    /// Whose it is.
    brand_id: BrandId,
    /// The notice that it takes the place of from its start on; missing if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    follows_id: Option<NoticeId>,
    /// The notice that takes its place; missing as long as there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    followed_by_id: Option<NoticeId>,
    /// What it says.
    content: NoticeContent,
    /// Who entered it.
    created_by: AccountId,
    /// When it was entered.
    created_at: Instant,
}

impl NoticeView {
    fn of((notice, followed_by_id): (Notice, Option<NoticeId>)) -> Self {
        let Notice { id, brand_id, follows_id, content, created_by, created_at } = notice;
        Self { id, brand_id, follows_id, followed_by_id, content: content.0, created_by, created_at }
    }
}

/// The notices of the brands that the caller has to do with, in the order of their ids.
#[utoipa::path(get, path = "/v1/notices", responses((status = 200, description = "A page of notices.")))]
pub async fn list_notices(
    caller: Allowed<ReadNotices>,
    Listing(OfBrand { brand_id }, page): Listing<OfBrand>,
) -> Result<Listed<NoticeView>> {
    let read = move |conn: &mut _, after, rows| store::notices(conn, &caller.scope, brand_id, after, rows);
    page.list_views(read, NoticeView::of, |view| view.id).await
}

/// One notice.
#[utoipa::path(get, path = "/v1/notices/{id}", responses((status = 200, description = "The notice.")))]
pub async fn get_notice(
    app: Data<App>,
    caller: Allowed<ReadNotices>,
    had: IfNoneMatch,
    id: Path<NoticeId>,
) -> Result<Fresh<NoticeView>> {
    let id = id.into_inner();
    let read = move |conn: &mut _| Ok((store::notice(conn, &caller.scope, id)?, store::follower(conn, id)?));
    let found = app.db.read(read).await?;
    // Nothing of it changes but whether another notice follows.
    let tag = found.1.map_or_else(|| ETag::of("newest"), ETag::of);
    Ok(Fresh { had, tag, keep: Keep::Ask, thing: NoticeView::of(found) })
}

/// What staff were informed of.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutNotice {
    /// Whose it is.
    brand_id: BrandId,
    /// The notice that it takes the place of from its start on; each is followed once.
    follows_id: Option<NoticeId>,
    /// What it says.
    content: NoticeContent,
}

/// Enter what staff were informed of: when, where, in which languages, what for, how closely reports look at people, and whether
/// pay follows.
///
/// Without a notice no report names a person, and no pay follows from a figure. A notice never changes: the same again is
/// answered as before, and what changes is another notice, which follows the old one. Its documents are uploaded first.
#[utoipa::path(put, path = "/v1/notices/{id}", responses(
    (status = 200, description = "It was there already."),
    (status = 201, description = "Entered."),
    (status = 409, description = "`conflict`: another notice has this id, or another one follows the same notice."),
))]
pub async fn put_notice(
    app: Data<App>,
    caller: Allowed<WriteNotices>,
    id: Path<NoticeId>,
    Input(put): Input<PutNotice>,
) -> Result<Kept<NoticeView>> {
    let PutNotice { brand_id, follows_id, content } = put;
    let new = Notice {
        id: id.into_inner(),
        brand_id,
        follows_id,
        content: types::Json(content),
        created_by: caller.account(),
        created_at: app.clock.now(),
    };
    let put = move |conn: &mut _| {
        let Stored { put, thing } = put_notice::put_notice(conn, &caller.scope, &new)?;
        let follower = store::follower(conn, thing.id)?;
        Ok((put == Put::Make, (thing, follower)))
    };
    let (made, notice) = app.db.write(put).await?;
    Ok(Kept { made, thing: NoticeView::of(notice) })
}

/// On which day.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct InformedParams {
    /// The day on which the programme is to run; today in the branch if not said.
    #[param(inline)]
    on: Option<Day>,
}

/// What the staff of a branch had been informed of.
#[derive(Serialize, ToSchema)]
pub struct InformedView {
    branch_id: BranchId,
    /// The day that was asked about.
    on: Day,
    /// How closely reports may look at people; missing if staff were not informed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    level: Option<ReportingLevel>,
    /// Whether staff were informed that pay follows from the figures.
    affects_pay: bool,
    /// The notices that say so, in the order of their entering.
    notice_ids: Vec<NoticeId>,
}

/// What the staff of a branch had been informed of by a day.
///
/// It follows from the notices about the branch that have started by then and that no other one about it has taken the
/// place of. Where there are several, staff know all of them: `level` is the closest one.
#[utoipa::path(get, path = "/v1/branches/{id}/notices", responses((status = 200, description = "What they had been informed of.")))]
pub async fn get_branch_notices(
    app: Data<App>,
    caller: Allowed<ReadNotices>,
    id: Path<BranchId>,
    Params(InformedParams { on }): Params<InformedParams>,
) -> Result<Json<InformedView>> {
    let (id, now) = (id.into_inner(), app.clock.now());
    let (on, informed) =
        app.db.snapshot(move |conn| informed::informed(conn, &caller.scope, id, on, now)).await?;
    let notice_ids = informed.notices.iter().map(|notice| notice.id).collect();
    Ok(Json(InformedView {
        branch_id: id,
        on,
        level: informed.level,
        affects_pay: informed.affects_pay,
        notice_ids,
    }))
}
