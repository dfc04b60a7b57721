//! The addresses of recognition: what is recognised in the branches of a brand or of a region.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::web::{Data, Json, Path};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::{Validate, ValidationError, ValidationErrors};

use super::{
    model::is_mastered,
    read::{self, Recognised},
};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::{Scope, permit::ReadScores},
    actions::compliance::{ComplianceView, MONTHS, MOST_VISITS, by_standard, together, versions_of},
    app::App,
    checklists::{
        cache::Versions,
        standards::{self, model::Standard},
        text::Text,
    },
    db::types::Instant,
    error::{Error, FieldError, Result, if_there},
    http::{
        dear::{Dear, DearLimits},
        input::Params,
    },
    ids::{BranchId, BrandId, RegionId, StandardId},
    limits::{BasisPoints, Count, Ordinal},
    months::{Month, Period},
    scores::{
        model::{Place, PlaceId, PlaceKind},
        shown::Shown,
        statistics::{Difference, Interval, Moved, Proportion, Rank, Ranked},
        store::Standing,
    },
    visits,
};

/// The longest period, in months.
const LONGEST: i32 = 120;
/// The period if none is named: so many months.
const USUALLY: i32 = 3;

/// Which months count for the best and for those that improved, both ends included.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RecognitionParams {
    /// The first month; if left out, the one that makes three months. There may be 120 months from the first to the last, both
    /// included.
    from: Option<Month>,
    /// The last month; if left out, the last one of the last quarter that is over (UTC).
    to: Option<Month>,
}

/// Two months that are both given make a period.
impl Validate for RecognitionParams {
    fn validate(&self) -> std::result::Result<(), ValidationErrors> {
        let Some((from, to)) = self.from.zip(self.to) else { return Ok(()) };
        let Err(why) = period(from, to) else { return Ok(()) };
        let mut wrong = ValidationErrors::new();
        wrong.add("from", ValidationError::new("range").with_message(why.into()));
        Err(wrong)
    }
}

