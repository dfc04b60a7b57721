//! The addresses of comparisons: a place beside itself before, its region, its brand and the best quarter of the branches.

use actix_web::web::{Data, Path};
use serde::Serialize;
use utoipa::ToSchema;

use super::{ChangeView, DifferenceView, FigureView, FilterParams, asked::USUALLY};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::{Scope, permit::ReadScores},
    app::App,
    calendar::bound::Bound,
    charts::rows::Line,
    error::Result,
    http::{
        input::Params,
        sheet::{Rows, Sheet},
    },
    ids::{BranchId, BrandId, RegionId},
    limits::{BasisPoints, Ordinal},
    scores::{
        comparison::{self, Before, Benchmark, BestQuarter, Comparison},
        model::{Place, PlaceId, PlaceKind},
        statistics::{Minimum, Paired},
    },
    texts::{self, Language, text},
};

/// A place beside what it is compared with.
#[derive(Serialize, ToSchema)]
pub struct ComparisonView {
    /// The brand, the region or the branch.
    place_id: PlaceId,
    /// Which of them.
    kind: PlaceKind,
    /// The first month that counts, or the first day if these are no whole months.
    from: Bound,
    /// The last month that counts, or the last day.
    to: Bound,
    /// For whole visits.
    #[serde(flatten)]
    figure: FigureView,
    /// How it changed against as many months or days right before; null where either has no visits.
    change: Option<ComparedView>,
    /// How it changed against the same months or days a year before; null where either has no visits, and for more than twelve months.
    year_change: Option<ComparedView>,
    /// The region that the place lies in in the last month, with all below it; null if there is none, and if one or two of the branches with visits
    /// in it, or in the brand outside of it, are not the caller's to see: of so few, one could be worked out. Of days and with a filter it is null, like
    /// the brand and the best quarter, to those who do not see all of the brand.
    region: Option<BenchmarkView>,
    /// The brand; null for the brand itself, and if one or two of its branches with visits are not the caller's to see.
    brand: Option<BenchmarkView>,
    /// The best quarter of the brand's branches; null if none has enough visits, and if one or two of these branches, or of the others in the brand,
    /// are not the caller's to see.
    best_quarter: Option<BestQuarterView>,
}

impl Rows for ComparisonView {}

/// A change, of all visits together and by branch.
#[derive(Serialize, ToSchema)]
pub struct ComparedView {
    /// Of all visits together.
    #[serde(flatten)]
    change: ChangeView,
    /// Of the branches that have visits in both periods, each compared with itself; null for a branch, and if there are none.
    paired: Option<PairedView>,
}

/// How the branches of a place changed, each compared with itself: branches that were visited more often than before, or in one period alone, make no
/// difference.
#[derive(Serialize, ToSchema)]
pub struct PairedView {
    /// How many branches have visits in both periods.
    #[schema(value_type = Ordinal)]
    branches: usize,
    /// How many visits they have in the period.
    #[schema(value_type = Ordinal)]
    visits: i64,
    /// How many they have in the period before.
    #[schema(value_type = Ordinal)]
    previous_visits: i64,
    /// The mean of their changes, weighted by `n·m/(n+m)` with the numbers of visits in both periods.
    #[serde(flatten)]
    change: DifferenceView,
    /// Whether there are fewer visits in either period than the brand wants before they count for anything.
    insufficient: bool,
}

/// What a place is measured by.
#[derive(Serialize, ToSchema)]
pub struct BenchmarkView {
    /// The region or the brand.
    place_id: PlaceId,
    /// Which of them.
    kind: PlaceKind,
    /// What it scores.
    #[serde(flatten)]
    figure: FigureView,
    /// How far the place is ahead of it (Welch); null where either has no visits.
    ahead: Option<DifferenceView>,
}

/// The best quarter of the branches. Some of them are among the best by chance, so the true mean of these branches is lower, and no interval is given.
#[derive(Serialize, ToSchema)]
pub struct BestQuarterView {
    /// How many branches these are: a quarter, rounded up.
    #[schema(value_type = Ordinal)]
    branches: usize,
    /// Of how many that have enough visits.
    #[schema(value_type = Ordinal)]
    of_branches: usize,
    /// How many visits they have.
    #[schema(value_type = Ordinal)]
    visits: i64,
    /// The mean score of these visits, in basis points.
    #[schema(value_type = BasisPoints)]
    score: i32,
}

