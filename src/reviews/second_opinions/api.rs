//! The addresses of second opinions.

use actix_web::web::{Data, Json, Path};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::{
    agreement::{Agreement, CLASSES, Table},
    give::{self, Give},
    model::{SecondOpinion, Verdict},
    reckon::reckon,
    store::{self, OpinionFilter},
};
use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::{ReadSecondOpinions, ReviewVisits},
    app::App,
    calendar::{self, Day},
    db::types::Instant,
    error::Result,
    http::{
        input::{Input, Params},
        listed::Listed,
        page::Listing,
        sheet::Rows,
    },
    ids::{AccountId, BrandId, VisitId},
    limits::{Count, PlainLines, Whole},
    visits::state::State,
};

/// What a second reviewer finds of a visit.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GiveOpinion {
    /// What they would have decided.
    decision: Verdict,
    /// Why; it is needed unless the visit is approved. For the desk alone.
    reason: Option<PlainLines<1, 2_000>>,
}

impl Rows for SecondOpinionView {}

/// What two reviewers found of one visit.
#[derive(Serialize, ToSchema)]
pub struct SecondOpinionView {
    visit_id: VisitId,
    brand_id: BrandId,
    /// The state that the first decision led to.
    first_state: State,
    /// Who made it; null if the visit was approved by lot.
    first_reviewer_id: Option<AccountId>,
    /// The state that the second reviewer would have brought it to.
    state: Option<State>,
    /// Who that was.
    reviewer_id: Option<AccountId>,
    reason: Option<String>,
    /// Whether the two found the same.
    agrees: Option<bool>,
    /// When it was asked for.
    asked_at: Instant,
    given_at: Option<Instant>,
}

impl From<SecondOpinion> for SecondOpinionView {
    fn from(opinion: SecondOpinion) -> Self {
        Self {
            agrees: opinion.agrees(),
            visit_id: opinion.visit_id,
            brand_id: opinion.brand_id,
            first_state: opinion.first_state,
            first_reviewer_id: opinion.first_reviewer_id,
            state: opinion.state,
            reviewer_id: opinion.reviewer_id,
            reason: opinion.reason,
            asked_at: opinion.created_at,
            given_at: opinion.given_at,
        }
    }
}

/// Say what the caller finds of a visit that another reviewer has decided about: `GET /v1/reviews?second_opinion=true` lists
/// those that are wanted, without the decision. The visit stays as it is. The same again is the same answer.
#[utoipa::path(put, path = "/v1/visits/{id}/review/second-opinion", responses(
    (status = 200, description = "It is kept; now the first decision is shown as well."),
    (status = 403, description = "`forbidden`: the caller made the visit, or decided about it."),
    (status = 409, description = "`wrong_state`: none is wanted of this visit. `conflict`: it was given already."),
))]
pub async fn give_second_opinion(
    app: Data<App>,
    caller: Allowed<ReviewVisits>,
    id: Path<VisitId>,
    Input(GiveOpinion { decision, reason }): Input<GiveOpinion>,
) -> Result<Json<SecondOpinionView>> {
    let give = Give { visit: id.into_inner(), verdict: decision, reason: reason.map(String::from) };
    let now = app.clock.now();
    let given = app.db.write(move |conn| give::give(conn, &caller.scope, &give, now)).await?;
    Ok(Json(given.into()))
}

/// Which second opinions.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OpinionParams {
    /// Only those about visits of this brand.
    brand_id: Option<BrandId>,
    /// Only those that agree with the first decision (`true`), or that do not (`false`).
    agrees: Option<bool>,
}

