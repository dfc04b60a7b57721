//! The addresses of claims.

use actix_web::web::{Data, Json, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::{
    accounts::caller::Allowed,
    accounts::policy::permit::ReviewVisits,
    app::App,
    db::types::Instant,
    error::Result,
    http::{idempotency::IdempotencyKey, input::Input},
    ids::{AccountId, VisitId},
    reviews::claim::{self, Claimed},
    visits::state::State,
};

/// Which reviewer works on a visit.
#[derive(Serialize, ToSchema)]
pub struct ClaimView {
    visit_id: VisitId,
    state: State,
    /// The reviewer who has claimed the visit; null without a claim.
    reviewer_id: Option<AccountId>,
    /// Until when no other reviewer takes it up or decides about it.
    claimed_until: Option<Instant>,
}

impl From<Claimed> for ClaimView {
    fn from(Claimed { visit, held }: Claimed) -> Self {
        let (reviewer_id, claimed_until) = held.map(|held| (held.by, held.until)).unzip();
        Self { visit_id: visit.id, state: visit.state, reviewer_id, claimed_until }
    }
}

/// Take a visit up for half an hour, so that no other reviewer works on it. Of several who ask at once, one gets it. To claim it
/// again renews that, when half of the time is over.
#[utoipa::path(post, path = "/v1/visits/{id}/review/claim", responses(
    (status = 200, description = "It is the caller's."),
    (status = 409, description = "`claimed_by_another`: another reviewer works on it. `wrong_state`: it was decided about."),
))]
pub async fn claim_visit(
    app: Data<App>,
    caller: Allowed<ReviewVisits>,
    id: Path<VisitId>,
) -> Result<Json<ClaimView>> {
    let (id, now) = (id.into_inner(), app.clock.now());
    let claimed = app.db.write(move |conn| claim::claim(conn, &caller.scope, id, now)).await?;
    Ok(Json(claimed.into()))
}

/// What becomes of a claim.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseClaim {
    /// The reviewer to whom the visit is handed over; if left out, every reviewer may take it up.
    reviewer_id: Option<AccountId>,
}

/// Give a visit back that the caller has taken up, or hand it over to another reviewer, who has it for half an hour from now on.
/// The same again is the same answer.
#[utoipa::path(post, path = "/v1/visits/{id}/review/release-claim", responses(
    (status = 200, description = "It is not the caller's any more."),
    (status = 409, description = "`claimed_by_another`: another reviewer works on it. `wrong_state`: no reviewer has claimed it. `conflict`: something else was asked under this `Idempotency-Key`."),
))]
pub async fn release_claim(
    app: Data<App>,
    caller: Allowed<ReviewVisits>,
    id: Path<VisitId>,
    key: IdempotencyKey,
    Input(ReleaseClaim { reviewer_id }): Input<ReleaseClaim>,
) -> Result<Json<ClaimView>> {
    let (id, now) = (id.into_inner(), app.clock.now());
    let release = move |conn: &mut _| claim::release(conn, &caller.scope, id, reviewer_id, key.0, now);
    Ok(Json(app.db.write(release).await?.into()))
}
