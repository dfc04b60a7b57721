//! The addresses of scores: one figure for a place and a period. The other addresses of figures are beside it.

mod answers;
mod asked;
mod breakdown;
mod chart;
mod comparison;
mod counted;
mod distribution;
mod drawn;
mod drivers;
mod heatmap;
mod leniency;
mod movers;
mod quotes;
mod ranking;
mod several;
mod slices;
mod subject;
mod summaries;
mod summary;
mod target;
mod titles;
mod trend;
mod what_if;

use actix_web::web::{Data, Path};
use serde::Serialize;
use utoipa::ToSchema;

pub(in crate::scores) use self::chart::Chart;
pub use self::{
    answers::*, breakdown::*, comparison::*, distribution::*, drivers::*, heatmap::*, leniency::*, movers::*,
    quotes::*, ranking::*, several::*, subject::*, summaries::*, summary::*, target::*, trend::*, what_if::*,
};
use self::{
    asked::{USUALLY, asks, asks_rightly},
    counted::counted,
    titles::Titles,
};
use super::{
    figures::Figures,
    means::Means,
    measured::Measured,
    model::{Place, PlaceId, PlaceKind},
    planned::Planned,
    score::{self, Score},
    shown::Shown,
    statistics::{Change, Difference, Interval, Minimum, Spread, Sums},
    visible::Visible,
    wanted::Wanted,
};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::{Scope, permit::ReadScores},
    app::App,
    calendar::bound::Bound,
    checklists::{counted::Subject, model::Key},
    error::Result,
    http::{
        answer::InLanguage,
        input::Params,
        languages::Wishes,
        sheet::{Rows, Sheet},
    },
    ids::{BranchId, BrandId, ChecklistId, RegionId},
    limits::{BasisPoints, Count, Ordinal},
};

asks! {
    /// Which visits are asked for.
    pub struct FilterParams {}
}

asks! {
    /// Which visits are asked for, and what beside their score.
    pub struct ScoreParams {
        /// Whether to say how many visits were planned.
        planned: Option<bool>,
    }
}

impl From<&FilterParams> for ScoreParams {
    fn from(of: &FilterParams) -> Self {
        let FilterParams { from, to, rolling, campaign_id, checklist_id, version_id, q } = of.clone();
        Self { planned: None, from, to, rolling, campaign_id, checklist_id, version_id, q }
    }
}

asks_rightly!(
    FilterParams,
    ScoreParams,
    ScoresParams,
    RankingParams,
    BreakdownParams,
    MoversParams,
    QuotesParams
);

/// How many visits were planned.
#[derive(Clone, Copy, Serialize, ToSchema)]
pub struct PlannedView {
    /// Those whose window ended, or ends, on one of the days; of several tries at one visit the last one.
    #[schema(value_type = Count)]
    visits: i64,
    /// Those of them whose window is over, and of which no visit counts (yet).
    #[schema(value_type = Count)]
    missing: i64,
}

impl From<Planned> for PlannedView {
    fn from(Planned { visits, missing }: Planned) -> Self {
        Self { visits, missing }
    }
}

/// What visits say about a place.
#[derive(Serialize, ToSchema)]
pub struct ScoreView {
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
    overall: FigureView,
    /// What the score is to be in the last month of the period; missing without a target.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    target: Option<TargetView>,
    /// Whether visits were made with several versions of one checklist.
    mixes_versions: bool,
    /// How many visits were planned; null if that was not asked for, and for managers and HR, who do not learn when visits are planned.
    planned: Option<PlannedView>,
    /// The address of the list of the visits that the figure is of; for managers and HR of the reports; null for designers, who list neither.
    counted: Option<String>,
    /// How it changed against as many months or days right before; missing where either has no visits.
    change: Option<ChangeView>,
    /// How it changed against the same months or days a year before; missing where either has no visits, and for more than twelve months.
    year_change: Option<ChangeView>,
    /// For each section that has visits, in the order of checklists and keys.
    sections: Vec<SectionView>,
}

impl Rows for ScoreView {
    const ROWS: &'static [&'static str] = &["sections"];
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

impl From<Measured> for FigureView {
    fn from(Measured { visits, score, interval, statistics, insufficient }: Measured) -> Self {
        Self { visits, score, interval, statistics, insufficient }
    }
}

impl FigureView {
    fn new(shown: Shown, minimum: Minimum, spread: &Spread, number: Option<i64>) -> Self {
        Measured::new(shown, minimum, spread, number).into()
    }

    /// The same of a subject: where each visit scored all or nothing, with the interval of a proportion.
    fn of(shown: Shown, minimum: Minimum, spread: &Spread, number: Option<i64>) -> Self {
        Measured::of_subject(shown, minimum, spread, number).into()
    }

    fn measured(&self) -> Measured {
        let Self { visits, score, interval, statistics, insufficient } = *self;
        Measured { visits, score, interval, statistics, insufficient }
    }
}

/// Who reads figures of which place, and in which language.
#[derive(Clone)]
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
    /// What it is called, in the language that is wished for; null if it is not known any more.
    title: Option<String>,
    /// For this section.
    #[serde(flatten)]
    figure: FigureView,
    /// What the score is to be in the last month of the period; missing without a target.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    target: Option<TargetView>,
}

