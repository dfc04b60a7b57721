//! The addresses of the queue.

use actix_web::web::{Data, Json};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::ClaimView;
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::ReviewVisits,
    app::App,
    db::types::Instant,
    error::{Error, FieldError, Result},
    http::{input::Params, listed::Listed, page::Listing, sheet::Rows},
    ids::{AccountId, BranchId, BrandId, CampaignId, EvidenceId, RegionId, VisitId},
    limits::{BasisPoints, Count32, LanguageTag, Percent, Whole},
    reviews::{
        counts::{self, Counts, MOST_COUNTED},
        next,
        queue::{self, ClaimedBy, Place, QueueFilter, QueueList, QueueOrder, Queued},
    },
    scores::{leniency::Effect, statistics::Difference},
    trust::model::{FlagKind, Weight},
    visits::{blind, state::State},
};

impl Rows for Waiting {}

/// A visit that waits for a decision.
#[derive(Serialize, ToSchema)]
pub struct Waiting {
    visit_id: VisitId,
    brand_id: BrandId,
    branch_id: BranchId,
    state: State,
    /// Basis points; null if nothing that was answered carries points.
    #[schema(value_type = Option<BasisPoints>)]
    score: Option<i32>,
    /// How leniently its shopper scores, beside the score, which stays as it is; null if too little is known of the shopper, and for a visit of the
    /// caller's own.
    leniency: Option<LeniencyView>,
    /// Since when it waits.
    received_at: Instant,
    /// Until when it is to be decided about, as its campaign has it (`review_hours`); until it was looked at, 72 hours after its
    /// arrival, or after the time for its files.
    review_due_at: Instant,
    /// The language in which its shopper wrote, as far as that is known.
    #[schema(value_type = Option<LanguageTag>)]
    language: Option<String>,
    /// The files that have not come, of a visit in the state `submitted`: it can be taken without them, rejected, or sent anew.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 200)]
    missing: Vec<EvidenceId>,
    /// How many things may be wrong with it; null as long as it was not looked at, and for a visit of the caller's own.
    #[schema(value_type = Option<Count32>)]
    flags: Option<i32>,
    /// How much the heaviest of them weighs; null without any.
    weight: Option<Weight>,
    /// The reviewer who has claimed the visit; null without a claim.
    reviewer_id: Option<AccountId>,
    /// Until when no other reviewer takes it up or decides about it.
    claimed_until: Option<Instant>,
    #[serde(skip)]
    place: Option<Place>,
}

/// How many basis points more a shopper scores what the average shopper would have scored: less than zero for who is strict.
#[derive(Serialize, ToSchema)]
pub struct LeniencyView {
    /// The effect, as of the last night.
    #[schema(value_type = Difference)]
    effect: i32,
    /// The lower end of its 95 % interval.
    #[schema(value_type = Difference)]
    low: i32,
    /// The upper end.
    #[schema(value_type = Difference)]
    high: i32,
}

impl From<Effect> for LeniencyView {
    fn from(Effect { effect, low, high, .. }: Effect) -> Self {
        Self { effect, low, high }
    }
}

/// How a list of the queue is shown.
#[derive(Clone, Copy)]
struct Shown {
    sort: QueueOrder,
    /// Whether it is of visits that were decided about, which the caller is not to know.
    is_blind: bool,
}

impl Waiting {
    fn of(Queued { standing, missing, flags, held, leniency }: Queued, list: Shown) -> Self {
        let (reviewer_id, claimed_until) = held.map(|held| (held.by, held.until)).unzip();
        let place = Some(standing.place(list.sort));
        let visit = standing.head;
        // Who is asked for a second opinion is not to know the first one.
        let state = if list.is_blind { blind::waiting(&visit) } else { visit.state };
        Self {
            visit_id: visit.id,
            brand_id: visit.brand_id,
            branch_id: visit.branch_id,
            state,
            score: visit.score,
            leniency: leniency.map(LeniencyView::from),
            received_at: visit.received_at,
            review_due_at: standing.review_due_at.unwrap_or(visit.received_at),
            language: standing.language,
            missing,
            flags: flags.map(|summary| summary.flags),
            weight: flags.and_then(|summary| summary.weight),
            reviewer_id,
            claimed_until,
            place,
        }
    }
}

