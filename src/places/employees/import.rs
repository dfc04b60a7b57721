//! Employees from a [table](super::super::table) in a file, taken whole or not at all.
//!
//! Each line is one employee, known by the brand's own code. The same file again changes nothing; an employee whom it
//! does not name stays as they are.

mod file;

use self::file::EmployeeLine;
pub use self::file::MOST_EMPLOYEES;
use super::{
    model::{Employee, ImportedEmployees},
    store,
};
use crate::{
    accounts::policy::Scope,
    clock::Clock,
    db::{Conn, Db},
    error::Result,
    ids::{BranchId, BrandId},
    places::{
        findings::Findings,
        importing::{Compared, Wish, count, differing},
        store::require_brand,
        table::{ByKey, Stands, TableFile, Taken, flaw},
    },
    precondition::Revised,
};

/// Imports a file into a brand, in one transaction; or says what that would change, and writes nothing.
///
/// # Errors
/// `not_found` if the brand is not there or the scope does not cover it whole; `body_too_large`; `invalid` with every
/// bad line, at pointers like `/lines/17/email`.
pub async fn import(
    db: &Db,
    clock: &Clock,
    scope: &Scope,
    brand: BrandId,
    file: TableFile,
    dry_run: bool,
) -> Result<ImportedEmployees> {
    let wish = Wish { scope: scope.clone(), brand, new_brand: None, clock: clock.clone(), dry_run };
    let (done, notes) = wish.fulfil(db, file, file::read, carry_out).await?;
    Ok(ImportedEmployees { notes, ..done })
}

/// Makes who is missing and changes who differs.
fn carry_out(
    conn: &mut Conn,
    wish: &Wish,
    lines: &[EmployeeLine],
    findings: &mut Findings,
) -> Result<ImportedEmployees> {
    require_brand(conn, &wish.scope, wish.brand)?;
    let old = store::all_employees(conn, wish.brand)?;
    let before = old.len();
    let known = Known {
        brand: wish.brand,
        branches: ByKey::new(store::branches_by_code(conn, wish.brand)?),
        employees: ByKey::new(old.into_iter().map(|one| (one.code.clone(), one))),
    };
    let all = compare(lines, &known, &wish.clock, findings)?;
    if !wish.dry_run {
        store::insert_employees(conn, &all.new)?;
        store::update_employees(conn, &all.changed)?;
    }
    Ok(ImportedEmployees {
        dry_run: wish.dry_run,
        employees_added: count(all.new.len()),
        employees_changed: count(all.changed.len()),
        employees_unchanged: count(all.unchanged),
        employees_not_named: count(all.not_named(before)),
        notes: Vec::new(),
        lines: wish.dry_run.then_some(all.lines),
    })
}

/// What there is of a brand, by its codes.
struct Known {
    brand: BrandId,
    branches: ByKey<BranchId>,
    employees: ByKey<Employee>,
}

/// Holds the lines against the employees that the brand has.
///
/// # Errors
/// `invalid` with every line whose branch the brand does not have, and every one that is there twice.
fn compare(
    lines: &[EmployeeLine],
    known: &Known,
    clock: &Clock,
    findings: &mut Findings,
) -> Result<Compared<Employee>> {
    let (mut all, mut taken, now) = (Compared::default(), Taken::new(), clock.now());
    for line in lines {
        let at = |column| (line.number, column);
        let branch = known.branches.named(at("branch_code"), &line.branch, findings);
        let old = known.employees.named(at("code"), &line.details.code, findings);
        let (Ok(branch), Ok(old)) = (branch, old) else { continue };
        let Some(&branch) = branch else {
            findings.mistake(line.number, "branch_code", &flaw!("unknown", "import-no-branch"));
            continue;
        };
        let stands = Stands::of(old.map(|old| old.id), &line.details.code);
        if let Err(first) = taken.take(stands, line.number) {
            findings.mistake(line.number, "code", &flaw!("duplicate", "import-code-alike", line = first));
            continue;
        }
        let new = Employee::new(clock.new_id(), known.brand, branch, line.details.clone(), now);
        let employee = match old {
            // A file says nothing of accounts, and one that calls an employee otherwise changes no code.
            Some(old) => {
                let (code, account_id) = (old.code.clone(), old.account_id);
                Employee { id: old.id, code, account_id, ..new.in_place_of(old) }
            }
            None => new,
        };
        all.add((line.number, employee.code.clone()), employee, old, differences);
    }
    findings.none_or_error().map(|()| all)
}

/// The columns in which two employees differ.
fn differences(new: &Employee, old: &Employee) -> Vec<&'static str> {
    differing(&[
        ("branch_code", new.branch_id != old.branch_id),
        ("name", new.name != old.name),
        ("email", new.email != old.email),
        ("active", new.active != old.active),
    ])
}
