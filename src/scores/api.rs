//! The addresses of scores: one figure for a place and a period, and the ranking of the branches in it.

mod what_if;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Json, Path},
};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

pub use self::what_if::*;
use super::{
    model::{PlaceId, PlaceKind, Subject},
    statistics::{self, Interval, Rank, Ranked, Sums},
    store::{self, Standing, Visible},
};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::ReadScores,
    app::App,
    checklists::model::Key,
    db::{Conn, types::Instant},
    error::{Error, FieldError, Result},
    http::{
        input::Params,
        page::{Page, PageParams},
    },
    ids::{BranchId, BrandId, ChecklistId, RegionId},
    months::{Month, Period},
};

/// The longest period, in months.
const LONGEST: i32 = 120;
/// The period if none is named: this month and so many before it.
const USUALLY_BEFORE: i32 = 11;

/// Which months count, both ends included: at most 120.
#[derive(Clone, Copy, Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PeriodParams {
    /// The first month; if not said, the one that makes it twelve months.
    from: Option<Month>,
    /// The last month; if not said, the present one (UTC).
    to: Option<Month>,
}

impl PeriodParams {
    fn period(self, now: Instant) -> Result<Period> {
        let wrong = |code, message| Error::invalid(vec![FieldError::new("from", code, message)]);
        let to = self.to.unwrap_or_else(|| Month::of(now, &TimeZone::UTC));
        let from = self.from.or_else(|| to.plus(-USUALLY_BEFORE)).unwrap_or(to);
        let period = Period::new(from, to).ok_or_else(|| wrong("range", "no later than `to`, please"))?;
        if period.months() > LONGEST {
            return Err(wrong("range", "at most 120 months up to `to`, please"));
        }
        Ok(period)
    }
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
    /// How it changed against as many months right before; missing where either has no visits.
    change: Option<ChangeView>,
    /// For each section that has visits, in the order of checklists and keys.
    sections: Vec<SectionView>,
}

/// A mean with what it rests on.
#[derive(Serialize, ToSchema)]
pub struct FigureView {
    /// How many visits count.
    #[schema(minimum = 0)]
    visits: i64,
    /// Their mean score in basis points; none without visits.
    #[schema(minimum = 0, maximum = 10000)]
    score: Option<i32>,
    /// Where the true mean lies with 95 % confidence; none without visits.
    interval: Option<Interval>,
    /// Whether there are fewer visits than the brand wants before a figure counts for anything.
    insufficient: bool,
}

impl FigureView {
    fn new(sums: Sums, minimum: i64) -> Self {
        Self {
            visits: sums.n,
            score: sums.mean(),
            interval: sums.interval(),
            insufficient: sums.insufficient(minimum),
        }
    }
}

/// A change between two periods of the same length.
#[derive(Serialize, ToSchema)]
pub struct ChangeView {
    /// How many visits counted before.
    #[schema(minimum = 1)]
    previous_visits: i64,
    /// What they scored, in basis points.
    #[schema(minimum = 0, maximum = 10000)]
    previous_score: i32,
    /// The score now less the one before, in basis points.
    #[schema(minimum = -10000, maximum = 10000)]
    difference: i32,
}

impl ChangeView {
    fn between(before: Sums, now: Sums) -> Option<Self> {
        let (previous_score, score) = (before.mean()?, now.mean()?);
        Some(Self { previous_visits: before.n, previous_score, difference: score - previous_score })
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
}

/// The score of a brand, for whoever may see all of it.
#[utoipa::path(get, path = "/v1/brands/{id}/score", params(("id" = BrandId, Path), PeriodParams),
    responses((status = 200, description = "The score.", body = ScoreView)))]
pub async fn brand_score(
    app: Data<App>,
    caller: Allowed<ReadScores>,
    id: Path<BrandId>,
    Params(months): Params<PeriodParams>,
) -> Result<Json<ScoreView>> {
    score(&app, months, move |conn| store::brand(conn, &caller.scope, *id)).await
}

/// The score of a region with all below it.
#[utoipa::path(get, path = "/v1/regions/{id}/score", params(("id" = RegionId, Path), PeriodParams),
    responses((status = 200, description = "The score.", body = ScoreView)))]
pub async fn region_score(
    app: Data<App>,
    caller: Allowed<ReadScores>,
    id: Path<RegionId>,
    Params(months): Params<PeriodParams>,
) -> Result<Json<ScoreView>> {
    score(&app, months, move |conn| store::region(conn, &caller.scope, *id)).await
}

/// The score of a branch.
#[utoipa::path(get, path = "/v1/branches/{id}/score", params(("id" = BranchId, Path), PeriodParams),
    responses((status = 200, description = "The score.", body = ScoreView)))]
pub async fn branch_score(
    app: Data<App>,
    caller: Allowed<ReadScores>,
    id: Path<BranchId>,
    Params(months): Params<PeriodParams>,
) -> Result<Json<ScoreView>> {
    score(&app, months, move |conn| store::branch(conn, &caller.scope, *id)).await
}

