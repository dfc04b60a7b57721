//! Employees from a [table](super::super::table) in a file, taken whole or not at all.
//!
//! Each line is one employee, known by the brand's own code. The same file again changes nothing; an employee whom it
//! does not name stays as they are.

mod file;

use tokio::task::spawn_blocking;

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
    error::{Error, Result},
    ids::{BranchId, BrandId, EmployeeId},
    places::{
        findings::Findings,
        model::{ImportedLine, LineOutcome},
        store::require_brand,
        table::{ByKey, TableFile, Taken, flaw},
    },
    precondition::Revised,
    text::look,
    texts::Language,
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
    let language = file.language;
    // A large file takes a while: not on a thread that others wait for.
    let read = move || {
        let mut findings = Findings::new(language);
        file::read(&file, &mut findings).map(|lines| (lines, findings))
    };
    let (lines, of_file) = spawn_blocking(read).await.map_err(Error::internal)??;
    let wish = Wish { scope: scope.clone(), brand, lines, language, clock: clock.clone(), dry_run };
    let carry_out = move |conn: &mut Conn| carry_out(conn, &wish);
    let done = if dry_run { db.snapshot(carry_out).await? } else { db.write(carry_out).await? };
    Ok(ImportedEmployees { notes: [of_file.into_notes(), done.notes].concat(), ..done })
}

/// A file that was read, and what is to become of it.
struct Wish {
    scope: Scope,
    brand: BrandId,
    lines: Vec<EmployeeLine>,
    language: Language,
    clock: Clock,
    dry_run: bool,
}

/// Makes who is missing and changes who differs.
fn carry_out(conn: &mut Conn, wish: &Wish) -> Result<ImportedEmployees> {
    require_brand(conn, &wish.scope, wish.brand)?;
    let old = store::all_employees(conn, wish.brand)?;
    let there = old.len();
    let known = Known {
        brand: wish.brand,
        branches: ByKey::new(store::branches_by_code(conn, wish.brand)?),
        employees: ByKey::new(old.into_iter().map(|one| (one.code.clone(), one))),
    };
    let mut findings = Findings::new(wish.language);
    let all = Employees::compare(&wish.lines, &known, &wish.clock, &mut findings)?;
    if !wish.dry_run {
        store::insert_employees(conn, &all.new)?;
        store::update_employees(conn, &all.changed)?;
    }
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Ok(ImportedEmployees {
        dry_run: wish.dry_run,
        employees_added: count(all.new.len()),
        employees_changed: count(all.changed.len()),
        employees_unchanged: count(all.unchanged),
        employees_not_named: count(there.saturating_sub(all.changed.len() + all.unchanged)),
        notes: findings.into_notes(),
        lines: wish.dry_run.then_some(all.lines),
    })
}

/// What there is of a brand, by its codes.
struct Known {
    brand: BrandId,
    branches: ByKey<BranchId>,
    employees: ByKey<Employee>,
}

/// What the lines of a file make of the employees that there are.
#[derive(Default)]
struct Employees {
    new: Vec<Employee>,
    changed: Vec<Employee>,
    unchanged: usize,
    /// What became of each line.
    lines: Vec<ImportedLine>,
}

/// What a line stands for: an employee who is there, or a new one whose code looks so.
#[derive(PartialEq, Eq, Hash)]
enum Stands {
    For(EmployeeId),
    New(String),
}

impl Employees {
    /// Holds the lines against the employees that the brand has.
    ///
    /// # Errors
    /// `invalid` with every line whose branch the brand does not have, and every one that is there twice.
    fn compare(
        lines: &[EmployeeLine],
        known: &Known,
        clock: &Clock,
        findings: &mut Findings,
    ) -> Result<Self> {
        let (mut all, mut taken, now) = (Self::default(), Taken::new(), clock.now());
        for line in lines {
            let at = |column| (line.number, column);
            let branch = known.branches.named(at("branch_code"), &line.branch, findings);
            let old = known.employees.named(at("code"), &line.details.code, findings);
            let (Ok(branch), Ok(old)) = (branch, old) else { continue };
            let Some(&branch) = branch else {
                findings.mistake(line.number, "branch_code", &flaw!("unknown", "import-no-branch"));
                continue;
            };
            let stands = old.map_or_else(|| Stands::New(look(&line.details.code)), |old| Stands::For(old.id));
            if let Err(first) = taken.take(stands, line.number) {
                findings.mistake(line.number, "code", &flaw!("duplicate", "import-code-alike", line = first));
                continue;
            }
            let new = Employee::new(clock.new_id(), known.brand, branch, line.details.clone(), now);
            all.add(line.number, new, old);
        }
        findings.none_or_error().map(|()| all)
    }

    fn add(&mut self, line: u64, new: Employee, old: Option<&Employee>) {
        let new = match old {
            // A file says nothing of accounts, and one that calls an employee otherwise changes no code.
            Some(old) => {
                let (code, account_id) = (old.code.clone(), old.account_id);
                Employee { id: old.id, code, account_id, ..new.in_place_of(old) }
            }
            None => new,
        };
        let (outcome, fields) = match old {
            None => (LineOutcome::Created, Vec::new()),
            Some(old) if new == *old => (LineOutcome::Unchanged, Vec::new()),
            Some(old) => (LineOutcome::Changed, differences(&new, old)),
        };
        self.lines.push(ImportedLine { line, code: new.code.clone(), outcome, fields });
        match outcome {
            LineOutcome::Created => self.new.push(new),
            LineOutcome::Changed => self.changed.push(new.next()),
            LineOutcome::Unchanged => self.unchanged += 1,
        }
    }
}

/// The columns in which two employees differ.
fn differences(new: &Employee, old: &Employee) -> Vec<&'static str> {
    let differs = [
        ("branch_code", new.branch_id != old.branch_id),
        ("name", new.name != old.name),
        ("email", new.email != old.email),
        ("active", new.active != old.active),
    ];
    differs.into_iter().filter(|(_, differs)| *differs).map(|(column, _)| column).collect()
}
