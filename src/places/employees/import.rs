//! Employees from a [table](super::super::table) in a file, taken whole or not at all.
//!
//! Each line is one employee, known by the brand's own code. The same file again changes nothing; an employee whom it
//! does not name stays as they are.

mod file;

use std::collections::HashMap;

use tokio::task::spawn_blocking;

use self::file::EmployeeLine;
pub use self::file::{MOST_EMPLOYEES, parse};
use super::{
    model::{Employee, ImportedEmployees},
    store,
};
use crate::{
    accounts::policy::Scope,
    clock::Clock,
    db::{Conn, Db},
    error::{Error, Result},
    ids::{BranchId, BrandId},
    places::{lines::Mistakes, store::require_brand},
    precondition::Revised,
};

/// Imports a file into a brand, in one transaction.
///
/// # Errors
/// `not_found` if the brand is not there or the scope does not cover it whole; `body_too_large`; `invalid` with every
/// bad line, at pointers like `/lines/17/email`.
pub async fn import(
    db: &Db,
    clock: &Clock,
    scope: &Scope,
    brand: BrandId,
    csv: impl AsRef<[u8]> + Send + 'static,
) -> Result<ImportedEmployees> {
    // A large file takes a while: not on a thread that others wait for.
    let lines = spawn_blocking(move || parse(csv.as_ref())).await.map_err(Error::internal)??;
    let (clock, scope) = (clock.clone(), scope.clone());
    db.write(move |conn| keep(conn, &scope, brand, &lines, &clock)).await
}

/// Makes who is missing and changes who differs.
fn keep(
    conn: &mut Conn,
    scope: &Scope,
    brand: BrandId,
    lines: &[EmployeeLine],
    clock: &Clock,
) -> Result<ImportedEmployees> {
    require_brand(conn, scope, brand)?;
    let old = store::all_employees(conn, brand)?;
    let known = Known {
        brand,
        branches: store::branches_by_code(conn, brand)?,
        employees: old.into_iter().map(|one| (one.code.clone(), one)).collect(),
    };
    let all = Employees::compare(lines, &known, clock)?;
    store::insert_employees(conn, &all.new)?;
    store::update_employees(conn, &all.changed)?;
    let count = |some: &[Employee]| u32::try_from(some.len()).unwrap_or(u32::MAX);
    Ok(ImportedEmployees {
        employees_added: count(&all.new),
        employees_changed: count(&all.changed),
        employees_unchanged: all.unchanged,
    })
}

/// What there is of a brand, by its codes.
struct Known {
    brand: BrandId,
    branches: HashMap<String, BranchId>,
    employees: HashMap<String, Employee>,
}

/// What the lines of a file make of the employees that there are.
#[derive(Default)]
struct Employees {
    new: Vec<Employee>,
    changed: Vec<Employee>,
    unchanged: u32,
}

impl Employees {
    /// Holds the lines against the employees that the brand has.
    ///
    /// # Errors
    /// `invalid` with every line whose branch the brand does not have.
    fn compare(lines: &[EmployeeLine], known: &Known, clock: &Clock) -> Result<Self> {
        let (mut all, mut mistakes, now) = (Self::default(), Mistakes::default(), clock.now());
        for line in lines {
            let Some(&branch) = known.branches.get(&line.branch) else {
                let message = "the brand has no branch with this code";
                mistakes.add(line.number, "branch_code", "unknown", message);
                continue;
            };
            let new = Employee::new(clock.new_id(), known.brand, branch, line.details.clone(), now);
            all.add(new, known.employees.get(&line.details.code));
        }
        mistakes.none_or_error().map(|()| all)
    }

    fn add(&mut self, new: Employee, old: Option<&Employee>) {
        let Some(old) = old else { return self.new.push(new) };
        // A file says nothing of accounts.
        let wanted = Employee { id: old.id, account_id: old.account_id, ..new.in_place_of(old) };
        match wanted == *old {
            true => self.unchanged += 1,
            false => self.changed.push(wanted.next()),
        }
    }
}