async fn score(
    app: &App,
    months: PeriodParams,
    mut find: impl FnMut(&mut Conn) -> Result<Visible> + Send + 'static,
) -> Result<Json<ScoreView>> {
    let period = months.period(app.clock.now())?;
    let look = move |conn: &mut Conn| {
        let place = find(conn)?;
        let now = store::sums_by_subject(conn, &place, period)?;
        let before = period.before().map(|before| store::overall(conn, &place, before)).transpose()?;
        Ok(ScoreView::new(place, period, now, before.unwrap_or_default()))
    };
    app.db.snapshot(look).await.map(Json)
}

impl ScoreView {
    fn new(place: Visible, period: Period, now: Vec<(Subject, Sums)>, before: Sums) -> Self {
        let Visible { id: place_id, kind, minimum, .. } = place;
        let (mut overall, mut sections) = (Sums::default(), Vec::new());
        for (subject, sums) in now {
            match subject {
                Subject::Overall => overall = sums,
                Subject::Section { checklist: checklist_id, key: section } => {
                    let figure = FigureView::new(sums, minimum);
                    sections.push(SectionView { checklist_id, section, figure });
                }
            }
        }
        Self {
            place_id,
            kind,
            from: period.from(),
            to: period.to(),
            overall: FigureView::new(overall, minimum),
            change: ChangeView::between(before, overall),
            sections,
        }
    }
}

/// Which months count, both ends included, at most 120; and which page of the ranking.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RankingParams {
    /// The first month; if not said, the one that makes it twelve months.
    from: Option<Month>,
    /// The last month; if not said, the present one (UTC).
    to: Option<Month>,
    /// How many branches at most; 50 if not said.
    #[validate(range(min = 1, max = 1000))]
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u16>,
    /// Where to go on: the `next_cursor` of the page before. If ranks change meanwhile,
    /// a branch may come twice or not at all.
    #[validate(length(min = 1, max = 1000))]
    #[param(min_length = 1, max_length = 1000)]
    cursor: Option<String>,
}

/// A branch in a ranking.
#[derive(Serialize, ToSchema)]
pub struct RankedBranch {
    /// The branch.
    branch_id: BranchId,
    /// What the brand knows it by.
    code: String,
    /// What it is called.
    name: String,
    /// Which ranks it may hold: branches whose intervals overlap are tied. None with too few visits.
    rank: Option<Rank>,
    /// For whole visits.
    #[serde(flatten)]
    figure: FigureView,
}

/// The ranking of a brand's branches, for whoever may see all of the brand.
#[utoipa::path(get, path = "/v1/brands/{id}/ranking", params(("id" = BrandId, Path), RankingParams),
    responses((
        status = 200,
        description = "Its branches, the best first; those with too few visits come last.",
        body = Page<RankedBranch>,
    )))]
pub async fn brand_ranking(
    app: Data<App>,
    request: HttpRequest,
    caller: Allowed<ReadScores>,
    id: Path<BrandId>,
    Params(wanted): Params<RankingParams>,
) -> Result<HttpResponse> {
    ranking(&app, &request, wanted, move |conn| store::brand(conn, &caller.scope, *id)).await
}

/// The ranking of the branches in a region, however deep, among themselves.
#[utoipa::path(get, path = "/v1/regions/{id}/ranking", params(("id" = RegionId, Path), RankingParams),
    responses((
        status = 200,
        description = "Its branches, the best first; those with too few visits come last.",
        body = Page<RankedBranch>,
    )))]
pub async fn region_ranking(
    app: Data<App>,
    request: HttpRequest,
    caller: Allowed<ReadScores>,
    id: Path<RegionId>,
    Params(wanted): Params<RankingParams>,
) -> Result<HttpResponse> {
    ranking(&app, &request, wanted, move |conn| store::region(conn, &caller.scope, *id)).await
}

async fn ranking(
    app: &App,
    request: &HttpRequest,
    RankingParams { from, to, limit, cursor }: RankingParams,
    mut find: impl FnMut(&mut Conn) -> Result<Visible> + Send + 'static,
) -> Result<HttpResponse> {
    let period = PeriodParams { from, to }.period(app.clock.now())?;
    let page = PageParams { limit, cursor };
    let (start, rows) = (page.after::<usize>(&app.seals, request)?.unwrap_or(0), page.rows() as usize);
    let look = move |conn: &mut Conn| {
        let place = find(conn)?;
        let standings = store::standings(conn, &place, period)?;
        Ok(ranked(standings, place.minimum, start, rows))
    };
    let branches = app.db.snapshot(look).await?;
    page.answer(&app.seals, request, branches, |_| start + rows - 1)
}

/// So many branches of the ranking, from there on.
fn ranked(standings: Vec<Standing>, minimum: i64, start: usize, rows: usize) -> Vec<RankedBranch> {
    let places: Vec<_> = standings.iter().map(|standing| (standing, standing.sums)).collect();
    let view = |ranked: Ranked<&Standing>| RankedBranch {
        branch_id: ranked.key.id,
        code: ranked.key.code.clone(),
        name: ranked.key.name.clone(),
        rank: ranked.rank,
        figure: FigureView::new(ranked.sums, minimum),
    };
    statistics::rank(&places, minimum).into_iter().skip(start).take(rows).map(view).collect()
}
