//! The statements about grants: what accounts may.

use diesel::prelude::*;

use crate::{
    accounts::model::{Grant, GrantScope, Role},
    db::{
        Conn,
        engine::each_engine,
        schema::{access_grant, account, session},
        types::Instant,
    },
    error::Result,
    ids::{AccountId, BranchId, BrandId, GrantId, RegionId, SessionId},
};

type GrantRow = (GrantId, Role, Option<BrandId>, Option<RegionId>, Option<BranchId>);

impl From<GrantRow> for Grant {
    fn from((id, role, brand_id, region_id, branch_id): GrantRow) -> Self {
        Self { id, role, scope: GrantScope { brand_id, region_id, branch_id } }
    }
}

/// The grants of an account, in the order of their making.
///
/// # Errors
/// Those of the database.
pub fn grants(conn: &mut Conn, whose: AccountId) -> Result<Vec<Grant>> {
    let rows: Vec<GrantRow> = access_grant::table
        .filter(access_grant::account_id.eq(whose))
        .order((access_grant::created_at, access_grant::id))
        .select((
            access_grant::id,
            access_grant::role,
            access_grant::brand_id,
            access_grant::region_id,
            access_grant::branch_id,
        ))
        .load(conn)?;
    Ok(rows.into_iter().map(Grant::from).collect())
}

/// Keeps a new grant, unless there is one with its id; tells whether it was kept.
///
/// # Errors
/// `invalid` if account or place are not there.
pub(in crate::accounts) fn insert_grant(
    conn: &mut Conn,
    whose: AccountId,
    grant: &Grant,
    now: Instant,
) -> Result<bool> {
    let row = (
        access_grant::id.eq(grant.id),
        access_grant::account_id.eq(whose),
        access_grant::role.eq(grant.role),
        access_grant::brand_id.eq(grant.scope.brand_id),
        access_grant::region_id.eq(grant.scope.region_id),
        access_grant::branch_id.eq(grant.scope.branch_id),
        access_grant::created_at.eq(now),
    );
    let inserted = each_engine!(conn, c => diesel::insert_into(access_grant::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(inserted == 1)
}

/// Deletes a grant of this account; tells whether it was there.
///
/// # Errors
/// Those of the database.
pub(in crate::accounts) fn delete_grant(conn: &mut Conn, whose: AccountId, id: GrantId) -> Result<bool> {
    let grant = access_grant::table.filter(access_grant::id.eq(id).and(access_grant::account_id.eq(whose)));
    Ok(diesel::delete(grant).execute(conn)? == 1)
}

/// The grants of the account that has this session, if session and account are good now: what every request asks.
///
/// # Errors
/// Those of the database.
pub fn caller(conn: &mut Conn, of: SessionId, whose: AccountId, now: Instant) -> Result<Option<Vec<Grant>>> {
    type Row = (Option<GrantId>, Option<Role>, Option<BrandId>, Option<RegionId>, Option<BranchId>);
    // For each engine by itself: so the statement is known by its type, and its text is not made each time.
    let rows: Vec<Row> = each_engine!(conn, c => session::table
        .inner_join(account::table.on(account::id.eq(session::account_id)))
        .left_join(access_grant::table.on(access_grant::account_id.eq(account::id)))
        .filter(session::id.eq(of))
        .filter(session::account_id.eq(whose))
        .filter(session::revoked_at.is_null())
        .filter(session::expires_at.gt(now))
        .filter(account::disabled.eq(false))
        .select((
            access_grant::id.nullable(),
            access_grant::role.nullable(),
            access_grant::brand_id.nullable(),
            access_grant::region_id.nullable(),
            access_grant::branch_id.nullable(),
        ))
        .load(c))?;
    if rows.is_empty() {
        return Ok(None);
    }
    let grant =
        |(id, role, brand, region, branch): Row| Some(Grant::from((id?, role?, brand, region, branch)));
    Ok(Some(rows.into_iter().filter_map(grant).collect()))
}

/// The account that first got this role over all of the brand, or of the operator, and may still sign in.
///
/// # Errors
/// Those of the database.
pub fn first_with_role(conn: &mut Conn, role: Role, brand: BrandId) -> Result<Option<AccountId>> {
    let over_all = access_grant::region_id.is_null().and(access_grant::branch_id.is_null());
    Ok(access_grant::table
        .inner_join(account::table.on(account::id.eq(access_grant::account_id)))
        .filter(access_grant::role.eq(role))
        .filter(access_grant::brand_id.is_null().or(access_grant::brand_id.eq(brand)))
        .filter(over_all)
        .filter(account::disabled.eq(false))
        .order((access_grant::created_at, access_grant::id))
        .select(account::id)
        .first(conn)
        .optional()?)
}

/// Writes down that these grants are in the ledger.
///
/// # Errors
/// Those of the database.
pub fn set_grants_sealed(conn: &mut Conn, ids: Vec<GrantId>) -> Result<()> {
    if !ids.is_empty() {
        diesel::update(access_grant::table.filter(access_grant::id.eq_any(ids)))
            .set(access_grant::sealed.eq(true))
            .execute(conn)?;
    }
    Ok(())
}
