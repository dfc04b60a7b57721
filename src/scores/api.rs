//! The addresses of scores: one figure for a place and a period. The other addresses of figures are beside it.

mod breakdown;
mod comparison;
mod distribution;
mod drivers;
mod heatmap;
mod movers;
mod ranking;
mod target;
mod titles;
mod trend;
mod what_if;

use actix_web::web::{Data, Json, Path};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError, ValidationErrors};

pub use self::{
    breakdown::*, comparison::*, distribution::*, drivers::*, heatmap::*, movers::*, ranking::*, target::*,
    trend::*, what_if::*,
};
use super::{
    figures::{self, Figures},
    model::{Place, PlaceId, PlaceKind},
    names::Names,
    shown::Shown,
    statistics::{Change, Difference, Interval, Minimum, Spread, Sums},
    visible::Visible,
};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::{Scope, permit::ReadScores},
    app::App,
    checklists::{counted::Subject, model::Key},
    db::types::Instant,
    error::{Error, FieldError, Result},
    http::{input::Params, languages::Wishes},
    ids::{BranchId, BrandId, ChecklistId, RegionId},
    limits::{BasisPoints, Count, Ordinal},
    months::{Month, Period},
};

/// The longest period, in months.
const LONGEST: i32 = 120;
/// The period if none is named: so many months, this one included.
const USUALLY: i32 = 12;

/// Which months count, both ends included.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PeriodParams {
    /// The first month; if left out, the one that makes it twelve months. There may be 120 months from the first to the last,
    /// both included.
    from: Option<Month>,
    /// The last month; if left out, the present one (UTC).
    to: Option<Month>,
}

/// Two months that are both given make a period.
macro_rules! months_make_a_period {
    ($($params:ty),+) => {
        $(impl Validate for $params {
            fn validate(&self) -> std::result::Result<(), ValidationErrors> {
                self.from.zip(self.to).map_or(Ok(()), |(from, to)| validated(from, to))
            }
        })+
    };
}
months_make_a_period!(PeriodParams, BreakdownParams, HeatMapParams, MoversParams);

impl PeriodParams {
    fn period(self, now: Instant) -> Result<Period> {
        self.period_of(USUALLY, now)
    }

    /// The period, which has so many months if none is named.
    fn period_of(self, months: i32, now: Instant) -> Result<Period> {
        let to = self.to.unwrap_or_else(|| Month::of(now, &TimeZone::UTC));
        let from = self.from.or_else(|| to.plus(1 - months)).unwrap_or(to);
        period(from, to).map_err(|why| Error::invalid(vec![FieldError::new("from", "range", why)]))
    }
}

/// The period of these months.
///
/// # Errors
/// What its first month may be.
fn period(from: Month, to: Month) -> std::result::Result<Period, &'static str> {
    let period = Period::new(from, to).ok_or("no later than `to`")?;
    if period.months() > LONGEST { Err("at most 120 months up to `to`") } else { Ok(period) }
}

/// Says the same for `validator`.
fn validated(from: Month, to: Month) -> std::result::Result<(), ValidationErrors> {
    let Err(why) = period(from, to) else { return Ok(()) };
    let mut wrong = ValidationErrors::new();
    wrong.add("from", ValidationError::new("range").with_message(why.into()));
    Err(wrong)
}

/// What visits say about a place.
#[derive(Serialize, ToSchema)]
pub struct ScoreView {
    /// The brand, the region or the branch.
    place_id: PlaceId,
    /// Which of them.
    kind: PlaceKind,
    /// The first month that counts.
    from: Month,
    /// The last month that counts.
    to: Month,
    /// For whole visits.
    #[serde(flatten)]
    overall: FigureView,
    /// What the score is to be in the last month of the period; missing without a target.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    target: Option<TargetView>,
    /// How it changed against as many months right before; missing where either has no visits.
    change: Option<ChangeView>,
    /// How it changed against the same months a year before; missing where either has no visits, and for more than twelve months.
    year_change: Option<ChangeView>,
    /// For each section that has visits, in the order of checklists and keys.
    sections: Vec<SectionView>,
}

