//! The addresses of published versions, and publishing.

use std::borrow::Cow;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::{
    accounts::caller::Allowed,
    accounts::policy::{
        Scope,
        permit::{ReadChecklists, ReadVersions, WriteChecklists},
    },
    app::App,
    checklists::cache::Versions,
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
    error::{Code, Error, FieldError, Result},
    http::{
        etag::{self, ETag, IfMatch, Keep},
        input::{Input, Params},
        languages::{self, Wishes},
        page::{Page, PageParams},
    },
    ids::{BrandId, ChecklistId, VersionId},
    places::{self, model::Brand},
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
    let (of, now, scope) = (of.into_inner(), app.clock.now(), caller.scope.clone());
    let draft = app.db.read(move |conn| store::draft_to_change(conn, &scope, of)).await?.1;
    let checked = draft.as_ref().map(Checked::new).transpose()?;
    let publish =
        move |conn: &mut Conn| publish_draft(conn, &caller.scope, &if_match, of, id, checked.as_ref(), now);
    let published = app.db.write(publish).await?;
    Ok(HttpResponse::Created().json(PublishedView::from(published)))
}

/// A draft that was checked before anything is written, so that nobody waits for it meanwhile.
struct Checked {
    hash: Sha256,
    errors: Vec<FieldError>,
}

impl Checked {
    fn new(draft: &Content) -> Result<Self> {
        Ok(Self { hash: hash(draft)?, errors: draft.check() })
    }
}

fn publish_draft(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    of: ChecklistId,
    id: VersionId,
    checked: Option<&Checked>,
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
    let same = checked.filter(|checked| checked.hash == hash);
    let mut problems = same.map_or_else(|| draft.check(), |checked| checked.errors.clone());
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
    let (after, rows) = (page.after::<i32>(&app.seals, &request)?, page.rows());
    let versions = app.db.read(move |conn| store::versions(conn, &caller.scope, of, after, rows)).await?;
    let views = versions.into_iter().map(PublishedView::from).collect();
    page.answer(&app.seals, &request, views, |version| version.number)
}

/// A published version with what it says.
#[derive(Serialize, ToSchema)]
pub struct VersionView<'v> {
    id: VersionId,
    checklist_id: ChecklistId,
    /// Counts the versions of the checklist, from 1.
    #[schema(minimum = 1)]
    number: i32,
    /// Stands for what it says in all its languages: the same words, the same hash.
    hash: Sha256,
    published_at: Instant,
    /// The language that was chosen; missing where the answer has all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    language: Option<ChosenLanguage<'v>>,
    /// What it says, for good.
    content: Cow<'v, Content>,
}

/// Which language of a version was chosen, and why.
#[derive(Clone, Copy, Serialize, ToSchema)]
pub struct ChosenLanguage<'v> {
    /// The language that `content` is in.
    chosen: &'v str,
    /// The language that was wished for most.
    wanted: &'v str,
    /// Whether the version has none of the languages that were wished for, so that this is what its brand falls back
    /// to.
    fallback: bool,
    /// The languages that there are; the first is the checklist's own.
    available: &'v [String],
}

impl<'v> VersionView<'v> {
    fn new(version: &'v Version, language: Option<ChosenLanguage<'v>>) -> Self {
        let whole = version.prepared.content();
        Self {
            id: version.id,
            checklist_id: version.checklist_id,
            number: version.number,
            hash: version.hash,
            published_at: version.published_at,
            language,
            content: language.map_or(Cow::Borrowed(whole), |one| Cow::Owned(whole.in_language(one.chosen))),
        }
    }
}

/// Which language is wanted.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LanguageParams {
    /// This language (BCP 47), or `all` for all of them; if not said, what `Accept-Language` wishes for.
    #[validate(custom(function = "crate::http::input::language_tag"))]
    #[param(pattern = "^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$", example = "fr")]
    language: Option<String>,
}

impl LanguageParams {
    /// What is wished for after all: what stands in the address goes before what every request of a browser says.
    fn or(self, header: Wishes) -> Wishes {
        match self.language {
            None => header,
            Some(all) if all == "all" => Wishes::default(),
            Some(tag) => Wishes::only(tag),
        }
    }
}

/// The language of this version for somebody with these wishes; none if they have none, and get all of it.
async fn choose<'v>(
    app: &App,
    version: &'v Version,
    wishes: &'v Wishes,
) -> Result<Option<ChosenLanguage<'v>>> {
    let available = version.prepared.content().languages.as_slice();
    let (Some(wanted), Some(first)) = (wishes.best(), available.first()) else { return Ok(None) };
    let found = wishes.look_up(available);
    let chosen = match found {
        Some(tag) => tag,
        None => wishes.fall_back(&fallbacks(app, version.brand_id).await?, available).unwrap_or(first),
    };
    Ok(Some(ChosenLanguage { chosen, wanted, fallback: found.is_none(), available }))
}

/// What a brand falls back to, the best first.
async fn fallbacks(app: &App, id: BrandId) -> Result<Vec<String>> {
    let brand = app.db.glance(move |conn| places::store::brand_if_there(conn, id)).await?;
    let all = |Brand { fallback_languages, language, .. }| [fallback_languages.0, vec![language]].concat();
    Ok(brand.map(all).unwrap_or_default())
}

/// One published version, which never changes. Also for the shoppers of its brand. It comes in the language that is
/// wished for, or, to whoever wishes for none or for `*` alone, in all of them. `If-None-Match` and the ETag are of the
/// version in that language.
#[utoipa::path(get, path = "/v1/checklist-versions/{id}", params(
    ("id" = VersionId, Path),
    LanguageParams,
    ("accept-language" = Option<String>, Header, description = "The languages that are wished for (RFC 9110). One that cannot be read is as good as none.", example = "fr-CH, fr;q=0.9, en;q=0.8"),
), responses(
    (status = 200, description = "The version; keep it for ever.", body = VersionView, headers(
        ("Content-Language" = Option<String>, description = "The one language that it is in; missing where it is in all of them."),
        ("Vary" = String, description = "`accept-language`."),
    )),
))]
pub async fn get_version(
    app: Data<App>,
    versions: Data<Versions>,
    request: HttpRequest,
    caller: Allowed<ReadVersions>,
    id: Path<VersionId>,
    header: Wishes,
    Params(params): Params<LanguageParams>,
) -> Result<HttpResponse> {
    let version = versions.get(&app.db, id.into_inner()).await?;
    if !(caller.scope.touches_brand(version.brand_id) || caller.scope.works_for(version.brand_id)) {
        return Err(Error::new(Code::NotFound));
    }
    let wishes = params.or(header);
    let language = choose(&app, &version, &wishes).await?;
    let (tag, keep) = match &language {
        Some(language) if language.chosen == language.wanted => {
            (ETag::of(format_args!("{}-{}", version.hash, language.chosen)), Keep::ForEver)
        }
        // The answer says what was wished for, so that it is another for each wish; and what a brand falls back to may
        // be another language one day.
        Some(language) => {
            let wished = Sha256::of_json(language).map_err(Error::internal)?;
            let keep = if language.fallback { Keep::Ask } else { Keep::ForEver };
            (ETag::of(format_args!("{}-{wished}", version.hash)), keep)
        }
        None => (ETag::of(version.hash), Keep::ForEver),
    };
    let mut answer = etag::fresh(&request, &tag, keep, &VersionView::new(&version, language));
    languages::say(answer.headers_mut(), language.map(|one| one.chosen));
    Ok(answer)
}
