//! The addresses of trends: a figure of a place, step by step.

use actix_web::web::{Data, Path};
use serde::Serialize;
use utoipa::ToSchema;
use validator::{Validate, ValidationErrors};

use super::{
    FigureView, FilterParams, PlannedView, SubjectKind, TargetView,
    asked::{Asked, USUALLY, asks, wrong},
    counted::counted,
    drawn::{Shows, heading},
    titles::Titles,
};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::{Scope, permit::ReadScores},
    app::App,
    calendar::bound::Bound,
    charts::{self, Drawing, trend::Step},
    checklists::{counted::Subject, model::Key, standards::model::Side},
    db::types::Instant,
    error::Result,
    http::{
        input::Params,
        languages::Wishes,
        sheet::{Chart, ChartKind, Pictured, Rows, Sheet, Wished},
    },
    ids::{BranchId, BrandId, RegionId, VersionId},
    limits::Count,
    scores::{
        called::called,
        means::Means,
        model::{Place, PlaceId, PlaceKind},
        trend::{self, Point, Series, TrendStep},
        wanted::Wanted,
    },
    texts::text,
};

asks! {
    /// What a trend is of. Without a subject it is of whole visits; of subjects one can be named.
    pub struct TrendParams {
        /// How long a step is; if left out, a month. A trend has at most 400 steps.
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
        /// Only what is of the section with this key, of the checklist that `checklist_id` names.
        #[param(inline)]
        section: Option<Key>,
        /// Only what is of the question with this key, of the checklist that `checklist_id` names.
        #[param(inline)]
        question: Option<Key>,
        /// Whether to say how many visits were planned.
        planned: Option<bool>,
    }
}

/// At most one subject is named.
impl Validate for TrendParams {
    fn validate(&self) -> std::result::Result<(), ValidationErrors> {
        self.asked().check()?;
        let of_checklist = [self.section.is_some(), self.question.is_some()];
        let named = [self.side.is_some(), self.dimension.is_some(), self.standard.is_some()];
        let count = of_checklist.iter().chain(&named).filter(|is_named| **is_named).count();
        if count > 1 {
            return Err(wrong("standard", "contradiction", "a trend is of one subject"));
        }
        if of_checklist.contains(&true) && self.checklist_id.is_none() {
            return Err(wrong("checklist_id", "contradiction", "needed beside a section or a question"));
        }
        Ok(())
    }
}

impl TrendParams {
    fn subject(&self) -> Subject {
        let Self { side, dimension, standard, checklist_id, section, question, .. } = self.clone();
        let of_brand = side.map(Subject::Side).or(dimension.map(Subject::Dimension));
        let of_checklist = || {
            checklist_id.map(|checklist| match (section, question) {
                (Some(key), _) => Subject::Section { checklist, key },
                (_, Some(key)) => Subject::Question { checklist, key },
                _ => Subject::Checklist(checklist),
            })
        };
        of_brand.or(standard.map(Subject::Standard)).or_else(of_checklist).unwrap_or(Subject::Overall)
    }

    /// Which visits are wanted: a subject of one checklist is of visits with it.
    fn visits(&self, now: Instant) -> Result<Wanted> {
        // What rolls is each step.
        let wanted = Asked { rolling: None, ..self.asked() }.wanted(USUALLY, now)?;
        let is_of_checklist = self.side.is_none() && self.dimension.is_none() && self.standard.is_none();
        Ok(if is_of_checklist { SubjectKind::Section.wanted(wanted) } else { wanted })
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
    #[schema(max_items = 400)]
    points: Vec<PointView>,
}

impl Rows for TrendView {
    const ROWS: &'static [&'static str] = &["points"];
    const CHART: Option<Chart> =
        Some(Chart { kind: ChartKind::Line, labels: "from", values: "score_percent" });
}

/// One step of a trend.
#[derive(Serialize, ToSchema)]
pub struct PointView {
    /// The first month that counts, or the first day if these are no whole months.
    from: Bound,
    /// The last month that counts, or the last day.
    to: Bound,
    /// What visits say of these months or days.
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
    /// How many visits were planned; null if that was not asked for, and for managers and HR, who do not learn when visits are planned.
    planned: Option<PlannedView>,
    /// The address of the list of the visits that the figure is of; for managers and HR of the reports; null for designers, who list neither.
    counted: Option<String>,
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
    means: Data<Means>,
    caller: Allowed<ReadScores>,
    id: Path<BrandId>,
    wished: Wished,
    Params(params): Params<TrendParams>,
) -> Result<Pictured<Sheet<TrendView>>> {
    trend(&app, means, (caller.scope, Place::Brand(*id)), wished, params).await
}

/// The trend of a region.
#[utoipa::path(get, path = "/v1/regions/{id}/trend", responses((status = 200, description = "The figure, step by step.")))]
pub async fn region_trend(
    app: Data<App>,
    means: Data<Means>,
    caller: Allowed<ReadScores>,
    id: Path<RegionId>,
    wished: Wished,
    Params(params): Params<TrendParams>,
) -> Result<Pictured<Sheet<TrendView>>> {
    trend(&app, means, (caller.scope, Place::Region(*id)), wished, params).await
}