/// A mean with what it rests on.
#[derive(Serialize, ToSchema)]
pub struct FigureView {
    /// How many visits the figure is of. Managers and HR are given figures of whole spans of a branch's months that are
    /// over, each with the brand's minimum of visits; where the months asked for hold no such span, there is no
    /// figure, and this says how many visits there are. What they are given changes once a day, and a span's figure only by the
    /// brand's minimum of further visits.
    #[schema(value_type = Count)]
    visits: i64,
    /// Their mean score in basis points; none without visits.
    #[schema(value_type = Option<BasisPoints>)]
    score: Option<i32>,
    /// Where the true mean lies with 95 % confidence; null without visits. The interval rests also on how far the visits to the brand's other
    /// branches scatter, and on how often shoppers come again. In a brand with fewer than 200 visits in 24 months it is wide, and
    /// holds for any scores.
    interval: Option<Interval>,
    /// The number of the brand's statistics by which the interval was computed, which never change; null if there are none.
    #[schema(value_type = Option<Ordinal>)]
    statistics: Option<i64>,
    /// Whether the figure is of fewer visits than the brand wants before it counts for anything, or its interval is wider.
    insufficient: bool,
}

impl FigureView {
    fn new(shown: Shown, minimum: Minimum, spread: &Spread, number: Option<i64>) -> Self {
        Self::with(shown, minimum, shown.sums.interval(spread), number)
    }

    /// The same of a subject: where each visit scored all or nothing, with the interval of a proportion.
    fn of(shown: Shown, minimum: Minimum, spread: &Spread, number: Option<i64>) -> Self {
        let Some(share) = shown.sums.share() else { return Self::new(shown, minimum, spread, number) };
        let end = |end: i64| i32::try_from(end).unwrap_or_default();
        let interval = share.interval().map(|(low, high)| Interval { low: end(low), high: end(high) });
        Self::with(shown, minimum, interval, None)
    }

    fn with(shown: Shown, minimum: Minimum, interval: Option<Interval>, number: Option<i64>) -> Self {
        Self {
            visits: shown.visits(),
            score: shown.sums.mean(),
            interval,
            statistics: number,
            insufficient: minimum.is_missed(shown.sums.n, interval),
        }
    }
}

/// Who reads figures of which place, and in which language.
struct Reading {
    scope: Scope,
    place: Place,
    wishes: Wishes,
}

/// A difference between two scores.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct DifferenceView {
    /// In basis points.
    #[schema(value_type = Difference)]
    difference: i32,
    /// With 95 % confidence the true difference is at least this.
    #[schema(value_type = Difference)]
    low: i32,
    /// With 95 % confidence the true difference is at most this. If zero lies outside, the difference is beyond chance.
    #[schema(value_type = Difference)]
    high: i32,
}

impl From<Change> for DifferenceView {
    fn from(Change { difference, low, high, .. }: Change) -> Self {
        Self { difference, low, high }
    }
}

/// A change between two periods of the same length.
#[derive(Serialize, ToSchema)]
pub struct ChangeView {
    /// How many visits counted before.
    #[schema(value_type = Ordinal)]
    previous_visits: i64,
    /// What they scored, in basis points.
    #[schema(value_type = BasisPoints)]
    previous_score: i32,
    /// The score now less the one before (Welch).
    #[serde(flatten)]
    change: DifferenceView,
    /// Whether either figure is of fewer visits than the brand wants before it counts for anything, or its interval is wider.
    insufficient: bool,
}