/// Second opinions that were given, the newest first: a desk looks at those that do not agree.
#[utoipa::path(get, path = "/v1/second-opinions", responses((status = 200, description = "A page of them.")))]
pub async fn list_second_opinions(
    caller: Allowed<ReadSecondOpinions>,
    Listing(OpinionParams { brand_id, agrees }, page): Listing<OpinionParams>,
) -> Result<Listed<SecondOpinionView>> {
    let filter = OpinionFilter { brand: brand_id, agrees };
    let read = move |conn: &mut _, after: Option<(Option<Instant>, VisitId)>, rows| {
        let after = after.and_then(|(given_at, visit)| Some((given_at?, visit)));
        store::given(conn, &caller.scope, filter, after, rows)
    };
    page.list_views(read, SecondOpinionView::from, |one| (one.given_at, one.visit_id)).await
}

/// Which days.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AgreementParams {
    /// The first day (UTC) on which second opinions were given that count; if left out, 365 days before the last.
    #[param(inline)]
    from: Option<Day>,
    /// The last day; if left out, today.
    #[param(inline)]
    to: Option<Day>,
}

/// Basis points from −10000 to 10000.
type Correlation = Whole<-10_000, 10_000>;

/// How far reviewers agree about the visits of a brand: what the first decided beside what the second found, who did not know
/// it. All shares are in basis points.
#[derive(Serialize, ToSchema)]
pub struct AgreementView {
    /// Of how many visits two reviewers said what they found.
    #[schema(value_type = Count)]
    visits: i64,
    /// The share of visits of which both found the same; null without visits.
    #[schema(value_type = Option<Whole<0, 10_000>>)]
    observed_bp: Option<i32>,
    /// The share that would come of chance; null without visits.
    #[schema(value_type = Option<Whole<0, 10_000>>)]
    expected_bp: Option<i32>,
    /// Cohen's κ (1960): 10000 if both always found the same, 0 if no more often than by chance. Null without visits, and where
    /// both found one and the same of every visit.
    #[schema(value_type = Option<Correlation>)]
    kappa_bp: Option<i32>,
    /// Its interval of 95 %, by the standard error of Fleiss, Cohen and Everitt (1969): the lower and the upper end. Null where
    /// there is no κ, or where the standard error is zero.
    #[schema(value_type = Option<Vec<Correlation>>, min_items = 2, max_items = 2)]
    interval_bp: Option<[i32; 2]>,
    /// How often the first decision and the second opinion were what.
    #[schema(max_items = 9)]
    pairs: Vec<PairView>,
}

/// How often two decisions met.
#[derive(Serialize, ToSchema)]
pub struct PairView {
    /// The first decision.
    first: Verdict,
    /// The second opinion.
    second: Verdict,
    #[schema(value_type = Count)]
    visits: i64,
}

impl AgreementView {
    fn of(table: &Table) -> Self {
        let Agreement { visits, observed, expected, kappa, interval } = Agreement::of(table);
        let pair = |(row, column): (usize, usize)| {
            let (first, second) = (*Verdict::ALL.get(row)?, *Verdict::ALL.get(column)?);
            let visits = table[row][column];
            (visits > 0).then_some(PairView { first, second, visits })
        };
        let all = (0..CLASSES).flat_map(|row| (0..CLASSES).map(move |column| (row, column)));
        Self {
            visits,
            observed_bp: observed,
            expected_bp: expected,
            kappa_bp: kappa,
            interval_bp: interval.map(|(from, to)| [from, to]),
            pairs: all.filter_map(pair).collect(),
        }
    }
}

/// How far reviewers agree about the visits of a brand.
#[utoipa::path(get, path = "/v1/brands/{id}/agreement", responses((status = 200, description = "The agreement.")))]
pub async fn reviewers_agreement(
    app: Data<App>,
    caller: Allowed<ReadSecondOpinions>,
    id: Path<BrandId>,
    Params(params): Params<AgreementParams>,
) -> Result<Json<AgreementView>> {
    let (brand, (from, to)) = (id.into_inner(), calendar::span(params.from, params.to, app.clock.now())?);
    let table = app.db.read(move |conn| reckon(conn, &caller.scope, brand, from, to)).await?;
    Ok(Json(AgreementView::of(&table)))
}
