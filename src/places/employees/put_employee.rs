//! Entering an employee, and changing what is known of one.

use super::{
    model::{Employee, EmployeeDetails},
    store,
};
use crate::{
    accounts::{self, policy::Scope},
    db::{Conn, types::Instant},
    error::{Code, Error, FieldError, Result, if_there},
    ids::{BranchId, EmployeeId},
    places,
    precondition::{IfMatch, Stored},
};

/// What is known of an employee.
#[derive(Clone, Debug)]
pub struct EmployeeEntry {
    /// The employee's id.
    pub id: EmployeeId,
    /// Where they work: another branch of the same brand when they change to it.
    pub branch_id: BranchId,
    /// The rest.
    pub details: EmployeeDetails,
}

/// Enters an employee, or changes the one that has this id.
///
/// # Errors
/// `invalid` if the branch is not there or out of scope, or there is no such account; `not_found` if the employee is not the caller's to change; those
/// of the precondition; `conflict` if they would go to another brand, or if another one of the brand has the code.
pub fn put_employee(
    conn: &mut Conn,
    scope: &Scope,
    if_match: &IfMatch,
    entry: &EmployeeEntry,
    now: Instant,
) -> Result<Stored<Employee>> {
    let branch = if_there(places::store::branch(conn, scope, entry.branch_id))?;
    let unknown = || FieldError::new("/branch_id", "unknown", "there is no such branch");
    let branch = branch.ok_or_else(|| Error::invalid(vec![unknown()]))?;
    require_account(conn, entry)?;
    let old = store::employee_to_change(conn, scope, entry.id)?;
    let new = Employee::new(entry.id, branch.brand_id, branch.id, entry.details.clone(), now);
    let stored = if_match.revise(old.as_ref(), new)?;
    if old.is_some_and(|old| old.brand_id != branch.brand_id) {
        return Err(Error::new(Code::Conflict).detail("an employee of another brand has this id"));
    }
    let written = stored.write(conn, store::insert_employee, store::update_employee);
    written.map_err(|error| error.taken("another employee of the brand has this code"))
}

fn require_account(conn: &mut Conn, entry: &EmployeeEntry) -> Result<()> {
    let Some(id) = entry.details.account_id else { return Ok(()) };
    let unknown = || FieldError::new("/account_id", "unknown", "there is no such account");
    accounts::store::account(conn, id)?.map(drop).ok_or_else(|| Error::invalid(vec![unknown()]))
}
