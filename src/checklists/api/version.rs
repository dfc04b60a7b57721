//! The address of one published version, in the language that is wished for.

use std::sync::Arc;

use actix_web::web::{Data, Path};
use serde::{Deserialize, Serialize, Serializer};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::{
    accounts::{
        caller::Allowed,
        policy::{Scope, permit::ReadVersions},
    },
    app::App,
    checklists::{
        cache::Versions,
        model::Content,
        records::{Version, stand_in},
        store,
    },
    db::types::{Instant, Sha256},
    error::{Code, Error, Result},
    http::{
        answer::{Fresh, InLanguage},
        etag::{ETag, IfNoneMatch, Keep},
        input::Params,
        languages::Wishes,
    },
    ids::{BrandId, ChecklistId, VersionId},
    limits::{LanguageTag, Ordinal32},
    places,
};

/// A published version with its content.
#[derive(Serialize, ToSchema)]
pub struct VersionView {
    id: VersionId,
    checklist_id: ChecklistId,
    /// Counts the versions of the checklist, from 1.
    #[schema(value_type = Ordinal32)]
    number: i32,
    /// The SHA-256 of its content in all its languages: the same words, the same hash. To shoppers, who do not see all of it, a
    /// digest that stands for this version, as in `GET /v1/me/work`.
    hash: Sha256,
    published_at: Instant,
    /// The language that was chosen; missing where the answer has all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    language: Option<ChosenLanguage>,
    /// Its content, which never changes.
    #[schema(value_type = Content)]
    content: ShownContent,
}

/// The content of a version: as it was published, or in one language or as shoppers see it.
enum ShownContent {
    All(Arc<Version>),
    Part(Content),
}

impl Serialize for ShownContent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::All(version) => version.prepared.content().serialize(serializer),
            Self::Part(content) => content.serialize(serializer),
        }
    }
}

/// Which language of a version was chosen, and why.
#[derive(Clone, Serialize, ToSchema)]
pub struct ChosenLanguage {
    /// The language that `content` is in.
    chosen: String,
    /// The language that was wished for most.
    wanted: String,
    /// Whether the version has none of the languages that were wished for, so that this is what its brand falls back
    /// to.
    fallback: bool,
    /// The languages of the version; the first is the checklist's own.
    available: Vec<String>,
}

impl VersionView {
    fn new(version: &Arc<Version>, hash: Sha256, language: Option<ChosenLanguage>, readers: Readers) -> Self {
        let own = version.prepared.content();
        let content = match &language {
            None if !readers.are_kept_from_something() => ShownContent::All(Arc::clone(version)),
            None => ShownContent::Part(readers.part_of(own.clone())),
            Some(one) => ShownContent::Part(readers.part_of(own.in_language(&one.chosen))),
        };
        let Version { id, checklist_id, number, published_at, .. } = **version;
        Self { id, checklist_id, number, hash, published_at, language, content }
    }
}

/// Stands for all languages, and is written as a tag is.
const ALL_LANGUAGES: &str = "all";

/// Which language is wanted.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LanguageParams {
    /// This language (BCP 47), or `all` for all of them; without it, `Accept-Language` counts.
    language: Option<LanguageTag>,
}

impl LanguageParams {
    /// The wish of the address, or else that of the header: a browser sends the header with every request.
    fn or(self, header: Wishes) -> Wishes {
        match self.language {
            None => header,
            Some(tag) if tag.as_str() == ALL_LANGUAGES => Wishes::default(),
            Some(tag) => Wishes::only(tag.into()),
        }
    }
}

/// The language of this version that fits these wishes best; none without a wish, which asks for all languages.
async fn choose(app: &App, version: &Version, wishes: &Wishes) -> Result<Option<ChosenLanguage>> {
    let available = version.prepared.content().languages.as_slice();
    let (Some(wanted), Some(first)) = (wishes.best(), available.first()) else { return Ok(None) };
    let found = wishes.look_up(available);
    let chosen = match found {
        Some(tag) => tag,
        None => wishes.fall_back(&fallbacks(app, version.brand_id).await?, available).unwrap_or(first),
    };
    Ok(Some(ChosenLanguage {
        chosen: chosen.to_owned(),
        wanted: wanted.to_owned(),
        fallback: found.is_none(),
        available: available.to_vec(),
    }))
}

/// The languages that a brand falls back to, the best first.
async fn fallbacks(app: &App, id: BrandId) -> Result<Vec<String>> {
    let brand = app.db.glance(move |conn| places::store::brand_if_there(conn, id)).await?;
    Ok(brand.map(|brand| brand.languages_read()).unwrap_or_default())
}

