//! The statements about API keys.

use std::collections::HashMap;

use diesel::{IntoSql, prelude::*, sql_types::Bool};

use super::model::{ApiKey, ApiKeyInUse};
use crate::{
    accounts::{
        model::{Grant, GrantScope},
        policy::{Area, Scope},
        store::grants,
    },
    db::{
        Conn,
        schema::{account, api_key, branch, region_above},
        sealing::revisions_sealed,
        types::{Instant, Sha256},
    },
    error::{Code, Error, Result},
    ids::{AccountId, ApiKeyId, RegionId},
};

/// The key with this id, whosoever it is.
///
/// # Errors
/// Those of the database.
pub(super) fn with_id(conn: &mut Conn, id: ApiKeyId) -> Result<Option<ApiKey>> {
    Ok(api_key::table.find(id).select(ApiKey::as_select()).first(conn).optional()?)
}

/// How many keys of an account are neither revoked nor expired.
///
/// # Errors
/// Those of the database.
pub(super) fn count_living(conn: &mut Conn, whose: AccountId, now: Instant) -> Result<i64> {
    Ok(api_key::table
        .filter(api_key::account_id.eq(whose))
        .filter(api_key::revoked_at.is_null())
        .filter(api_key::expires_at.gt(now))
        .count()
        .get_result(conn)?)
}

/// The keys of an account that are neither revoked nor expired.
///
/// # Errors
/// Those of the database.
pub(super) fn living(conn: &mut Conn, whose: AccountId, now: Instant) -> Result<Vec<ApiKey>> {
    Ok(api_key::table
        .filter(api_key::account_id.eq(whose))
        .filter(api_key::revoked_at.is_null())
        .filter(api_key::expires_at.gt(now))
        .order(api_key::id)
        .select(ApiKey::as_select())
        .load(conn)?)
}

/// Keeps a new key.
///
/// # Errors
/// `invalid` if its place is not there.
pub(super) fn insert(conn: &mut Conn, new: &ApiKey) -> Result<()> {
    diesel::insert_into(api_key::table).values(new).execute(conn)?;
    Ok(())
}

/// Keeps that a key was revoked.
///
/// # Errors
/// Those of the database.
pub(super) fn revoke(conn: &mut Conn, key: &ApiKey) -> Result<()> {
    diesel::update(api_key::table.find(key.id))
        .set((api_key::revoked_at.eq(key.revoked_at), api_key::revision.eq(key.revision)))
        .execute(conn)?;
    Ok(())
}

/// Keeps in which minute a key was used, unless that or a later one is kept already.
///
/// # Errors
/// Those of the database.
pub(in crate::accounts) fn set_used(conn: &mut Conn, id: ApiKeyId, minute: Instant) -> Result<()> {
    let earlier = api_key::used_at.is_null().or(api_key::used_at.lt(minute).assume_not_null());
    diesel::update(api_key::table.filter(api_key::id.eq(id)).filter(earlier))
        .set(api_key::used_at.eq(minute))
        .execute(conn)?;
    Ok(())
}

/// Keys that a caller sees: the own ones, and those over places where the caller manages accounts.
macro_rules! seen {
    ($conn:expr, $scope:expr) => {{
        let managing = &$scope.managing();
        let regions = regions_below($conn, managing.regions())?;
        let in_regions =
            branch::table.filter(branch::region_id.eq_any(regions.clone())).select(branch::id.nullable());
        api_key::account_id
            .eq($scope.account)
            .or(managing.is_operator_wide().into_sql::<Bool>())
            .or(api_key::brand_id
                .is_not_null()
                .and(api_key::brand_id.assume_not_null().eq_any(managing.brands())))
            .or(api_key::region_id.is_not_null().and(api_key::region_id.assume_not_null().eq_any(regions)))
            .or(api_key::branch_id.is_not_null().and(
                api_key::branch_id
                    .assume_not_null()
                    .eq_any(managing.branches())
                    .or(api_key::branch_id.eq_any(in_regions).assume_not_null()),
            ))
    }};
}

fn regions_below(conn: &mut Conn, ids: Vec<RegionId>) -> Result<Vec<RegionId>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let below = region_above::table.filter(region_above::ancestor_id.eq_any(ids));
    Ok(below.select(region_above::region_id).load(conn)?)
}

/// A key that the caller sees.
///
/// # Errors
/// `not_found` if it is not there, or another's that the caller does not manage.
pub fn api_key(conn: &mut Conn, scope: &Scope, id: ApiKeyId) -> Result<ApiKey> {
    let seen = seen!(conn, scope);
    let found =
        api_key::table.filter(api_key::id.eq(id)).filter(seen).select(ApiKey::as_select()).first(conn);
    found.optional()?.ok_or_else(|| Error::new(Code::NotFound))
}

