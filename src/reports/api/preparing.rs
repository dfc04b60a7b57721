//! The addresses where a reviewer prepares a report.

use std::sync::Arc;

use actix_web::web::{Data, Json, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::ReviewVisits,
    app::App,
    calendar::Day,
    checklists::{cache::Versions, model::Key},
    db::types::text_enum,
    error::{Error, Result},
    evidence::photos::Pool,
    http::{answer::InLanguage, input::Input, languages::Wishes},
    ids::{EvidenceId, VisitId},
    limits::{Count32, PlainLines},
    reports::{
        blur::{self, Areas},
        content::{Making, ReportContent},
        copies::{self, LeftOut},
        cut::{self, Stretches},
        preview::{self, Preview},
        remarks::{self, Remark, RemarkKind},
    },
    visits,
};

/// A report as it would go out now, with what could give the shopper away.
#[derive(Serialize, ToSchema)]
pub struct ReportPreview {
    visit_id: VisitId,
    /// The day of the visit. Where the branch is seldom visited, the first day of the week that the visit is in, with the days of the same
    /// month that belong to no whole week.
    first_day: Day,
    /// The same day, or the last day of that week: 7 to 13 days in all, of one month.
    last_day: Day,
    /// The language that its texts are in (BCP 47).
    language: String,
    /// What the branch's side will see. Its photos and recordings are those below.
    content: ReportContent,
    /// The photos that will go out.
    #[schema(max_items = 200)]
    photos: Vec<PreviewPhoto>,
    /// The recordings that the report may show, with what is cut out of them.
    #[schema(max_items = 200)]
    recordings: Vec<PreviewRecording>,
    /// Whether files are still to be read: the report waits for them for a day at the most.
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

/// A recording that the report may show.
#[derive(Serialize, ToSchema)]
pub struct PreviewRecording {
    evidence_id: EvidenceId,
    /// The question that it belongs to.
    question: Key,
    /// How many stretches of it will be silent.
    #[schema(value_type = Count32)]
    cut: i32,
    /// Why it will not go out; null if it will.
    left_out: Option<RecordingLeftOut>,
}

text_enum! {
    /// Why a recording does not go out.
    pub enum RecordingLeftOut {
        /// No reviewer settled what of it is silent: see `PUT /v1/visits/{id}/files/{evidence_id}/cut`.
        NotListenedTo = "not_listened_to",
        /// Its sound is coded in a way that nothing can be cut out of, such as Vorbis, ALAC or more than two channels.
        CannotBeCut = "cannot_be_cut",
    }
}

/// What will go out of a visit, as the branch's side will see it, with remarks on words that may give the shopper away.
#[utoipa::path(get, path = "/v1/visits/{id}/report-preview", params(
    ("accept-language" = Option<String>, Header, description = "The languages that are wished for (RFC 9110).", example = "fr-CH, fr;q=0.9, en;q=0.8"),
), responses((status = 200, description = "The report as it would go out now.")))]
pub async fn preview_report(
    app: Data<App>,
    versions: Data<Versions>,
    readers: Data<Pool>,
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
    let available = &version.prepared.content().languages;
    let language = wishes.best_of(available, &brand.languages_read()).to_owned();
    let making = Making {
        shows: &planned.shows,
        shows_day: first == last,
        language: &language,
        wordings: &wordings,
        files: &[],
        corrected: &[],
    };
    let filled = planned.visit.content.0.filled();
    let photo = |photo: &copies::Outgoing| PreviewPhoto {
        evidence_id: photo.evidence,
        question: Key::from(photo.question.as_str()),
        blurred: i32::try_from(photo.areas.len()).unwrap_or(i32::MAX),
    };
    let mut recordings = Vec::with_capacity(planned.recordings.len());
    for recording in &planned.recordings {
        let left_out = match copies::cut(&app, &readers, recording).await? {
            Ok(_) => None,
            Err(LeftOut::NotListenedTo) => Some(RecordingLeftOut::NotListenedTo),
            Err(LeftOut::NotCut(_)) => Some(RecordingLeftOut::CannotBeCut),
        };
        recordings.push(PreviewRecording {
            evidence_id: recording.evidence,
            question: Key::from(recording.question.as_str()),
            cut: i32::try_from(recording.stretches.as_deref().unwrap_or_default().len()).unwrap_or(i32::MAX),
            left_out,
        });
    }
    let day = |text: &str| text.parse::<Day>().map_err(Error::internal);
    let view = ReportPreview {
        visit_id: id,
        first_day: day(&first)?,
        last_day: day(&last)?,
        language: language.clone(),
        content: ReportContent::new(&version.prepared, filled, making),
        photos: planned.photos.iter().map(photo).collect(),
        recordings,
        waits_for_files: planned.waits_for_files,
        remarks: remarks::remarks(&version.prepared, filled, &planned.shows, &shopper),
    };
    Ok(InLanguage { language: Some(language), answer: Json(view) })
}

/// The words of a reviewer to a branch.
type Words = PlainLines<1, 4_000>;

/// Words that a reviewer is about to say to a branch.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WordsToBranch {
    /// The words.
    text: Words,
}

/// The remarks on the words of a reviewer.
#[derive(Serialize, ToSchema)]
pub struct WordsRemarks {
    /// All that is pointed out, the most telling first.
    #[schema(max_items = 20)]
    remarks: Vec<WordsRemark>,
}

/// Something in words that may give the shopper away.
#[derive(Serialize, ToSchema)]
pub struct WordsRemark {
    /// Why it is pointed out.
    kind: RemarkKind,
    /// The words.
    words: String,
}

/// Look through words before they are sent to a branch, such as a message about an appeal or the reason of a decision: what may give
/// the shopper of the visit away is pointed out. Nothing is kept.
#[utoipa::path(post, path = "/v1/visits/{id}/remarks", responses((status = 200, description = "What was found.")))]
pub async fn remark_on_words(
    app: Data<App>,
    caller: Allowed<ReviewVisits>,
    id: Path<VisitId>,
    Input(WordsToBranch { text }): Input<WordsToBranch>,
) -> Result<Json<WordsRemarks>> {
    let text = String::from(text);
    let found = app.db.read(move |conn| preview::remarks_on_words(conn, &caller.scope, *id, &text)).await?;
    let remarks = found.into_iter().map(|(kind, words)| WordsRemark { kind, words }).collect();
    Ok(Json(WordsRemarks { remarks }))
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

/// Which stretches of a recording are not to be heard.
#[derive(Clone, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordingCut {
    /// The stretches; none to let all of it be heard.
    stretches: Stretches,
}

/// Make stretches of a recording silent in the copy that goes out with the report, in place of what was settled before. A little
/// before and behind a stretch is silent as well. A recording goes out only if this was settled, if only that nothing of it is silent:
/// so somebody has listened for voices and names that would give the shopper away, the shopper's own voice first of all. What the
/// shopper sent stays as it is.
#[utoipa::path(put, path = "/v1/visits/{id}/files/{evidence_id}/cut", responses(
    (status = 200, description = "It is so."),
    (status = 409, description = "`wrong_state`: the report went out."),
))]
pub async fn put_cut(
    app: Data<App>,
    caller: Allowed<ReviewVisits>,
    ids: Path<(VisitId, EvidenceId)>,
    Input(put): Input<RecordingCut>,
) -> Result<Json<RecordingCut>> {
    let (ids, now, stretches) = (ids.into_inner(), app.clock.now(), put.stretches.clone());
    app.db.write(move |conn| cut::cut(conn, &caller.scope, ids, &stretches, now)).await?;
    Ok(Json(put))
}