impl ChangeView {
    fn between(before: Sums, now: Sums, minimum: Minimum, spread: &Spread) -> Option<Self> {
        let (previous_score, change) = (before.mean()?, now.change_since(before, spread)?);
        Some(Self {
            previous_visits: before.n,
            previous_score,
            change: change.into(),
            insufficient: before.insufficient(minimum, spread) || now.insufficient(minimum, spread),
        })
    }
}

/// What visits say about one section of a checklist.
#[derive(Serialize, ToSchema)]
pub struct SectionView {
    /// The checklist.
    checklist_id: ChecklistId,
    /// The key of the section, in all versions of the checklist.
    section: Key,
    /// For this section.
    #[serde(flatten)]
    figure: FigureView,
    /// What the score is to be in the last month of the period; missing without a target.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    target: Option<TargetView>,
}

/// The score of a brand, for callers who may see all of it.
#[utoipa::path(get, path = "/v1/brands/{id}/score", responses((status = 200, description = "The score.")))]
pub async fn brand_score(
    app: Data<App>,
    names: Data<Names>,
    caller: Allowed<ReadScores>,
    id: Path<BrandId>,
    Params(months): Params<PeriodParams>,
) -> Result<Json<ScoreView>> {
    score(&app, names, caller.scope, Place::Brand(*id), months).await
}

/// The score of a region with all below it.
#[utoipa::path(get, path = "/v1/regions/{id}/score", responses((status = 200, description = "The score.")))]
pub async fn region_score(
    app: Data<App>,
    names: Data<Names>,
    caller: Allowed<ReadScores>,
    id: Path<RegionId>,
    Params(months): Params<PeriodParams>,
) -> Result<Json<ScoreView>> {
    score(&app, names, caller.scope, Place::Region(*id), months).await
}

/// The score of a branch.
#[utoipa::path(get, path = "/v1/branches/{id}/score", responses((status = 200, description = "The score.")))]
pub async fn branch_score(
    app: Data<App>,
    names: Data<Names>,
    caller: Allowed<ReadScores>,
    id: Path<BranchId>,
    Params(months): Params<PeriodParams>,
) -> Result<Json<ScoreView>> {
    score(&app, names, caller.scope, Place::Branch(*id), months).await
}

async fn score(
    app: &App,
    names: Data<Names>,
    scope: Scope,
    place: Place,
    months: PeriodParams,
) -> Result<Json<ScoreView>> {
    let period = months.period(app.clock.now())?;
    let figures = move |conn: &mut _| figures::figures(conn, &names, &scope, place, period);
    let figures = app.db.snapshot(figures).await?;
    Ok(Json(ScoreView::new(period, figures)))
}

impl ScoreView {
    fn new(period: Period, figures: Figures) -> Self {
        let Figures { place: Visible { place, minimum, .. }, now, before, year_before, lent, targets } =
            figures;
        let aim = |subject: &Subject| targets.at(place, subject, period.to());
        let spread = |subject: &Subject| lent.spread(subject, place.extent(), period.months());
        let figure = |shown, spread| FigureView::new(shown, minimum, &spread, lent.number(&spread));
        let (mut overall, mut sections) = (Shown::default(), Vec::new());
        for (subject, shown) in now {
            let (spread, aim) = (spread(&subject), aim(&subject));
            match subject {
                Subject::Overall => overall = shown,
                Subject::Section { checklist: checklist_id, key: section } => {
                    let figure = figure(shown, spread);
                    let target = TargetView::of(aim, &figure);
                    sections.push(SectionView { checklist_id, section, figure, target });
                }
                _ => {}
            }
        }
        let spread = spread(&Subject::Overall);
        let of_all = figure(overall, spread);
        Self {
            place_id: place.id(),
            kind: place.kind(),
            from: period.from(),
            to: period.to(),
            target: TargetView::of(aim(&Subject::Overall), &of_all),
            overall: of_all,
            change: ChangeView::between(before, overall.sums, minimum, &spread),
            year_change: ChangeView::between(year_before, overall.sums, minimum, &spread),
            sections,
        }
    }
}
