//! The addresses of grants.

use actix_web::web::{Data, Path};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use super::require_operator;
use crate::{
    accounts::{
        caller::Allowed,
        grants,
        model::{Grant, GrantScope, Role},
        policy::permit::ManageAccounts,
    },
    app::App,
    error::Result,
    http::{
        answer::{Kept, NoContent},
        input::Input,
    },
    ids::{AccountId, GrantId},
    precondition::Put,
};

/// One role over one scope.
#[derive(Serialize, ToSchema)]
pub struct GrantView {
    id: GrantId,
    role: Role,
    scope: GrantScope,
}

impl GrantView {
    pub(super) fn is_of_shopper(&self) -> bool {
        self.role == Role::Shopper
    }
}

impl From<Grant> for GrantView {
    fn from(grant: Grant) -> Self {
        Self { id: grant.id, role: grant.role, scope: grant.scope }
    }
}

/// What an account is to be granted.
#[derive(Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutGrant {
    /// The role.
    role: Role,
    /// Over what; empty for the whole operator.
    #[serde(default, deserialize_with = "crate::strict::or_default")]
    #[schema(default = json!({}), nullable = true)]
    scope: GrantScope,
}

/// Give an account a role over a scope. A grant never changes: take it back and give another.
#[utoipa::path(put, path = "/v1/accounts/{id}/grants/{grant_id}", responses(
    (status = 200, description = "It was there already."),
    (status = 201, description = "Granted."),
    (status = 409, description = "`conflict`: another grant has this id."),
))]
pub async fn put_grant(
    app: Data<App>,
    caller: Allowed<ManageAccounts>,
    ids: Path<(AccountId, GrantId)>,
    Input(put): Input<PutGrant>,
) -> Result<Kept<GrantView>> {
    require_operator(&caller)?;
    let ((whose, id), now) = (ids.into_inner(), app.clock.now());
    let (by, grant) = (Some(caller.account()), Grant { id, role: put.role, scope: put.scope });
    let stored = app.db.write(move |conn| grants::give(conn, by, whose, &grant, now)).await?;
    if stored.put == Put::Make {
        note(&caller, whose, &stored.thing, "a grant was given");
    }
    Ok(Kept { made: stored.put == Put::Make, thing: stored.thing.into() })
}

/// Take a grant back, with effect at the next request. What a shopper had begun can still be sent for 30 days, from the
/// end of the grant or of the last window that they had.
#[utoipa::path(delete, path = "/v1/accounts/{id}/grants/{grant_id}", responses(
    (status = 204, description = "It is taken back."),
    (status = 409, description = "`last_administrator`: nobody would be left who decides who may do what."),
))]
pub async fn delete_grant(
    app: Data<App>,
    caller: Allowed<ManageAccounts>,
    ids: Path<(AccountId, GrantId)>,
) -> Result<NoContent> {
    require_operator(&caller)?;
    let ((whose, id), by, now) = (ids.into_inner(), Some(caller.account()), app.clock.now());
    let grant = app.db.write(move |conn| grants::take_back(conn, by, whose, id, now)).await?;
    note(&caller, whose, &grant, "a grant was taken back");
    Ok(NoContent)
}

/// The log says who changed whose rights, and how.
fn note(by: &Allowed<ManageAccounts>, whose: AccountId, grant: &Grant, what: &str) {
    let Grant { id, role, scope: GrantScope { brand_id, region_id, branch_id } } = grant;
    tracing::info!(
        by = %by.account(),
        %whose,
        grant = %id,
        %role,
        brand = brand_id.map(display),
        region = region_id.map(display),
        branch = branch_id.map(display),
        "{what}"
    );
}
