//! The address of what appeals came to.

use actix_web::web::{Data, Path};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::ReadAppealOutcomes,
    app::App,
    appeals::{
        outcomes::{Group, OutcomesBy, outcomes},
        store,
    },
    audit::api::{Look, Looking, Shown},
    calendar::{self, Day},
    checklists::key::Key,
    error::Result,
    http::{listed::Listed, page::Listing, sheet::Rows},
    ids::{AccountId, BranchId, BrandId, ChecklistId},
    limits::{BasisPoints, Count},
    places,
    scores::statistics::Proportion,
};

/// So many of the newest appeals of the days are counted at the most.
const MOST_APPEALS: i64 = 20_000;

/// Which outcomes.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OutcomeParams {
    /// By what they are grouped.
    #[param(inline)]
    by: OutcomesBy,
    /// The first day (UTC) on which appeals were decided about that count; if left out, 365 days before the last.
    #[param(inline)]
    from: Option<Day>,
    /// The last day; if left out, today.
    #[param(inline)]
    to: Option<Day>,
}

impl Rows for AppealOutcome {}

/// How many answers appeals objected to, and how many of them were corrected.
#[derive(Serialize, ToSchema)]
pub struct AppealOutcome {
    /// The reviewer who had approved the visits; null but by reviewer.
    reviewer_id: Option<AccountId>,
    /// Who made the visits; null but by shopper.
    shopper_id: Option<AccountId>,
    /// The branch; null but by branch.
    branch_id: Option<BranchId>,
    /// The checklist; null but by question.
    checklist_id: Option<ChecklistId>,
    /// The question of the checklist; null but by question.
    question: Option<Key>,
    /// How many answers were objected to.
    #[schema(value_type = Count)]
    appealed: i64,
    /// How many of them were corrected.
    #[schema(value_type = Count)]
    upheld: i64,
    /// Their share, in basis points.
    #[schema(value_type = Option<BasisPoints>)]
    share: Option<i64>,
    /// Where the true share lies with 95 % confidence (Wilson): at least this.
    #[schema(value_type = Option<BasisPoints>)]
    low: Option<i64>,
    /// At most this.
    #[schema(value_type = Option<BasisPoints>)]
    high: Option<i64>,
}

impl AppealOutcome {
    fn new(by: OutcomesBy, ((id, question), sum): (Group, Proportion)) -> Self {
        let (low, high) = sum.interval().unzip();
        let is = |wanted: OutcomesBy| by == wanted;
        Self {
            reviewer_id: is(OutcomesBy::Reviewer).then_some(AccountId::new(id)),
            shopper_id: is(OutcomesBy::Shopper).then_some(AccountId::new(id)),
            branch_id: is(OutcomesBy::Branch).then_some(BranchId::new(id)),
            checklist_id: is(OutcomesBy::Question).then_some(ChecklistId::new(id)),
            question,
            appealed: sum.n,
            upheld: sum.hits,
            share: sum.share(),
            low,
            high,
        }
    }
}

/// How often appeals of a brand corrected answers, by reviewer, shopper, question or branch, in the order of their ids. Of the days'
/// newest 20,000 appeals.
#[utoipa::path(get, path = "/v1/brands/{id}/appeal-outcomes", responses((status = 200, description = "A page of them.")))]
pub async fn list_appeal_outcomes(
    app: Data<App>,
    caller: Allowed<ReadAppealOutcomes>,
    looking: Looking,
    id: Path<BrandId>,
    Listing(OutcomeParams { by, from, to }, page): Listing<OutcomeParams>,
) -> Result<Shown<Listed<AppealOutcome>>> {
    let (brand, part) = (id.into_inner(), page.part()?);
    let (span, account) = (calendar::span(from, to, app.clock.now())?, caller.account());
    let decided = move |conn: &mut _| {
        places::store::brand(conn, &caller.scope, brand)?;
        store::decided(conn, &caller.scope, brand, span, MOST_APPEALS)
    };
    let groups = part.of(outcomes(&app.db.read(decided).await?, by));
    let listed = page.listed(part, groups.map(|one| AppealOutcome::new(by, one)).collect())?;
    // Of other groups than shoppers a file shows no shopper either.
    let look = match by {
        OutcomesBy::Shopper => Look::listed(brand, &listed, |one| one.shopper_id),
        _ => Look::list(brand, []),
    };
    looking.show(account, look, listed).await
}
