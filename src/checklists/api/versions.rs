//! The addresses of published versions, and publishing.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    accounts::policy::{
        Scope,
        permit::{ReadChecklists, ReadVersions, WriteChecklists},
    },
    app::App,
    checklists::{
        findings::MOST_FINDINGS,
        model::Content,
        records::{Published, Version, hash},
        standards::store::catalogue,
        store,
    },
    db::{
        Conn,
        types::{Instant, Json, Sha256},
    },
    error::{Code, Error, Result},
    http::{
        auth::Allowed,
        etag::{self, ETag, IfMatch, Keep},
        input::{Input, Params},
        page::{Page, PageParams},
    },
    ids::{ChecklistId, VersionId},
};

/// The wish to publish.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Publish {
    /// The new version's id. If the answer is lost, send the same again.
    id: VersionId,
}

/// That a version was published.
#[derive(Serialize, ToSchema)]
pub struct PublishedView {
    id: VersionId,
    checklist_id: ChecklistId,
    /// Counts the versions of the checklist, from 1.
    #[schema(minimum = 1)]
    number: i32,
    /// Stands for what it says: the same words, the same hash.
    hash: Sha256,
    published_at: Instant,
}

impl From<Published> for PublishedView {
    fn from(published: Published) -> Self {
        let Published { id, checklist_id, number, hash, published_at, brand_id: _ } = published;
        Self { id, checklist_id, number, hash, published_at }
    }
}

/// Make a version of what the draft says, for good. `If-Match` names the draft that is meant.
#[utoipa::path(post, path = "/v1/checklists/{id}/versions", params(("id" = ChecklistId, Path), ("if-match" = Option<String>, Header)), request_body = Publish, responses(
    (status = 201, description = "Published, now or by the same request before.", body = PublishedView),
    (status = 409, description = "`conflict`: there is no draft, a version says the same already, or another version has this id."),
))]
pub async fn publish(
    app: Data<App>,
    caller: Allowed<WriteChecklists>,
    of: Path<ChecklistId>,
    if_match: IfMatch,
    Input(Publish { id }): Input<Publish>,
) -> Result<HttpResponse> {
    let (of, now) = (of.into_inner(), app.clock.now());
    let published =
        app.db.write(move |conn| publish_draft(conn, &caller.scope, &if_match, of, id, now)).await?;
    Ok(HttpResponse::Created().json(PublishedView::from(published)))
}

fn publish_draft(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    of: ChecklistId,
    id: VersionId,
    now: Instant,
) -> Result<Published> {
    let (brand_id, draft) = store::draft_to_change(conn, scope, of)?;
    if let Some(there) = store::published(conn, id)? {
        return repeated(there, of, if_match);
    }
    let Some(draft) = draft else {
        return if_match.expects_nothing().and(Err(conflict("there is no draft to publish")));
    };
    let hash = hash(&draft)?;
    if_match.expects(&ETag::of(hash))?;
    let (bindings, in_vain) = catalogue(conn, brand_id)?.bind(&draft);
    let mut problems = draft.check();
    problems.extend(in_vain);
    problems.truncate(MOST_FINDINGS);
    if !problems.is_empty() {
        return Err(Error::invalid(problems).detail("the pointers are into the draft"));
    }
    if let Some(Published { number, id, .. }) = store::published_with(conn, of, hash, &bindings)? {
        return Err(conflict(format!("version {number} with the id {id} says the same")));
    }
    let number = store::next_number(conn, of)?;
    let new = Published { id, checklist_id: of, brand_id, number, hash, published_at: now };
    store::insert_version(conn, &new, &Json(draft), &Json(bindings), scope.account).map(|()| new)
}

/// A version with this id is there: the same request made it if it was for the same draft of the same checklist.
fn repeated(there: Published, of: ChecklistId, if_match: &IfMatch) -> Result<Published> {
    let same_draft = if_match.expects(&ETag::of(there.hash));
    match same_draft.map_err(|error| error.code()) {
        Err(Code::PreconditionRequired) => Err(Error::new(Code::PreconditionRequired)),
        Ok(()) if there.checklist_id == of => Ok(there),
        _ => Err(conflict("another version has this id")),
    }
}

fn conflict(detail: impl Into<String>) -> Error {
    Error::new(Code::Conflict).detail(detail)
}

/// The versions of a checklist, in the order of their numbers.
#[utoipa::path(get, path = "/v1/checklists/{id}/versions", params(("id" = ChecklistId, Path), PageParams), responses(
    (status = 200, description = "A page of versions, without what they say.", body = Page<PublishedView>),
))]
pub async fn list_versions(
    app: Data<App>,
    request: HttpRequest,
    caller: Allowed<ReadChecklists>,
    of: Path<ChecklistId>,
    Params(page): Params<PageParams>,
) -> Result<HttpResponse> {
    let of = of.into_inner();
    let (after, rows) = (page.after::<i32>(&app.keys, &request)?, page.rows());
    let versions = app.db.read(move |conn| store::versions(conn, &caller.scope, of, after, rows)).await?;
    let views = versions.into_iter().map(PublishedView::from).collect();
    page.answer(&app.keys, &request, views, |version| version.number)
}

/// A published version with what it says.
#[derive(Serialize, ToSchema)]
pub struct VersionView<'v> {
    id: VersionId,
    checklist_id: ChecklistId,
    /// Counts the versions of the checklist, from 1.
    #[schema(minimum = 1)]
    number: i32,
    /// Stands for what it says: the same words, the same hash.
    hash: Sha256,
    published_at: Instant,
    /// What it says, for good.
    content: &'v Content,
}

impl<'v> From<&'v Version> for VersionView<'v> {
    fn from(version: &'v Version) -> Self {
        Self {
            id: version.id,
            checklist_id: version.checklist_id,
            number: version.number,
            hash: version.hash,
            published_at: version.published_at,
            content: version.prepared.content(),
        }
    }
}

/// One published version, which never changes. Also for the shoppers of its brand.
#[utoipa::path(get, path = "/v1/checklist-versions/{id}", params(("id" = VersionId, Path)), responses(
    (status = 200, description = "The version; keep it for ever.", body = VersionView),
))]
pub async fn get_version(
    app: Data<App>,
    request: HttpRequest,
    caller: Allowed<ReadVersions>,
    id: Path<VersionId>,
) -> Result<HttpResponse> {
    let version = app.versions.get(&app.db, id.into_inner()).await?;
    if !(caller.scope.touches_brand(version.brand_id) || caller.scope.works_for(version.brand_id)) {
        return Err(Error::new(Code::NotFound));
    }
    Ok(etag::fresh(&request, &ETag::of(version.hash), Keep::ForEver, &VersionView::from(&*version)))
}