impl RecognitionParams {
    fn period(self, now: Instant) -> Result<Period> {
        let present = Month::of(now, &TimeZone::UTC);
        let to = self.to.or_else(|| present.quarter_end().plus(-USUALLY)).unwrap_or(present);
        let from = self.from.or_else(|| to.plus(1 - USUALLY)).unwrap_or(to);
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

/// What is recognised in the branches of a place. A list is null as long as the brand has not switched it on, and empty where
/// nothing can be recognised.
#[derive(Serialize, ToSchema)]
pub struct RecognitionView {
    /// The brand or the region.
    place_id: PlaceId,
    /// Which of them.
    kind: PlaceKind,
    /// The first month that counts.
    from: Month,
    /// The last month that counts.
    to: Month,
    /// The number of the brand's statistics by which the best branch and the most improved ones were found; null if there are none, or
    /// neither list is switched on.
    #[schema(value_type = Option<Ordinal>)]
    statistics: Option<i64>,
    /// The branches that may hold the first rank: one alone if it is surely better than all others, and else all of which none is
    /// surely better, the one with the highest score first.
    best_branch: Option<Vec<BestBranch>>,
    /// The branches whose score rose beyond chance since as many months right before, and of which no other branch surely rose more, the
    /// greatest change first. How many branches were compared is taken into account: of the branches that rose beyond chance, at most 2.5 % did so
    /// by chance (Benjamini and Hochberg, on one side).
    most_improved: Option<Vec<ImprovedBranch>>,
    /// The branches that have mastered standards, in the order of their codes. Of each branch at most the 200 newest visits of the
    /// last twelve months count, and only if their reports are out; the months that are asked for have no part in it.
    standard_mastered: Option<Vec<MasterBranch>>,
}

/// A branch that may hold the first rank.
#[derive(Serialize, ToSchema)]
pub struct BestBranch {
    /// The branch.
    branch_id: BranchId,
    /// What the brand knows it by.
    code: String,
    /// What it is called.
    name: String,
    /// Which ranks it may hold.
    rank: Option<Rank>,
    /// How many visits its score is of.
    #[schema(value_type = Count)]
    visits: i64,
    /// Its mean score in basis points.
    #[schema(value_type = Option<BasisPoints>)]
    score: Option<i32>,
    /// Where the true mean lies with 95 % confidence.
    interval: Option<Interval>,
}

impl From<Ranked<(Standing, Shown)>> for BestBranch {
    fn from(row: Ranked<(Standing, Shown)>) -> Self {
        let Ranked { key: (Standing { id: branch_id, code, name, .. }, _), sums, mean, interval, rank } = row;
        Self { branch_id, code, name, rank, visits: sums.n, score: mean, interval }
    }
}

/// A branch that improved beyond chance.
#[derive(Serialize, ToSchema)]
pub struct ImprovedBranch {
    /// The branch.
    branch_id: BranchId,
    /// What the brand knows it by.
    code: String,
    /// What it is called.
    name: String,
    /// How many visits its score is of.
    #[schema(value_type = Count)]
    visits: i64,
    /// Its mean score in basis points.
    #[schema(value_type = Option<BasisPoints>)]
    score: Option<i32>,
    /// How many visits counted before.
    #[schema(value_type = Count)]
    previous_visits: i64,
    /// What they scored, in basis points.
    #[schema(value_type = Option<BasisPoints>)]
    previous_score: Option<i32>,
    /// The score now less the one before, in basis points.
    #[schema(value_type = Difference)]
    difference: i32,
    /// With 95 % confidence the true difference is at least this (Welch).
    #[schema(value_type = Difference)]
    low: i32,
    /// At most this.
    #[schema(value_type = Difference)]
    high: i32,
}

impl From<Moved<Standing>> for ImprovedBranch {
    fn from(one: Moved<Standing>) -> Self {
        let Moved { key: Standing { id: branch_id, code, name, .. }, before, now, change } = one;
        Self {
            branch_id,
            code,
            name,
            visits: now.n,
            score: now.mean(),
            previous_visits: before.n,
            previous_score: before.mean(),
            difference: change.difference,
            low: change.low,
            high: change.high,
        }
    }
}

/// A branch that has mastered standards.
#[derive(Serialize, ToSchema)]
pub struct MasterBranch {
    /// The branch.
    branch_id: BranchId,
    /// What the brand knows it by.
    code: String,
    /// What it is called.
    name: String,
    /// The standards, in the order of their keys.
    standards: Vec<MasteredStandard>,
}

/// A standard that a branch has mastered: with 95 % confidence at least 80 % of all visits keep it.
#[derive(Serialize, ToSchema)]
pub struct MasteredStandard {
    standard_id: StandardId,
    /// What names the standard in checklists.
    key: String,
    /// What it asks for, in its languages.
    text: Text,
    /// How often the branch kept it in the last twelve months.
    compliance: ComplianceView,
}

/// What is recognised in the branches of a brand, for callers who may see all of the brand.
#[utoipa::path(get, path = "/v1/brands/{id}/recognition", responses(
    (status = 200, description = "The lists; null where the brand has not switched one on."),
    (status = 429, description = "`too_many_requests`: the account asks for too much at once."),
))]
pub async fn brand_recognition(
    app: Data<App>,
    versions: Data<Versions>,
    dear: Data<DearLimits>,
    caller: Allowed<ReadScores>,
    id: Path<BrandId>,
    Params(months): Params<RecognitionParams>,
) -> Result<Json<RecognitionView>> {
    dear.count(Dear::Recognition, caller.account())?;
    recognition(&app, &versions, caller.scope, Place::Brand(*id), months).await
}

/// What is recognised in the branches of a region, however deep, among themselves.
#[utoipa::path(get, path = "/v1/regions/{id}/recognition", responses(
    (status = 200, description = "The lists; null where the brand has not switched one on."),
    (status = 429, description = "`too_many_requests`: the account asks for too much at once."),
))]
pub async fn region_recognition(
    app: Data<App>,
    versions: Data<Versions>,
    dear: Data<DearLimits>,
    caller: Allowed<ReadScores>,
    id: Path<RegionId>,
    Params(months): Params<RecognitionParams>,
) -> Result<Json<RecognitionView>> {
    dear.count(Dear::Recognition, caller.account())?;
    recognition(&app, &versions, caller.scope, Place::Region(*id), months).await
}

