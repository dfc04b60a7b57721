//! Employees from a [table](super::super::table) in a file, taken whole or not at all.
//!
//! Each line is one employee, known by the brand's own code. The same file again changes nothing; whom it does not name
//! stays as they are.

use tokio::task::spawn_blocking;
use validator::ValidateEmail;

use super::{
    super::table::{Cells, Codes, Flaw, Form, line_of_text},
    model::{Details, EMAIL, ImportedEmployees, LONGEST_CODE, LONGEST_NAME},
    store,
};
use crate::{
    accounts::policy::Scope,
    clock::Clock,
    db::Db,
    error::{Error, Result},
    ids::BrandId,
    places::model::LONGEST_CODE as LONGEST_BRANCH_CODE,
};

/// Most employees of one file.
pub const MOST_EMPLOYEES: usize = 20_000;

const COLUMNS: [&str; 5] = ["branch_code", "code", "name", "email", "active"];
const FORM: Form = Form { columns: &COLUMNS, most: MOST_EMPLOYEES, things: "employees" };

/// One line of a file of employees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Which line of the file it is, counted from 1.
    pub number: u64,
    /// The code of the branch that they work in.
    pub branch: String,
    /// Who they are.
    pub details: Details,
}

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
    db.write(move |conn| store::import(conn, &scope, brand, &lines, &clock)).await
}

/// Reads a file and checks all of it that can be checked by itself.
///
/// # Errors
/// `body_too_large`; `invalid` with every bad line.
pub fn parse(csv: &[u8]) -> Result<Vec<Line>> {
    let mut codes = Codes::default();
    FORM.read(csv, |cells| read(cells, &mut codes))
}

/// Reads one line; nothing if anything is wrong with it.
fn read(cells: &mut Cells<'_>, codes: &mut Codes) -> Option<Line> {
    let number = cells.number;
    let branch = cells.take(|cell| line_of_text(cell, LONGEST_BRANCH_CODE));
    let code = cells.take(|cell| line_of_text(cell, LONGEST_CODE).and_then(|code| codes.once(code, number)));
    let name = cells.take(|cell| line_of_text(cell, LONGEST_NAME));
    let email = cells.take(address);
    let active = cells.take(yes_or_no);
    let details = Details { code: code?, name: name?, email: email?, active: active? };
    Some(Line { number, branch: branch?, details })
}

/// An e-mail address, or nothing.
fn address(cell: &str) -> Result<Option<String>, Flaw> {
    if cell.is_empty() {
        return Ok(None);
    }
    let email = line_of_text(cell, EMAIL.1)?;
    match email.validate_email() {
        true => Ok(Some(email)),
        false => Err(("email", "an e-mail address, please, or nothing".to_owned())),
    }
}

fn yes_or_no(cell: &str) -> Result<bool, Flaw> {
    match cell.to_ascii_lowercase().as_str() {
        "yes" | "true" | "1" => Ok(true),
        "no" | "false" | "0" => Ok(false),
        "" => Err(("required", "this is missing".to_owned())),
        _ => Err(("format", "yes or no, please".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HEADER: &str = "branch_code,code,name,email,active\n";

    fn mistakes(lines: &str) -> Vec<(String, String)> {
        let Err(error) = parse((HEADER.to_owned() + lines).as_bytes()) else { return Vec::new() };
        error.particulars().fields.iter().map(|one| (one.pointer.clone(), one.message.clone())).collect()
    }

    #[test]
    fn a_line_is_read_as_it_is_meant() {
        let csv = "active,email,name,code,branch_code\r\nYes,ayse@example.org, Ayşe Yılmaz ,7,N-1\r\n0,,Ana,8,N-2\n";
        let line = |number, branch: &str, code: &str, name: &str, email: Option<&str>, active| Line {
            number,
            branch: branch.to_owned(),
            details: Details {
                code: code.to_owned(),
                name: name.to_owned(),
                email: email.map(str::to_owned),
                active,
            },
        };
        assert_eq!(
            parse(csv.as_bytes()).unwrap_or_default(),
            [
                line(2, "N-1", "7", "Ayşe Yılmaz", Some("ayse@example.org"), true),
                line(3, "N-2", "8", "Ana", None, false),
            ]
        );
    }

    #[test]
    fn every_bad_cell_is_told_with_its_reason() {
        const MISSING: &str = "this is missing";
        const ADDRESS: &str = "an e-mail address, please, or nothing";
        let (long, longer) = ("x".repeat(65), "é".repeat(201));
        let far = format!("{}@example.org", "x".repeat(243));
        for (at, cell, column, message) in [
            (0, "", "branch_code", MISSING),
            (0, long.as_str(), "branch_code", "has 65 characters; at most 64"),
            (1, "", "code", MISSING),
            (1, &long, "code", "has 65 characters; at most 64"),
            (1, "1", "code", "line 2 has this code already"),
            (2, "", "name", MISSING),
            (2, &longer, "name", "has 201 characters; at most 200"),
            (3, "ana", "email", ADDRESS),
            (3, "ana @example.org", "email", ADDRESS),
            (3, &far, "email", "has 255 characters; at most 254"),
            (4, "", "active", MISSING),
            (4, "perhaps", "active", "yes or no, please"),
        ] {
            let mut cells = ["N-1", "2", "Ana", "ana@example.org", "yes"];
            cells[at] = cell;
            let found = mistakes(&format!("N-1,1,Ana,,no\n{}\n", cells.join(",")));
            assert_eq!(found, [(format!("/lines/3/{column}"), message.to_owned())], "{cell}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_give_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes);
            let _ = parse(&[HEADER.as_bytes(), &bytes].concat());
        }
    }
}
