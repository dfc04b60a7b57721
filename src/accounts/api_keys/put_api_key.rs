//! Making an API key.

use super::{
    model::{ApiKey, LONGEST, MOST_KEYS},
    store,
};
use crate::{
    accounts::{
        model::{GrantScope, Role},
        policy::{Permission, Scope},
        store::grants,
    },
    audit::{self, About, AuditKind, Details, Entry},
    db::{
        Conn,
        types::{Instant, Sha256},
    },
    error::{Code, Error, FieldError, Result},
    ids::{AccountId, ApiKeyId},
    precondition::{Put, Stored},
};

/// What a key is to be.
#[derive(Clone, Debug)]
pub struct NewApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// What to call it.
    pub name: String,
    /// By which role of its account it reads; by the first that reaches so far, if none is named.
    pub role: Option<Role>,
    /// Over what.
    pub scope: GrantScope,
    /// When it ends.
    pub expires_at: Instant,
    /// The hash of its secret.
    pub hash: Sha256,
}

impl NewApiKey {
    /// Whether it asks for what there is.
    fn is(&self, old: &ApiKey) -> bool {
        let role = self.role.unwrap_or(old.role);
        (role, self.scope, self.expires_at) == (old.role, old.scope(), old.expires_at)
            && self.name == old.name
    }
}

/// Makes a key for the caller's own account. The same again changes nothing: the key keeps its first secret.
///
/// # Errors
/// `invalid` with what is wrong with it; `not_found` if no role of the caller's reaches so far; `conflict` if another key had its id,
/// or the caller has too many.
pub fn put_api_key(conn: &mut Conn, scope: &Scope, new: NewApiKey, now: Instant) -> Result<Stored<ApiKey>> {
    let wrong = new.scope.check();
    if !wrong.is_empty() {
        return Err(Error::invalid(wrong));
    }
    let may = Permission::KeepApiKeys.roles();
    let held = grants(conn, scope.account)?.into_iter().filter(|grant| may.contains(&grant.role));
    let held: Vec<_> = held.filter(|grant| new.role.is_none_or(|role| role == grant.role)).collect();
    if held.is_empty() {
        let wrong = FieldError::new("/role", "unknown", "no role of yours by which figures are read");
        return Err(Error::invalid(vec![wrong]));
    }
    let grant = store::first_over(conn, held, new.scope)?;
    let grant = grant.ok_or_else(|| Error::new(Code::NotFound).detail("no role of yours reaches so far"))?;
    if let Some(old) = store::with_id(conn, new.id)? {
        let is_own = old.account_id == scope.account && old.revoked_at.is_none();
        return match is_own && new.is(&old) {
            true => Ok(Stored { put: Put::Keep, thing: old }),
            false => Err(Error::new(Code::Conflict).detail("another key has this id, or had it")),
        };
    }
    if !(now.micros() + 1..=now.plus_seconds(LONGEST).micros()).contains(&new.expires_at.micros()) {
        let why = "a moment to come, at most 366 days from now";
        return Err(Error::invalid(vec![FieldError::new("/expires_at", "range", why)]));
    }
    if store::count_living(conn, scope.account, now)? >= MOST_KEYS {
        let why = format!("an account has {MOST_KEYS} keys at most: revoke one");
        return Err(Error::new(Code::Conflict).detail(why));
    }
    let GrantScope { brand_id, region_id, branch_id } = new.scope;
    let key = ApiKey {
        id: new.id,
        account_id: scope.account,
        name: new.name,
        role: grant.role,
        brand_id,
        region_id,
        branch_id,
        hash: new.hash,
        expires_at: new.expires_at,
        used_at: None,
        revoked_at: None,
        revision: 1,
        created_at: now,
    };
    let made = store::insert(conn, &key);
    made.map_err(|error| error.pointing("/scope", "there is no such place in that brand"))?;
    audit::record(conn, entry(AuditKind::ApiKeyMade, &key, Some(scope.account)), now)?;
    Ok(Stored { put: Put::Make, thing: key })
}

/// What the audit says of a step with a key.
pub(super) fn entry(kind: AuditKind, key: &ApiKey, by: Option<AccountId>) -> Entry {
    let details = Details::default()
        .id("of_account_id", key.account_id)
        .code("role", key.role.as_str())
        .id("region_id", key.region_id)
        .id("branch_id", key.branch_id)
        .moment("expires_at", Some(key.expires_at));
    Entry::new(kind, (About::ApiKey, key.id), key.revision).by(by).of(key.brand_id).with(details)
}
