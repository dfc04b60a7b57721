//! The addresses of trends: a figure of a place, step by step.

use actix_web::web::{Data, Json, Path};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError, ValidationErrors};

use super::{FigureView, PeriodParams, TargetView, validated};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::{Scope, permit::ReadScores},
    app::App,
    checklists::{counted::Subject, model::Key, standards::model::Side},
    error::Result,
    http::input::Params,
    ids::{BranchId, BrandId, ChecklistId, RegionId, VersionId},
    limits::Count,
    months::Month,
    scores::{
        model::{Place, PlaceId, PlaceKind},
        names::Names,
        trend::{self, Point, TrendStep},
    },
};

/// What a trend is of. Without a subject it is of whole visits; of subjects one can be named.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TrendParams {
    /// The first month; if left out, the one that makes it twelve months. There may be 120 months from the first to the last,
    /// both included.
    from: Option<Month>,
    /// The last month; if left out, the present one (UTC).
    to: Option<Month>,
    /// How long a step is; if left out, a month.
    #[param(inline)]
    step: Option<TrendStep>,
    /// Only what is of this side.
    #[param(inline)]
    side: Option<Side>,
    /// Only what is of the dimension with this key.
    #[param(inline)]
    dimension: Option<Key>,
    /// Only what is of the standard with this key.
    #[param(inline)]
    standard: Option<Key>,
    /// Only visits with this checklist; with `section` or `question` the checklist that has them.
    checklist_id: Option<ChecklistId>,
    /// Only what is of the section with this key.
    #[param(inline)]
    section: Option<Key>,
    /// Only what is of the question with this key.
    #[param(inline)]
    question: Option<Key>,
}

/// Two months that are both given make a period, and at most one subject is named.
impl Validate for TrendParams {
    fn validate(&self) -> std::result::Result<(), ValidationErrors> {
        self.from.zip(self.to).map_or(Ok(()), |(from, to)| validated(from, to))?;
        let wrong = |field: &'static str, why: &'static str| {
            let mut wrong = ValidationErrors::new();
            wrong.add(field, ValidationError::new("contradiction").with_message(why.into()));
            Err(wrong)
        };
        let of_checklist = [self.section.is_some(), self.question.is_some()];
        let named = [self.side.is_some(), self.dimension.is_some(), self.standard.is_some()];
        let count = of_checklist.iter().chain(&named).filter(|is_named| **is_named).count();
        if count > 1 {
            return wrong("standard", "a trend is of one subject");
        }
        if of_checklist.contains(&true) && self.checklist_id.is_none() {
            return wrong("checklist_id", "needed beside a section or a question");
        }
        if named.contains(&true) && self.checklist_id.is_some() {
            return wrong("checklist_id", "sides, dimensions and standards are of all checklists");
        }
        Ok(())
    }
}

impl TrendParams {
    fn subject(&self) -> Subject {
        let Self { side, dimension, standard, checklist_id, section, question, .. } = self.clone();
        let of_checklist = checklist_id.map(|checklist| match (section, question) {
            (Some(key), _) => Subject::Section { checklist, key },
            (_, Some(key)) => Subject::Question { checklist, key },
            _ => Subject::Checklist(checklist),
        });
        let of_brand = side.map(Subject::Side).or(dimension.map(Subject::Dimension));
        of_checklist.or(of_brand).or(standard.map(Subject::Standard)).unwrap_or(Subject::Overall)
    }
}

/// A figure of a place, step by step.
#[derive(Serialize, ToSchema)]
pub struct TrendView {
    /// The brand, the region or the branch.
    place_id: PlaceId,
    /// Which of them.
    kind: PlaceKind,
    /// The steps, the first one first.
    #[schema(max_items = 120)]
    points: Vec<PointView>,
}