async fn recognition(
    app: &App,
    versions: &Versions,
    scope: Scope,
    place: Place,
    months: RecognitionParams,
) -> Result<Json<RecognitionView>> {
    let now = app.clock.now();
    let (period, present) = (months.period(now)?, Month::of(now, &TimeZone::UTC));
    let standards_from = present.plus(1 - MONTHS).unwrap_or(present);
    let asking = scope.clone();
    let read = move |conn: &mut _| read::read(conn, &asking, place, period, standards_from, now);
    let Recognised { place, number, best, improved, masters } = app.db.snapshot(read).await?;
    let standard_mastered = match masters {
        Some(branches) => {
            let since = Since { month: standards_from, now, minimum: place.minimum.visits };
            Some(mastered(app, versions, scope, branches, since).await?)
        }
        None => None,
    };
    Ok(Json(RecognitionView {
        place_id: place.place.id(),
        kind: place.place.kind(),
        from: period.from(),
        to: period.to(),
        statistics: number,
        best_branch: best.map(|rows| rows.into_iter().map(BestBranch::from).collect()),
        most_improved: improved.map(|rows| rows.into_iter().map(ImprovedBranch::from).collect()),
        standard_mastered,
    }))
}

/// Which visits count for standards.
#[derive(Clone, Copy)]
struct Since {
    /// The first month.
    month: Month,
    /// As they are shown at this moment.
    now: Instant,
    /// So many of them at least.
    minimum: i64,
}

/// What these branches have mastered, those alone that have mastered anything. One branch after the other, so that memory does not
/// grow with their number.
async fn mastered(
    app: &App,
    versions: &Versions,
    scope: Scope,
    branches: Vec<Standing>,
    since: Since,
) -> Result<Vec<MasterBranch>> {
    let mut found: Vec<(Standing, BTreeMap<StandardId, Proportion>)> = Vec::new();
    for branch in branches {
        let id = branch.id;
        let shown = move |conn: &mut _| visits::store::shown(conn, id, since.month, MOST_VISITS, since.now);
        let visits = app.db.snapshot(shown).await?;
        let versions = versions_of(&app.db, versions, &visits).await?;
        let kept: BTreeMap<_, _> = by_standard(&visits, &versions)
            .into_iter()
            .map(|(standard, months)| (standard, together(&months, |_| true)))
            .filter(|(_, kept)| is_mastered(*kept, since.minimum))
            .collect();
        if !kept.is_empty() {
            found.push((branch, kept));
        }
    }
    let wanted: BTreeSet<StandardId> = found.iter().flat_map(|(_, kept)| kept.keys().copied()).collect();
    let catalogue = move |conn: &mut _| {
        let mut known = Vec::new();
        for id in wanted.iter().copied() {
            // A standard that is not asked for any more is no news.
            let standard = if_there(standards::store::standard(conn, &scope, id))?;
            known.extend(standard.filter(|standard| !standard.retired));
        }
        known.sort_by(|one: &Standard, other| one.key.cmp(&other.key));
        Ok(known)
    };
    let catalogue = app.db.snapshot(catalogue).await?;
    let view = |(branch, kept): (Standing, BTreeMap<StandardId, Proportion>)| {
        let standard = |standard: &Standard| {
            let compliance = ComplianceView::new(*kept.get(&standard.id)?, since.minimum);
            let (key, text) = (standard.key.clone(), standard.text.0.clone());
            Some(MasteredStandard { standard_id: standard.id, key, text, compliance })
        };
        let standards: Vec<_> = catalogue.iter().filter_map(standard).collect();
        let Standing { id: branch_id, code, name, .. } = branch;
        (!standards.is_empty()).then_some(MasterBranch { branch_id, code, name, standards })
    };
    Ok(found.into_iter().filter_map(view).collect())
}
