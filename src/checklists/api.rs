//! The addresses of checklists, their drafts and their published versions.

mod codebook;
mod diff;
mod drafts;
mod exchange;
mod trial;
mod version;
mod versions;

use actix_web::web::{Data, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

pub use self::{codebook::*, diff::*, drafts::*, exchange::*, trial::*, version::*, versions::*};
use super::{put_checklist, records::Checklist, store};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::{ReadChecklists, WriteChecklists},
    app::App,
    db::types::Instant,
    error::Result,
    http::{
        answer::{Fresh, Tagged},
        etag::{ETag, IfMatch, IfNoneMatch, Keep},
        input::Input,
        listed::Listed,
        page::{Listing, OfBrand},
        sheet::Rows,
    },
    ids::{BrandId, ChecklistId},
    limits::PlainText,
    precondition::Stored,
};

impl Rows for ChecklistView {}

/// A checklist; its content is in its draft and in its versions.
#[derive(Serialize, ToSchema)]
pub struct ChecklistView {
    id: ChecklistId,
    /// The brand that it belongs to.
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

/// The checklists of the brands that the caller's roles touch, in the order of their ids.
#[utoipa::path(get, path = "/v1/checklists", responses(
    (status = 200, description = "A page of checklists."),
))]
pub async fn list_checklists(
    caller: Allowed<ReadChecklists>,
    Listing(OfBrand { brand_id: brand }, page): Listing<OfBrand>,
) -> Result<Listed<ChecklistView>> {
    let read = move |conn: &mut _, after, rows| store::checklists(conn, &caller.scope, brand, after, rows);
    page.list(read, |checklist| checklist.id, ChecklistView::from).await
}

/// One checklist.
#[utoipa::path(get, path = "/v1/checklists/{id}", responses(
    (status = 200, description = "The checklist."),
))]
pub async fn get_checklist(
    app: Data<App>,
    caller: Allowed<ReadChecklists>,
    had: IfNoneMatch,
    id: Path<ChecklistId>,
) -> Result<Fresh<ChecklistView>> {
    let id = id.into_inner();
    let found = app.db.read(move |conn| store::checklist(conn, &caller.scope, id)).await?;
    Ok(Fresh { had, tag: ETag::of(found.revision), keep: Keep::Ask, thing: found.into() })
}

/// A checklist as it is to be.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutChecklist {
    /// The brand that it belongs to; never changes.
    brand_id: BrandId,
    /// What the operator's people call it; shoppers see the title of a version.
    name: PlainText<1, 200>,
}

impl PutChecklist {
    fn into_checklist(self, id: ChecklistId, created_at: Instant) -> Checklist {
        Checklist { id, brand_id: self.brand_id, name: self.name.into(), revision: 1, created_at }
    }
}

/// Make a checklist, or change its name.
#[utoipa::path(put, path = "/v1/checklists/{id}", responses(
    (status = 409, description = "`conflict`: it belongs to another brand."),
))]
pub async fn put_checklist(
    app: Data<App>,
    caller: Allowed<WriteChecklists>,
    id: Path<ChecklistId>,
    if_match: IfMatch,
    Input(put): Input<PutChecklist>,
) -> Result<Tagged<ChecklistView>> {
    let new = put.into_checklist(id.into_inner(), app.clock.now());
    let put = move |conn: &mut _| put_checklist::put_checklist(conn, &caller.scope, &if_match, &new);
    let Stored { put: step, thing } = app.db.write(put).await?;
    Ok(Tagged { step, tag: ETag::of(thing.revision), thing: thing.into() })
}