/// One step of a trend.
#[derive(Serialize, ToSchema)]
pub struct PointView {
    /// The first month that counts.
    from: Month,
    /// The last month that counts.
    to: Month,
    /// What visits say of these months.
    #[serde(flatten)]
    figure: FigureView,
    /// What the score is to be in the last of these months; missing without a target.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    target: Option<TargetView>,
    /// The versions of checklists that the visits were made with.
    #[schema(max_items = 1000)]
    versions: Vec<VersionVisits>,
    /// Whether visits were made with several versions of one checklist, so that a change of the figure may come from that.
    mixes_versions: bool,
    /// Whether visits were made with a version that the step before does not have.
    new_version: bool,
}

/// How many visits were made with a version.
#[derive(Serialize, ToSchema)]
pub struct VersionVisits {
    /// The version.
    version_id: VersionId,
    /// How many.
    #[schema(value_type = Count)]
    visits: i64,
}

/// The trend of a brand, for callers who may see all of the brand.
#[utoipa::path(get, path = "/v1/brands/{id}/trend", responses((status = 200, description = "The figure, step by step.")))]
pub async fn brand_trend(
    app: Data<App>,
    names: Data<Names>,
    caller: Allowed<ReadScores>,
    id: Path<BrandId>,
    Params(wanted): Params<TrendParams>,
) -> Result<Json<TrendView>> {
    trend(&app, names, caller.scope, Place::Brand(*id), wanted).await
}

/// The trend of a region.
#[utoipa::path(get, path = "/v1/regions/{id}/trend", responses((status = 200, description = "The figure, step by step.")))]
pub async fn region_trend(
    app: Data<App>,
    names: Data<Names>,
    caller: Allowed<ReadScores>,
    id: Path<RegionId>,
    Params(wanted): Params<TrendParams>,
) -> Result<Json<TrendView>> {
    trend(&app, names, caller.scope, Place::Region(*id), wanted).await
}

/// The trend of a branch.
#[utoipa::path(get, path = "/v1/branches/{id}/trend", responses((status = 200, description = "The figure, step by step.")))]
pub async fn branch_trend(
    app: Data<App>,
    names: Data<Names>,
    caller: Allowed<ReadScores>,
    id: Path<BranchId>,
    Params(wanted): Params<TrendParams>,
) -> Result<Json<TrendView>> {
    trend(&app, names, caller.scope, Place::Branch(*id), wanted).await
}

async fn trend(
    app: &App,
    names: Data<Names>,
    scope: Scope,
    place: Place,
    wanted: TrendParams,
) -> Result<Json<TrendView>> {
    let period = PeriodParams { from: wanted.from, to: wanted.to }.period(app.clock.now())?;
    let (subject, step) = (wanted.subject(), wanted.step.unwrap_or(TrendStep::Month));
    let of = subject.clone();
    let read = move |conn: &mut _| trend::trend(conn, &names, &scope, (place, period), &of, step);
    let found = app.db.snapshot(read).await?;
    let before = [None].into_iter().chain(found.points.iter().map(Some));
    let view = |(point, before): (&Point, Option<&Point>)| {
        let spread = found.lent.spread(&subject, place.extent(), point.period.months());
        let is_new = |(version, _): &(VersionId, i64)| {
            before.is_some_and(|before| before.versions.iter().all(|(known, _)| known != version))
        };
        let visits = |(version_id, visits): &(VersionId, i64)| VersionVisits {
            version_id: *version_id,
            visits: *visits,
        };
        let figure = FigureView::new(point.shown, found.place.minimum, &spread, found.lent.number(&spread));
        let aim = found.targets.at(place, &subject, point.period.to());
        PointView {
            from: point.period.from(),
            to: point.period.to(),
            target: TargetView::of(aim, &figure),
            figure,
            versions: point.versions.iter().map(visits).collect(),
            mixes_versions: point.mixes_versions(),
            new_version: before.is_some_and(|before| !before.versions.is_empty())
                && point.versions.iter().any(is_new),
        }
    };
    let points = found.points.iter().zip(before).map(view).collect();
    Ok(Json(TrendView { place_id: place.id(), kind: place.kind(), points }))
}
