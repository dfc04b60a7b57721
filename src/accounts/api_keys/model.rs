//! What is kept of API keys.

use diesel::{Identifiable, Insertable, Queryable, Selectable};

use crate::{
    accounts::model::{Grant, GrantScope, Role},
    db::{
        schema::api_key,
        types::{Instant, Sha256},
    },
    ids::{AccountId, ApiKeyId, BranchId, BrandId, RegionId},
};

/// A key ends so long after it was made at the latest, in seconds: 366 days.
pub const LONGEST: i64 = 366 * 86_400;
/// An account has so many keys at most that are neither revoked nor expired.
pub const MOST_KEYS: i64 = 50;

/// A key by which programs read in the name of an account. It never changes, but that it is used and revoked.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Identifiable, Insertable)]
#[diesel(table_name = api_key, treat_none_as_default_value = false)]
pub struct ApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// In whose name it reads.
    pub account_id: AccountId,
    /// What to call it.
    pub name: String,
    /// By which role of the account it reads.
    pub role: Role,
    /// The brand that it reads of; all of them if none is named.
    pub brand_id: Option<BrandId>,
    /// The region of the brand.
    pub region_id: Option<RegionId>,
    /// The branch of the brand.
    pub branch_id: Option<BranchId>,
    /// The hash of its secret.
    pub hash: Sha256,
    /// When it ends.
    pub expires_at: Instant,
    /// The minute in which it was last used.
    pub used_at: Option<Instant>,
    /// When it was revoked.
    pub revoked_at: Option<Instant>,
    /// Counts changes, for the ledger.
    pub revision: i64,
    /// When it was made.
    pub created_at: Instant,
}

impl ApiKey {
    /// Over what it reads.
    pub const fn scope(&self) -> GrantScope {
        GrantScope { brand_id: self.brand_id, region_id: self.region_id, branch_id: self.branch_id }
    }
}

/// A key that may be used now, and what it may.
#[derive(Clone, Debug)]
pub struct ApiKeyInUse {
    /// The key.
    pub key: ApiKey,
    /// Counts what the account was given and lost.
    pub grants_version: i64,
    /// What is left of the key's role and scope by what the account has been granted: one grant, or none.
    pub grants: Vec<Grant>,
    /// All that the account has been granted: what its person is not to know, its keys do not show either.
    pub of_account: Vec<Grant>,
}