/// Which visits of the queue.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct QueueParams {
    /// Only those of this brand.
    brand_id: Option<BrandId>,
    /// Only those to branches in this region, however deep.
    region_id: Option<RegionId>,
    /// Only those to this branch.
    branch_id: Option<BranchId>,
    /// Only those that this campaign wanted.
    campaign_id: Option<CampaignId>,
    /// Only those that wait for files (`true`), or of which all has come (`false`).
    incomplete: Option<bool>,
    /// Only those whose heaviest flag weighs this; without those that the caller made.
    #[param(inline)]
    weight: Option<Weight>,
    /// Only those that have a flag of this kind; without those that the caller made.
    #[param(inline)]
    flag: Option<FlagKind>,
    /// Only those that came before this moment.
    received_before: Option<Instant>,
    /// Only those that are to be decided about before this moment.
    due_before: Option<Instant>,
    /// Only those whose shopper wrote in this language.
    #[param(inline)]
    language: Option<LanguageTag>,
    /// Only those whose shopper's rating is this at most: the rating of `/v1/shoppers/{id}/rating`, as it was reckoned last, once
    /// a day and after each decision.
    #[param(inline)]
    highest_rating: Option<Percent>,
    /// Only those that the caller has claimed (`mine`), that another reviewer has (`others`), or that none has (`none`).
    #[param(inline)]
    claimed: Option<ClaimedBy>,
    /// Instead of those that wait for a decision, those of which a second opinion is wanted that the caller may give (`true`):
    /// they were decided about by another reviewer, and are shown as if they were not.
    second_opinion: Option<bool>,
    /// In which order: by `age` (if left out), the longest waiting first; by `risk`, the heaviest flag first, without those that
    /// the caller made; by `deadline`, those first that are to be decided about first.
    #[param(inline)]
    sort: Option<QueueOrder>,
}

impl QueueParams {
    fn list(self) -> QueueList {
        let filter = QueueFilter {
            brand: self.brand_id,
            region: self.region_id,
            branch: self.branch_id,
            campaign: self.campaign_id,
            incomplete: self.incomplete,
            weight: self.weight,
            flag: self.flag,
            received_before: self.received_before,
            due_before: self.due_before,
            language: self.language,
            highest_rating: self.highest_rating,
            claimed: self.claimed,
            of_others: false,
            second_opinion: self.second_opinion.unwrap_or_default(),
        };
        QueueList { filter, sort: self.sort.unwrap_or(QueueOrder::Age) }
    }
}

/// The queue: visits that wait for a decision, in one of three orders. A visit whose files do not come stands there after
/// the time that its campaign sets (`evidence_hours`).
#[utoipa::path(get, path = "/v1/reviews", responses((status = 200, description = "A page of the queue.")))]
pub async fn queue(
    app: Data<App>,
    caller: Allowed<ReviewVisits>,
    Listing(params, page): Listing<QueueParams>,
) -> Result<Listed<Waiting>> {
    let (list, now) = (params.list(), app.clock.now());
    let (sort, after) = (list.sort, page.key::<Place>()?);
    let shown = Shown { sort, is_blind: list.filter.second_opinion };
    if after.is_some_and(|place| place.sort != sort) {
        let other = "this cursor is of the queue in another order";
        return Err(Error::invalid(vec![FieldError::new("cursor", "unknown", other)]));
    }
    let read = move |conn: &mut _, after: Option<Option<Place>>, rows| {
        let queued = queue::queue(conn, &caller.scope, &list, after.flatten(), rows, now)?;
        Ok(queued.into_iter().map(|one| Waiting::of(one, shown)).collect())
    };
    page.of_one_state().list(read, |one: &Waiting| one.place, |waiting| waiting).await
}

/// The next visit of the queue.
#[derive(Serialize, ToSchema)]
pub struct NextVisit {
    /// What the caller has claimed now; null if nothing of the list waits.
    claimed: Option<ClaimView>,
}

