//! The addresses of checklists, their drafts and their published versions.

mod diff;
mod drafts;
mod exchange;
mod trial;
mod versions;

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Path},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

pub use self::{diff::*, drafts::*, exchange::*, trial::*, versions::*};
use super::{records::Checklist, store};
use crate::{
    accounts::policy::{
        Scope,
        permit::{ReadChecklists, WriteChecklists},
    },
    app::App,
    db::{Conn, types::Instant},
    error::{Code, Error, FieldError, Result},
    http::{
        auth::Allowed,
        etag::{self, ETag, IfMatch, Keep},
        input::{Input, Params},
        page::{Page, PageParams},
    },
    ids::{BrandId, ChecklistId},
};

/// A checklist; what it says is in its draft and in its versions.
#[derive(Serialize, ToSchema)]
pub struct ChecklistView {
    id: ChecklistId,
    /// Whose it is.
    brand_id: BrandId,
    /// What the operator's people call it; shoppers see the title of a version.
    name: String,
    created_at: Instant,
}

impl From<Checklist> for ChecklistView {
    fn from(checklist: Checklist) -> Self {
        let Checklist { id, brand_id, name, created_at, revision: _ } = checklist;
        Self { id, brand_id, name, created_at }
    }
}

/// Which checklists.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ChecklistParams {
    /// Only those of this brand.
    brand_id: Option<BrandId>,
    /// How many at most; 50 if not said.
    #[validate(range(min = 1, max = 200))]
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u16>,
    /// Where to go on: the `next_cursor` of the page before.
    #[validate(length(min = 1, max = 1000))]
    #[param(min_length = 1, max_length = 1000)]
    cursor: Option<String>,
}

/// The checklists of the brands that the caller has to do with, in the order of their ids.
#[utoipa::path(get, path = "/v1/checklists", params(ChecklistParams), responses(
    (status = 200, description = "A page of checklists.", body = Page<ChecklistView>),
))]
pub async fn list_checklists(
    app: Data<App>,
    request: HttpRequest,
    caller: Allowed<ReadChecklists>,
    Params(ChecklistParams { brand_id, limit, cursor }): Params<ChecklistParams>,
) -> Result<HttpResponse> {
    let page = PageParams { limit, cursor };
    let (after, rows) = (page.after::<ChecklistId>(&app.keys, &request)?, page.rows());
    let checklists =
        app.db.read(move |conn| store::checklists(conn, &caller.scope, brand_id, after, rows)).await?;
    let views = checklists.into_iter().map(ChecklistView::from).collect();
    page.answer(&app.keys, &request, views, |checklist| checklist.id)
}

/// One checklist.
#[utoipa::path(get, path = "/v1/checklists/{id}", params(("id" = ChecklistId, Path)), responses(
    (status = 200, description = "The checklist.", body = ChecklistView),
))]
pub async fn get_checklist(
    app: Data<App>,
    request: HttpRequest,
    caller: Allowed<ReadChecklists>,
    id: Path<ChecklistId>,
) -> Result<HttpResponse> {
    let id = id.into_inner();
    let checklist = app.db.read(move |conn| store::checklist(conn, &caller.scope, id)).await?;
    let tag = ETag::of(checklist.revision);
    Ok(etag::fresh(&request, &tag, Keep::Ask, &ChecklistView::from(checklist)))
}

/// What a checklist is to be.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutChecklist {
    /// Whose it is; never changes.
    brand_id: BrandId,
    /// What the operator's people call it; shoppers see the title of a version.
    #[validate(length(min = 1, max = 200), custom(function = "crate::http::input::plain_text"))]
    #[schema(
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\x00-\x1F\x7F]*[^\s\x00-\x1F\x7F][^\x00-\x1F\x7F]*$"
    )]
    name: String,
}

/// Make a checklist, or change its name.
#[utoipa::path(put, path = "/v1/checklists/{id}", params(("id" = ChecklistId, Path), ("if-match" = Option<String>, Header)), request_body = PutChecklist, responses(
    (status = 200, description = "Changed, or it was so already.", body = ChecklistView),
    (status = 201, description = "Made.", body = ChecklistView),
    (status = 409, description = "`conflict`: it belongs to another brand."),
))]
pub async fn put_checklist(
    app: Data<App>,
    caller: Allowed<WriteChecklists>,
    id: Path<ChecklistId>,
    if_match: IfMatch,
    Input(put): Input<PutChecklist>,
) -> Result<HttpResponse> {
    let (id, now) = (id.into_inner(), app.clock.now());
    let (status, checklist) =
        app.db.write(move |conn| keep_checklist(conn, &caller.scope, &if_match, id, &put, now)).await?;
    let tag = ETag::of(checklist.revision);
    Ok(etag::answer(status, &tag, &ChecklistView::from(checklist)))
}

fn keep_checklist(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    id: ChecklistId,
    put: &PutChecklist,
    now: Instant,
) -> Result<(StatusCode, Checklist)> {
    let (brand_id, name) = (put.brand_id, put.name.clone());
    match store::checklist_to_change(conn, scope, id)? {
        None if !scope.covers_brand(brand_id) => Err(Error::new(Code::NotFound)),
        None => {
            if_match.expects_nothing()?;
            let new = Checklist { id, brand_id, name, revision: 1, created_at: now };
            store::insert_checklist(conn, &new).map_err(name_the_brand)?;
            Ok((StatusCode::CREATED, new))
        }
        Some(old) if old.brand_id != brand_id => {
            Err(Error::new(Code::Conflict).detail("it belongs to another brand, and stays there"))
        }
        Some(old) if old.name == name => Ok((StatusCode::OK, old)),
        Some(old) => {
            if_match.expects(&ETag::of(old.revision))?;
            let changed = Checklist { name, revision: old.revision + 1, ..old };
            store::rename_checklist(conn, &changed)?;
            Ok((StatusCode::OK, changed))
        }
    }
}

/// Only who sees all brands is told this: to anybody else, one of others and none are both `not_found`.
fn unknown_brand() -> Error {
    Error::invalid(vec![FieldError::new("/brand_id", "unknown", "there is no such brand")])
}

/// The only thing that a checklist can refer to in vain is its brand.
fn name_the_brand(error: Error) -> Error {
    if error.code() == Code::Invalid { unknown_brand() } else { error }
}
