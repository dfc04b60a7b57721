//! The addresses of rankings: the branches of a place, the best first.

use actix_web::web::{Data, Path};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    FigureView, TargetView,
    asked::{USUALLY, asks},
    counted::counted_within,
    drawn::{Shows, heading, more},
};
use crate::{
    accounts::{
        caller::Allowed,
        policy::{Scope, permit::ReadScores},
    },
    app::App,
    charts::{
        Drawing,
        rows::{Line, rows},
    },
    checklists::counted::Subject,
    db::types::text_enum,
    error::Result,
    http::{
        listed::{Listed, Part},
        page::{Listing, PageRequest},
        sheet::{Chart, ChartKind, Pictured, Rows, Wished},
    },
    ids::{BranchId, BrandId, RegionId},
    scores::{
        called::called,
        figures::{self, ALL, Ranking},
        model::Place,
        shown::Shown,
        statistics::{Rank, Ranked},
        store::{self, Standing},
    },
    texts::{Language, text},
};

/// Most branches on a page of a ranking: most brands have fewer.
pub(super) const MOST_RANKED: i64 = 1_000;

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
    /// The address of the list of the visits that the figure is of; for managers and HR of the reports; null for designers, who list neither.
    counted: Option<String>,
}

impl Rows for RankedBranch {
    const CHART: Option<Chart> =
        Some(Chart { kind: ChartKind::Bars, labels: "name", values: "score_percent" });
}

text_enum! {
    /// In which order branches come. Those with too few visits come last, unless it is that of their codes.
    pub enum BranchOrder {
        /// The best first.
        Best = "best",
        /// The worst first.
        Worst = "worst",
        /// By what the brand knows them by.
        Code = "code",
    }
}

impl BranchOrder {
    /// Branches in this order, which come with the best first.
    fn put(self, branches: &mut [Ranked<(Standing, Shown)>]) {
        match self {
            Self::Best => {}
            // Those without a rank stay last, in their order.
            Self::Worst => {
                let ranked = branches.partition_point(|row| row.rank.is_some());
                branches.get_mut(..ranked).unwrap_or_default().reverse();
            }
            Self::Code => branches.sort_by(|one, other| one.key.0.code.cmp(&other.key.0.code)),
        }
    }
}

asks! {
    /// Which visits are asked for, and in which order branches come.
    pub struct RankingParams {
        /// In which order: the `best` first (if left out), the `worst`, or by `code`.
        #[param(inline)]
        sort: Option<BranchOrder>,
    }
}

/// The ranking of a brand's branches, for callers who may see all of the brand. If ranks change between one page and the
/// next, a branch may come twice or not at all.
#[utoipa::path(get, path = "/v1/brands/{id}/ranking", responses(
    (status = 200, description = "Its branches, in the order that is asked for; those with too few visits come last."),
))]
pub async fn brand_ranking(
    app: Data<App>,
    caller: Allowed<ReadScores>,
    id: Path<BrandId>,
    wished: Wished,
    Listing(params, page): Listing<RankingParams, MOST_RANKED>,
) -> Result<Pictured<Listed<RankedBranch>>> {
    ranking(&app, (caller.scope, Place::Brand(*id)), wished, params, page).await
}

/// The ranking of the branches that lay in a region in the period, however deep, among themselves, each with the visits of the months in which it did.
/// A branch that lies elsewhere by now is named to those who may see it there. If ranks change between one page and the
/// next, a branch may come twice or not at all.
#[utoipa::path(get, path = "/v1/regions/{id}/ranking", responses(
    (status = 200, description = "Its branches, in the order that is asked for; those with too few visits come last."),
))]
pub async fn region_ranking(
    app: Data<App>,
    caller: Allowed<ReadScores>,
    id: Path<RegionId>,
    wished: Wished,
    Listing(params, page): Listing<RankingParams, MOST_RANKED>,
) -> Result<Pictured<Listed<RankedBranch>>> {
    ranking(&app, (caller.scope, Place::Region(*id)), wished, params, page).await
}

async fn ranking(
    app: &App,
    of: (Scope, Place),
    wished: Wished,
    params: RankingParams,
    page: PageRequest,
) -> Result<Pictured<Listed<RankedBranch>>> {
    let part = page.part()?;
    if !wished.picture {
        let branches = branches(app, of, params, part).await?;
        return Ok(Pictured::Figures(page.listed(part, branches)?));
    }
    let drawing = picture(app, of, wished.languages.ours(), params, part).await?;
    Ok(Pictured::Picture(Box::new(drawing)))
}

/// A part of a ranking as a picture.
pub(super) async fn picture(
    app: &App,
    (scope, place): (Scope, Place),
    language: Language,
    params: RankingParams,
    part: Part,
) -> Result<Drawing> {
    let (wanted, seen) = (params.asked().wanted(USUALLY, app.clock.now())?, scope.clone());
    let called = app.db.read(move |conn| called(conn, &seen, place)).await?;
    let mut branches = branches(app, (scope, place), params, part).await?;
    // One more than are wanted shows whether there are more.
    let (most, found) = (part.count.saturating_sub(1), branches.len());
    branches.truncate(most);
    let whole = text!("chart-whole-visits").say(language);
    let heading = heading(Shows::Ranking, (&called, &whole), &wanted, language);
    let lines: Vec<_> = branches.iter().map(RankedBranch::line).collect();
    Ok(rows(&heading, &lines, more(found > most, most, language)))
}

impl RankedBranch {
    /// The branch as charts take it.
    fn line(&self) -> Line {
        Line {
            id: ("branch", self.branch_id.to_string()),
            rank: self.rank.map(|rank| (rank.best, rank.worst)),
            name: self.name.clone(),
            figure: self.figure.drawn(self.target.as_ref()),
        }
    }
}

/// A part of a ranking.
async fn branches(
    app: &App,
    (scope, place): (Scope, Place),
    params: RankingParams,
    part: Part,
) -> Result<Vec<RankedBranch>> {
    let wanted = params.asked().wanted(USUALLY, app.clock.now())?;
    let (of, listed) = (wanted.clone(), store::Listed::ByMonths(wanted.touched()));
    let read = move |conn: &mut _| figures::ranking(conn, &scope, (place, &of), listed, ALL);
    let Ranking { place, mut branches, spread, number, targets } = app.db.snapshot(read).await?;
    params.sort.unwrap_or(BranchOrder::Best).put(&mut branches);
    let view = |row: Ranked<(Standing, Shown)>| {
        let (Standing { id: branch_id, code, name, .. }, shown) = row.key;
        let branch = Place::Branch(branch_id);
        let figure = FigureView::new(shown, place.minimum, &spread, number);
        let aim = targets.at(branch, &Subject::Overall, wanted.touched().to());
        RankedBranch {
            branch_id,
            code,
            name,
            rank: row.rank,
            target: TargetView::of(aim, &figure),
            figure,
            counted: counted_within(&place, branch_id, &wanted),
        }
    };
    Ok(part.of(branches).map(view).collect())
}
