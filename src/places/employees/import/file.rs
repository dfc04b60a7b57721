//! A file of employees: what its lines say, and all that is wrong with them by themselves.

#[cfg(test)]
mod tests;

use crate::{
    error::Result,
    limits::{EmailAddress, LimitedText},
    places::{
        employees::model::{EmployeeDetails, LONGEST_CODE, LONGEST_NAME, name_key},
        findings::Findings,
        model::LONGEST_CODE as LONGEST_BRANCH_CODE,
        table::{Cells, Flaw, Form, TableFile, Taken, flaw, key, line_of_text, once},
    },
    texts::Text,
};

/// Most employees of one file.
pub const MOST_EMPLOYEES: usize = 20_000;

const COLUMNS: [&str; 5] = ["branch_code", "code", "name", "email", "active"];
const FORM: Form = Form { columns: &COLUMNS, optional: &[], most: MOST_EMPLOYEES, too_many: TOO_MANY };
const TOO_MANY: Text = Text::checked("import-too-many-employees", &["most"]);

/// What spreadsheet programs and people write for yes and for no, in the languages of our texts and of their neighbours,
/// as [`name_key`] has it.
const YES: [&str; 15] = [
    "yes",
    "y",
    "true",
    "1",
    "oui",
    "vrai",
    "да",
    "истина",
    "evet",
    "dogru",
    "ja",
    "wahr",
    "si",
    "verdadero",
    "vero",
];
const NO: [&str; 15] = [
    "no", "n", "false", "0", "non", "faux", "нет", "ложь", "не", "лъжа", "hayir", "yanlis", "nein", "falsch",
    "falso",
];

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

/// Reads a file and checks all of it that can be checked by itself, with what was found.
///
/// # Errors
/// `body_too_large`; `invalid` with every bad line.
pub(super) fn read(file: &TableFile, findings: &mut Findings) -> Result<Vec<EmployeeLine>> {
    let mut codes = Taken::new();
    FORM.read(file, findings, |cells| line(cells, &mut codes))
}

/// Reads one line; nothing if anything is wrong with it.
fn line(cells: &mut Cells<'_>, codes: &mut Taken<String>) -> Option<EmployeeLine> {
    let number = cells.number;
    let branch = cells.take(|cell| key(cell, LONGEST_BRANCH_CODE));
    let code = cells.take(|cell| key(cell, LONGEST_CODE).and_then(|code| once(code, number, codes)));
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
        Err(_) => Err(flaw!("email", "import-email")),
    }
}

fn yes_or_no(cell: &str) -> Result<bool, Flaw> {
    let word = name_key(cell);
    match word.as_str() {
        "" => Err(Flaw::missing()),
        yes if YES.contains(&yes) => Ok(true),
        no if NO.contains(&no) => Ok(false),
        _ => Err(flaw!("format", "import-yes-no")),
    }
}
