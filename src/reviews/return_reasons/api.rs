//! The addresses of reasons for sending visits back.

use actix_web::web::{Data, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::{model::ReturnReason, put_return_reason, store};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::{ReadReturnReasons, WriteReturnReasons},
    app::App,
    db::types::{self, Instant},
    error::Result,
    http::{
        answer::{Fresh, Tagged},
        etag::{IfMatch, IfNoneMatch},
        input::Input,
        page::{Listing, NoFilter, Page},
    },
    ids::ReturnReasonId,
    visits::asked::ReasonText,
};

/// A reason for sending visits back.
#[derive(Serialize, ToSchema)]
pub struct ReturnReasonView {
    id: ReturnReasonId,
    /// What it says, in the operator's languages.
    texts: ReasonText,
    /// Whether reviewers cannot choose it any more.
    retired: bool,
    created_at: Instant,
}

impl From<ReturnReason> for ReturnReasonView {
    fn from(ReturnReason { id, texts, retired, created_at, .. }: ReturnReason) -> Self {
        Self { id, texts: texts.0, retired, created_at }
    }
}

/// The reasons for sending visits back, in the order of their ids.
#[utoipa::path(get, path = "/v1/return-reasons", responses(
    (status = 200, description = "A page of reasons."),
))]
pub async fn list_return_reasons(
    app: Data<App>,
    _: Allowed<ReadReturnReasons>,
    Listing(NoFilter {}, page): Listing<NoFilter>,
) -> Result<Page<ReturnReasonView>> {
    let (after, rows) = (page.key()?, page.rows());
    let found = app.db.read(move |conn| store::return_reasons(conn, after, rows)).await?;
    page.page(found.into_iter().map(ReturnReasonView::from).collect(), |reason| reason.id)
}

/// One reason.
#[utoipa::path(get, path = "/v1/return-reasons/{id}", responses(
    (status = 200, description = "The reason."),
))]
pub async fn get_return_reason(
    app: Data<App>,
    _: Allowed<ReadReturnReasons>,
    had: IfNoneMatch,
    id: Path<ReturnReasonId>,
) -> Result<Fresh<ReturnReasonView>> {
    let id = id.into_inner();
    let found = app.db.read(move |conn| store::return_reason(conn, id)).await?;
    Ok(Fresh::of(had, found))
}

/// What a reason is to be.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutReturnReason {
    /// What it says to the shopper, in the operator's languages.
    texts: ReasonText,
    /// Whether reviewers cannot choose it any more.
    #[serde(default)]
    #[schema(default = false, nullable = true)]
    retired: bool,
}

/// Make a reason for sending visits back, or change one. What was returned for it keeps what it said then.
#[utoipa::path(put, path = "/v1/return-reasons/{id}", responses(
    (status = 403, description = "`forbidden`: the caller's grant is not over the whole operator."),
))]
pub async fn put_return_reason(
    app: Data<App>,
    caller: Allowed<WriteReturnReasons>,
    id: Path<ReturnReasonId>,
    if_match: IfMatch,
    Input(PutReturnReason { texts, retired }): Input<PutReturnReason>,
) -> Result<Tagged<ReturnReasonView>> {
    let (id, created_at) = (id.into_inner(), app.clock.now());
    let new = ReturnReason { id, texts: types::Json(texts), retired, revision: 1, created_at };
    let put = move |conn: &mut _| put_return_reason::put_return_reason(conn, &caller.scope, &if_match, &new);
    Ok(Tagged::of(app.db.write(put).await?))
}
