//! The addresses of a checklist's versions, and publishing.

use actix_web::web::{Data, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::{ReadChecklists, WriteChecklists},
    app::App,
    checklists::{
        publish::{self, Checked, Publication},
        records::Published,
        store,
    },
    db::types::{Instant, Sha256},
    error::Result,
    http::{
        answer::Created,
        etag::IfMatch,
        input::Input,
        page::{Listing, NoFilter, Page},
    },
    ids::{ChecklistId, VersionId},
    limits::Ordinal32,
};

/// The version to be published.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Publish {
    /// The new version's id. If the answer is lost, send the same again.
    id: VersionId,
}

/// A published version, without its content.
#[derive(Serialize, ToSchema)]
pub struct PublishedView {
    id: VersionId,
    checklist_id: ChecklistId,
    /// Counts the versions of the checklist, from 1.
    #[schema(value_type = Ordinal32)]
    number: i32,
    /// The SHA-256 of its content: the same words, the same hash.
    hash: Sha256,
    published_at: Instant,
}

impl From<Published> for PublishedView {
    fn from(published: Published) -> Self {
        let Published { id, checklist_id, number, hash, published_at, brand_id: _ } = published;
        Self { id, checklist_id, number, hash, published_at }
    }
}

/// Make a version of the draft, for good. `If-Match` names the draft that is meant. A question that names staff (`names_staff`) is
/// refused (`no_notice`) as long as the brand has no notice of the level `person` that runs or is to start.
#[utoipa::path(post, path = "/v1/checklists/{id}/versions", responses(
    (status = 201, description = "Published, now or by the same request before."),
    (status = 409, description = "`conflict`: there is no draft, a version has the same content already, or another version has this id."),
))]
pub async fn publish(
    app: Data<App>,
    caller: Allowed<WriteChecklists>,
    of: Path<ChecklistId>,
    if_match: IfMatch,
    Input(Publish { id }): Input<Publish>,
) -> Result<Created<PublishedView>> {
    let (checklist_id, now, scope) = (of.into_inner(), app.clock.now(), caller.scope.clone());
    // It takes time to find what is wrong with a draft: other writes need not wait for that.
    let draft = app.db.read(move |conn| store::draft_to_change(conn, &scope, checklist_id)).await?.1;
    let checked = draft.as_ref().map(Checked::new).transpose()?;
    let wish = Publication { checklist_id, version_id: id, if_match, checked };
    let published = app.db.write(move |conn| publish::publish(conn, &caller.scope, &wish, now)).await?;
    Ok(Created(published.into()))
}

/// The versions of a checklist, in the order of their numbers.
#[utoipa::path(get, path = "/v1/checklists/{id}/versions", responses(
    (status = 200, description = "A page of versions, without their contents."),
))]
pub async fn list_versions(
    app: Data<App>,
    caller: Allowed<ReadChecklists>,
    of: Path<ChecklistId>,
    Listing(NoFilter {}, page): Listing<NoFilter>,
) -> Result<Page<PublishedView>> {
    let of = of.into_inner();
    let (after, rows) = (page.key()?, page.rows());
    let versions = app.db.read(move |conn| store::versions(conn, &caller.scope, of, after, rows)).await?;
    let views = versions.into_iter().map(PublishedView::from).collect();
    page.page(views, |version| version.number)
}
