//! The addresses where a reviewer prepares a report.

use std::sync::Arc;

use actix_web::web::{Data, Json, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::reports::language;
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::ReviewVisits,
    app::App,
    calendar::Day,
    checklists::{cache::Versions, model::Key},
    error::{Error, Result},
    http::{answer::InLanguage, input::Input, languages::Wishes},
    ids::{EvidenceId, VisitId},
    limits::Count32,
    reports::{
        blur::{self, Areas},
        content::{Making, ReportContent},
        preview::{self, Preview},
        remarks::{self, Remark},
    },
    visits,
};

/// A report as it would go out now, with what could give the shopper away.
#[derive(Serialize, ToSchema)]
pub struct ReportPreview {
    visit_id: VisitId,
    /// The day of the visit, or the first day of its week where the branch is seldom visited.
    first_day: Day,
    /// The same day, or the last day of the week.
    last_day: Day,
    /// The language that its texts are in (BCP 47).
    language: String,
    /// What the branch's side will see. Its photos are those below.
    content: ReportContent,
    /// The photos that will go out.
    #[schema(max_items = 200)]
    photos: Vec<PreviewPhoto>,
    /// Whether photos are still to be read: the report waits for them for a day at the most.
    waits_for_files: bool,
    /// Words that may give the shopper away.
    #[schema(max_items = 10000)]
    remarks: Vec<Remark>,
}

/// A photo that will go out.
#[derive(Serialize, ToSchema)]
pub struct PreviewPhoto {
    evidence_id: EvidenceId,
    /// The question that it belongs to.
    question: Key,
    /// How many areas of it will be unrecognizable.
    #[schema(value_type = Count32)]
    blurred: i32,
}

/// What will go out of a visit, as the branch's side will see it, with remarks on words that may give the shopper away.
#[utoipa::path(get, path = "/v1/visits/{id}/report-preview", params(
    ("accept-language" = Option<String>, Header, description = "The languages that are wished for (RFC 9110).", example = "fr-CH, fr;q=0.9, en;q=0.8"),
), responses((status = 200, description = "The report as it would go out now.")))]
pub async fn preview_report(
    app: Data<App>,
    versions: Data<Versions>,
    caller: Allowed<ReviewVisits>,
    id: Path<VisitId>,
    wishes: Wishes,
) -> Result<InLanguage<Json<ReportPreview>>> {
    let (id, now, scope) = (id.into_inner(), app.clock.now(), caller.scope.clone());
    let visit = app.db.read(move |conn| visits::find::visit(conn, &scope, id)).await?;
    let version = versions.get(&app.db, visit.head.version_id).await?;
    let known = Arc::clone(&version);
    let preview = move |conn: &mut _| preview::preview(conn, &caller.scope, visit.clone(), &known, now);
    let Preview { planned, wordings, shopper, brand, days: (first, last) } = app.db.snapshot(preview).await?;
    let language = language(&wishes, &version.prepared.content().languages, &brand).to_owned();
    let making = Making {
        shows: &planned.shows,
        shows_day: first == last,
        language: &language,
        wordings: &wordings,
        files: &[],
        corrected: &[],
    };
    let filled = planned.visit.content.0.filled();
    let photo = |photo: &crate::reports::copies::Outgoing| PreviewPhoto {
        evidence_id: photo.evidence,
        question: Key::from(photo.question.as_str()),
        blurred: i32::try_from(photo.areas.len()).unwrap_or(i32::MAX),
    };
    let day = |text: &str| text.parse::<Day>().map_err(Error::internal);
    let view = ReportPreview {
        visit_id: id,
        first_day: day(&first)?,
        last_day: day(&last)?,
        language: language.clone(),
        content: ReportContent::new(&version.prepared, filled, making),
        photos: planned.photos.iter().map(photo).collect(),
        waits_for_files: planned.waits_for_files,
        remarks: remarks::remarks(&version.prepared, filled, &planned.shows, &shopper),
    };
    Ok(InLanguage { language: Some(language), answer: Json(view) })
}

/// Which parts of a photo are not to be recognized.
#[derive(Clone, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PhotoBlur {
    /// The parts; none to show all of it.
    areas: Areas,
}

/// Make parts of a photo unrecognizable in the copy that goes out with the report, in place of what was said before. What the
/// shopper sent stays as it is.
#[utoipa::path(put, path = "/v1/visits/{id}/files/{evidence_id}/blur", responses(
    (status = 200, description = "It is so."),
    (status = 409, description = "`wrong_state`: the report went out."),
))]
pub async fn put_blur(
    app: Data<App>,
    caller: Allowed<ReviewVisits>,
    ids: Path<(VisitId, EvidenceId)>,
    Input(put): Input<PhotoBlur>,
) -> Result<Json<PhotoBlur>> {
    let (ids, now, areas) = (ids.into_inner(), app.clock.now(), put.areas.clone());
    app.db.write(move |conn| blur::blur(conn, &caller.scope, ids, &areas, now)).await?;
    Ok(Json(put))
}