/// Take up the next visit of the queue: of those that are wanted, the first in this order that no reviewer has claimed and that the
/// caller did not make. Who asks again gets another one, beside the first; `?claimed=mine` lists what the caller has.
#[utoipa::path(post, path = "/v1/reviews/next", responses(
    (status = 200, description = "It is the caller's for half an hour, if there was one."),
))]
pub async fn next_visit(
    app: Data<App>,
    caller: Allowed<ReviewVisits>,
    Params(params): Params<QueueParams>,
) -> Result<Json<NextVisit>> {
    let (list, now) = (params.list(), app.clock.now());
    if list.filter.second_opinion {
        let why = "second opinions are given without a claim: list those that are wanted";
        return Err(Error::invalid(vec![FieldError::new("second_opinion", "not_allowed", why)]));
    }
    let claimed = app.db.write(move |conn| next::next(conn, &caller.scope, list.clone(), now)).await?;
    Ok(Json(NextVisit { claimed: claimed.map(ClaimView::from) }))
}

/// Of which visits the queue is counted.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CountParams {
    /// Only of this brand.
    brand_id: Option<BrandId>,
    /// Only to branches in this region, however deep.
    region_id: Option<RegionId>,
    /// Only to this branch.
    branch_id: Option<BranchId>,
    /// Only those that this campaign wanted.
    campaign_id: Option<CampaignId>,
}

/// A figure that is counted no further.
type Counted = Whole<0, MOST_COUNTED>;

/// How many visits wait for a decision. Nothing is counted beyond 1000, so 1000 means that there are as many or more.
#[derive(Serialize, ToSchema)]
pub struct QueueCounts {
    /// By their state.
    states: StateCounts,
    /// By what their heaviest flag weighs; without those that the caller made.
    weights: WeightCounts,
    /// Those that should have been decided about by now.
    #[schema(value_type = Counted)]
    overdue: i64,
    /// By who has claimed them.
    claimed: ClaimCounts,
}

/// How many visits wait in each state.
#[derive(Serialize, ToSchema)]
pub struct StateCounts {
    /// Those of which all has come, and that no reviewer has taken up.
    #[schema(value_type = Counted)]
    complete: i64,
    /// Those that a reviewer has taken up, also if the time of the claim is over.
    #[schema(value_type = Counted)]
    in_review: i64,
    /// Those whose files do not come.
    #[schema(value_type = Counted)]
    submitted: i64,
}

/// How many visits wait whose heaviest flag weighs so much.
#[derive(Serialize, ToSchema)]
pub struct WeightCounts {
    #[schema(value_type = Counted)]
    high: i64,
    #[schema(value_type = Counted)]
    medium: i64,
    #[schema(value_type = Counted)]
    low: i64,
}

/// How many visits are claimed.
#[derive(Serialize, ToSchema)]
pub struct ClaimCounts {
    /// By the caller.
    #[schema(value_type = Counted)]
    mine: i64,
    /// By other reviewers.
    #[schema(value_type = Counted)]
    others: i64,
}

impl From<Counts> for QueueCounts {
    fn from(counts: Counts) -> Self {
        let Counts { complete, in_review, without_files, high, medium, low, overdue, mine, others } = counts;
        Self {
            states: StateCounts { complete, in_review, submitted: without_files },
            weights: WeightCounts { high, medium, low },
            overdue,
            claimed: ClaimCounts { mine, others },
        }
    }
}

/// How many visits wait for a decision, by state, by weight of their flags, by deadline and by claim.
#[utoipa::path(get, path = "/v1/reviews/counts", responses((status = 200, description = "The figures.")))]
pub async fn count_queue(
    app: Data<App>,
    caller: Allowed<ReviewVisits>,
    Params(params): Params<CountParams>,
) -> Result<Json<QueueCounts>> {
    let CountParams { brand_id, region_id, branch_id, campaign_id } = params;
    let filter = QueueFilter {
        brand: brand_id,
        region: region_id,
        branch: branch_id,
        campaign: campaign_id,
        ..QueueFilter::default()
    };
    let now = app.clock.now();
    let counts = app.db.snapshot(move |conn| counts::counts(conn, &caller.scope, &filter, now)).await?;
    Ok(Json(counts.into()))
}