/// One published version, which never changes. Also for the shoppers of its brand: without weights and points, if a campaign of
/// it shows shoppers no scores (`show_scores`). It comes in the language that is
/// wished for; without a wish, or with `*` alone, it comes in all of its languages. `If-None-Match` and the ETag are of
/// the version in that language. Shoppers do not see what is held against their answers (`control`, `contradictions`).
#[utoipa::path(get, path = "/v1/checklist-versions/{id}", params(
    ("accept-language" = Option<String>, Header, description = "The languages that are wished for (RFC 9110). One that cannot be read counts as no wish.", example = "fr-CH, fr;q=0.9, en;q=0.8"),
), responses(
    (status = 200, description = "The version; keep it for ever.", headers(
        ("Content-Language" = Option<String>, description = "The one language that it is in; missing where it is in all of them."),
        ("Vary" = String, description = "`accept-language`."),
    )),
))]
pub async fn get_version(
    app: Data<App>,
    versions: Data<Versions>,
    caller: Allowed<ReadVersions>,
    had: IfNoneMatch,
    id: Path<VersionId>,
    header: Wishes,
    Params(params): Params<LanguageParams>,
) -> Result<InLanguage<Fresh<VersionView>>> {
    let version = versions.get(&app.db, id.into_inner()).await?;
    if !(caller.scope.touches_brand(version.brand_id) || caller.scope.works_for(version.brand_id)) {
        return Err(Error::new(Code::NotFound));
    }
    let wishes = params.or(header);
    let language = choose(&app, &version, &wishes).await?;
    let readers = Readers::of(&app, &caller.scope, &version).await?;
    let hash = if readers.are_at_desks { version.hash } else { stand_in(version.id)? };
    let (tag, keep) = state(hash, language.as_ref(), readers)?;
    let chosen = language.as_ref().map(|one| one.chosen.clone());
    let answer = Fresh { had, tag, keep, thing: VersionView::new(&version, hash, language, readers) };
    Ok(InLanguage { language: chosen, answer })
}

/// What the caller is not to see of a version.
#[derive(Clone, Copy, Debug)]
struct Readers {
    /// Whether they see all of it.
    are_at_desks: bool,
    /// Which questions are control questions, and their rules: a shopper.
    are_shoppers: bool,
    /// What answers earn: a shopper, if a campaign of the version shows shoppers no scores.
    are_blind: bool,
}

impl Readers {
    async fn of(app: &App, scope: &Scope, version: &Version) -> Result<Self> {
        if scope.touches_brand(version.brand_id) {
            return Ok(Self { are_at_desks: true, are_shoppers: false, are_blind: false });
        }
        let id = version.id;
        Ok(Self {
            are_at_desks: false,
            are_shoppers: version.prepared.content().is_other_for_shoppers(),
            are_blind: app.db.glance(move |conn| store::hides_scores(conn, id)).await?,
        })
    }

    /// Whether there is anything that they are not to see.
    const fn are_kept_from_something(self) -> bool {
        self.are_shoppers || self.are_blind
    }

    /// What they see of this content.
    fn part_of(self, content: Content) -> Content {
        let content = if self.are_shoppers { content.for_shoppers() } else { content };
        if self.are_blind { content.without_points() } else { content }
    }
}

/// The tag of a version in this language and for these readers, and how long a client may keep it.
fn state(hash: Sha256, language: Option<&ChosenLanguage>, readers: Readers) -> Result<(ETag, Keep)> {
    // What a desk has is never taken for what a shopper may have.
    let shopper = if readers.are_shoppers { "-shopper" } else { "" };
    let blind = if readers.are_blind { "-blind" } else { "" };
    let hash = format!("{hash}{shopper}{blind}");
    // A campaign may show scores later.
    let keep = if readers.are_blind { Keep::Ask } else { Keep::ForEver };
    let Some(language) = language else { return Ok((ETag::of(hash), keep)) };
    if language.chosen == language.wanted {
        return Ok((ETag::of(format_args!("{hash}-{}", language.chosen)), keep));
    }
    // The answer names the wish, so each wish has an answer of its own; and a brand may fall back to another language
    // later.
    let wished = Sha256::of_json(language).map_err(Error::internal)?;
    let keep = if language.fallback { Keep::Ask } else { keep };
    Ok((ETag::of(format_args!("{hash}-{wished}")), keep))
}
