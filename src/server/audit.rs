//! Reading the audit. The rows themselves are of the ground, which knows nobody; who may read them is known here.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::{
    accounts::{
        caller::Allowed,
        policy::{Scope, permit::ReadAudit},
    },
    audit::{
        About, AuditKind, Recorded,
        api::{Look, Looking, Shown},
        store::{self, AuditFilter},
    },
    db::types::Instant,
    error::Result,
    http::{listed::Listed, page::Listing, sheet::Rows},
    ids::{AccountId, AuditId, BrandId, SubjectId},
};

/// Which rows of the audit.
#[derive(Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditParams {
    /// Only those of this kind.
    #[param(inline)]
    kind: Option<AuditKind>,
    /// Only what this account did.
    account_id: Option<AccountId>,
    /// Only what was done to the thing with this id.
    subject_id: Option<SubjectId>,
    /// Only those of this brand.
    brand_id: Option<BrandId>,
    /// Only those from this moment on.
    from: Option<Instant>,
    /// Only those before this moment.
    to: Option<Instant>,
}

impl AuditParams {
    fn filter(self, scope: &Scope) -> AuditFilter {
        let Self { kind, account_id: account, subject_id: subject, brand_id: brand, from, to } = self;
        let within = (!scope.is_operator_wide()).then(|| scope.brands());
        AuditFilter { kind, account, subject, brand, from, to, within }
    }
}

impl Rows for AuditRow {}

/// A row of the audit: ids and codes, and no names.
#[derive(Serialize, ToSchema)]
pub struct AuditRow {
    id: AuditId,
    at: Instant,
    kind: AuditKind,
    /// What kind of thing it was done to.
    about: About,
    /// What it was done to; null if to several things.
    subject_id: Option<SubjectId>,
    /// The brand that it belongs to; null if to none or to several.
    brand_id: Option<BrandId>,
    /// Who did it; null if it was done on the command line.
    account_id: Option<AccountId>,
    /// What else is known of it, by names that depend on its kind: ids, codes, numbers, times. Of a look, `operation` says what was
    /// asked for, and `shopper_ids` whom the answer showed. Of a file (`exported`), `operation` says what was asked for, `format` in which form, and
    /// `filter` with which parameters; words that were searched for are null there.
    #[schema(value_type = Object)]
    details: Value,
}

impl From<Recorded> for AuditRow {
    fn from(row: Recorded) -> Self {
        let Recorded { id, at, kind, about, subject_id, brand_id, account_id, details } = row;
        Self { id, at, kind, about, subject_id, brand_id, account_id, details: details.0 }
    }
}

/// Who did what, and who looked at a shopper's identity, the newest first. A caller whose grant is over brands sees what belongs
/// to those; one whose grant is narrower sees nothing. Reading the audit is itself written down, because it names shoppers.
#[utoipa::path(get, path = "/v1/audit", responses((status = 200, description = "A page of the audit.")))]
pub async fn list_audit(
    caller: Allowed<ReadAudit>,
    looking: Looking,
    Listing(params, page): Listing<AuditParams>,
) -> Result<Shown<Listed<AuditRow>>> {
    let (by, brand) = (caller.account(), params.brand_id.or(caller.scope.sole_brand()));
    let filter = params.filter(&caller.scope);
    let read = move |conn: &mut _, after, rows| store::entries(conn, &filter, after, rows);
    let listed = page.list_views(read, AuditRow::from, |row| (row.at, row.id)).await?;
    let look = match &listed {
        Listed::Page(page) if page.items.is_empty() => Look::list(brand, []),
        _ => Look::whole_list(brand),
    };
    looking.show(by, look, listed).await
}