/// What a brand is compared with, for callers who may see all of it.
#[utoipa::path(get, path = "/v1/brands/{id}/comparison", responses((status = 200, description = "The comparison.")))]
pub async fn brand_comparison(
    app: Data<App>,
    caller: Allowed<ReadScores>,
    id: Path<BrandId>,
    Params(params): Params<FilterParams>,
) -> Result<Sheet<ComparisonView>> {
    comparison(&app, caller.scope, Place::Brand(*id), params).await
}

/// What a region is compared with.
#[utoipa::path(get, path = "/v1/regions/{id}/comparison", responses((status = 200, description = "The comparison.")))]
pub async fn region_comparison(
    app: Data<App>,
    caller: Allowed<ReadScores>,
    id: Path<RegionId>,
    Params(params): Params<FilterParams>,
) -> Result<Sheet<ComparisonView>> {
    comparison(&app, caller.scope, Place::Region(*id), params).await
}

/// What a branch is compared with.
#[utoipa::path(get, path = "/v1/branches/{id}/comparison", responses((status = 200, description = "The comparison.")))]
pub async fn branch_comparison(
    app: Data<App>,
    caller: Allowed<ReadScores>,
    id: Path<BranchId>,
    Params(params): Params<FilterParams>,
) -> Result<Sheet<ComparisonView>> {
    comparison(&app, caller.scope, Place::Branch(*id), params).await
}

async fn comparison(
    app: &App,
    scope: Scope,
    place: Place,
    params: FilterParams,
) -> Result<Sheet<ComparisonView>> {
    comparison_view(app, scope, place, params).await.map(Sheet)
}

/// A comparison as it is answered.
pub(super) async fn comparison_view(
    app: &App,
    scope: Scope,
    place: Place,
    params: FilterParams,
) -> Result<ComparisonView> {
    let wanted = params.asked().wanted(USUALLY, app.clock.now())?;
    let (from, to) = wanted.days.bounds();
    let read = move |conn: &mut _| comparison::comparison(conn, &scope, (place, &wanted));
    let found = app.db.snapshot(read).await?;
    let Comparison { now, spread, number, .. } = found;
    let minimum = found.place.minimum;
    let compared = |Before { sums, paired }: Before| {
        let change = ChangeView::between(sums, now.sums, minimum, &spread)?;
        Some(ComparedView { change, paired: paired.map(|paired| PairedView::new(paired, minimum)) })
    };
    let benchmark = |Benchmark { place, shown, spread, ahead }: Benchmark| BenchmarkView {
        place_id: place.id(),
        kind: place.kind(),
        figure: FigureView::new(shown, minimum, &spread, number),
        ahead: ahead.map(DifferenceView::from),
    };
    Ok(ComparisonView {
        place_id: place.id(),
        kind: place.kind(),
        from,
        to,
        figure: FigureView::new(now, minimum, &spread, number),
        change: compared(found.before),
        year_change: compared(found.year_before),
        region: found.region.map(benchmark),
        brand: found.brand.map(benchmark),
        best_quarter: found.best_quarter.and_then(BestQuarterView::new),
    })
}

impl ComparisonView {
    /// What the place is compared with, as charts take it: its region and its brand.
    pub(super) fn beside(&self, language: Language) -> Vec<Line> {
        let named = [(&self.region, text!("chart-region")), (&self.brand, text!("chart-brand"))];
        let line = |(view, name): (&Option<BenchmarkView>, texts::Text)| {
            let view = view.as_ref()?;
            let id = ("place", view.kind.to_string());
            Some(Line {
                id,
                rank: None,
                name: name.say(language).into_owned(),
                figure: view.figure.drawn(None),
            })
        };
        named.into_iter().filter_map(line).collect()
    }
}

impl PairedView {
    fn new(Paired { branches, before, now, change }: Paired, minimum: Minimum) -> Self {
        let insufficient = before.min(now) < minimum.visits.max(1);
        Self { branches, visits: now, previous_visits: before, change: change.into(), insufficient }
    }
}

impl BestQuarterView {
    fn new(BestQuarter { branches, of: of_branches, sums }: BestQuarter) -> Option<Self> {
        Some(Self { branches, of_branches, visits: sums.n, score: sums.mean()? })
    }
}
