//! All SQL about employees.

use std::collections::HashMap;

use diesel::{prelude::*, upsert::excluded};

use super::{
    super::{
        lines::Mistakes,
        store::{branches_in, require_brand, say_what_is_taken},
    },
    import::Line,
    model::{Employee, ImportedEmployees},
};
use crate::{
    accounts::policy::Scope,
    clock::Clock,
    db::{
        Conn,
        engine::{MultiBackend, each_engine},
        schema::{branch, employee},
    },
    error::{Code, Error, Result},
    ids::{BranchId, BrandId, EmployeeId},
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

/// Which employees are wanted of those in scope.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    /// Only those of this brand.
    pub(super) brand: Option<BrandId>,
    /// Only those of this branch.
    pub(super) branch: Option<BranchId>,
    /// So many at most.
    pub(super) rows: i64,
}

/// Employees in scope, after this one in the order of their ids.
pub(super) fn employees(
    conn: &mut Conn,
    scope: &Scope,
    wanted: Wanted,
    after: Option<EmployeeId>,
) -> Result<Vec<Employee>> {
    let mut query = seen(scope);
    if let Some(brand) = wanted.brand {
        query = query.filter(employee::brand_id.eq(brand));
    }
    if let Some(branch) = wanted.branch {
        query = query.filter(employee::branch_id.eq(branch));
    }
    if let Some(after) = after {
        query = query.filter(employee::id.gt(after));
    }
    Ok(query.order(employee::id).limit(wanted.rows).select(Employee::as_select()).load(conn)?)
}

/// Those who work in branches in scope and have one of these addresses or one of these names, both given as the keys
/// that they are compared by; in the order of their ids.
pub fn working_with_keys(
    conn: &mut Conn,
    scope: &Scope,
    emails: Vec<String>,
    names: Vec<String>,
) -> Result<Vec<Employee>> {
    let one_of_them =
        employee::email_key.eq_any(emails).assume_not_null().or(employee::name_key.eq_any(names));
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
    let there: Option<BranchId> =
        employee::table.find(id).select(employee::branch_id).first(conn).optional()?;
    there.map(|_| employee(conn, scope, id)).transpose()
}

/// Keeps a new employee.
///
/// # Errors
/// `conflict` if another one of the brand has the code.
pub(super) fn insert_employee(conn: &mut Conn, new: Employee) -> Result<Employee> {
    diesel::insert_into(employee::table).values(&new).execute(conn).map_err(code_taken)?;
    Ok(new)
}

/// Keeps a changed employee, as the next revision.
///
/// # Errors
/// `conflict` if they would go to another brand, or if another one of the brand has the code.
pub(super) fn update_employee(conn: &mut Conn, old: &Employee, mut changed: Employee) -> Result<Employee> {
    if changed.brand_id != old.brand_id {
        return Err(Error::new(Code::Conflict).detail("an employee of another brand has this id"));
    }
    changed.revision += 1;
    diesel::update(employee::table.find(changed.id))
        .set((
            employee::branch_id.eq(changed.branch_id),
            employee::code.eq(&changed.code),
            employee::name.eq(&changed.name),
            employee::email.eq(&changed.email),
            employee::email_key.eq(&changed.email_key),
            employee::name_key.eq(&changed.name_key),
            employee::active.eq(changed.active),
            employee::revision.eq(changed.revision),
        ))
        .execute(conn)
        .map_err(code_taken)?;
    Ok(changed)
}

fn code_taken(error: diesel::result::Error) -> Error {
    say_what_is_taken(error, "another employee of the brand has this code")
}

/// Makes who is missing and changes who differs.
///
/// # Errors
/// `not_found` if the brand is not there or not the caller's to change whole; `invalid` with every line whose branch
/// the brand does not have.
pub(super) fn import(
    conn: &mut Conn,
    scope: &Scope,
    brand: BrandId,
    lines: &[Line],
    clock: &Clock,
) -> Result<ImportedEmployees> {
    require_brand(conn, scope, brand)?;
    let (branches, there) = (branches_by_code(conn, brand)?, employees_by_code(conn, brand)?);
    let (mut new, mut changed, mut unchanged) = (Vec::new(), Vec::new(), 0);
    let (now, mut mistakes) = (clock.now(), Mistakes::default());
    for line in lines {
        let Some(&branch) = branches.get(&line.branch) else {
            let message = "the brand has no branch with this code";
            mistakes.add(line.number, "branch_code", "unknown", message);
            continue;
        };
        let old = there.get(&line.details.code);
        let id = old.map_or_else(|| clock.new_id(), |old| old.id);
        let wanted = line.details.employee(id, (brand, branch), old, now);
        match old {
            None => new.push(wanted),
            Some(old) if *old == wanted => unchanged += 1,
            Some(old) => changed.push(Employee { revision: old.revision + 1, ..wanted }),
        }
    }
    mistakes.none_or_error()?;
    for some in new.chunks(AT_ONCE) {
        each_engine!(conn, c => diesel::insert_into(employee::table).values(some).execute(c))?;
    }
    update_employees(conn, &changed)?;
    let count = |some: &[Employee]| u32::try_from(some.len()).unwrap_or(u32::MAX);
    Ok(ImportedEmployees {
        employees_added: count(&new),
        employees_changed: count(&changed),
        employees_unchanged: unchanged,
    })
}

fn branches_by_code(conn: &mut Conn, brand: BrandId) -> Result<HashMap<String, BranchId>> {
    let rows: Vec<(String, BranchId)> =
        branch::table.filter(branch::brand_id.eq(brand)).select((branch::code, branch::id)).load(conn)?;
    Ok(rows.into_iter().collect())
}

fn employees_by_code(conn: &mut Conn, brand: BrandId) -> Result<HashMap<String, Employee>> {
    let rows: Vec<Employee> =
        employee::table.filter(employee::brand_id.eq(brand)).select(Employee::as_select()).load(conn)?;
    Ok(rows.into_iter().map(|employee| (employee.code.clone(), employee)).collect())
}

/// Changes many rows in one statement: an insertion that finds them all there.
fn update_employees(conn: &mut Conn, changed: &[Employee]) -> Result<()> {
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
