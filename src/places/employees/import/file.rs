//! A file of employees: what its lines say, and all that is wrong with them by themselves.

#[cfg(test)]
mod tests;

use crate::{
    error::Result,
    limits::{EmailAddress, LimitedText},
    places::{
        employees::model::{EmployeeDetails, LONGEST_CODE, LONGEST_NAME},
        model::LONGEST_CODE as LONGEST_BRANCH_CODE,
        table::{Cells, Codes, Flaw, Form, line_of_text},
    },
};

/// Most employees of one file.
pub const MOST_EMPLOYEES: usize = 20_000;

const COLUMNS: [&str; 5] = ["branch_code", "code", "name", "email", "active"];
const FORM: Form = Form { columns: &COLUMNS, most: MOST_EMPLOYEES, things: "employees" };

/// One line of a file of employees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmployeeLine {
    /// Which line of the file it is, counted from 1.
    pub number: u64,
    /// The code of the branch that they work in.
    pub branch: String,
    /// Who they are.
    pub details: EmployeeDetails,
}

/// Reads a file and checks all of it that can be checked by itself.
///
/// # Errors
/// `body_too_large`; `invalid` with every bad line.
pub fn parse(csv: &[u8]) -> Result<Vec<EmployeeLine>> {
    let mut codes = Codes::default();
    FORM.read(csv, |cells| read(cells, &mut codes))
}

/// Reads one line; nothing if anything is wrong with it.
fn read(cells: &mut Cells<'_>, codes: &mut Codes) -> Option<EmployeeLine> {
    let number = cells.number;
    let branch = cells.take(|cell| line_of_text(cell, LONGEST_BRANCH_CODE));
    let code = cells.take(|cell| line_of_text(cell, LONGEST_CODE).and_then(|code| codes.once(code, number)));
    let name = cells.take(|cell| line_of_text(cell, LONGEST_NAME));
    let email = cells.take(address);
    let active = cells.take(yes_or_no);
    let (code, name, email, active) = (code?, name?, email?, active?);
    let details = EmployeeDetails { code, name, email, active, account_id: None };
    Some(EmployeeLine { number, branch: branch?, details })
}

/// An e-mail address, or nothing.
fn address(cell: &str) -> Result<Option<String>, Flaw> {
    if cell.is_empty() {
        return Ok(None);
    }
    let email = line_of_text(cell, EmailAddress::MAX as u64)?;
    match EmailAddress::check(&email) {
        Ok(()) => Ok(Some(email)),
        Err(_) => Err(Flaw::new("email", "an e-mail address, or nothing")),
    }
}

fn yes_or_no(cell: &str) -> Result<bool, Flaw> {
    match cell.to_ascii_lowercase().as_str() {
        "yes" | "true" | "1" => Ok(true),
        "no" | "false" | "0" => Ok(false),
        "" => Err(Flaw::missing()),
        _ => Err(Flaw::new("format", "yes or no")),
    }
}
