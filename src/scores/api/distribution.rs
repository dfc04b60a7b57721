//! The addresses of distributions: the visits behind a figure, for desks.

use actix_web::web::{Data, Path};
use serde::Serialize;
use utoipa::ToSchema;

use super::{FilterParams, asked::USUALLY};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::{Scope, permit::ReadDistributions},
    app::App,
    calendar::bound::Bound,
    error::Result,
    http::{
        input::Params,
        sheet::{Chart, ChartKind, Rows, Sheet},
    },
    ids::{BranchId, BrandId, RegionId},
    limits::{BasisPoints, Count},
    scores::{
        distribution::{self, Behind, Distribution, Quantiles},
        model::{Place, PlaceId, PlaceKind},
    },
};

/// The visits behind a figure.
#[derive(Serialize, ToSchema)]
pub struct DistributionView {
    /// The brand, the region or the branch.
    place_id: PlaceId,
    /// Which of them.
    kind: PlaceKind,
    /// The first month that counts, or the first day if these are no whole months.
    from: Bound,
    /// The last month that counts, or the last day.
    to: Bound,
    /// How many visits count.
    #[schema(value_type = Count)]
    visits: i64,
    /// How many shoppers made them; null without visits, and for more than 20,000 visits.
    #[schema(value_type = Option<Count>)]
    shoppers: Option<usize>,
    /// Whether these are fewer visits than the brand wants before they count for anything.
    insufficient: bool,
    /// Scores that divide the visits; null without visits, and for more than 20,000 visits.
    quantiles: Option<QuantilesView>,
    /// How many visits scored how much, in ten steps from the lowest one up; null without visits, and for more than 20,000 visits.
    #[schema(min_items = 10, max_items = 10)]
    bins: Option<Vec<BinView>>,
}

impl Rows for DistributionView {
    const ROWS: &'static [&'static str] = &["bins"];
    const CHART: Option<Chart> =
        Some(Chart { kind: ChartKind::Bars, labels: "bins_from_percent", values: "bins_visits" });
}

/// Scores that divide the visits: each is the least score, in basis points, that such a share of the visits does not exceed.
#[derive(Serialize, ToSchema)]
pub struct QuantilesView {
    /// The least score.
    #[schema(value_type = BasisPoints)]
    least: i32,
    /// 10 % of the visits score no more.
    #[schema(value_type = BasisPoints)]
    tenth: i32,
    /// 25 % of the visits score no more.
    #[schema(value_type = BasisPoints)]
    quarter: i32,
    /// Half of the visits score no more.
    #[schema(value_type = BasisPoints)]
    median: i32,
    /// 75 % of the visits score no more.
    #[schema(value_type = BasisPoints)]
    three_quarters: i32,
    /// 90 % of the visits score no more.
    #[schema(value_type = BasisPoints)]
    nine_tenths: i32,
    /// The greatest score.
    #[schema(value_type = BasisPoints)]
    greatest: i32,
}

/// How many visits scored within a step of the scale.
#[derive(Serialize, ToSchema)]
pub struct BinView {
    /// The least score of the step, in basis points; the step ends right before the next one, and the last one with 10,000.
    #[schema(value_type = BasisPoints)]
    from: usize,
    /// How many visits.
    #[schema(value_type = Count)]
    visits: usize,
}

/// How the scores of the visits to a brand are spread and how many shoppers made the visits, for desks that may see all of the brand.
#[utoipa::path(get, path = "/v1/brands/{id}/distribution", responses((status = 200, description = "The distribution.")))]
pub async fn brand_distribution(
    app: Data<App>,
    caller: Allowed<ReadDistributions>,
    id: Path<BrandId>,
    Params(params): Params<FilterParams>,
) -> Result<Sheet<DistributionView>> {
    distribution(&app, caller.scope, Place::Brand(*id), params).await
}

/// How the scores of the visits to a region are spread, with all below it, and how many shoppers made the visits.
#[utoipa::path(get, path = "/v1/regions/{id}/distribution", responses((status = 200, description = "The distribution.")))]
pub async fn region_distribution(
    app: Data<App>,
    caller: Allowed<ReadDistributions>,
    id: Path<RegionId>,
    Params(params): Params<FilterParams>,
) -> Result<Sheet<DistributionView>> {
    distribution(&app, caller.scope, Place::Region(*id), params).await
}

/// How the scores of the visits to a branch are spread, and how many shoppers made the visits.
#[utoipa::path(get, path = "/v1/branches/{id}/distribution", responses((status = 200, description = "The distribution.")))]
pub async fn branch_distribution(
    app: Data<App>,
    caller: Allowed<ReadDistributions>,
    id: Path<BranchId>,
    Params(params): Params<FilterParams>,
) -> Result<Sheet<DistributionView>> {
    distribution(&app, caller.scope, Place::Branch(*id), params).await
}

async fn distribution(
    app: &App,
    scope: Scope,
    place: Place,
    params: FilterParams,
) -> Result<Sheet<DistributionView>> {
    let wanted = params.asked().wanted(USUALLY, app.clock.now())?;
    let (from, to) = wanted.days.bounds();
    let read = move |conn: &mut _| distribution::behind(conn, &scope, (place, &wanted));
    let Behind { place: seen, visits, distribution } = app.db.snapshot(read).await?;
    let bins = |found: &Distribution| {
        let step = 10_000 / found.bins.len();
        found
            .bins
            .iter()
            .enumerate()
            .map(|(bin, visits)| BinView { from: bin * step, visits: *visits })
            .collect()
    };
    Ok(Sheet(DistributionView {
        place_id: place.id(),
        kind: place.kind(),
        from,
        to,
        visits,
        shoppers: distribution.as_ref().map(|found| found.shoppers),
        insufficient: visits < seen.minimum.visits.max(1),
        bins: distribution.as_ref().map(bins),
        quantiles: distribution.map(|found| QuantilesView::from(found.quantiles)),
    }))
}

impl From<Quantiles> for QuantilesView {
    fn from(it: Quantiles) -> Self {
        let Quantiles { least, tenth, quarter, median, three_quarters, nine_tenths, greatest } = it;
        Self { least, tenth, quarter, median, three_quarters, nine_tenths, greatest }
    }
}
