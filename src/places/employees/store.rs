//! The statements about employees.

use std::collections::HashMap;

use diesel::{prelude::*, upsert::excluded};

use super::model::Employee;
use crate::{
    accounts::policy::Scope,
    db::{
        Conn,
        engine::{MultiBackend, each_engine},
        schema::{branch, employee},
        sealing::revisions_sealed,
    },
    error::Result,
    ids::{AccountId, BranchId, BrandId, EmployeeId},
    places::store::branches_in,
};

// A statement takes 32,766 values on SQLite and 65,535 on PostgreSQL.
const AT_ONCE: usize = 2_500;

/// Employees of branches in scope.
fn seen(scope: &Scope) -> employee::BoxedQuery<'static, MultiBackend> {
    let all = employee::table.into_boxed();
    if scope.is_operator_wide() {
        return all;
    }
    all.filter(employee::branch_id.eq_any(branches_in(scope)))
}

/// An employee, if the scope covers the branch.
///
/// # Errors
/// `not_found` if there is none, or out of scope.
pub fn employee(conn: &mut Conn, scope: &Scope, id: EmployeeId) -> Result<Employee> {
    Ok(seen(scope).filter(employee::id.eq(id)).select(Employee::as_select()).first(conn)?)
}

/// Which employees are listed of those in scope.
#[derive(Clone, Copy, Debug)]
pub(super) struct EmployeeFilter {
    /// Only those of this brand.
    pub(super) brand: Option<BrandId>,
    /// Only those of this branch.
    pub(super) branch: Option<BranchId>,
}

/// So many employees in scope after this one, in the order of their ids.
///
/// # Errors
/// Those of the database.
pub(super) fn employees(
    conn: &mut Conn,
    scope: &Scope,
    filter: EmployeeFilter,
    after: Option<EmployeeId>,
    rows: i64,
) -> Result<Vec<Employee>> {
    let mut query = seen(scope);
    if let Some(brand) = filter.brand {
        query = query.filter(employee::brand_id.eq(brand));
    }
    if let Some(branch) = filter.branch {
        query = query.filter(employee::branch_id.eq(branch));
    }
    if let Some(after) = after {
        query = query.filter(employee::id.gt(after));
    }
    Ok(query.order(employee::id).limit(rows).select(Employee::as_select()).load(conn)?)
}

/// By what employees are looked for: addresses and names as the keys that they are compared by.
#[derive(Clone, Debug, Default)]
pub struct PersonKeys {
    /// Their accounts.
    pub accounts: Vec<AccountId>,
    /// The keys of their addresses.
    pub emails: Vec<String>,
    /// The keys of their names.
    pub names: Vec<String>,
}

/// Those who work in branches in scope and have one of these accounts, addresses or names; in the order of their ids.
///
/// # Errors
/// Those of the database.
pub fn working_with_keys(conn: &mut Conn, scope: &Scope, keys: PersonKeys) -> Result<Vec<Employee>> {
    let PersonKeys { accounts, emails, names } = keys;
    let one_of_them = employee::account_id
        .eq_any(accounts)
        .assume_not_null()
        .or(employee::email_key.eq_any(emails).assume_not_null())
        .or(employee::name_key.eq_any(names));
    Ok(seen(scope)
        .filter(employee::active.eq(true))
        .filter(one_of_them)
        .order(employee::id)
        .select(Employee::as_select())
        .load(conn)?)
}

/// The employee that a `PUT` would change, if there is one.
///
/// # Errors
/// `not_found` if the employee is not the caller's to change.
pub(super) fn employee_to_change(conn: &mut Conn, scope: &Scope, id: EmployeeId) -> Result<Option<Employee>> {
    let branch: Option<BranchId> =
        employee::table.find(id).select(employee::branch_id).first(conn).optional()?;
    branch.map(|_| employee(conn, scope, id)).transpose()
}

/// Keeps a new employee.
///
/// # Errors
/// `conflict` if another one of the brand has the code.
pub(super) fn insert_employee(conn: &mut Conn, new: &Employee) -> Result<()> {
    diesel::insert_into(employee::table).values(new).execute(conn)?;
    Ok(())
}

/// Keeps a changed employee.
///
/// # Errors
/// `conflict` if another one of the brand has the code.
pub(super) fn update_employee(conn: &mut Conn, changed: &Employee) -> Result<()> {
    diesel::update(employee::table.find(changed.id))
        .set((
            employee::branch_id.eq(changed.branch_id),
            employee::code.eq(&changed.code),
            employee::name.eq(&changed.name),
            employee::email.eq(&changed.email),
            employee::email_key.eq(&changed.email_key),
            employee::name_key.eq(&changed.name_key),
            employee::active.eq(changed.active),
            employee::account_id.eq(changed.account_id),
            employee::revision.eq(changed.revision),
        ))
        .execute(conn)?;
    Ok(())
}

/// The branches of a brand by their codes.
///
/// # Errors
/// Those of the database.
pub(super) fn branches_by_code(conn: &mut Conn, brand: BrandId) -> Result<HashMap<String, BranchId>> {
    let rows: Vec<(String, BranchId)> =
        branch::table.filter(branch::brand_id.eq(brand)).select((branch::code, branch::id)).load(conn)?;
    Ok(rows.into_iter().collect())
}

/// All employees of a brand.
///
/// # Errors
/// Those of the database.
pub(super) fn all_employees(conn: &mut Conn, brand: BrandId) -> Result<Vec<Employee>> {
    Ok(employee::table.filter(employee::brand_id.eq(brand)).select(Employee::as_select()).load(conn)?)
}

/// Keeps new employees.
///
/// # Errors
/// Those of the database.
pub(super) fn insert_employees(conn: &mut Conn, new: &[Employee]) -> Result<()> {
    for some in new.chunks(AT_ONCE) {
        each_engine!(conn, c => diesel::insert_into(employee::table).values(some).execute(c))?;
    }
    Ok(())
}

/// Changes many rows in one statement: an insertion that finds them all there.
///
/// # Errors
/// Those of the database.
pub(super) fn update_employees(conn: &mut Conn, changed: &[Employee]) -> Result<()> {
    for some in changed.chunks(AT_ONCE) {
        each_engine!(conn, c => diesel::insert_into(employee::table)
            .values(some)
            .on_conflict(employee::id)
            .do_update()
            .set((
                employee::branch_id.eq(excluded(employee::branch_id)),
                employee::name.eq(excluded(employee::name)),
                employee::email.eq(excluded(employee::email)),
                employee::email_key.eq(excluded(employee::email_key)),
                employee::name_key.eq(excluded(employee::name_key)),
                employee::active.eq(excluded(employee::active)),
                employee::revision.eq(excluded(employee::revision)),
            ))
            .execute(c))?;
    }
    Ok(())
}

revisions_sealed!(employee::table by id with salts, set_employees_sealed);