/// So many keys that the caller sees after this one, in the order of their ids; those of one account, if it is named.
///
/// # Errors
/// Those of the database.
pub fn api_keys(
    conn: &mut Conn,
    scope: &Scope,
    whose: Option<AccountId>,
    after: Option<ApiKeyId>,
    rows: i64,
) -> Result<Vec<ApiKey>> {
    let seen = seen!(conn, scope);
    let mut query =
        api_key::table.filter(seen).order(api_key::id).limit(rows).select(ApiKey::as_select()).into_boxed();
    if let Some(whose) = whose {
        query = query.filter(api_key::account_id.eq(whose));
    }
    if let Some(after) = after {
        query = query.filter(api_key::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// The key with this hash, if it may be used now, with what it may.
///
/// # Errors
/// Those of the database.
pub fn in_use(conn: &mut Conn, hash: Sha256, now: Instant) -> Result<Option<ApiKeyInUse>> {
    let found: Option<(ApiKey, i64)> = api_key::table
        .inner_join(account::table.on(account::id.eq(api_key::account_id)))
        .filter(api_key::hash.eq(hash))
        .filter(api_key::revoked_at.is_null())
        .filter(api_key::expires_at.gt(now))
        .filter(account::disabled.eq(false))
        .select((ApiKey::as_select(), account::grants_version))
        .first(conn)
        .optional()?;
    let Some((key, grants_version)) = found else { return Ok(None) };
    let (grants, of_account) = (granted(conn, &key)?, grants(conn, key.account_id)?);
    Ok(Some(ApiKeyInUse { key, grants_version, grants, of_account }))
}

/// What a key may that is neither revoked nor expired, if its account may sign in: what every transaction asks that writes for a request, and
/// each piece of what is long.
///
/// # Errors
/// Those of the database.
pub fn standing(conn: &mut Conn, id: ApiKeyId, now: Instant) -> Result<Option<Vec<Grant>>> {
    let found: Option<ApiKey> = api_key::table
        .inner_join(account::table.on(account::id.eq(api_key::account_id)))
        .filter(api_key::id.eq(id))
        .filter(api_key::revoked_at.is_null())
        .filter(api_key::expires_at.gt(now))
        .filter(account::disabled.eq(false))
        .select(ApiKey::as_select())
        .first(conn)
        .optional()?;
    found.map(|key| granted(conn, &key)).transpose()
}

/// What these keys are called, whosoever they are.
///
/// # Errors
/// Those of the database.
pub fn names(conn: &mut Conn, ids: Vec<ApiKeyId>) -> Result<HashMap<ApiKeyId, String>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let named = api_key::table.filter(api_key::id.eq_any(ids)).select((api_key::id, api_key::name));
    Ok(named.load::<(ApiKeyId, String)>(conn)?.into_iter().collect())
}

fn granted(conn: &mut Conn, key: &ApiKey) -> Result<Vec<Grant>> {
    let scope = key.scope();
    let grants = grants(conn, key.account_id)?;
    let held = grants.into_iter().filter(|grant| grant.role == key.role).collect();
    Ok(first_over(conn, held, scope)?.map(|grant| Grant { scope, ..grant }).into_iter().collect())
}

/// The first of these grants whose scope covers this one.
///
/// # Errors
/// Those of the database.
pub(super) fn first_over(conn: &mut Conn, grants: Vec<Grant>, scope: GrantScope) -> Result<Option<Grant>> {
    for grant in grants {
        if covers(conn, grant.scope.area(), scope.area())? {
            return Ok(Some(grant));
        }
    }
    Ok(None)
}

/// Whether an area covers all of another one, as places lie now.
fn covers(conn: &mut Conn, whole: Area, part: Area) -> Result<bool> {
    Ok(match (whole, part) {
        (Area::Operator, _) => true,
        (_, Area::Operator) => false,
        (Area::Brand(brand), part) => part.brand() == Some(brand),
        (Area::Region(_, region), Area::Region(_, part)) => {
            region == part || regions_below(conn, vec![region])?.contains(&part)
        }
        (Area::Region(_, region), Area::Branch(_, part)) => {
            let of: Option<Option<RegionId>> =
                branch::table.find(part).select(branch::region_id).first(conn).optional()?;
            match of.flatten() {
                Some(of) => regions_below(conn, vec![region])?.contains(&of),
                None => false,
            }
        }
        (Area::Branch(_, branch), Area::Branch(_, part)) => branch == part,
        (Area::Region(..) | Area::Branch(..), _) => false,
    })
}

revisions_sealed!(api_key::table by id with salts, set_api_keys_sealed);
