//! The addresses of rankings: the branches of a place, the best first.

use actix_web::web::{Data, Path};
use serde::Serialize;
use utoipa::ToSchema;

use super::{FigureView, PeriodParams, TargetView};
use crate::{
    accounts::{
        caller::Allowed,
        policy::{Scope, permit::ReadScores},
    },
    app::App,
    checklists::counted::Subject,
    error::Result,
    http::page::{Listing, Page, PageRequest},
    ids::{BranchId, BrandId, RegionId},
    scores::{
        figures::{self, Ranking},
        model::Place,
        shown::Shown,
        statistics::{Rank, Ranked},
        store::{Listed, Standing},
        targets::model::Aim,
    },
};

/// Most branches on a page of a ranking: most brands have fewer.
const MOST_RANKED: i64 = 1_000;

/// A branch in a ranking.
#[derive(Serialize, ToSchema)]
pub struct RankedBranch {
    /// The branch.
    branch_id: BranchId,
    /// What the brand knows it by.
    code: String,
    /// What it is called.
    name: String,
    /// The ranks that the branch may hold: with 95 % confidence they are right for all of these branches at once. Branches that have ranks in
    /// common are tied. Null with too few visits.
    rank: Option<Rank>,
    /// For whole visits.
    #[serde(flatten)]
    figure: FigureView,
    /// What the score is to be in the last month of the period; missing without a target.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    target: Option<TargetView>,
}

impl RankedBranch {
    fn new(row: Ranked<(Standing, Shown)>, aim: Option<Aim>, figure: impl Fn(Shown) -> FigureView) -> Self {
        let (Standing { id: branch_id, code, name, .. }, shown) = row.key;
        let figure = figure(shown);
        let target = TargetView::of(aim, &figure);
        Self { branch_id, code, name, rank: row.rank, figure, target }
    }
}

/// The ranking of a brand's branches, for callers who may see all of the brand. If ranks change between one page and the
/// next, a branch may come twice or not at all.
#[utoipa::path(get, path = "/v1/brands/{id}/ranking", responses(
    (status = 200, description = "Its branches, the best first; those with too few visits come last."),
))]
pub async fn brand_ranking(
    app: Data<App>,
    caller: Allowed<ReadScores>,
    id: Path<BrandId>,
    Listing(months, page): Listing<PeriodParams, MOST_RANKED>,
) -> Result<Page<RankedBranch>> {
    ranking(&app, caller.scope, Place::Brand(*id), months, page).await
}

/// The ranking of the branches that lay in a region in the period, however deep, among themselves, each with the visits of the months in which it did.
/// A branch that lies elsewhere by now is named to those who may see it there. If ranks change between one page and the
/// next, a branch may come twice or not at all.
#[utoipa::path(get, path = "/v1/regions/{id}/ranking", responses(
    (status = 200, description = "Its branches, the best first; those with too few visits come last."),
))]
pub async fn region_ranking(
    app: Data<App>,
    caller: Allowed<ReadScores>,
    id: Path<RegionId>,
    Listing(months, page): Listing<PeriodParams, MOST_RANKED>,
) -> Result<Page<RankedBranch>> {
    ranking(&app, caller.scope, Place::Region(*id), months, page).await
}

async fn ranking(
    app: &App,
    scope: Scope,
    place: Place,
    months: PeriodParams,
    page: PageRequest,
) -> Result<Page<RankedBranch>> {
    let period = months.period(app.clock.now())?;
    let start = page.key::<usize>()?.unwrap_or(0);
    let (rows, next) = (page.rows() as usize, start + page.size() as usize);
    let listed = Listed::ByMonths(period);
    let ranking =
        app.db.snapshot(move |conn| figures::ranking(conn, &scope, (place, period), listed, (start, rows)));
    let Ranking { place, branches, spread, number, targets } = ranking.await?;
    let figure = |shown| FigureView::new(shown, place.minimum, &spread, number);
    let view = |row: Ranked<(Standing, Shown)>| {
        let aim = targets.at(Place::Branch(row.key.0.id), &Subject::Overall, period.to());
        RankedBranch::new(row, aim, figure)
    };
    let branches = branches.into_iter().map(view).collect();
    page.page(branches, |_: &RankedBranch| next)
}