/// The trend of a branch.
#[utoipa::path(get, path = "/v1/branches/{id}/trend", responses((status = 200, description = "The figure, step by step.")))]
pub async fn branch_trend(
    app: Data<App>,
    means: Data<Means>,
    caller: Allowed<ReadScores>,
    id: Path<BranchId>,
    wished: Wished,
    Params(params): Params<TrendParams>,
) -> Result<Pictured<Sheet<TrendView>>> {
    trend(&app, means, (caller.scope, Place::Branch(*id)), wished, params).await
}

async fn trend(
    app: &App,
    means: Data<Means>,
    of: (Scope, Place),
    wished: Wished,
    params: TrendParams,
) -> Result<Pictured<Sheet<TrendView>>> {
    match wished.picture {
        true => picture(app, means, of, &wished.languages, params).await.map(Box::new).map(Pictured::Picture),
        false => trend_view(app, means, of, params).await.map(Sheet).map(Pictured::Figures),
    }
}

/// A trend as a picture.
pub(super) async fn picture(
    app: &App,
    means: Data<Means>,
    (scope, place): (Scope, Place),
    wishes: &Wishes,
    params: TrendParams,
) -> Result<Drawing> {
    let (wanted, subject, language) = (params.visits(app.clock.now())?, params.subject(), wishes.ours());
    let seen = scope.clone();
    let called = app.db.read(move |conn| called(conn, &seen, place)).await?;
    let subject = match subject {
        Subject::Overall => text!("chart-whole-visits").say(language).into_owned(),
        subject => {
            let (brand, reader) = (called.place.brand, (wishes.clone(), called.languages.clone()));
            let titles = Titles::of(&app.db, &means.versions, brand, vec![subject.clone()], reader).await?;
            titles.say(&subject).unwrap_or_else(|| subject.to_string())
        }
    };
    let heading = heading(Shows::Trend, (&called, &subject), &wanted, language);
    let view = trend_view(app, means, (scope, place), params).await?;
    Ok(charts::trend::trend(&heading, &view.steps(), charts::trend::HEIGHT))
}

impl TrendView {
    /// Its steps as charts take them.
    pub(super) fn steps(&self) -> Vec<Step> {
        let step = |point: &PointView| Step {
            span: (point.from, point.to),
            figure: point.figure.drawn(point.target.as_ref()),
            is_new_version: point.new_version,
            mixes_versions: point.mixes_versions,
        };
        self.points.iter().map(step).collect()
    }
}

impl TrendParams {
    /// The same in steps that are so long.
    pub(super) fn by(self, step: TrendStep) -> Self {
        Self { step: Some(step), ..self }
    }

    /// The same from then on.
    pub(super) fn since(self, from: Option<Bound>) -> Self {
        Self { from, ..self }
    }
}

/// The trend of whole visits, month by month, of these visits.
impl From<&FilterParams> for TrendParams {
    fn from(of: &FilterParams) -> Self {
        let FilterParams { from, to, rolling: _, campaign_id, checklist_id, version_id, q } = of.clone();
        Self {
            step: None,
            side: None,
            dimension: None,
            standard: None,
            section: None,
            question: None,
            planned: None,
            from,
            to,
            rolling: None,
            campaign_id,
            checklist_id,
            version_id,
            q,
        }
    }
}

/// A trend as it is answered.
pub(super) async fn trend_view(
    app: &App,
    means: Data<Means>,
    (scope, place): (Scope, Place),
    params: TrendParams,
) -> Result<TrendView> {
    let wanted = params.visits(app.clock.now())?;
    let series = Series {
        of: params.subject(),
        step: params.step.unwrap_or(TrendStep::Month),
        rolling: params.rolling.and_then(|rolling| i32::try_from(rolling.get()).ok()),
        with_planned: params.planned == Some(true),
    };
    let (subject, visits) = (series.of.clone(), wanted.clone());
    let read = move |conn: &mut _| trend::trend(conn, &means, &scope, (place, &visits), &series);
    let found = app.db.snapshot(read).await?;
    let before = [None].into_iter().chain(found.points.iter().map(Some));
    let view = |(point, before): (&Point, Option<&Point>)| {
        let spread = found.lent.spread(&subject, place.extent(), point.days.months());
        let is_new = |(version, _): &(VersionId, i64)| {
            before.is_some_and(|before| before.versions.iter().all(|(known, _)| known != version))
        };
        let visits = |(version_id, visits): &(VersionId, i64)| VersionVisits {
            version_id: *version_id,
            visits: *visits,
        };
        let figure = FigureView::new(point.shown, found.place.minimum, &spread, found.lent.number(&spread));
        let aim = found.targets.at(place, &subject, point.days.months_touched().to());
        PointView {
            from: point.days.bounds().0,
            to: point.days.bounds().1,
            target: TargetView::of(aim, &figure),
            figure,
            versions: point.versions.iter().map(visits).collect(),
            mixes_versions: point.mixes_versions(),
            new_version: before.is_some_and(|before| !before.versions.is_empty())
                && point.versions.iter().any(is_new),
            planned: point.planned.map(PlannedView::from),
            counted: counted(&found.place, place, &wanted.on(point.days), &subject),
        }
    };
    let points = found.points.iter().zip(before).map(view).collect();
    Ok(TrendView { place_id: place.id(), kind: place.kind(), points })
}
