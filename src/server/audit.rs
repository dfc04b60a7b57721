//! Reading the audit. The rows themselves are of the ground, which knows nobody; who may read them is known here.

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::{
    accounts::{
        api_keys,
        caller::Allowed,
        policy::{Scope, permit::ReadAudit},
    },
    audit::{
        API_KEY_ID, About, AuditKind, Recorded,
        api::{Look, Looking, Shown},
        store::{self, AuditFilter},
    },
    db::{Conn, pieces::pieces, types::Instant},
    error::Result,
    http::{listed::Listed, page::Listing, sheet::Rows},
    ids::{AccountId, ApiKeyId, AuditId, BrandId, SubjectId},
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

/// A row of the audit: ids and codes, and no names but that of an API key.
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
    /// By which API key it was done; null if by none.
    api_key_id: Option<ApiKeyId>,
    /// What that key is called.
    api_key_name: Option<String>,
    /// What else is known of it, by names that depend on its kind: ids, codes, numbers, times. Of a look, `operation` says what was
    /// asked for, and `shopper_ids` whom the answer showed. Of a file (`exported`), `operation` says what was asked for, `format` in which form, and
    /// `filter` with which parameters; words that were searched for are null there. A table of OData has the form `odata`, and texts in its expressions are dots.
    #[schema(value_type = Object)]
    details: Value,
}

/// A row as it is kept, with the API key by which it was done and what that is called.
type Keyed = (Recorded, Option<(ApiKeyId, Option<String>)>);

/// The same rows, each with its API key.
fn keyed(conn: &mut Conn, rows: Vec<Recorded>) -> Result<Vec<Keyed>> {
    let key = |row: &Recorded| row.details.0.get(API_KEY_ID)?.as_str()?.parse::<ApiKeyId>().ok();
    let keys: BTreeSet<_> = rows.iter().filter_map(key).collect();
    let mut names = Vec::new();
    for some in pieces(keys) {
        names.extend(api_keys::store::names(conn, some)?);
    }
    let names: HashMap<_, _> = names.into_iter().collect();
    let named = |row: Recorded| {
        let key = key(&row).map(|key| (key, names.get(&key).cloned()));
        (row, key)
    };
    Ok(rows.into_iter().map(named).collect())
}

impl From<Keyed> for AuditRow {
    fn from((row, key): Keyed) -> Self {
        let Recorded { id, at, kind, about, subject_id, brand_id, account_id, mut details } = row;
        if let Some(details) = details.0.as_object_mut() {
            details.remove(API_KEY_ID);
        }
        let (api_key_id, api_key_name) = key.map_or((None, None), |(id, name)| (Some(id), name));
        let details = details.0;
        Self { id, at, kind, about, subject_id, brand_id, account_id, api_key_id, api_key_name, details }
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
    let read = move |conn: &mut Conn, after, rows| {
        let found = store::entries(conn, &filter, after, rows)?;
        keyed(conn, found)
    };
    let listed = page.list_views(read, AuditRow::from, |row| (row.at, row.id)).await?;
    let look = match &listed {
        Listed::Page(page) if page.items.is_empty() => Look::list(brand, []),
        _ => Look::whole_list(brand),
    };
    looking.show(by, look, listed).await
}
