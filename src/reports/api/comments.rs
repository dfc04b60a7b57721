//! The addresses of comments on reports.

use actix_web::web::{Data, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::{CommentReports, ReadReports},
    app::App,
    db::types::Instant,
    error::Result,
    http::{
        answer::Kept,
        input::Input,
        page::{Listing, NoFilter, Page},
    },
    ids::{AccountId, ReportCommentId, ReportId},
    reports::{
        comment::{self, Say},
        model::{CommentText, ReportComment},
        read,
    },
};

/// A comment of the branch's side on a report.
#[derive(Serialize, ToSchema)]
pub struct ReportCommentView {
    id: ReportCommentId,
    report_id: ReportId,
    /// Who said it.
    account_id: AccountId,
    /// What that account is called.
    name: String,
    /// What was said.
    text: String,
    /// When it was said.
    created_at: Instant,
}

impl ReportCommentView {
    fn new(comment: ReportComment, name: String) -> Self {
        let ReportComment { id, report_id, brand_id: _, account_id, text, created_at } = comment;
        Self { id, report_id, account_id, name, text, created_at }
    }
}

/// What is to be said.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SayAboutReport {
    /// The comment. All readers of the report see it, with the author's name.
    text: CommentText,
}

/// Comment on a report, without appealing against it. A comment never changes: the same again is the same comment.
#[utoipa::path(put, path = "/v1/reports/{id}/comments/{comment_id}", responses(
    (status = 200, description = "It was there already."),
    (status = 201, description = "Kept."),
    (status = 409, description = "`conflict`: another comment has this id."),
))]
pub async fn put_report_comment(
    app: Data<App>,
    caller: Allowed<CommentReports>,
    ids: Path<(ReportId, ReportCommentId)>,
    Input(SayAboutReport { text }): Input<SayAboutReport>,
) -> Result<Kept<ReportCommentView>> {
    let ((report, id), now) = (ids.into_inner(), app.clock.now());
    let (scope, say) = (caller.scope.clone(), Say { id, report, text: text.into() });
    let (made, kept) = app.db.write(move |conn| comment::comment(conn, &scope, &say, now)).await?;
    let account = kept.account_id;
    let name = app.db.read(move |conn| crate::accounts::store::names(conn, vec![account])).await?;
    let name = name.get(&account).cloned().unwrap_or_default();
    Ok(Kept { made, thing: ReportCommentView::new(kept, name) })
}

/// What was said about a report, the first first.
#[utoipa::path(get, path = "/v1/reports/{id}/comments", responses(
    (status = 200, description = "A page of the list."),
))]
pub async fn list_report_comments(
    app: Data<App>,
    caller: Allowed<ReadReports>,
    id: Path<ReportId>,
    Listing(NoFilter {}, page): Listing<NoFilter>,
) -> Result<Page<ReportCommentView>> {
    let (id, after, rows, now) = (id.into_inner(), page.key()?, page.rows(), app.clock.now());
    let read = move |conn: &mut _| read::comments(conn, &caller.scope, id, after, rows, now);
    let (comments, names) = app.db.snapshot(read).await?;
    let named = |comment: ReportComment| {
        let name = names.get(&comment.account_id).cloned().unwrap_or_default();
        ReportCommentView::new(comment, name)
    };
    page.page(comments.into_iter().map(named).collect(), |one: &ReportCommentView| (one.created_at, one.id))
}
