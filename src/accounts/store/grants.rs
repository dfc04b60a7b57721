//! The statements about grants: what accounts may.

use diesel::prelude::*;

use crate::{
    accounts::model::{FormerGrant, Grant, GrantScope, Role},
    db::{
        Conn,
        engine::each_engine,
        schema::{access_grant, account, former_grant, session},
        sealing::SealedRow,
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

/// When a grant of this account was given.
///
/// # Errors
/// `not_found` if there is none.
pub(in crate::accounts) fn given_at(conn: &mut Conn, whose: AccountId, id: GrantId) -> Result<Instant> {
    let grant = access_grant::table.filter(access_grant::id.eq(id).and(access_grant::account_id.eq(whose)));
    Ok(grant.select(access_grant::created_at).first(conn)?)
}

/// Deletes a grant of this account.
///
/// # Errors
/// Those of the database.
pub(in crate::accounts) fn delete_grant(conn: &mut Conn, whose: AccountId, id: GrantId) -> Result<()> {
    let grant = access_grant::table.filter(access_grant::id.eq(id).and(access_grant::account_id.eq(whose)));
    diesel::delete(grant).execute(conn)?;
    Ok(())
}

/// Keeps a grant that was taken back, and when it had been given.
///
/// # Errors
/// Those of the database.
pub(in crate::accounts) fn insert_former_grant(
    conn: &mut Conn,
    whose: AccountId,
    former: &FormerGrant,
    granted_at: Instant,
) -> Result<()> {
    let FormerGrant { grant, ended_at } = former;
    diesel::insert_into(former_grant::table)
        .values((
            former_grant::id.eq(grant.id),
            former_grant::account_id.eq(whose),
            former_grant::role.eq(grant.role),
            former_grant::brand_id.eq(grant.scope.brand_id),
            former_grant::region_id.eq(grant.scope.region_id),
            former_grant::branch_id.eq(grant.scope.branch_id),
            former_grant::ended_at.eq(*ended_at),
            former_grant::granted_at.eq(Some(granted_at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// The grants that an account had, in the order in which they were taken back.
///
/// # Errors
/// Those of the database.
pub fn former_grants(conn: &mut Conn, whose: AccountId) -> Result<Vec<FormerGrant>> {
    let rows: Vec<(GrantRow, Instant)> = former_grant::table
        .filter(former_grant::account_id.eq(whose))
        .order((former_grant::ended_at, former_grant::id))
        .select((
            (
                former_grant::id,
                former_grant::role,
                former_grant::brand_id,
                former_grant::region_id,
                former_grant::branch_id,
            ),
            former_grant::ended_at,
        ))
        .load(conn)?;
    let former = |(grant, ended_at): (GrantRow, Instant)| FormerGrant { grant: grant.into(), ended_at };
    Ok(rows.into_iter().map(former).collect())
}

/// Whether there is an administrator of the whole operator who can sign in.
///
/// # Errors
/// Those of the database.
pub(in crate::accounts) fn has_administrator(conn: &mut Conn) -> Result<bool> {
    let able = access_grant::table
        .inner_join(account::table.on(account::id.eq(access_grant::account_id)))
        .filter(access_grant::role.eq(Role::Administrator))
        .filter(access_grant::brand_id.is_null())
        .filter(account::disabled.eq(false))
        .filter(account::password_hash.is_not_null());
    Ok(diesel::select(diesel::dsl::exists(able)).get_result(conn)?)
}

/// The grants of the account that has this session, with their version, if session and account are good now: what every
/// request asks.
///
/// # Errors
/// Those of the database.
pub fn caller(
    conn: &mut Conn,
    of: SessionId,
    whose: AccountId,
    now: Instant,
) -> Result<Option<(i64, Vec<Grant>)>> {
    type Row = (i64, Option<GrantId>, Option<Role>, Option<BrandId>, Option<RegionId>, Option<BranchId>);
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
            account::grants_version,
            access_grant::id.nullable(),
            access_grant::role.nullable(),
            access_grant::brand_id.nullable(),
            access_grant::region_id.nullable(),
            access_grant::branch_id.nullable(),
        ))
        .load(c))?;
    let Some(version) = rows.first().map(|row| row.0) else { return Ok(None) };
    let grant =
        |(_, id, role, brand, region, branch): Row| Some(Grant::from((id?, role?, brand, region, branch)));
    Ok(Some((version, rows.into_iter().filter_map(grant).collect())))
}

/// The account of a session that was not ended, with the version of its grants, if the account may sign in: what every
/// transaction asks that writes for a request.
///
/// # Errors
/// Those of the database.
pub fn standing(conn: &mut Conn, of: SessionId) -> Result<Option<(AccountId, i64)>> {
    // For each engine by itself, like the caller.
    Ok(each_engine!(conn, c => session::table
        .inner_join(account::table.on(account::id.eq(session::account_id)))
        .filter(session::id.eq(of))
        .filter(session::revoked_at.is_null())
        .filter(account::disabled.eq(false))
        .select((account::id, account::grants_version))
        .first(c)
        .optional())?)
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

/// Writes down that these grants are in the ledger, each as long as it is the one that was given then.
///
/// # Errors
/// Those of the database.
pub fn set_grants_sealed(conn: &mut Conn, rows: &[SealedRow]) -> Result<()> {
    for row in rows {
        let given = access_grant::table.filter(access_grant::id.eq(GrantId::new(row.id)));
        diesel::update(given.filter(access_grant::created_at.nullable().eq(row.at)))
            .set(access_grant::sealed.eq(true))
            .execute(conn)?;
    }
    Ok(())
}

/// Writes down that it is in the ledger that these grants were taken back then.
///
/// # Errors
/// Those of the database.
pub fn set_former_grants_sealed(conn: &mut Conn, rows: &[SealedRow]) -> Result<()> {
    for row in rows {
        let former = former_grant::table.filter(former_grant::id.eq(GrantId::new(row.id)));
        diesel::update(former.filter(former_grant::ended_at.nullable().eq(row.at)))
            .set(former_grant::sealed.eq(true))
            .execute(conn)?;
    }
    Ok(())
}
