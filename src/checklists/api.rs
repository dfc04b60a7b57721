//! The addresses of checklists, their drafts and their published versions.

mod diff;
mod drafts;
mod exchange;
mod trial;
mod versions;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub use self::{diff::*, drafts::*, exchange::*, trial::*, versions::*};
use super::{records::Checklist, store};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::{
        Scope,
        permit::{ReadChecklists, WriteChecklists},
    },
    app::App,
    db::{Conn, types::Instant},
    error::{Code, Error, Result},
    http::{
        etag::{self, ETag, IfMatch, Keep, Put},
        input::Input,
        page::{Listing, OfBrand, Page, PageParams},
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

/// The checklists of the brands that the caller has to do with, in the order of their ids.
#[utoipa::path(get, path = "/v1/checklists", params(OfBrand, PageParams), responses(
    (status = 200, description = "A page of checklists.", body = Page<ChecklistView>),
))]
pub async fn list_checklists(
    app: Data<App>,
    request: HttpRequest,
    caller: Allowed<ReadChecklists>,
    Listing(OfBrand { brand_id: brand }, page): Listing<OfBrand>,
) -> Result<HttpResponse> {
    let (after, rows) = (page.after::<ChecklistId>(&app.seals, &request)?, page.rows());
    let checklists =
        app.db.read(move |conn| store::checklists(conn, &caller.scope, brand, after, rows)).await?;
    let views = checklists.into_iter().map(ChecklistView::from).collect();
    page.answer(&app.seals, &request, views, |checklist| checklist.id)
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

impl PutChecklist {
    /// The checklist as it would be, still in the revision of the one that is there.
    fn checklist(&self, id: ChecklistId, old: Option<&Checklist>, now: Instant) -> Checklist {
        Checklist {
            id,
            brand_id: self.brand_id,
            name: self.name.clone(),
            revision: old.map_or(1, |old| old.revision),
            created_at: old.map_or(now, |old| old.created_at),
        }
    }
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
    let (step, checklist) =
        app.db.write(move |conn| keep_checklist(conn, &caller.scope, &if_match, id, &put, now)).await?;
    let tag = ETag::of(checklist.revision);
    Ok(etag::answer(step.status(), &tag, &ChecklistView::from(checklist)))
}

fn keep_checklist(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    id: ChecklistId,
    put: &PutChecklist,
    now: Instant,
) -> Result<(Put, Checklist)> {
    let old = store::checklist_to_change(conn, scope, id)?;
    match &old {
        None if !scope.covers_brand(put.brand_id) => return Err(Error::new(Code::NotFound)),
        Some(old) if old.brand_id != put.brand_id => {
            return Err(Error::new(Code::Conflict).detail("it belongs to another brand, and stays there"));
        }
        _ => {}
    }
    let wanted = put.checklist(id, old.as_ref(), now);
    let step = if_match.step(old.as_ref(), &wanted, |one| one.revision)?;
    let kept = step.take(conn, wanted, store::insert_checklist, store::update_checklist);
    Ok((step, kept.map_err(name_the_brand)?))
}

/// The only thing that a checklist can refer to in vain is its brand. Only who sees all brands is told so: to anybody
/// else, one of others and none are both `not_found`.
fn name_the_brand(error: Error) -> Error {
    error.pointing("/brand_id", "there is no such brand")
}