/// The score of a brand, for callers who may see all of it.
#[utoipa::path(get, path = "/v1/brands/{id}/score", params(
    ("accept-language" = Option<String>, Header, description = "The languages that are wished for (RFC 9110).", example = "fr-CH, fr;q=0.9, en;q=0.8"),
), responses((status = 200, description = "The score.", headers(
    ("Vary" = String, description = "`accept-language`."),
))))]
pub async fn brand_score(
    app: Data<App>,
    means: Data<Means>,
    caller: Allowed<ReadScores>,
    id: Path<BrandId>,
    wishes: Wishes,
    Params(wanted): Params<ScoreParams>,
) -> Result<InLanguage<Sheet<ScoreView>>> {
    let of = Reading { scope: caller.scope, place: Place::Brand(*id), wishes };
    score(&app, means, of, wanted).await
}

/// The score of a region with all below it.
#[utoipa::path(get, path = "/v1/regions/{id}/score", params(
    ("accept-language" = Option<String>, Header, description = "The languages that are wished for (RFC 9110).", example = "fr-CH, fr;q=0.9, en;q=0.8"),
), responses((status = 200, description = "The score.", headers(
    ("Vary" = String, description = "`accept-language`."),
))))]
pub async fn region_score(
    app: Data<App>,
    means: Data<Means>,
    caller: Allowed<ReadScores>,
    id: Path<RegionId>,
    wishes: Wishes,
    Params(wanted): Params<ScoreParams>,
) -> Result<InLanguage<Sheet<ScoreView>>> {
    let of = Reading { scope: caller.scope, place: Place::Region(*id), wishes };
    score(&app, means, of, wanted).await
}

/// The score of a branch.
#[utoipa::path(get, path = "/v1/branches/{id}/score", params(
    ("accept-language" = Option<String>, Header, description = "The languages that are wished for (RFC 9110).", example = "fr-CH, fr;q=0.9, en;q=0.8"),
), responses((status = 200, description = "The score.", headers(
    ("Vary" = String, description = "`accept-language`."),
))))]
pub async fn branch_score(
    app: Data<App>,
    means: Data<Means>,
    caller: Allowed<ReadScores>,
    id: Path<BranchId>,
    wishes: Wishes,
    Params(wanted): Params<ScoreParams>,
) -> Result<InLanguage<Sheet<ScoreView>>> {
    let of = Reading { scope: caller.scope, place: Place::Branch(*id), wishes };
    score(&app, means, of, wanted).await
}

async fn score(
    app: &App,
    means: Data<Means>,
    Reading { scope, place, wishes }: Reading,
    params: ScoreParams,
) -> Result<InLanguage<Sheet<ScoreView>>> {
    let view = score_view(app, means, Reading { scope, place, wishes }, params).await?;
    Ok(InLanguage { language: None, answer: Sheet(view) })
}

/// A score as it is answered.
async fn score_view(
    app: &App,
    means: Data<Means>,
    Reading { scope, place, wishes }: Reading,
    params: ScoreParams,
) -> Result<ScoreView> {
    let wanted = params.asked().wanted(USUALLY, app.clock.now())?;
    let (of, known) = (wanted.clone(), Data::clone(&means));
    let with_planned = params.planned == Some(true);
    let read = move |conn: &mut _| score::score(conn, &known, &scope, (place, &of), with_planned);
    let score = app.db.snapshot(read).await?;
    let reader = (wishes, score.languages.clone());
    let titles =
        Titles::of(&app.db, &means.versions, score.figures.place.brand, score.subjects(), reader).await?;
    Ok(ScoreView::new(&wanted, score, &titles))
}

impl ScoreView {
    fn new(wanted: &Wanted, Score { figures, planned, .. }: Score, titles: &Titles) -> Self {
        let Figures { place, now, mixes_versions, before, year_before, lent, targets } = figures;
        let seen = place;
        let Visible { place, minimum, .. } = seen;
        let aim = |subject: &Subject| targets.at(place, subject, wanted.touched().to());
        let spread = |subject: &Subject| lent.spread(subject, place.extent(), wanted.months());
        let figure = |shown, spread| FigureView::new(shown, minimum, &spread, lent.number(&spread));
        let (mut overall, mut sections) = (Shown::default(), Vec::new());
        for (subject, shown) in now {
            let (spread, aim, title) = (spread(&subject), aim(&subject), titles.say(&subject));
            match subject {
                Subject::Overall => overall = shown,
                Subject::Section { checklist: checklist_id, key: section } => {
                    let figure = figure(shown, spread);
                    let target = TargetView::of(aim, &figure);
                    sections.push(SectionView { checklist_id, section, title, figure, target });
                }
                _ => {}
            }
        }
        let (spread, (from, to)) = (spread(&Subject::Overall), wanted.days.bounds());
        let of_all = figure(overall, spread);
        Self {
            place_id: place.id(),
            kind: place.kind(),
            from,
            to,
            target: TargetView::of(aim(&Subject::Overall), &of_all),
            overall: of_all,
            mixes_versions,
            planned: planned.map(PlannedView::from),
            counted: counted(&seen, place, wanted, &Subject::Overall),
            change: ChangeView::between(before, overall.sums, minimum, &spread),
            year_change: ChangeView::between(year_before, overall.sums, minimum, &spread),
            sections,
        }
    }
}
